//! Rules, notes and targets of one file.

use json_document::Pointer;

use super::location::{Position, SourceLocation};
use super::note::SourceNote;
use super::rule::{DeployedRule, Target};
use crate::pattern::Settings;

/// Collects the contents of one file.
pub(super) struct Collector<'a> {
    pub(super) file: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) rules: Vec<DeployedRule>,
    pub(super) notes: Vec<SourceNote>,
    /// Targets of rules that may be in other files.
    pub(super) targets: Vec<DetachedTargets>,
}

/// Targets without their rule.
pub(super) struct DetachedTargets {
    pub(super) file: String,
    pub(super) at: Position,
    pub(super) rule: String,
    pub(super) bus: Option<String>,
    pub(super) targets: Vec<Target>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(file: &'a str, settings: &'a Settings) -> Self {
        Self { file, settings, rules: Vec::new(), notes: Vec::new(), targets: Vec::new() }
    }

    pub(super) fn location(&self, at: Position, pointer: Pointer) -> SourceLocation {
        SourceLocation::new(self.file, at, pointer)
    }

    pub(super) fn note(&mut self, at: Position, message: impl Into<String>) {
        self.notes.push(SourceNote { location: self.location(at, Pointer::ROOT), message: message.into() });
    }
}
