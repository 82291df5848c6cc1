//! Deserialization of a payload while the envelope around it is read.

use std::marker::PhantomData;

use serde::de::{Deserializer, Error as _};

use super::canonical::{TextNeeded, drop_canonical};
use super::readable::{Draft, Readable};
use super::track::{Tracked, Tracker};
use crate::name::Version;
use crate::payload::{DecodeError, Payload, PayloadSource};
use crate::wire::level::Stream;

/// The declared type, as an index into the types of the reader, and the declared version.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeclaredType {
    pub(super) index: usize,
    pub(super) version: Version,
}

/// Deserializes the payloads of `T` inside a stream.
pub(super) struct PayloadStream<'t, 'de, 'a, T> {
    pub(super) tracker: &'t Tracker<'de, 'a>,
    pub(super) reads: PhantomData<fn() -> T>,
}

impl<T> Clone for PayloadStream<'_, '_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PayloadStream<'_, '_, '_, T> {}

pub(super) struct StreamedPayload<E> {
    pub(super) draft: Draft<E>,
    pub(super) declared: DeclaredType,
}

impl<T: Readable> PayloadStream<'_, '_, '_, T> {
    fn find(event_type: &str, version: u64) -> Option<DeclaredType> {
        let index = T::TYPES.iter().position(|info| info.name == event_type)?;
        let version = Version::new(u32::try_from(version).ok()?).ok()?;
        (version <= T::TYPES[index].newest).then_some(DeclaredType { index, version })
    }
}

impl<'de, T: Readable> Stream<'de> for PayloadStream<'_, 'de, '_, T> {
    type Payload = StreamedPayload<T::Event>;

    fn accepts(self, event_type: &str, version: u64) -> bool {
        Self::find(event_type, version).is_some()
    }

    fn deserialize<D: Deserializer<'de>>(
        self,
        event_type: &str,
        version: u64,
        deserializer: D,
    ) -> Result<Self::Payload, D::Error> {
        let declared = Self::find(event_type, version).ok_or_else(|| D::Error::custom("unknown type or version"))?;
        let source = StreamSource { deserializer, tracker: self.tracker };
        match T::decode(declared.index, declared.version, source) {
            Ok(draft) => Ok(StreamedPayload { draft, declared }),
            Err(DecodeError::Source(error)) => Err(error),
            // The document is read again, and that reports the error.
            Err(DecodeError::Upcast(_) | DecodeError::NoSuchVersion) => Err(D::Error::custom("no payload")),
        }
    }
}

struct StreamSource<'t, 'de, 'a, D> {
    deserializer: D,
    tracker: &'t Tracker<'de, 'a>,
}

impl<'de, D: Deserializer<'de>> PayloadSource<'de> for StreamSource<'_, 'de, '_, D> {
    type Error = D::Error;

    fn deserialize<P: Payload>(self) -> Result<P, D::Error> {
        let payload = P::deserialize(Tracked::new(self.deserializer, self.tracker))?;
        match drop_canonical(&payload, None, self.tracker) {
            Ok(()) => Ok(payload),
            // The document is read again, with its text.
            Err(TextNeeded) => Err(D::Error::custom("the text is needed")),
        }
    }
}
