//! The failed document as a tree, which keeps the order of members and duplicate members.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Number;

use super::censor::{Censor, MARK};
use crate::wire::aws_lambda_stream::decompress_values;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    /// A string that contains a document.
    Packed(Pack, String, Box<Node>),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Encoding of a document in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pack {
    /// JSON, such as the body of an SQS message. A compressed value is unpacked to it.
    Json,
    /// JSON in base64, such as the data of a Kinesis record.
    Base64,
}

impl Node {
    /// Parses a document. `None` for JSON that some parsers reject, such as half a surrogate pair.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Replaces strings that contain documents by [`Node::Packed`], recursively, so that personal values in them are found.
    ///
    /// A string that cannot be unpacked within the limits is replaced by [`MARK`]; returns true if there was one.
    pub(super) fn unpack(&mut self) -> bool {
        let mut budget = Budget { bytes: MAX_UNPACKED_BYTES, is_exceeded: false };
        self.unpack_within(&mut budget, 0);
        budget.is_exceeded
    }

    fn unpack_within(&mut self, budget: &mut Budget, level: usize) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Packed(..) => {}
            Self::Array(items) => items.iter_mut().for_each(|item| item.unpack_within(budget, level)),
            Self::Object(members) => members.iter_mut().for_each(|(_, value)| value.unpack_within(budget, level)),
            Self::String(text) => match packed(text, budget) {
                Packed::Not => {}
                Packed::Document(pack, mut document) if level < MAX_LEVELS => {
                    document.unpack_within(budget, level + 1);
                    *self = Self::Packed(pack, std::mem::take(text), Box::new(document));
                }
                Packed::Document(..) | Packed::Unknown => {
                    MARK.clone_into(text);
                    budget.is_exceeded = true;
                }
            },
        }
    }

    /// Replaces words everywhere, also in member names, and encodes packed documents again.
    pub(super) fn cover(&mut self, censor: &Censor) {
        match self {
            Self::Null | Self::Bool(_) => {}
            Self::Number(number) => {
                let text = number.to_string();
                if censor.cover(&text) != text {
                    *self = Self::String(MARK.to_owned());
                }
            }
            Self::String(text) => *text = censor.cover(text).into_owned(),
            Self::Array(items) => items.iter_mut().for_each(|item| item.cover(censor)),
            Self::Object(members) => {
                for (name, value) in members {
                    *name = censor.cover(name).into_owned();
                    value.cover(censor);
                }
            }
            Self::Packed(pack, text, document) => {
                document.cover(censor);
                let json = document.to_json();
                // The encoding can contain a word that no part of the document contains.
                *text = match pack {
                    Pack::Json => censor.cover(&json).into_owned(),
                    Pack::Base64 => censor.cover(&STANDARD.encode(json)).into_owned(),
                };
            }
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a tree of JSON values can be serialized")
    }
}

/// Strips a byte order mark, as the reader does.
pub(super) fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json)
}

/// Limit on the bytes that are unpacked from one document, all levels together.
const MAX_UNPACKED_BYTES: usize = 4 * 1024 * 1024;

/// Limit on the nesting of documents in strings. An SQS message with an SNS notification of an event has two levels.
const MAX_LEVELS: usize = 4;

struct Budget {
    bytes: usize,
    /// A string could not be unpacked.
    is_exceeded: bool,
}

enum Packed {
    Not,
    Document(Pack, Node),
    /// Contains a document that cannot be unpacked.
    Unknown,
}

