//! Compressed, encrypted and outsourced parts of the events of aws-lambda-stream hubs.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::WireError;
#[cfg(feature = "gzip")]
use super::error::WireErrorKind;

/// Location in S3 of an event that was too large to be sent.
#[derive(Deserialize)]
pub(crate) struct ClaimCheck {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// Returns the names of the encrypted fields; `None` if no field is encrypted.
pub(crate) fn encrypted_fields(eem: &RawValue) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Encryption {
        #[serde(default)]
        fields: Vec<String>,
    }
    let fields = serde_json::from_str::<Encryption>(eem.get()).ok()?.fields;
    (!fields.is_empty()).then_some(fields)
}

/// Replaces the compressed values of a JSON text, at any depth, and returns their number.
///
/// A compressed value is a string: `COMPRESSED` followed by base64 of gzip of JSON. A string that only begins with that
/// word is not changed. Fails if the text would exceed `max_bytes`.
pub(crate) fn decompress_values(json: &str, max_bytes: usize) -> Result<(Cow<'_, str>, usize), WireError> {
    const OPENING: &str = "\"COMPRESSED";
    // All indices are next to a quote, so that none is inside a character.
    let part = |from: usize, to: usize| json.get(from..to).unwrap_or_default();
    let mut decompressed = String::new();
    let (mut copied, mut count) = (0, 0);
    let mut search = 0;
    while let Some(found) = part(search, json.len()).find(OPENING) {
        let start = search + found;
        let body = start + OPENING.len();
        search = body;
        // The quote before the word may be an escaped one inside another string.
        if json.as_bytes().get(..start).is_some_and(|before| before.ends_with(b"\\")) {
            continue;
        }
        let Some(length) = part(body, json.len()).find('"') else {
            break;
        };
        let end = body + length + 1;
        search = end;
        let is_name = part(end, json.len()).trim_start().starts_with(':');
        if is_name {
            continue;
        }
        let budget = max_bytes.saturating_sub(decompressed.len());
        if let Some(value) = decompress(part(body, end - 1), budget, max_bytes)? {
            decompressed.push_str(part(copied, start));
            decompressed.push_str(&value);
            copied = end;
            count += 1;
        }
    }
    if count == 0 {
        return Ok((Cow::Borrowed(json), 0));
    }
    decompressed.push_str(part(copied, json.len()));
    Ok((Cow::Owned(decompressed), count))
}

/// Returns the first byte of a value, decompressed if necessary. Decompresses at most 64 bytes.
pub(crate) fn first_byte(value: &str) -> Result<u8, WireError> {
    let compressed = value.strip_prefix("\"COMPRESSED").and_then(|rest| rest.strip_suffix('"'));
    let first = match compressed {
        Some(base64) => decompress_first_byte(base64)?,
        None => None,
    };
    Ok(first.or_else(|| value.bytes().next()).unwrap_or_default())
}

#[cfg(feature = "gzip")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature `gzip` it is an error")]
fn decompress_first_byte(base64: &str) -> Result<Option<u8>, WireError> {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;

    let Ok(gzip) = STANDARD.decode(base64) else {
        return Ok(None);
    };
    // White space before the value is short, if there is any.
    let mut beginning = Vec::new();
    if GzDecoder::new(&*gzip).take(64).read_to_end(&mut beginning).is_err() {
        return Ok(None);
    }
    Ok(beginning.into_iter().find(|byte| !byte.is_ascii_whitespace()))
}

#[cfg(not(feature = "gzip"))]
fn decompress_first_byte(base64: &str) -> Result<Option<u8>, WireError> {
    decompress(base64, 0, 0).map(|_| None)
}

/// Returns the JSON of a compressed value; `None` for any other string.
#[cfg(feature = "gzip")]
fn decompress(base64: &str, budget: usize, max_bytes: usize) -> Result<Option<String>, WireError> {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;

    let Ok(gzip) = STANDARD.decode(base64) else {
        return Ok(None);
    };
    if gzip.is_empty() {
        return Ok(None);
    }
    let mut json = Vec::new();
    let take = u64::try_from(budget).unwrap_or(u64::MAX).saturating_add(1);
    if GzDecoder::new(&*gzip).take(take).read_to_end(&mut json).is_err() {
        return Ok(None);
    }
    if json.len() > budget {
        return Err(WireErrorKind::TooLarge { length: json.len(), limit: max_bytes }.into());
    }
    let Ok(json) = String::from_utf8(json) else {
        return Ok(None);
    };
    let valid = serde_json::from_str::<&RawValue>(&json).is_ok();
    Ok(valid.then_some(json))
}

#[cfg(not(feature = "gzip"))]
fn decompress(base64: &str, _: usize, _: usize) -> Result<Option<String>, WireError> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const GZIP: [u8; 2] = [0x1f, 0x8b];
    match STANDARD.decode(base64) {
        Ok(gzip) if gzip.starts_with(&GZIP) => Err(super::error::WireErrorKind::Compressed.into()),
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
        format!("COMPRESSED{}", base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap()))
    }

    #[test]
    fn compressed_values_are_decompressed_at_any_depth() {
        let json = format!(r#"{{"a":"{}","b":[ "{}" ],"c":1}}"#, pack(r#"{"x":"ü"}"#), pack("[1e400]"));
        let (text, count) = decompress_values(&json, 1000).unwrap();
        assert_eq!(text, r#"{"a":{"x":"ü"},"b":[ [1e400] ],"c":1}"#);
        assert_eq!(count, 2);
    }

    #[test]
    fn strings_that_only_begin_with_the_word_are_kept() {
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
            assert_eq!(decompress_values(&json, 1000).unwrap(), (Cow::Borrowed(json.as_str()), 0), "{json}");
        }
    }

    #[test]
    fn decompression_stops_at_the_limit() {
        let bomb = format!(r#"{{"a":"{}"}}"#, pack(&format!("\"{}\"", "x".repeat(100_000))));
        assert!(bomb.len() < 1000);
        let error = decompress_values(&bomb, 5000).unwrap_err();
        assert_eq!(error.to_string(), "the delivery has 5001 bytes, expected at most 5000: see `Limits::bytes`");
    }
}
