//! Documents that carry events, but are not one in its envelope. A pattern for envelopes would not match them, which says
//! nothing about the events that they carry.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime};
use serde_json::value::RawValue;

use crate::pattern::Pattern;
use crate::wire;

/// Fields of an envelope: a pattern with one of them is for envelopes, and not for messages of a queue, for example.
const ENVELOPE_FIELDS: [&str; 10] =
    ["detail-type", "detail", "source", "account", "time", "region", "resources", "id", "version", "replay-name"];

/// Fields without which the API `TestEventPattern` refuses an event.
const REQUIRED_FIELDS: [&str; 6] = ["id", "detail-type", "source", "account", "time", "region"];

/// Members that a document must all have to be recognised, and its description.
const SHAPES: [(&[&str], &str); 15] = [
    (&["Records"], "a batch of records"),
    (&["records"], "a batch of records"),
    (&["Messages"], "a batch of messages"),
    (&["Entries"], "a request to PutEvents"),
    (&["DetailType", "Detail"], "an entry of PutEvents"),
    (&["eventSource"], "a record of a queue or a stream"),
    (&["EventSource", "Sns"], "a record of a topic"),
    (&["kinesis"], "a record of a stream"),
    (&["messageId", "body"], "a message of a queue"),
    (&["MessageId", "Body"], "a message of a queue"),
    (&["TopicArn", "Message"], "a message of a topic"),
    (&["requestContext", "requestPayload"], "what a Lambda function sends to its destination"),
    (&["specversion"], "a CloudEvent: put its data under \"detail\" in an envelope"),
    (&["type"], "the detail alone: put it under \"detail\" in an envelope"),
    (&["data"], "the detail alone: put it under \"detail\" in an envelope"),
];

/// The events that may be asked about.
#[derive(Debug, Clone, Copy)]
pub(super) enum AcceptedEvents {
    /// Any object, such as a part of an event.
    Any,
    /// Those that the API `TestEventPattern` accepts.
    Complete,
}

type Members<'e> = BTreeMap<Cow<'e, str>, &'e RawValue>;

/// Returns the events in a document that a pattern can be asked about: the document itself if it is one, or those that
/// its records and entries carry. An error for one that the pattern cannot be about, by its shape.
pub(super) fn unpack<'e>(pattern: &Pattern, document: &'e str) -> Vec<Result<Cow<'e, str>, String>> {
    let Err(refused) = check(pattern, document) else { return vec![Ok(Cow::Borrowed(document))] };
    let parts = unpack_parts(document);
    if parts.is_empty() {
        return vec![Err(refused)];
    }
    let check_part = |part: String| {
        check(pattern, &part)?;
        check_is_complete(pattern, &part)?;
        Ok(Cow::Owned(part))
    };
    parts.into_iter().map(|part| part.and_then(check_part)).collect()
}

/// Returns the events that the records or entries of a document carry; none for a document without any.
fn unpack_parts(document: &str) -> Vec<Result<String, String>> {
    let is_entry = |members: &Members<'_>| members.contains_key("DetailType") && members.contains_key("Detail");
    // The shape of an entry is known only inside a request.
    let document = match serde_json::from_str(document) {
        Ok(members) if is_entry(&members) => Cow::Owned(format!("{{\"Entries\":[{document}]}}")),
        Ok(_) | Err(_) => Cow::Borrowed(document),
    };
    let deliveries = match wire::deliveries(document.as_bytes()) {
        Ok(deliveries) => deliveries,
        Err(error) => return vec![Err(error.to_string())],
    };
    let is_itself = |delivery: &wire::Delivery<'_>| delivery.bytes() == document.as_bytes();
    if deliveries.first().is_some_and(is_itself) {
        return Vec::new();
    }
    let text = |delivery: &wire::Delivery<'_>| {
        delivery.text().map(std::borrow::Cow::into_owned).map_err(|error| error.to_string())
    };
    deliveries.iter().map(text).collect()
}

