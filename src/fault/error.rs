//! Errors of faults.

use crate::wire::WireError;

/// Error of bytes that are not a valid fault, or of a fault that exceeds a limit even without its optional parts.
///
/// ```
/// use event_contract::fault::Fault;
///
/// let error = Fault::read(br#"{"type":"order-placed"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "expected an event of type `fault`, found \"order-placed\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct FaultError {
    kind: FaultErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FaultErrorKind {
    #[error("invalid UTF-8 at byte {at} of the fault")]
    NotUtf8 { at: usize },
    #[error("invalid JSON in the fault: {message}")]
    NotJson { message: String },
    #[error("expected a fault, found JSON that is not an object")]
    NotAnObject,
    #[error("expected an event of type `fault`, found {found:?}")]
    OtherType { found: String },
    #[error("expected an event of type `fault`, found no `type`")]
    NoType,
    #[error("missing time of the fault: expected `timestamp`, or `time` in an envelope")]
    NoTime,
    #[error("cannot decompress a value of the fault: {0}")]
    Compressed(#[from] WireError),
    #[error("the fault has {min} bytes without its optional parts, expected at most {limit}")]
    TooLarge { limit: usize, min: usize },
}

impl From<FaultErrorKind> for FaultError {
    fn from(kind: FaultErrorKind) -> Self {
        Self { kind }
    }
}
