//! YAML, with the short forms of CloudFormation's functions.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{DEPTH, Member, Node, VALUES, Value, scalar, too_deep};
use crate::routing::source::error::{Fault, Mark};

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let help = "mend the line, or the one before it; texts with a colon or a brace in them go in quotes";
            Fault::new(mark(error.marker()), format!("not YAML: {}", error.info()), help)
        })?;
        builder.take(event, mark(&span.start))?;
    }
    let start = Mark { line: 1, column: 1 };
    builder.root.ok_or_else(|| Fault::new(start, "the file is empty", "is it the right one?"))
}

fn mark(marker: &Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    /// What has a name, with how deep it is nested and how many values it holds.
    anchors: HashMap<usize, (Node, usize, usize)>,
    values: usize,
}

/// An object or a list that is not at its end.
struct Open {
    at: Mark,
    anchor: usize,
    function: Option<String>,
    kind: Kind,
    height: usize,
    /// How many values there were when it began.
    before: usize,
}

enum Kind {
    List(Vec<Node>),
    Object(Vec<Member>, Option<(Mark, String)>),
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Mark) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(Fault::new(at, "there is another document in this file", "write each into a file of its own"))
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
            Event::Alias(anchor) => {
                let Some((node, height, values)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Fault::new(at, "a part of the document is said to hold itself", "leave the alias out"));
                };
                self.count(at, values)?;
                if self.open.len() + height > DEPTH {
                    return Err(too_deep(at));
                }
                self.put(node, height)
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(at, 1)?;
                // The name of a member is the text that it is spelled as.
                let value = match &tag {
                    None if self.is_name_next() => Value::String(text.into_owned()),
                    _ => tagged(text, style, tag.as_deref(), at),
                };
                let node = Node { at, value };
                if anchor > 0 {
                    self.anchors.insert(anchor, (node.clone(), 0, 1));
                }
                self.put(node, 0)
            }
            Event::SequenceStart(anchor, tag) => self.open(at, anchor, tag.as_deref(), Kind::List(Vec::new())),
            Event::MappingStart(anchor, tag) => self.open(at, anchor, tag.as_deref(), Kind::Object(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn is_name_next(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Object(_, None), .. }))
    }

    fn count(&mut self, at: Mark, values: usize) -> Result<(), Fault> {
        self.values += values;
        if self.values > VALUES {
            let help = "aliases make more of the text than it says: write it out, and less of it";
            return Err(Fault::new(at, format!("more than {VALUES} values"), help));
        }
        Ok(())
    }

    fn open(&mut self, at: Mark, anchor: usize, tag: Option<&Tag>, kind: Kind) -> Result<(), Fault> {
        let before = self.values;
        self.count(at, 1)?;
        if self.open.len() >= DEPTH {
            return Err(too_deep(at));
        }
        let function = tag.and_then(function);
        self.open.push(Open { at, anchor, function, kind, height: 0, before });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(Open { at, anchor, function, kind, height, before }) = self.open.pop() else { return Ok(()) };
        let value = match kind {
            Kind::List(items) => Value::Array(items),
            Kind::Object(members, _) => Value::Object(merged(members)?),
        };
        let mut node = Node { at, value };
        if let Some(function) = function {
            node = Node { at, value: Value::Call(function, Box::new(node)) };
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), height + 1, self.values - before));
        }
        self.put(node, height + 1)
    }

    fn put(&mut self, node: Node, height: usize) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(height);
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Object(members, name) => match name.take() {
                Some((at, name)) => members.push(Member { at, name, node }),
                None => *name = Some((node.at, self::name(node)?)),
            },
        }
        Ok(())
    }
}

fn name(node: Node) -> Result<String, Fault> {
    match node.value {
        Value::String(text) => Ok(text),
        Value::Object(_)
        | Value::Array(_)
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Null
        | Value::Call(..)
        | Value::Unknown(_) => {
            Err(Fault::new(node.at, "the name of a member is not a text", "write a word, or a text in quotes"))
        }
    }
}

