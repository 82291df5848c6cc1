//! Errors of the reader.

use std::fmt;
use std::sync::Arc;

use super::observation::Observation;
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
    observations: Vec<Observation>,
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

/// The reason for which an event could not be read, and what had been observed until then.
#[derive(Debug)]
pub(crate) struct Rejection {
    pub(super) kind: ReadErrorKind,
    pub(super) observations: Vec<Observation>,
}

impl From<ReadErrorKind> for Rejection {
    fn from(kind: ReadErrorKind) -> Self {
        Self { kind, observations: Vec::new() }
    }
}

impl Rejection {
    /// Converts the kind.
    pub(super) fn map(self, convert: impl FnOnce(ReadErrorKind) -> ReadErrorKind) -> Self {
        Self { kind: convert(self.kind), observations: self.observations }
    }
}

impl ReadError {
    pub(crate) fn new(rejection: impl Into<Rejection>, bytes: &[u8]) -> Self {
        let Rejection { kind, observations } = rejection.into();
        Self { inner: Box::new(Inner { kind, observations, bytes: Bytes::copy(bytes), transport: None }) }
    }

    /// Returns the error of an event that is the only one of a batch, with the bytes of the batch.
    pub(super) fn for_batch(self, bytes: &[u8]) -> Self {
        let Inner { kind, observations, .. } = *self.inner;
        Self::new(Rejection { kind, observations }, bytes)
    }

    /// Like [`new`](Self::new), with the metadata of the message that carried the bytes.
    pub(crate) fn for_delivery(rejection: impl Into<Rejection>, delivery: &Delivery<'_>) -> Self {
        let Rejection { kind, observations } = rejection.into().map(|kind| match kind {
            ReadErrorKind::Delivery(error) => ReadErrorKind::Delivery(delivery.explain(error)),
            kind => kind,
        });
        let (bytes, transport) = (delivery.shared_bytes(), delivery.shared_transport());
        Self { inner: Box::new(Inner { kind, observations, bytes, transport }) }
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

    /// Returns the observations until the reader failed, such as a version that it had to assume.
    ///
    /// Those that change how an event is read are part of the message, because the mismatches follow from them.
    ///
    /// ```
    /// use event_contract::contract::order::OrderCreated;
    /// use event_contract::{ObservationKind, Reader};
    ///
    /// let error = Reader::<OrderCreated>::default().read(br#"{"type":"Order.Created","data":{}}"#).unwrap_err();
    /// assert_eq!(error.observations()[0].kind, ObservationKind::VersionAssumed);
    /// assert!(error.to_string().contains("/version: no version, read as v1"));
    /// ```
    pub fn observations(&self) -> &[Observation] {
        &self.inner.observations
    }

    /// Returns the observations that the mismatches may follow from: the type or the version was not declared, or another
    /// value was taken for the payload.
    pub(crate) fn assumptions(&self) -> impl Iterator<Item = &Observation> {
        self.inner.observations.iter().filter(|observation| observation.kind.is_assumption())
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
    /// Writes the kind, and the assumptions of the reader.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.kind.fmt(f)?;
        self.assumptions().try_for_each(|observation| write!(f, "; {observation}"))
    }
}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery(error) => write!(f, "{error}"),
            Self::Mismatch { mismatches, and_more } => {
                for (index, mismatch) in mismatches.iter().enumerate() {
                    let separator = if index > 0 { "; " } else { "" };
                    write!(f, "{separator}{mismatch}")?;
                }
                if *and_more { f.write_str("; and more") } else { Ok(()) }
            }
            Self::OtherType { expected, found } => {
                write!(f, "expected an event of type {expected:?}, found {found:?}")
            }
            Self::NoSuchVersion { version } => {
                write!(f, "unknown version {version}: the type of the event has no payload of this version")
            }
            Self::Upcast(error) => write!(f, "{error}"),
            Self::ClaimCheck { bucket, key } => {
                write!(f, "the event is stored in s3://{bucket}/{key}: fetch the object and read it")
            }
            Self::Encrypted { fields } => {
                write!(f, "the event has encrypted fields ({}): decrypt it first", fields.join(", "))
            }
        }
    }
}

impl std::error::Error for ReadError {
    /// Returns the cause of the error in it, whose own message is part of this one.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.kind {
            ReadErrorKind::Delivery(error) => error.source(),
            ReadErrorKind::Upcast(error) => error.source(),
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