fn packed(text: &str, budget: &mut Budget) -> Packed {
    // A text that begins like a document with strings but cannot be parsed may contain personal values: a truncated
    // document, or several of them.
    let document = |pack, json: &[u8]| match Node::parse(without_mark(json)) {
        Some(node @ (Node::Array(_) | Node::Object(_))) => Packed::Document(pack, node),
        None if json.contains(&b'"') => Packed::Unknown,
        _ => Packed::Not,
    };
    let looks_like_json = |bytes: &[u8]| matches!(without_mark(bytes).trim_ascii_start().first(), Some(b'{' | b'['));
    if looks_like_json(text.as_bytes()) {
        return document(Pack::Json, text.as_bytes());
    }
    if text.starts_with("COMPRESSED") {
        return match decompress_values(&Node::String(text.to_owned()).to_json(), budget.bytes) {
            Ok((_, 0)) => Packed::Not,
            Ok((json, _)) => {
                budget.bytes = budget.bytes.saturating_sub(json.len());
                Node::parse(json.as_bytes()).map_or(Packed::Unknown, |node| Packed::Document(Pack::Json, node))
            }
            Err(_) => Packed::Unknown,
        };
    }
    match STANDARD.decode(text) {
        Ok(bytes) if looks_like_json(&bytes) => document(Pack::Base64, &bytes),
        _ => Packed::Not,
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) | Self::Packed(_, text, _) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    /// Converts an integer beyond an `i64` to a double: EventBridge rejects events with such integers.
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        #[expect(clippy::cast_precision_loss, reason = "for people only: the exact bytes are kept beside it")]
        let number = match i64::try_from(value) {
            Ok(value) => Some(value.into()),
            Err(_) => Number::from_f64(value as f64),
        };
        Ok(number.map_or(Node::Null, Node::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_serialized_in_its_order_without_white_space() {
        for (json, expected) in [
            (
                r#" { "b" : [ 1 , -2.50 , true , null ] , "a" : "ü\n" , "b" : {} } "#,
                r#"{"b":[1,-2.5,true,null],"a":"ü\n","b":{}}"#,
            ),
            ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", "9.223372036854776e+18"),
        ] {
            assert_eq!(Node::parse(json.as_bytes()).unwrap().to_json(), expected);
        }
        for unfit in [&b"\"\\ud800\""[..], b"1e400", b"{", b"\xff", b""] {
            assert_eq!(Node::parse(unfit), None, "{}", String::from_utf8_lossy(unfit));
        }
    }

    #[test]
    fn documents_in_strings_are_found() {
        let inner = r#"{"email":"x"}"#;
        for (text, pack) in [(inner.to_owned(), Pack::Json), (STANDARD.encode(inner), Pack::Base64)] {
            let mut node = Node::String(text.clone());
            assert!(!node.unpack());
            let document = Box::new(Node::parse(inner.as_bytes()).unwrap());
            assert_eq!(node, Node::Packed(pack, text.clone(), document));
            assert_eq!(
                node.to_json(),
                Node::String(text).to_json(),
                "unless something is covered, it is left as it is"
            );
        }
        for plain in ["[sic]", "{", "", "COMPRESSED air", "e30", "12345678"] {
            let mut node = Node::String(plain.to_owned());
            assert!(!node.unpack());
            assert_eq!(node, Node::String(plain.to_owned()));
        }
    }

    #[test]
    fn strings_that_only_look_like_documents_are_covered() {
        let email = r#"{"email":"x"}"#;
        for text in [
            format!("{email}\n{email}"),
            email.split_at(email.len() - 1).0.to_owned(),
            email.replace('x', r"\ud800"),
            STANDARD.encode(format!(" {email}{email}")),
        ] {
            let mut node = Node::String(text);
            assert!(node.unpack());
            assert_eq!(node, Node::String(MARK.to_owned()));
        }
        let mut node = Node::String(format!("\u{feff}{email}"));
        assert!(!node.unpack());
        assert!(matches!(node, Node::Packed(Pack::Json, ..)));
    }

    #[test]
    fn documents_nested_too_deeply_are_covered() {
        let mut text = "[1]".to_owned();
        for _ in 0..=MAX_LEVELS {
            text = serde_json::to_string(&[text]).unwrap();
        }
        let mut node = Node::parse(text.as_bytes()).unwrap();
        assert!(node.unpack());
        node.cover(&Censor::new([]));
        assert!(node.to_json().contains(MARK), "{}", node.to_json());
    }
}
