//! Redaction of personal fields.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::censor::{Censor, MARK};
use super::document::Node;
use json_document::Pointer;

/// The personal fields, whose values a fault replaces by `"[redacted]"`.
///
/// A field is identified by its member name at any depth, or by a JSON pointer from the root of the failed document. Case
/// matters. The whole value is replaced, also an object or an array.
///
/// A replaced value is also replaced where it occurs elsewhere, whole or within a longer string: in other fields, in
/// member names, in the message of the error. This applies to strings and numbers of at least four characters; shorter
/// ones would occur everywhere. Documents inside strings (the body of an SQS message, the data of a Kinesis record,
/// compressed values) are searched, too.
///
/// ```
/// use event_contract::fault::{Fault, FaultSite, Redaction};
/// # use event_contract::SubsystemName;
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
///
/// let personal = Redaction::fields(["email", "/data/address"]);
/// let site = FaultSite::new(SHOP, "shop-listener")?.with_pipeline("orders")?.redacting(personal);
///
/// let bytes = br#"{"type":"order-placed","data":{"email":"ada@example.org","address":{"city":"London"}}}"#;
/// let error = std::io::Error::other("no account for ada@example.org");
/// let fault = Fault::from_error(&error, bytes, &site, "2026-11-22T10:43:01Z".parse()?);
///
/// assert_eq!(fault.message(), "no account for [redacted]");
/// assert!(fault.is_redacted());
/// assert_eq!(fault.event(), Some(r#"{"type":"order-placed","data":{"email":"[redacted]","address":"[redacted]"}}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The exact bytes stay in the fault, in base64, unless [`Fault::without_bytes`](super::Fault::without_bytes) drops
/// them. Bytes that are not JSON cannot be searched: the fault has no readable document then, but its bytes and the error
/// message are unchanged. The names and tags of the site are never redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    names: Arc<BTreeSet<String>>,
}

impl Redaction {
    /// Minimum number of characters of a value that is searched elsewhere.
    pub const MIN_CHARACTERS: usize = 4;

    /// Selects fields by name or by JSON pointer: text that begins with a slash is a pointer. A member whose own name
    /// begins with a slash can be selected by a pointer only.
    pub fn fields<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self { names: Arc::new(names.into_iter().map(Into::into).collect()) }
    }

    /// Redacts a document. Returns the censor for other text, or `None` if nothing was personal.
    pub(super) fn apply(&self, document: &mut Node) -> Option<Censor> {
        let mut words = BTreeSet::new();
        let mut hit = document.unpack();
        self.replace(document, &mut Pointer::default(), &mut words, &mut hit);
        if !hit {
            return None;
        }
        let censor = Censor::new(words.iter().map(String::as_str));
        document.cover(&censor);
        Some(censor)
    }

    fn replace(&self, node: &mut Node, at: &mut Pointer, words: &mut BTreeSet<String>, hit: &mut bool) {
        match node {
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::String(_) => {}
            Node::Packed(_, _, document) => self.replace(document, at, words, hit),
            Node::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.field(None, &index.to_string(), item, at, words, hit);
                }
            }
            Node::Object(members) => {
                for (name, value) in members {
                    self.field(Some(name), name, value, at, words, hit);
                }
            }
        }
    }

    fn field(
        &self,
        name: Option<&str>,
        segment: &str,
        value: &mut Node,
        at: &mut Pointer,
        words: &mut BTreeSet<String>,
        hit: &mut bool,
    ) {
        let length = at.as_str().len();
        at.push_name(segment);
        let is_named = name.is_some_and(|name| !name.starts_with('/') && self.names.contains(name));
        if is_named || self.names.contains(at.as_str()) {
            collect_words(value, words);
            *value = Node::String(MARK.to_owned());
            *hit = true;
        } else {
            self.replace(value, at, words, hit);
        }
        at.truncate(length);
    }
}

/// Collects the strings and numbers of a personal value.
fn collect_words(value: &Node, words: &mut BTreeSet<String>) {
    match value {
        Node::Null | Node::Bool(_) => {}
        Node::Number(number) => add_spellings(&number.to_string(), words),
        Node::String(text) => add_spellings(text, words),
        Node::Packed(_, text, document) => {
            add_spellings(text, words);
            collect_words(document, words);
        }
        Node::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Node::Object(members) => members.iter().for_each(|(_, value)| collect_words(value, words)),
    }
}

