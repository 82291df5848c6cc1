//! Errors of deliveries.

use super::shape::Shape;

/// Bytes that are not a delivery, or that exceed a [limit](crate::Limits).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct WireError {
    pub(super) kind: WireErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireErrorKind {
    #[error("the delivery has {length} bytes, expected at most {limit}: see `Limits::bytes`")]
    TooLarge { length: usize, limit: usize },
    #[error("the delivery is nested more than {limit} levels deep: see `Limits::depth`")]
    TooDeep { limit: usize },
    #[error("too many observations (their JSON pointers exceed 16 MiB): split the event, or fix the producer")]
    TooManyObservations,
    #[error("too many mismatches for a payload of this size: split the event, or fix the producer")]
    TooMuchWork,
    #[error("the delivery is not UTF-8 from byte {at} on")]
    NotUtf8 { at: usize },
    #[error("the delivery is not JSON: {message}")]
    NotJson { message: String },
    #[error("the delivery is not an event: expected a JSON object, found another JSON value")]
    NotAnObject,
    #[error("duplicate member `{name}`")]
    DuplicateMember { name: String },
    #[error("the delivery is not an event in any known shape: {hint}")]
    NotAnEvent { hint: &'static str },
    #[error("the delivery holds {count} events, expected one: use `Reader::read_all` or `wire::deliveries`")]
    Several { count: usize },
    #[error("the delivery holds no event: it is an empty batch")]
    Empty,
    #[error("the record is neither an SQS message nor a Kinesis record")]
    UnknownRecord,
    #[error("the data of the Kinesis record is not base64: {message}")]
    NotBase64 { message: String },
    #[error("the delivery is a response of `PutEvents`, which holds no events")]
    PutEventsResponse,
    #[error("the delivery does not have the declared shape \"{shape}\": {missing} is missing")]
    OtherShape { shape: Shape, missing: &'static str },
    #[cfg(not(feature = "gzip"))]
    #[error("the event has compressed values: enable the feature `gzip` of event-contract to read them")]
    Compressed,
}

impl WireErrorKind {
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { message: error.to_string() }
    }
}

impl WireError {
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
