//! The tree that a payload is read from.

use std::borrow::Cow;

use serde_json::Number;
use serde_json::value::RawValue;

use crate::kept::members;

/// A JSON value with the text it was read from.
#[derive(Debug)]
pub(in crate::read) struct Node<'de> {
    pub(super) raw: &'de RawValue,
    pub(super) kind: Kind<'de>,
}

#[derive(Debug)]
pub(in crate::read) enum Kind<'de> {
    Null,
    Bool(bool),
    /// `None` where no number type of serde's can hold it; the text has it all the same.
    Number(Option<Number>),
    Text(Cow<'de, str>),
    Array(Vec<Node<'de>>),
    Object(Vec<(Cow<'de, str>, Node<'de>)>),
}

/// Why a text cannot be taken apart.
#[derive(Debug)]
pub(in crate::read) enum Malformed {
    TooDeep,
    /// A string is none, such as one with half of a surrogate pair.
    Text(String),
}

impl<'de> Node<'de> {
    /// Takes a JSON text apart, down to `depth`.
    pub(in crate::read) fn new(raw: &'de RawValue, depth: usize) -> Result<Self, Malformed> {
        let text = raw.get();
        let below = || depth.checked_sub(1).ok_or(Malformed::TooDeep);
        let text_of = |error: serde_json::Error| Malformed::Text(error.to_string());
        // The text is JSON, as far as `RawValue` looks: it does not look at what the escapes in a string come to.
        let kind = match text.as_bytes()[0] {
            b'n' => Kind::Null,
            b't' => Kind::Bool(true),
            b'f' => Kind::Bool(false),
            b'"' => Kind::Text(serde_json::from_str::<crate::kept::Name<'de>>(text).map_err(text_of)?.0),
            b'[' => {
                let depth = below()?;
                let items: Vec<&'de RawValue> = serde_json::from_str(text).map_err(text_of)?;
                Kind::Array(items.into_iter().map(|item| Node::new(item, depth)).collect::<Result<_, _>>()?)
            }
            b'{' => {
                let depth = below()?;
                let members = members(text).map_err(text_of)?.into_iter();
                Kind::Object(
                    members.map(|(name, value)| Ok((name, Node::new(value, depth)?))).collect::<Result<_, _>>()?,
                )
            }
            _ => Kind::Number(serde_json::from_str(text).ok()),
        };
        Ok(Self { raw, kind })
    }

    pub(in crate::read) fn raw(&self) -> &'de RawValue {
        self.raw
    }

    pub(in crate::read) fn members(&self) -> &[(Cow<'de, str>, Node<'de>)] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    pub(in crate::read) fn items(&self) -> &[Node<'de>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    pub(super) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
        }
    }
}
