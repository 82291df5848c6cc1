//! A version held to its schemas: its code reads and writes documents that are drawn from them.
//!
//! A proof of containment is about schemas, and schemars derives a schema from types. It does not see the functions of
//! `#[serde(serialize_with)]`, `try_from` and the like, nor an implementation of serde by hand. So the code of each
//! version is run on documents: samples of both of its schemas, and values that [exploration](crate::read) has found, with
//! parts of samples in their places, because a type with two fields that are hard to satisfy reads almost no sample. What
//! the code writes must be valid under the writer's schema, and be read by every reader to which it is proven readable.
//!
//! This refutes proofs and confirms none. It is bounded and deterministic: the samples have a fixed seed.

use std::collections::BTreeSet;

use json_document::Pointer;
use json_schema_core::for_each_subschema;
use jsonschema::Validator;
use serde_json::Value;

use super::structure::without_statements;
use super::unread::{UnreadSearch, UnreadValue};
use crate::catalog::program::{PayloadProgram, Refusal, UnstatedAdapter};
use crate::compat::testing::sample;
use crate::parallel::catch;
use crate::read::{JsonKind, TypeTrial, without_indices};
use crate::schema::ALIAS;

/// Samples of each schema.
const SAMPLES: usize = 64;
/// Samples whose parts are put into a value of the type.
const CROSSED: usize = 256;
/// Maximum number of payloads that a type writes and others are asked to read.
const MAX_WRITTEN: usize = 200;
/// Maximum number of documents that a reader is asked to confirm as refused: an error of a reader is expensive.
const MAX_CONFIRMED: usize = 16;
/// Maximum number of parts of a value that are replaced because the schema rejects them.
const MAX_REPAIRS: usize = 12;
/// A number beyond an `f32`.
const LARGE_NUMBER: f64 = 1.5e300;
/// Maximum depth of the places where a value gets a part of a sample.
const MAX_DEPTH: usize = 4;

/// A version with its code.
pub(super) struct HeldVersion {
    program: PayloadProgram,
    trial: TypeTrial,
    /// Payloads that the code has written.
    written: Vec<Value>,
    /// Payloads that are valid under the writer's schema.
    declared: Vec<Value>,
    /// A payload that the code has written and the writer's schema rejects.
    pub(super) invalid: Option<Violation>,
    /// A payload that the reader's schema accepts and the code refuses.
    pub(super) refused: Option<RefusedPayload>,
    /// Payloads that the reader's schema accepts, and of which the code reads no variant.
    pub(super) unread: Vec<UnreadPayload>,
}

/// A payload of which the code of a reader reads no variant.
pub(super) struct UnreadPayload {
    pub(super) value: UnreadValue,
    pub(super) refusal: Refusal,
    /// The expectation of serde, if the code asks for another kind of value than its schema accepts.
    expected_kind: Option<String>,
    /// The names of the member of the payload that the value is in, with aliases; empty if the schema does not list it.
    pub(super) members: Vec<String>,
}

/// A payload that violates a schema.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub(super) payload: Value,
    /// The place in the payload as a JSON pointer.
    pub(super) at: String,
    pub(super) message: String,
}

/// A payload that a type cannot read.
#[derive(Debug, Clone)]
pub(super) struct RefusedPayload {
    pub(super) payload: Value,
    pub(super) refusal: Refusal,
}

/// The validators of a version.
struct Judges {
    writer: Validator,
    without_statements: Validator,
    reader: Validator,
}

/// The documents on which code was run.
#[derive(Default)]
struct Runs {
    read: Vec<Value>,
    /// Documents that the reader's schema accepts and the code refuses; at most [`MAX_CONFIRMED`].
    refused: Vec<Value>,
}

/// The origin of a payload that the code has written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Read from a payload that is valid under the reader's schema.
    Valid,
    /// Read from placeholders, or from an invalid payload.
    Exploration,
}

/// The role of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AdapterRole {
    Serializes,
    Deserializes,
}

