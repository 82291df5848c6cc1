//! The reader and its settings.

use std::fmt;

use chrono::{DateTime, Utc};
use json_document::Pointer;

use super::document::{DocumentReader, Failure, Source};
use super::error::{ReadError, ReadErrorKind};
use super::findings::Retention;
use super::limits::Limits;
use super::observation::ObservationKind;
use super::readable::Readable;
use super::reading::Reading;
use crate::event::Event;
use crate::event::encode::EncodedEvent;
use crate::payload::Payload;
use crate::side::Side;
use crate::wire::{self, Bytes, Collected, Deliveries, Delivery, Document, Shape, Transport, WireError, WireErrorKind};

/// Reads events of the type `T`: of one [payload](crate::Payload) in all its versions, or of an enum of several types.
///
/// ```
/// use event_contract::Reader;
/// use event_contract::contract::order::OrderCreated;
///
/// // The oldest form: version 1, without any metadata.
/// let bytes = br#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}"#;
///
/// let reading = Reader::<OrderCreated>::default().read(bytes)?;
/// for observation in reading.observations() {
///     println!("{}: {observation}", observation.severity());
/// }
/// let event = reading.into_event();
/// assert_eq!(event.metadata().version.get(), 3);
/// assert_eq!(event.partition_key(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
/// # Ok::<(), event_contract::ReadError>(())
/// ```
///
/// Create one and reuse it. Cloning it is cheap; creating the first reader of a type explores the type for aliases.
pub struct Reader<T: Readable> {
    documents: DocumentReader<T>,
}

impl<T: Readable> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Self { documents: self.documents.clone() }
    }
}

impl<T: Readable> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<_> = T::TYPES.iter().map(|info| format!("{} {}", info.name, info.newest)).collect();
        f.debug_struct("Reader")
            .field("types", &types)
            .field("retention", &self.documents.retention)
            .field("limits", &self.documents.limits)
            .field("received_at", &self.documents.received_at)
            .finish_non_exhaustive()
    }
}

impl<T: Readable> Default for Reader<T> {
    /// Keeps unknown fields, shows no values, and has the default [`Limits`].
    fn default() -> Self {
        Self { documents: DocumentReader::new(Retention { keep_unknown: true, show_values: false }) }
    }
}

impl<T: Readable> Reader<T> {
    /// Observes unknown fields, and drops them.
    #[must_use]
    pub fn ignoring_unknown_fields(mut self) -> Self {
        self.documents.retention.keep_unknown = false;
        self
    }

    /// Adds the values to observations. Payload data must not reach logs.
    #[must_use]
    pub fn with_values(mut self) -> Self {
        self.documents.retention.show_values = true;
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.documents.limits = limits;
        self
    }

    /// Sets the time of events without a time, in deliveries without a time.
    ///
    /// By default such an event is an error: the library does not read the clock.
    #[must_use]
    pub fn received_at(mut self, time: DateTime<Utc>) -> Self {
        self.documents.received_at = Some(time);
        self
    }

