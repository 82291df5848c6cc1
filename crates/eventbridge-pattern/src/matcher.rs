//! Matchers, the elements of the arrays in a pattern, and conditions, the arrays themselves.

use json_document::text::{Tree, Value};

use crate::anything_but::{self, AnythingBut};
use crate::cidr::{self, Block, IpAddress};
use crate::cursor::Cursor;
use crate::error::Rejection;
use crate::exists;
use crate::ignore_case::{self, IgnoreCase};
use crate::literal::{self, Literal};
use crate::numeric::{self, NumericRange};
use crate::prefix::{self, Affix};
use crate::primitive::Primitive;
use crate::step_counter::count_step;
use crate::suffix;
use crate::wildcard::{self, Wildcard};

/// One element of a match array.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Matcher {
    Literal(Literal),
    Prefix(Affix),
    Suffix(Affix),
    IgnoreCase(IgnoreCase),
    Wildcard(Wildcard),
    Numeric(NumericRange),
    Exists(bool),
    Cidr(Block),
    AnythingBut(AnythingBut),
}

/// The encoding of values in the byte machine of a field, which depends on all matchers in the machine.
///
/// If one of them compares numbers, event-ruler encodes Numbers as comparable numbers. If one compares addresses, it
/// looks up a String that is an address twice: as hexadecimal digits, and as it is (since event-ruler 1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Encoding {
    pub(crate) numbers: bool,
    pub(crate) addresses: bool,
}

