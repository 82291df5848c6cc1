//! Errors of files whose rules cannot be determined.

use std::borrow::Cow;
use std::fmt;

use json_document::Pointer;

use super::location::{Position, SourceLocation};

/// A file whose rules cannot be determined: the place of the mistake, and a correction.
///
/// ```
/// use event_contract::pattern::Settings;
/// use event_contract::routing::source::{Parameters, SourceError, read};
///
/// let files = [("template.yaml", "Resources:\n  Rule: [\n")];
/// let error: SourceError = read(files, &Parameters::default(), &Settings::default()).into_rules().unwrap_err();
/// assert_eq!((&*error.location().file, error.location().line), ("template.yaml", 3));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    location: SourceLocation,
    message: Cow<'static, str>,
    help: Cow<'static, str>,
    is_unrelated: bool,
}

/// An error without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadError {
    pub(super) at: Position,
    pub(super) message: Cow<'static, str>,
    pub(super) help: Cow<'static, str>,
    pub(super) is_unrelated: bool,
}

impl SourceError {
    /// Returns the place of the mistake.
    pub fn location(&self) -> &SourceLocation {
        &self.location
    }

    /// Returns the description of the mistake.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the correction.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Returns true if the file is valid JSON or YAML that has nothing to do with rules.
    #[cfg(feature = "cli")]
    pub(crate) fn is_unrelated(&self) -> bool {
        self.is_unrelated
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.location, self.message, self.help)
    }
}

impl std::error::Error for SourceError {}

impl ReadError {
    pub(super) fn new(at: Position, message: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { at, message: message.into(), help: help.into(), is_unrelated: false }
    }

    /// Marks the file as one that has nothing to do with rules.
    pub(super) fn unrelated(self) -> Self {
        Self { is_unrelated: true, ..self }
    }

    pub(super) fn in_file(self, file: &str) -> SourceError {
        let Self { at, message, help, is_unrelated } = self;
        SourceError { location: SourceLocation::new(file, at, Pointer::ROOT), message, help, is_unrelated }
    }
}
