//! Requests to `PutEvents`: each entry carries a detail as text in the text.

use std::borrow::Cow;

use chrono::SecondsFormat;
use serde_json::value::{RawValue, to_raw_value};

use super::level::Level;
use super::{Delivery, Shape, WireErrorKind, kinesis};

/// The entries of a request, each as the envelope that EventBridge makes of it; `None` where it is something else.
pub(super) fn entries<'a, X>(root: &Level<'a, X>) -> Option<Vec<Delivery<'a>>> {
    let entries: Vec<&'a RawValue> = serde_json::from_str(root.raw_member("Entries")?.get()).ok()?;
    Some(entries.into_iter().map(|raw| entry(raw).unwrap_or_else(|| no_event(root, raw))).collect())
}

fn entry(raw: &RawValue) -> Option<Delivery<'static>> {
    let entry = Level::<()>::raw(raw.get())?;
    let detail: String = serde_json::from_str(entry.raw_member("Detail")?.get()).ok()?;
    let mut envelope = String::from("{");
    for (theirs, ours) in
        [("DetailType", "detail-type"), ("Source", "source"), ("Time", "time"), ("Resources", "resources")]
    {
        let Some(value) = entry.raw_member(theirs) else {
            continue;
        };
        // A time as some SDKs print it is a number of seconds; one that is none is left out.
        let value = match value.get() {
            text if theirs != "Time" || text.starts_with('"') => Cow::Borrowed(text),
            number => match kinesis::milliseconds(number) {
                Some(time) => Cow::Owned(format!("\"{}\"", time.to_rfc3339_opts(SecondsFormat::AutoSi, true))),
                None => continue,
            },
        };
        envelope.push_str(to_raw_value(ours).ok()?.get());
        envelope.push(':');
        envelope.push_str(&value);
        envelope.push(',');
    }
    envelope.push_str("\"detail\":");
    // The detail stands for itself: were it no JSON, it could close the envelope and say anything.
    match serde_json::from_str::<&RawValue>(&detail) {
        Ok(detail) => envelope.push_str(detail.get()),
        Err(error) => {
            return Some(Delivery::broken(detail.clone().into_bytes(), WireErrorKind::not_json(&error)));
        }
    }
    envelope.push('}');
    Some(Delivery::new(envelope.into_bytes(), Some(Shape::EventBridge)))
}

fn no_event<'a, X>(root: &Level<'a, X>, raw: &'a RawValue) -> Delivery<'a> {
    let entry = Level::<()>::raw(raw.get());
    let is_answer = root.raw_member("FailedEntryCount").is_some()
        || entry.is_some_and(|entry| entry.raw_member("EventId").is_some());
    let kind = if is_answer {
        WireErrorKind::Answer
    } else {
        WireErrorKind::NotAnEvent { hint: "an entry of `PutEvents` has a `Detail` that is a text" }
    };
    Delivery::broken(raw.get().as_bytes(), kind)
}
