//! YAML with the short forms of CloudFormation functions.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::scalar;
use crate::routing::source::error::ReadError;
use crate::routing::source::location::Position;
use crate::routing::source::node::{MAX_DEPTH, MAX_VALUES, Member, Node, Value, too_deep};

/// Parses a file with exactly one document.
pub(super) fn parse(text: &str) -> Result<Node, ReadError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let help = "fix this line or the one before it; quote strings that contain a colon or a brace";
            ReadError::new(position(error.marker()), format!("not YAML: {}", error.info()), help)
        })?;
        builder.push_event(event, position(&span.start))?;
    }
    let help = "check that it is the right file";
    builder.root.ok_or_else(|| ReadError::new(Position::START, "the file is empty", help))
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    values: usize,
    bytes: usize,
    /// Bytes of the values that were copied, for anchors and for aliases.
    copied: usize,
}

/// The value of an anchor.
#[derive(Clone)]
struct Anchored {
    node: Node,
    /// Nesting of the value.
    height: usize,
    /// Number of values in it.
    values: usize,
    /// Bytes of the texts and names in it.
    bytes: usize,
}

/// An object or an array whose end is not reached.
struct Open {
    at: Position,
    anchor: usize,
    function: Option<String>,
    kind: Kind,
    height: usize,
    /// Number of values before it.
    values_before: usize,
    /// Bytes of texts and names before it.
    bytes_before: usize,
}

/// Maximum number of bytes that anchors and aliases copy, with [`BYTES_PER_VALUE`] for each value.
const MAX_COPIED_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of a value without its text.
const BYTES_PER_VALUE: usize = 64;

enum Kind {
    Array(Vec<Node>),
    /// Members, and the name of the next one.
    Object(Vec<Member>, Option<(Position, String)>),
}

impl Builder {
    fn push_event(&mut self, event: Event<'_>, at: Position) -> Result<(), ReadError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(ReadError::new(at, "a second document in one file", "write each document into a file of its own"))
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
            Event::Alias(anchor) => {
                let Some(&Anchored { height, values, bytes, .. }) = self.anchors.get(&anchor) else {
                    return Err(ReadError::new(at, "an alias refers to a value that contains it", "remove the alias"));
                };
                self.count_values(at, values)?;
                self.count_copy(at, values, bytes)?;
                self.bytes += bytes;
                if self.open.len() + height > MAX_DEPTH {
                    return Err(too_deep(at));
                }
                match self.anchors.get(&anchor) {
                    Some(Anchored { node, .. }) => self.push_node(node.clone(), height),
                    None => Ok(()),
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count_values(at, 1)?;
                let bytes = text.len();
                self.bytes += bytes;
                // Member names are not resolved: `012` is the name "012".
                let value = match &tag {
                    None if self.is_name_next() => Value::String(text.into_owned()),
                    _ => resolve_scalar(text, style, tag.as_deref(), at),
                };
                let node = Node { at, value };
                if anchor > 0 {
                    self.count_copy(at, 1, bytes)?;
                    self.anchors.insert(anchor, Anchored { node: node.clone(), height: 0, values: 1, bytes });
                }
                self.push_node(node, 0)
            }
            Event::SequenceStart(anchor, tag) => self.open(at, anchor, tag.as_deref(), Kind::Array(Vec::new())),
            Event::MappingStart(anchor, tag) => self.open(at, anchor, tag.as_deref(), Kind::Object(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn is_name_next(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Object(_, None), .. }))
    }

    fn count_values(&mut self, at: Position, values: usize) -> Result<(), ReadError> {
        self.values += values;
        if self.values > MAX_VALUES {
            let help = "aliases multiply values: replace some by what they refer to";
            return Err(ReadError::new(at, format!("more than {MAX_VALUES} values"), help));
        }
        Ok(())
    }

    /// Counts a copy before it is made.
    fn count_copy(&mut self, at: Position, values: usize, bytes: usize) -> Result<(), ReadError> {
        self.copied += bytes + values * BYTES_PER_VALUE;
        if self.copied > MAX_COPIED_BYTES {
            let help = "aliases multiply values: replace some by what they refer to";
            return Err(ReadError::new(
                at,
                format!("anchors and aliases copy more than {MAX_COPIED_BYTES} bytes"),
                help,
            ));
        }
        Ok(())
    }

    fn open(&mut self, at: Position, anchor: usize, tag: Option<&Tag>, kind: Kind) -> Result<(), ReadError> {
        let (values_before, bytes_before) = (self.values, self.bytes);
        self.count_values(at, 1)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(at));
        }
        let function = tag.and_then(function_name);
        self.open.push(Open { at, anchor, function, kind, height: 0, values_before, bytes_before });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let Some(Open { at, anchor, function, kind, height, values_before, bytes_before }) = self.open.pop() else {
            return Ok(());
        };
        let value = match kind {
            Kind::Array(items) => Value::Array(items),
            Kind::Object(members, _) => Value::Object(apply_merge_keys(members)?),
        };
        let mut node = Node { at, value };
        if let Some(function) = function {
            node = Node { at, value: Value::Call(function, Box::new(node)) };
        }
        if anchor > 0 {
            let (values, bytes) = (self.values - values_before, self.bytes - bytes_before);
            self.count_copy(at, values, bytes)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), height: height + 1, values, bytes });
        }
        self.push_node(node, height + 1)
    }

    fn push_node(&mut self, node: Node, height: usize) -> Result<(), ReadError> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(height);
        match &mut open.kind {
            Kind::Array(items) => items.push(node),
            Kind::Object(members, name) => match name.take() {
                Some((at, name)) => members.push(Member { at, name, node }),
                None => *name = Some((node.at, into_member_name(node)?)),
            },
        }
        Ok(())
    }
}

