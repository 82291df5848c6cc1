//! Errors of routing.

use crate::compat::QuestionError;
use crate::name::{EventType, Version};

/// Error of a schema whose events cannot be derived, or of a text that is not a [`TargetPath`](super::TargetPath).
///
/// ```
/// use event_contract::routing::{RoutingError, TargetPath};
///
/// let error: RoutingError = "detail".parse::<TargetPath>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"detail\" is not a path: expected `$` at the start, as in $.detail.items[0].sku",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct RoutingError {
    kind: RoutingErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum RoutingErrorKind {
    #[error("cannot derive the events of {event_type} {version}: {kind}")]
    EventSet { event_type: EventType, version: Version, kind: EventSetErrorKind },
    #[error("{text:?} is not a path: expected {expected}, as in $.detail.items[0].sku")]
    Path { text: String, expected: &'static str },
}

/// A schema that is invalid, or that no event satisfies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum EventSetErrorKind {
    #[error("{0}")]
    Question(QuestionError),
    #[error("invalid JSON Schema: {0}")]
    InvalidSchema(String),
    #[error("the writer's schema is unsatisfiable")]
    Empty,
}

impl RoutingError {
    pub(super) fn event_set(event_type: EventType, version: Version, kind: EventSetErrorKind) -> Self {
        Self { kind: RoutingErrorKind::EventSet { event_type, version, kind } }
    }

    pub(super) fn path(text: &str, expected: &'static str) -> Self {
        Self { kind: RoutingErrorKind::Path { text: text.to_owned(), expected } }
    }
}