impl HeldVersion {
    /// Runs the code of a consumer on payloads of the schema by which it reads. What it writes is of no interest. It is only
    /// explored if the schema is invalid, which other parts of the check report.
    pub(super) fn of_consumer(program: PayloadProgram, reader: &Value) -> Self {
        let mut held = Self::explore(program);
        let Some(judge) = validator(reader) else { return held };
        let samples = sample(reader, &Value::Bool(true), 0, SAMPLES);
        let explored = held.trial.written.iter().filter_map(|text| text.parse().ok());
        let bases: Vec<Value> = explored.map(|value| repair(value, &samples, &judge)).collect();
        let mut runs = Runs::default();
        for document in held.documents(&bases, samples) {
            drop(held.run(&document, &judge, &mut runs));
        }
        held.unread = held.find_unread(&runs, reader, &judge);
        held
    }

    /// Runs the code of a version. `None` if a schema is invalid, which other parts of the check report.
    pub(super) fn new(program: PayloadProgram, writer: &Value, reader: &Value) -> Option<Self> {
        let judges = Judges {
            writer: validator(writer)?,
            without_statements: validator(&without_statements(writer))?,
            reader: validator(reader)?,
        };
        let mut held = Self::explore(program);
        let mut samples = sample(reader, writer, 0, SAMPLES);
        samples.extend(sample(writer, reader, 1, SAMPLES));
        let explored: Vec<Value> = held.trial.written.iter().filter_map(|text| text.parse().ok()).collect();
        let mut bases: Vec<Value> = Vec::new();
        for value in explored {
            bases.push(repair(value.clone(), &samples, &judges.reader));
            held.add_written(value, &judges, Origin::Exploration);
        }
        let mut runs = Runs::default();
        for document in held.documents(&bases, samples) {
            if let Some(again) = held.run(&document, &judges.reader, &mut runs) {
                let is_valid = judges.reader.is_valid(&document);
                held.add_written(again, &judges, if is_valid { Origin::Valid } else { Origin::Exploration });
            }
            if judges.writer.is_valid(&document) {
                held.declared.push(document);
            }
        }
        held.refused = runs.refused.iter().find_map(|payload| held.confirm_refused(payload));
        held.unread = held.find_unread(&runs, reader, &judges.reader);
        held.write_contradictions(&judges);
        Some(held)
    }

    fn explore(program: PayloadProgram) -> Self {
        let trial = catch(|| program.explore()).unwrap_or_default();
        Self {
            program,
            trial,
            written: Vec::new(),
            declared: Vec::new(),
            invalid: None,
            refused: None,
            unread: Vec::new(),
        }
    }

    /// Returns the documents on which the code is run: values of the type, with parts of samples in their places, and the
    /// samples.
    fn documents(&self, bases: &[Value], samples: Vec<Value>) -> Vec<Value> {
        let mut documents = bases.to_vec();
        documents.extend(bases.iter().flat_map(|base| self.with_large_numbers(base)));
        if !bases.is_empty() {
            let crossed = samples.iter().cycle().take(CROSSED).enumerate();
            documents
                .extend(crossed.map(|(index, sample)| cross(&bases[index % bases.len()], sample, index / bases.len())));
        }
        documents.extend(samples);
        let mut known = BTreeSet::new();
        documents.retain(|document| !has_unusual_number(document) && known.insert(document.to_string()));
        documents
    }

    /// Reads a document, and returns it as it is written again.
    fn run(&self, document: &Value, reader: &Validator, runs: &mut Runs) -> Option<Value> {
        if let Ok(again) = self.rewrite(&document.to_string()) {
            runs.read.push(document.clone());
            return again?.parse().ok().filter(|again| !has_unusual_number(again));
        }
        if runs.refused.len() < MAX_CONFIRMED && reader.is_valid(document) {
            runs.refused.push(document.clone());
        }
        None
    }

