//! What cannot be read.

use std::borrow::Cow;
use std::fmt;

use super::rule::Place;
use json_document::Pointer;

/// A file of which the rules are not known: where it is wrong, and what to do.
///
/// ```
/// use event_contract::pattern::Settings;
/// use event_contract::routing::source::{Parameters, read};
///
/// let files = [("template.yaml", "Resources:\n  Rule: [\n")];
/// let error = read(files, &Parameters::default(), &Settings::default()).into_rules().unwrap_err();
/// assert_eq!((error.place().file(), error.place().line()), ("template.yaml", 3));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    place: Place,
    what: Cow<'static, str>,
    help: Cow<'static, str>,
    is_foreign: bool,
}

/// A line and a column in characters, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The same without the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Mark,
    pub(super) what: Cow<'static, str>,
    pub(super) help: Cow<'static, str>,
    /// Whether the file is something else altogether.
    pub(super) is_foreign: bool,
}

impl SourceError {
    /// Where.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Whether the file is something else altogether: JSON or YAML, and neither a template nor rules nor a pattern.
    pub fn is_foreign(&self) -> bool {
        self.is_foreign
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.what, self.help)
    }
}

impl std::error::Error for SourceError {}

impl Fault {
    pub(super) fn new(at: Mark, what: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { at, what: what.into(), help: help.into(), is_foreign: false }
    }

    pub(super) fn in_file(self, file: &str) -> SourceError {
        let Self { at, what, help, is_foreign } = self;
        SourceError { place: Place::new(file, at, Pointer::ROOT), what, help, is_foreign }
    }
}
