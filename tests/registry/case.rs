//! Test subjects: a version in each format, and documents for it.

use event_contract::catalog::{Catalog, CatalogType, CatalogVersion};
use event_contract::registry::{Export, Format, Note, NoteKind};
use event_contract::schema::Schema;
use event_contract::{Pointer, SideKind, contract};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde_json::{Value, json};

use crate::zoo;

/// Dialect of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Draft2020,
    Draft2019,
    Draft07,
    Draft04,
    OpenApi30,
}

/// Part of an event that a format describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Payload,
    Detail,
    Envelope,
}

/// Schema of a version in one format.
pub(crate) struct FormatSchema {
    pub(crate) format: Format,
    pub(crate) dialect: Dialect,
    pub(crate) part: Part,
    pub(crate) schema: Value,
    /// The schema is wider than the original.
    pub(crate) is_wider: bool,
}

/// A version in all formats that support it.
pub(crate) struct Subject {
    pub(crate) name: String,
    event_type: String,
    version: u32,
    pub(crate) writer: Schema,
    pub(crate) format_schemas: Vec<FormatSchema>,
}

/// Returns all versions of the shipped contract and of the zoo.
pub(crate) fn subjects() -> Vec<Subject> {
    let mut subjects = subjects_of(&contract::catalog().unwrap());
    subjects.extend(subjects_of(&zoo::catalog()));
    subjects
}

pub(crate) fn subjects_of(catalog: &Catalog) -> Vec<Subject> {
    let exports: Vec<_> = Format::ALL
        .iter()
        .map(|format| (*format, format.export(catalog, &|_, version| version.writer_schema())))
        .collect();
    let versions = catalog
        .types()
        .iter()
        .flat_map(|contract_type| contract_type.versions().iter().map(move |version| (contract_type, version)));
    versions
        .map(|(contract_type, version)| Subject {
            name: format!("{} {}", contract_type.name(), version.version()),
            event_type: contract_type.name().to_string(),
            version: version.version().get(),
            writer: version.writer_schema(),
            format_schemas: exports
                .iter()
                .filter_map(|(format, export)| format_schema(*format, export, contract_type, version))
                .collect(),
        })
        .collect()
}

fn format_schema(
    format: Format,
    export: &Export,
    contract_type: &CatalogType,
    version: &CatalogVersion,
) -> Option<FormatSchema> {
    let (side, name, owner, version) =
        (contract_type.side(), contract_type.name(), contract_type.owner(), version.version());
    let plain = format!("{side}/{name}/{version}.json");
    let (path, dialect, part) = match format {
        Format::JsonSchema2020_12 => (plain, Dialect::Draft2020, Part::Payload),
        Format::JsonSchema2019_09 => (plain, Dialect::Draft2019, Part::Payload),
        Format::JsonSchema07 => (plain, Dialect::Draft07, Part::Payload),
        Format::JsonSchema04 => (plain, Dialect::Draft04, Part::Payload),
        Format::EventBridgeJsonSchema => {
            (format!("{side}/{owner}@{name}/{version}.json"), Dialect::Draft04, Part::Envelope)
        }
        Format::EventBridgeOpenApi => {
            (format!("{side}/{owner}@{name}/{version}.json"), Dialect::OpenApi30, Part::Envelope)
        }
        Format::Glue | Format::Confluent => (format!("{side}/{name}.{version}.json"), Dialect::Draft07, Part::Detail),
        Format::AsyncApi => (format!("{side}/{owner}.json"), Dialect::Draft07, Part::Detail),
        Format::CloudEvents if side == SideKind::Internal => return None,
        Format::CloudEvents => (format!("{name}/{version}.json"), Dialect::Draft2020, Part::Payload),
        other => panic!("how is {other:?} to be judged?"),
    };
    let mut schema: Value = serde_json::from_str(&export.files[&path]).unwrap();
    // A schema within a document is reached by a reference.
    match format {
        Format::EventBridgeOpenApi => {
            schema = json!({"components": schema["components"], "allOf": [{"$ref": "#/components/schemas/AWSEvent"}]});
        }
        Format::AsyncApi => {
            let place = format!("#/components/messages/{name}.{version}/payload/schema");
            schema = json!({"components": schema["components"], "allOf": [{"$ref": place}]});
        }
        _ => {}
    }
    let place = if format == Format::AsyncApi { format!("/{name}.{version}/") } else { String::new() };
    let notes = export.notes.iter().filter(|note| note.path() == path && note.kind() == NoteKind::Wider);
    let mut places = notes.flat_map(Note::pointers).map(Pointer::as_str).filter(|at| at.starts_with(&place));
    // No document has unknown fields, whose names OpenAPI cannot describe.
    let is_wider = places.any(|at| !at.ends_with("/kept/propertyNames"));
    Some(FormatSchema { format, dialect, part, schema, is_wider })
}

