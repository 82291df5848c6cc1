//! The matches of one field: what a list in a pattern holds.

use super::anything_but::{self, AnythingBut};
use super::cidr::{self, Address, Block};
use super::error::Refusal;
use super::ignore_case::{self, Folded};
use super::leaf::Leaf;
use super::literal::{self, Literal};
use super::numeric::{self, Range};
use super::prefix::{self, Affix};
use super::trail::Trail;
use super::wildcard::{self, Wildcard};
use super::{exists, steps, suffix};
use json_document::text::{Tree, Value};

/// One match; any of those in its list may hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Matcher {
    Literal(Literal),
    Prefix(Affix),
    Suffix(Affix),
    IgnoreCase(Folded),
    Wildcard(Wildcard),
    Numeric(Range),
    Exists(bool),
    Cidr(Block),
    AnythingBut(AnythingBut),
}

/// How the service reads the values of a field, which depends on all the matches it has for the field.
///
/// Where one of them compares numbers, numbers are read as such. Else, where one compares addresses, every text that is
/// an address is read as one, and no match of texts finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Mode {
    pub(super) numbers: bool,
    pub(super) addresses: bool,
}

/// A value as the matches of its field see it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'a> {
    Text(&'a str),
    Number(f64),
    /// The digits of an address.
    Address(&'a [u8]),
    /// `true`, `false`, `null`, and a number that is not read as one.
    Plain(&'a str),
}

impl Matcher {
    pub(super) fn parse(tree: &Tree<'_>, trail: &mut Trail) -> Result<Self, Refusal> {
        if let Some(literal) = Literal::parse(tree) {
            return Ok(Self::Literal(literal));
        }
        let Value::Object(members) = &tree.value else {
            return Err(Refusal::new(
                "Match value must be String, number, true, false, or null",
                "write the values in one list; a list finds each of its values",
            ));
        };
        trail.only(members, "Match expression name not found", |trail, name, tree| {
            Ok(match name {
                literal::NAME => Self::Literal(Literal::parse_exactly(tree)?),
                prefix::NAME => Self::Prefix(Affix::parse(prefix::NAME, tree, trail)?),
                suffix::NAME => Self::Suffix(Affix::parse(suffix::NAME, tree, trail)?),
                ignore_case::NAME => Self::IgnoreCase(Folded::parse(tree)?),
                wildcard::NAME => Self::Wildcard(Wildcard::parse(tree)?),
                numeric::NAME => Self::Numeric(Range::parse(tree, trail)?),
                exists::NAME => Self::Exists(exists::parse(tree)?),
                cidr::NAME => Self::Cidr(Block::parse(tree)?),
                anything_but::NAME => Self::AnythingBut(AnythingBut::parse(tree, trail)?),
                _ => return Err(unknown(name)),
            })
        })
    }

    pub(super) fn mode(&self) -> Mode {
        let numbers = matches!(
            self,
            Self::Numeric(_) | Self::Literal(Literal::Number(_)) | Self::AnythingBut(AnythingBut::Numbers(_))
        );
        Mode { numbers, addresses: matches!(self, Self::Cidr(_) | Self::Literal(Literal::Address(..))) }
    }

    #[expect(clippy::float_cmp, reason = "the number that was written")]
    pub(super) fn finds(&self, seen: Seen<'_>) -> bool {
        steps::step();
        match (self, seen) {
            (Self::Literal(Literal::Text(text)), Seen::Text(value))
            | (Self::Literal(Literal::Plain(text)), Seen::Plain(value)) => text == value,
            (Self::Literal(Literal::Number(number)), Seen::Number(value)) => *number == value,
            (Self::Prefix(affix), Seen::Text(value)) => affix.begins(value),
            (Self::Suffix(affix), Seen::Text(value)) => affix.closes(value),
            (Self::IgnoreCase(folded), Seen::Text(value)) => folded.is(value),
            (Self::Wildcard(wildcard), Seen::Text(value)) => wildcard.is(value),
            (Self::Numeric(range), Seen::Number(value)) => range.has(value),
            (Self::Cidr(block) | Self::Literal(Literal::Address(_, block)), Seen::Address(digits)) => block.has(digits),
            (Self::Cidr(block) | Self::Literal(Literal::Address(_, block)), Seen::Plain(text)) => {
                block.has(text.as_bytes())
            }
            (Self::AnythingBut(excluded), Seen::Text(value)) => excluded.allows_text(value),
            (Self::AnythingBut(excluded), Seen::Number(value)) => excluded.allows_number(value),
            (Self::AnythingBut(_), Seen::Address(_) | Seen::Plain(_)) | (Self::Exists(true), _) => true,
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

impl Mode {
    pub(super) fn of<'a>(matchers: impl IntoIterator<Item = &'a Matcher>) -> Self {
        matchers.into_iter().map(Matcher::mode).fold(Self::default(), Self::and)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { numbers: self.numbers || other.numbers, addresses: self.addresses || other.addresses }
    }

    /// Shows a value as it is seen in this mode.
    pub(super) fn see<T>(self, leaf: &Leaf<'_>, show: impl FnOnce(Seen<'_>) -> T) -> T {
        match leaf {
            Leaf::Text(text) if self.addresses && !self.numbers => match Address::parse(text) {
                Some(address) => show(Seen::Address(address.digits())),
                None => show(Seen::Text(text)),
            },
            Leaf::Text(text) => show(Seen::Text(text)),
            Leaf::Number(number) => match number.double() {
                Some(double) if self.numbers => show(Seen::Number(double)),
                Some(_) | None => show(Seen::Plain(&number.text())),
            },
            Leaf::Bool(true) => show(Seen::Plain("true")),
            Leaf::Bool(false) => show(Seen::Plain("false")),
            Leaf::Null => show(Seen::Plain("null")),
        }
    }
}

/// What a field has to be: one of its matches holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) path: String,
    pub(super) matchers: Vec<Matcher>,
    pub(super) mode: Mode,
}

impl Condition {
    pub(super) fn finds(&self, leaf: &Leaf<'_>) -> bool {
        self.mode.see(leaf, |seen| self.matchers.iter().any(|matcher| matcher.finds(seen)))
    }

    /// Whether a field that is missing will do.
    pub(super) fn finds_nothing(&self) -> bool {
        self.matchers.contains(&Matcher::Exists(false))
    }
}

fn unknown(name: &str) -> Refusal {
    let known = [
        prefix::NAME,
        suffix::NAME,
        ignore_case::NAME,
        anything_but::NAME,
        numeric::NAME,
        exists::NAME,
        cidr::NAME,
        wildcard::NAME,
    ];
    Refusal::new(format!("Unrecognized match type {name}"), format!("write one of {}", known.join(", ")))
}