/// A value of an event in the encoding of its field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EncodedValue<'a> {
    String(&'a str),
    Number(f64),
    /// A String that is an address, and its hexadecimal digits.
    Address(&'a str, &'a [u8]),
    /// Text of `true`, `false`, `null`, or a number that is not encoded as one.
    Bare(&'a str),
}

impl Matcher {
    pub(crate) fn parse(tree: &Tree<'_>, cursor: &mut Cursor) -> Result<Self, Rejection> {
        if let Some(literal) = Literal::parse(tree) {
            return Ok(Self::Literal(literal));
        }
        let Value::Object(members) = &tree.value else {
            return Err(Rejection::new(
                "Match value must be String, number, true, false, or null",
                "write all values in one array, which matches each of them",
            ));
        };
        cursor.parse_only_member(members, "Match expression name not found", |cursor, name, tree| {
            Ok(match name {
                literal::NAME => Self::Literal(Literal::parse_exactly(tree)?),
                prefix::NAME => Self::Prefix(Affix::parse(prefix::NAME, tree, cursor)?),
                suffix::NAME => Self::Suffix(Affix::parse(suffix::NAME, tree, cursor)?),
                ignore_case::NAME => Self::IgnoreCase(IgnoreCase::parse(tree)?),
                wildcard::NAME => Self::Wildcard(Wildcard::parse(tree)?),
                numeric::NAME => Self::Numeric(NumericRange::parse(tree, cursor)?),
                exists::NAME => Self::Exists(exists::parse(tree)?),
                cidr::NAME => Self::Cidr(Block::parse(tree)?),
                anything_but::NAME => Self::AnythingBut(AnythingBut::parse(tree, cursor)?),
                _ => return Err(unknown_operator(name)),
            })
        })
    }

    /// Returns the encoding of a machine with this matcher alone.
    pub(crate) fn encoding(&self) -> Encoding {
        let numbers = matches!(
            self,
            Self::Numeric(_) | Self::Literal(Literal::Number(_)) | Self::AnythingBut(AnythingBut::Numbers(_))
        );
        Encoding { numbers, addresses: matches!(self, Self::Cidr(_) | Self::Literal(Literal::Address(..))) }
    }

    #[expect(clippy::float_cmp, reason = "a literal matches exactly its own double")]
    pub(crate) fn matches(&self, value: EncodedValue<'_>) -> bool {
        count_step();
        match (self, value) {
            (Self::Literal(Literal::String(text)), EncodedValue::String(value) | EncodedValue::Address(value, _))
            | (Self::Literal(Literal::Bare(text)), EncodedValue::Bare(value)) => text == value,
            // The digits pass the whole machine: an IPv6 address may equal a Number of 32 digits.
            (Self::Literal(Literal::Bare(text)), EncodedValue::Address(_, digits)) => text.as_bytes() == digits,
            (Self::Literal(Literal::Number(number)), EncodedValue::Number(value)) => *number == value,
            (Self::Prefix(affix), EncodedValue::String(value) | EncodedValue::Address(value, _)) => {
                affix.is_prefix_of(value)
            }
            (Self::Suffix(affix), EncodedValue::String(value) | EncodedValue::Address(value, _)) => {
                affix.is_suffix_of(value)
            }
            (Self::IgnoreCase(text), EncodedValue::String(value) | EncodedValue::Address(value, _)) => {
                text.matches(value)
            }
            (Self::Wildcard(wildcard), EncodedValue::String(value) | EncodedValue::Address(value, _)) => {
                wildcard.matches(value)
            }
            (Self::Numeric(range), EncodedValue::Number(value)) => range.contains(value),
            (Self::Cidr(block) | Self::Literal(Literal::Address(_, block)), EncodedValue::Address(_, digits)) => {
                block.contains(digits)
            }
            (Self::Cidr(block) | Self::Literal(Literal::Address(_, block)), EncodedValue::Bare(text)) => {
                block.contains(text.as_bytes())
            }
            (Self::AnythingBut(excluded), EncodedValue::String(value) | EncodedValue::Address(value, _)) => {
                excluded.allows_string(value)
            }
            (Self::AnythingBut(excluded), EncodedValue::Number(value)) => excluded.allows_number(value),
            (Self::AnythingBut(_), EncodedValue::Bare(_)) | (Self::Exists(true), _) => true,
            (
                Self::Literal(_)
                | Self::Prefix(_)
                | Self::Suffix(_)
                | Self::IgnoreCase(_)
                | Self::Wildcard(_)
                | Self::Numeric(_)
                | Self::Cidr(_)
                | Self::Exists(false),
                _,
            ) => false,
        }
    }
}

impl Encoding {
    pub(crate) fn for_matchers<'a>(matchers: impl IntoIterator<Item = &'a Matcher>) -> Self {
        matchers.into_iter().map(Matcher::encoding).fold(Self::default(), |all, one| Self {
            numbers: all.numbers || one.numbers,
            addresses: all.addresses || one.addresses,
        })
    }

    /// Calls `f` with the value in this encoding.
    pub(crate) fn encode<T>(self, value: &Primitive<'_>, f: impl FnOnce(EncodedValue<'_>) -> T) -> T {
        match value {
            Primitive::String(text) if self.addresses => match IpAddress::parse(text) {
                Some(address) => f(EncodedValue::Address(text, address.digits())),
                None => f(EncodedValue::String(text)),
            },
            Primitive::String(text) => f(EncodedValue::String(text)),
            Primitive::Number(number) => match number.double() {
                Some(double) if self.numbers => f(EncodedValue::Number(double)),
                Some(_) | None => f(EncodedValue::Bare(&number.service_text())),
            },
            Primitive::Boolean(true) => f(EncodedValue::Bare("true")),
            Primitive::Boolean(false) => f(EncodedValue::Bare("false")),
            Primitive::Null => f(EncodedValue::Bare("null")),
        }
    }
}

/// A match array with its path: the field must have a value that one of the matchers matches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldCondition {
    pub(crate) path: String,
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) encoding: Encoding,
}

impl FieldCondition {
    pub(crate) fn matches(&self, value: &Primitive<'_>) -> bool {
        self.encoding.encode(value, |encoded| self.matchers.iter().any(|matcher| matcher.matches(encoded)))
    }

    /// Returns true if the condition holds for an absent field.
    pub(crate) fn accepts_absence(&self) -> bool {
        self.matchers.contains(&Matcher::Exists(false))
    }
}

/// Names of the operators, except `exactly`, which a plain literal replaces.
pub(crate) const OPERATORS: [&str; 8] = [
    prefix::NAME,
    suffix::NAME,
    ignore_case::NAME,
    anything_but::NAME,
    numeric::NAME,
    exists::NAME,
    cidr::NAME,
    wildcard::NAME,
];

fn unknown_operator(name: &str) -> Rejection {
    Rejection::new(format!("Unrecognized match type {name}"), format!("write one of {}", OPERATORS.join(", ")))
}
