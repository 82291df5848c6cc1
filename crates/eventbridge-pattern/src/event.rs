//! Events as input of the matchers, and the errors of events that cannot be matched.

use std::borrow::Cow;
use std::fmt;

use json_document::text::MAX_DEPTH;
use serde_json::Value;

/// An event: its bytes, its text, or a parsed [`Value`].
///
/// A parsed value has lost the spelling of its numbers and all but the last of duplicate members. EventBridge compares
/// both, so match the text where you have it.
#[derive(Debug, Clone)]
pub struct EventInput<'e>(pub(crate) InputForm<'e>);

#[derive(Debug, Clone)]
pub(crate) enum InputForm<'e> {
    Bytes(Cow<'e, [u8]>),
    Value(&'e Value),
}

/// An event that cannot be matched: it is not a JSON object, or matching it takes too many steps.
///
/// ```
/// use eventbridge_pattern::{EventError, Pattern};
///
/// let pattern = Pattern::parse(r#"{"source": ["shop"]}"#)?;
/// let error: EventError = pattern.matches("[]").unwrap_err();
/// assert_eq!(error.to_string(), "the event is not a JSON object");
/// # Ok::<(), eventbridge_pattern::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventError {
    pub(crate) kind: EventErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EventErrorKind {
    NotUtf8,
    NotAnObject,
    NotJson { at: usize, expected: &'static str },
    TooDeep,
    TooManyCombinations,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EventErrorKind::NotUtf8 => f.write_str("the event is not UTF-8"),
            EventErrorKind::NotAnObject => f.write_str("the event is not a JSON object"),
            EventErrorKind::NotJson { at, expected } => {
                write!(f, "the event is not JSON: expected {expected} at byte {at}")
            }
            EventErrorKind::TooDeep => write!(f, "the event is nested deeper than {MAX_DEPTH} levels"),
            EventErrorKind::TooManyCombinations => f.write_str(
                "the event has too many combinations of array elements: it repeats members that hold arrays",
            ),
        }
    }
}

impl std::error::Error for EventError {}

impl<'e> From<&'e [u8]> for EventInput<'e> {
    fn from(bytes: &'e [u8]) -> Self {
        Self(InputForm::Bytes(Cow::Borrowed(bytes)))
    }
}

impl<'e, const N: usize> From<&'e [u8; N]> for EventInput<'e> {
    fn from(bytes: &'e [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'e> From<&'e Vec<u8>> for EventInput<'e> {
    fn from(bytes: &'e Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'e> From<&'e str> for EventInput<'e> {
    fn from(text: &'e str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl<'e> From<&'e String> for EventInput<'e> {
    fn from(text: &'e String) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<String> for EventInput<'_> {
    fn from(text: String) -> Self {
        Self(InputForm::Bytes(Cow::Owned(text.into_bytes())))
    }
}

impl<'e> From<&'e Value> for EventInput<'e> {
    fn from(value: &'e Value) -> Self {
        Self(InputForm::Value(value))
    }
}
