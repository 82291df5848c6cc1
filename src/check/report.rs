//! The report of a check.

use std::fmt;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::finding::{Finding, FindingFields};
use super::input::ComparedInput;
use super::policy::IgnoredPlace;
use crate::lifecycle::Stage;

/// The report of a check: a matrix for each type, the findings, and the version bump that the change needs.
///
/// [`Report::json_schema`] describes its JSON.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// The version of the JSON format: 1.
    pub format: u32,
    /// The outcome of the check.
    pub outcome: Outcome,
    /// The date for which lifecycles and waivers were evaluated.
    pub date: NaiveDate,
    /// The name of the record that the catalog was compared with.
    pub against: String,
    /// True if consumers that do not declare it are assumed to reject strings that do not have the `format` of their schema.
    pub formats_asserted: bool,
    /// The greatest change of all types.
    pub bump: Change,
    /// The types of the catalog in its order, then published types that are no longer in it.
    pub types: Vec<Matrix>,
    /// The consumers, with a verdict for each type that they read.
    pub consumers: Vec<ConsumerStatus>,
    /// The number of routing rules that were checked.
    pub routing_rules: usize,
    /// The findings, by number.
    #[schemars(with = "Vec<FindingFields<'_>>")]
    pub findings: Vec<Finding>,
    /// The places that the check skipped.
    pub ignored: Vec<IgnoredPlace>,
    /// The inputs that were compared.
    pub inputs: Vec<ComparedInput>,
}

/// The outcome of a check. The list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every reader can read every event that it may receive, except for accepted findings.
    Compatible,
    /// There are open errors.
    Broken,
    /// There are no open errors, but something could not be decided. Treat it as broken.
    Undecided,
}

/// The extent of a change to the published schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Change {
    /// No change.
    None,
    /// Only titles, descriptions or comments have changed.
    Patch,
    /// Something was added, and every reader still reads every writer.
    Minor,
    /// Some reader no longer reads some writer, or that could not be decided.
    Major,
}

/// The compatibility matrix of one event type: a row for each writer, a column for each reader.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Matrix {
    /// The name of the type, which may be only in the record.
    pub event_type: String,
    /// `internal` or `external`.
    pub side: String,
    /// The subsystem that owns the type.
    pub owner: String,
    /// The versions as they are written, from the oldest; a published one that differs from its code has two rows.
    #[serde(rename = "writers")]
    pub rows: Vec<MatrixRow>,
    /// The columns.
    #[serde(rename = "readers")]
    pub columns: Vec<MatrixColumn>,
    /// The cells, row by row.
    pub cells: Vec<Vec<Cell>>,
    /// The declared version, and the one that the change needs.
    pub bump: Bump,
}

/// A row of the [`Matrix`]: a version as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Writer")]
#[non_exhaustive]
pub struct MatrixRow {
    /// `v3`; `v3 now` for the current code of a published version.
    pub label: String,
    /// The number in the label.
    pub version: u32,
    /// The source of the schema.
    pub(super) revision: Revision,
    /// The stage of the version on the date of the report; past its sunset, archives still have its events.
    pub stage: Stage,
    /// The writer's schema.
    #[serde(skip)]
    pub schema: Value,
}

/// A column of the [`Matrix`]: a version or a consumer as it reads.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Reader")]
#[non_exhaustive]
pub struct MatrixColumn {
    /// `v3`; `v3 now` for the current code of a published version; or the name of a consumer.
    pub label: String,
    /// The version; none for a consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The source of the schema.
    pub(super) revision: Revision,
    /// The stage of the version on the date of the report; past its sunset, the contract requires nothing of it.
    pub stage: Stage,
    /// The reader's schema; that for the newest version if a consumer has one for each.
    #[serde(skip)]
    pub schema: Value,
}

/// The source of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Revision {
    /// Published, and equivalent to the code.
    Unchanged,
    /// Published; the code differs or is gone.
    Published,
    /// From the code, and not published.
    Present,
    /// From a consumer.
    #[serde(rename = "stated")]
    Consumer,
}

/// The verdict for one writer and one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cell {
    /// The verdict, after waivers and severities were applied.
    #[serde(rename = "answer")]
    pub verdict: CellVerdict,
    /// The numbers of the findings about this pair.
    pub findings: Vec<usize>,
}

