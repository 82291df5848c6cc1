//! Strict JSON.

use std::cell::Cell;

use json_document::text::{self as json, Tree};

use crate::routing::source::error::ReadError;
use crate::routing::source::location::Position;
use crate::routing::source::node::{MAX_DEPTH, Member, Node, Value, too_deep};

pub(super) fn parse(text: &str) -> Result<Node, ReadError> {
    let positions = Positions::new(text);
    let tree = json::parse(text).map_err(|error| {
        let message = format!("not JSON: {}", error.kind);
        let help = "write one JSON document, or rename the file to .yaml";
        ReadError::new(positions.position(error.offset), message, help)
    })?;
    to_node(&tree, &positions, 0)
}

fn to_node(tree: &Tree<'_>, positions: &Positions<'_>, depth: usize) -> Result<Node, ReadError> {
    let at = positions.position(tree.offset);
    if depth > MAX_DEPTH {
        return Err(too_deep(at));
    }
    let value = match &tree.value {
        json::Value::Object(members) => {
            let member = |member: &json::Member<'_>| {
                let (at, name) = (positions.position(member.offset), member.name.clone().into_owned());
                Ok(Member { at, name, node: to_node(&member.tree, positions, depth + 1)? })
            };
            Value::Object(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        json::Value::Array(items) => {
            Value::Array(items.iter().map(|item| to_node(item, positions, depth + 1)).collect::<Result<_, _>>()?)
        }
        json::Value::String(text) => Value::String(text.clone().into_owned()),
        json::Value::Number(text) => Value::Number((*text).to_owned()),
        json::Value::Boolean(value) => Value::Boolean(*value),
        json::Value::Null => Value::Null,
    };
    Ok(Node { at, value })
}

/// Converts byte offsets into positions. Callers ask in ascending order, so every character is counted once.
struct Positions<'t> {
    text: &'t str,
    last: Cell<(usize, Position)>,
}

impl<'t> Positions<'t> {
    const START: (usize, Position) = (0, Position::START);

    fn new(text: &'t str) -> Self {
        Self { text, last: Cell::new(Self::START) }
    }

    fn position(&self, at: usize) -> Position {
        let mut end = at.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let (from, mut position) = if self.last.get().0 <= end { self.last.get() } else { Self::START };
        for character in self.text.get(from..end).unwrap_or_default().chars() {
            position = match character {
                '\n' => Position { line: position.line + 1, column: 1 },
                _ => Position { column: position.column + 1, ..position },
            };
        }
        self.last.set((end, position));
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_errors_have_positions() {
        let node = parse("{\n \"ä\": [1.0,\n  {\"a\": null}]\n}").unwrap();
        let array = node.member("ä").unwrap();
        assert_eq!(array.at, Position { line: 2, column: 7 });
        assert_eq!(array.items()[1].members()[0].at, Position { line: 3, column: 4 });
        assert!(matches!(&array.items()[0].value, Value::Number(text) if text == "1.0"));
        let error = parse("{\n \"a\": tea\n}").unwrap_err();
        assert_eq!((error.at, &*error.message), (Position { line: 2, column: 7 }, "not JSON: expected a value"));
        assert!(parse(&format!("{}{}", "[".repeat(300), "]".repeat(300))).is_err());
    }
}
