//! Findings about versions whose code and schemas disagree.

use std::collections::BTreeSet;

use json_document::Pointer;
use json_schema_core::for_each_subschema;
use serde_json::{Map, Value, json};

use super::finding::{Evidence, Finding, Subject};
use super::held::{AdapterRole, HeldVersion, RefusedPayload, UnreadPayload, Violation, validator};
use super::rule::CheckRule;
use super::settings::Settings;
use super::unread::UnreadValue;
use crate::compat::{Question, Verdict};
use crate::read::JsonKind;
use crate::schema::definition_name;

/// Maximum number of findings of one rule about a version.
const MAX_FINDINGS: usize = 5;

/// A version whose code is compared with its schemas.
pub(super) struct CodeReport<'a> {
    pub(super) settings: &'a Settings,
    pub(super) event_type: &'a str,
    /// The label of the version in the matrix.
    pub(super) label: &'a str,
    pub(super) held: &'a HeldVersion,
    pub(super) reader: &'a Value,
}

impl CodeReport<'_> {
    /// Returns the finding about a payload that the code writes and its schema rejects.
    pub(super) fn invalid(&self) -> Option<Finding> {
        let Violation { payload, at, message } = self.held.invalid.as_ref()?;
        let place = shown_place(at);
        let found = payload.pointer(at);
        let advice = match (found.map(kind_of), field_name(at)) {
            (Some(kind), Some(field)) => format!("; if a function writes `{field}`, add {}", statement(kind)),
            (Some(_) | None, _) => String::new(),
        };
        let message = format!("{} writes what its own schema rejects, at {place}: {message}{advice}", self.label);
        self.finding(CheckRule::WrittenInvalid, message, Some(payload), at)
    }

    /// Returns the findings about schemas that differ from the code and leave cells as they are.
    pub(super) fn differences(&self) -> Vec<Finding> {
        let mut findings = self.contradictions();
        findings.extend(self.unread_keys());
        findings.extend(self.invalid_defaults());
        if let Some(RefusedPayload { payload, refusal }) = &self.held.refused {
            let (label, place) = (self.label, shown_place(&refusal.at));
            let message = format!(
                "the code of {label} rejects a payload that its reader's schema accepts, at {place}: {}",
                refusal.message
            );
            findings.extend(self.finding(CheckRule::TypeNarrower, message, Some(payload), &refusal.at));
        }
        findings
    }

    /// Finds the places that the type reads as one kind of JSON, and whose schema accepts others only.
    fn contradictions(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (at, requested) in self.held.requests() {
            let mut kinds = BTreeSet::new();
            let is_known = visit_at(self.reader, self.reader, at, 0, &mut |schema| {
                collect_kinds(self.reader, schema, 0, &mut kinds)
            });
            if !is_known || kinds.is_empty() || kinds.iter().any(|kind| is_compatible(*kind, requested)) {
                continue;
            }
            let pointer = at.iter().fold(Pointer::ROOT, |pointer, name| pointer.join(name));
            let kinds: Vec<_> = kinds.iter().map(|kind| describe(*kind)).collect();
            let message = format!(
                "{} reads {} as {}, and its schema accepts {} only: add {}",
                self.label,
                shown_place(pointer.as_str()),
                describe(requested),
                kinds.join(" or "),
                statement(requested),
            );
            findings.extend(self.finding(CheckRule::KindContradicted, message, None, pointer.as_str()));
            if findings.len() == MAX_FINDINGS {
                break;
            }
        }
        findings
    }

    /// Finds the structs that flatten a map whose keys serde does not read there.
    fn unread_keys(&self) -> Vec<Finding> {
        let finding = |at: Vec<String>| {
            let pointer = at.iter().fold(Pointer::ROOT, |pointer, name| pointer.join(name));
            let of_payload = self.held.flattened_fields();
            let subject = match (at.as_slice(), of_payload) {
                ([], []) => "a field of the payload".to_owned(),
                ([], names) => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "),
                _ => format!("a field of {pointer}"),
            };
            let message = format!(
                "{}: {subject} flattens a map with keys that serde writes and never reads, integers or booleans: it buffers them \
                 as strings; use `String` keys, or remove `flatten`",
                self.label
            );
            self.finding(CheckRule::FlattenedKeysUnread, message, None, pointer.as_str())
        };
        self.held.find_unread_keys(self.reader).into_iter().take(MAX_FINDINGS).filter_map(finding).collect()
    }

    /// Finds the defaults that the schema of their field rejects.
    fn invalid_defaults(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        visit_defaults(self.reader, &Pointer::ROOT, &mut |pointer, schema, default| {
            let mut document = Map::from_iter([("allOf".to_owned(), json!([schema]))]);
            if let Some(definitions) = self.reader.get("$defs") {
                document.insert("$defs".to_owned(), definitions.clone());
            }
            let Some(validator) = validator(&document.into()) else { return };
            let Some(error) = validator.iter_errors(default).next() else { return };
            let message = format!(
                "{}: the default at {pointer} is not valid under the schema of its field: {error}; correct the function of \
                 `default`, or the schema",
                self.label
            );
            if findings.len() < MAX_FINDINGS {
                findings.extend(self.finding(CheckRule::DefaultInvalid, message, None, pointer.as_str()));
            }
        });
        findings
    }

    fn finding(&self, rule: CheckRule, message: String, payload: Option<&Value>, detail: &str) -> Option<Finding> {
        let subject = Subject::Type { event_type: self.event_type.to_owned(), version: Some(self.label.to_owned()) };
        let mut finding = self.settings.finding(rule.id(), subject, message)?;
        if let Some(payload) = payload {
            finding.evidence = Evidence::Payload { payload: payload.clone() };
        }
        // The payload is one of many: neither its values nor the indices in its arrays identify the finding.
        Some(finding.with_fingerprint(&super::fingerprint::normalise_place(detail, payload)))
    }
}