/// With the members that `<<` names put in, where there are none of their names.
fn merged(members: Vec<Member>) -> Result<Vec<Member>, Fault> {
    let (merges, mut own): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.name == "<<");
    for merge in merges {
        let parts = match merge.node {
            Node { value: Value::Array(items), .. } => items,
            node => vec![node],
        };
        for part in parts {
            let Value::Object(members) = part.value else {
                return Err(Fault::new(merge.at, "what `<<` names is not an object", "name one with *"));
            };
            for member in members {
                if own.iter().all(|known| known.name != member.name) {
                    own.push(member);
                }
            }
        }
    }
    Ok(own)
}

/// A scalar by its tag, or as what it looks like.
fn tagged(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, at: Mark) -> Value {
    let plain = |text: Cow<'_, str>| match style {
        ScalarStyle::Plain => scalar::value(&text),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => {
            Value::String(text.into_owned())
        }
    };
    let Some(tag) = tag else { return plain(text) };
    if let Some(function) = function(tag) {
        // The argument of a function is a name or a text, whatever it looks like.
        let argument = Node { at, value: Value::String(text.into_owned()) };
        return Value::Call(function, Box::new(argument));
    }
    match full(tag).strip_prefix(CORE) {
        Some("str") => Value::String(text.into_owned()),
        Some("int" | "float" | "bool" | "null") => scalar::value(&text),
        Some(_) | None if tag.handle == "!" && tag.suffix.is_empty() => Value::String(text.into_owned()),
        Some(_) | None => Value::Unknown(format!("the tag {} is not known here", full(tag))),
    }
}

const CORE: &str = "tag:yaml.org,2002:";

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// `Sub` of `!Sub`.
fn function(tag: &Tag) -> Option<String> {
    (tag.handle == "!" && !tag.suffix.is_empty()).then(|| tag.suffix.clone())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn json(text: &str) -> String {
        let (mut out, mut unknown) = (String::new(), Vec::new());
        read(text).unwrap().write(&mut out, &mut unknown);
        assert!(unknown.is_empty(), "{unknown:?}");
        out
    }

    fn refused(text: &str) -> (usize, String) {
        let fault = read(text).unwrap_err();
        (fault.at.line, fault.what.into_owned())
    }

    #[test]
    fn values_are_those_of_json() {
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
    fn functions_are_calls_with_their_places() {
        let node = read("a: !Ref 012\nb:\n  - !Sub [x, {y: 1}]\n").unwrap();
        let Value::Call(name, argument) = &node.member("a").unwrap().value else { panic!("a call") };
        assert_eq!((name.as_str(), argument.text()), ("Ref", Some("012")));
        let call = &node.member("b").unwrap().items()[0];
        assert_eq!(call.at.line, 3);
        assert!(matches!(&call.value, Value::Call(name, argument) if name == "Sub" && argument.items().len() == 2));
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_line() {
        assert_eq!(refused("# nothing\n"), (1, "the file is empty".to_owned()));
        assert_eq!(refused("a: 1\n---\nb: 2\n").1, "there is another document in this file");
        assert_eq!(refused("a:\n  - @x\n").0, 2);
        assert_eq!(refused("a: &x\n  - *x\n").0, 2);
        assert_eq!(refused("[a]: 1\n").1, "the name of a member is not a text");
        assert_eq!(refused(&"[".repeat(250)).1, "nested deeper than 200 levels");
    }

    #[test]
    fn aliases_do_not_make_much_of_little() {
        let mut text = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
        for level in 1..9 {
            let below = vec![format!("*a{}", level - 1); 10].join(",");
            writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
        }
        assert_eq!(refused(&text).1, "more than 1000000 values");
        let mut deep = String::from("a0: &a0 [[[[[[[[[[1]]]]]]]]]]\n");
        for level in 1..40 {
            writeln!(deep, "a{level}: &a{level} [[[[[[[[[*a{}]]]]]]]]]", level - 1).unwrap();
        }
        assert_eq!(refused(&deep).1, "nested deeper than 200 levels");
    }
}
