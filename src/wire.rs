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
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    bytes: Cow<'a, [u8]>,
    shape: Option<Shape>,
    transport: Transport,
    broken: Option<WireErrorKind>,
}

/// What a message or a record says that an event may not say itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Transport {
    pub(crate) id: Option<String>,
    pub(crate) time: Option<DateTime<Utc>>,
    pub(crate) partition_key: Option<String>,
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

    pub(crate) fn named_shape(&self) -> Option<Shape> {
        self.shape
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
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
/// A part that cannot be had (wrong base64, a line that is no JSON) is a delivery all the same, and reading it is the
/// error: no part is lost, and none stands in the way of the others.
pub fn deliveries(bytes: &[u8]) -> Result<Vec<Delivery<'_>>, WireError> {
    let text = text(bytes)?;
    let first = match whole_or_lines(text) {
        Ok(document) => document,
        Err(lines) => return lines,
    };
    match first.get().as_bytes()[0] {
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(first.get()).map_err(WireError::not_json)?;
            Ok(items.into_iter().flat_map(unpack).collect())
        }
        b'{' => Ok(unpack(first)),
        _ => Err(WireErrorKind::NotAnObject.into()),
    }
}

/// One JSON document, or else what stands on each line.
fn whole_or_lines(text: &str) -> Result<&RawValue, Result<Vec<Delivery<'_>>, WireError>> {
    let error = match serde_json::from_str::<&RawValue>(text) {
        Ok(document) => return Ok(document),
        Err(error) => error,
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    // A document that is broken somewhere is not taken for lines: the first line of a lake is whole.
    let first_is_whole = lines.first().is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok());
    if lines.len() < 2 || !first_is_whole {
        return Err(Err(WireError::not_json(error)));
    }
    let deliveries = lines.into_iter().flat_map(|line| match serde_json::from_str::<&RawValue>(line) {
        Ok(document) => unpack(document),
        Err(error) => vec![Delivery::broken(line.as_bytes(), WireErrorKind::not_json(&error))],
    });
    Err(Ok(deliveries.collect()))
}

/// The events in one JSON document; the document itself where it is none of the known containers.
fn unpack(document: &RawValue) -> Vec<Delivery<'_>> {
    let text = document.get();
    let Some(root) = Level::<()>::raw(text) else {
        return vec![Delivery::broken(text.as_bytes(), WireErrorKind::NotAnObject)];
    };
    let container = if root.has(Field::Records) {
        records(&root)
    } else if root.has(Field::Entries) {
        put_events::entries(&root)
    } else {
        sqs::message(&root).or_else(|| kinesis::record(&root)).map(|delivery| vec![delivery])
    };
    container.unwrap_or_else(|| vec![Delivery::new(text.as_bytes(), None)])
}

/// Whether a document holds events and is none itself.
pub(crate) fn is_container<X>(root: &Level<'_, X>) -> bool {
    root.has(Field::Records)
        || root.has(Field::Entries)
        || root.raw_member("kinesis").is_some()
        || root.raw_member("messageId").or_else(|| root.raw_member("MessageId")).is_some()
            && root.raw_member("body").or_else(|| root.raw_member("Body")).is_some()
}

/// The records of a Lambda function's batch; `None` where it is none.
fn records<'a>(root: &Level<'a, ()>) -> Option<Vec<Delivery<'a>>> {
    let records: Vec<&'a RawValue> = serde_json::from_str(root.raw_member("Records")?.get()).ok()?;
    let deliveries = records.into_iter().map(|record| {
        Level::<()>::raw(record.get())
            .and_then(|level| sqs::message(&level).or_else(|| kinesis::record(&level)))
            .unwrap_or_else(|| Delivery::broken(record.get().as_bytes(), WireErrorKind::UnknownRecord))
    });
    Some(deliveries.collect())
}

/// Takes the root of a document apart.
pub(crate) fn root(text: &str) -> Result<Level<'_, std::convert::Infallible>, WireError> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Level::raw(raw.get()).ok_or_else(|| WireErrorKind::NotAnObject.into()),
        Err(error) => Err(WireError::not_json(error)),
    }
}

fn text(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes).map_err(|error| WireErrorKind::NotUtf8 { at: error.valid_up_to() }.into())
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
