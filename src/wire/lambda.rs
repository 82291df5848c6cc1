//! Conversions from the types that the crate `aws_lambda_events` passes to a function.
//!
//! An `EventBridgeEvent` does not have the name of a replay, and one of `serde_json::Value` does not preserve the spelling
//! of numbers: if the bytes of the invocation are available, pass them to [`Reader::read`](crate::Reader::read).

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use aws_lambda_events::event::kinesis::KinesisEventRecord;
use aws_lambda_events::event::sqs::SqsMessage;
use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::delivery::Delivery;
use super::error::WireErrorKind;
use super::shape::Shape;
use super::transport::Transport;

impl From<&EventBridgeEvent<Box<RawValue>>> for Delivery<'static> {
    fn from(event: &EventBridgeEvent<Box<RawValue>>) -> Self {
        serialize(event)
    }
}

impl From<&EventBridgeEvent<Value>> for Delivery<'static> {
    fn from(event: &EventBridgeEvent<Value>) -> Self {
        serialize(event)
    }
}

impl From<&KinesisEventRecord> for Delivery<'static> {
    fn from(record: &KinesisEventRecord) -> Self {
        let kinesis = &record.kinesis;
        Self::new(kinesis.data.0.clone()).with_transport(Transport {
            id: record.event_id.clone(),
            time: Some(kinesis.approximate_arrival_timestamp.0),
            partition_key: Some(kinesis.partition_key.clone()).filter(|key| !key.is_empty()),
            sequence_number: Some(kinesis.sequence_number.clone()).filter(|number| !number.is_empty()),
            ..Transport::default()
        })
    }
}

/// Converts a message; one without a body becomes a delivery that fails when it is read.
///
/// ```
/// use aws_lambda_events::event::sqs::SqsEvent;
/// use event_contract::wire::Delivery;
///
/// let invocation =
///     r#"{"Records":[{"messageId":"m-1","body":"{\"type\":\"Order.Created\",\"data\":{}}","attributes":{}}]}"#;
/// let event: SqsEvent = serde_json::from_str(invocation)?;
/// let deliveries: Vec<Delivery<'static>> = event.records.iter().map(Delivery::from).collect();
/// assert_eq!(deliveries[0].bytes(), br#"{"type":"Order.Created","data":{}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl From<&SqsMessage> for Delivery<'static> {
    fn from(message: &SqsMessage) -> Self {
        let Some(body) = &message.body else {
            let bytes = serde_json::to_vec(message).unwrap_or_default();
            return Self::broken(bytes.into(), WireErrorKind::NoContent { form: "an SQS message", path: "body" });
        };
        let sent = message.attributes.get("SentTimestamp");
        Self::new(body.clone().into_bytes()).with_transport(Transport {
            id: message.message_id.clone(),
            time: sent.and_then(|sent| DateTime::from_timestamp_millis(sent.parse().ok()?)),
            message: message.message_id.clone(),
            ..Transport::default()
        })
    }
}

fn serialize(value: &impl Serialize) -> Delivery<'static> {
    match serde_json::to_vec(value) {
        Ok(bytes) => Delivery::with_shape(bytes, Shape::EventBridge),
        Err(error) => Delivery::broken(Vec::new().into(), WireErrorKind::not_json(&error)),
    }
}