    /// Reads one event of any shape. A batch of one event is read as that event.
    pub fn read<'a>(&self, bytes: &'a [u8]) -> Result<Reading<'a, T::Event>, ReadError> {
        let rejection = match self.read_bytes(bytes, Message::NONE) {
            Ok(reading) => return Ok(reading),
            Err(Failure::Error(rejection)) => rejection,
            Err(Failure::Batch(mut deliveries)) => match (deliveries.next(), deliveries.next()) {
                (Some(delivery), None) => match self.read_part(&delivery) {
                    Ok(reading) => return Ok(reading),
                    Err(error) => return Err(error.for_batch(bytes)),
                },
                // Counted one by one: the batch is not built.
                (first, _) => match usize::from(first.is_some()) + 1 + deliveries.take(wire::MAX_EVENTS).count() {
                    count if count > wire::MAX_EVENTS => {
                        ReadErrorKind::from(WireErrorKind::TooManyEvents { limit: wire::MAX_EVENTS }).into()
                    }
                    count => ReadErrorKind::from(WireErrorKind::Several { count }).into(),
                },
            },
        };
        Err(ReadError::new(rejection, bytes))
    }

    /// Reads every event of a batch, an array, or a text with one event after the other. Batches in messages are split as
    /// well.
    ///
    /// Returns one result per event, in their order, and one error for an empty batch. Limits apply to each event, not to
    /// the batch. A batch with more parts than any real one, that is, more than 10,000 and more than one per 250 bytes, is
    /// one error with all its bytes.
    pub fn read_all<'a>(&self, bytes: &'a [u8]) -> Vec<Result<Reading<'a, T::Event>, ReadError>> {
        match self.read_each(bytes) {
            Ok(results) => results,
            Err(error) => vec![Err(ReadError::new(ReadErrorKind::Delivery(error), bytes))],
        }
    }

    fn read_each<'a>(&self, bytes: &'a [u8]) -> Result<Vec<ReadResult<'a, T>>, WireError> {
        let mut collected = Collected::new(bytes.len());
        // Fast path for the lines of an event lake: a text whose first line is an event is not classified.
        let mut deliveries = Deliveries::of_documents(bytes);
        match deliveries.read_line(|line| self.read_line(line)) {
            Some(reading) => collected.push(Ok(reading), &deliveries)?,
            None => match Document::parse(Bytes::Borrowed(bytes))? {
                Document::Event(event) => return Ok(vec![self.read_part(&Delivery::new(bytes).with_bytes(event))]),
                Document::Batch(parts) => deliveries = parts,
            },
        }
        loop {
            let result = match deliveries.read_line(|line| self.read_line(line)) {
                Some(reading) => Ok(reading),
                None => match deliveries.next() {
                    Some(delivery) => self.read_part(&delivery),
                    None => return Ok(collected.results),
                },
            };
            collected.push(result, &deliveries)?;
        }
    }

    /// Reads an event in one pass, without any fallback.
    fn read_line<'a>(&self, line: &'a [u8]) -> Option<Reading<'a, T::Event>> {
        let text = wire::without_byte_order_mark(std::str::from_utf8(line).ok()?);
        if line.len() > self.documents.limits.bytes {
            return None;
        }
        self.documents.read_streaming(Source { text, delivered: text, shape: None, transport: &Transport::NONE })
    }

    /// Reads an event of a batch. Its envelope is copied.
    fn read_part(&self, delivery: &Delivery<'_>) -> Result<Reading<'static, T::Event>, ReadError> {
        self.read_delivery(delivery).map(Reading::into_owned)
    }

    /// Reads an event of a known shape, or one of a batch.
    pub fn read_delivery<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, T::Event>, ReadError> {
        let message = Message { shape: delivery.declared_shape(), transport: delivery.transport() };
        let rejection = match delivery.check() {
            Ok(()) => match self.read_bytes(delivery.bytes(), message) {
                Ok(reading) => return Ok(reading),
                Err(Failure::Error(rejection)) => rejection,
                Err(Failure::Batch(_)) => {
                    let hint = "expected an event, found a batch: split it with `wire::deliveries`";
                    ReadErrorKind::from(WireErrorKind::NotAnEvent { hint }).into()
                }
            },
            Err(error) => ReadErrorKind::Delivery(error).into(),
        };
        Err(ReadError::for_delivery(rejection, delivery))
    }

    fn read_bytes<'a>(&self, bytes: &'a [u8], message: Message<'_>) -> Result<Reading<'a, T::Event>, Failure<'a>> {
        match wire::unpack(bytes, self.documents.limits.bytes)? {
            None => self.read_document(bytes, message),
            Some(unpacked) => {
                let mut reading = match self.read_document(&unpacked, message) {
                    Ok(reading) => reading.into_owned(),
                    Err(Failure::Error(rejection)) => return Err(Failure::Error(rejection)),
                    Err(Failure::Batch(_)) => return Err(as_batch(Bytes::from(unpacked))),
                };
                reading.observe(Pointer::ROOT, ObservationKind::Decompressed);
                Ok(reading)
            }
        }
    }

    /// Reads a document that is not compressed.
    fn read_document<'a>(&self, bytes: &'a [u8], message: Message<'_>) -> Result<Reading<'a, T::Event>, Failure<'a>> {
        let Message { shape, transport } = message;
        let limit = self.documents.limits.bytes;
        if bytes.len() > limit {
            // The limit is that of a delivery, not of a batch.
            return Err(match Document::parse(Bytes::Borrowed(bytes)) {
                Ok(Document::Batch(deliveries)) if shape.is_none() => Failure::Batch(deliveries),
                _ => WireErrorKind::TooLarge { length: bytes.len(), limit }.into(),
            });
        }
        let text = std::str::from_utf8(bytes)
            .map(wire::without_byte_order_mark)
            .map_err(|error| WireErrorKind::NotUtf8 { offset: error.valid_up_to() });
        if let Ok(text) = text
            && matches!(shape, None | Some(Shape::EventBridge | Shape::Detail))
            && let Some(reading) = self.documents.read_streaming(Source { text, delivered: text, shape, transport })
        {
            return Ok(reading);
        }
        if shape.is_none()
            && let Failure::Batch(deliveries) = as_batch(Bytes::Borrowed(bytes))
        {
            return Err(Failure::Batch(deliveries));
        }
        let text = text?;
        let source = Source { text, delivered: text, shape, transport };
        let Some(expanded) = wire::expand_detail(source.text, shape) else {
            return Ok(self.documents.read_text(source)?);
        };
        let mut reading = self.documents.read_text(Source { text: &expanded, ..source })?.into_owned();
        let kind = ObservationKind::Coerced { from: "a JSON text", to: "an object" };
        reading.observe(Pointer::ROOT.join("detail"), kind);
        Ok(reading)
    }
}

/// Classifies bytes as a batch; an error otherwise.
fn as_batch(bytes: Bytes<'_>) -> Failure<'_> {
    match Document::parse(bytes) {
        Ok(Document::Batch(deliveries)) => Failure::Batch(deliveries),
        Ok(Document::Event(_)) => WireErrorKind::NotAnObject.into(),
        Err(error) => ReadErrorKind::Delivery(error).into(),
    }
}

type ReadResult<'a, T> = Result<Reading<'a, <T as Readable>::Event>, ReadError>;

/// Properties of a delivery besides its bytes.
#[derive(Clone, Copy)]
struct Message<'t> {
    /// The declared shape.
    shape: Option<Shape>,
    transport: &'t Transport,
}

impl Message<'_> {
    const NONE: Self = Message { shape: None, transport: &Transport::NONE };
}

impl<S: Side> EncodedEvent<S> {
    /// Reads the event as one of the payload `P`.
    pub fn read<P: Payload<Side = S>>(&self) -> Result<Event<P>, ReadError> {
        Reader::<P>::default().read(self.detail().as_bytes()).map(Reading::into_event)
    }
}

impl From<WireErrorKind> for ReadErrorKind {
    fn from(kind: WireErrorKind) -> Self {
        Self::Delivery(kind.into())
    }
}