    /// Returns the payloads of which the code reads no variant, reduced from those that it refuses.
    fn find_unread(&self, runs: &Runs, schema: &Value, reader: &Validator) -> Vec<UnreadPayload> {
        let reads = |payload: &Value| self.rewrite(&payload.to_string()).is_ok();
        let is_valid = |payload: &Value| reader.is_valid(payload);
        let mut search = UnreadSearch::new(&reads, &is_valid, &runs.read);
        let reduce = |payload: &Value| {
            let value = search.reduce(payload)?;
            let text = value.payload.to_string();
            let refusal = self.refusal(&text)?;
            let expected_kind = self.expected_kind(&text);
            let members = member_names(schema, &value.at.segments().next()?);
            Some(UnreadPayload { value, refusal, expected_kind, members })
        };
        runs.refused.iter().filter_map(reduce).collect()
    }

    /// Adds what the code writes of values that its schema rejects, at the places where it reads no valid one: a statement may
    /// be wrong about the kind of JSON.
    fn write_contradictions(&mut self, judges: &Judges) {
        let kinds = [Value::from("0"), Value::from(""), Value::from(true), Value::from(0), Value::Null];
        let replace = |UnreadPayload { value, .. }: &UnreadPayload| {
            kinds.clone().map(|kind| {
                let mut payload = value.payload.clone();
                if let Some(place) = payload.pointer_mut(value.at.as_str()) {
                    *place = kind;
                }
                payload
            })
        };
        let payloads: Vec<Value> = self.unread.iter().flat_map(replace).collect();
        for payload in payloads {
            let again = self.rewrite(&payload.to_string()).ok().flatten().and_then(|text| text.parse().ok());
            if let Some(again) = again {
                self.add_written(again, judges, Origin::Exploration);
            }
        }
    }

    fn confirm_refused(&self, payload: &Value) -> Option<RefusedPayload> {
        let refusal = self.refusal(&payload.to_string())?;
        Some(RefusedPayload { payload: payload.clone(), refusal })
    }

    /// Returns copies of a value with a number that only some types can hold. Samples of an unbounded number are small.
    fn with_large_numbers(&self, base: &Value) -> Vec<Value> {
        let numbers = self.requests().filter(|(_, kind)| *kind == JsonKind::Number);
        let replace = |(at, _): (&[String], JsonKind)| {
            let mut value = base.clone();
            let pointer = at.iter().fold(Pointer::ROOT, |pointer, name| pointer.join(name));
            *value.pointer_mut(pointer.as_str())? = LARGE_NUMBER.into();
            Some(value)
        };
        numbers.take(MAX_REPAIRS).filter_map(replace).collect()
    }

    /// Adds a payload that the code has written.
    ///
    /// An author may state more than the code checks, such as `#[schemars(range(min = 10))]` on a plain integer, and the code
    /// reads and writes other values as well. So only a payload that was read from a valid one must be valid in all respects.
    /// Any other one must have the structure of the schema, and no reader is asked to read it beyond the statements.
    fn add_written(&mut self, payload: Value, judges: &Judges, origin: Origin) {
        if self.written.len() >= MAX_WRITTEN || self.written.contains(&payload) {
            return;
        }
        let validator = match origin {
            Origin::Valid => &judges.writer,
            Origin::Exploration => &judges.without_statements,
        };
        let error = validator.iter_errors(&payload).next();
        if error.is_none() && origin == Origin::Exploration && !judges.writer.is_valid(&payload) {
            return;
        }
        if self.invalid.is_none()
            && let Some(error) = error
        {
            let (at, message) = (error.instance_path().to_string(), error.to_string());
            self.invalid = Some(Violation { payload: payload.clone(), at, message });
        }
        self.written.push(payload);
    }

    /// Reads a payload and writes it again. A panic of the type's code is a refusal.
    fn rewrite(&self, payload: &str) -> Result<Option<String>, ()> {
        catch(|| self.program.rewrite(payload)).map_or(Err(()), |result| result.map_err(|_| ()))
    }

    /// Returns what serde expects instead of a value, if it reads no value of that kind.
    fn expected_kind(&self, payload: &str) -> Option<String> {
        let error = catch(|| self.program.rewrite(payload)).ok()?.err()?.to_string();
        let error = error.rsplit_once(" at line ").map_or(&*error, |(error, _)| error);
        match error.split_once(", expected ") {
            Some((found, expected)) => found.starts_with("invalid type: ").then(|| expected.to_owned()),
            // An integer of 128 bits.
            None => error.ends_with(" is not supported").then(|| error.to_owned()),
        }
    }

