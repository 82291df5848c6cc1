//! Primitive values of an event.

use std::borrow::Cow;
use std::fmt;

use json_document::text as json;

use crate::number::Number;

/// A String, Number, Boolean or Null (RFC 8259 calls them primitive). Only these are values to a pattern: objects and
/// arrays count for their contents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Primitive<'e> {
    String(Cow<'e, str>),
    Number(Number<'e>),
    Boolean(bool),
    Null,
}

impl fmt::Display for Primitive<'_> {
    /// Writes the value as JSON, a number as the event spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(&json::quote(text)),
            Self::Number(number) => f.write_str(number.spelling()),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
        }
    }
}
