//! Parts that a fault omits, with the reasons.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::EventId;

/// A part that a fault omits, with the reason.
///
/// `Display` and `Debug` omit the reference to stored bytes: it may be a signed URL, which must not reach logs.
///
/// ```
/// use event_contract::fault::{DropReason, Fault, FaultPart, FaultSite};
/// # use event_contract::SubsystemName;
/// # let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
///
/// let error = std::io::Error::other("no such order");
/// let fault = Fault::from_error(&error, b"\xff\xfe", &site, "2026-11-22T10:43:01Z".parse()?).without_bytes();
///
/// let dropped = &fault.dropped()[0];
/// assert_eq!((dropped.part(), dropped.reason()), (FaultPart::Bytes, DropReason::Requested));
/// assert_eq!(dropped.length(), Some(2));
/// assert_eq!(dropped.to_string(), "uow.record, 2 bytes: dropped on request");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedPart {
    part: FaultPart,
    reason: DropReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// A part of a fault, serialized as its path.
///
/// ```
/// use event_contract::fault::FaultPart;
///
/// assert_eq!(FaultPart::Bytes.to_string(), "uow.record");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FaultPart {
    /// `err.stack`, the causes of the error.
    #[serde(rename = "err.stack")]
    Stack,
    /// `err.mismatches`, those beyond the first ten or all of them.
    #[serde(rename = "err.mismatches")]
    Mismatches,
    /// `uow.event`, the readable document.
    #[serde(rename = "uow.event")]
    Document,
    /// `err.message`, its end.
    #[serde(rename = "err.message")]
    Message,
    /// `uow.record`, the exact bytes.
    #[serde(rename = "uow.record")]
    Bytes,
}

/// The reason why a part was omitted.
///
/// ```
/// use event_contract::fault::DropReason;
///
/// assert_eq!(DropReason::Size.to_string(), "exceeds the size limit");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DropReason {
    /// The fault would exceed its size limit. On the wire: `size`.
    Size,
    /// The caller requested it. On the wire: `asked`.
    #[serde(rename = "asked")]
    Requested,
    /// The document is JSON, but nested too deeply, or with numbers or strings that some JSON parsers reject. On the wire:
    /// `unfit`.
    #[serde(rename = "unfit")]
    NotInteroperable,
    /// The caller stored it elsewhere. On the wire: `stored`.
    Stored,
}

impl DroppedPart {
    pub(super) fn new(part: FaultPart, reason: DropReason) -> Self {
        Self { part, reason, length: None, digest: None, reference: None }
    }

    /// Records dropped bytes with their length and digest.
    pub(super) fn bytes(bytes: &[u8], reason: DropReason) -> Self {
        let digest = Some(Self::digest_of(bytes));
        Self { length: Some(bytes.len() as u64), digest, ..Self::new(FaultPart::Bytes, reason) }
    }

    /// Records bytes that are stored elsewhere.
    pub(super) fn stored(bytes: &[u8], reference: String) -> Self {
        Self { reference: Some(reference), ..Self::bytes(bytes, DropReason::Stored) }
    }

    pub(super) fn with_reason(self, reason: DropReason) -> Self {
        Self { reason, ..self }
    }

    pub(super) fn digest_of(bytes: &[u8]) -> EventId {
        EventId::derived([&b"bytes"[..], bytes])
    }

    /// Returns the omitted part.
    pub fn part(&self) -> FaultPart {
        self.part
    }

    /// Returns the reason why the part is absent: a request of the caller, or a limit of the fault.
    pub fn reason(&self) -> DropReason {
        self.reason
    }

    /// Returns the number of dropped bytes; only for [`FaultPart::Bytes`].
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns a digest of the dropped bytes: `EventId::derived(["bytes", …])`, a `UUIDv5`; only for
    /// [`FaultPart::Bytes`].
    pub fn digest(&self) -> Option<&EventId> {
        self.digest.as_ref()
    }

    /// Returns the place of stored bytes, such as a URL; only for [`DropReason::Stored`]. See
    /// [`Fault::with_bytes_at`](super::Fault::with_bytes_at).
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }
}

impl fmt::Debug for DroppedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DroppedPart")
            .field("part", &self.part)
            .field("reason", &self.reason)
            .field("length", &self.length)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DroppedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.part)?;
        if let Some(length) = self.length {
            write!(f, ", {length} bytes")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for FaultPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stack => "err.stack",
            Self::Mismatches => "err.mismatches",
            Self::Document => "uow.event",
            Self::Message => "err.message",
            Self::Bytes => "uow.record",
        })
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Size => "exceeds the size limit",
            Self::Requested => "dropped on request",
            Self::NotInteroperable => "some JSON parsers would reject it",
            Self::Stored => "stored elsewhere",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_displayed_as_serialized() {
        for part in [FaultPart::Stack, FaultPart::Mismatches, FaultPart::Document, FaultPart::Message, FaultPart::Bytes]
        {
            assert_eq!(serde_json::to_string(&part).unwrap(), format!("\"{part}\""));
        }
    }
}
