//! In what a record is not as it should be.

use std::fmt;

use chrono::NaiveDate;

use crate::schema::{Schema, assertions_of, pretty};

/// One thing in which a record is not what its catalog says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFinding {
    path: String,
    kind: FindingKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FindingKind {
    /// A generated file that is not there.
    Missing,
    /// A generated file that is not as it would be generated now.
    Differs(Box<Texts>),
    /// A file in a folder of generated files that nothing generates.
    Stray,
    /// A published file that was edited.
    Changed,
    /// A published file that is not there.
    Lost,
    /// A published schema that its type contradicts.
    WouldChange(Box<Texts>),
    /// A published version that no type has any more.
    Gone,
    /// A published version of which the index does not lock everything.
    Unlocked,
    /// A published version that belongs to another subsystem now.
    Owner { published: String },
    /// A published version that is to end earlier than it was said.
    Sunset { published: NaiveDate, now: NaiveDate },
    /// A schema that asserts the same, and in which known values or defaults have changed.
    Meaning(Box<Texts>),
    /// A golden event that is none.
    Golden { why: String },
    /// A version without a golden event.
    NoGolden,
}

/// What is there, and what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    found: String,
    expected: String,
}

impl FindingKind {
    pub(super) fn differs(found: &[u8], expected: &[u8]) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self::Differs(Box::new(Texts { found: text(found), expected: text(expected) }))
    }

    /// With everything.
    pub(super) fn meaning(published: &[u8], schema: &Schema) -> Self {
        let found = String::from_utf8_lossy(published).into_owned();
        Self::Meaning(Box::new(Texts { found, expected: pretty(schema.as_value()) }))
    }

    /// Without what may change.
    pub(super) fn would_change(published: &[u8], schema: &Schema) -> Self {
        let found = match serde_json::from_slice(published) {
            Ok(published) => pretty(&assertions_of(&published)),
            Err(_) => String::from_utf8_lossy(published).into_owned(),
        };
        Self::WouldChange(Box::new(Texts { found, expected: pretty(&schema.assertions()) }))
    }
}

impl RecordFinding {
    pub(super) fn new(path: &str, kind: FindingKind) -> Self {
        Self { path: path.to_owned(), kind }
    }

    /// The file, or the version, that it is about.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is there and what should be, where the difference between two texts is the finding.
    pub fn texts(&self) -> Option<(&str, &str)> {
        match &self.kind {
            FindingKind::Differs(texts) | FindingKind::WouldChange(texts) | FindingKind::Meaning(texts) => {
                Some((&texts.found, &texts.expected))
            }
            FindingKind::Missing
            | FindingKind::Stray
            | FindingKind::Changed
            | FindingKind::Lost
            | FindingKind::Gone
            | FindingKind::Unlocked
            | FindingKind::Owner { .. }
            | FindingKind::Sunset { .. }
            | FindingKind::Golden { .. }
            | FindingKind::NoGolden => None,
        }
    }
}

impl fmt::Display for RecordFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match &self.kind {
            FindingKind::Missing => f.write_str("is missing: write the schemas"),
            FindingKind::Differs(_) => f.write_str("differs from the types: write the schemas"),
            FindingKind::Stray => f.write_str("belongs to no type of the catalog: remove it"),
            FindingKind::Changed => f.write_str("is published, but was modified: restore it from git"),
            FindingKind::Lost => f.write_str("is published, but is missing: restore it from git"),
            FindingKind::WouldChange(_) => f.write_str(
                "is published, and its type has changed: undo the change, and make it in a new version",
            ),
            FindingKind::Gone => f.write_str(
                "is published, but not in the catalog: keep it in the chain, for events of it may still be in transit",
            ),
            FindingKind::Unlocked => f.write_str(
                "is in index.json without all of its files: restore index.json from git",
            ),
            FindingKind::Owner { published } => write!(
                f,
                "is published with the owner {published}, its source on the wire: undo the change of the owner"
            ),
            FindingKind::Sunset { published, now } => write!(
                f,
                "is published with the sunset {published}, and its type has {now}: set {published} or later; if the publication was never merged, restore index.json from git"
            ),
            FindingKind::Meaning(_) => f.write_str(
                "is published, and a default or a known value of its type has changed: undo the change, and make it in a new version",
            ),
            FindingKind::Golden { why } => write!(f, "invalid golden event: {why}"),
            FindingKind::NoGolden => f.write_str(
                "is missing: record an event of this version, as `serde_json::to_string` writes it, before publishing",
            ),
        }
    }
}
