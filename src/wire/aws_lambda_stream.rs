//! The flat detail of event hubs that are built with aws-lambda-stream: metadata at the root, the entity beside it
//! under its own name.
//!
//! Which member is the entity: the one that the payload names with `entity = "…"`, or else the only object that is
//! none of the hub's own (`tags`, `raw`, `eem`, `s3`). A payload that is encrypted (`eem`) or in a bucket (`s3`) is
//! recognised and said, not guessed at. Compressed values are unpacked.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Delivery, Shape, WireError};

/// The bytes of a flat detail.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::AwsLambdaStream))
}

/// Where an event is that was too large to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClaimCheck {
    /// The S3 bucket.
    pub bucket: String,
    /// The key in the bucket; what is stored there is the event.
    pub key: String,
}

/// The names of the encrypted fields; `None` where nothing is encrypted.
pub(crate) fn encrypted_fields(eem: &RawValue) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Encryption {
        #[serde(default)]
        fields: Vec<String>,
    }
    let fields = serde_json::from_str::<Encryption>(eem.get()).ok()?.fields;
    (!fields.is_empty()).then_some(fields)
}

/// The mark of a value that is base64 of gzip of JSON.
#[cfg(all(test, feature = "gzip"))]
const MARK: &str = "COMPRESSED";

/// Unpacks the compressed values in a JSON text, at any depth. Returns the text and the byte offsets, in the original,
/// of what was unpacked. A text that merely begins with the mark stays as it is.
pub(crate) fn unpack(json: &str, limit: usize) -> Result<(Cow<'_, str>, usize), WireError> {
    const OPENING: &str = "\"COMPRESSED";
    let mut unpacked = String::new();
    let (mut from, mut count) = (0, 0);
    let mut search = 0;
    while let Some(found) = json[search..].find(OPENING) {
        let start = search + found;
        let body = start + OPENING.len();
        search = body;
        // An opening quote inside a string is escaped; this one opens a string of its own.
        if json[..start].ends_with('\\') {
            continue;
        }
        let Some(length) = json[body..].find('"') else {
            break;
        };
        let end = body + length + 1;
        search = end;
        let is_name = json[end..].trim_start().starts_with(':');
        if is_name {
            continue;
        }
        let room = limit.saturating_sub(unpacked.len());
        if let Some(value) = decode(&json[body..end - 1], room, limit)? {
            unpacked.push_str(&json[from..start]);
            unpacked.push_str(&value);
            from = end;
            count += 1;
        }
    }
    if count == 0 {
        return Ok((Cow::Borrowed(json), 0));
    }
    unpacked.push_str(&json[from..]);
    Ok((Cow::Owned(unpacked), count))
}

/// The first byte of a value, of the unpacked one where it is compressed. No more than that is unpacked.
pub(crate) fn begins_with(value: &str) -> Result<u8, WireError> {
    let packed = value.strip_prefix("\"COMPRESSED").and_then(|rest| rest.strip_suffix('"'));
    let first = match packed {
        Some(base64) => first_byte(base64)?,
        None => None,
    };
    Ok(first.or_else(|| value.bytes().next()).unwrap_or_default())
}

#[cfg(feature = "gzip")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature `gzip` it is an error")]
fn first_byte(base64: &str) -> Result<Option<u8>, WireError> {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;

    let Ok(packed) = STANDARD.decode(base64) else {
        return Ok(None);
    };
    // Before a value there is little white space, if any.
    let mut beginning = Vec::new();
    if GzDecoder::new(&*packed).take(64).read_to_end(&mut beginning).is_err() {
        return Ok(None);
    }
    Ok(beginning.into_iter().find(|byte| !byte.is_ascii_whitespace()))
}

#[cfg(not(feature = "gzip"))]
fn first_byte(base64: &str) -> Result<Option<u8>, WireError> {
    decode(base64, 0, 0).map(|_| None)
}

/// The JSON in a compressed value; `None` where it is none.
#[cfg(feature = "gzip")]
fn decode(base64: &str, room: usize, limit: usize) -> Result<Option<String>, WireError> {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;

    let Ok(packed) = STANDARD.decode(base64) else {
        return Ok(None);
    };
    if packed.is_empty() {
        return Ok(None);
    }
    let mut json = Vec::new();
    let most = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
    if GzDecoder::new(&*packed).take(most).read_to_end(&mut json).is_err() {
        return Ok(None);
    }
    if json.len() > room {
        return Err(super::WireErrorKind::TooLarge { length: json.len(), limit }.into());
    }
    let Ok(json) = String::from_utf8(json) else {
        return Ok(None);
    };
    let valid = serde_json::from_str::<&RawValue>(&json).is_ok();
    Ok(valid.then_some(json))
}

#[cfg(not(feature = "gzip"))]
fn decode(base64: &str, _: usize, _: usize) -> Result<Option<String>, WireError> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const GZIP: [u8; 2] = [0x1f, 0x8b];
    match STANDARD.decode(base64) {
        Ok(packed) if packed.starts_with(&GZIP) => Err(super::WireErrorKind::Compressed.into()),
        _ => Ok(None),
    }
}

#[cfg(all(test, feature = "gzip"))]
mod tests {
    use super::*;
    use std::io::Write as _;

    use base64::Engine as _;

    fn pack(json: &str) -> String {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(json.as_bytes()).unwrap();
        format!("{MARK}{}", base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap()))
    }

    #[test]
    fn compressed_values_are_unpacked_at_any_depth() {
        let json = format!(r#"{{"a":"{}","b":[ "{}" ],"c":1}}"#, pack(r#"{"x":"ü"}"#), pack("[1e400]"));
        let (text, count) = unpack(&json, 1000).unwrap();
        assert_eq!(text, r#"{"a":{"x":"ü"},"b":[ [1e400] ],"c":1}"#);
        assert_eq!(count, 2);
    }

    #[test]
    fn what_merely_begins_with_the_word_stays() {
        let packed = pack("1");
        for json in [
            r#"{"a":"COMPRESSED air"}"#.to_owned(),
            r#"{"a":"COMPRESSED"}"#.to_owned(),
            r#"{"a":"COMPRESSEDH4sIAAAA"}"#.to_owned(),
            r#"{"a":"COMPRESSEDAAAA"}"#.to_owned(),
            format!(r#"{{"{packed}" : 1}}"#),
            format!(r#"{{"a":"he said \"{packed}\""}}"#),
            format!(r#"{{"a":"x{packed}"}}"#),
        ] {
            assert_eq!(unpack(&json, 1000).unwrap(), (Cow::Borrowed(json.as_str()), 0), "{json}");
        }
    }

    #[test]
    fn a_small_text_that_unpacks_to_a_large_one_is_refused() {
        let bomb = format!(r#"{{"a":"{}"}}"#, pack(&format!("\"{}\"", "x".repeat(100_000))));
        assert!(bomb.len() < 1000);
        let error = unpack(&bomb, 5000).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the delivery has 5001 bytes, more than the 5000 that the reader takes: see `Limits::bytes`"
        );
    }
}
