//! Which fields are personal, and how they are made unreadable.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::censor::{Censor, MARK};
use super::document::Node;
use json_document::Pointer;

/// The fields that are personal. In a fault their values are replaced by `"[redacted]"`.
///
/// A field is named by the name of its member, at whatever depth it stands, or by a JSON pointer from the root of the
/// failing document. Case matters. The whole value is replaced, also where it is an object or an array.
///
/// A value that is replaced is replaced wherever else it is found, as a whole or within a longer text: in other fields,
/// in the names of members, in what the error says. That goes for texts and numbers of at least four characters; a
/// shorter one would be found everywhere. Documents inside of texts (the body of an SQS message, the data of a Kinesis
/// record, compressed values) are looked into.
///
/// ```
/// use event_contract::fault::{Fault, FaultSite, Redaction};
/// # use event_contract::SubsystemName;
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
///
/// let personal = Redaction::fields(["email", "/data/address"]);
/// let site = FaultSite::new("orders", "shop-listener", SHOP)?.redacting(personal);
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
/// them. What is not JSON cannot be looked into: nothing of it is shown, but its bytes and what the error says of it
/// are as they are. And what the service itself says, the names and the tags of its site, stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    names: Arc<BTreeSet<String>>,
}

impl Redaction {
    /// The least characters of a value that is looked for elsewhere.
    pub const LEAST_CHARACTERS: usize = 4;

    /// The fields of these names, or at these JSON pointers: what begins with a slash is a pointer. A member whose own
    /// name begins with a slash can be named by a pointer only.
    pub fn fields<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self { names: Arc::new(names.into_iter().map(Into::into).collect()) }
    }

    /// Replaces what is personal in a document. `None` where nothing is; else what else must not be seen.
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
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => {}
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
            words_of(value, words);
            *value = Node::Text(MARK.to_owned());
            *hit = true;
        } else {
            self.replace(value, at, words, hit);
        }
        at.truncate(length);
    }
}

/// The values in a personal value.
fn words_of(value: &Node, words: &mut BTreeSet<String>) {
    match value {
        Node::Null | Node::Bool(_) => {}
        Node::Number(number) => spell(&number.to_string(), words),
        Node::Text(text) => spell(text, words),
        Node::Packed(_, text, document) => {
            spell(text, words);
            words_of(document, words);
        }
        Node::Array(items) => items.iter().for_each(|item| words_of(item, words)),
        Node::Object(members) => members.iter().for_each(|(_, value)| words_of(value, words)),
    }
}

/// A word, as it is and as it is written in JSON, in Rust and in a pointer: so it may stand in the text of an error.
fn spell(word: &str, words: &mut BTreeSet<String>) {
    if word.chars().count() < Redaction::LEAST_CHARACTERS || word == MARK {
        return;
    }
    let unquoted = |text: String| text[1..text.len() - 1].to_owned();
    words.insert(unquoted(format!("{word:?}")));
    words.insert(unquoted(Node::Text(word.to_owned()).to_json()));
    words.insert(Pointer::ROOT.join(word).as_str()[1..].to_owned());
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
    fn values_are_covered_wherever_else_they_stand() {
        let (json, censor) = redact(
            &["email", "phone"],
            r#"{"email":"a\"b@c","phone":12345,"key":"of a\"b@c, 123456","a\"b@c":{},"call":[12345,1234],"who":"a\"b"}"#,
        );
        let expected = r#"{"email":"[redacted]","phone":"[redacted]","key":"of [redacted], [redacted]6","[redacted]":{},"call":["[redacted]",1234],"who":"a\"b"}"#;
        assert_eq!(json, expected);
        assert_eq!(censor.unwrap().cover(r#"found "a\"b@c""#), r#"found "[redacted]""#);
    }

    #[test]
    fn where_nothing_is_personal_nothing_changes() {
        let json = r#"{"body":"{ \"a\": 1 }","b":"eyJhIjogMX0="}"#;
        let (same, censor) = redact(&["email"], json);
        assert_eq!(same, json);
        assert!(censor.is_none());
    }

    #[test]
    #[cfg(feature = "gzip")]
    fn what_cannot_be_looked_into_is_covered() {
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
