//! Errors of the check.

use std::io;

use json_schema_core::ResolveError;

use crate::compat::QuestionError;
use crate::record::RecordError;
use crate::routing::EventSetError;

/// A check that could not be run. Nothing is compatible then.
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
    #[error("{event_type}, {writer} to {reader}: {error}")]
    Question { event_type: String, writer: String, reader: String, error: QuestionError },
    #[error("{event_type}, {reader}: cannot leave out the ignored places: {error}")]
    Ignore { event_type: String, reader: String, error: ResolveError },
    #[error("cannot read {path}: {error}")]
    File { path: String, error: io::Error },
    #[error(transparent)]
    EventSet(EventSetError),
    #[error("invalid consumer name {name:?}: expected a folder name that no other consumer has")]
    ConsumerName { name: String },
}

impl From<CheckErrorKind> for CheckError {
    fn from(kind: CheckErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}
