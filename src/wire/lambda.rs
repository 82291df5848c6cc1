//! Deliveries as the crate `aws_lambda_events` hands them to a function: `EventBridgeEvent`, `KinesisEventRecord` and
//! `SqsMessage` by `From`, by reference.
//!
//! ```
//! use aws_lambda_events::event::sqs::SqsEvent;
//! use event_contract::wire::Delivery;
//!
//! let handed = r#"{"Records":[{"messageId":"m-1","body":"{\"type\":\"Order.Created\",\"data\":{}}","attributes":{}}]}"#;
//! let event: SqsEvent = serde_json::from_str(handed)?;
//! let deliveries: Vec<Delivery<'static>> = event.records.iter().map(Delivery::from).collect();
//! assert_eq!(deliveries[0].bytes(), br#"{"type":"Order.Created","data":{}}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Where the bytes are at hand, give those to the [`Reader`](crate::Reader): an `EventBridgeEvent` has lost the name of
//! a replay, and one of `serde_json::Value` the spelling of numbers.

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use aws_lambda_events::event::kinesis::KinesisEventRecord;
use aws_lambda_events::event::sqs::SqsMessage;
use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Delivery, Shape, Transport, WireErrorKind};

impl From<&EventBridgeEvent<Box<RawValue>>> for Delivery<'static> {
    fn from(event: &EventBridgeEvent<Box<RawValue>>) -> Self {
        written(event, Some(Shape::EventBridge))
    }
}

impl From<&EventBridgeEvent<Value>> for Delivery<'static> {
    fn from(event: &EventBridgeEvent<Value>) -> Self {
        written(event, Some(Shape::EventBridge))
    }
}

impl From<&KinesisEventRecord> for Delivery<'static> {
    fn from(record: &KinesisEventRecord) -> Self {
        let kinesis = &record.kinesis;
        Self::new(kinesis.data.0.clone(), None).with_transport(Transport {
            id: record.event_id.clone(),
            time: Some(kinesis.approximate_arrival_timestamp.0),
            partition_key: Some(kinesis.partition_key.clone()).filter(|key| !key.is_empty()),
            sequence_number: Some(kinesis.sequence_number.clone()).filter(|number| !number.is_empty()),
            message: None,
            is_not_base64: false,
        })
    }
}

/// A message without a body is a delivery too: reading it is the error.
impl From<&SqsMessage> for Delivery<'static> {
    fn from(message: &SqsMessage) -> Self {
        let Some(body) = &message.body else {
            return Self { broken: Some(WireErrorKind::UnknownRecord), ..written(message, None) };
        };
        let sent = message.attributes.get("SentTimestamp");
        Self::new(body.clone().into_bytes(), None).with_transport(Transport {
            id: message.message_id.clone(),
            time: sent.and_then(|sent| DateTime::from_timestamp_millis(sent.parse().ok()?)),
            partition_key: None,
            sequence_number: None,
            message: message.message_id.clone(),
            is_not_base64: false,
        })
    }
}

/// What was read of JSON, as JSON again.
fn written(value: &impl Serialize, shape: Option<Shape>) -> Delivery<'static> {
    match serde_json::to_vec(value) {
        Ok(bytes) => Delivery::new(bytes, shape),
        Err(error) => Delivery::broken(Vec::new(), WireErrorKind::not_json(&error)),
    }
}
