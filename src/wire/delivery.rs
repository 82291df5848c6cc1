//! A delivery: one event in a wire format.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bytes::Bytes;
use super::compressed;
use super::envelope::Envelope;
use super::error::{WireError, WireErrorKind};
use super::facts::{self, Facts};
use super::form::Form;
use super::scalar::Scalar;
use super::shape::Shape;
use super::text;
use super::transport::Transport;
#[cfg(feature = "cli")]
use crate::name::Version;
use crate::tags::Tags;

/// The bytes of one event, and the metadata of the message that carried it.
///
/// [`deliveries`](super::deliveries) splits a batch into them.
#[derive(Clone)]
pub struct Delivery<'a> {
    pub(super) bytes: Bytes<'a>,
    shape: Option<Shape>,
    /// Not allocated for a delivery without a message around it, and shared with its error.
    transport: Option<Arc<Transport>>,
    /// The reason why no event can be read, such as invalid base64.
    broken: Option<Box<WireErrorKind>>,
    /// The form of the message that carried it.
    message: Option<&'static Form>,
}

impl<'a> Delivery<'a> {
    /// Wraps the JSON document of one event, whose shape is recognised when it is read.
    pub fn new(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::of_part(bytes.into().into())
    }

    pub(super) fn of_part(bytes: Bytes<'a>) -> Self {
        Self { bytes, shape: None, transport: None, broken: None, message: None }
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
                Delivery::broken(base64.as_bytes().to_vec().into(), WireErrorKind::NotBase64 { message })
                    .with_transport(Transport { is_not_base64: true, ..Transport::default() })
            }
        }
    }

    /// Decodes base64 of gzip of the bytes. If it is not valid, reading the delivery fails, and the error holds the text.
    pub(super) fn from_gzip(base64: &str) -> Delivery<'static> {
        let unpacked = match STANDARD.decode(base64) {
            Ok(gzip) => compressed::inflate(&gzip, compressed::MAX_DELIVERY_BYTES),
            Err(error) => Err(WireErrorKind::NotBase64 { message: error.to_string() }),
        };
        match unpacked {
            Ok(bytes) => Delivery::new(bytes),
            Err(kind) => Delivery::broken(base64.as_bytes().to_vec().into(), kind),
        }
    }

    pub(super) fn broken(bytes: Bytes<'a>, kind: WireErrorKind) -> Self {
        Self { broken: Some(Box::new(kind)), ..Self::of_part(bytes) }
    }

    pub(super) fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = (transport != Transport::NONE).then(|| Arc::new(transport));
        self
    }

    /// Names the form of the message that carried it, for errors.
    pub(super) fn within(mut self, message: &'static Form) -> Self {
        self.message = Some(message);
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
            _ => facts::recognise(&text::parse_root(&self.text()?)?),
        }
    }

    /// Returns the identifier with which a Lambda function reports the record in `batchItemFailures`: the id of the SQS
    /// message or the sequence number of the Kinesis record. All events of one message have the same.
    pub fn item_identifier(&self) -> Option<&str> {
        self.transport().item()
    }

    /// Adds fallbacks from the message that carried this delivery.
    ///
    /// The id of a message that carries several events identifies none of them: it is added only to a delivery that
    /// `is_alone` in its message.
    pub(super) fn carried_by(mut self, outer: &Delivery<'_>, is_alone: bool) -> Self {
        let mut own = self.transport().clone();
        let transport = outer.transport();
        if is_alone && own.id.is_none() {
            own.id.clone_from(&transport.id);
        }
        own.time = own.time.or(transport.time);
        if let Some(item) = transport.item() {
            own.message = Some(item.to_owned());
        }
        if own.partition_key.is_none() {
            own.partition_key.clone_from(&transport.partition_key);
        }
        if own.sequence_number.is_none() {
            own.sequence_number.clone_from(&transport.sequence_number);
        }
        self.message = self.message.or(outer.message);
        self.with_transport(own)
    }

    /// Returns true if the document itself may be a batch.
    pub(super) fn may_be_batch(&self) -> bool {
        self.broken.is_none() && self.shape.is_none()
    }

    pub(crate) fn declared_shape(&self) -> Option<Shape> {
        self.shape
    }

    pub(crate) fn transport(&self) -> &Transport {
        self.transport.as_deref().unwrap_or(const { &Transport::NONE })
    }

    pub(crate) fn shared_transport(&self) -> Option<Arc<Transport>> {
        self.transport.clone()
    }

    pub(crate) fn shared_bytes(&self) -> Bytes<'static> {
        self.bytes.to_static()
    }

    /// Adds the kind of the message to an error that the bytes are not an event.
    pub(crate) fn explain(&self, error: WireError) -> WireError {
        match self.message {
            Some(form) if error.kind.is_about_content() => {
                WireErrorKind::InMessage { form: form.name, cause: Box::new(error.kind) }.into()
            }
            _ => error,
        }
    }

    /// Replaces the bytes.
    pub(crate) fn with_bytes<'b>(&self, bytes: Bytes<'b>) -> Delivery<'b> {
        Delivery {
            bytes,
            shape: self.shape,
            transport: self.transport.clone(),
            broken: self.broken.clone(),
            message: self.message,
        }
    }

    /// Interprets the document; an error if the delivery is not an event.
    fn with_facts<T>(&self, use_facts: impl FnOnce(Facts<'_, Infallible>) -> T) -> Result<T, WireError> {
        let text = self.text()?;
        let expanded = text::expand_detail(&text, self.shape);
        let root = text::parse_root(expanded.as_deref().unwrap_or(&text))?;
        Ok(use_facts(*facts::interpret_text(root, self.shape)?))
    }

    /// Returns the event type that the reader would find; an error if the delivery is not an event.
    pub(crate) fn event_type(&self) -> Result<Option<String>, WireError> {
        self.with_facts(|facts| {
            let from_envelope = facts.envelope.as_ref().and_then(|envelope| envelope.detail_type.as_deref());
            let from_envelope = from_envelope.map(str::to_owned);
            facts.event_type.and_then(Scalar::into_string).map(Cow::into_owned).or(from_envelope)
        })
    }

    /// Returns the shape, the type and the version that the delivery declares; an error if it is not an event.
    #[cfg(feature = "cli")]
    pub(crate) fn declaration(&self) -> Result<Declaration, WireError> {
        let event_type = self.event_type()?;
        self.with_facts(|facts| Declaration {
            shape: facts.shape,
            event_type,
            version: facts.version.and_then(|version| version.version()),
        })
    }

    /// Collects the subsystems and the accounts that the event names as its origin.
    pub(crate) fn origins(&self) -> Origins {
        let origins = self.with_facts(|facts| {
            let Envelope { source, account, .. } = facts.envelope.unwrap_or_default();
            let tags: Tags = facts.tags.and_then(|tags| serde_json::from_str(tags.get()).ok()).unwrap_or_default();
            let own_source = facts.source.and_then(Scalar::into_string);
            let sources = [own_source, tags.get_str("source"), source];
            let accounts = [account, tags.get_str("account")];
            Origins {
                sources: sources.into_iter().flatten().map(Cow::into_owned).collect(),
                accounts: accounts.into_iter().flatten().map(Cow::into_owned).collect(),
            }
        });
        origins.unwrap_or_default()
    }

    /// Returns the document as text, decompressed.
    pub(crate) fn text(&self) -> Result<Cow<'_, str>, WireError> {
        self.check()?;
        let text = match compressed::unpack(&self.bytes, compressed::MAX_DELIVERY_BYTES)? {
            Some(unpacked) => Cow::Owned(text::decode(&unpacked)?.to_owned()),
            None => Cow::Borrowed(text::decode(&self.bytes)?),
        };
        Ok(text)
    }

    /// Returns the error of a delivery that could not be decoded.
    pub(crate) fn check(&self) -> Result<(), WireError> {
        match &self.broken {
            Some(kind) => Err(WireError { kind: WireErrorKind::clone(kind) }),
            None => Ok(()),
        }
    }
}

/// The shape, the type and the version that an event declares.
#[cfg(feature = "cli")]
pub(crate) struct Declaration {
    pub(crate) shape: Shape,
    pub(crate) event_type: Option<String>,
    pub(crate) version: Option<Version>,
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
