//! Why a text is not a pattern.

use std::borrow::Cow;
use std::fmt;

use json_document::Pointer;

/// A text is not a pattern that EventBridge takes: what it says of it, where, and what to write instead.
///
/// ```
/// use eventbridge_pattern::Pattern;
///
/// let error = Pattern::parse("{\"source\": [{\"prefix\": [\"a.\", \"b.\"]}]}").unwrap_err();
/// assert_eq!((error.line(), error.column()), (1, 24));
/// assert_eq!(error.pointer().as_str(), "/source/0/prefix");
/// assert_eq!(error.reason(), "prefix match pattern must be a string");
/// assert_eq!(error.help(), "write one match a prefix: [{\"prefix\": \"a\"}, {\"prefix\": \"b\"}]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    line: usize,
    column: usize,
    pointer: Pointer,
    refusal: Refusal,
}

/// What is wrong, without the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    kind: Kind,
    reason: Cow<'static, str>,
    help: Cow<'static, str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What nobody has a name for.
    Other,
    /// `{"prefix": ["a", "b"]}`, and the like with `suffix`.
    List,
}

impl PatternError {
    pub(super) fn new(text: &str, at: usize, pointer: Pointer, refusal: Refusal) -> Self {
        let (line, column) = place(text, at);
        Self { line, column, pointer, refusal }
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The JSON path.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// What the service says: the text behind `Event pattern is not valid. Reason:`. Where the text is no JSON at all,
    /// the words are this library's.
    pub fn reason(&self) -> &str {
        &self.refusal.reason
    }

    /// What to write instead.
    pub fn help(&self) -> &str {
        &self.refusal.help
    }

    pub(super) fn is_list_of_affixes(&self) -> bool {
        match self.refusal.kind {
            Kind::List => true,
            Kind::Other => false,
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, pointer, refusal: Refusal { reason, help, .. } } = self;
        write!(f, "line {line}, column {column}")?;
        if *pointer != Pointer::ROOT {
            write!(f, ", {pointer}")?;
        }
        write!(f, ": {}: {help}", reason.trim_end_matches('.'))
    }
}

impl std::error::Error for PatternError {}

impl Refusal {
    pub(super) fn new(reason: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::Other, reason: reason.into(), help: help.into() }
    }

    pub(super) fn list(reason: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: Kind::List, ..Self::new(reason, help) }
    }
}

/// The line and the column of a byte.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "{\n \"ä\": 1}";
        assert_eq!(place(text, text.find('1').unwrap()), (2, 7));
        assert_eq!(place(text, 0), (1, 1));
        assert_eq!(place(text, 400), (2, 9));
    }
}
