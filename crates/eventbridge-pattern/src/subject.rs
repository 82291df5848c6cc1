//! What rules are matched against.

use std::borrow::Cow;

use serde_json::Value;

/// What rules are matched against: the bytes or the text of an event or a parsed
/// [`Value`].
///
/// A parsed value has lost what its text may have said: the spelling of its numbers, and members that stand in it twice.
#[derive(Debug, Clone)]
pub struct Subject<'e>(pub(super) Form<'e>);

#[derive(Debug, Clone)]
pub(super) enum Form<'e> {
    Bytes(Cow<'e, [u8]>),
    Value(&'e Value),
}

impl<'e> From<&'e [u8]> for Subject<'e> {
    fn from(bytes: &'e [u8]) -> Self {
        Self(Form::Bytes(Cow::Borrowed(bytes)))
    }
}

impl<'e, const N: usize> From<&'e [u8; N]> for Subject<'e> {
    fn from(bytes: &'e [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'e> From<&'e Vec<u8>> for Subject<'e> {
    fn from(bytes: &'e Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'e> From<&'e str> for Subject<'e> {
    fn from(text: &'e str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl<'e> From<&'e String> for Subject<'e> {
    fn from(text: &'e String) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<String> for Subject<'_> {
    fn from(text: String) -> Self {
        Self(Form::Bytes(Cow::Owned(text.into_bytes())))
    }
}

impl<'e> From<&'e Value> for Subject<'e> {
    fn from(value: &'e Value) -> Self {
        Self(Form::Value(value))
    }
}
