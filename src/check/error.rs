//! Errors of the check.

use std::io;

use json_document::Pointer;
use json_schema_core::{NotASchema, ResolveError};

use super::input::InputKind;
use crate::compat::QuestionError;
use crate::record::RecordError;
use crate::routing::RoutingError;

/// Error of the settings of a check, or of a check that could not run. Then nothing is known to be compatible.
///
/// ```
/// use event_contract::check::{CheckError, Consumer, Policy};
/// use event_contract::record::Files;
///
/// let error: CheckError = Policy::default().disable("undecided").unwrap_err();
/// assert!(error.to_string().starts_with("the severity of `undecided` cannot be lowered"));
///
/// let files = Files::from([("billing/Order.Created.reader.json".to_owned(), b"{".to_vec())]);
/// let error: CheckError = Consumer::read_all(&files).unwrap_err();
/// assert!(error.to_string().starts_with("billing/Order.Created.reader.json: invalid JSON"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CheckError {
    kind: Box<CheckErrorKind>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CheckErrorKind {
    #[error("nothing was compared: {against} has no published version; publish one with `schemas publish`")]
    NothingPublished { against: String },
    #[error(transparent)]
    Record(RecordError),
    #[error("{}{event_type}, {pair}: {error}", file.as_ref().map(|(_, path)| format!("{path}: ")).unwrap_or_default())]
    Question {
        /// The file of the invalid schema, with the input that it belongs to; none for a schema of the code.
        file: Option<(InputKind, String)>,
        event_type: String,
        /// The labels of the writer and the reader.
        pair: String,
        error: QuestionError,
    },
    #[error("{event_type}, {reader}: cannot leave out the ignored places: {error}")]
    Ignore { event_type: String, reader: String, error: ResolveError },
    #[error("cannot read {path}: {error}")]
    File { path: String, error: io::Error },
    #[error(transparent)]
    EventSet(RoutingError),
    #[error("invalid consumer name {name:?}: expected a folder name that no other consumer has")]
    ConsumerName { name: String },
    #[error("{path}: unexpected file\nexpected `<name>/<Type>.reader.json` or `<name>/<Type>/v<N>.reader.json`")]
    ConsumerPath { path: String },
    #[error("{path}: {error}")]
    ConsumerFile { path: String, error: String },
    #[error("{path}: {error}{}", format_places(&error.pointers))]
    ConsumerNotASchema { path: String, error: NotASchema },
    #[error("{path}: a second schema of the same type and version: remove one of the files")]
    ConsumerDuplicate { path: String },
    #[error("unknown rule {id:?}: {hint}")]
    UnknownRule { id: String, hint: String },
    #[error("the severity of `{id}` cannot be lowered: undecided cells must fail the check")]
    FixedSeverity { id: &'static str },
    #[error("{entry} needs a reason")]
    NoReason { entry: String },
    #[error("duplicate waiver of {fingerprint}")]
    DuplicateWaiver { fingerprint: String },
    #[error("invalid path {path:?}: expected a JSON pointer into the payload, such as `/meta/version`")]
    IgnoredPath { path: String },
    #[error("unknown report format {name:?}: {hint}")]
    ReportFormat { name: String, hint: String },
}

/// Formats the places of the schemas in a document that is not one.
fn format_places(places: &[Pointer]) -> String {
    if places.is_empty() {
        return "\nstore the JSON Schema by which the consumer reads; only {} and true accept every event".to_owned();
    }
    let places: Vec<_> = places.iter().map(|place| format!("#{place}")).collect();
    format!("\nstore one schema in it as a file of its own: {}", places.join(", "))
}

impl CheckError {
    /// Completes the path of the invalid file by the folder of its input.
    pub(super) fn with_folder<'p>(mut self, folder: impl FnOnce(InputKind) -> Option<&'p str>) -> Self {
        if let CheckErrorKind::Question { file: Some((input, path)), .. } = &mut *self.kind
            && let Some(folder) = folder(*input)
        {
            *path = format!("{folder}/{path}");
        }
        self
    }
}

impl From<CheckErrorKind> for CheckError {
    fn from(kind: CheckErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}
