//! A delivery: one event in a wire format.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::envelope::Envelope;
use super::error::{WireError, WireErrorKind};
use super::facts::{self, Facts};
use super::scalar::Scalar;
use super::shape::Shape;
use super::text;
use crate::tags::Tags;

/// The bytes of one event, and the metadata of the message that carried it.
///
/// [`deliveries`](super::deliveries) splits a batch into them.
#[derive(Clone)]
pub struct Delivery<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    shape: Option<Shape>,
    pub(super) transport: Transport,
    /// The reason why no event can be read, such as invalid base64.
    broken: Option<WireErrorKind>,
}

/// Metadata of an SQS message or a Kinesis record: fallbacks for metadata that the event lacks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Transport {
    pub(crate) id: Option<String>,
    pub(crate) time: Option<DateTime<Utc>>,
    pub(crate) partition_key: Option<String>,
    /// Position of a Kinesis record in its stream; not a fallback for anything.
    pub(crate) sequence_number: Option<String>,
    /// Identifier of the outermost message or record.
    pub(crate) message: Option<String>,
    /// Marks bytes that are the data of a Kinesis record verbatim, because it is not base64.
    pub(crate) is_not_base64: bool,
}

impl Transport {
    /// See [`Delivery::item_identifier`].
    fn item(&self) -> Option<&str> {
        self.message.as_deref().or(self.sequence_number.as_deref())
    }
}

impl<'a> Delivery<'a> {
    /// Wraps the JSON document of one event, whose shape is recognised when it is read.
    pub fn new(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { bytes: bytes.into(), shape: None, transport: Transport::default(), broken: None }
    }

    /// Wraps the JSON document of one event of a known shape.
    ///
    /// ```
    /// use event_contract::wire::{Delivery, Shape};
    ///
    /// // Without the shape, this would be read as a detail of the type "sale".
    /// let delivery = Delivery::with_shape(br#"{"type":"sale","detail":{}}"#, Shape::EventBridge);
    /// assert_eq!(delivery.shape()?, Shape::EventBridge);
    /// # Ok::<(), event_contract::wire::WireError>(())
    /// ```
    pub fn with_shape(bytes: impl Into<Cow<'a, [u8]>>, shape: Shape) -> Self {
        Self { shape: Some(shape), ..Self::new(bytes) }
    }

    /// Decodes the base64 data of a Kinesis record. For invalid base64, reading the delivery fails, and the error holds the
    /// text.
    pub fn from_kinesis_data(base64: &str) -> Delivery<'static> {
        match STANDARD.decode(base64) {
            Ok(bytes) => Delivery::new(bytes),
            Err(error) => {
                let message = error.to_string();
                Delivery::broken(base64.as_bytes().to_vec(), WireErrorKind::NotBase64 { message })
                    .with_transport(Transport { is_not_base64: true, ..Transport::default() })
            }
        }
    }

    pub(super) fn broken(bytes: impl Into<Cow<'a, [u8]>>, kind: WireErrorKind) -> Self {
        Self { broken: Some(kind), ..Self::new(bytes) }
    }

    pub(super) fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Returns the JSON document of the event; for data that is not base64, the data itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the declared shape, or else recognises it by the members of the document.
    pub fn shape(&self) -> Result<Shape, WireError> {
        match (&self.broken, self.shape) {
            (None, Some(shape)) => Ok(shape),
            _ => facts::recognise(&text::parse_root(self.text()?)?),
        }
    }

    /// Returns the identifier with which a Lambda function reports the record in `batchItemFailures`: the id of the SQS
    /// message or the sequence number of the Kinesis record. All events of one message have the same.
    pub fn item_identifier(&self) -> Option<&str> {
        self.transport.item()
    }

    /// Adds fallbacks from the message that carried this delivery.
    ///
    /// The id of a message that carries several events identifies none of them: it is added only to a delivery that
    /// `is_alone` in its message.
    pub(super) fn carried_by(mut self, outer: &Transport, is_alone: bool) -> Self {
        let own = &mut self.transport;
        if is_alone && own.id.is_none() {
            own.id.clone_from(&outer.id);
        }
        own.time = own.time.or(outer.time);
        if let Some(item) = outer.item() {
            own.message = Some(item.to_owned());
        }
        if own.partition_key.is_none() {
            own.partition_key.clone_from(&outer.partition_key);
        }
        if own.sequence_number.is_none() {
            own.sequence_number.clone_from(&outer.sequence_number);
        }
        self
    }

    /// Returns true if the document itself may be a batch.
    pub(super) fn may_be_batch(&self) -> bool {
        self.broken.is_none() && self.shape.is_none()
    }

    pub(crate) fn declared_shape(&self) -> Option<Shape> {
        self.shape
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Copies the borrowed bytes.
    pub(crate) fn to_owned(&self) -> Delivery<'static> {
        Delivery {
            bytes: Cow::Owned(self.bytes.to_vec()),
            shape: self.shape,
            transport: self.transport.clone(),
            broken: self.broken.clone(),
        }
    }

    fn facts(&self) -> Result<Box<Facts<'_, std::convert::Infallible>>, WireError> {
        facts::interpret_text(text::parse_root(self.text()?)?, self.shape)
    }

    /// Returns the event type that the reader would find; an error if the delivery is not an event.
    pub(crate) fn event_type(&self) -> Result<Option<String>, WireError> {
        let facts = self.facts()?;
        let from_envelope = facts.envelope.as_ref().and_then(|envelope| envelope.detail_type.as_deref());
        let from_envelope = from_envelope.map(str::to_owned);
        Ok(facts.event_type.and_then(Scalar::into_string).map(Cow::into_owned).or(from_envelope))
    }

    /// Collects the subsystems and the accounts that the event names as its origin.
    pub(crate) fn origins(&self) -> Origins {
        let Ok(facts) = self.facts() else { return Origins::default() };
        let Envelope { source, account, .. } = facts.envelope.unwrap_or_default();
        let tags: Tags = facts.tags.and_then(|tags| serde_json::from_str(tags.get()).ok()).unwrap_or_default();
        let own_source = facts.source.and_then(Scalar::into_string);
        let sources = [own_source, tags.get_str("source"), source];
        let accounts = [account, tags.get_str("account")];
        Origins {
            sources: sources.into_iter().flatten().map(Cow::into_owned).collect(),
            accounts: accounts.into_iter().flatten().map(Cow::into_owned).collect(),
        }
    }

    /// Returns the document as text.
    pub(crate) fn text(&self) -> Result<&str, WireError> {
        match &self.broken {
            Some(kind) => Err(WireError { kind: kind.clone() }),
            None => text::decode(&self.bytes),
        }
    }
}

/// The subsystems and the accounts that an event names as its origin.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    pub(crate) sources: Vec<String>,
    pub(crate) accounts: Vec<String>,
}

impl fmt::Debug for Delivery<'_> {
    /// Omits the bytes: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Delivery").field("shape", &self.shape).field("bytes", &bytes).finish_non_exhaustive()
    }
}
