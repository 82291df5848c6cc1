//! JSON and YAML as templates need them: with the place of every value, and the functions of CloudFormation.

mod json;
mod scalar;
mod yaml;

use std::collections::HashSet;

use super::error::{Fault, Mark};
use json_document::Pointer;
use json_document::text::quoted;

/// As deep as a document may be nested, and as many values as may stand in it: names for parts of YAML could make far
/// more of little text.
const DEPTH: usize = 200;
const VALUES: usize = 1_000_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Mark,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Object(Vec<Member>),
    Array(Vec<Node>),
    String(String),
    /// As it is spelled, which is as JSON does.
    Number(String),
    Boolean(bool),
    Null,
    /// A function of CloudFormation, by its name without `Fn::`.
    Call(String, Box<Node>),
    /// What only the deployment decides, and why.
    Unknown(String),
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) at: Mark,
    pub(super) name: String,
    pub(super) node: Node,
}

/// Reads a file: JSON by its name or by how it begins, else YAML.
pub(super) fn read(name: &str, text: &str) -> Result<Node, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_json(name) {
        return json::read(text);
    }
    // JSON is YAML, but not every parser of YAML takes all of it.
    if text.trim_start().starts_with(['{', '[']) {
        return json::read(text).or_else(|_| yaml::read(text));
    }
    yaml::read(text)
}

pub(super) fn is_json(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

impl Node {
    /// The member of an object.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|member| member.name == name).map(|member| &member.node)
    }

    /// What is found by one name after the other.
    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.member(name))
    }

    /// The members, where it is an object.
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

    /// The items, where it is a list.
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

    /// The text that it is.
    pub(super) fn text(&self) -> Option<&str> {
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

    /// Where the value is that a pointer names, or the nearest thing around it.
    pub(super) fn mark_of(&self, pointer: &Pointer) -> Mark {
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

    /// Refuses an object in which a name stands twice: which of the two counts is for each parser to say.
    pub(super) fn unique(&self) -> Result<(), Fault> {
        let mut seen = HashSet::new();
        for member in self.members() {
            if !seen.insert(member.name.as_str()) {
                let what = format!("{} stands twice in one object", quoted(&member.name));
                return Err(Fault::new(member.at, what, "leave one of them out"));
            }
            member.node.unique()?;
        }
        match &self.value {
            Value::Call(_, argument) => argument.unique(),
            Value::Array(items) => items.iter().try_for_each(Self::unique),
            Value::Object(_)
            | Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Unknown(_) => Ok(()),
        }
    }

    /// As JSON without white space; what is not known goes into `unknown`, with its place.
    pub(super) fn write(&self, out: &mut String, unknown: &mut Vec<(Mark, String)>) {
        match &self.value {
            Value::Object(members) => {
                out.push('{');
                for (index, Member { name, node, .. }) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(&quoted(name));
                    out.push(':');
                    node.write(out, unknown);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    item.write(out, unknown);
                }
                out.push(']');
            }
            Value::String(text) => out.push_str(&quoted(text)),
            Value::Number(text) => out.push_str(text),
            Value::Boolean(bool) => out.push_str(if *bool { "true" } else { "false" }),
            Value::Null => out.push_str("null"),
            Value::Call(name, _) => unknown.push((self.at, format!("{name} is not known here"))),
            Value::Unknown(why) => unknown.push((self.at, why.clone())),
        }
    }
}

fn too_deep(at: Mark) -> Fault {
    Fault::new(at, format!("nested deeper than {DEPTH} levels"), "templates and patterns are not; is it another file?")
}
