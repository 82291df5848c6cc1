//! Findings of a record.

use std::fmt;

use chrono::NaiveDate;

use crate::schema::{Schema, assertions_of, pretty};

/// A difference between a record and its catalog, or a modification of a published file.
///
/// `Display` begins with the path and ends with the remedy.
///
/// ```
/// use event_contract::contract;
/// use event_contract::record::{Files, Record, RecordFinding};
///
/// let catalog = contract::catalog()?;
/// let mut files: Files = Record::new(&catalog, &Files::new())?.generate_files();
/// files.insert("external/Order.Created/v1.writer.json".to_owned(), b"{}".to_vec());
///
/// let findings: Vec<RecordFinding> = Record::new(&catalog, &files)?.verify();
/// assert_eq!(
///     findings[0].to_string(),
///     "external/Order.Created/v1.writer.json: differs from the types: write the schemas",
/// );
/// assert_eq!(findings[0].texts().map(|(found, _)| found), Some("{}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFinding {
    path: String,
    kind: FindingKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FindingKind {
    /// A generated file that is missing.
    Missing,
    /// A generated file that differs from the types.
    Differs(Box<Texts>),
    /// A file in a folder of generated files that no type generates.
    Stray,
    /// A published file that was modified.
    Changed,
    /// A published file that is missing.
    Lost,
    /// A published schema that its type contradicts.
    WouldChange(Box<Texts>),
    /// A published version that is no longer in the catalog.
    Gone,
    /// A published version without a lock on its schemas or on a golden event.
    Unlocked,
    /// A published version whose type has another owner now.
    Owner { published: String },
    /// A published version whose type declares an earlier sunset.
    Sunset { published: NaiveDate, now: NaiveDate },
    /// A published schema with the same assertions but other known values or defaults than its type.
    Meaning(Box<Texts>),
    /// An invalid golden event.
    Golden { reason: String },
    /// A version without a golden event.
    NoGolden,
    /// A golden event of a version that is neither in the catalog nor published.
    GoldenOfNoVersion,
}

/// The text that was found, and the expected one.
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

    /// Compares all of both schemas: the difference is in annotations.
    pub(super) fn meaning(published: &[u8], schema: &Schema) -> Self {
        let found = String::from_utf8_lossy(published).into_owned();
        Self::Meaning(Box::new(Texts { found, expected: pretty(schema.as_value()) }))
    }

    /// Compares the assertions only: annotations may change.
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

    /// Returns the path of the file, or the name of the version, in the record.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text that was found and the expected one, if the finding is a difference between two texts.
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
            | FindingKind::NoGolden
            | FindingKind::GoldenOfNoVersion => None,
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
                "is published, but not in the catalog: keep it in the chain, its events may still be in transit",
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
            FindingKind::Golden { reason } => write!(f, "invalid golden event: {reason}"),
            FindingKind::GoldenOfNoVersion => f.write_str(
                "golden event of no version: expected the name of a version of the catalog; rename or remove it",
            ),
            FindingKind::NoGolden => f.write_str(
                "golden event missing: record an event of this version, as `serde_json::to_string` writes it, before publishing",
            ),
        }
    }
}
