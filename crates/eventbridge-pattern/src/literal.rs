//! A value as it is: a text, a number, `true`, `false` or `null`; and `exactly`, which the service takes and does not
//! document.

use super::cidr::{Address, Block};
use super::error::Refusal;
use super::number;
use super::trail;
use json_document::text::{Tree, Value};

pub(super) const NAME: &str = "exactly";

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    /// A text that is an address, which finds all spellings of it.
    Address(String, Block),
    /// A number that a double holds.
    Number(f64),
    /// `true`, `false`, `null`, and numbers that no double holds: these are compared as text.
    Plain(String),
}

impl Literal {
    /// `None` where a list or an object stands.
    pub(super) fn parse(tree: &Tree<'_>) -> Option<Self> {
        Some(match &tree.value {
            Value::String(text) => match Address::parse(text) {
                Some(address) => Self::Address(text.clone().into_owned(), Block::only(address)),
                None => Self::Text(text.clone().into_owned()),
            },
            Value::Number(text) => match number::exact(text) {
                Some(double) => Self::Number(double),
                None => Self::Plain((*text).to_owned()),
            },
            Value::Boolean(bool) => Self::Plain(bool.to_string()),
            Value::Null => Self::Plain("null".to_owned()),
            Value::Object(_) | Value::Array(_) => return None,
        })
    }

    /// The operand of `exactly`: a text, and no address, whatever it looks like.
    pub(super) fn parse_exactly(tree: &Tree<'_>) -> Result<Self, Refusal> {
        let help = "write the value alone, [\"a\"], which means the same and takes numbers too";
        let text = trail::text(tree, || Refusal::new("exact match pattern must be a string", help))?;
        Ok(Self::Text(text.to_owned()))
    }
}
