//! Metadata in any spelling, from the event or from the document and the message around it.

use chrono::DateTime;
use event_contract::{Reader, Severity};
use serde_json::{Value, json};

use crate::{ThingDated, ThingMoved, describe, detail};

#[test]
fn metadata_is_read_in_any_spelling() {
    let reader = Reader::<ThingMoved>::default();
    for (changes, expected) in [
        (json!({}), "canonical detail 1 1700000000000"),
        (
            json!({"timestamp": 1_700_000_000}),
            "canonical detail 1 1700000000000; /timestamp: epoch seconds, read as epoch milliseconds",
        ),
        (
            json!({"timestamp": 1_700_000_000.25}),
            "canonical detail 1 1700000000250; /timestamp: epoch seconds, read as epoch milliseconds",
        ),
        (json!({"timestamp": 1_700_000_000_000.0_f64}), "canonical detail 1 1700000000000"),
        (json!({"timestamp": 0}), "canonical detail 1 0"),
        (
            json!({"timestamp": 1_700_000_000_000_999_u64}),
            "canonical detail 1 1700000000000; /timestamp: epoch microseconds, read as epoch milliseconds",
        ),
        (
            json!({"timestamp": "1700000000000000000"}),
            "canonical detail 1 1700000000000; /timestamp: epoch nanoseconds, read as epoch milliseconds",
        ),
        (
            json!({"timestamp": 1.7e22}),
            "error: /timestamp: expected epoch milliseconds, found a number that is not a time",
        ),
        (
            json!({"timestamp": "1700000000000"}),
            "canonical detail 1 1700000000000; /timestamp: a number as text, read as epoch milliseconds",
        ),
        (
            json!({"timestamp": "2023-11-14T22:13:20Z"}),
            "canonical detail 1 1700000000000; /timestamp: a date and time, read as epoch milliseconds",
        ),
        (
            json!({"timestamp": "tea time"}),
            "error: /timestamp: expected epoch milliseconds, found a string that is not a time",
        ),
        (
            json!({"timestamp": true}),
            "error: /timestamp: expected epoch milliseconds, found a boolean that is not a time",
        ),
        (json!({"timestamp": {}}), "error: /timestamp: expected a string or a number, found an object"),
        (
            json!({"timestamp": u64::MAX}),
            "error: /timestamp: expected epoch milliseconds, found a number that is not a time",
        ),
        (
            json!({"timestamp": null}),
            "error: /timestamp: expected the time of the event (`Reader::received_at` sets a default), found nothing",
        ),
        (json!({"version": 1.0}), "canonical detail 1 1700000000000; /version: a number, read as an integer"),
        (json!({"version": "1"}), "canonical detail 1 1700000000000; /version: a number as text, read as an integer"),
        (
            json!({"version": "v1.0"}),
            "canonical detail 1 1700000000000; /version: a number as text, read as an integer",
        ),
        (json!({"version": "1.1"}), "error: /version: expected an integer from 1 to 4294967295, found a string"),
        (json!({"version": "one"}), "error: /version: expected an integer from 1 to 4294967295, found a string"),
        (json!({"version": ""}), "error: /version: expected an integer from 1 to 4294967295, found a string"),
        (json!({"version": 0}), "error: /version: expected an integer from 1 to 4294967295, found a number"),
        (
            json!({"version": 4_294_967_296_u64}),
            "error: /version: expected an integer from 1 to 4294967295, found a number",
        ),
        (json!({"version": "-"}), "canonical detail 1 1700000000000; /version: no version, read as v1"),
        (json!({"id": 7}), "error: /id: expected a string, found a number"),
        (json!({"type": 7}), "error: /type: expected a string, found a number"),
        (json!({"type": "thing-lost"}), "error: expected an event of type \"thing-moved\", found \"thing-lost\""),
        (
            json!({"partitionKey": "k".repeat(257)}),
            "error: /partitionKey: expected a valid partition key, found a string that is longer than 256 characters",
        ),
        (json!({"partitionKey": ""}), "canonical detail 1 1700000000000; /partitionKey: missing, taken from its id"),
        (json!({"source": "external"}), "canonical detail 1 1700000000000; /source: a mark, read as no source"),
        (
            json!({"source": "-", "tags": {"source": "of-tags"}}),
            "canonical detail 1 1700000000000; /source: missing, taken from its tags",
        ),
        (json!({"correlationId": 3}), "error: /correlationId: expected a string, found a number"),
        (json!({"tags": [1]}), "error: /tags: expected an object, found another value"),
        (json!({"tags": {"skip": true, "depth": {"a": 1}}}), "canonical detail 1 1700000000000"),
        (
            json!({"data": {"to": 1}, "id": 2, "timestamp": "x"}),
            "error: /id: expected a string, found a number; /timestamp: expected epoch milliseconds, found a string that is not a time; /data/to: expected a string, found an integer",
        ),
        (json!({"data": []}), "error: /data: expected an object, found an array"),
        (json!({"data": null}), "error: /data: expected an object, found null"),
        (json!({"region": "eu"}), "canonical detail 1 1700000000000; /region: unknown field, kept"),
    ] {
        assert_eq!(describe(&reader, &detail(&changes)), expected, "{changes}");
    }
}

