//! The reader and its settings.

use std::fmt;

use chrono::{DateTime, Utc};

use super::document::{DocumentReader, Failure, Source};
use super::error::{ReadError, ReadErrorKind};
use super::findings::Retention;
use super::limits::Limits;
use super::readable::Readable;
use super::reading::Reading;
use crate::event::Event;
use crate::event::encode::EncodedEvent;
use crate::payload::Payload;
use crate::side::Side;
use crate::wire::{self, Delivery, Shape, Transport, WireErrorKind};

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
        let kind = match self.read_bytes(bytes, None, &Transport::default()) {
            Ok(reading) => return Ok(reading),
            Err(Failure::Error(kind)) => kind,
            Err(Failure::Batch(deliveries)) => match &deliveries[..] {
                [delivery] => match self.read_delivery(delivery) {
                    Ok(reading) => return Ok(reading.into_owned()),
                    Err(error) => error.into_kind(),
                },
                several => WireErrorKind::Several { count: several.len() }.into(),
            },
        };
        Err(ReadError::new(kind, bytes))
    }

    /// Reads every event of a batch, an array, or a text with one event per line. Batches in messages are split as well.
    ///
    /// Returns one result per event, in their order, and one error for an empty batch.
    pub fn read_all<'a>(&self, bytes: &'a [u8]) -> Vec<Result<Reading<'a, T::Event>, ReadError>> {
        if bytes.len() > self.documents.limits.bytes {
            return vec![Err(ReadError::new(self.too_large(bytes).into(), bytes))];
        }
        // Fast path for the lines of an event lake. A document whose first line is an event has one event per line.
        let lines = || bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        if let Some(first) = lines().next().and_then(|line| self.read_line(line)) {
            let rest = lines().skip(1).flat_map(|line| match self.read_line(line) {
                Some(reading) => vec![Ok(reading)],
                None => self.read_parts(line),
            });
            return std::iter::once(Ok(first)).chain(rest).collect();
        }
        self.read_parts(bytes)
    }

    /// Reads an event in one pass, without any fallback.
    fn read_line<'a>(&self, line: &'a [u8]) -> Option<Reading<'a, T::Event>> {
        let text = wire::without_byte_order_mark(std::str::from_utf8(line).ok()?);
        self.documents.read_streaming(Source { text, delivered: text, shape: None, transport: &Transport::default() })
    }

    fn read_parts<'a>(&self, bytes: &'a [u8]) -> Vec<Result<Reading<'a, T::Event>, ReadError>> {
        match wire::deliveries(bytes) {
            Ok(deliveries) => {
                let read = |delivery: &Delivery<'_>| self.read_delivery(delivery).map(Reading::into_owned);
                deliveries.iter().map(read).collect()
            }
            Err(error) => vec![Err(ReadError::new(ReadErrorKind::Delivery(error), bytes))],
        }
    }

    /// Reads an event of a known shape, or one of a batch.
    pub fn read_delivery<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, T::Event>, ReadError> {
        let kind = match delivery.text() {
            Ok(_) => match self.read_bytes(delivery.bytes(), delivery.declared_shape(), delivery.transport()) {
                Ok(reading) => return Ok(reading),
                Err(Failure::Error(kind)) => kind,
                Err(Failure::Batch(_)) => {
                    let hint = "expected an event, found a batch: split it with `wire::deliveries`";
                    WireErrorKind::NotAnEvent { hint }.into()
                }
            },
            Err(error) => ReadErrorKind::Delivery(error),
        };
        Err(ReadError::for_delivery(kind, delivery))
    }

    fn too_large(&self, bytes: &[u8]) -> WireErrorKind {
        WireErrorKind::TooLarge { length: bytes.len(), limit: self.documents.limits.bytes }
    }

    fn read_bytes<'a>(
        &self,
        bytes: &'a [u8],
        shape: Option<Shape>,
        transport: &Transport,
    ) -> Result<Reading<'a, T::Event>, Failure<'a>> {
        if bytes.len() > self.documents.limits.bytes {
            return Err(self.too_large(bytes).into());
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Failure::from(WireErrorKind::NotUtf8 { at: error.valid_up_to() }))?;
        let text = wire::without_byte_order_mark(text);
        let source = Source { text, delivered: text, shape, transport };
        if matches!(shape, None | Some(Shape::EventBridge | Shape::Detail))
            && let Some(reading) = self.documents.read_streaming(source)
        {
            return Ok(reading);
        }
        self.documents.read_text(source)
    }
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
