//! JSON, strictly.

use std::cell::Cell;

use super::{DEPTH, Member, Node, Value, too_deep};
use crate::routing::source::error::{Fault, Mark};
use json_document::text::{self as json, Tree};

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let lines = Lines::new(text);
    let tree = json::parse(text).map_err(|fault| {
        let what = format!("not JSON: {}", fault.kind);
        Fault::new(lines.mark(fault.at), what, "write one JSON document; YAML goes into a file that ends in .yaml")
    })?;
    node(&tree, &lines, 0)
}

fn node(tree: &Tree<'_>, lines: &Lines<'_>, depth: usize) -> Result<Node, Fault> {
    let at = lines.mark(tree.at);
    if depth > DEPTH {
        return Err(too_deep(at));
    }
    let value = match &tree.value {
        json::Value::Object(members) => {
            let member = |member: &json::Member<'_>| {
                let (at, name) = (lines.mark(member.at), member.name.clone().into_owned());
                Ok(Member { at, name, node: node(&member.tree, lines, depth + 1)? })
            };
            Value::Object(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        json::Value::Array(items) => {
            Value::Array(items.iter().map(|item| node(item, lines, depth + 1)).collect::<Result<_, _>>()?)
        }
        json::Value::String(text) => Value::String(text.clone().into_owned()),
        json::Value::Number(text) => Value::Number((*text).to_owned()),
        json::Value::Boolean(bool) => Value::Boolean(*bool),
        json::Value::Null => Value::Null,
    };
    Ok(Node { at, value })
}

/// Turns bytes into lines and columns. They are asked for in the order of the text, so each stretch is counted once.
struct Lines<'t> {
    text: &'t str,
    last: Cell<(usize, Mark)>,
}

impl<'t> Lines<'t> {
    const START: (usize, Mark) = (0, Mark { line: 1, column: 1 });

    fn new(text: &'t str) -> Self {
        Self { text, last: Cell::new(Self::START) }
    }

    fn mark(&self, at: usize) -> Mark {
        let mut end = at.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let (from, mut mark) = if self.last.get().0 <= end { self.last.get() } else { Self::START };
        for character in self.text[from..end].chars() {
            mark = match character {
                '\n' => Mark { line: mark.line + 1, column: 1 },
                _ => Mark { column: mark.column + 1, ..mark },
            };
        }
        self.last.set((end, mark));
        mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places() {
        let node = read("{\n \"ä\": [1.0,\n  {\"a\": null}]\n}").unwrap();
        let list = node.member("ä").unwrap();
        assert_eq!(list.at, Mark { line: 2, column: 7 });
        assert_eq!(list.items()[1].members()[0].at, Mark { line: 3, column: 4 });
        assert!(matches!(&list.items()[0].value, Value::Number(text) if text == "1.0"));
        let fault = read("{\n \"a\": tea\n}").unwrap_err();
        assert_eq!((fault.at, &*fault.what), (Mark { line: 2, column: 7 }, "not JSON: expected a value"));
        assert!(read(&format!("{}{}", "[".repeat(300), "]".repeat(300))).is_err());
    }
}
