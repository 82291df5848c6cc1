//! One thing that the check has found.

use std::fmt::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ignore::resolve;
use super::policy::Waiver;
use super::rule::Rule;
use crate::compat::KeywordPlace;
use crate::schema::{assertions_of, compact};
use crate::severity::Severity;
use json_document::Pointer;

/// One thing that the check has found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Its number in the report, from 1; the matrix names it.
    pub number: usize,
    /// The id of its rule; `explain` has a page about it.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it is, in a sentence.
    pub message: String,
    /// What it is called in a waiver: the same however schemas are ordered and formatted.
    pub fingerprint: String,
    /// The waiver by which it is accepted, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// The event type that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// What is written, as the matrix calls it: `v3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
    /// Who reads it, as the matrix calls it: `v2`, or the name of a consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Where in the payload, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The member that is missing there, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// The keyword of the reader's schema that rejects it, as a URI reference into that schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader_keyword: Option<String>,
    /// What the writer's schema says there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer_keyword: Option<String>,
    /// A payload that the writer may write and the reader rejects: two validators say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Value>,
    /// The file that says so: a schema below the folder of the record, or that of a consumer; for a routing rule, the file
    /// that it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The routing rule that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_rule: Option<String>,
    /// An event, in its envelope, as it was written before: one that the rule matched, where it does not match any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_before: Option<Value>,
    /// An event, in its envelope, that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// The reader's schema that was asked about, of which `reader_keyword` speaks.
    #[serde(skip)]
    pub(super) asked: Option<Arc<Value>>,
    /// Whether the reader is a consumer, which may be called as a version is.
    #[serde(skip)]
    pub(super) is_stated: bool,
}

impl Finding {
    /// A finding about nothing in particular yet.
    pub(super) fn new(rule: &'static Rule, severity: Severity, message: String) -> Self {
        Self {
            number: 0,
            rule: rule.id().to_owned(),
            severity,
            message,
            fingerprint: String::new(),
            waiver: None,
            event_type: None,
            writer: None,
            reader: None,
            at: None,
            missing: None,
            reader_keyword: None,
            writer_keyword: None,
            witness: None,
            file: None,
            line: None,
            routing_rule: None,
            event_before: None,
            event: None,
            asked: None,
            is_stated: false,
        }
    }

    /// Whether it counts: nobody has accepted it.
    pub fn is_open(&self) -> bool {
        self.waiver.is_none()
    }

    /// Whether nothing may be merged because of it.
    pub fn is_error(&self) -> bool {
        self.is_open() && self.severity == Severity::Error
    }

    /// The documents that show it, each with what it is called.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let now = if self.event_before.is_some() { "now" } else { "for example" };
        let shown = [("for example", &self.witness), ("before", &self.event_before), (now, &self.event)];
        shown.into_iter().filter_map(|(name, document)| Some((name, document.as_ref()?)))
    }

    /// Gives it its fingerprint, of what it says and of what more there is to tell it from others.
    pub(super) fn seal(mut self, more: &str) -> Self {
        let text = |text: &Option<String>| Value::from(text.as_deref());
        let said = json!([
            self.rule,
            text(&self.event_type),
            text(&self.writer),
            text(&self.reader),
            place(self.at.as_deref().unwrap_or_default(), self.witness.as_ref()),
            text(&self.missing),
            text(&self.routing_rule),
            self.is_stated,
            more,
        ]);
        for byte in &Sha256::digest(compact(&said))[..6] {
            // A `String` cannot fail to be written to.
            let _ = write!(self.fingerprint, "{byte:02x}");
        }
        self
    }
}

/// The place without the numbers of items: which item it is, is the witness's choice.
pub(super) fn place(at: &str, document: Option<&Value>) -> String {
    let mut place = String::new();
    let mut value = document;
    for name in at.split('/').skip(1) {
        let is_item = value.is_some_and(Value::is_array);
        place.push('/');
        place.push_str(if is_item { "*" } else { name });
        let name = name.replace("~1", "/").replace("~0", "~");
        value = match value {
            Some(Value::Array(items)) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            Some(Value::Object(members)) => members.get(&name),
            _ => None,
        };
    }
    place
}

/// What the keyword says, without its order and its annotations: the finding is another one when that changes. What is
/// required, and what is a list of properties, changes for other reasons, too.
pub(super) fn said_by(keyword: &KeywordPlace, schema: &Value) -> String {
    // Which item of a tuple it is about is no choice of the witness.
    let names: Vec<_> = keyword.pointer.segments().collect();
    let is_tuple = |pair: &&[String]| matches!(&*pair[0], "prefixItems" | "items") && pair[1].parse::<usize>().is_ok();
    let items: Vec<_> = names.windows(2).filter(is_tuple).map(|pair| pair[1].clone()).collect();
    if keyword.document.is_some() || matches!(&*keyword.keyword, "required" | "properties" | "") {
        return format!("{}{items:?}", keyword.keyword);
    }
    let value = schema.pointer(Pointer::as_str(&keyword.pointer)).cloned().unwrap_or_default();
    let mut left = MOST_SAID;
    let value = in_full(&value, schema, 0, &mut left);
    format!("{}{items:?}", compact(&assertions_of(&json!({ (&*keyword.keyword): value }))))
}

/// Values that a keyword is looked through for, and references within references.
const MOST_SAID: usize = 10_000;
const DEEPEST_SAID: usize = 6;

/// With what references lead to in their place, as far as that goes.
fn in_full(value: &Value, root: &Value, depth: usize, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return value.clone();
    }
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(|to| resolve(root, to));
            if let Some(target) = target.filter(|_| depth < DEEPEST_SAID) {
                let beside: Map<_, _> = members
                    .iter()
                    .filter(|(name, _)| *name != "$ref")
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                return json!([in_full(target, root, depth + 1, left), in_full(&beside.into(), root, depth, left)]);
            }
            members.iter().map(|(name, value)| (name.clone(), in_full(value, root, depth, left))).collect()
        }
        Value::Array(items) => items.iter().map(|item| in_full(item, root, depth, left)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_numbers_of_items() {
        let document = json!({"lines": [{"0": [1]}]});
        assert_eq!(place("/lines/0/0/0", Some(&document)), "/lines/*/0/*");
        assert_eq!(place("", None), "");
    }
}
