//! Positions in files.

use std::fmt;

use json_document::Pointer;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceLocation {
    /// The name of the file, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The JSON pointer: of a rule from the root of the file, of a finding from the root of the pattern.
    pub pointer: Pointer,
}

/// A line and a column in characters, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Position {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

impl SourceLocation {
    pub(super) fn new(file: &str, Position { line, column }: Position, pointer: Pointer) -> Self {
        Self { file: file.to_owned(), line, column, pointer }
    }
}

impl fmt::Display for SourceLocation {
    /// Writes `template.yaml:12:7`, which editors and terminals understand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
