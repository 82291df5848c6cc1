//! What is found in one file.

use std::fmt;

use super::error::Mark;
use super::rule::{DeployedRule, Place, Target};
use crate::pattern::Settings;
use json_document::Pointer;

/// Something about a file that one should know who relies on its rules: a value that was assumed, a part that was not
/// read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    place: Place,
    what: String,
}

impl Note {
    /// Where.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What.
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Takes what is found.
pub(super) struct Found<'a> {
    pub(super) file: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) rules: Vec<DeployedRule>,
    pub(super) notes: Vec<Note>,
    /// Targets of a rule that may stand in another file.
    pub(super) targets: Vec<Loose>,
}

/// Targets without their rule.
pub(super) struct Loose {
    pub(super) place: Place,
    pub(super) at: Mark,
    pub(super) rule: String,
    pub(super) bus: Option<String>,
    pub(super) targets: Vec<Target>,
}

impl<'a> Found<'a> {
    pub(super) fn new(file: &'a str, settings: &'a Settings) -> Self {
        Self { file, settings, rules: Vec::new(), notes: Vec::new(), targets: Vec::new() }
    }

    pub(super) fn place(&self, at: Mark, pointer: Pointer) -> Place {
        Place::new(self.file, at, pointer)
    }

    pub(super) fn note(&mut self, at: Mark, what: impl Into<String>) {
        self.notes.push(Note { place: self.place(at, Pointer::ROOT), what: what.into() });
    }
}
