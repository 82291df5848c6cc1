//! Makes schema, serde and a validator agree on a type.
//!
//! Documents are drawn from the reader schema, read, written, and changed at one location at a time. The reader schema
//! must accept exactly the documents that the reader reads, and the writer schema every written document. A known
//! difference is on the list of the type, with its reason.

use std::cell::{Cell, RefCell};

use chrono::{DateTime, Utc};
use event_contract::schema::Schema;
use event_contract::{Payload, Reader};
use jsonschema::Validator;
use jsonschema::canonical::{self, Containment, Satisfiability};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use schemars::JsonSchema;
use serde_json::{Value, json};
use uuid::Uuid;

/// Number of documents that are drawn for a type.
const DRAWN: usize = 12;

/// Maximum length of a document. Longer ones find no more differences and take longer.
const LONGEST: usize = 1500;

/// A document with its change.
pub(crate) struct Case {
    pub(crate) document: Value,
    /// Pointer of the change, and the new value if there is one.
    pub(crate) at: String,
    pub(crate) now: Option<Value>,
}

/// A known difference between schema and serde.
pub(crate) struct Known {
    reason: &'static str,
    kind: DifferenceKind,
    matches: fn(&Case) -> bool,
    seen: Cell<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DifferenceKind {
    /// The reader schema refuses a document that is read.
    Strict,
    /// The reader schema accepts a document that is not read.
    Loose,
    /// The writer schema accepts a document that is not written like that.
    Wide,
}

pub(crate) fn strict(reason: &'static str, matches: fn(&Case) -> bool) -> Known {
    Known { reason, kind: DifferenceKind::Strict, matches, seen: Cell::new(false) }
}

pub(crate) fn loose(reason: &'static str, matches: fn(&Case) -> bool) -> Known {
    Known { reason, kind: DifferenceKind::Loose, matches, seen: Cell::new(false) }
}

pub(crate) fn wide(reason: &'static str, matches: fn(&Case) -> bool) -> Known {
    Known { reason, kind: DifferenceKind::Wide, matches, seen: Cell::new(false) }
}

pub(crate) fn validator(schema: &Value) -> Validator {
    assert!(jsonschema::meta::is_valid(schema), "invalid JSON Schema: {schema:#}");
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// Returns deterministic documents that satisfy a schema.
pub(crate) fn draw(schema: &Value, many: usize) -> Vec<Value> {
    let validator = validator(schema);
    let mut random = SmallRng::seed_from_u64(7);
    let drawn = (0..many * 20).filter_map(|_| noson::generate(schema, &mut random).ok());
    let is_short = |document: &Value| document.to_string().len() < LONGEST;
    let drawn = drawn.filter(|document| is_short(document) && validator.is_valid(document));
    let drawn: Vec<_> = drawn.take(many).collect();
    assert!(
        drawn.len() > many / 2,
        "expected more than half of {many} sampled documents, found {} for {schema:#}",
        drawn.len()
    );
    drawn
}

pub(crate) struct Agreement {
    reader: Validator,
    writer: Validator,
    known: Vec<Known>,
    name: &'static str,
    unknown: RefCell<Vec<String>>,
}

/// Returns the known differences of every type.
fn known_of_all() -> [Known; 3] {
    [
        strict("no integer on EventBridge is beyond an i64", |case| {
            case.now.as_ref().is_some_and(|now| now.is_number() && now.as_i64().is_none())
        }),
        wide("no integer is written as 3.0", |case| case.now == Some(json!(3.0))),
        wide("times and ids are written in one spelling", |case| {
            let text = case.now.as_ref().and_then(Value::as_str);
            text.is_some_and(|text| text.parse::<Uuid>().is_ok() || text.parse::<DateTime<Utc>>().is_ok())
        }),
    ]
}

/// Checks all properties of a type.
pub(crate) fn agree<P: Payload + JsonSchema>(known: Vec<Known>) {
    let (writer, reader) = (Schema::writer::<P>(), Schema::reader::<P>());
    assert_eq!(writer.to_string(), Schema::writer::<P>().to_string());
    assert_eq!(reader.to_string(), Schema::reader::<P>().to_string());
    assert_eq!(serde_json::from_str::<Value>(&reader.to_string()).unwrap(), *reader.as_value());
    let agreement = Agreement {
        reader: validator(reader.as_value()),
        writer: validator(writer.as_value()),
        known,
        name: std::any::type_name::<P>(),
        unknown: RefCell::default(),
    };
    for document in draw(reader.as_value(), DRAWN) {
        agreement.judge::<P>(&Case { document: document.clone(), at: String::new(), now: None });
        for case in changes(&document) {
            agreement.judge::<P>(&case);
        }
        if let Some(written) = write::<P>(&document) {
            for case in changes(&written) {
                agreement.judge_written::<P>(&case);
            }
        }
    }
    // An unsatisfiable writer would be compatible with every reader.
    for document in draw(writer.as_value(), DRAWN) {
        assert!(agreement.reader.is_valid(&document), "{}: written, and not read: {document}", agreement.name);
        agreement.judge_written::<P>(&Case { document, at: String::new(), now: None });
    }
    let unknown = agreement.unknown.into_inner();
    assert!(
        unknown.is_empty(),
        "{}\n{}\n{} in all",
        agreement.name,
        unknown[..unknown.len().min(12)].join("\n"),
        unknown.len()
    );
    for known in &agreement.known {
        assert!(known.seen.get(), "{}: no difference like this any more: {}", agreement.name, known.reason);
    }
}

/// Returns true if the reader schema is proven to contain the writer schema.
pub(crate) fn is_proven<P: Payload + JsonSchema>() -> bool {
    let canonical = |schema: &Schema| {
        let canonical = canonical::options().offline().should_validate_formats(true);
        canonical.canonicalize(schema.as_value()).unwrap()
    };
    let (writer, reader) = (canonical(&Schema::writer::<P>()), canonical(&Schema::reader::<P>()));
    assert_ne!(writer.satisfiability(), Satisfiability::No);
    let verdict = reader.covers(&writer).unwrap_or(Containment::Unknown);
    assert_ne!(verdict, Containment::No, "{}", std::any::type_name::<P>());
    verdict == Containment::Yes
}

impl Agreement {
    /// Checks that the reader schema agrees with the reader.
    fn judge<P: Payload>(&self, case: &Case) {
        let (is_valid, is_read) = (self.reader.is_valid(&case.document), is_read::<P>(&case.document));
        match (is_valid, is_read) {
            (true, false) => self.excuse(DifferenceKind::Loose, case, ""),
            (false, true) => self.excuse(DifferenceKind::Strict, case, ""),
            (true, true) => {
                let written = write::<P>(&case.document).unwrap();
                let wrong: Vec<_> = self.writer.iter_errors(&written).map(|error| error.to_string()).collect();
                assert!(wrong.is_empty(), "{}: written against its schema: {written}: {wrong:?}", self.name);
            }
            (false, false) => {}
        }
    }

    /// Checks that a document of the writer schema is read, and written unchanged.
    fn judge_written<P: Payload>(&self, case: &Case) {
        if !self.writer.is_valid(&case.document) {
            return;
        }
        let again = write::<P>(&case.document);
        if !again.as_ref().is_some_and(|again| is_same(again, &case.document)) {
            self.excuse(DifferenceKind::Wide, case, &format!("{again:?}"));
        }
    }

    fn excuse(&self, kind: DifferenceKind, case: &Case, more: &str) {
        let all = known_of_all();
        let mut excuses = self.known.iter().chain(&all).filter(|known| known.kind == kind && (known.matches)(case));
        if let Some(known) = excuses.next() {
            known.seen.set(true);
            return;
        }
        let Case { document, at, now } = case;
        let now = now.as_ref().map(Value::to_string);
        self.unknown.borrow_mut().push(format!("{kind:?} at {at:?}, now {now:?}: {document} {more}"));
    }
}

fn is_read<P: Payload>(data: &Value) -> bool {
    Reader::<P>::default().read(detail::<P>(data).as_bytes()).is_ok()
}

/// Reads a document and writes it again.
fn write<P: Payload>(data: &Value) -> Option<Value> {
    let detail = detail::<P>(data);
    let reading = Reader::<P>::default().read(detail.as_bytes()).ok()?;
    Some(serde_json::to_value(reading.event().payload()).unwrap())
}

fn detail<P: Payload>(data: &Value) -> String {
    json!({"type": P::NAME, "version": P::VERSION, "timestamp": 1_795_344_181_000_i64, "data": data}).to_string()
}

/// Compares documents: a set may have another order, and `3.0` equals `3`.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().all(|item| other.iter().any(|other| is_same(item, other)))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| is_same(value, other)))
        }
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}

