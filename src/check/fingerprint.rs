//! Fingerprints of findings.
//!
//! A fingerprint is a prefix of the SHA-256 of the rule, the subject, and a detail that distinguishes findings of a rule
//! about one subject. It is the same for schemas that differ in order, formatting or annotations only, and for
//! another witness of the same finding; a finding about another change has another fingerprint, so that no waiver accepts
//! it.

use std::fmt::Write as _;

use json_schema_core::{Draft, FlatSchema};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::finding::{Evidence, Finding, Subject};
use crate::compat::KeywordPlace;
use crate::schema::{assertions_of, compact};
use json_document::Pointer;

/// Number of bytes of the hash in a fingerprint.
const LENGTH: usize = 6;
/// Maximum number of values that [`keyword_digest`] reads below a keyword.
const MAX_VALUES: usize = 10_000;
/// Maximum number of references that [`keyword_digest`] resolves within each other.
const MAX_REFERENCES: usize = 6;

impl Finding {
    /// Sets the fingerprint: a hash of the rule, the subject and `detail`, and of nothing that may change while the finding
    /// stays the same, such as messages, numbers and the order of members.
    pub(super) fn with_fingerprint(mut self, detail: &str) -> Self {
        let fields = self.fields();
        let is_consumer = matches!(self.subject, Subject::Pair { is_consumer: true, .. });
        let payload = match &self.evidence {
            Evidence::Rejection { payload, .. } | Evidence::Payload { payload } => Some(payload),
            Evidence::None | Evidence::Events { .. } => None,
        };
        let digest = Sha256::digest(compact(&json!([
            self.rule,
            fields.event_type,
            fields.writer,
            fields.reader,
            normalise_place(fields.at.unwrap_or_default(), payload),
            fields.missing,
            fields.routing_rule,
            is_consumer,
            detail,
        ])));
        let mut fingerprint = String::with_capacity(2 * LENGTH);
        for byte in &digest[..LENGTH] {
            // A `String` cannot fail to be written to.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        self.fingerprint = fingerprint;
        self
    }
}

/// Replaces the indices of items in a place by `*`: which item violates the schema is the choice of the witness.
pub(super) fn normalise_place(at: &str, document: Option<&Value>) -> String {
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

/// Returns the keyword and its value, without order and annotations and with references resolved: another value makes
/// another finding.
///
/// The values of `required` and `properties` are left out, since they change for reasons that have nothing to do with the
/// finding.
pub(super) fn keyword_digest(keyword: &KeywordPlace, schema: &Value) -> String {
    // The index in a tuple is part of the schema, unlike the index in an array, which is the choice of the witness.
    let names: Vec<_> = keyword.pointer.segments().collect();
    let is_tuple = |pair: &&[String]| matches!(&*pair[0], "prefixItems" | "items") && pair[1].parse::<usize>().is_ok();
    let items: Vec<_> = names.windows(2).filter(is_tuple).map(|pair| pair[1].clone()).collect();
    if keyword.document.is_some() || matches!(&*keyword.keyword, "required" | "properties" | "") {
        return format!("{}{items:?}", keyword.keyword);
    }
    let digest = value_digest(&keyword.keyword, &keyword.pointer, schema);
    format!("{}{items:?}", digest.unwrap_or_else(|| keyword.keyword.clone()))
}

/// Returns a keyword and its value, with references resolved; `None` where an identifier in the schema is not valid.
pub(super) fn value_digest(keyword: &str, pointer: &Pointer, schema: &Value) -> Option<String> {
    let flat = FlatSchema::new(schema, Draft::Draft202012).ok()?;
    let value = flat.root().pointer(pointer.as_str()).cloned().unwrap_or_default();
    let value = inline_references(&value, &flat, 0, &mut MAX_VALUES.clone());
    Some(compact(&assertions_of(&json!({ keyword: value }))))
}

fn inline_references(value: &Value, root: &FlatSchema<'_>, depth: usize, budget: &mut usize) -> Value {
    *budget = budget.saturating_sub(1);
    if *budget == 0 {
        return value.clone();
    }
    match value {
        Value::Object(members) => {
            // A reference that stays is part of the digest, as it is spelled.
            let target = root.target(value).ok().flatten().filter(|_| depth < MAX_REFERENCES);
            if let Some(target) = target {
                let beside: Map<_, _> = members
                    .iter()
                    .filter(|(name, _)| *name != "$ref")
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                return json!([
                    inline_references(target, root, depth + 1, budget),
                    inline_references(&beside.into(), root, depth, budget)
                ]);
            }
            members.iter().map(|(name, value)| (name.clone(), inline_references(value, root, depth, budget))).collect()
        }
        Value::Array(items) => items.iter().map(|item| inline_references(item, root, depth, budget)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_of_items_are_replaced() {
        let document = json!({"lines": [{"0": [1]}]});
        assert_eq!(normalise_place("/lines/0/0/0", Some(&document)), "/lines/*/0/*");
        assert_eq!(normalise_place("", None), "");
    }
}
