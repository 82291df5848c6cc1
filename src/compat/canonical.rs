//! The decider of others: `jsonschema::canonical`, behind this file so that it can be replaced.
//!
//! It has no budget, and on some pairs it takes minutes. So it is asked where our own proof has no answer, and only about
//! pairs that are small; its `no` is not taken either, for it comes without a document.

use jsonschema::canonical::{CanonicalSchema, Containment, options};
use serde_json::Value;

use super::witness::Given;

/// The largest schema that it is asked about, in JSON values, and how many branches it may have.
const MOST_VALUES: usize = 150;
const MOST_BRANCHES: usize = 12;

/// Whether it has proven that the reader accepts all that the writer does.
pub(super) fn covers(writer: &Given<'_>, reader: &Given<'_>) -> bool {
    let same = writer.draft == reader.draft && writer.formats == reader.formats && writer.documents.is_empty();
    if !same || !is_small(writer.schema) || !is_small(reader.schema) {
        return false;
    }
    [false, true].into_iter().any(|inlined| {
        let canonical = |given: &Given<'_>| canonicalize(given, inlined);
        match (canonical(writer), canonical(reader)) {
            (Some(writer), Some(reader)) => matches!(reader.covers(&writer), Ok(Containment::Yes)),
            _ => false,
        }
    })
}

fn canonicalize(given: &Given<'_>, inlined: bool) -> Option<CanonicalSchema> {
    let draft = given.draft.outside();
    let schema = if inlined {
        &jsonschema::options().with_draft(draft).offline().dereference(given.schema).ok().filter(is_small)?
    } else {
        given.schema
    };
    options().with_draft(draft).should_validate_formats(given.formats).offline().canonicalize(schema).ok()
}

fn is_small(schema: &Value) -> bool {
    let (mut values, mut branches) = (0, 0);
    measure(schema, &mut values, &mut branches);
    values <= MOST_VALUES && branches <= MOST_BRANCHES
}

fn measure(value: &Value, values: &mut usize, branches: &mut usize) {
    *values += 1;
    match value {
        Value::Array(items) => items.iter().for_each(|item| measure(item, values, branches)),
        Value::Object(members) => {
            for (name, member) in members {
                // It takes the content keywords for assertions, and so it speaks of other documents than we do.
                if name.starts_with("content") {
                    *values += MOST_VALUES;
                }
                if let ("anyOf" | "oneOf" | "allOf" | "not" | "if", member) = (name.as_str(), member) {
                    *branches += member.as_array().map_or(1, Vec::len);
                }
                measure(member, values, branches);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::draft::Draft;
    use super::*;

    fn given(schema: &Value) -> Given<'_> {
        Given { schema, draft: Draft::Draft202012, documents: Vec::new(), formats: false }
    }

    #[test]
    fn it_is_asked_with_references_and_without() {
        let (narrow, wide) = (
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer", "minimum": 1}}}),
            json!({"type": "number"}),
        );
        assert!(covers(&given(&narrow), &given(&wide)));
        assert!(!covers(&given(&wide), &given(&narrow)));
    }

    #[test]
    fn it_is_not_asked_about_what_is_large() {
        let large: Value = json!({"enum": (0..200).collect::<Vec<_>>()});
        assert!(!covers(&given(&large), &given(&large)));
        assert!(!covers(&given(&json!({"contentEncoding": "base64"})), &given(&json!(true))));
    }
}
