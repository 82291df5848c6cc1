//! Documents that carry an event but are not one in its envelope. A pattern for envelopes would not match them, which says
//! nothing about the events that they carry.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::pattern::Pattern;

/// Fields of an envelope: a pattern with one of them is for envelopes, and not for messages of a queue, for example.
const ENVELOPE_FIELDS: [&str; 9] =
    ["detail-type", "detail", "source", "account", "time", "region", "resources", "id", "replay-name"];

/// Members by which a document is recognised, all of which it has, and its description.
const SHAPES: [(&[&str], &str); 9] = [
    (&["Records"], "a batch of records: `read` takes it apart"),
    (&["records", "deliveryStreamArn"], "a batch of records: `read` takes it apart"),
    (&["Messages"], "a batch of messages: `read` takes it apart"),
    (&["Entries"], "a request to PutEvents: write each entry as EventBridge delivers it"),
    (&["DetailType", "Detail"], "an entry of PutEvents: write it as EventBridge delivers it"),
    (&["eventSource", "eventSourceARN"], "a record of a queue or a stream: `read` takes it apart"),
    (&["messageId", "body"], "a message of a queue: `read` takes it apart"),
    (&["TopicArn", "Message"], "a message of a topic: `read` takes it apart"),
    (&["id", "type", "timestamp"], "the detail alone: put it under \"detail\" in an envelope"),
];

/// Returns an error for a document that a pattern of envelopes cannot be about, by its shape.
pub(super) fn unlike(pattern: &Pattern, event: &str) -> Option<String> {
    let is_envelope_field = |path: &str| ENVELOPE_FIELDS.contains(&path.split('.').next().unwrap_or_default());
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(event).ok()?;
    if members.contains_key("detail") || members.contains_key("detail-type") || !pattern.paths().any(is_envelope_field)
    {
        return None;
    }
    let (_, found) = SHAPES.iter().find(|(names, _)| names.iter().all(|name| members.contains_key(*name)))?;
    Some(format!("expected an event in its envelope, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_of_another_shape_are_rejected() {
        let envelopes = Pattern::parse(r#"{"$or":[{"x":[1]},{"detail":{"id":["a"]}}]}"#).unwrap();
        let messages = Pattern::parse(r#"{"body":{"id":["a"]}}"#).unwrap();
        for (event, is_rejected) in [
            (r#"{"Records":[]}"#, true),
            (r#"{"Entries":[]}"#, true),
            (r#"{"messageId":"m","body":"{}","attributes":{}}"#, true),
            (r#"{"id":"e","type":"Order.Created","timestamp":1,"data":{}}"#, true),
            (r#"{"id":"e","type":"Order.Created","timestamp":1,"detail":{}}"#, false),
            (r#"{"source":"shop"}"#, false),
            ("{}", false),
            ("[]", false),
            ("{", false),
        ] {
            assert_eq!(unlike(&envelopes, event).is_some(), is_rejected, "{event}");
            assert_eq!(unlike(&messages, event), None, "{event}");
        }
    }
}
