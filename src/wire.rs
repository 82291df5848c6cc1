//! Deliveries: the shapes in which a bus, a queue, a stream or a lake hands events over.
//!
//! | shape | module | recognised by |
//! |---|---|---|
//! | EventBridge envelope, replays too; a line of an event lake | [`eventbridge`], [`lake`] | `detail-type`, or `detail` without a `type` beside it |
//! | the canonical detail, bare | [`detail`] | `type` with `data`, or `data` with other metadata |
//! | `{data, meta}`, bare | [`data_meta`] | `data` without any metadata beside it |
//! | flat detail of aws-lambda-stream, bare | [`aws_lambda_stream`] | `type` without `data` |
//! | CloudEvents 1.0.2, structured JSON | [`cloudevents`] | `specversion` |
//! | SQS message, or a batch of them | [`sqs`] | `body` with `messageId`; `Records` |
//! | Kinesis record, or a batch of them | [`kinesis`] | `kinesis`; `Records` |
//! | a request to `PutEvents` | [`put_events`] | `Entries` |
//!
//! [`deliveries`] recognises them all and takes batches, arrays and line after line apart. Where the shape is known,
//! say so with the function of its module: then nothing is guessed.
//!
//! ```
//! use event_contract::wire::{self, Shape};
//!
//! let bytes = br#"{"detail-type":"Order.Created","source":"order-service","detail":{}}"#;
//! let deliveries = wire::deliveries(bytes)?;
//! assert_eq!(deliveries.len(), 1);
//! assert_eq!(deliveries[0].shape()?, Shape::EventBridge);
//! # Ok::<(), wire::WireError>(())
//! ```

pub mod aws_lambda_stream;
pub mod cloudevents;
pub mod data_meta;
pub mod detail;
pub mod eventbridge;
pub(crate) mod facts;
pub mod kinesis;
pub mod lake;
#[cfg(feature = "aws-lambda-events")]
pub mod lambda;
pub(crate) mod level;
pub mod put_events;
pub mod sqs;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

pub use aws_lambda_stream::ClaimCheck;
pub use eventbridge::Envelope;
use level::{Field, Level, Scalar};

use crate::name::Version;
use crate::tags::Tags;

/// The form in which an event stands in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// An EventBridge envelope, whatever the form of the detail in it.
    EventBridge,
    /// The canonical detail: metadata at the root, the payload under `data`.
    Detail,
    /// `{data, meta}`, without metadata.
    DataMeta,
    /// Flat metadata and the entity under its own name.
    AwsLambdaStream,
    /// A CloudEvents document.
    CloudEvent,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EventBridge => "EventBridge envelope",
            Self::Detail => "canonical detail",
            Self::DataMeta => "{data, meta}",
            Self::AwsLambdaStream => "aws-lambda-stream detail",
            Self::CloudEvent => "CloudEvents document",
        })
    }
}

/// One event as it was handed over: the text it stands in, and what the message around it says.
#[derive(Clone)]
pub struct Delivery<'a> {
    bytes: Cow<'a, [u8]>,
    shape: Option<Shape>,
    transport: Transport,
    broken: Option<WireErrorKind>,
}

impl fmt::Debug for Delivery<'_> {
    /// Without the bytes: they are an event, and nobody's business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Delivery").field("shape", &self.shape).field("bytes", &bytes).finish_non_exhaustive()
    }
}

/// What a message or a record says that an event may not say itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Transport {
    pub(crate) id: Option<String>,
    pub(crate) time: Option<DateTime<Utc>>,
    pub(crate) partition_key: Option<String>,
    /// Where a record stands in its stream. No event takes anything from it.
    pub(crate) sequence_number: Option<String>,
    /// The message, where it is one of a queue, or the outermost message or record, where there are several.
    pub(crate) message: Option<String>,
    /// The bytes are the data of a record as it stands there, which is no base64.
    pub(crate) is_not_base64: bool,
}

impl Transport {
    /// See [`Delivery::item_identifier`].
    fn item(&self) -> Option<&str> {
        self.message.as_deref().or(self.sequence_number.as_deref())
    }
}

impl<'a> Delivery<'a> {
    pub(crate) fn new(bytes: impl Into<Cow<'a, [u8]>>, shape: Option<Shape>) -> Self {
        Self { bytes: bytes.into(), shape, transport: Transport::default(), broken: None }
    }

    fn broken(bytes: impl Into<Cow<'a, [u8]>>, kind: WireErrorKind) -> Self {
        Self { broken: Some(kind), ..Self::new(bytes, None) }
    }

    fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// The bytes of the JSON document that the event stands in; where they could not be had (wrong base64), what came
    /// in their place.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The shape that was named, or else the one that is recognised.
    pub fn shape(&self) -> Result<Shape, WireError> {
        if let Some(kind) = &self.broken {
            return Err(WireError { kind: kind.clone() });
        }
        if let Some(shape) = self.shape {
            return Ok(shape);
        }
        facts::recognise(&root(text(&self.bytes)?)?)
    }

    /// With what the message says in which this delivery stood, alone or as one of several: then, the id of the message
    /// would be that of all of them, and is that of none.
    pub(crate) fn within(mut self, outer: &Transport, alone: bool) -> Self {
        let own = &mut self.transport;
        if alone && own.id.is_none() {
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

    pub(crate) fn named_shape(&self) -> Option<Shape> {
        self.shape
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The same, holding on to nothing of the bytes it was taken from.
    pub(crate) fn to_owned(&self) -> Delivery<'static> {
        Delivery {
            bytes: Cow::Owned(self.bytes.to_vec()),
            shape: self.shape,
            transport: self.transport.clone(),
            broken: self.broken.clone(),
        }
    }

    /// The type that the event says it is, all of it looked at as the reader would; an error where it is no event.
    pub(crate) fn event_type(&self) -> Result<Option<String>, WireError> {
        match facts::interpret(root(self.text()?)?, self.shape) {
            facts::Interpreted::Facts(facts) => {
                let of_envelope = facts.envelope.as_ref().and_then(Envelope::detail_type).map(str::to_owned);
                Ok(facts.event_type.and_then(Scalar::into_text).map(Cow::into_owned).or(of_envelope))
            }
            facts::Interpreted::Error(error) => Err(error),
            facts::Interpreted::Surprise => Ok(None),
        }
    }

    /// The subsystems and the accounts that the event says it comes from, as far as they can be made out.
    pub(crate) fn origin(&self) -> (Vec<String>, Vec<String>) {
        let nothing = || (Vec::new(), Vec::new());
        let Ok(root) = self.text().and_then(root) else { return nothing() };
        let facts::Interpreted::Facts(facts) = facts::interpret(root, self.shape) else { return nothing() };
        let envelope = facts.envelope.as_ref();
        let tags: Tags = facts.tags.and_then(|tags| serde_json::from_str(tags.get()).ok()).unwrap_or_default();
        let of_event = facts.source.and_then(Scalar::into_text).map(Cow::into_owned);
        let of_tags = tags.text("source").map(Cow::into_owned);
        let of_envelope = envelope.and_then(Envelope::source).map(str::to_owned);
        let sources = [of_event, of_tags, of_envelope].into_iter().flatten().collect();
        let of_tags = tags.text("account").map(Cow::into_owned);
        let of_envelope = envelope.and_then(Envelope::account).map(str::to_owned);
        (sources, [of_envelope, of_tags].into_iter().flatten().collect())
    }

    /// What a Lambda function calls the record in which this was delivered, where it answers which of a batch have failed
    /// (`batchItemFailures`): the id of the SQS message, the sequence number of the Kinesis record. All that was in one
    /// message has the same.
    pub fn item_identifier(&self) -> Option<&str> {
        self.transport.item()
    }

    /// The document as text, if it is one.
    pub(crate) fn text(&self) -> Result<&str, WireError> {
        match &self.broken {
            Some(kind) => Err(WireError { kind: kind.clone() }),
            None => text(&self.bytes),
        }
    }
}

/// What a router needs to know of an event: its type and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route<'a> {
    /// The type that the event says it is, or else the `detail-type` of the envelope.
    pub event_type: Option<Cow<'a, str>>,
    /// The version that the event says it is. An event that says none is of the first.
    pub version: Option<Version>,
}

/// Reads the type and the version of an event and steps over all else, at a fraction of the cost of reading it.
///
/// For an EventBridge envelope or a bare detail. What follows once both are known is not even looked at: whether the
/// rest of the event is well-formed, the reader will say.
///
/// ```
/// use event_contract::wire;
///
/// let bytes = br#"{"detail-type":"Order.Created","detail":{"type":"Order.Created","version":3,"data":{}}}"#;
/// let route = wire::route(bytes)?;
/// assert_eq!(route.event_type.as_deref(), Some("Order.Created"));
/// assert_eq!(route.version.map(|version| version.get()), Some(3));
/// # Ok::<(), wire::WireError>(())
/// ```
pub fn route(bytes: &[u8]) -> Result<Route<'_>, WireError> {
    let peek = level::peek(text(bytes)?).map_err(WireError::not_json)?;
    let version = match peek.version {
        Some(Scalar::Unsigned(number)) => u32::try_from(number).ok().and_then(|number| Version::new(number).ok()),
        _ => None,
    };
    Ok(Route { event_type: peek.event_type.or(peek.detail_type), version })
}

