//! What a check has to say.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::finding::Finding;
use super::policy::Ignored;
use crate::lifecycle::Stage;

/// The answer of a check: the matrix of each type, what was found, and which bump the change needs.
///
/// Its JSON form is described by a JSON Schema: [`Report::json_schema`].
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// The form of this document: 1.
    pub format: u32,
    /// May it be merged?
    pub outcome: Outcome,
    /// The day for which that is said.
    pub date: NaiveDate,
    /// What was compared with.
    pub against: String,
    /// Whether a text that is not of its `format` counts as rejected.
    pub formats_asserted: bool,
    /// The bump that the change needs: the greatest of those of the types.
    pub bump: Change,
    /// Every type, in the order of the catalog; then those that are gone.
    pub types: Vec<Matrix>,
    /// Every consumer, and what becomes of it.
    pub consumers: Vec<Stated>,
    /// How many routing rules were looked at.
    pub routing_rules: usize,
    /// Everything that was found, by number.
    pub findings: Vec<Finding>,
    /// The places about which nothing was asked.
    pub ignored: Vec<Ignored>,
}

/// What a check comes to. There will be no fourth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everybody reads all that they can meet: that is proven, but for what is accepted.
    Compatible,
    /// There are findings that nobody has accepted.
    Broken,
    /// There are none, but something could not be decided. It passes no gate.
    Undecided,
}

/// How much a change is, beside what was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Change {
    /// There is none.
    None,
    /// Only what is told to people has changed.
    Patch,
    /// Something is new, and everybody goes on reading.
    Minor,
    /// Somebody does not go on reading, or that could not be decided.
    Major,
}

/// One type: every writer and every reader of it, and whether they understand each other.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Matrix {
    /// The event type.
    pub event_type: String,
    /// `internal` or `external`.
    pub side: String,
    /// The subsystem that owns it.
    pub owner: String,
    /// The rows: who writes.
    pub writers: Vec<Writer>,
    /// The columns: who reads.
    pub readers: Vec<Reader>,
    /// The cells, row by row.
    pub cells: Vec<Vec<Cell>>,
    /// The version that is declared, beside the one that is needed.
    pub bump: Bump,
}

/// A row of the matrix: a version as somebody writes it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Writer {
    /// What it is called: `v3`; `v3 now` for what a published version has become in the code.
    pub label: String,
    /// The version.
    pub version: u32,
    /// Where its schema comes from.
    pub revision: Revision,
    /// Where it is in its life.
    pub stage: Stage,
    /// What is written.
    #[serde(skip)]
    pub schema: Value,
}

/// A column of the matrix: a version, or a consumer, as it reads.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reader {
    /// What it is called: `v3`, or the name of a consumer.
    pub label: String,
    /// The version; none for a consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Where its schema comes from.
    pub revision: Revision,
    /// Where it is in its life.
    pub stage: Stage,
    /// What can be read. Of a consumer that reads versions apart, that of the newest.
    #[serde(skip)]
    pub schema: Value,
}

/// Where a schema comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Revision {
    /// It is published, and the code says the same.
    Unchanged,
    /// It is published, and the code says something else, or nothing.
    Published,
    /// The code says so, and it is not published.
    Present,
    /// A consumer has stated it.
    Stated,
}

/// Whether one reader understands one writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cell {
    /// The answer.
    pub answer: Answer,
    /// The numbers of the findings about it.
    pub findings: Vec<usize>,
}

/// The answer of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Answer {
    /// Everything that is written is read: that is proven.
    Reads,
    /// The reader carries the older type and reads through it: that is proven.
    ReadsByUpcast,
    /// Something that is written is not read: there is a witness.
    Breaks,
    /// Something is not read, and every finding about that is accepted: by a waiver, or by its severity.
    Accepted,
    /// It is not known.
    Undecided,
    /// They do not meet, or the contract promises nothing here.
    NotOwed,
}

/// The version of a type that is declared and the one that its change needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bump {
    /// The newest that is published.
    pub published: Option<u32>,
    /// The newest in the code.
    pub declared: Option<u32>,
    /// The one that the code should say.
    pub needed: Option<u32>,
    /// How much has changed.
    pub change: Change,
}

/// What becomes of a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stated {
    /// Who.
    pub name: String,
    /// The types that it reads, with the worst answer for each.
    pub reads: Vec<Read>,
}

/// What becomes of what a consumer reads of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Read {
    /// The event type.
    pub event_type: String,
    /// The worst answer over all that is written.
    pub answer: Answer,
    /// Whether what is written has changed beside what is published. Where not, the change does not touch it.
    pub is_touched: bool,
}

impl Change {
    /// `none`, `patch`, `minor` or `major`.
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
    /// `compatible`, `broken` or `undecided`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Broken => "broken",
            Self::Undecided => "undecided",
        }
    }
}

impl Report {
    /// Whether everybody reads all that they can meet, by proof, but for what is accepted.
    pub fn is_compatible(&self) -> bool {
        self.outcome == Outcome::Compatible
    }

    /// The report as JSON, on many lines.
    pub fn to_json(&self) -> String {
        // Maps with other names than texts fail, and there are none.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// What [`Report::to_json`] is like, as a JSON Schema; the file `src/check/report.schema.json` is its text.
    pub fn json_schema() -> Value {
        let generator = schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
        let mut schema = generator.into_root_schema_for::<Self>();
        schema.insert("$id".to_owned(), "urn:event-contract:report:1".into());
        schema.insert("title".to_owned(), "The report of a check of an event contract, form 1".into());
        schema.to_value()
    }
}
