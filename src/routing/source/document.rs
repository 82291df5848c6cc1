//! Documents in JSON or YAML.

mod json;
mod scalar;
mod yaml;

use std::borrow::Cow;

#[cfg(feature = "check")]
use json_document::exact::ExactValue;
use serde::de::IgnoredAny;

use super::error::ReadError;
use super::location::Position;
use super::node::Node;

/// Parses a file: as JSON by its name or by its first character, otherwise as YAML.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_json(file) {
        return json::parse(text);
    }
    // JSON is YAML 1.2, but parsers of YAML do not accept all of it.
    if text.trim_start().starts_with(['{', '[']) {
        return json::parse(text).or_else(|_| yaml::parse(text));
    }
    yaml::parse(text)
}

/// Reads a document of any contents, with every digit of its numbers: JSON, or YAML by its name or because it does not begin
/// as JSON does.
///
/// # Errors
///
/// The text is neither, or YAML with parts that JSON does not have. The message has no name of a file.
pub(crate) fn read_exact_value(file: &str, bytes: &[u8]) -> Result<ExactValue, String> {
    ExactValue::from_slice(&to_json(file, bytes)?).map_err(|error| format!("invalid JSON: {error}"))
}

/// Returns the document as JSON, with the numbers as they are spelled.
fn to_json<'b>(file: &str, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, String> {
    let is_yaml = file
        .rsplit_once('.')
        .is_some_and(|(_, end)| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"));
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let may_be_json = is_json(file) || matches!(bytes.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"'));
    if !is_yaml {
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => return Ok(Cow::Borrowed(bytes)),
            Err(error) if may_be_json => return Err(format!("invalid JSON: {error}")),
            Err(_) => {}
        }
    }
    let text = std::str::from_utf8(bytes).map_err(|error| format!("invalid UTF-8: {error}"))?;
    let at = |at: Position, message: &str| format!("invalid YAML: {message} at line {} column {}", at.line, at.column);
    let node = yaml::parse(text).map_err(|error| at(error.at, &error.message))?;
    node.reject_duplicate_members().map_err(|error| at(error.at, &error.message))?;
    let (mut json, mut unknown) = (String::new(), Vec::new());
    node.write_json(&mut json, &mut unknown);
    match unknown.first() {
        Some((place, reason)) => Err(at(*place, reason)),
        None => Ok(Cow::Owned(json.into_bytes())),
    }
}

pub(super) fn is_json(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_from_json_and_yaml() {
        let value = json!({"type": "object", "required": ["a"], "minimum": 1.5});
        let yaml = "# a schema\ntype: object\nrequired: [a]\nminimum: 1.5\n";
        for (file, text) in [("a.json", value.to_string().as_str()), ("a.yaml", yaml), ("a.YML", yaml), ("-", yaml)] {
            let read = read_exact_value(file, text.as_bytes()).unwrap();
            assert_eq!(read.to_nearest_serde(), value, "{file}");
        }
        for (file, text) in [("a.json", "\u{feff}[18446744073709551617]"), ("a.yaml", "- 18446744073709551617\n")] {
            let exact = read_exact_value(file, text.as_bytes()).unwrap();
            assert_eq!(exact.to_string(), "[18446744073709551617]", "{file}");
        }
        assert_eq!(read_exact_value("a.json", b"[1e400]").unwrap().to_string(), "[1e400]");
        let error = |file, text: &str| read_exact_value(file, text.as_bytes()).unwrap_err();
        assert!(error("a.json", "type: object").starts_with("invalid JSON: expected ident at line 1"));
        assert!(error("-", "{\"a\":").starts_with("invalid JSON: EOF"));
        assert_eq!(error("a.yaml", "a: 1\na: 2\n"), "invalid YAML: duplicate member \"a\" at line 2 column 1");
        assert_eq!(error("a.yaml", "a: !Ref b\n"), "invalid YAML: Ref is not evaluated here at line 1 column 4");
    }
}