/// Takes apart whatever was handed over: a single event in any shape, a batch of SQS messages or Kinesis records as a
/// Lambda function gets them, a request to `PutEvents`, an array, or one document a line.
///
/// What a message holds is taken apart in the same way, and what the messages in it hold, four deep.
///
/// A part that cannot be had (wrong base64, a line that is no JSON) is a delivery all the same, and reading it is the
/// error: no part is lost, and none stands in the way of the others.
pub fn deliveries(bytes: &[u8]) -> Result<Vec<Delivery<'_>>, WireError> {
    deliveries_in(bytes, MESSAGES)
}

/// How deep messages in messages are taken apart.
const MESSAGES: usize = 4;

fn deliveries_in(bytes: &[u8], depth: usize) -> Result<Vec<Delivery<'_>>, WireError> {
    match document(bytes) {
        Ok(document) if matches!(document.get().as_bytes()[0], b'{' | b'[') => Ok(take_apart(document, depth)),
        Ok(_) => Err(WireErrorKind::NotAnObject.into()),
        Err(error) => lines(bytes, depth).ok_or(error),
    }
}

/// The deliveries in a message: itself, where it holds one event and no more.
fn opened(message: Delivery<'_>, depth: usize) -> Vec<Delivery<'_>> {
    if depth == 0 || message.broken.is_some() || message.shape.is_some() {
        return vec![message];
    }
    // Where it cannot be taken apart, reading it will say why.
    let Ok(parts) = deliveries_in(&message.bytes, depth - 1) else { return vec![message] };
    let alone = parts.len() == 1;
    let is_whole = |part: &Delivery<'_>| {
        part.broken.is_none()
            && part.transport == Transport::default()
            && text(&message.bytes).is_ok_and(|text| text.trim().len() == part.bytes.len())
    };
    if alone && parts.first().is_some_and(is_whole) {
        return vec![message];
    }
    parts.into_iter().map(|part| part.to_owned().within(&message.transport, alone)).collect()
}

/// The one JSON document that the bytes are.
fn document(bytes: &[u8]) -> Result<&RawValue, WireError> {
    serde_json::from_str(text(bytes)?).map_err(WireError::not_json)
}

/// What stands on each line. `None` where the bytes are one broken document rather than lines: of lines there are at
/// least two, and one of them at least is a whole object.
fn lines(bytes: &[u8], depth: usize) -> Option<Vec<Delivery<'_>>> {
    let lines: Vec<_> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(|line| (line, document(line)))
        .collect();
    let is_object =
        |document: &Result<&RawValue, _>| document.as_ref().is_ok_and(|document| document.get().starts_with('{'));
    if lines.len() < 2 || !lines.iter().any(|(_, document)| is_object(document)) {
        return None;
    }
    let deliveries = lines.into_iter().flat_map(|(line, document)| match document {
        Ok(document) => take_apart(document, depth),
        Err(error) => vec![Delivery::broken(line, error.kind)],
    });
    Some(deliveries.collect())
}

/// The events in one JSON document, which may be an array.
fn take_apart(document: &RawValue, depth: usize) -> Vec<Delivery<'_>> {
    if !document.get().starts_with('[') {
        return unpack(document, depth);
    }
    let items: Vec<&RawValue> = serde_json::from_str(document.get()).unwrap_or_default();
    not_empty(items.into_iter().flat_map(|item| unpack(item, depth)).collect(), document)
}

/// The events in one JSON document; the document itself where it is none of the known containers.
fn unpack(document: &RawValue, depth: usize) -> Vec<Delivery<'_>> {
    let text = document.get();
    let Some(root) = Level::<()>::raw(text) else {
        return vec![Delivery::broken(text.as_bytes(), WireErrorKind::NotAnObject)];
    };
    let Some(container) = container(&root) else {
        return vec![Delivery::new(text.as_bytes(), None)];
    };
    let deliveries = match container {
        Container::Records => records(&root),
        Container::Entries => put_events::entries(&root),
        Container::Record => record(&root).map(|delivery| vec![delivery]),
    };
    let broken = || vec![Delivery::broken(text.as_bytes(), WireErrorKind::UnknownRecord)];
    let deliveries = deliveries.unwrap_or_else(broken).into_iter().flat_map(|message| opened(message, depth));
    not_empty(deliveries.collect(), document)
}

/// A container without anything in it is a delivery all the same: nothing goes missing in silence.
fn not_empty<'a>(deliveries: Vec<Delivery<'a>>, document: &'a RawValue) -> Vec<Delivery<'a>> {
    if deliveries.is_empty() {
        return vec![Delivery::broken(document.get().as_bytes(), WireErrorKind::Empty)];
    }
    deliveries
}

