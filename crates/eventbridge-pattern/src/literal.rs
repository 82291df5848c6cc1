//! Literal values: a String, Number, Boolean or Null; and `exactly`, an operator that the service accepts and does not
//! document.

use json_document::text::{Tree, Value};

use crate::cidr::{Block, IpAddress};
use crate::cursor;
use crate::error::Rejection;
use crate::number;

pub(crate) const NAME: &str = "exactly";

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    String(String),
    /// A String that is an address, and matches every spelling of it.
    Address(String, Block),
    /// A Number that is exactly a double.
    Number(f64),
    /// `true`, `false`, `null`, and Numbers that are not exactly a double: compared as text.
    Bare(String),
}

impl Literal {
    /// Parses a primitive value; returns `None` for an array or an object.
    pub(crate) fn parse(tree: &Tree<'_>) -> Option<Self> {
        Some(match &tree.value {
            Value::String(text) => match IpAddress::parse(text) {
                Some(address) => Self::Address(text.clone().into_owned(), Block::single(address)),
                None => Self::String(text.clone().into_owned()),
            },
            Value::Number(text) => match number::exact_double(text) {
                Some(double) => Self::Number(double),
                None => Self::Bare((*text).to_owned()),
            },
            Value::Boolean(value) => Self::Bare(value.to_string()),
            Value::Null => Self::Bare("null".to_owned()),
            Value::Object(_) | Value::Array(_) => return None,
        })
    }

    /// Parses the operand of `exactly`: a String that is never read as an address.
    pub(crate) fn parse_exactly(tree: &Tree<'_>) -> Result<Self, Rejection> {
        let help = "write the value alone, [\"a\"], which also works for numbers";
        let text = cursor::expect_string(tree, || Rejection::new("exact match pattern must be a string", help))?;
        Ok(Self::String(text.to_owned()))
    }
}