/// The ability of a reader to read every event of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Answer")]
#[non_exhaustive]
pub enum CellVerdict {
    /// Proven: the reader accepts every payload.
    Reads,
    /// Proven: the reader has the type of the older version, and upcasts its payloads.
    ReadsByUpcast,
    /// The reader rejects some payload: a finding has a witness.
    Breaks,
    /// The reader rejects some payload, and all findings about that are accepted by a waiver or by their severity.
    Accepted,
    /// Neither a proof nor a witness was found.
    Undecided,
    /// The reader never receives events of the writer, or the contract does not require that it reads them.
    #[serde(rename = "not-owed")]
    NotRequired,
}

/// The newest published and declared versions of a type, and the one that the change needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bump {
    /// The newest published version.
    pub published: Option<u32>,
    /// The newest version in the code.
    pub declared: Option<u32>,
    /// The version that the code should declare.
    pub needed: Option<u32>,
    /// The extent of the change.
    pub change: Change,
}

/// A consumer, with a verdict for each type that it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Stated")]
#[non_exhaustive]
pub struct ConsumerStatus {
    /// The name of the consumer.
    pub name: String,
    /// The types that it reads.
    pub reads: Vec<ConsumedType>,
}

/// A type that a consumer reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Read")]
#[non_exhaustive]
pub struct ConsumedType {
    /// The name of the type in the consumer's statement.
    pub event_type: String,
    /// The worst verdict of the consumer's column.
    #[serde(rename = "answer")]
    pub verdict: CellVerdict,
    /// True for a type with a minor or major change.
    #[serde(rename = "isTouched")]
    pub is_affected: bool,
}

impl Change {
    /// Returns `none`, `patch`, `minor` or `major`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl Outcome {
    /// Returns `compatible`, `broken` or `undecided`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Broken => "broken",
            Self::Undecided => "undecided",
        }
    }
}

impl CellVerdict {
    /// Returns the name in reports: `compatible`, `compatible by upcast`, `broken`, `broken but accepted`, `undecided` or
    /// `not required`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "compatible",
            Self::ReadsByUpcast => "compatible by upcast",
            Self::Breaks => "broken",
            Self::Accepted => "broken but accepted",
            Self::Undecided => "undecided",
            Self::NotRequired => "not required",
        }
    }

    /// Order from the best to the worst, for the summary of a column.
    const fn badness(self) -> u8 {
        match self {
            Self::NotRequired => 0,
            Self::Reads => 1,
            Self::ReadsByUpcast => 2,
            Self::Accepted => 3,
            Self::Undecided => 4,
            Self::Breaks => 5,
        }
    }

    /// Returns true if the reader rejects some payload, or that could not be decided.
    pub(super) const fn is_incompatible(self) -> bool {
        match self {
            Self::Breaks | Self::Accepted | Self::Undecided => true,
            Self::Reads | Self::ReadsByUpcast | Self::NotRequired => false,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for CellVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Matrix {
    /// Returns the worst verdict in the column of a consumer.
    pub(super) fn worst_verdict(&self, consumer: &str) -> CellVerdict {
        // The check of the type has panicked.
        if self.rows.is_empty() {
            return CellVerdict::Undecided;
        }
        let is_consumer = |column: &MatrixColumn| column.version.is_none() && column.label == consumer;
        let Some(index) = self.columns.iter().position(is_consumer) else { return CellVerdict::NotRequired };
        let verdicts = self.cells.iter().map(|row| row[index].verdict);
        verdicts.max_by_key(|verdict| verdict.badness()).unwrap_or(CellVerdict::NotRequired)
    }
}

impl Report {
    /// Returns true if every reader can read every event that it may receive, except for accepted findings.
    pub fn is_compatible(&self) -> bool {
        self.outcome == Outcome::Compatible
    }

    /// Returns the file of some Rust type that a finding is about, as the compiler names it.
    #[cfg(feature = "cli")]
    pub(crate) fn source_file(&self) -> Option<&'static str> {
        self.findings.iter().find_map(|finding| finding.source).map(|source| source.file)
    }

    /// Returns the report as indented JSON.
    pub fn to_json(&self) -> String {
        // Only maps with keys that are not strings fail, and there are none.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Returns the JSON Schema of [`Report::to_json`], which is also in the file `src/check/report.schema.json`.
    pub fn json_schema() -> Value {
        let generator = schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
        let mut schema = generator.into_root_schema_for::<Self>();
        schema.insert("$id".to_owned(), "urn:event-contract:report:1".into());
        schema.insert("title".to_owned(), "The report of a check of an event contract, format 1".into());
        schema.to_value()
    }
}
