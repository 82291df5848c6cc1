//! One value of an event.

use std::borrow::Cow;
use std::fmt;

use super::number::Number;
use json_document::text as json;

/// What a field of an event holds: a text, a number, `true`, `false` or `null`. Objects and lists are no values; what
/// stands in them is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Leaf<'e> {
    Text(Cow<'e, str>),
    Number(Number<'e>),
    Bool(bool),
    Null,
}

impl fmt::Display for Leaf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&json::quoted(text)),
            Self::Number(number) => f.write_str(number.spelled()),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Null => f.write_str("null"),
        }
    }
}