    /// Returns the error of a reader of the type.
    fn refusal(&self, payload: &str) -> Option<Refusal> {
        match catch(|| self.program.read(payload)) {
            Ok(result) => result.err(),
            Err(_) => Some(Refusal { at: String::new(), message: "its code panics".to_owned() }),
        }
    }

    /// Returns a payload that `writer` writes and this version refuses.
    pub(super) fn find_refused_of(&self, writer: &Self) -> Option<RefusedPayload> {
        let mut confirmed = 0;
        for payload in &writer.written {
            let found = self.find_refusal(payload, &mut confirmed);
            if found.is_some() {
                return found;
            }
        }
        // What the writer has is not seen where it cannot be read back, but its schema has it.
        let kinds: BTreeSet<_> = self.unread.iter().filter_map(|unread| unread.expected_kind.as_deref()).collect();
        if !kinds.is_empty() {
            let is_unread = |payload: &&Value| {
                self.expected_kind(&payload.to_string()).is_some_and(|kind| kinds.contains(kind.as_str()))
            };
            let mut unread = writer.declared.iter().filter(is_unread).take(MAX_CONFIRMED);
            let found = unread.find_map(|payload| self.confirm_refused(payload));
            if found.is_some() {
                return found;
            }
        }
        // A function of `deserialize_with` alone narrows what is read, and the value may be any of its type.
        let narrowing: BTreeSet<_> = self.trial.narrowing().chain(writer.trial.narrowing()).collect();
        if narrowing.is_empty() {
            return None;
        }
        let mut confirmed = 0;
        writer.declared.iter().find_map(|payload| {
            let found = self.find_refusal(payload, &mut confirmed)?;
            let at = without_indices(segments(&found.refusal.at));
            narrowing.iter().any(|adapter| at.starts_with(adapter)).then_some(found)
        })
    }

    /// Returns a payload of a published writer that this version refuses, unless the present code of that writer refuses it,
    /// too: then it has probably never been written.
    pub(super) fn find_refused_sample(&self, published_writer: &Value, present: &Self) -> Option<RefusedPayload> {
        let validator = validator(published_writer)?;
        let samples = sample(published_writer, &Value::Bool(true), 0, SAMPLES).into_iter();
        let mut samples = samples
            .filter(|payload| !has_unusual_number(payload) && validator.is_valid(payload))
            .chain(present.declared.iter().filter(|payload| validator.is_valid(payload)).cloned());
        let mut confirmed = 0;
        samples.find_map(|payload| {
            let found = self.find_refusal(&payload, &mut confirmed)?;
            present.rewrite(&payload.to_string()).is_ok().then_some(found)
        })
    }

    fn find_refusal(&self, payload: &Value, confirmed: &mut usize) -> Option<RefusedPayload> {
        let text = payload.to_string();
        if *confirmed >= MAX_CONFIRMED || self.rewrite(&text).is_ok() {
            return None;
        }
        *confirmed += 1;
        self.confirm_refused(payload)
    }

    /// Returns the fields with a function of this role, and without a statement of what it reads or writes.
    pub(super) fn unstated(&self, role: AdapterRole) -> impl Iterator<Item = &'static UnstatedAdapter> {
        self.program.unstated_adapters().iter().filter(move |(_, attribute)| match role {
            AdapterRole::Serializes => *attribute != "deserialize_with",
            AdapterRole::Deserializes => *attribute != "serialize_with",
        })
    }

    /// Returns the places of the structs that flatten a map with keys that serde writes and does not read. `reader` is the
    /// schema of the type's reader, which accepts no members there but those that it lists.
    pub(super) fn find_unread_keys(&self, reader: &Value) -> Vec<Vec<String>> {
        if !has_closed_object(reader) {
            return Vec::new();
        }
        catch(|| self.program.find_unread_keys()).unwrap_or_default()
    }

    /// Returns the flattened fields of the payload itself.
    pub(super) fn flattened_fields(&self) -> &'static [&'static str] {
        self.program.flattened_fields()
    }

    /// Returns the kinds of JSON that the type asks for, by place.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&[String], JsonKind)> {
        self.trial.requests.iter().map(|(at, kind)| (&**at, *kind))
    }
}

