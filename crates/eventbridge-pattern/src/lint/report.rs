//! Definition of a lint, and the report that it writes findings to.

use std::fmt;

use json_document::Pointer;

use crate::error;
use crate::matcher::Matcher;
use crate::syntax::{Location, MatchArray};
use crate::{Pattern, PatternError, Settings};

/// A check of patterns for a probable mistake.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Lint {
    /// The id, which never changes: `account-unquoted`.
    pub id: &'static str,
    /// The mistake in one sentence, then its consequence and its correction.
    pub explanation: &'static str,
    pub(super) check: Check,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// Checks a valid pattern.
    Pattern(fn(&Pattern, &mut Report<'_>)),
    /// Selects the errors of invalid patterns that belong to the lint.
    Error(fn(&PatternError) -> bool),
}

/// A probable mistake in a pattern.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LintFinding {
    /// The lint that reports it.
    pub lint: &'static Lint,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The JSON pointer of the part of the pattern.
    pub pointer: Pointer,
    /// The mistake at this place.
    pub message: String,
}

impl fmt::Display for LintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lint, line, column, pointer, message } = self;
        write!(f, "line {line}, column {column}")?;
        if *pointer != Pointer::ROOT {
            write!(f, ", {pointer}")?;
        }
        write!(f, ": {}: {message}", lint.id)
    }
}

/// Collects the findings of one lint.
pub(super) struct Report<'a> {
    pub(super) lint: &'static Lint,
    pub(super) text: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) findings: &'a mut Vec<LintFinding>,
}

impl Report<'_> {
    /// Reports a finding at a part of the pattern.
    pub(super) fn push(&mut self, location: &Location, message: impl Into<String>) {
        let (line, column) = error::line_and_column(self.text, location.start);
        let pointer = location.pointer.clone();
        self.findings.push(LintFinding { lint: self.lint, line, column, pointer, message: message.into() });
    }

    /// Reports a finding about the pattern as a whole.
    pub(super) fn push_at_root(&mut self, message: impl Into<String>) {
        let root = Location { start: 0, value_start: 0, value_end: 0, pointer: Pointer::ROOT };
        self.push(&root, message);
    }
}

/// Returns every matcher of a pattern with its array.
pub(super) fn matchers(pattern: &Pattern) -> impl Iterator<Item = (&MatchArray, &Matcher, &Location)> {
    let arrays = pattern.syntax.arrays.iter();
    arrays.flat_map(|array| array.items.iter().map(move |item| (array, &item.matcher, &item.location)))
}
