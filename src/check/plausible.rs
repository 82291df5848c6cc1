//! Witnesses that are events which can exist.
//!
//! The solver leaves a string that nothing depends on empty, also where its schema describes a date or an id. Each such
//! string gets a value of its `format`. The result replaces the witness only if the prover confirms it against both
//! schemas: the writer's accepts it, and the reader's rejects it for the same reason.

use serde_json::{Value, json};

use super::code::{in_place, visit_at};
use super::format_reading::FormatReading;
use crate::compat::{Confirmation, Incompatibility, Question, Verdict};
use json_document::Pointer;

/// Values of formats.
const VALUES: [(&str, &str); 8] = [
    ("date-time", "2026-01-01T00:00:00Z"),
    ("date", "2026-01-01"),
    ("time", "00:00:00Z"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
    ("email", "someone@example.com"),
    ("uri", "https://example.com/"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
];

/// Maximum number of schemas that are followed for one string: references may form a cycle.
const MAX_DEPTH: usize = 16;

/// The schemas that a witness is about.
pub(super) struct WitnessSchemas<'a> {
    pub(super) writer: &'a Value,
    pub(super) reader: &'a Value,
    /// The reading of `format` by the reader.
    pub(super) formats: FormatReading,
    /// Maximum number of steps of each question.
    pub(super) budget: u64,
}

impl WitnessSchemas<'_> {
    /// Returns the payload of an incompatibility with values of the formats of its strings; `None` if it has no such strings,
    /// or if the result is not confirmed.
    pub(super) fn make_plausible(&self, found: &Incompatibility) -> Option<Value> {
        if found.witness.confirmation() != Confirmation::BothValidators || found.witness.rests_on_spelling() {
            return None;
        }
        let payload = found.witness.document();
        let mut strings = Vec::new();
        collect_strings(payload, &Pointer::ROOT, &mut strings);
        let values: Vec<(Pointer, &str)> =
            strings.into_iter().filter_map(|at| Some((at.clone(), self.value_at(&at)?))).collect();
        let replaced = |is_kept: &dyn Fn(&Pointer) -> bool| {
            let mut plausible = payload.clone();
            for (at, value) in values.iter().filter(|(at, _)| !is_kept(at)) {
                if let Some(place) = plausible.pointer_mut(at.as_str()) {
                    *place = (*value).into();
                }
            }
            (plausible != *payload).then_some(plausible)
        };
        // The rejected value may be one of the strings.
        let all = replaced(&|_| false);
        let others = replaced(&|at| at.is_at_or_under(&found.pointer) && !found.pointer.as_str().is_empty());
        [all, others].into_iter().flatten().find(|plausible| self.is_confirmed(plausible, found))
    }

    /// Returns a value of the format of the string at a place.
    fn value_at(&self, at: &Pointer) -> Option<&'static str> {
        let path: Vec<String> = at.segments().collect();
        let mut format = None;
        visit_at(self.writer, self.writer, &path, 0, &mut |schema| {
            format = format.or_else(|| find_format(self.writer, schema, 0));
            true
        });
        VALUES.iter().find(|(name, _)| Some(*name) == format).map(|(_, value)| *value)
    }

    /// Returns true if the writer's schema accepts a payload, and the reader's rejects it for the same reason as before.
    fn is_confirmed(&self, payload: &Value, found: &Incompatibility) -> bool {
        let only = json!({ "const": payload });
        let question = Question::new(&only, self.writer).assert_formats(true).random_samples(0).budget(self.budget);
        if !matches!(question.ask(), Ok(Verdict::Contained)) {
            return false;
        }
        let question = Question::new(&only, self.reader).random_samples(0).budget(self.budget);
        let Ok(Verdict::Broken { incompatibilities, .. }) = self.formats.ask(&question, [&only, self.reader]) else {
            return false;
        };
        incompatibilities.iter().any(|other| {
            (other.kind, &other.pointer, &other.missing, &other.reader)
                == (found.kind, &found.pointer, &found.missing, &found.reader)
                && other.witness.confirmation() == Confirmation::BothValidators
                && other.witness.document() == payload
        })
    }
}

fn collect_strings(value: &Value, at: &Pointer, strings: &mut Vec<Pointer>) {
    match value {
        Value::String(_) => strings.push(at.clone()),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect_strings(item, &at.join(index), strings));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| collect_strings(member, &at.join(name), strings));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns the format that a schema, or one that applies to the same value, has for a string.
fn find_format<'s>(root: &'s Value, schema: &'s Value, depth: usize) -> Option<&'s str> {
    if depth > MAX_DEPTH {
        return None;
    }
    let own = schema.get("format").and_then(Value::as_str);
    own.or_else(|| in_place(root, schema).into_iter().find_map(|schema| find_format(root, schema, depth + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plausible(writer: &Value, reader: &Value) -> Vec<Value> {
        let Ok(Verdict::Broken { incompatibilities, .. }) = Question::new(writer, reader).ask() else {
            panic!("{reader}")
        };
        let schemas = WitnessSchemas { writer, reader, formats: FormatReading::Asserted, budget: 100_000 };
        incompatibilities.iter().filter_map(|found| schemas.make_plausible(found)).collect()
    }

    #[test]
    fn strings_get_values_of_their_formats() {
        let writer = json!({
            "type": "object", "required": ["at", "id", "n"], "additionalProperties": false,
            "properties": {
                "at": {"anyOf": [{"$ref": "#/$defs/time"}, {"type": "null"}]},
                "id": {"type": "string", "format": "uuid"},
                "n": {"type": ["integer", "null"]},
            },
            "$defs": {"time": {"type": "string", "format": "date-time"}},
        });
        let reader = json!({"properties": {"at": {"type": "string"}, "n": {"type": "integer"}}});
        let found = plausible(&writer, &reader);
        assert!(!found.is_empty());
        for payload in found {
            assert_eq!(payload["id"], "00000000-0000-4000-8000-000000000000");
            assert!(payload["at"].is_null() || payload["at"] == "2026-01-01T00:00:00Z", "{payload}");
        }
    }

    /// A value of the format that the reader accepts demonstrates nothing.
    #[test]
    fn a_witness_that_is_not_confirmed_stays() {
        let writer = json!({"type": "string", "format": "date", "enum": ["2025-01-01"]});
        assert_eq!(plausible(&writer, &json!(false)), [json!(null); 0]);
    }
}
