//! The position of the parser in a pattern.

use std::fmt::Display;

use json_document::Pointer;
use json_document::text::{Member, Tree, Value};

use crate::error::Rejection;

/// Path from the root of a pattern to the value that is being parsed.
///
/// Whoever rejects a value does not need to know its position: the cursor stays where parsing failed.
#[derive(Debug, Default)]
pub(crate) struct Cursor {
    pointer: Pointer,
    at: usize,
}

impl Cursor {
    /// Moves to a child value for the time of `parse`, and back unless `parse` fails.
    pub(crate) fn descend<T>(
        &mut self,
        segment: impl Display,
        at: usize,
        parse: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let (parent_length, parent_at) = (self.pointer.as_str().len(), self.at);
        self.pointer.push(segment);
        self.at = at;
        let parsed = parse(self)?;
        self.pointer.truncate(parent_length);
        self.at = parent_at;
        Ok(parsed)
    }

    pub(crate) fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the byte at which the current value starts, or the name before it.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn into_parts(self) -> (usize, Pointer) {
        (self.at, self.pointer)
    }

    /// Parses the only member of a match expression such as `{"prefix": "a"}`.
    pub(crate) fn parse_only_member<T>(
        &mut self,
        members: &[Member<'_>],
        missing_name: &'static str,
        parse: impl FnOnce(&mut Self, &str, &Tree<'_>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let [first, others @ ..] = members else {
            return Err(Rejection::new(missing_name, "write an operator and its operand: [{\"prefix\": \"a\"}]"));
        };
        // The service parses the first operand before it looks at the second name.
        let value = self.descend(&first.name, first.tree.offset, |cursor| parse(cursor, &first.name, &first.tree))?;
        match others {
            [] => Ok(value),
            [other, ..] => self.descend(&other.name, other.offset, |_| {
                Err(Rejection::new(
                    "Only one key allowed in match expression",
                    "write each matcher as an object of its own, [{…}, {…}]; any of them may match",
                ))
            }),
        }
    }
}

/// Returns the String that an operand must be.
pub(crate) fn expect_string<'a>(
    tree: &'a Tree<'_>,
    rejection: impl FnOnce() -> Rejection,
) -> Result<&'a str, Rejection> {
    match &tree.value {
        Value::String(text) => Ok(text),
        Value::Object(_) | Value::Array(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => Err(rejection()),
    }
}
