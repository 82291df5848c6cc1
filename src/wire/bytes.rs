//! Bytes of a delivery: borrowed from the caller, or shared by all parts of one decoded text.

use std::borrow::Cow;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes that are cut into parts without a copy.
///
/// The body of an SQS message or the data of a record is decoded into one buffer, which the events in it and their errors
/// share.
#[derive(Clone)]
pub(crate) enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Shared { buffer: Arc<[u8]>, range: Range<usize> },
}

impl Bytes<'_> {
    /// Returns a part; an empty one for a range outside of the bytes.
    pub(super) fn slice(&self, part: Range<usize>) -> Self {
        match self {
            Self::Borrowed(bytes) => Self::Borrowed(bytes.get(part).unwrap_or_default()),
            Self::Shared { buffer, range } => {
                let start = (range.start + part.start).min(range.end);
                let end = (range.start + part.end).clamp(start, range.end);
                Self::Shared { buffer: Arc::clone(buffer), range: start..end }
            }
        }
    }

    /// Removes white space at the end.
    pub(super) fn trimmed(self) -> Self {
        let length = self.trim_ascii_end().len();
        self.slice(0..length)
    }

    /// Copies borrowed bytes; shared ones stay shared.
    pub(crate) fn to_static(&self) -> Bytes<'static> {
        match self {
            Self::Borrowed(bytes) => Bytes::copy(bytes),
            Self::Shared { buffer, range } => Bytes::Shared { buffer: Arc::clone(buffer), range: range.clone() },
        }
    }
}

impl Bytes<'static> {
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        Self::Shared { buffer: bytes.into(), range: 0..bytes.len() }
    }
}

impl From<Vec<u8>> for Bytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Shared { range: 0..bytes.len(), buffer: bytes.into() }
    }
}

impl<'a> From<Cow<'a, [u8]>> for Bytes<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        match bytes {
            Cow::Borrowed(bytes) => Self::Borrowed(bytes),
            Cow::Owned(bytes) => Self::from(bytes),
        }
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared { buffer, range } => buffer.get(range.clone()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_have_their_own_bytes() {
        for bytes in [Bytes::Borrowed(b"0123456789"), Bytes::from(b"0123456789".to_vec())] {
            let part = bytes.slice(2..8).slice(1..4);
            assert_eq!(&*part, b"345");
            assert_eq!(&*part.to_static(), b"345");
            assert_eq!(&*part.slice(5..9), b"");
        }
    }
}
