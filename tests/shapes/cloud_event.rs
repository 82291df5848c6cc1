//! CloudEvents documents: attributes, and data in every encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_contract::Reader;
use serde_json::{Value, json};

use crate::{Incoming, ThingMoved, describe, detail};

/// Returns a CloudEvents document with some members replaced, or removed by the value `"-"`.
fn cloud_event(changes: &Value) -> String {
    let mut document = json!({"specversion": "1.0", "id": "1", "type": "thing-moved", "source": "s",
        "time": "2023-11-14T22:13:20Z", "partitionkey": "k", "dataversion": 1, "datacontenttype": "application/json",
        "data": {"to": "x"}});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::String(text) if text == "-" => {
                document.as_object_mut().unwrap().remove(name);
            }
            value => document[name] = value.clone(),
        }
    }
    document.to_string()
}

#[test]
fn attributes_are_read_under_their_names() {
    let reader = Reader::<ThingMoved>::default();
    let urn = |name: &str| json!(format!("urn:event-contract:internal:{name}:writer"));
    let read = "CloudEvents document 1 1700000000000";
    for (changes, expected) in [
        (json!({}), read.to_owned()),
        (json!({"dataversion": "1"}), format!("{read}; /dataversion: a number as text, read as an integer")),
        (
            json!({"dataversion": "01st"}),
            "error: /dataversion: expected an integer from 1 to 4294967295, found a string".to_owned(),
        ),
        (json!({"dataversion": "-"}), format!("{read}; /dataversion: no version, read as v1")),
        (json!({"partitionkey": "-"}), format!("{read}; /partitionkey: missing, taken from its id")),
        (json!({"correlationid": 7}), "error: /correlationid: expected a string, found a number".to_owned()),
        (
            json!({"time": "tea"}),
            "error: /time: expected an RFC 3339 date-time, found a string that is not a time".to_owned(),
        ),
        (json!({"source": "-"}), format!("{read}; /source: a missing `source`, read as no source")),
        (json!({"specversion": "0.3"}), format!("{read}; /specversion: another version of CloudEvents, read as 1.0")),
        (json!({"specversion": 1}), format!("{read}; /specversion: another version of CloudEvents, read as 1.0")),
        (json!({"dataschema": urn("thing-moved:v1")}), read.to_owned()),
        (
            json!({"dataschema": urn("thing-moved:v2")}),
            format!("{read}; /dataschema: names another type or version than the event"),
        ),
        (
            json!({"dataschema": urn("thing-lost:v1")}),
            format!("{read}; /dataschema: names another type or version than the event"),
        ),
        (
            json!({"dataschema": urn("thing-moved:v1"), "dataversion": "-", "type": "-"}),
            format!(
                "{read}; /type: missing, taken from its `dataschema`; /dataversion: missing, taken from its `dataschema`"
            ),
        ),
        (json!({"dataschema": "https://example.com/1"}), format!("{read}; /dataschema: unknown field, kept")),
        // A member that has the name of metadata in other shapes.
        (json!({"version": 7}), format!("{read}; /version: unknown field, kept")),
        (json!({"data": {"to": 1}}), "error: /data/to: expected a string, found an integer".to_owned()),
    ] {
        assert_eq!(describe(&reader, &cloud_event(&changes)), expected, "{changes}");
    }
    // Without a `dataversion`, the version is that of the schema: this reader knows only the first.
    let newer = cloud_event(&json!({"dataschema": urn("thing-moved:v2"), "dataversion": "-"}));
    assert!(describe(&reader, &newer).contains("v2 is newer than this reader, read as v1"));
}

#[test]
fn encoded_data_is_decoded() {
    let reader = Reader::<ThingMoved>::default();
    let data = r#"{"to":"x","gift":12345678901234567890123}"#;
    let inner = detail(&json!({"data": {"to": "x"}}));
    let read = "CloudEvents document 1 1700000000000";
    for (changes, expected) in [
        (
            json!({"data": "-", "data_base64": STANDARD.encode(data)}),
            format!("{read}; /data_base64: JSON in base64, read as an object; /data_base64/gift: unknown field, kept"),
        ),
        (
            json!({"data": data}),
            format!("{read}; /data: JSON in a string, read as an object; /data/gift: unknown field, kept"),
        ),
        (
            json!({"data": "-", "data_base64": STANDARD.encode(r#"{"to":1}"#)}),
            "error: /data_base64/to: expected a string, found an integer".to_owned(),
        ),
        (json!({"data": inner}), format!("{read}; /data: JSON in a string, read as an object")),
        (
            json!({"data": "-", "data_base64": STANDARD.encode(&inner)}),
            format!("{read}; /data_base64: JSON in base64, read as an object"),
        ),
        (json!({"data": "tea"}), "error: /data: expected an object, found a string".to_owned()),
    ] {
        assert_eq!(describe(&reader, &cloud_event(&changes)), expected, "{changes}");
    }
    for wrong in ["%", "/w==", "dGVh"] {
        let described = describe(&reader, &cloud_event(&json!({"data": "-", "data_base64": wrong})));
        assert!(described.ends_with("expected JSON under `data`, found `data_base64`"), "{described}");
    }
    let event = reader.read(cloud_event(&json!({"data": data})).as_bytes()).unwrap().into_event();
    assert!(serde_json::to_string(&event).unwrap().contains(data));
    // The bytes of an event of another type are those that were delivered.
    let other = cloud_event(&json!({"type": "other", "data": data}));
    let reading = Reader::<Incoming>::default().read(other.as_bytes()).unwrap();
    assert!(matches!(reading.event(), Incoming::Other(unrecognised) if unrecognised.bytes == other.as_bytes()));
}

#[test]
fn a_batch_may_mix_encodings() {
    let data = STANDARD.encode(r#"{"to":"x"}"#);
    let batch = format!(
        "[{},{},{}]",
        cloud_event(&json!({})),
        cloud_event(&json!({"data": "-", "data_base64": data})),
        cloud_event(&json!({"data": r#"{"to":"x"}"#}))
    );
    let results = Reader::<ThingMoved>::default().read_all(batch.as_bytes());
    let payloads: Vec<_> = results.into_iter().map(|result| result.unwrap().into_event().into_payload()).collect();
    assert_eq!(payloads, vec![ThingMoved { to: "x".to_owned() }; 3]);
}
