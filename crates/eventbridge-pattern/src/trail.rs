//! The way from the root of a pattern to what is being read, so that whoever refuses it need not say where it stands.

use std::fmt::Display;

use super::error::Refusal;
use json_document::Pointer;
use json_document::text::{Member, Tree, Value};

#[derive(Debug, Default)]
pub(super) struct Trail {
    pointer: Pointer,
    at: usize,
}

impl Trail {
    /// Goes to a value below this one and back. Where the value is refused, the trail ends there.
    pub(super) fn below<T>(
        &mut self,
        segment: impl Display,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (length, above) = (self.pointer.as_str().len(), self.at);
        self.pointer.push(segment);
        self.at = at;
        let read = read(self)?;
        self.pointer.truncate(length);
        self.at = above;
        Ok(read)
    }

    pub(super) fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn into_parts(self) -> (usize, Pointer) {
        (self.at, self.pointer)
    }

    /// Reads the one member that a match has.
    pub(super) fn only<T>(
        &mut self,
        members: &[Member<'_>],
        nameless: &'static str,
        read: impl FnOnce(&mut Self, &str, &Tree<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let [first, others @ ..] = members else {
            return Err(Refusal::new(nameless, "write the name of a match: [{\"prefix\": \"a\"}]"));
        };
        let value = self.below(&first.name, first.tree.at, |trail| read(trail, &first.name, &first.tree))?;
        match others {
            [] => Ok(value),
            [other, ..] => self.below(&other.name, other.at, |_| {
                Err(Refusal::new(
                    "Only one key allowed in match expression",
                    "write each match as an object of its own, [{…}, {…}]; any of them may hold",
                ))
            }),
        }
    }
}

/// The text that an operand has to be.
pub(super) fn text<'a>(tree: &'a Tree<'_>, refusal: impl FnOnce() -> Refusal) -> Result<&'a str, Refusal> {
    match &tree.value {
        Value::String(text) => Ok(text),
        Value::Object(_) | Value::Array(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => Err(refusal()),
    }
}
