//! `exists`: whether a field has a value, of whatever kind, `null` too; an object or an empty list is none.

use super::error::Refusal;
use json_document::text::{Tree, Value};

pub(super) const NAME: &str = "exists";

pub(super) fn parse(tree: &Tree<'_>) -> Result<bool, Refusal> {
    match tree.value {
        Value::Boolean(exists) => Ok(exists),
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Null => Err(Refusal::new(
            "exists match pattern must be either true or false.",
            "write [{\"exists\": true}] or [{\"exists\": false}], without quotes",
        )),
    }
}
