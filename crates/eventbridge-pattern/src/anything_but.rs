//! `anything-but`: every value but some; a field that is missing has none.

use super::error::Refusal;
use super::ignore_case::{self, Folded};
use super::trail::{self, Trail};
use super::wildcard::{self, Wildcard};
use super::{numeric, prefix, suffix};
use json_document::text::{Tree, Value};

pub(super) const NAME: &str = "anything-but";

const HELP: &str = "write a text, a number, a list of texts or of numbers, or one of {\"prefix\": …}, {\"suffix\": …}, \
                    {\"equals-ignore-case\": …}, {\"wildcard\": …}";

/// What is excluded. A value of another kind than what is listed is not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AnythingBut {
    Texts(Vec<String>),
    Numbers(Vec<f64>),
    Prefixes(Vec<String>),
    Suffixes(Vec<String>),
    IgnoreCase(Vec<Folded>),
    Wildcards(Vec<Wildcard>),
}

impl AnythingBut {
    pub(super) fn parse(tree: &Tree<'_>, trail: &mut Trail) -> Result<Self, Refusal> {
        match &tree.value {
            Value::String(text) => Ok(Self::Texts(vec![text.clone().into_owned()])),
            Value::Number(text) => Ok(Self::Numbers(vec![numeric::comparable(text)?])),
            Value::Array(items) => Self::listed(items, trail),
            Value::Object(members) => trail.only(members, "Anything-But expression name not found", Self::inner),
            Value::Boolean(_) | Value::Null => Err(not_a_value()),
        }
    }

    fn listed(items: &[Tree<'_>], trail: &mut Trail) -> Result<Self, Refusal> {
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            trail.below(index, item.at, |_| {
                match &item.value {
                    Value::String(text) => texts.push(text.clone().into_owned()),
                    Value::Number(text) => numbers.push(numeric::comparable(text)?),
                    Value::Boolean(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
                        let reason = "Inside anything but list, start|null|boolean is not supported.";
                        return Err(Refusal::new(reason, "write texts alone or numbers alone in the list"));
                    }
                }
                Ok(())
            })?;
        }
        match (texts.is_empty(), numbers.is_empty()) {
            (false, true) => Ok(Self::Texts(texts)),
            (true, false) => Ok(Self::Numbers(numbers)),
            (true, true) | (false, false) => Err(Refusal::new(
                "Inside anything but list, either all values are number or string, mixed type is not supported",
                "write texts alone or numbers alone in the list, and at least one; two anything-but matches beside each \
                 other exclude nothing",
            )),
        }
    }

    fn inner(trail: &mut Trail, name: &str, tree: &Tree<'_>) -> Result<Self, Refusal> {
        let affix = "prefix/suffix match pattern must be a string";
        Ok(match name {
            prefix::NAME => Self::Prefixes(texts(tree, trail, affix, filled)?),
            suffix::NAME => Self::Suffixes(texts(tree, trail, affix, filled)?),
            ignore_case::NAME => {
                let reason = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
                Self::IgnoreCase(texts(tree, trail, reason, |text| Ok(Folded::new(text)))?)
            }
            wildcard::NAME => {
                Self::Wildcards(texts(tree, trail, "wildcard match pattern must be a string", Wildcard::new)?)
            }
            _ => return Err(Refusal::new(format!("Unsupported anything-but pattern: {name}"), HELP)),
        })
    }

    /// Whether a text is not excluded.
    pub(super) fn allows_text(&self, value: &str) -> bool {
        !match self {
            Self::Texts(texts) => texts.iter().any(|text| text == value),
            Self::Numbers(_) => false,
            Self::Prefixes(texts) => texts.iter().any(|text| value.starts_with(text)),
            Self::Suffixes(texts) => texts.iter().any(|text| value.ends_with(text)),
            Self::IgnoreCase(texts) => texts.iter().any(|text| text.is(value)),
            Self::Wildcards(texts) => texts.iter().any(|text| text.is(value)),
        }
    }

    /// Whether a number is not excluded.
    pub(super) fn allows_number(&self, value: f64) -> bool {
        match self {
            Self::Numbers(numbers) => !numbers.contains(&value),
            Self::Texts(_) | Self::Prefixes(_) | Self::Suffixes(_) | Self::IgnoreCase(_) | Self::Wildcards(_) => true,
        }
    }
}

/// A text, or a list of texts that is not empty.
fn texts<T>(
    tree: &Tree<'_>,
    trail: &mut Trail,
    reason: &'static str,
    mut read: impl FnMut(&str) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let refused = || Refusal::new(reason, "write a text or a list of texts, in double quotes");
    match &tree.value {
        Value::String(text) => Ok(vec![read(text)?]),
        // It compiles, and then the service fails.
        Value::Array(items) if items.is_empty() => {
            Err(Refusal::new("InternalFailure: the list is empty", "write at least one text in the list"))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| trail.below(index, item.at, |_| trail::text(item, refused).and_then(&mut read)))
            .collect(),
        Value::Number(_) => Err(refused()),
        Value::Object(_) | Value::Boolean(_) | Value::Null => Err(not_a_value()),
    }
}

fn filled(text: &str) -> Result<String, Refusal> {
    match text {
        "" => Err(Refusal::new(
            "Null prefix/suffix not allowed",
            "write at least one character: every text begins and ends with none",
        )),
        _ => Ok(text.to_owned()),
    }
}

fn not_a_value() -> Refusal {
    Refusal::new("Value of anything-but must be an array or single string/number value.", HELP)
}
