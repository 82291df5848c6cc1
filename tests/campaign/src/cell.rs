//! One cell: documents of one type, read by the same type or by another version.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use event_contract::check::testing::HeldCode;
use event_contract::schema::Role;
use json_schema_containment::testing::{OwnValidator, sample};
use json_schema_containment::{Question, Verdict, exact};
use jsonschema::Validator;
use serde_json::Value;

use crate::mutate::{mutate, shrink};
use crate::report::{Difference, Kind};
use event_contract_campaign::draw::Rng;
use event_contract_campaign::party::{Drawn, Party, Side, detail};

/// Message of a party that panicked.
const PANICKED: &str = "panicked";

/// Settings of the prover; the defaults are those of the check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Makes formats assertions for the prover. For the validators they always are.
    pub(crate) assert_formats: bool,
    /// Steps.
    pub(crate) budget: u64,
}

/// One version with its schemas.
pub(crate) struct Subject {
    /// The generated type.
    pub(crate) side: &'static Side,
    /// Its functions.
    pub(crate) party: Party,
    /// Its schemas.
    pub(crate) writer: Value,
    /// See `writer`.
    pub(crate) reader: Value,
    /// The code, as a check runs it.
    held: Option<HeldCode>,
    /// The schemas of writer and reader, as the validator of the prover takes them.
    exact: [exact::ExactValue; 2],
    /// True if some documents that were drawn from the reader schema, read and written again show that schema and type
    /// differ. A contract could be checked so: it has no values but those that it reads.
    pub(crate) is_refuted: bool,
}

/// Documents by which a type is held to its schemas.
const PROBES: usize = 200;

impl Subject {
    /// Derives the schemas of a type.
    pub(crate) fn new(side: &'static Side) -> Self {
        let party = (side.party)();
        let (writer, reader) = ((party.schema)(Role::Writer), (party.schema)(Role::Reader));
        let exact = [&writer, &reader].map(exact::ExactValue::from);
        let held = (party.hold)(&writer, &reader);
        let mut subject = Self { side, party, writer, reader, held, exact, is_refuted: false };
        subject.is_refuted = subject.refute();
        subject
    }

    fn judges_of_writer(&self) -> Judges<'_> {
        Judges::new(&self.writer, &self.exact[0], true)
    }

    fn judges_of_reader(&self) -> Judges<'_> {
        Judges::new(&self.reader, &self.exact[1], true)
    }

    fn refute(&self) -> bool {
        let (of_writer, of_reader) = (self.judges_of_writer(), self.judges_of_reader());
        sample(&self.reader, &self.writer, 0, PROBES).iter().any(|document| {
            if !of_reader.other.is_valid(document) || has_odd_number(document) {
                return false;
            }
            match catch_unwind(AssertUnwindSafe(|| (self.party.read)(&detail(&document.to_string())))) {
                Ok(Ok(again)) => serde_json::from_str(&again).is_ok_and(|again| !of_writer.other.is_valid(&again)),
                Ok(Err(_)) | Err(_) => true,
            }
        })
    }
}

/// Returns true if there is a number that is spelled with a fraction of zero or beyond 64 bits, for which listed reasons
/// exist.
fn has_odd_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_none() && number.as_f64().is_none_or(|float| float.fract() == 0.0),
        Value::Array(items) => items.iter().any(has_odd_number),
        Value::Object(members) => members.values().any(has_odd_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// The two validators of one schema.
struct Judges<'a> {
    own: Option<OwnValidator<'a>>,
    other: Validator,
}

impl<'a> Judges<'a> {
    fn new(schema: &Value, exact: &'a exact::ExactValue, assert_formats: bool) -> Self {
        let options = jsonschema::options().offline().should_validate_formats(assert_formats);
        let other = options.build(schema).unwrap_or_else(|error| panic!("{error}: {schema:#}"));
        Self { own: OwnValidator::new(exact, assert_formats), other }
    }

