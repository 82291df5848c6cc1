//! Errors of texts that are not valid patterns.

use std::borrow::Cow;
use std::fmt;

use json_document::Pointer;

/// A text that EventBridge rejects as a pattern: the reason of the service, its position, and a correction.
///
/// ```
/// use eventbridge_pattern::Pattern;
///
/// let error = Pattern::parse("{\"source\": [{\"prefix\": [\"a.\", \"b.\"]}]}").unwrap_err();
/// assert_eq!((error.line(), error.column()), (1, 24));
/// assert_eq!(error.pointer().as_str(), "/source/0/prefix");
/// assert_eq!(error.reason(), "prefix match pattern must be a string");
/// assert_eq!(error.help(), "write one matcher for each prefix: [{\"prefix\": \"a\"}, {\"prefix\": \"b\"}]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    line: usize,
    column: usize,
    pointer: Pointer,
    rejection: Rejection,
}

/// The part of an error that does not depend on its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    kind: RejectionKind,
    reason: Cow<'static, str>,
    help: Cow<'static, str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RejectionKind {
    /// An array as the operand of `prefix` or `suffix`, which has a lint of its own.
    AffixArray,
    Other,
}

impl PatternError {
    pub(crate) fn new(text: &str, at: usize, pointer: Pointer, rejection: Rejection) -> Self {
        let (line, column) = line_and_column(text, at);
        Self { line, column, pointer, rejection }
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the JSON pointer of the value that is rejected.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the reason in the words of the service: its text after `Event pattern is not valid. Reason:`.
    ///
    /// A text that is not JSON and a pattern that is too long have a reason of this crate.
    pub fn reason(&self) -> &str {
        &self.rejection.reason
    }

    /// Returns the correction.
    pub fn help(&self) -> &str {
        &self.rejection.help
    }

    pub(crate) fn is_affix_array(&self) -> bool {
        match self.rejection.kind {
            RejectionKind::AffixArray => true,
            RejectionKind::Other => false,
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, pointer, rejection: Rejection { reason, help, .. } } = self;
        write!(f, "line {line}, column {column}")?;
        if *pointer != Pointer::ROOT {
            write!(f, ", {pointer}")?;
        }
        write!(f, ": {}: {help}", reason.trim_end_matches('.'))
    }
}

impl std::error::Error for PatternError {}

impl Rejection {
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RejectionKind::Other, reason: reason.into(), help: help.into() }
    }

    pub(crate) fn affix_array(reason: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RejectionKind::AffixArray, ..Self::new(reason, help) }
    }
}

/// Returns the line and the column of a byte, both from 1; the column counts characters.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "{\n \"ä\": 1}";
        assert_eq!(line_and_column(text, text.find('1').unwrap()), (2, 7));
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 400), (2, 9));
    }
}
