//! Data of a CloudEvents document that is JSON in another encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use json_document::{CowStr, parse_members};
use serde_json::value::{RawValue, to_raw_value};

/// The encoding of JSON data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataEncoding {
    /// Base64 under `data_base64`.
    Base64,
    /// A string under `data`.
    Text,
}

impl DataEncoding {
    /// Returns the name of the member.
    pub(crate) const fn member(self) -> &'static str {
        match self {
            Self::Base64 => "data_base64",
            Self::Text => "data",
        }
    }

    /// Describes the value.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Base64 => "JSON in base64",
            Self::Text => "JSON in a string",
        }
    }
}

/// Replaces the encoded data of a CloudEvents document by the JSON object in it. Returns `None` if there is none.
pub(crate) fn inline_data(document: &str) -> Option<(String, DataEncoding)> {
    // The cheap test spares other documents.
    if !document.contains("specversion") {
        return None;
    }
    let members = parse_members(document).ok()?;
    let named = |wanted: &str| {
        let mut found = members.iter().filter(|(name, _)| name == wanted).map(|(_, raw)| *raw);
        let first = found.next();
        if found.next().is_some() { None } else { first }
    };
    named("specversion")?;
    let (json, encoding) = match (named("data"), named("data_base64")) {
        (None, Some(raw)) => (decode_base64(raw)?, DataEncoding::Base64),
        (Some(raw), None) => {
            (parse_object(&serde_json::from_str::<CowStr<'_>>(raw.get()).ok()?.0)?, DataEncoding::Text)
        }
        (None, None) | (Some(_), Some(_)) => return None,
    };
    let mut text = String::with_capacity(document.len());
    text.push('{');
    for (name, raw) in members.iter().filter(|(name, _)| name != encoding.member()) {
        text.push_str(to_raw_value(name).ok()?.get());
        text.push(':');
        text.push_str(raw.get());
        text.push(',');
    }
    text.push_str("\"data\":");
    text.push_str(json.get());
    text.push('}');
    Some((text, encoding))
}

/// Decodes a JSON object in base64.
pub(super) fn decode_base64(raw: &RawValue) -> Option<Box<RawValue>> {
    let bytes = STANDARD.decode(&*serde_json::from_str::<CowStr<'_>>(raw.get()).ok()?.0).ok()?;
    parse_object(std::str::from_utf8(&bytes).ok()?)
}

fn parse_object(text: &str) -> Option<Box<RawValue>> {
    let text = text.trim();
    if text.starts_with('{') { RawValue::from_string(text.to_owned()).ok() } else { None }
}
