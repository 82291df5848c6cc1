//! `anything-but`: every value except some. An absent field does not match.

use json_document::text::{Tree, Value};

use crate::cursor::{self, Cursor};
use crate::error::Rejection;
use crate::ignore_case::{self, IgnoreCase};
use crate::wildcard::{self, Wildcard};
use crate::{numeric, prefix, suffix};

pub(crate) const NAME: &str = "anything-but";

const HELP: &str = "write a string, a number, an array of strings or of numbers, or one of {\"prefix\": …}, \
                    {\"suffix\": …}, {\"equals-ignore-case\": …}, {\"wildcard\": …}";

/// The excluded values. A value of another kind than they are is never excluded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AnythingBut {
    Strings(Vec<String>),
    Numbers(Vec<f64>),
    Prefixes(Vec<String>),
    Suffixes(Vec<String>),
    IgnoreCase(Vec<IgnoreCase>),
    Wildcards(Vec<Wildcard>),
}

impl AnythingBut {
    pub(crate) fn parse(tree: &Tree<'_>, cursor: &mut Cursor) -> Result<Self, Rejection> {
        match &tree.value {
            Value::String(text) => Ok(Self::Strings(vec![text.clone().into_owned()])),
            Value::Number(text) => Ok(Self::Numbers(vec![numeric::comparable_double(text)?])),
            Value::Array(items) => Self::parse_array(items, cursor),
            Value::Object(members) => {
                cursor.parse_only_member(members, "Anything-But expression name not found", Self::parse_operator)
            }
            Value::Boolean(_) | Value::Null => Err(wrong_kind()),
        }
    }

    fn parse_array(items: &[Tree<'_>], cursor: &mut Cursor) -> Result<Self, Rejection> {
        let (mut strings, mut numbers) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            cursor.descend(index, item.offset, |_| {
                match &item.value {
                    Value::String(text) => strings.push(text.clone().into_owned()),
                    Value::Number(text) => numbers.push(numeric::comparable_double(text)?),
                    Value::Boolean(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
                        let reason = "Inside anything but list, start|null|boolean is not supported.";
                        return Err(Rejection::new(reason, "write only strings or only numbers in the array"));
                    }
                }
                Ok(())
            })?;
        }
        match (strings.is_empty(), numbers.is_empty()) {
            (false, true) => Ok(Self::Strings(strings)),
            (true, false) => Ok(Self::Numbers(numbers)),
            (true, true) | (false, false) => Err(Rejection::new(
                "Inside anything but list, either all values are number or string, mixed type is not supported",
                "write only strings or only numbers in the array, and at least one; two anything-but matchers in one \
                 array exclude nothing",
            )),
        }
    }

    fn parse_operator(cursor: &mut Cursor, name: &str, tree: &Tree<'_>) -> Result<Self, Rejection> {
        let affix = "prefix/suffix match pattern must be a string";
        Ok(match name {
            prefix::NAME => Self::Prefixes(parse_strings(tree, cursor, affix, non_empty)?),
            suffix::NAME => Self::Suffixes(parse_strings(tree, cursor, affix, non_empty)?),
            ignore_case::NAME => {
                let reason = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
                Self::IgnoreCase(parse_strings(tree, cursor, reason, |text| Ok(IgnoreCase::new(text)))?)
            }
            wildcard::NAME => {
                let reason = "wildcard match pattern must be a string";
                Self::Wildcards(parse_strings(tree, cursor, reason, Wildcard::new)?)
            }
            _ => return Err(Rejection::new(format!("Unsupported anything-but pattern: {name}"), HELP)),
        })
    }

    /// Returns true if a String is not excluded.
    pub(crate) fn allows_string(&self, value: &str) -> bool {
        !match self {
            Self::Strings(texts) => texts.iter().any(|text| text == value),
            Self::Numbers(_) => false,
            Self::Prefixes(texts) => texts.iter().any(|text| value.starts_with(text)),
            Self::Suffixes(texts) => texts.iter().any(|text| value.ends_with(text)),
            Self::IgnoreCase(texts) => texts.iter().any(|text| text.matches(value)),
            Self::Wildcards(wildcards) => wildcards.iter().any(|wildcard| wildcard.matches(value)),
        }
    }

    /// Returns true if a Number is not excluded.
    pub(crate) fn allows_number(&self, value: f64) -> bool {
        match self {
            Self::Numbers(numbers) => !numbers.contains(&value),
            Self::Strings(_) | Self::Prefixes(_) | Self::Suffixes(_) | Self::IgnoreCase(_) | Self::Wildcards(_) => true,
        }
    }
}

/// Parses a String, or an array of Strings that is not empty.
fn parse_strings<T>(
    tree: &Tree<'_>,
    cursor: &mut Cursor,
    reason: &'static str,
    mut parse: impl FnMut(&str) -> Result<T, Rejection>,
) -> Result<Vec<T>, Rejection> {
    let rejection = || Rejection::new(reason, "write a string or an array of strings, in double quotes");
    match &tree.value {
        Value::String(text) => Ok(vec![parse(text)?]),
        // The service compiles it and then fails with an internal error.
        Value::Array(items) if items.is_empty() => {
            Err(Rejection::new("InternalFailure: the list is empty", "write at least one string in the array"))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                cursor.descend(index, item.offset, |_| cursor::expect_string(item, rejection).and_then(&mut parse))
            })
            .collect(),
        Value::Number(_) => Err(rejection()),
        Value::Object(_) | Value::Boolean(_) | Value::Null => Err(wrong_kind()),
    }
}

fn non_empty(text: &str) -> Result<String, Rejection> {
    match text {
        "" => Err(Rejection::new(
            "Null prefix/suffix not allowed",
            "write at least one character: every string has the empty prefix and suffix",
        )),
        _ => Ok(text.to_owned()),
    }
}

fn wrong_kind() -> Rejection {
    Rejection::new("Value of anything-but must be an array or single string/number value.", HELP)
}