/// Checks that a pattern can be about a document. One without fields of an envelope can be about any.
fn check(pattern: &Pattern, document: &str) -> Result<(), String> {
    let Ok(members) = serde_json::from_str::<Members<'_>>(document) else { return Ok(()) };
    if !roots(pattern).any(|root| ENVELOPE_FIELDS.contains(&root)) {
        return Ok(());
    }
    if let Some(detail) = members.get("detail") {
        if detail.get().starts_with('"') && pattern.paths().any(|path| path.starts_with("detail.")) {
            let advice = "write the JSON without the quotes around it";
            return Err(format!("expected an object under `detail`, found a string: {advice}"));
        }
        return Ok(());
    }
    if members.contains_key("detail-type") {
        return Ok(());
    }
    let found = SHAPES.iter().find(|(names, _)| names.iter().all(|name| members.contains_key(*name)));
    let found = match found {
        Some((_, description)) => (*description).to_owned(),
        None if members.is_empty() || members.keys().any(|name| ENVELOPE_FIELDS.contains(&&**name)) => return Ok(()),
        None => {
            let names: Vec<String> = members.keys().take(3).map(|name| format!("`{name}`")).collect();
            format!("an object with {}", names.join(", "))
        }
    };
    Err(format!("expected an event in its envelope, found {found}"))
}

/// Checks an event of a batch: it has a type, and the fields that a pattern names and that every delivered event has.
///
/// An entry of `PutEvents` lacks those that EventBridge adds.
fn check_is_complete(pattern: &Pattern, event: &str) -> Result<(), String> {
    let members: Members<'_> = serde_json::from_str(event).unwrap_or_default();
    if !members.contains_key("detail-type") {
        return Err("expected an event in its envelope, found an object without `detail-type`".to_owned());
    }
    match roots(pattern).find(|root| REQUIRED_FIELDS.contains(root) && !members.contains_key(*root)) {
        Some(root) => {
            Err(format!("expected `{root}`, which EventBridge adds to an entry: write the event as it is delivered"))
        }
        None => Ok(()),
    }
}

/// Returns the first name of each path.
fn roots(pattern: &Pattern) -> impl Iterator<Item = &str> {
    pattern.paths().map(|path| path.split('.').next().unwrap_or_default())
}

