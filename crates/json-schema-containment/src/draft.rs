//! Drafts of JSON Schema, and their names in the second validator.
//!
//! The prover and the two validators have to read a schema by the same draft. Which one that is, is
//! decided once, by `$schema` or by the question, and passed on explicitly.

pub use json_schema_core::{Draft, UnknownDraft};

/// Converts a draft to that of the `jsonschema` crate, which knows the same five.
pub(super) const fn to_jsonschema(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        Draft::Draft202012 => jsonschema::Draft::Draft202012,
    }
}
