//! SQS messages: the body is the text of a delivery, usually of an EventBridge envelope or a bare detail.

use std::convert::Infallible;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::delivery::{Delivery, Transport};
use super::level::Level;

/// Parses a message in the format of Lambda invocations or of the SDKs. Returns `None` for any other object.
pub(super) fn parse_message<'a>(record: &Level<'a, Infallible>) -> Option<Delivery<'a>> {
    let member = |lambda: &str, sdk: &str| record.raw_member(lambda).or_else(|| record.raw_member(sdk));
    let id = member("messageId", "MessageId")?;
    let body = member("body", "Body")?;
    let body: String = serde_json::from_str(body.get()).ok()?;
    let id: Option<String> = serde_json::from_str(id.get()).ok();
    let transport = Transport {
        message: id.clone(),
        id,
        time: member("attributes", "Attributes").and_then(parse_time),
        ..Transport::default()
    };
    Some(Delivery::new(body.into_bytes()).with_transport(transport))
}

/// Parses the time of sending, a string of epoch milliseconds.
fn parse_time(attributes: &RawValue) -> Option<DateTime<Utc>> {
    let attributes = Level::<Infallible>::parse(attributes.get())?;
    let sent: String = serde_json::from_str(attributes.raw_member("SentTimestamp")?.get()).ok()?;
    DateTime::from_timestamp_millis(sent.parse().ok()?)
}