/// The reason for which nothing is proven about the code of a writer and a reader.
pub(super) enum CodeGap {
    /// A function without a statement.
    Unstated(String),
    /// A value that the reader's code never reads.
    Unread(String),
}

/// A version with its label, and its code if it is that of a present revision.
#[derive(Clone, Copy)]
pub(super) struct LabelledCode<'a> {
    pub(super) label: &'a str,
    pub(super) held: &'a HeldVersion,
}

/// Finds the gap between the code of a writer, with its schema, and that of a reader; `None` if there is none.
pub(super) fn find_gap(
    written: &Value,
    writer: Option<LabelledCode<'_>>,
    reader: Option<LabelledCode<'_>>,
) -> Option<CodeGap> {
    let unstated = |code, role| unstated_reason(code, role).map(CodeGap::Unstated);
    writer
        .and_then(|writer| unstated(writer, AdapterRole::Serializes))
        .or_else(|| unstated(reader?, AdapterRole::Deserializes))
        .or_else(|| unread_reason(written, reader?).map(CodeGap::Unread))
}

/// Returns the reason for which nothing is proven about a version in this role: a function without a statement.
fn unstated_reason(LabelledCode { label, held }: LabelledCode<'_>, role: AdapterRole) -> Option<String> {
    let (field, attribute) = held.unstated(role).next()?;
    let verb = match role {
        AdapterRole::Serializes => "writes",
        AdapterRole::Deserializes => "reads",
    };
    Some(format!(
        "`{field}` of {label} has `{attribute}`, and its schema does not say what the function {verb}: add \
         `#[schemars(with = \"…\")]` with the type that it {verb}, or `#[schemars(schema_with = \"…\")]`"
    ))
}

/// Returns the reason for which nothing is proven about a reader: a value that it never reads, where the writer may have one.
fn unread_reason(written: &Value, LabelledCode { label, held }: LabelledCode<'_>) -> Option<String> {
    let may_write =
        |UnreadPayload { members, .. }: &&UnreadPayload| members.is_empty() || !never_writes(written, members);
    let UnreadPayload { value: UnreadValue { payload, at }, refusal, .. } = held.unread.iter().find(may_write)?;
    Some(format!(
        "the code of {label} rejects {payload} and everything like it, at {at}, though its schema accepts it: {}; state \
         what the code reads with `#[schemars(…)]`, or use a type that serde reads there, such as a string",
        refusal.message
    ))
}

/// Returns true if a writer's schema is proven to have none of the members.
fn never_writes(writer: &Value, members: &[String]) -> bool {
    let none: Map<String, Value> = members.iter().map(|name| (name.clone(), Value::Bool(false))).collect();
    let none = json!({ "properties": none });
    matches!(Question::new(writer, &none).random_samples(0).ask(), Ok(Verdict::Contained))
}

fn shown_place(at: &str) -> &str {
    if at.is_empty() { "the root of the payload" } else { at }
}

/// Returns the last name of a place, unless it is the index of an item.
fn field_name(at: &str) -> Option<&str> {
    at.rsplit('/').next().filter(|name| !name.is_empty() && name.parse::<usize>().is_err())
}

fn kind_of(value: &Value) -> JsonKind {
    match value {
        Value::Null => JsonKind::Null,
        Value::Bool(_) => JsonKind::Boolean,
        Value::Number(number) if number.is_f64() => JsonKind::Number,
        Value::Number(_) => JsonKind::Integer,
        Value::String(_) => JsonKind::String,
        Value::Array(_) => JsonKind::Array,
        Value::Object(_) => JsonKind::Object,
    }
}

fn describe(kind: JsonKind) -> &'static str {
    match kind {
        JsonKind::Null => "null",
        JsonKind::Boolean => "a boolean",
        JsonKind::Integer => "an integer",
        JsonKind::Number => "a number",
        JsonKind::String => "a string",
        JsonKind::Array => "an array",
        JsonKind::Object => "an object",
    }
}

