//! Documents that are not events, and limits.

use event_contract::wire;
use event_contract::{Limits, Reader};
use serde_json::{Value, json};

use crate::{ThingMoved, describe, detail};

#[test]
fn other_documents_are_refused_with_their_kind() {
    let reader = Reader::<ThingMoved>::default();
    for (bytes, expected) in [
        ("", "error: the delivery is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{", "error: the delivery is not JSON: EOF while parsing an object at line 1 column 1"),
        ("{} {}", "error: the delivery holds 2 events, expected one: use `Reader::read_all` or `wire::deliveries`"),
        ("{} x", "error: the delivery is not JSON: trailing characters at line 1 column 4"),
        ("7 8", "error: the delivery is not JSON: trailing characters at line 1 column 3"),
        ("7", "error: the delivery is not an event: expected a JSON object, found another JSON value"),
        ("[]", "error: the delivery holds no event: it is an empty batch"),
        (
            "{}",
            "error: the delivery is not an event in any known shape: it has no `detail-type`, `type`, `specversion` or `data`",
        ),
        (
            r#"{"detail-type":"x"}"#,
            "error: the delivery is not an event in any known shape: the envelope has no `detail`",
        ),
        (r#"{"detail-type":"x","detail":"tea"}"#, "error: expected an event of type \"thing-moved\", found \"x\""),
        (r#"{"detail-type":"thing-moved","detail":"tea"}"#, "error: /detail: expected an object, found a string"),
        (r#"{"type":"thing-moved","type":"thing-moved","data":{}}"#, "error: duplicate member `type`"),
        (
            r#"{"specversion":"1.0","id":"1","type":"thing-moved","source":"s"}"#,
            "error: the delivery is not an event in any known shape: the CloudEvents document has no `data`",
        ),
        (
            r#"{"specversion":"1.0","id":"1","type":"thing-moved","source":"s","data_base64":"e30="}"#,
            "error: /data_base64/to: expected a value (the field is required), found nothing; \
             /dataversion: no version, read as v1",
        ),
        (
            r#"{"Records":[{"kinesis":{"data":"***"}}]}"#,
            "error: the delivery is a Kinesis record whose content is not an event: the data is not base64: Invalid symbol \
             42, offset 0.",
        ),
        (
            r#"{"Records":[{"kinesis":{}}]}"#,
            "error: the delivery is a Kinesis record, expected a string under `kinesis/data`",
        ),
        (
            r#"{"Records":[{"eventSource":"aws:codecommit"}]}"#,
            "error: the delivery is a record of another AWS service, which holds no events: remove its source from the event \
             source mapping, or handle it before the events are read",
        ),
        (
            r#"{"Entries":[{"EventId":"1"}],"FailedEntryCount":0}"#,
            "error: the delivery is a response of `PutEvents`, which holds no events",
        ),
        (
            r#"{"Entries":[{"DetailType":"x","Detail":"}"}]}"#,
            "error: the delivery is not JSON: expected value at line 1 column 1",
        ),
        (
            r#"{"Entries":[{"DetailType":"x","Detail":{}}]}"#,
            "error: the delivery is an entry of `PutEvents` without a string as `Detail`, which holds no events: serialize the \
             `Detail` to a string",
        ),
    ] {
        assert_eq!(describe(&reader, bytes), expected, "{bytes}");
    }
    let error = reader.read(b"{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!(error.to_string(), "the delivery is not UTF-8 from byte 6 on");
    assert_eq!(error.bytes(), b"{\"a\":\"\xff\"}");
}

#[test]
fn depth_and_size_limits_are_enforced() {
    let reader = Reader::<ThingMoved>::default().limits(Limits::default().bytes(300).depth(6));
    let long = detail(&json!({"data": {"to": "x".repeat(300)}}));
    let length = long.len();
    assert_eq!(
        describe(&reader, &long),
        format!("error: the delivery has {length} bytes, expected at most 300: see `Limits::bytes`")
    );
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let reader = reader.limits(Limits::default().depth(6));
    for at in ["deep", "data"] {
        // The root is a level, and so is `data`.
        let levels = if at == "deep" { 1 } else { 2 };
        let with = |depth: usize| {
            let mut detail: Value = detail(&json!({})).parse().unwrap();
            let place = if at == "deep" { &mut detail } else { &mut detail["data"] };
            place["deep"] = nested(depth).parse().unwrap();
            detail.to_string()
        };
        assert!(reader.read(with(6 - levels).as_bytes()).is_ok());
        assert_eq!(
            describe(&reader, &with(7 - levels)),
            "error: the delivery is nested more than 6 levels deep: see `Limits::depth`"
        );
    }
    // With so many levels that a tree of the values would be too large.
    let mut deep: Vec<u8> = detail(&json!({"data": {"to": "x", "deep": "?"}})).into_bytes();
    let place = deep.windows(3).position(|window| window == b"\"?\"").unwrap();
    deep.splice(place..place + 3, nested(200_000).into_bytes());
    let deep = String::from_utf8(deep).unwrap();
    assert_eq!(describe(&reader, &deep), "error: the delivery is nested more than 6 levels deep: see `Limits::depth`");
    // Any depth: the stack does not overflow.
    for text in [
        nested(200_000),
        detail(&json!({})).replace("\"x\"", &nested(200_000)),
        "{\"a\":".repeat(200_000),
        "[".repeat(200_000),
    ] {
        assert!(reader.read(text.as_bytes()).is_err());
        reader.read_all(text.as_bytes());
        let _ = wire::route(text.as_bytes());
    }
}
