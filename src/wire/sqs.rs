//! SQS messages: the body is the text of a delivery, mostly of an EventBridge envelope or a bare detail.

use chrono::DateTime;
use serde_json::value::RawValue;

use super::level::Level;
use super::{Delivery, Transport};

/// The body of a message.
pub fn delivery(body: &str) -> Delivery<'_> {
    Delivery::new(body.as_bytes(), None)
}

/// A message in a batch, as a Lambda function gets it or as the SDK prints it; `None` where it is something else.
pub(super) fn message<'a, X>(record: &Level<'a, X>) -> Option<Delivery<'a>> {
    let member = |name: &str, other: &str| record.raw_member(name).or_else(|| record.raw_member(other));
    let id = member("messageId", "MessageId")?;
    let body = member("body", "Body")?;
    let body: String = serde_json::from_str(body.get()).ok()?;
    let id: Option<String> = serde_json::from_str(id.get()).ok();
    let transport = Transport {
        message: id.clone(),
        id,
        time: member("attributes", "Attributes").and_then(sent),
        partition_key: None,
        sequence_number: None,
        is_not_base64: false,
    };
    Some(Delivery::new(body.into_bytes(), None).with_transport(transport))
}

fn sent(attributes: &RawValue) -> Option<DateTime<chrono::Utc>> {
    let attributes = Level::<()>::raw(attributes.get())?;
    let sent: String = serde_json::from_str(attributes.raw_member("SentTimestamp")?.get()).ok()?;
    DateTime::from_timestamp_millis(sent.parse().ok()?)
}