impl Subject {
    /// Returns the schema of this part of an event in draft 2020-12.
    pub(crate) fn reference(&self, part: Part) -> Value {
        let schema = match part {
            Part::Payload => self.writer.clone(),
            Part::Detail => self.writer.in_detail(),
            Part::Envelope => self.writer.in_envelope(),
        };
        schema.as_value().clone()
    }

    /// Wraps a payload in the part of an event.
    pub(crate) fn lift(&self, part: Part, payload: &Value) -> Value {
        let detail = || {
            json!({
                "id": "7c9e6679", "type": self.event_type, "version": self.version, "timestamp": 1_700_000_000_000_i64,
                "partitionKey": "k", "source": "zoo", "data": payload,
            })
        };
        match part {
            Part::Payload => payload.clone(),
            Part::Detail => detail(),
            Part::Envelope => json!({
                "version": "0", "id": "bbfbc65f", "detail-type": self.event_type, "source": "zoo",
                "account": "123456789012", "time": "2026-11-22T10:43:01Z", "region": "eu-west-1", "resources": [],
                "detail": detail(),
            }),
        }
    }

    /// Returns deterministic payloads, most of them valid.
    pub(crate) fn payloads(&self, many: usize) -> Vec<Value> {
        let mut random = SmallRng::seed_from_u64(11);
        let drawn = (0..many * 10).filter_map(|_| noson::generate(self.writer.as_value(), &mut random).ok());
        let drawn: Vec<_> = drawn.filter(|document| document.to_string().len() < 1200).take(many).collect();
        assert!(drawn.len() > many / 2, "{}: only {} of {many} could be drawn", self.name, drawn.len());
        drawn
    }
}

/// Returns copies of the document with one change each, at every location.
pub(crate) fn changes(document: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    collect(document, String::new(), &mut places);
    let mut changed = Vec::new();
    for at in places {
        let mut put = |value: Value| {
            let mut other = document.clone();
            *other.pointer_mut(&at).unwrap() = value;
            changed.push(other);
        };
        let values = [
            json!(null),
            json!(false),
            json!("zz"),
            json!(""),
            json!([]),
            json!([{}, 1]),
            json!({}),
            json!(0),
            json!(1),
            json!(-1),
            json!(256),
            json!(0.5),
            json!(4_294_967_296_i64),
            json!("First"),
            json!({"A": 1}),
        ];
        values.into_iter().for_each(&mut put);
        match document.pointer(&at).unwrap() {
            Value::Object(members) => {
                for more in ["unheard-of", "a", "7", "kind"] {
                    let mut members = members.clone();
                    members.insert(more.to_owned(), json!(1));
                    put(members.into());
                }
                for name in members.keys() {
                    let mut members = members.clone();
                    members.remove(name);
                    put(members.into());
                }
            }
            Value::Array(items) => {
                put(items.iter().chain(&[json!(1)]).cloned().collect());
                put(items.iter().skip(1).cloned().collect());
                put(items.iter().rev().cloned().collect());
            }
            _ => {}
        }
    }
    changed
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate().take(2) {
                collect(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
