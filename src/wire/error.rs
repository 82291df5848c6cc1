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
    /// The payload does not fit its type, and is too large to find each mismatch within the memory of the delivery.
    #[error("the payload does not fit its type; more than {limit} values are too many to list mismatches")]
    TooManyValues {
        /// The maximum number of values.
        limit: usize,
    },
    /// The bytes are not text.
    #[error("the delivery is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// The offset of the first invalid byte.
        offset: usize,
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
    /// The delivery is a batch of more parts than any real one, such as millions of lines of `{`.
    #[error("the delivery holds more than {limit} events: split it, or read it in parts")]
    TooManyEvents {
        /// The maximum number of events.
        limit: usize,
    },
    /// The event has too many members beside its payload.
    #[error("the event has more than {limit} unknown members at its root: put them into the payload")]
    TooManyMembers {
        /// The maximum number of members.
        limit: usize,
    },
    /// The delivery is a known document that is not an event and holds none, such as an S3 notification.
    #[error("the delivery is {form}, which holds no events{}{remedy}", if remedy.is_empty() { "" } else { ": " })]
    NoEvents {
        /// The name of the document, with an article.
        form: &'static str,
        /// Advice; may be empty.
        remedy: &'static str,
    },
    /// A message or a record has no content.
    #[error("the delivery is {form}, expected a string under `{path}`")]
    NoContent {
        /// The name of the message, with an article.
        form: &'static str,
        /// The names of the members that lead to the content, separated by `/`.
        path: &'static str,
    },
    /// The content of a message or a record is not an event.
    #[error("the delivery is {form} whose content is not an event: {cause}")]
    InMessage {
        /// The name of the message, with an article.
        form: &'static str,
        /// The error of the content.
        cause: Box<WireErrorKind>,
    },
    /// The data of a record cannot be decoded.
    #[error("the data is not base64: {message}")]
    NotBase64 {
        /// The message of the parser.
        message: String,
    },
    /// The bytes begin as gzip, and cannot be decompressed.
    #[error("the delivery begins as gzip and is not: {message}")]
    NotGzip {
        /// The message of the decompressor.
        message: String,
    },
    /// The caller declared a shape, and a member of it is missing.
    #[error("the delivery does not have the declared shape \"{shape}\": {missing} is missing")]
    OtherShape {
        /// The shape that the caller declared.
        shape: Shape,
        /// The name of a member that it requires.
        missing: &'static str,
    },
    /// The delivery or a value in it is compressed, and the feature `gzip` is off. With the feature, this does not occur.
    #[error("the event has compressed values: enable the feature `gzip` of event-contract to read them")]
    Compressed,
}

impl WireErrorKind {
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { message: error.to_string() }
    }

    /// Returns true for an error that the bytes are not an event, which the kind of the message around them explains.
    pub(super) fn is_about_content(&self) -> bool {
        match self {
            Self::NotUtf8 { .. }
            | Self::NotJson { .. }
            | Self::NotAnObject
            | Self::NotAnEvent { .. }
            | Self::NoEvents { .. }
            | Self::NoContent { .. }
            | Self::NotBase64 { .. }
            | Self::NotGzip { .. } => true,
            Self::TooLarge { .. }
            | Self::TooDeep { .. }
            | Self::TooManyObservations
            | Self::TooMuchWork
            | Self::TooManyValues { .. }
            | Self::DuplicateMember { .. }
            | Self::Empty
            | Self::Several { .. }
            | Self::TooManyEvents { .. }
            | Self::TooManyMembers { .. }
            | Self::InMessage { .. }
            | Self::OtherShape { .. }
            | Self::Compressed => false,
        }
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