    fn own(&mut self, document: &Value) -> Option<bool> {
        self.own.as_mut().and_then(|own| own.is_valid(document))
    }

    fn error(&self, document: &Value) -> String {
        self.other
            .iter_errors(document)
            .next()
            .map_or_else(String::new, |error| format!("{}: {error}", error.instance_path()))
    }
}

/// The result of a cell.
#[derive(Debug, Default)]
pub(crate) struct CellResult {
    /// `contained`, `broken`, or another word and a reason.
    pub(crate) verdict: String,
    /// Documents without repetitions.
    pub(crate) documents: u64,
    /// Documents that the writer's type wrote.
    pub(crate) written: u64,
    /// Documents that the writer's type wrote, under a proof.
    pub(crate) written_under_proof: u64,
    /// Documents that the writer's type or its schema permits, under a proof.
    pub(crate) declared_under_proof: u64,
    /// Unreadable documents between types of which at least one is refuted by its own documents.
    pub(crate) unreadable_refuted: u64,
    /// Values that could not be written or sent, by reason.
    pub(crate) refused: BTreeMap<String, u64>,
    /// By kind, place and features.
    pub(crate) differences: Vec<Difference>,
}

/// A cell in progress.
struct Cell<'s> {
    writer: &'s Subject,
    reader: &'s Subject,
    of_writer: Judges<'s>,
    of_reader: Judges<'s>,
    is_same: bool,
    is_contained: bool,
    asked: Asked,
    result: CellResult,
}

/// A document, and whether the writer's type wrote it.
struct Document<'d> {
    data: &'d str,
    detail: &'d str,
    value: &'d Value,
    is_written: bool,
}

/// Examines one cell with about `count` documents.
pub(crate) fn examine(
    writer: &Subject,
    reader: &Subject,
    is_same: bool,
    count: usize,
    seed: u64,
    asked: Asked,
) -> CellResult {
    let question =
        Question::new(&writer.writer, &reader.reader).assert_formats(asked.assert_formats).budget(asked.budget);
    let verdict = question.ask();
    let by_code = match (&verdict, &writer.held, &reader.held) {
        (Ok(Verdict::Contained), Some(writer), Some(reader)) => reader.verdict(writer),
        _ => None,
    };
    let mut cell = Cell {
        writer,
        reader,
        of_writer: writer.judges_of_writer(),
        of_reader: reader.judges_of_reader(),
        is_same,
        is_contained: matches!(verdict, Ok(Verdict::Contained)) && by_code.is_none(),
        asked,
        result: CellResult::default(),
    };
    cell.result.verdict = match &verdict {
        Ok(Verdict::Contained) if by_code.is_some() => by_code.unwrap_or_default(),
        Ok(Verdict::Contained) => "contained".to_owned(),
        Ok(Verdict::Broken { .. }) => "broken".to_owned(),
        Ok(Verdict::Undecided { reason }) => format!("undecided: {reason}"),
        Err(error) => format!("error: {error}"),
    };
    if let Ok(Verdict::Broken { witness, .. }) = &verdict {
        cell.check_witness(witness.document());
    }
    let mut rng = Rng::new(seed);
    let mut known = HashSet::new();
    let mut pool: Vec<Value> = Vec::new();
    for _ in 0..count / 2 {
        match (writer.party.write)(&mut rng) {
            Drawn::Written(detail) => {
                let Some(data) = data_of(&detail) else { continue };
                let Ok(value) = serde_json::from_str::<Value>(data) else { continue };
                if known.insert(data.to_owned()) {
                    cell.judge(&Document { data, detail: &detail, value: &value, is_written: true });
                    pool.push(value);
                }
            }
            Drawn::Refused(why) => {
                let why = why.rsplit(": ").next().unwrap_or_default();
                let why: String = why.chars().filter(|character| !character.is_ascii_digit()).collect();
                *cell.result.refused.entry(why).or_default() += 1;
            }
        }
    }
    for value in sample(&writer.writer, &reader.reader, seed, count / 4) {
        cell.judge_value(&value, &mut known);
        pool.push(value);
    }
    if !pool.is_empty() {
        for _ in 0..count / 4 {
            let value = mutate(rng.pick(&pool), &mut rng);
            cell.judge_value(&value, &mut known);
        }
    }
    cell.result
}