fn into_member_name(node: Node) -> Result<String, ReadError> {
    match node.value {
        Value::String(text) => Ok(text),
        Value::Object(_)
        | Value::Array(_)
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Null
        | Value::Call(..)
        | Value::Unknown(_) => {
            Err(ReadError::new(node.at, "a member name is not a string", "write a word or a string in quotes"))
        }
    }
}

/// Replaces merge keys (`<<`) by the members of their objects; members of the object itself take precedence.
fn apply_merge_keys(members: Vec<Member>) -> Result<Vec<Member>, ReadError> {
    let (merges, mut own): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.name == "<<");
    if merges.is_empty() {
        return Ok(own);
    }
    let mut names: HashSet<String> = own.iter().map(|member| member.name.clone()).collect();
    for merge in merges {
        let parts = match merge.node {
            Node { value: Value::Array(items), .. } => items,
            node => vec![node],
        };
        for part in parts {
            let Value::Object(members) = part.value else {
                return Err(ReadError::new(
                    merge.at,
                    "the value of `<<` is not an object",
                    "write an alias of an object",
                ));
            };
            for member in members {
                if names.insert(member.name.clone()) {
                    own.push(member);
                }
            }
        }
    }
    Ok(own)
}

/// Resolves a scalar by its tag, or by its form if it has no tag.
fn resolve_scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, at: Position) -> Value {
    let plain = |text: Cow<'_, str>| match style {
        ScalarStyle::Plain => scalar::resolve(&text),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => {
            Value::String(text.into_owned())
        }
    };
    let Some(tag) = tag else { return plain(text) };
    if let Some(function) = function_name(tag) {
        // The argument of a function is a name or a string in any form.
        let argument = Node { at, value: Value::String(text.into_owned()) };
        return Value::Call(function, Box::new(argument));
    }
    match full_name(tag).strip_prefix(CORE_SCHEMA) {
        Some("str") => Value::String(text.into_owned()),
        Some("int" | "float" | "bool" | "null") => scalar::resolve(&text),
        Some(_) | None if tag.handle == "!" && tag.suffix.is_empty() => Value::String(text.into_owned()),
        Some(_) | None => Value::Unknown(format!("the tag {} is not supported", full_name(tag))),
    }
}

