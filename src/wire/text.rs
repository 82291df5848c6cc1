//! The text of a delivery, before its shape is known.

use std::convert::Infallible;

use serde_json::value::RawValue;

use super::cursor;
use super::error::{WireError, WireErrorKind};
use super::facts;
use super::form::parse_string;
use super::level::Level;
use super::shape::Shape;

/// Returns the text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes)
        .map(without_byte_order_mark)
        .map_err(|error| WireErrorKind::NotUtf8 { offset: error.valid_up_to() }.into())
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

/// Replaces a `detail` that is a string by the object that is its text. Returns `None` where there is no such detail.
///
/// EventBridge Scheduler and some stand-ins of the bus deliver it like that.
pub(crate) fn expand_detail(document: &str, shape: Option<Shape>) -> Option<String> {
    let raw: &RawValue = serde_json::from_str(document).ok()?;
    let detail = cursor::find(raw, "detail").filter(|detail| detail.get().starts_with('"'))?;
    let is_envelope = match shape {
        Some(shape) => shape == Shape::EventBridge,
        None => facts::recognise(&Level::<Infallible>::parse(raw.get())?).ok()? == Shape::EventBridge,
    };
    if !is_envelope {
        return None;
    }
    let text = parse_string(detail)?;
    let object: &RawValue = serde_json::from_str(&text).ok()?;
    if !object.get().starts_with('{') {
        return None;
    }
    // The detail is a part of the document.
    let start = detail.get().as_ptr().addr() - document.as_ptr().addr();
    let (before, after) = (document.get(..start)?, document.get(start + detail.get().len()..)?);
    Some([before, object.get(), after].concat())
}