fn segments(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect()
}

fn has_closed_object(schema: &Value) -> bool {
    let mut is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    for_each_subschema(schema, |_, schema| is_closed |= has_closed_object(schema));
    is_closed
}

/// Returns a member of a payload and its aliases; nothing if the schema lists no such member.
fn member_names(schema: &Value, name: &str) -> Vec<String> {
    let Some(Value::Object(properties)) = schema.get("properties") else { return Vec::new() };
    let Some(property) = properties.get(name) else { return Vec::new() };
    let field = property.get(ALIAS).and_then(Value::as_str).unwrap_or(name).to_owned();
    let aliases = properties.iter().filter(|(_, schema)| schema.get(ALIAS).is_some_and(|of| *of == *field));
    let aliases: Vec<String> = aliases.map(|(alias, _)| alias.clone()).collect();
    std::iter::once(field).chain(aliases).collect()
}

pub(super) fn validator(schema: &Value) -> Option<Validator> {
    jsonschema::options().should_validate_formats(true).build(schema).ok()
}

/// Returns true if there is an integer beyond 64 bits, or a number with a fraction of zero: schema and type differ about them,
/// for reasons that the limits of [`schema`](crate::schema) list.
fn has_unusual_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let is_whole = |float: f64| float.fract() == 0.0 && float.to_bits() != LARGE_NUMBER.to_bits();
            number.as_i64().is_none() && number.as_f64().is_none_or(is_whole)
        }
        Value::Array(items) => items.iter().any(has_unusual_number),
        Value::Object(members) => members.values().any(has_unusual_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Replaces the parts of a value that a schema rejects by those of samples, as far as that makes it valid.
///
/// Placeholders ignore what an author states about a field.
fn repair(mut value: Value, samples: &[Value], validator: &Validator) -> Value {
    for _ in 0..MAX_REPAIRS {
        let Some(error) = validator.iter_errors(&value).next() else { break };
        let at = error.instance_path().to_string();
        let candidates = samples.iter().filter_map(|sample| sample.pointer(&at));
        let repaired = candidates.take(SAMPLES).find_map(|part| {
            let mut candidate = value.clone();
            part.clone_into(candidate.pointer_mut(&at)?);
            let is_next =
                validator.iter_errors(&candidate).next().is_none_or(|error| error.instance_path().to_string() != at);
            is_next.then_some(candidate)
        });
        let Some(repaired) = repaired else { break };
        value = repaired;
    }
    value
}

/// Puts one part of a sample into a value, at a place that both have and that `choice` selects.
fn cross(value: &Value, sample: &Value, choice: usize) -> Value {
    fn replace(value: &mut Value, sample: &Value, choice: usize, depth: usize) {
        match (value, sample) {
            (Value::Object(members), Value::Object(parts)) if depth < MAX_DEPTH && !parts.is_empty() => {
                // Members that only the value has keep theirs.
                let Some((name, part)) = parts.iter().nth(choice % parts.len()) else { return };
                match members.get_mut(name) {
                    Some(member) => replace(member, part, choice / parts.len(), depth + 1),
                    None => drop(members.insert(name.clone(), part.clone())),
                }
            }
            (Value::Array(items), Value::Array(parts))
                if depth < MAX_DEPTH && !items.is_empty() && !parts.is_empty() && choice % 2 == 1 =>
            {
                let (index, part) = (choice / 2 % items.len(), &parts[choice / 2 % parts.len()]);
                replace(&mut items[index], part, choice / 4, depth + 1);
            }
            (value, part) => part.clone_into(value),
        }
    }
    let mut value = value.clone();
    replace(&mut value, sample, choice, 0);
    value
}
