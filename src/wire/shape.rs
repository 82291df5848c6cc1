//! The JSON shapes of an event.

use std::fmt;

/// The JSON shape of an event in a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// An EventBridge envelope around a detail of any other shape, also as a replay or as a line of an event lake.
    ///
    /// The detail may be a bare payload: its type is then the `detail-type`, its version the first.
    EventBridge,
    /// The canonical detail, as [`Event`](crate::Event) serializes it: metadata at the root, the payload under `data`.
    ///
    /// SQS and Kinesis targets with `InputPath: $.detail` deliver it without an envelope.
    Detail,
    /// `{"data": payload, "meta": {}}` without metadata, as in the AWS sample of a cross-account backbone.
    ///
    /// Metadata may be in a member `metadata` next to `data`.
    ///
    /// It is the first version of the type that the envelope names, or of the only type of the reader.
    DataMeta,
    /// The flat detail of event hubs built with aws-lambda-stream: metadata at the root, the entity under its own name.
    ///
    /// The entity is the member that the payload declares with `entity = "…"`, or else the only object besides the hub's
    /// own members (`tags`, `raw`, `eem`, `s3`). Compressed values are decompressed. Encrypted events (`eem`) and claim
    /// checks (`s3`) are rejected with an error of their own.
    AwsLambdaStream,
    /// A CloudEvents 1.0.2 document in structured JSON mode. Its `data` is a payload or a whole detail.
    ///
    /// The extension attributes `partitionkey`, `correlationid` and `causationid` are metadata, `dataversion` is the
    /// version of the payload. Data may also be JSON in a string or in base64.
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