const CORE_SCHEMA: &str = "tag:yaml.org,2002:";

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// Returns the name of a CloudFormation function: `Sub` of `!Sub`.
fn function_name(tag: &Tag) -> Option<String> {
    (tag.handle == "!" && !tag.suffix.is_empty()).then(|| tag.suffix.clone())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn json(text: &str) -> String {
        let (mut out, mut unknown) = (String::new(), Vec::new());
        parse(text).unwrap().write_json(&mut out, &mut unknown);
        assert!(unknown.is_empty(), "{unknown:?}");
        out
    }

    fn error(text: &str) -> (usize, String) {
        let error = parse(text).unwrap_err();
        (error.at.line, error.message.into_owned())
    }

    #[test]
    fn values_are_json_values() {
        assert_eq!(
            json("account: [{anything-but: 123456789012}]\nb: '5'\nc: !!str 5\nd:\n- |\n  x\n- true\n- ~\n"),
            r#"{"account":[{"anything-but":123456789012}],"b":"5","c":"5","d":["x\n",true,null]}"#
        );
        assert_eq!(json("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\ne: [*x]\n"), {
            r#"{"a":{"b":1,"c":2},"d":{"b":3,"c":2},"e":[{"b":1,"c":2}]}"#
        });
        assert_eq!(json("on: 1\n012: 2\n"), r#"{"on":1,"012":2}"#);
    }

    #[test]
    fn functions_are_calls_with_positions() {
        let node = parse("a: !Ref 012\nb:\n  - !Sub [x, {y: 1}]\n").unwrap();
        let Value::Call(name, argument) = &node.member("a").unwrap().value else { panic!("a call") };
        assert_eq!((name.as_str(), argument.as_str()), ("Ref", Some("012")));
        let call = &node.member("b").unwrap().items()[0];
        assert_eq!(call.at.line, 3);
        assert!(matches!(&call.value, Value::Call(name, argument) if name == "Sub" && argument.items().len() == 2));
    }

    #[test]
    fn invalid_documents_are_rejected_with_a_line() {
        assert_eq!(error("# nothing\n"), (1, "the file is empty".to_owned()));
        assert_eq!(error("a: 1\n---\nb: 2\n").1, "a second document in one file");
        assert_eq!(error("a:\n  - @x\n").0, 2);
        assert_eq!(error("a: &x\n  - *x\n").0, 2);
        assert_eq!(error("[a]: 1\n").1, "a member name is not a string");
        assert_eq!(error(&"[".repeat(250)).1, "nested deeper than 200 levels");
    }

    #[test]
    fn aliases_cannot_exceed_the_limits() {
        let mut text = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
        for level in 1..9 {
            let below = vec![format!("*a{}", level - 1); 10].join(",");
            writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
        }
        let copies = "anchors and aliases copy more than 33554432 bytes";
        assert_eq!(error(&text).1, copies);
        let mut full = Builder { values: MAX_VALUES - 1, ..Builder::default() };
        assert!(full.count_values(Position::START, 1).is_ok());
        assert_eq!(full.count_values(Position::START, 1).unwrap_err().message, "more than 1000000 values");
        let long = "x".repeat(1000);
        let aliases = format!("a: &a '{long}'\nb: [{}]\n", vec!["*a"; 40_000].join(", "));
        assert_eq!(error(&aliases).1, copies);
        let nested: String =
            (0..150).flat_map(|number| ["&a".to_owned(), number.to_string(), " [".to_owned()]).collect();
        let nested = format!("{nested}'{}'{}", long.repeat(300), "]".repeat(150));
        assert_eq!(error(&nested).1, copies);
        let mut deep = String::from("a0: &a0 [[[[[[[[[[1]]]]]]]]]]\n");
        for level in 1..40 {
            writeln!(deep, "a{level}: &a{level} [[[[[[[[[*a{}]]]]]]]]]", level - 1).unwrap();
        }
        assert_eq!(error(&deep).1, "nested deeper than 200 levels");
    }
}