/// Adds a word in the spellings that error messages use: plain, and escaped as in JSON, Rust and JSON pointers.
fn add_spellings(word: &str, words: &mut BTreeSet<String>) {
    if word.chars().count() < Redaction::MIN_CHARACTERS || word == MARK {
        return;
    }
    let unquoted = |text: String| text.get(1..text.len() - 1).unwrap_or_default().to_owned();
    words.insert(unquoted(format!("{word:?}")));
    words.insert(unquoted(Node::String(word.to_owned()).to_json()));
    words.insert(Pointer::ROOT.join(word).as_str().trim_start_matches('/').to_owned());
    words.insert(word.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(names: &[&str], json: &str) -> (String, Option<Censor>) {
        let mut document = Node::parse(json.as_bytes()).unwrap();
        let censor = Redaction::fields(names.iter().copied()).apply(&mut document);
        (document.to_json(), censor)
    }

    #[test]
    fn fields_are_found_by_name_and_by_pointer() {
        for (names, json, expected) in [
            (
                &["email"][..],
                r#"{"email":1,"a":[{"email":{"x":[]}}],"Email":2}"#,
                r#"{"email":"[redacted]","a":[{"email":"[redacted]"}],"Email":2}"#,
            ),
            (&["/a/1/b"], r#"{"a":[{"b":1},{"b":2}],"b":3}"#, r#"{"a":[{"b":1},{"b":"[redacted]"}],"b":3}"#),
            (&["/a~1b"], r#"{"a/b":1}"#, r#"{"a/b":"[redacted]"}"#),
            (&["/x"], r#"{"y":{"/x":1}}"#, r#"{"y":{"/x":1}}"#),
            (&["email"], r#"{"email":"a","email":"b"}"#, r#"{"email":"[redacted]","email":"[redacted]"}"#),
            (&["0"], r#"{"a":[1],"0":1}"#, r#"{"a":[1],"0":"[redacted]"}"#),
            (&["email"], r#"{"body":"{\"email\":\"x\"}"}"#, r#"{"body":"{\"email\":\"[redacted]\"}"}"#),
            (&["/body/email"], r#"{"body":"{\"email\":\"x\"}"}"#, r#"{"body":"{\"email\":\"[redacted]\"}"}"#),
        ] {
            assert_eq!(redact(names, json).0, expected, "{names:?}");
        }
    }

    #[test]
    fn values_are_redacted_wherever_they_occur() {
        let (json, censor) = redact(
            &["email", "phone"],
            r#"{"email":"a\"b@c","phone":12345,"key":"of a\"b@c, 123456","a\"b@c":{},"call":[12345,1234],"who":"a\"b"}"#,
        );
        let expected = r#"{"email":"[redacted]","phone":"[redacted]","key":"of [redacted], [redacted]6","[redacted]":{},"call":["[redacted]",1234],"who":"a\"b"}"#;
        assert_eq!(json, expected);
        assert_eq!(censor.unwrap().cover(r#"found "a\"b@c""#), r#"found "[redacted]""#);
    }

    #[test]
    fn documents_without_personal_fields_are_unchanged() {
        let json = r#"{"body":"{ \"a\": 1 }","b":"eyJhIjogMX0="}"#;
        let (same, censor) = redact(&["email"], json);
        assert_eq!(same, json);
        assert!(censor.is_none());
    }

    #[test]
    #[cfg(feature = "gzip")]
    fn values_that_cannot_be_searched_are_redacted() {
        use std::io::Write as _;

        use base64::Engine as _;

        let pack = |json: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(json.as_bytes()).unwrap();
            format!("COMPRESSED{}", base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap()))
        };
        let packed = format!(r#"{{"a":"{}"}}"#, pack(r#"{"email":"x","b":1}"#));
        assert_eq!(redact(&["email"], &packed).0, r#"{"a":"{\"email\":\"[redacted]\",\"b\":1}"}"#);
        assert_eq!(redact(&["phone"], &packed).0, packed);
        let bomb = format!(r#"{{"a":"{}"}}"#, pack(&format!("\"{}\"", "x".repeat(5 << 20))));
        let (json, censor) = redact(&["email"], &bomb);
        assert_eq!(json, r#"{"a":"[redacted]"}"#);
        assert!(censor.is_some());
    }
}