/// Returns copies of the document with one change each, of every kind at every location.
fn changes(document: &Value) -> Vec<Case> {
    let mut places = Vec::new();
    collect(document, String::new(), &mut places);
    let mut cases = Vec::new();
    for at in places {
        let here = document.pointer(&at).unwrap();
        let mut replace = |value: Value| {
            let mut changed = document.clone();
            *changed.pointer_mut(&at).unwrap() = value.clone();
            cases.push(Case { document: changed, at: at.clone(), now: Some(value) });
        };
        for value in values(here) {
            replace(value);
        }
        if let Value::Object(members) = here {
            let mut more = members.clone();
            more.insert("unheard-of".to_owned(), json!({"deep": [1]}));
            replace(more.into());
        }
        if let Some((parent, name)) = at.rsplit_once('/') {
            let mut changed = document.clone();
            if let Some(Value::Object(members)) = changed.pointer_mut(parent) {
                members.remove(&name.replace("~1", "/").replace("~0", "~"));
                cases.push(Case { document: changed, at: at.clone(), now: None });
            }
        }
    }
    cases
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            // The first items represent the rest.
            for (index, value) in items.iter().enumerate().take(3) {
                collect(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// Replacement values: one of each kind, and those at the bounds of each range.
fn values(here: &Value) -> Vec<Value> {
    let mut values =
        vec![json!(null), json!(true), json!("zz"), json!(""), json!([]), json!({}), json!([{}]), json!(0.5)];
    values.push(json!(1));
    if here.is_number() {
        let edges = [0, i64::from(i8::MAX), i64::from(u8::MAX), i64::from(i16::MAX), i64::from(u16::MAX)];
        let wide = [i64::from(i32::MAX), i64::from(u32::MAX), i64::MAX - 1];
        for edge in edges.into_iter().chain(wide) {
            values.extend([json!(edge), json!(edge + 1), json!(-edge - 1), json!(-edge - 2)]);
        }
        values.extend([json!(3.0), json!(u64::MAX), json!(i64::MIN), json!(-1e19)]);
    }
    if let Value::String(text) = here {
        values.extend([json!(format!("{text}x")), json!(text.to_uppercase()), json!(text.to_lowercase())]);
    }
    values
}