fn data_of(detail: &str) -> Option<&str> {
    const MEMBER: &str = r#","data":"#;
    let at = detail.find(MEMBER)? + MEMBER.len();
    detail.get(at..detail.len() - 1)
}

impl Cell<'_> {
    fn judge_value(&mut self, value: &Value, known: &mut HashSet<String>) {
        let data = value.to_string();
        if value.is_object() && known.insert(data.clone()) {
            let detail = detail(&data);
            self.judge(&Document { data: &data, detail: &detail, value, is_written: false });
        }
    }

    fn judge(&mut self, document: &Document<'_>) {
        let value = document.value;
        self.result.documents += 1;
        self.result.written += u64::from(document.is_written);
        let (may_write, may_read) = (self.of_writer.other.is_valid(value), self.of_reader.other.is_valid(value));
        let own = (self.of_writer.own(value), self.of_reader.own(value));
        if own.0.is_some_and(|own| own != may_write) || own.1.is_some_and(|own| own != may_read) {
            self.add(Kind::ValidatorsDisagree, document, "", format!("own {own:?}, other {:?}", (may_write, may_read)));
        }
        let read = (self.reader.party.read)(document.detail);
        let by_serde = catch_unwind(|| (self.reader.party.serde)(document.data));
        let by_serde = by_serde.unwrap_or_else(|_| Err(PANICKED.to_owned()));
        for result in [read.as_ref().err(), by_serde.as_ref().err()] {
            if result.is_some_and(|why| why == PANICKED) {
                let who = if read.as_ref().err() == result { "the reader panicked" } else { "serde panicked" };
                self.add(Kind::Panic, document, "", who.to_owned());
                return;
            }
        }
        if self.is_contained {
            self.result.written_under_proof += u64::from(document.is_written);
            self.result.declared_under_proof += u64::from(document.is_written || may_write);
            if read.is_err() && document.is_written && (self.writer.is_refuted || self.reader.is_refuted) {
                self.result.unreadable_refuted += 1;
            }
            match &read {
                // If its own schema refuses the document, the mistake is on the writer's side.
                Err(why) if document.is_written && !may_write => {
                    self.add_of(self.writer.side, Kind::Unreadable, document, place(why), why.clone());
                }
                Err(why) if document.is_written => self.add(Kind::Unreadable, document, place(why), why.clone()),
                Err(why) if may_write => self.add(Kind::DeclaredUnreadable, document, place(why), why.clone()),
                _ => {}
            }
            if may_write && !may_read {
                let question = Question::new(&self.writer.writer, &self.reader.reader);
                let asserted = question.assert_formats(true).budget(self.asked.budget).ask();
                if self.asked.assert_formats || matches!(asserted, Ok(Verdict::Contained)) {
                    let error = self.of_reader.error(value);
                    self.add(Kind::ProverWrong, document, "", error);
                }
            }
        }
        if document.is_written && !may_write {
            let error = self.of_writer.error(value);
            self.add(Kind::WriterStrict, document, place(&error), error.clone());
        }
        match (&read, may_read) {
            (Err(why), true) => self.add(Kind::ReaderLoose, document, place(why), why.clone()),
            (Ok(_), false) => {
                let error = self.of_reader.error(value);
                self.add(Kind::ReaderStrict, document, place(&error), error.clone());
            }
            _ => {}
        }
        if read.is_ok() != by_serde.is_ok() {
            let why = read.as_ref().err().or(by_serde.as_ref().err()).cloned().unwrap_or_default();
            let kind = if read.is_ok() { Kind::ReaderMoreTolerant } else { Kind::ReaderLessTolerant };
            self.add(kind, document, place(&why), why.clone());
        }
        if self.is_same
            && may_write
            && !document.is_written
            && let Ok(again) = &read
            && let Ok(again) = serde_json::from_str::<Value>(again)
            && let Some(at) = first_difference(value, &again, "")
        {
            self.add(Kind::WriterWide, document, &at, format!("written as {again}"));
        }
    }

    fn check_witness(&mut self, witness: &Value) {
        let data = witness.to_string();
        let detail = detail(&data);
        if (self.reader.party.read)(&detail).is_ok() {
            let document = Document { data: &data, detail: &detail, value: witness, is_written: false };
            let error = self.of_reader.error(witness);
            self.add(Kind::FalseAlarm, &document, place(&error), error.clone());
        }
    }

    fn add(&mut self, kind: Kind, document: &Document<'_>, at: &str, why: String) {
        let side = if kind.is_about_writer() { self.writer.side } else { self.reader.side };
        self.add_of(side, kind, document, at, why);
    }

    /// Adds a difference that the types of `side` explain.
    fn add_of(&mut self, side: &Side, kind: Kind, document: &Document<'_>, at: &str, why: String) {
        let features = features(side, at);
        let found = self.result.differences.iter_mut().find(|other| other.kind == kind && other.features == features);
        if let Some(other) = found {
            other.count += 1;
            if document.data.len() < other.document.len() {
                document.data.clone_into(&mut other.document);
                other.why = why;
            }
            return;
        }
        let data = match kind {
            Kind::ReaderLoose | Kind::ReaderStrict => {
                let expected = kind == Kind::ReaderLoose;
                let smaller = shrink(document.value.clone(), |value| {
                    self.of_reader.other.is_valid(value) == expected
                        && (self.reader.party.read)(&detail(&value.to_string())).is_ok() != expected
                });
                smaller.to_string()
            }
            _ => document.data.to_owned(),
        };
        self.result.differences.push(Difference {
            kind,
            features,
            writer: self.writer.side.source,
            reader: self.reader.side.source,
            verdict: self.result.verdict.clone(),
            document: data,
            why,
            count: 1,
        });
    }
}

