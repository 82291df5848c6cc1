//! `exists`: presence or absence of a value.
//!
//! `null` is a value; an object and an empty array are not.

use json_document::text::{Tree, Value};

use crate::error::Rejection;

pub(crate) const NAME: &str = "exists";

pub(crate) fn parse(tree: &Tree<'_>) -> Result<bool, Rejection> {
    match tree.value {
        Value::Boolean(exists) => Ok(exists),
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Null => Err(Rejection::new(
            "exists match pattern must be either true or false.",
            "write [{\"exists\": true}] or [{\"exists\": false}], without quotes",
        )),
    }
}
