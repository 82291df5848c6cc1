//! The text of a delivery, before its shape is known.

use std::convert::Infallible;

use serde_json::value::RawValue;

use super::error::{WireError, WireErrorKind};
use super::level::Level;

/// Returns the text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes)
        .map(without_byte_order_mark)
        .map_err(|error| WireErrorKind::NotUtf8 { at: error.valid_up_to() }.into())
}

pub(crate) fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Parses the root object into members whose values are text.
pub(crate) fn parse_root(text: &str) -> Result<Level<'_, Infallible>, WireError> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Level::parse(raw.get()).ok_or_else(|| WireErrorKind::NotAnObject.into()),
        Err(error) => Err(WireError::not_json(error)),
    }
}
