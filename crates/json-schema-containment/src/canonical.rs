//! The decider of others: `jsonschema::canonical`, behind this file so that it can be replaced.
//!
//! It has no budget, and on some pairs it takes minutes. So it is asked where our own proof has no answer, and only about
//! pairs that are small; its `no` is not taken either, for it comes without a document.

use jsonschema::canonical::{CanonicalSchema, Containment, options};
use serde_json::Value;

use super::witness::SideInput;

/// The largest schema that it is asked about, in JSON values, and how many branches it may have.
const MOST_VALUES: usize = 150;
const MOST_BRANCHES: usize = 12;
/// The same for a schema that is written out, with what is referred to in the place of each reference.
const MOST_VALUES_WRITTEN_OUT: usize = 1_000;
const MOST_BRANCHES_WRITTEN_OUT: usize = 40;

/// Whether it has proven that the reader accepts all that the writer does.
pub(super) fn covers(writer: &SideInput<'_>, reader: &SideInput<'_>) -> bool {
    let same =
        writer.draft == reader.draft && writer.assert_formats == reader.assert_formats && writer.documents.is_empty();
    if !same || !is_small(writer.schema) || !is_small(reader.schema) {
        return false;
    }
    [false, true].into_iter().any(|inlined| {
        let canonical = |given: &SideInput<'_>| canonicalize(given, inlined);
        match (canonical(writer), canonical(reader)) {
            (Some(writer), Some(reader)) => matches!(reader.covers(&writer), Ok(Containment::Yes)),
            _ => false,
        }
    })
}

fn canonicalize(given: &SideInput<'_>, inlined: bool) -> Option<CanonicalSchema> {
    let draft = given.draft.to_jsonschema();
    let schema = if inlined {
        &jsonschema::options().with_draft(draft).offline().dereference(given.schema).ok().filter(is_small)?
    } else {
        given.schema
    };
    options().with_draft(draft).should_validate_formats(given.assert_formats).offline().canonicalize(schema).ok()
}

fn is_small(schema: &Value) -> bool {
    let mut plain = Measure { written_out: None, within: Vec::new(), values: 0, branches: 0 };
    plain.add(schema);
    if plain.values > MOST_VALUES || plain.branches > MOST_BRANCHES {
        return false;
    }
    let mut all = Measure { written_out: Some(schema), ..plain };
    (all.values, all.branches) = (0, 0);
    all.add(schema);
    !all.is_too_large()
}

/// What is in a schema, or in one that is written out, where a schema that refers to itself is so once.
struct Measure<'a> {
    written_out: Option<&'a Value>,
    /// The references that lead to where we are.
    within: Vec<&'a str>,
    values: usize,
    branches: usize,
}

impl<'a> Measure<'a> {
    const fn is_too_large(&self) -> bool {
        self.values > MOST_VALUES_WRITTEN_OUT || self.branches > MOST_BRANCHES_WRITTEN_OUT
    }

    fn add(&mut self, value: &'a Value) {
        self.values += 1;
        if self.is_too_large() {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member) {
                        // It takes the content keywords for assertions, and so it speaks of other documents than we do.
                        (name, _) if name.starts_with("content") => self.values += MOST_VALUES_WRITTEN_OUT,
                        ("anyOf" | "oneOf" | "allOf" | "not" | "if", member) => {
                            self.branches += member.as_array().map_or(1, Vec::len);
                        }
                        ("$ref", Value::String(reference)) => self.follow(reference),
                        _ => {}
                    }
                    self.add(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn follow(&mut self, reference: &'a str) {
        let Some(root) = self.written_out else { return };
        if self.within.contains(&reference) {
            return;
        }
        match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(target) => {
                self.within.push(reference);
                self.add(target);
                self.within.pop();
            }
            // It leads elsewhere, or by another name: how far is not known.
            None => self.values += MOST_VALUES_WRITTEN_OUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::draft::Draft;
    use super::*;

    fn given(schema: &Value) -> SideInput<'_> {
        SideInput { schema, draft: Draft::Draft202012, documents: Vec::new(), assert_formats: false }
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
