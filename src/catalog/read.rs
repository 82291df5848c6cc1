//! Events of any type in a catalog, read.

use std::fmt;
use std::sync::Arc;

use super::Catalog;
use crate::event::Event;
use crate::event::metadata::Metadata;
use crate::name::Version;
use crate::payload::{DecodeError, Payload, PayloadSource};
use crate::read::{Draft, ReadError, Readable, Reader, Reading, TypeInfo, Unrecognised};
use crate::wire::{self, Delivery};

/// What a catalog reads.
#[derive(Debug)]
#[non_exhaustive]
pub enum Catalogued {
    /// An event of one of the types.
    Event(AnyEvent),
    /// An event of none of them, with its bytes.
    Other(Unrecognised),
}

/// An event of a type that is known only at run time.
pub struct AnyEvent(Box<dyn Erased>);

impl AnyEvent {
    /// Returns the metadata.
    pub fn metadata(&self) -> &Metadata {
        self.0.metadata()
    }

    /// Serializes the canonical detail of the event in its newest version.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        self.0.to_json()
    }
}

impl fmt::Debug for AnyEvent {
    /// Without the payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyEvent").field("id", &self.metadata().id).finish_non_exhaustive()
    }
}

/// An event whose payload type is erased.
trait Erased {
    fn metadata(&self) -> &Metadata;
    fn to_json(&self) -> Result<String, serde_json::Error>;
}

impl<P: Payload> Erased for Event<P> {
    fn metadata(&self) -> &Metadata {
        self.metadata()
    }

    fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// Reads the events of one type.
#[derive(Clone)]
pub(super) struct Reads(Arc<dyn ReadsOne>);

trait ReadsOne: Send + Sync {
    fn read<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, Catalogued>, ReadError>;
}

impl<P: Payload> ReadsOne for Reader<P> {
    fn read<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, Catalogued>, ReadError> {
        let reading = self.read_delivery(delivery)?;
        Ok(reading.map(|event| Catalogued::Event(AnyEvent(Box::new(event)))))
    }
}

impl Reads {
    pub(super) fn of<P: Payload>() -> Self {
        Self(Arc::new(Reader::<P>::default()))
    }
}

/// Takes no type for its own.
enum Nothing {}

impl Readable for Nothing {
    type Event = Unrecognised;

    const TYPES: &'static [TypeInfo] = &[];

    fn decode<'de, S: PayloadSource<'de>>(
        _: usize,
        _: Version,
        _: S,
    ) -> Result<Draft<Unrecognised>, DecodeError<S::Error>> {
        Err(DecodeError::NoSuchVersion)
    }

    fn unrecognised(event: Unrecognised) -> Result<Unrecognised, Unrecognised> {
        Ok(event)
    }
}

impl Catalog {
    /// Reads one event, of whichever type it says it is, in its newest version.
    pub fn read_delivery<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, Catalogued>, ReadError> {
        let route = delivery.text().ok().and_then(|text| wire::route(text.as_bytes()).ok());
        let event_type = route.as_ref().and_then(|route| route.event_type.as_deref());
        match event_type.and_then(|name| self.find(name)) {
            Some(of) => of.reads.0.read(delivery),
            None => Ok(Reader::<Nothing>::default().read_delivery(delivery)?.map(Catalogued::Other)),
        }
    }

    /// Reads every event in a batch, an array or a text of one event a line, as [`Reader::read_all`] does: as many
    /// answers as there are events, in their order.
    pub fn read_all(&self, bytes: &[u8]) -> Vec<Result<Reading<'static, Catalogued>, ReadError>> {
        let read = |delivery: &Delivery<'_>| self.read_delivery(delivery).map(Reading::into_owned);
        match wire::deliveries(bytes) {
            Ok(deliveries) => deliveries.iter().map(read).collect(),
            Err(_) => vec![read(&Delivery::new(bytes))],
        }
    }
}
