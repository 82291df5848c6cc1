//! Tree of a JSON or YAML document, with positions and with calls of CloudFormation functions.

use std::collections::HashSet;

use json_document::Pointer;
use json_document::text::quote;

use super::error::ReadError;
use super::location::Position;

/// Maximum nesting of a document.
pub(super) const MAX_DEPTH: usize = 200;

/// Maximum number of values of a document: aliases of YAML multiply values ("billion laughs").
pub(super) const MAX_VALUES: usize = 1_000_000;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Object(Vec<Member>),
    Array(Vec<Node>),
    String(String),
    /// A number in the spelling of JSON.
    Number(String),
    Boolean(bool),
    Null,
    /// A CloudFormation function, by its name without `Fn::`.
    Call(String, Box<Node>),
    /// A value that only the deployment decides, with the reason.
    Unknown(String),
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) at: Position,
    pub(super) name: String,
    pub(super) node: Node,
}

impl Node {
    /// Returns the last member of a name.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|member| member.name == name).map(|member| &member.node)
    }

    /// Returns the value at a path of member names.
    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.member(name))
    }

    /// Returns the members of an object, and none of any other value.
    pub(super) fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            Value::Array(_)
            | Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Call(..)
            | Value::Unknown(_) => &[],
        }
    }

    /// Returns the items of an array, and none of any other value.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            Value::Object(_)
            | Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Call(..)
            | Value::Unknown(_) => &[],
        }
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// Returns the text of a String.
    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Object(_)
            | Value::Array(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Call(..)
            | Value::Unknown(_) => None,
        }
    }

    /// Returns the position of the value at a pointer, or of the innermost value around it.
    pub(super) fn position(&self, pointer: &Pointer) -> Position {
        let (mut node, mut at) = (self, self.at);
        for segment in pointer.segments() {
            if let Some(member) = node.members().iter().find(|member| member.name == segment) {
                (node, at) = (&member.node, member.at);
            } else if let Some(item) = segment.parse::<usize>().ok().and_then(|index| node.items().get(index)) {
                (node, at) = (item, item.at);
            } else {
                break;
            }
        }
        at
    }

    /// Rejects duplicate members: parsers disagree about which of them counts.
    pub(super) fn reject_duplicate_members(&self) -> Result<(), ReadError> {
        let mut seen = HashSet::new();
        for member in self.members() {
            if !seen.insert(member.name.as_str()) {
                let message = format!("duplicate member {}", quote(&member.name));
                return Err(ReadError::new(member.at, message, "remove one of them"));
            }
            member.node.reject_duplicate_members()?;
        }
        match &self.value {
            Value::Call(_, argument) => argument.reject_duplicate_members(),
            Value::Array(items) => items.iter().try_for_each(Self::reject_duplicate_members),
            Value::Object(_)
            | Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Unknown(_) => Ok(()),
        }
    }

    /// Appends the value as JSON without white space, and its unknown parts to `unknown`, each with position and reason.
    pub(super) fn write_json(&self, out: &mut String, unknown: &mut Vec<(Position, String)>) {
        match &self.value {
            Value::Object(members) => {
                out.push('{');
                for (index, Member { name, node, .. }) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(&quote(name));
                    out.push(':');
                    node.write_json(out, unknown);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    item.write_json(out, unknown);
                }
                out.push(']');
            }
            Value::String(text) => out.push_str(&quote(text)),
            Value::Number(text) => out.push_str(text),
            Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Null => out.push_str("null"),
            Value::Call(name, _) => unknown.push((self.at, format!("{name} is not evaluated here"))),
            Value::Unknown(reason) => unknown.push((self.at, reason.clone())),
        }
    }
}

pub(super) fn too_deep(at: Position) -> ReadError {
    let help = "templates and patterns are flatter: check that it is the right file";
    ReadError::new(at, format!("nested deeper than {MAX_DEPTH} levels"), help)
}