/// Returns the attribute that states the kind.
fn statement(kind: JsonKind) -> &'static str {
    match kind {
        JsonKind::Null => "`#[schemars(with = \"()\")]`",
        JsonKind::Boolean => "`#[schemars(with = \"bool\")]`",
        JsonKind::Integer => "`#[schemars(with = \"i64\")]`",
        JsonKind::Number => "`#[schemars(with = \"f64\")]`",
        JsonKind::String => "`#[schemars(with = \"String\")]`",
        JsonKind::Array => "`#[schemars(with = \"Vec<…>\")]` with the type of the items",
        JsonKind::Object => "`#[schemars(with = \"…\")]` with the type of the object",
    }
}

/// Returns true if a value of the kind that a schema accepts may be one that the type asks for.
fn is_compatible(accepted: JsonKind, requested: JsonKind) -> bool {
    let is_number = |kind| matches!(kind, JsonKind::Integer | JsonKind::Number);
    accepted == requested || is_number(accepted) && is_number(requested)
}

/// Maximum number of references and in-place keywords on the way to a place. Only a schema that refers to itself in place
/// has more.
const MAX_DEPTH: usize = 64;

/// Visits the schemas of the values at `path`. Returns false if there is none, or if `visit` does for one of them.
pub(super) fn visit_at<'s>(
    root: &'s Value,
    schema: &'s Value,
    path: &[String],
    depth: usize,
    visit: &mut dyn FnMut(&'s Value) -> bool,
) -> bool {
    let Some((step, rest)) = path.split_first() else { return visit(schema) };
    if depth > MAX_DEPTH {
        return false;
    }
    let mut visited = Vec::new();
    let child = schema.get("properties").and_then(|properties| properties.get(step)).or_else(|| {
        let index: usize = step.parse().ok()?;
        schema.get("prefixItems").and_then(|items| items.get(index)).or_else(|| schema.get("items"))
    });
    visited.extend(child.map(|child| visit_at(root, child, rest, depth + 1, visit)));
    for schema in in_place(root, schema) {
        if leads_to(root, schema, step, depth) {
            visited.push(visit_at(root, schema, path, depth + 1, visit));
        }
    }
    !visited.is_empty() && visited.into_iter().all(|is_known| is_known)
}

/// Returns true if a schema describes the member or item `step`.
fn leads_to(root: &Value, schema: &Value, step: &str, depth: usize) -> bool {
    let is_here = schema.get("properties").is_some_and(|properties| properties.get(step).is_some())
        || step.parse::<usize>().is_ok() && (schema.get("prefixItems").is_some() || schema.get("items").is_some());
    is_here
        || depth < MAX_DEPTH && in_place(root, schema).into_iter().any(|schema| leads_to(root, schema, step, depth + 1))
}

/// Returns the schemas for the same value to which a schema refers.
pub(super) fn in_place<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let listed =
        ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    listed.chain(referenced(root, schema)).collect()
}

fn referenced<'s>(root: &'s Value, schema: &Value) -> Option<&'s Value> {
    let name = definition_name(schema.get("$ref")?.as_str()?)?;
    root.get("$defs")?.get(&name)
}

/// Collects the kinds that a schema accepts. Returns false if that is not known.
fn collect_kinds(root: &Value, schema: &Value, depth: usize, kinds: &mut BTreeSet<JsonKind>) -> bool {
    let listed = |values: &[Value], kinds: &mut BTreeSet<_>| kinds.extend(values.iter().map(kind_of));
    if let Some(value) = schema.get("const") {
        listed(std::slice::from_ref(value), kinds);
        return true;
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        listed(values, kinds);
        return true;
    }
    let kind = |name: &Value| match name.as_str()? {
        "null" => Some(JsonKind::Null),
        "boolean" => Some(JsonKind::Boolean),
        "integer" => Some(JsonKind::Integer),
        "number" => Some(JsonKind::Number),
        "string" => Some(JsonKind::String),
        "array" => Some(JsonKind::Array),
        "object" => Some(JsonKind::Object),
        _ => None,
    };
    match schema.get("type") {
        Some(Value::Array(names)) => {
            kinds.extend(names.iter().filter_map(kind));
            return true;
        }
        Some(name) => {
            kinds.extend(kind(name));
            return true;
        }
        None => {}
    }
    if depth > MAX_DEPTH {
        return false;
    }
    if let Some(target) = referenced(root, schema) {
        return collect_kinds(root, target, depth + 1, kinds);
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(alternatives)) = schema.get(keyword) {
            return alternatives.iter().all(|schema| collect_kinds(root, schema, depth + 1, kinds));
        }
    }
    false
}

/// Visits the schemas with a default, with their places.
fn visit_defaults(schema: &Value, at: &Pointer, visit: &mut dyn FnMut(&Pointer, &Value, &Value)) {
    if let Some(default) = schema.get("default") {
        visit(at, schema, default);
    }
    for_each_subschema(schema, |step, schema| {
        let mut at = at.clone();
        step.push_to(&mut at);
        visit_defaults(schema, &at, visit);
    });
}