/// The pointer that a message begins with, without that of the payload.
fn place(message: &str) -> &str {
    let at = message.split(": ").next().unwrap_or_default();
    at.strip_prefix("/data").unwrap_or(at)
}

/// The features of the field that a pointer leads to; of the whole type where it leads to none.
fn features(side: &Side, at: &str) -> Vec<&'static str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let first = at.trim_start_matches('/').split('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    let named = side.fields.iter().find(|(names, _)| names.iter().any(|name| plain(name) == plain(&first)));
    let mut features: Vec<&str> = match (named, side.fields) {
        (Some((_, features)), _) | (None, [(_, features)]) => features.to_vec(),
        _ => side.fields.iter().flat_map(|(_, features)| features.iter().copied()).collect(),
    };
    features.extend(side.container.iter().copied().filter(|feature| *feature != "named struct"));
    features.sort_unstable();
    features.dedup();
    features
}

/// The place of the first difference; `3.0` equals `3`, and a list may have another order.
fn first_difference(one: &Value, other: &Value, at: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            if let Some(name) = other.keys().find(|name| !one.contains_key(*name)) {
                return Some(format!("{at}/{name}"));
            }
            one.iter().find_map(|(name, value)| match other.get(name) {
                Some(other) => first_difference(value, other, &format!("{at}/{name}")),
                None => Some(format!("{at}/{name}")),
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let is_there = |item| other.iter().any(|other| first_difference(item, other, "").is_none());
            (!one.iter().all(is_there)).then(|| at.to_owned())
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        (one, other) => (one != other).then(|| at.to_owned()),
    }
}
