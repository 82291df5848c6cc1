//! Details in each shape.

use chrono::DateTime;
use event_contract::wire::{self, Delivery, Shape};
use event_contract::{Limits, ReadErrorKind, Reader};
use serde_json::json;

use crate::{Incoming, ThingDated, ThingMoved, describe, detail};

#[test]
fn data_and_meta_are_read_without_a_type() {
    let reader = Reader::<ThingDated>::default();
    let text = r#"{"data":{"id":7,"at":1700000000000},"meta":{}}"#;
    let described = describe(&reader, text);
    let id = reader.read(text.as_bytes()).unwrap().event().id().to_string();
    assert_eq!(
        described,
        format!(
            "{{data, meta}} {id} 1700000000000; /type: no type, read as Thing.Dated; \
             /version: no version, read as v1; /id: missing, taken from its content; \
             /timestamp: missing, taken from the payload; /partitionKey: missing, taken from the payload"
        )
    );
    let traced = text.replace(r#""meta":{}"#, r#""meta":{"trace":1}"#);
    let event = reader.read(traced.as_bytes()).unwrap().into_event();
    assert!(serde_json::to_string(&event.internal_detail()).unwrap().ends_with(r#","meta":{"trace":1}}"#));
    // With several types, the type is ambiguous.
    let reading = Reader::<Incoming>::default().read(text.as_bytes()).unwrap();
    assert!(matches!(reading.event(), Incoming::Other(other) if other.event_type.is_none()));
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
    let read = "aws-lambda-stream detail 1 1700000000000; /version: no version, read as v1";
    for (rest, expected) in [
        (r#","thing":{"to":"x"}"#, read.to_owned()),
        (r#","raw":{"new":{},"old":{}},"thing":{"to":"x"}"#, format!("{read}; /raw: unknown field, kept")),
        (r#","source":{"to":"x"}"#, read.to_owned()),
        (r#","thing":{"to":"x"},"triggers":[{"id":"1"}]"#, format!("{read}; /triggers: unknown field, kept")),
        (
            r#","a":{"to":"x"},"b":{"to":"y"}"#,
            "error: expected one entity: add `entity = \"…\"` to `#[payload(…)]`, found `a` and `b`".to_owned(),
        ),
        (
            "",
            "error: /to: expected a value (the field is required), found nothing; /version: no version, read as v1"
                .to_owned(),
        ),
        (
            r#","s3":{"bucket":"lake","key":"us-west-2/claimchecks/1"}"#,
            "error: the event is stored in s3://lake/us-west-2/claimchecks/1: fetch the object and read it".to_owned(),
        ),
        (
            r#","thing":{"to":"ZW5j"},"eem":{"masterKeyAlias":"alias/x","dataKeys":{"us-west-2":"b64"},"fields":["to","name"]}"#,
            "error: the event has encrypted fields (to, name): decrypt it first".to_owned(),
        ),
        (r#","thing":{"to":"COMPRESSED air"}"#, read.to_owned()),
        (
            r#","ctx":{"to":"x"},"s3":{"bucket":"b","key":"k"}"#,
            "error: the event is stored in s3://b/k: fetch the object and read it".to_owned(),
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
            "error: /to: expected a value (the field is required), found nothing; /version: no version, read as v1"
                .to_owned(),
        ),
    ] {
        assert_eq!(describe(&reader, &flat(rest)), expected, "{rest}");
    }
    let claim = reader.read(flat(r#","s3":{"bucket":"b","key":"k"}"#).as_bytes()).unwrap_err();
    assert!(matches!(claim.kind(), ReadErrorKind::ClaimCheck { bucket, key } if bucket == "b" && key == "k"));
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_values_are_unpacked() {
    // gzip of {"to":"x"}, and of "x", as a hub sends them.
    let complete = "COMPRESSEDH4sIAAAAAAACA6tWKslXslKqUKoFALwO6mwKAAAA";
    let value = "COMPRESSEDH4sIAAAAAAACA1OqUAIAhvkO9gMAAAA=";
    let reader = Reader::<ThingMoved>::default();
    let read = "aws-lambda-stream detail 1 1700000000000; /version: no version, read as v1; /thing: compressed";
    for thing in [format!("\"{complete}\""), format!(r#"{{"to":"{value}"}}"#)] {
        let text = format!(
            r#"{{"id":"1","type":"thing-moved","timestamp":1700000000000,"partitionKey":"k","thing":{thing}}}"#
        );
        assert_eq!(describe(&reader, &text), read);
        assert_eq!(reader.read(text.as_bytes()).unwrap().event().payload().to, "x");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn only_needed_values_are_unpacked() {
    use base64::Engine as _;
    use std::io::Write as _;

    let pack = |json: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(json.as_bytes()).unwrap();
        format!("\"COMPRESSED{}\"", base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap()))
    };
    let reader = Reader::<ThingMoved>::default().limits(Limits::default().bytes(2000));
    let flat = |rest: &str| format!(r#"{{"id":"1","type":"thing-moved","timestamp":1700000000000{rest}}}"#);
    let bomb = pack(&format!("[{}1]", "1,".repeat(50_000)));
    // A value that is not an entity is not unpacked and does not count towards the limit.
    let with_list = flat(&format!(r#","thing":{{"to":"x"}},"list":{bomb}"#));
    assert!(reader.read(with_list.as_bytes()).is_ok());
    let large = pack(&format!(r#"{{"to":"{}"}}"#, "x".repeat(5000)));
    let described = describe(&reader, &flat(&format!(r#","a":{large}"#)));
    assert!(described.contains("expected at most 2000"), "{described}");
    let described = describe(&reader, &flat(&format!(r#","a":{large},"b":{large}"#)));
    assert!(described.contains("found `a` and `b`"), "{described}");
}

#[test]
fn an_encrypted_payload_is_never_read() {
    let reader = Reader::<ThingMoved>::default();
    for version in [json!(1), json!(1.0)] {
        let text = detail(&json!({"version": version, "eem": {"fields": ["to"]}}));
        assert_eq!(describe(&reader, &text), "error: the event has encrypted fields (to): decrypt it first");
        let text = detail(&json!({"version": version, "eem": {"fields": []}, "s3": {"bucket": "b", "key": "k"}}));
        let described = describe(&reader, &text);
        assert!(
            described.contains("/eem: unknown field, kept") && described.contains("/s3: unknown field, kept"),
            "{described}"
        );
    }
}

#[test]
fn member_order_is_irrelevant() {
    let reader = Reader::<ThingMoved>::default();
    let inner = detail(&json!({"data": {"to": "inner", "b": 1}}));
    let outer = detail(&json!({"data": {"to": "outer", "a": 1}}));
    let members = outer.get(1..outer.len() - 1).unwrap();
    let after = format!(r#"{{"detail-type":"thing-moved","detail":{inner},{members}}}"#);
    let before = format!(r#"{{{members},"detail-type":"thing-moved","detail":{inner}}}"#);
    for text in [&after, &before] {
        let reading = reader.read(text.as_bytes()).unwrap();
        let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
        assert!(seen.contains(&"/detail/data/b: unknown field, kept".to_owned()), "{seen:?}");
        assert!(!seen.iter().any(|seen| seen.contains("/data/a")), "{seen:?}");
        assert_eq!(reading.event().payload().to, "inner");
    }
    // Duplicates of a name without meaning in a detail.
    for version in ["1", "1.0"] {
        for (before, after) in [(r#""time":1,"time":2,"#, ""), ("", r#","time":1,"time":2"#)] {
            let text = format!(
                r#"{{"detail-type":"thing-moved","detail":{{{before}"id":"1","type":"thing-moved","version":{version},"timestamp":1700000000000,"data":{{"to":"x"}}{after}}}}}"#
            );
            assert!(reader.read(text.as_bytes()).is_ok(), "{text}");
        }
    }
}

#[test]
fn a_bare_payload_has_no_version_for_routing() {
    let version = |text: &str| wire::route(text.as_bytes()).unwrap().version.map(event_contract::Version::get);
    for (text, expected) in [
        (r#"{"detail-type":"U","detail":{"n":1,"version":7}}"#, None),
        (r#"{"version":7,"detail":{"n":1}}"#, None),
        (r#"{"detail-type":"U","detail":{"version":7,"data":{}}}"#, Some(7)),
        (r#"{"detail-type":"U","detail":{"version":7,"type":"U"}}"#, Some(7)),
        (r#"{"version":7,"type":"U"}"#, Some(7)),
        (r#"{"data":{},"version":7}"#, Some(7)),
    ] {
        assert_eq!(version(text), expected, "{text}");
    }
}

#[test]
fn a_requested_shape_is_not_guessed() {
    let reader = Reader::<ThingMoved>::default().received_at(DateTime::UNIX_EPOCH);
    let text = detail(&json!({}));
    let shape = |delivery: &Delivery<'_>| {
        reader.read_delivery(delivery).map(|reading| reading.shape()).map_err(|error| error.to_string())
    };
    assert_eq!(shape(&Delivery::with_shape(text.as_bytes(), Shape::Detail)), Ok(Shape::Detail));
    assert_eq!(shape(&Delivery::new(text.as_bytes())), Ok(Shape::Detail));
    assert_eq!(shape(&Delivery::with_shape(br#"{"data":{"to":"x"}}"#, Shape::DataMeta)), Ok(Shape::DataMeta));
    assert_eq!(
        shape(&Delivery::with_shape(br#"{"type":"thing-moved","data":{"to":"x"}}"#, Shape::AwsLambdaStream)),
        Ok(Shape::AwsLambdaStream)
    );
    assert_eq!(
        shape(&Delivery::with_shape(br#"{"type":"other","detail":{"to":"x"}}"#, Shape::EventBridge)),
        Ok(Shape::EventBridge)
    );
    assert_eq!(
        shape(&Delivery::with_shape(
            br#"{"id":"1","type":"thing-moved","source":"s","data":{"to":"x"}}"#,
            Shape::CloudEvent
        )),
        Ok(Shape::CloudEvent)
    );
    assert_eq!(
        shape(&Delivery::with_shape(br#"{"type":"thing-moved","thing":{"to":"x"}}"#, Shape::Detail)),
        Err("the delivery does not have the declared shape \"canonical detail\": `data` is missing".to_owned())
    );
    let envelope = format!(r#"{{"detail-type":"thing-moved","detail":{text}}}"#);
    let part = format!("{envelope}\r\n \n{envelope}");
    assert_eq!(
        wire::deliveries(part.as_bytes()).unwrap().iter().map(shape).collect::<Vec<_>>(),
        [Ok(Shape::EventBridge), Ok(Shape::EventBridge)]
    );
    assert_eq!(
        shape(&Delivery::from_kinesis_data("%")),
        Err("the data is not base64: Invalid symbol 37, offset 0.".to_owned())
    );
}