#[test]
fn a_wrong_unit_is_a_warning_also_in_the_payload() {
    let timestamp = 1_795_344_181_000_000_u64;
    let detail = detail(&json!({"timestamp": timestamp}));
    let reading = Reader::<ThingMoved>::default().read(detail.as_bytes()).unwrap();
    let seen: Vec<_> = reading.observations().iter().map(|seen| (seen.kind.name(), seen.severity())).collect();
    assert_eq!(seen, [("unit-corrected", Severity::Warning)]);
    // The payload's own time was deserialized as milliseconds: 56,000 years later.
    let text = json!({"data": {"id": 7, "at": timestamp}, "meta": {}}).to_string();
    let reading = Reader::<ThingDated>::default().read(text.as_bytes()).unwrap();
    assert_eq!(reading.event().time().to_string(), "2026-11-22 10:43:01 UTC");
    let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
    assert!(
        seen.contains(&"/timestamp: a time after the year 9999, read as epoch milliseconds".to_owned()),
        "{seen:?}"
    );
}

#[test]
fn missing_metadata_is_taken_from_the_carrier() {
    let bare = detail(&json!({"id": "-", "timestamp": "-", "partitionKey": "-", "source": "-"}));
    let value: Value = bare.parse().unwrap();
    let reader = Reader::<ThingMoved>::default();
    let envelope = json!({"detail-type": "thing-moved", "id": "of-envelope", "source": "mover", "time": "2026-11-22T10:43:01Z", "detail": value});
    let message =
        |body: &str| json!({"messageId": "of-message", "body": body, "attributes": {"SentTimestamp": "1520621625029"}});
    let record = {
        use base64::Engine as _;
        let data = base64::engine::general_purpose::STANDARD.encode(&bare);
        json!({"eventID": "of-record", "kinesis": {"data": data, "partitionKey": "k", "approximateArrivalTimestamp": 1_480_641_523.477_f64}})
    };
    for (delivery, expected) in [
        (
            &envelope,
            "EventBridge envelope of-envelope 1795344181000; /detail/id: missing, taken from the envelope; /detail/timestamp: missing, taken from the envelope; /detail/partitionKey: missing, taken from its id; /detail/source: missing, taken from the envelope",
        ),
        (
            &message(&bare),
            "canonical detail of-message 1520621625029; /id: missing, taken from the message that carried it; /timestamp: missing, taken from the message that carried it; /partitionKey: missing, taken from its id",
        ),
        (
            &message(&envelope.to_string()),
            "EventBridge envelope of-envelope 1795344181000; /detail/id: missing, taken from the envelope; /detail/timestamp: missing, taken from the envelope; /detail/partitionKey: missing, taken from its id; /detail/source: missing, taken from the envelope",
        ),
        (
            &record,
            "canonical detail of-record 1480641523477; /id: missing, taken from the message that carried it; /timestamp: missing, taken from the message that carried it; /partitionKey: missing, taken from the message that carried it",
        ),
    ] {
        assert_eq!(describe(&reader, &delivery.to_string()), expected, "{delivery}");
    }
    // A marker in the envelope is not a subsystem.
    let marked = envelope.to_string().replace("mover", "external");
    assert_eq!(reader.read(marked.as_bytes()).unwrap().event().metadata().source, None);
    // Equal texts give equal ids.
    let reader = reader.received_at(DateTime::UNIX_EPOCH);
    let id = |text: &str| reader.read(text.as_bytes()).unwrap().event().id().clone();
    assert_eq!(id(&bare), id(&bare));
    assert_ne!(id(&bare), id(&bare.replace("\"x\"", "\"y\"")));
}

#[test]
fn a_cloud_event_provides_missing_metadata() {
    let reader = Reader::<ThingMoved>::default();
    let value: Value = detail(&json!({"partitionKey": "-", "correlationId": "own"})).parse().unwrap();
    let text = json!({"specversion": "1.0", "id": "o", "type": "thing-moved", "source": "s", "partitionkey": "p",
        "correlationid": "c", "causationid": "d", "datacontenttype": "application/json", "data": value});
    let text = text.to_string();
    let reading = reader.read(text.as_bytes()).unwrap();
    let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
    assert_eq!(
        seen,
        ["/data/partitionKey: missing, taken from the envelope", "/data/causationId: missing, taken from the envelope"]
    );
    let event = reading.into_event();
    assert_eq!(event.partition_key(), "p");
    let written: Value = serde_json::to_value(&event).unwrap();
    assert_eq!((&written["correlationId"], &written["causationId"]), (&json!("own"), &json!("d")));
    let text = json!({"specversion": "1.0", "id": "o", "type": "thing-moved", "source": "s", "partitionkey": "p",
        "time": "2023-11-14T22:13:20Z", "dataversion": 1, "subject": "u", "dataschema": "v",
        "data": {"to": "x"}});
    let event = reader.read(text.to_string().as_bytes()).unwrap().into_event();
    let written: Value = serde_json::to_value(&event).unwrap();
    assert_eq!((&written["subject"], &written["dataschema"]), (&json!("u"), &json!("v")));
}
