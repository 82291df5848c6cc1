//! Errors of the reader.

use std::fmt;
use std::sync::Arc;

use crate::name::Version;
use crate::payload::UpcastError;
use crate::wire::{Bytes, Delivery, Transport, WireError};
use json_document::Pointer;

/// A delivery that could not be read, with its bytes: they can be put into a [fault](crate::fault) and are not lost.
#[derive(Debug)]
pub struct ReadError {
    inner: Box<Inner>,
}

struct Inner {
    kind: ReadErrorKind,
    /// Shared with the other errors of a message that held several events.
    bytes: Bytes<'static>,
    transport: Option<Arc<Transport>>,
}

impl fmt::Debug for Inner {
    /// Omits the bytes and the message: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Inner").field("kind", &self.kind).field("bytes", &bytes).finish_non_exhaustive()
    }
}

/// Kind of a [`ReadError`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The bytes are not a delivery of a known shape, or exceed the limits.
    Delivery(WireError),
    /// The event does not fit its type.
    Mismatch {
        /// The mismatches in the order of their discovery, at least one and at most 50.
        mismatches: Vec<Mismatch>,
        /// Set if there are more mismatches than are listed.
        and_more: bool,
    },
    /// The event type is not the one that the reader reads.
    OtherType {
        /// The type of the reader.
        expected: &'static str,
        /// The type of the event.
        found: String,
    },
    /// The type has no payload of this version.
    NoSuchVersion {
        /// The version of the event.
        version: Version,
    },
    /// The event has an older version, and cannot be upcast to the newest.
    Upcast(UpcastError),
    /// The event is stored in S3: fetch the object, and read it.
    ClaimCheck {
        /// The bucket.
        bucket: String,
        /// The key of the object that is the event.
        key: String,
    },
    /// The event has encrypted fields: decrypt them first.
    Encrypted {
        /// The names of the fields.
        fields: Vec<String>,
    },
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind, bytes: &[u8]) -> Self {
        Self { inner: Box::new(Inner { kind, bytes: Bytes::copy(bytes), transport: None }) }
    }

    /// Like [`new`](Self::new), with the metadata of the message that carried the bytes.
    pub(crate) fn for_delivery(kind: ReadErrorKind, delivery: &Delivery<'_>) -> Self {
        let kind = match kind {
            ReadErrorKind::Delivery(error) => ReadErrorKind::Delivery(delivery.explain(error)),
            kind => kind,
        };
        let (bytes, transport) = (delivery.shared_bytes(), delivery.shared_transport());
        Self { inner: Box::new(Inner { kind, bytes, transport }) }
    }

    pub(crate) fn transport(&self) -> &Transport {
        self.inner.transport.as_deref().unwrap_or(const { &Transport::NONE })
    }

    pub(crate) fn shared_bytes(&self) -> Bytes<'static> {
        self.inner.bytes.clone()
    }

    /// Returns the kind, and drops the bytes.
    pub fn into_kind(self) -> ReadErrorKind {
        self.inner.kind
    }

    /// Returns the bytes of the delivery, unchanged.
    pub fn into_bytes(self) -> Vec<u8> {
        self.inner.bytes.to_vec()
    }

    /// Returns the reason of the failure, as data.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.inner.kind
    }

    /// Returns the bytes of the delivery, unchanged.
    pub fn bytes(&self) -> &[u8] {
        &self.inner.bytes
    }

    /// Returns the mismatches; empty for an error of another kind.
    pub fn mismatches(&self) -> &[Mismatch] {
        match &self.inner.kind {
            ReadErrorKind::Mismatch { mismatches, .. } => mismatches,
            _ => &[],
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.kind {
            ReadErrorKind::Delivery(error) => write!(f, "{error}"),
            ReadErrorKind::Mismatch { mismatches, and_more } => {
                for (index, mismatch) in mismatches.iter().enumerate() {
                    let separator = if index > 0 { "; " } else { "" };
                    write!(f, "{separator}{mismatch}")?;
                }
                if *and_more { f.write_str("; and more") } else { Ok(()) }
            }
            ReadErrorKind::OtherType { expected, found } => {
                write!(f, "expected an event of type {expected:?}, found {found:?}")
            }
            ReadErrorKind::NoSuchVersion { version } => {
                write!(f, "unknown version {version}: the type of the event has no payload of this version")
            }
            ReadErrorKind::Upcast(error) => write!(f, "{error}"),
            ReadErrorKind::ClaimCheck { bucket, key } => {
                write!(f, "the event is stored in s3://{bucket}/{key}: fetch the object and read it")
            }
            ReadErrorKind::Encrypted { fields } => {
                write!(f, "the event has encrypted fields ({}): decrypt it first", fields.join(", "))
            }
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.kind {
            ReadErrorKind::Delivery(error) => Some(error),
            ReadErrorKind::Upcast(error) => Some(error),
            ReadErrorKind::Mismatch { .. }
            | ReadErrorKind::OtherType { .. }
            | ReadErrorKind::NoSuchVersion { .. }
            | ReadErrorKind::ClaimCheck { .. }
            | ReadErrorKind::Encrypted { .. } => None,
        }
    }
}

/// A position at which an event does not fit its type. Its texts do not contain the value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// Position in the JSON document that was delivered.
    pub pointer: Pointer,
    /// Description of the expected value.
    pub expected: String,
    /// Kind of the value that was found.
    pub found: String,
}

impl Mismatch {
    pub(crate) fn new(pointer: Pointer, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { pointer, expected: expected.into(), found: found.into() }
    }

    pub(crate) fn under(mut self, parent: &Pointer) -> Self {
        self.pointer = parent.concat(&self.pointer);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, found } = self;
        match pointer.as_str() {
            "" => write!(f, "expected {expected}, found {found}"),
            pointer => write!(f, "{pointer}: expected {expected}, found {found}"),
        }
    }
}
