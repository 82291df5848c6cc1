//! Reading events of any type, with the payload type erased.

use std::fmt;
use std::sync::Arc;

use crate::event::Event;
use crate::event::metadata::Metadata;
use crate::name::Version;
use crate::payload::TypeInfo;
use crate::payload::{DecodeError, Payload, PayloadSource};
use crate::read::{Draft, ReadError, Readable, Reader, Reading, Unrecognised};
use crate::wire::Delivery;

/// An event that a [`Catalog`](super::Catalog) has read.
#[derive(Debug)]
#[non_exhaustive]
pub enum CatalogEvent {
    /// An event of a type of the catalog.
    Event(AnyEvent),
    /// An event of another type, with its bytes.
    Other(Unrecognised),
}

/// An event of a type that is known only at run time. It can be written to a store, but not handled.
///
/// ```
/// use event_contract::catalog::{AnyEvent, CatalogEvent};
/// use event_contract::{contract, wire};
///
/// let catalog = contract::catalog()?;
/// let delivery = wire::Delivery::new(
///     br#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{
///         "orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#,
/// );
/// let CatalogEvent::Event(event) = catalog.read_delivery(&delivery)?.into_event() else { panic!("in the catalog") };
/// let event: AnyEvent = event;
/// assert!(event.to_json()?.contains(r#""version":3"#)); // upcast from version 1
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AnyEvent(Box<dyn Erased>);

impl AnyEvent {
    /// Returns the metadata.
    pub fn metadata(&self) -> &Metadata {
        self.0.metadata()
    }

    /// Serializes the canonical detail of the event in its newest version; of an external event, without tags and unknown
    /// fields.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        self.0.to_json()
    }

    /// Serializes the canonical detail with everything that the event holds, for use inside a subsystem: see
    /// [`Event::internal_detail`].
    pub fn to_internal_json(&self) -> Result<String, serde_json::Error> {
        self.0.to_internal_json()
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
    fn to_internal_json(&self) -> Result<String, serde_json::Error>;
}

impl<P: Payload> Erased for Event<P> {
    fn metadata(&self) -> &Metadata {
        self.metadata()
    }

    fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn to_internal_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.internal_detail())
    }
}

/// Reads the events of one type.
#[derive(Clone)]
pub(super) struct TypeReader(Arc<dyn ErasedReader>);

/// A reader with its payload type erased.
trait ErasedReader: Send + Sync {
    fn read<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, CatalogEvent>, ReadError>;
}

impl<P: Payload> ErasedReader for Reader<P> {
    fn read<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, CatalogEvent>, ReadError> {
        let reading = self.read_delivery(delivery)?;
        Ok(reading.map(|event| CatalogEvent::Event(AnyEvent(Box::new(event)))))
    }
}

impl TypeReader {
    pub(super) fn new<P: Payload>() -> Self {
        Self(Arc::new(Reader::<P>::default()))
    }

    pub(super) fn read<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, CatalogEvent>, ReadError> {
        self.0.read(delivery)
    }
}

/// A [`Readable`] without types: every event is unrecognised.
pub(super) enum NoType {}

impl Readable for NoType {
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