impl AcceptedEvents {
    /// Checks an event as the API `TestEventPattern` does, if only those that it accepts are.
    ///
    /// It asks for an object with six fields, and for a date and time in `time`; it does not look at the types of others.
    pub(super) fn check(self, event: &str) -> Result<(), String> {
        match self {
            Self::Any => return Ok(()),
            Self::Complete => {}
        }
        let refuse = |what: String| Err(format!("TestEventPattern refuses an event {what}"));
        let Ok(members) = serde_json::from_str::<Members<'_>>(event) else {
            return refuse("that is not a JSON object".to_owned());
        };
        let missing = REQUIRED_FIELDS.iter().filter(|name| !members.contains_key(**name));
        let missing: Vec<String> = missing.map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            return refuse(format!("without {}", missing.join(", ")));
        }
        let time: Option<String> = serde_json::from_str(members["time"].get()).ok();
        let is_time = |text: String| {
            DateTime::parse_from_rfc3339(&text).is_ok()
                || NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
        };
        if time.is_some_and(is_time) {
            return Ok(());
        }
        refuse("whose `time` is not an ISO 8601 date and time".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack_all(pattern: &str, document: &str) -> Vec<Result<String, String>> {
        let pattern = Pattern::parse(pattern).unwrap();
        unpack(&pattern, document).into_iter().map(|event| event.map(Cow::into_owned)).collect()
    }

    #[test]
    fn only_documents_of_another_shape_are_rejected() {
        for (document, is_rejected) in [
            (r#"{"Records":[]}"#, true),
            (r#"{"Entries":[]}"#, true),
            (r#"{"messageId":"m","body":"{}","attributes":{}}"#, true),
            (r#"{"eventSource":"aws:kafka","records":{}}"#, true),
            (r#"{"eventSource":"aws:dynamodb","dynamodb":{}}"#, true),
            (r#"{"Type":"Notification","TopicArn":"t","Message":"{}"}"#, true),
            (r#"{"id":"e","type":"Order.Created","timestamp":1,"data":{}}"#, true),
            (r#"{"source":"shop","type":"Order.Created","version":1,"data":{}}"#, true),
            (r#"{"metadata":{},"data":{}}"#, true),
            (r#"{"orderId":"o-1","lines":[]}"#, true),
            (r#"{"id":"e","type":"Order.Created","timestamp":1,"detail":{}}"#, false),
            (r#"{"detail-type":"Order.Created","detail":"{}"}"#, true),
            (r#"{"source":"shop"}"#, false),
            ("{}", false),
            ("[]", false),
            ("{", false),
        ] {
            let envelopes = unpack_all(r#"{"$or":[{"x":[1]},{"detail":{"id":["a"]}}]}"#, document);
            assert_eq!(envelopes.iter().any(Result::is_err), is_rejected, "{document}");
            assert_eq!(unpack_all(r#"{"body":{"id":["a"]}}"#, document), [Ok(document.to_owned())], "{document}");
        }
    }

    #[test]
    fn batches_and_entries_are_taken_apart() {
        let pattern = r#"{"detail-type":["a"]}"#;
        let event = r#"{"detail-type":"a","detail":{}}"#;
        let record = |body: &str| format!(r#"{{"messageId":"m","body":{}}}"#, serde_json::Value::from(body));
        assert_eq!(unpack_all(pattern, &record(event)), [Ok(event.to_owned())]);
        let batch = format!(r#"{{"Records":[{},{},{}]}}"#, record(event), record("tea"), record(r#"{"type":"a"}"#));
        let parts = unpack_all(pattern, &batch);
        assert_eq!(parts[0], Ok(event.to_owned()));
        assert!(parts[1].is_err(), "{parts:?}");
        assert!(parts[2].as_ref().unwrap_err().contains("found the detail alone"), "{parts:?}");

        let entry = r#"{"Source":"shop","DetailType":"a","Detail":"{\"b\":1}"}"#;
        let delivered = r#"{"detail-type":"a","source":"shop","detail":{"b":1}}"#;
        for document in [entry.to_owned(), format!(r#"{{"Entries":[{entry}]}}"#)] {
            assert_eq!(unpack_all(pattern, &document), [Ok(delivered.to_owned())]);
            let parts = unpack_all(r#"{"account":["111122223333"]}"#, &document);
            assert!(
                parts[0].as_ref().unwrap_err().starts_with("expected `account`, which EventBridge adds"),
                "{parts:?}"
            );
        }
    }

    #[test]
    fn an_incomplete_envelope_is_refused_as_by_the_service() {
        let complete =
            r#"{"id":1,"detail-type":"a","source":"b","account":"c","time":"2026-01-02T03:04:05Z","region":"d"}"#;
        for (event, expected) in [
            (complete.to_owned(), None),
            (complete.replace("05Z", "05"), None),
            (complete.replace("05Z", "05+01:00"), None),
            (complete.replace("T03", " noon "), Some("an event whose `time` is not an ISO 8601 date and time")),
            (
                complete.replace("\"2026-01-02T03:04:05Z\"", "5"),
                Some("an event whose `time` is not an ISO 8601 date and time"),
            ),
            (
                r#"{"time":"2026-01-02T03:04:05Z","source":"b","region":"d"}"#.to_owned(),
                Some("an event without `id`, `detail-type`, `account`"),
            ),
            ("[]".to_owned(), Some("an event that is not a JSON object")),
            ("tea".to_owned(), Some("an event that is not a JSON object")),
        ] {
            let expected = expected.map_or(Ok(()), |what| Err(format!("TestEventPattern refuses {what}")));
            assert_eq!(AcceptedEvents::Complete.check(&event), expected, "{event}");
            assert_eq!(AcceptedEvents::Any.check(&event), Ok(()));
        }
    }
}
