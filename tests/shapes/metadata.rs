//! Metadata in every spelling and from every carrier.

use chrono::DateTime;
use event_contract::{ReadErrorKind, Reader};
use serde_json::{Value, json};

use crate::{Incoming, ThingDated, ThingMoved, describe, detail};

#[test]
fn metadata_is_read_in_any_spelling() {
    let reader = Reader::<ThingMoved>::default();
    for (changes, expected) in [
        (json!({}), "canonical detail 1 1700000000000"),
        (
            json!({"timestamp": 1_700_000_000}),
            "canonical detail 1 1700000000000; /timestamp: epoch seconds, taken as epoch milliseconds",
        ),
        (
            json!({"timestamp": 1_700_000_000.25}),
            "canonical detail 1 1700000000250; /timestamp: epoch seconds, taken as epoch milliseconds",
        ),
        (json!({"timestamp": 1_700_000_000_000.0_f64}), "canonical detail 1 1700000000000"),
        (
            json!({"timestamp": "1700000000000"}),
            "canonical detail 1 1700000000000; /timestamp: a number as text, taken as epoch milliseconds",
        ),
        (
            json!({"timestamp": "2023-11-14T22:13:20Z"}),
            "canonical detail 1 1700000000000; /timestamp: a date and time, taken as epoch milliseconds",
        ),
        (
            json!({"timestamp": "tea time"}),
            "error: /timestamp: expected epoch milliseconds, found a string that is no time",
        ),
        (json!({"timestamp": true}), "error: /timestamp: expected epoch milliseconds, found a boolean that is no time"),
        (json!({"timestamp": {}}), "error: /timestamp: expected a string or a number, found an object"),
        (
            json!({"timestamp": u64::MAX}),
            "error: /timestamp: expected epoch milliseconds, found a number that is no time",
        ),
        (
            json!({"timestamp": null}),
            "error: /timestamp: expected the time of the event, which is said nowhere (`Reader::received_at` can give one), found nothing",
        ),
        (json!({"version": 1.0}), "canonical detail 1 1700000000000; /version: a number, taken as an integer"),
        (json!({"version": "1"}), "error: /version: expected an integer from 1 to 4294967295, found a string"),
        (json!({"version": 0}), "error: /version: expected an integer from 1 to 4294967295, found a number"),
        (
            json!({"version": 4_294_967_296_u64}),
            "error: /version: expected an integer from 1 to 4294967295, found a number",
        ),
        (json!({"version": "-"}), "canonical detail 1 1700000000000; /version: no version is said, read as v1"),
        (json!({"id": 7}), "error: /id: expected a string, found a number"),
        (json!({"type": 7}), "error: /type: expected a string, found a number"),
        (json!({"type": "thing-lost"}), "error: this is an event of type \"thing-lost\", not \"thing-moved\""),
        (
            json!({"partitionKey": "k".repeat(257)}),
            "error: /partitionKey: expected a partition key, found a string that is none: a partition key is longer than 256 characters",
        ),
        (json!({"partitionKey": ""}), "canonical detail 1 1700000000000; /partitionKey: missing, taken from its id"),
        (
            json!({"source": "external"}),
            "canonical detail 1 1700000000000; /source: a mark that names no subsystem, taken as no source",
        ),
        (
            json!({"source": "-", "tags": {"source": "of-tags"}}),
            "canonical detail 1 1700000000000; /source: missing, taken from its tags",
        ),
        (json!({"correlationId": 3}), "error: /correlationId: expected a string, found a number"),
        (json!({"tags": [1]}), "error: /tags: expected an object, found another value"),
        (json!({"tags": {"skip": true, "depth": {"a": 1}}}), "canonical detail 1 1700000000000"),
        (
            json!({"data": {"to": 1}, "id": 2, "timestamp": "x"}),
            "error: /id: expected a string, found a number; /timestamp: expected epoch milliseconds, found a string that is no time; /data/to: expected a string, found an integer",
        ),
        (json!({"data": []}), "error: /data: expected an object, found an array"),
        (json!({"data": null}), "error: /data: expected an object, found null"),
        (json!({"region": "eu"}), "canonical detail 1 1700000000000; /region: unknown field, kept"),
    ] {
        assert_eq!(describe(&reader, &detail(&changes)), expected, "{changes}");
    }
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
fn data_and_meta_are_read_without_a_type() {
    let reader = Reader::<ThingDated>::default();
    let text = r#"{"data":{"id":7,"at":1700000000000},"meta":{}}"#;
    let result = describe(&reader, text);
    let id = reader.read(text.as_bytes()).unwrap().event().id().to_string();
    assert_eq!(
        result,
        format!(
            "{{data, meta}} {id} 1700000000000; /type: no type is said, read as Thing.Dated; \
             /version: no version is said, read as v1; /id: missing, taken from its content; \
             /timestamp: missing, taken from the payload; /partitionKey: missing, taken from the payload"
        )
    );
    let traced = text.replace(r#""meta":{}"#, r#""meta":{"trace":1}"#);
    let event = reader.read(traced.as_bytes()).unwrap().into_event();
    assert!(serde_json::to_string(&event).unwrap().ends_with(r#","meta":{"trace":1}}"#));
    // With several types, the type is ambiguous.
    let reading = Reader::<Incoming>::default().read(text.as_bytes()).unwrap();
    assert!(matches!(reading.event(), Incoming::Other(other) if other.event_type().is_none()));
    // An envelope names the type.
    let envelope = format!(r#"{{"detail-type":"Thing.Dated","source":"s","detail":{text}}}"#);
    let reading = Reader::<Incoming>::default().read(envelope.as_bytes()).unwrap();
    assert!(matches!(reading.event(), Incoming::Dated(event) if event.payload().id == 7));
}

#[test]
fn flat_details_are_read() {
    let flat =
        |rest: &str| format!(r#"{{"id":"1","type":"thing-moved","timestamp":1700000000000,"partitionKey":"k"{rest}}}"#);
    let reader = Reader::<ThingMoved>::default();
    let read = "aws-lambda-stream detail 1 1700000000000; /version: no version is said, read as v1";
    for (rest, expected) in [
        (r#","thing":{"to":"x"}"#, read.to_owned()),
        (r#","raw":{"new":{},"old":{}},"thing":{"to":"x"}"#, format!("{read}; /raw: unknown field, kept")),
        (r#","source":{"to":"x"}"#, read.to_owned()),
        (r#","thing":{"to":"x"},"triggers":[{"id":"1"}]"#, format!("{read}; /triggers: unknown field, kept")),
        (
            r#","a":{"to":"x"},"b":{"to":"y"}"#,
            "error: expected one entity: say which with `entity = \"…\"` in `#[payload(…)]`, found `a` and `b`"
                .to_owned(),
        ),
        ("", "error: /to: expected a value (the field is required), found nothing".to_owned()),
        (
            r#","s3":{"bucket":"lake","key":"us-west-2/claimchecks/1"}"#,
            "error: the event itself is in s3://lake/us-west-2/claimchecks/1: fetch it and read that".to_owned(),
        ),
        (
            r#","thing":{"to":"ZW5j"},"eem":{"masterKeyAlias":"alias/x","dataKeys":{"us-west-2":"b64"},"fields":["to","name"]}"#,
            "error: the event has encrypted fields (to, name): decrypt it first".to_owned(),
        ),
        (r#","thing":{"to":"COMPRESSED air"}"#, read.to_owned()),
        (
            r#","ctx":{"to":"x"},"s3":{"bucket":"b","key":"k"}"#,
            "error: the event itself is in s3://b/k: fetch it and read that".to_owned(),
        ),
        (r#","thing":{"to":"x"},"s3":{"of":"another"}"#, format!("{read}; /s3: unknown field, kept")),
        (r#","thing":{"to":"x"},"eem":{"fields":[]}"#, format!("{read}; /eem: unknown field, kept")),
        (
            r#","things":[{"to":"x"}]"#,
            "error: expected the entity, an object, found an array under `things`".to_owned(),
        ),
        (r#","thing":7"#, "error: expected the entity, an object, found a number under `thing`".to_owned()),
        (
            r#","raw":{},"triggers":[]"#,
            "error: /to: expected a value (the field is required), found nothing".to_owned(),
        ),
    ] {
        assert_eq!(describe(&reader, &flat(rest)), expected, "{rest}");
    }
    let claim = reader.read(flat(r#","s3":{"bucket":"b","key":"k"}"#).as_bytes()).unwrap_err();
    assert!(matches!(claim.kind(), ReadErrorKind::ClaimCheck(claim) if claim.bucket == "b" && claim.key == "k"));
}