/// What holds events and is none itself.
#[derive(Clone, Copy)]
enum Container {
    /// A batch, as a Lambda function gets it.
    Records,
    /// A request to `PutEvents`.
    Entries,
    /// One SQS message or Kinesis record.
    Record,
}

/// Which container a document is. One that names an event of its own is none, whatever else stands in it.
fn container<X>(root: &Level<'_, X>) -> Option<Container> {
    let of_event = [Field::DetailType, Field::Detail, Field::Type, Field::Data, Field::SpecVersion];
    if of_event.into_iter().any(|field| root.has(field)) {
        return None;
    }
    let begins = |name, with| root.raw_member(name).is_some_and(|raw| raw.get().starts_with(with));
    let has = |name| root.raw_member(name).is_some();
    if begins("Records", '[') && begins("Entries", '[') {
        // It cannot be both, and one of them would be lost.
        None
    } else if begins("Records", '[') {
        Some(Container::Records)
    } else if begins("Entries", '[') {
        Some(Container::Entries)
    } else if begins("kinesis", '{')
        || ((has("messageId") || has("MessageId")) && (begins("body", '"') || begins("Body", '"')))
    {
        Some(Container::Record)
    } else {
        None
    }
}

/// Whether a document holds events and is none itself.
pub(crate) fn is_container<X>(root: &Level<'_, X>) -> bool {
    container(root).is_some()
}

/// The records of a Lambda function's batch; `None` where it is none.
fn records<'a>(root: &Level<'a, ()>) -> Option<Vec<Delivery<'a>>> {
    let records: Vec<&'a RawValue> = serde_json::from_str(root.raw_member("Records")?.get()).ok()?;
    let deliveries = records.into_iter().map(|raw| {
        Level::raw(raw.get())
            .and_then(|level| record(&level))
            .unwrap_or_else(|| Delivery::broken(raw.get().as_bytes(), WireErrorKind::UnknownRecord))
    });
    Some(deliveries.collect())
}

fn record<'a>(level: &Level<'a, ()>) -> Option<Delivery<'a>> {
    sqs::message(level).or_else(|| kinesis::record(level))
}

/// Takes the root of a document apart.
pub(crate) fn root(text: &str) -> Result<Level<'_, std::convert::Infallible>, WireError> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Level::raw(raw.get()).ok_or_else(|| WireErrorKind::NotAnObject.into()),
        Err(error) => Err(WireError::not_json(error)),
    }
}

/// The text, without the mark of the byte order that some put before it.
fn text(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes)
        .map(without_mark)
        .map_err(|error| WireErrorKind::NotUtf8 { at: error.valid_up_to() }.into())
}

/// Steps over a byte order mark.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Why bytes are no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct WireError {
    kind: WireErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireErrorKind {
    #[error("the delivery has {length} bytes, more than the {limit} that the reader takes: see `Limits::bytes`")]
    TooLarge { length: usize, limit: usize },
    #[error("the delivery is nested deeper than the {limit} levels that the reader takes: see `Limits::depth`")]
    TooDeep { limit: usize },
    #[error("there is more to say of the delivery than the reader takes on: it has too many surprises in it")]
    TooMuch,
    #[error("the delivery is not UTF-8 from byte {at} on")]
    NotUtf8 { at: usize },
    #[error("the delivery is not JSON: {message}")]
    NotJson { message: String },
    #[error("the delivery is JSON, but not an object, and only an object can be an event")]
    NotAnObject,
    #[error("`{name}` stands here twice, and nothing tells which of the two is meant")]
    Twice { name: String },
    #[error("the delivery is not an event in any known shape: {hint}")]
    NotAnEvent { hint: &'static str },
    #[error(
        "the delivery holds {count} events: take it apart with `wire::deliveries`, or read it with `Reader::read_all`"
    )]
    Several { count: usize },
    #[error("the delivery holds no event: it is an empty batch")]
    Empty,
    #[error("the record is neither an SQS message nor a Kinesis record")]
    UnknownRecord,
    #[error("the data of the record is not base64: {message}")]
    NotBase64 { message: String },
    #[error("this is the answer of `PutEvents`, and holds no event")]
    Answer,
    #[error("the delivery is not the {shape} it is said to be: {missing} is missing")]
    OtherShape { shape: Shape, missing: &'static str },
    #[cfg(not(feature = "gzip"))]
    #[error("the event has compressed values: turn on the feature `gzip` of event-contract to read them")]
    Compressed,
}

impl WireErrorKind {
    fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { message: error.to_string() }
    }
}

impl WireError {
    #[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
    fn not_json(error: serde_json::Error) -> Self {
        WireErrorKind::not_json(&error).into()
    }
}

impl From<WireErrorKind> for WireError {
    fn from(kind: WireErrorKind) -> Self {
        Self { kind }
    }
}
