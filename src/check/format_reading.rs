//! The reading of `format` by a reader: an assertion, or an annotation.
//!
//! JSON Schema leaves it to the validator. A Rust type parses what it declares a format for, so that its columns assert
//! formats. A consumer's schema may declare it; where it is silent, a cell has to hold by both readings.

use serde_json::Value;

use crate::compat::{Incompatibility, Question, QuestionError, Verdict};

/// Member at the root of a consumer's schema that declares the reading: `true` if the consumer rejects strings without their
/// `format`.
pub(super) const DECLARATION: &str = "x-format-assertion";

/// The reading of `format` by a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatReading {
    Asserted,
    Ignored,
    /// The reader does not declare it: both must hold.
    Either,
}

impl FormatReading {
    /// Returns the reading that the schema of a consumer declares.
    pub(super) fn declared_by(schema: &Value) -> Self {
        match schema.get(DECLARATION).and_then(Value::as_bool) {
            Some(true) => Self::Asserted,
            Some(false) => Self::Ignored,
            None => Self::Either,
        }
    }

    /// Asks a question by this reading. By either, the worse verdict counts, and a broken one has the incompatibilities of both.
    pub(super) fn ask(self, question: &Question<'_>, schemas: [&Value; 2]) -> Result<Verdict, QuestionError> {
        let ask = |assert| question.clone().assert_formats(assert).ask();
        let has_formats = schemas.into_iter().any(has_format);
        match self {
            Self::Asserted if has_formats => ask(true),
            Self::Either if has_formats => Ok(combine(ask(false)?, ask(true)?)),
            Self::Asserted | Self::Ignored | Self::Either => ask(false),
        }
    }
}

fn combine(ignored: Verdict, asserted: Verdict) -> Verdict {
    match (ignored, asserted) {
        (Verdict::Broken { witness, mut incompatibilities }, Verdict::Broken { incompatibilities: more, .. }) => {
            let is_new = |found: &Incompatibility| {
                incompatibilities.iter().all(|known| {
                    (known.kind, &known.pointer, &known.missing) != (found.kind, &found.pointer, &found.missing)
                })
            };
            let more: Vec<_> = more.into_iter().filter(is_new).collect();
            incompatibilities.extend(more);
            Verdict::Broken { witness, incompatibilities }
        }
        (broken @ Verdict::Broken { .. }, _) | (_, broken @ Verdict::Broken { .. }) => broken,
        (undecided @ Verdict::Undecided { .. }, _) | (Verdict::Contained, undecided) => undecided,
    }
}

/// Returns true if a value has a member `format` at any depth; whether it is a keyword does not matter.
fn has_format(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key("format") || members.values().any(has_format),
        Value::Array(items) => items.iter().any(has_format),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_silent_reader_must_hold_by_both_readings() {
        let (text, date) = (json!({"type": "string"}), json!({"type": "string", "format": "date"}));
        let not_date = json!({"type": "string", "not": {"format": "date"}});
        let ask = |reading: FormatReading, writer: &Value, reader: &Value| {
            reading.ask(&Question::new(writer, reader), [writer, reader]).unwrap().as_str()
        };
        for (reading, expected) in [
            (FormatReading::Asserted, ["broken", "contained", "broken"]),
            (FormatReading::Ignored, ["contained", "contained", "broken"]),
            (FormatReading::Either, ["broken", "contained", "broken"]),
        ] {
            let pairs = [(&text, &date), (&date, &text), (&text, &not_date)];
            assert_eq!(pairs.map(|(writer, reader)| ask(reading, writer, reader)), expected, "{reading:?}");
        }
        let email = json!({"type": "string", "format": "idn-email"});
        assert_eq!(ask(FormatReading::Either, &text, &email), "undecided");
        assert_eq!(ask(FormatReading::Either, &email, &email), "contained");
    }

    #[test]
    fn the_incompatibilities_of_both_readings_are_reported() {
        let writer = json!({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "type": "object"});
        let reader = json!({"properties": {"a": {"type": "string", "format": "date"}, "b": {"maxLength": 3}}});
        let verdict = FormatReading::Either.ask(&Question::new(&writer, &reader), [&writer, &reader]).unwrap();
        let Verdict::Broken { incompatibilities, .. } = verdict else { panic!("{verdict:?}") };
        let mut ids: Vec<_> = incompatibilities.iter().map(|found| found.kind.id()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["format-narrowed", "length-tightened"]);
    }

    #[test]
    fn a_schema_declares_its_reading() {
        let declared = |schema: Value| FormatReading::declared_by(&schema);
        assert_eq!(declared(json!({"x-format-assertion": true})), FormatReading::Asserted);
        assert_eq!(declared(json!({"x-format-assertion": false})), FormatReading::Ignored);
        assert_eq!(declared(json!({"x-format-assertion": "yes"})), FormatReading::Either);
        assert_eq!(declared(json!(true)), FormatReading::Either);
    }
}
