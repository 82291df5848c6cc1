//! Errors of faults.

use std::fmt;
use std::sync::Arc;

use crate::name::EventId;
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
    Compressed(WireError),
    #[error("the fault has {min} bytes without its optional parts, expected at most {limit}")]
    TooLarge { limit: usize, min: usize, bytes: Option<FailedBytes> },
    #[error("these are not the bytes of the fault: expected the digest {expected}, found {found}")]
    OtherBytes { expected: EventId, found: EventId },
    #[error("the fault has no stored or dropped bytes: expected `uow.record` with a digest in `uow.dropped`")]
    NoDigest,
}

/// The failed bytes of a fault that exceeds a limit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FailedBytes(Arc<[u8]>);

impl FailedBytes {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for FailedBytes {
    /// Omits the bytes: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

impl FaultError {
    /// Returns the failed bytes of a fault that exceeds its limit, to store them: see
    /// [`Fault::with_bytes_at`](super::Fault::with_bytes_at). `None` for any other error, and for a fault without bytes.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.kind {
            FaultErrorKind::TooLarge { bytes, .. } => bytes.as_ref().map(FailedBytes::as_bytes),
            FaultErrorKind::NotUtf8 { .. }
            | FaultErrorKind::NotJson { .. }
            | FaultErrorKind::NotAnObject
            | FaultErrorKind::OtherType { .. }
            | FaultErrorKind::NoType
            | FaultErrorKind::NoTime
            | FaultErrorKind::Compressed(_)
            | FaultErrorKind::OtherBytes { .. }
            | FaultErrorKind::NoDigest => None,
        }
    }
}

impl From<WireError> for FaultErrorKind {
    fn from(error: WireError) -> Self {
        Self::Compressed(error)
    }
}

impl From<FaultErrorKind> for FaultError {
    fn from(kind: FaultErrorKind) -> Self {
        Self { kind }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::wire::WireErrorKind;

    #[test]
    fn a_cause_in_the_message_is_not_a_source() {
        let cause = WireError::from(WireErrorKind::TooLarge { length: 2, limit: 1 });
        let error = FaultError::from(FaultErrorKind::from(cause.clone()));
        assert!(error.to_string().ends_with(&cause.to_string()) && error.source().is_none(), "{error}");
    }
}
