//! Errors of deliveries.

use super::shape::Shape;

/// Bytes that are not a delivery, or that exceed a [limit](crate::Limits).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct WireError {
    pub(super) kind: WireErrorKind,
}

/// The cause of a [`WireError`].
///
/// ```
/// use event_contract::contract::order::OrderCreated;
/// use event_contract::wire::WireErrorKind;
/// use event_contract::{Limits, ReadErrorKind, Reader};
///
/// let reader = Reader::<OrderCreated>::default().limits(Limits::default().bytes(10));
/// let error = reader.read(br#"{"data":{},"meta":{}}"#).unwrap_err();
/// let ReadErrorKind::Delivery(error) = error.kind() else { panic!("{error}") };
/// assert_eq!(*error.kind(), WireErrorKind::TooLarge { length: 21, limit: 10 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireErrorKind {
    /// The delivery exceeds [`Limits::bytes`](crate::Limits::bytes), or a line that of the audit.
    #[error("the delivery has {length} bytes, expected at most {limit}: see `Limits::bytes`")]
    TooLarge {
        /// The number of bytes.
        length: usize,
        /// The maximum number of bytes.
        limit: usize,
    },
    /// The delivery exceeds [`Limits::depth`](crate::Limits::depth).
    #[error("the delivery is nested more than {limit} levels deep: see `Limits::depth`")]
    TooDeep {
        /// The maximum number of levels.
        limit: usize,
    },
    /// The JSON pointers of the observations exceed 16 MiB.
    #[error("too many observations (their JSON pointers exceed 16 MiB): split the event, or fix the producer")]
    TooManyObservations,
    /// Each mismatch is another pass over the payload: those of a large one exceed the limit of three million values.
    #[error("too many mismatches for a payload of this size: split the event, or fix the producer")]
    TooMuchWork,
    /// The bytes are not text.
    #[error("the delivery is not UTF-8 from byte {at} on")]
    NotUtf8 {
        /// The offset in bytes.
        at: usize,
    },
    /// The text is not JSON.
    #[error("the delivery is not JSON: {message}")]
    NotJson {
        /// The message of the parser.
        message: String,
    },
    /// The delivery is a JSON value other than an object.
    #[error("the delivery is not an event: expected a JSON object, found another JSON value")]
    NotAnObject,
    /// An object on the way to the payload has a member twice.
    #[error("duplicate member `{name}`")]
    DuplicateMember {
        /// The name of the member.
        name: String,
    },
    /// The object has no known [`Shape`].
    #[error("the delivery is not an event in any known shape: {hint}")]
    NotAnEvent {
        /// The most probable mistake.
        hint: &'static str,
    },
    /// The delivery is a batch, and one event was asked for.
    #[error("the delivery holds {count} events, expected one: use `Reader::read_all` or `wire::deliveries`")]
    Several {
        /// The number of events.
        count: usize,
    },
    /// The delivery is a batch without events.
    #[error("the delivery holds no event: it is an empty batch")]
    Empty,
    /// A record of a batch has an unknown source.
    #[error("the record is neither an SQS message nor a Kinesis record")]
    UnknownRecord,
    /// The data of a Kinesis record cannot be decoded.
    #[error("the data of the Kinesis record is not base64: {message}")]
    NotBase64 {
        /// The message of the parser.
        message: String,
    },
    /// The delivery is what a bus answers to its publisher.
    #[error("the delivery is a response of `PutEvents`, which holds no events")]
    PutEventsResponse,
    /// The caller declared a shape, and a member of it is missing.
    #[error("the delivery does not have the declared shape \"{shape}\": {missing} is missing")]
    OtherShape {
        /// The shape that the caller declared.
        shape: Shape,
        /// The name of a member that it requires.
        missing: &'static str,
    },
    /// The event has compressed values, and the feature `gzip` is off.
    #[error("the event has compressed values: enable the feature `gzip` of event-contract to read them")]
    Compressed,
}

impl WireErrorKind {
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { message: error.to_string() }
    }
}

impl WireError {
    /// Returns the cause.
    pub fn kind(&self) -> &WireErrorKind {
        &self.kind
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
    pub(super) fn not_json(error: serde_json::Error) -> Self {
        WireErrorKind::not_json(&error).into()
    }
}

impl From<WireErrorKind> for WireError {
    fn from(kind: WireErrorKind) -> Self {
        Self { kind }
    }
}
