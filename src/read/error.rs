//! Why a delivery could not be read.

use std::fmt;

use crate::name::Version;
use crate::payload::UpcastError;
use crate::wire::{ClaimCheck, Delivery, Transport, WireError};
use json_document::Pointer;

/// Why a delivery could not be read. It holds the bytes: nothing that came in is lost.
#[derive(Debug)]
pub struct ReadError {
    inner: Box<Inner>,
}

struct Inner {
    kind: ReadErrorKind,
    bytes: Vec<u8>,
    transport: Transport,
}

impl fmt::Debug for Inner {
    /// Without the bytes and what carried them: they are an event, and nobody's business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Inner").field("kind", &self.kind).field("bytes", &bytes).finish_non_exhaustive()
    }
}

/// What kind of thing went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The bytes are no delivery of any known shape, or more than the limits allow.
    Delivery(WireError),
    /// The event does not fit its type: all that is wrong with it, as far as can be told.
    Mismatch {
        /// What is wrong, in the order of discovery; at least one.
        mismatches: Vec<Mismatch>,
        /// There is more wrong than is listed.
        and_more: bool,
    },
    /// An event of another type than the one asked for.
    OtherType {
        /// The type asked for.
        expected: &'static str,
        /// The type it is.
        found: String,
    },
    /// A version that no payload of the type can be: 0, or one beyond the chain.
    NoSuchVersion {
        /// The version said.
        version: Version,
    },
    /// An older version was read but could not be brought up to the one asked for.
    Upcast(UpcastError),
    /// The event is not here but in a bucket: fetch it, and read what you fetched.
    ClaimCheck(ClaimCheck),
    /// The event has encrypted fields: decrypt it first.
    Encrypted {
        /// The names of the fields.
        fields: Vec<String>,
    },
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind, bytes: &[u8]) -> Self {
        Self { inner: Box::new(Inner { kind, bytes: bytes.to_vec(), transport: Transport::default() }) }
    }

    /// With what the message says that carried the bytes.
    pub(crate) fn of_delivery(kind: ReadErrorKind, delivery: &Delivery<'_>) -> Self {
        let mut error = Self::new(kind, delivery.bytes());
        error.inner.transport.clone_from(delivery.transport());
        error
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    /// What went wrong, without the bytes.
    pub fn into_kind(self) -> ReadErrorKind {
        self.inner.kind
    }

    /// The bytes that could not be read, exactly as they came.
    pub fn into_bytes(self) -> Vec<u8> {
        self.inner.bytes
    }

    /// What went wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.inner.kind
    }

    /// The bytes that could not be read, exactly as they came.
    pub fn bytes(&self) -> &[u8] {
        &self.inner.bytes
    }

    /// What does not fit, each with its place. Empty where the error is of another kind.
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
                write!(f, "this is an event of type {found:?}, not {expected:?}")
            }
            ReadErrorKind::NoSuchVersion { version } => {
                write!(f, "{version} of this event was never made: no payload of its type has this version")
            }
            ReadErrorKind::Upcast(error) => write!(f, "{error}"),
            ReadErrorKind::ClaimCheck(claim) => {
                write!(f, "the event itself is in s3://{}/{}: fetch it and read that", claim.bucket, claim.key)
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
            | ReadErrorKind::ClaimCheck(_)
            | ReadErrorKind::Encrypted { .. } => None,
        }
    }
}

/// One place where an event does not fit its type.
///
/// Neither text holds the value that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pointer: Pointer,
    expected: String,
    found: String,
}

impl Mismatch {
    pub(crate) fn new(pointer: Pointer, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { pointer, expected: expected.into(), found: found.into() }
    }

    pub(crate) fn under(mut self, parent: &Pointer) -> Self {
        self.pointer = parent.concat(&self.pointer);
        self
    }

    /// Where, from the root of the JSON document that was delivered.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// What should stand there.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What kind of thing stands there instead.
    pub fn found(&self) -> &str {
        &self.found
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
