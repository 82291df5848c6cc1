//! Requests to `PutEvents`: the detail of each entry is JSON inside a JSON string.

use std::borrow::Cow;
use std::convert::Infallible;

use chrono::SecondsFormat;
use serde_json::value::{RawValue, to_raw_value};

use super::delivery::Delivery;
use super::epoch::EpochSeconds;
use super::error::WireErrorKind;
use super::level::Level;
use super::shape::Shape;

/// Members of an entry, and the corresponding members of the envelope that EventBridge creates.
const MEMBERS: [(&str, &str); 4] =
    [("DetailType", "detail-type"), ("Source", "source"), ("Time", "time"), ("Resources", "resources")];

/// Converts an entry into the envelope that EventBridge would deliver. Returns `None` if its `Detail` is not a string.
pub(super) fn to_delivery(raw: &RawValue) -> Option<Delivery<'static>> {
    let entry = Level::<Infallible>::parse(raw.get())?;
    let detail: String = serde_json::from_str(entry.raw_member("Detail")?.get()).ok()?;
    let mut envelope = String::from("{");
    for (of_entry, of_envelope) in MEMBERS {
        let Some(value) = entry.raw_member(of_entry) else {
            continue;
        };
        // Some SDKs print the time as a number of epoch seconds. An invalid time is left out.
        let value = match value.get() {
            text if of_entry != "Time" || text.starts_with('"') => Cow::Borrowed(text),
            number => match EpochSeconds::parse(number) {
                Some(EpochSeconds(time)) => {
                    Cow::Owned(format!("\"{}\"", time.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
                }
                None => continue,
            },
        };
        envelope.push_str(to_raw_value(of_envelope).ok()?.get());
        envelope.push(':');
        envelope.push_str(&value);
        envelope.push(',');
    }
    envelope.push_str("\"detail\":");
    // Parsed before it is inserted: malformed text could close the envelope and add members to it.
    match serde_json::from_str::<&RawValue>(&detail) {
        Ok(detail) => envelope.push_str(detail.get()),
        Err(error) => {
            return Some(Delivery::broken(detail.clone().into_bytes().into(), WireErrorKind::not_json(&error)));
        }
    }
    envelope.push('}');
    Some(Delivery::with_shape(envelope.into_bytes(), Shape::EventBridge))
}
