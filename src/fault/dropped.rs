//! What a fault no longer holds, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::EventId;

/// A part that a fault once had, or would have had, and does not hold.
///
/// ```
/// use event_contract::fault::{DropReason, Fault, FaultPart, FaultSite};
/// # use event_contract::SubsystemName;
/// # let site = FaultSite::new("orders", "shop-listener", SubsystemName::from_static("shop"))?;
///
/// let error = std::io::Error::other("no such order");
/// let fault = Fault::from_error(&error, b"\xff\xfe", &site, "2026-11-22T10:43:01Z".parse()?).without_bytes();
///
/// let dropped = &fault.dropped()[0];
/// assert_eq!((dropped.part(), dropped.reason()), (FaultPart::Bytes, DropReason::Asked));
/// assert_eq!(dropped.length(), Some(2));
/// assert_eq!(dropped.to_string(), "uow.record, 2 bytes: dropped on request");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    part: FaultPart,
    reason: DropReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<EventId>,
}

/// A part of a fault; on the wire, the path that stands beside each.
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

/// Why a part is not there.
///
/// ```
/// use event_contract::fault::DropReason;
///
/// assert_eq!(DropReason::Size.to_string(), "dropped for its size");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DropReason {
    /// The fault would not have fitted the limit. On the wire: `size`.
    Size,
    /// The caller said so. On the wire: `asked`.
    Asked,
    /// The document is JSON, but nested too deeply, or with numbers or texts that not every reader of JSON takes. On
    /// the wire: `unfit`.
    Unfit,
}

impl Dropped {
    pub(super) fn new(part: FaultPart, reason: DropReason) -> Self {
        Self { part, reason, length: None, digest: None }
    }

    /// Bytes, of which the length stays and a digest, by which they are known again.
    pub(super) fn bytes(bytes: &[u8], reason: DropReason) -> Self {
        let digest = Some(EventId::derived([&b"bytes"[..], bytes]));
        Self { length: Some(bytes.len() as u64), digest, ..Self::new(FaultPart::Bytes, reason) }
    }

    /// What is not there.
    pub fn part(&self) -> FaultPart {
        self.part
    }

    /// Why not.
    pub fn reason(&self) -> DropReason {
        self.reason
    }

    /// How many bytes it had; only for [`FaultPart::Bytes`].
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// What tells the bytes from others: `EventId::derived(["bytes", …])`, a `UUIDv5`; only for [`FaultPart::Bytes`].
    pub fn digest(&self) -> Option<&EventId> {
        self.digest.as_ref()
    }
}

impl fmt::Display for Dropped {
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
            Self::Size => "dropped for its size",
            Self::Asked => "dropped on request",
            Self::Unfit => "left out, as not every reader of JSON would take it",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_displayed_as_they_are_written() {
        for part in [FaultPart::Stack, FaultPart::Mismatches, FaultPart::Document, FaultPart::Message, FaultPart::Bytes]
        {
            assert_eq!(serde_json::to_string(&part).unwrap(), format!("\"{part}\""));
        }
    }
}
