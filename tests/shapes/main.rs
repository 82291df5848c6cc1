//! Deliveries in every shape: tolerated deviations, refusals, and their messages.

mod metadata;

use chrono::{DateTime, Utc};
use event_contract::wire::{Delivery, Shape};
use event_contract::{Event, Limits, Payload, ReadError, Readable, Reader, Unrecognised, wire};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-moved", version = 1)]
struct ThingMoved {
    to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Thing.Dated", version = 1, key = id, time = at)]
struct ThingDated {
    id: u32,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    at: DateTime<Utc>,
}

#[derive(Debug, Readable)]
enum Incoming {
    #[expect(dead_code, reason = "only that it is not taken for the other one")]
    Moved(Event<ThingMoved>),
    Dated(Event<ThingDated>),
    Other(Unrecognised),
}

/// Describes the reading of a delivery completely, in one string.
fn describe<P: Payload + std::fmt::Debug>(reader: &Reader<P>, bytes: &str) -> String {
    match reader.read(bytes.as_bytes()) {
        Ok(reading) => {
            let seen: Vec<_> = reading.observations().iter().map(|seen| format!("; {seen}")).collect();
            let event = reading.event();
            format!("{} {} {}{}", reading.shape(), event.id(), event.time().timestamp_millis(), seen.concat())
        }
        Err(error) => {
            assert_eq!(error.bytes(), bytes.as_bytes());
            format!("error: {error}")
        }
    }
}

fn detail(changes: &Value) -> String {
    let mut detail = json!({"id": "1", "type": "thing-moved", "version": 1, "timestamp": 1_700_000_000_000_u64,
        "partitionKey": "k", "source": "s", "data": {"to": "x"}});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            // To be left out.
            Value::String(text) if text == "-" => {
                detail.as_object_mut().unwrap().remove(name);
            }
            value => detail[name] = value.clone(),
        }
    }
    detail.to_string()
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_values_are_unpacked() {
    // gzip of {"to":"x"}, and of "x", as a hub sends them.
    let complete = "COMPRESSEDH4sIAAAAAAACA6tWKslXslKqUKoFALwO6mwKAAAA";
    let value = "COMPRESSEDH4sIAAAAAAACA1OqUAIAhvkO9gMAAAA=";
    let reader = Reader::<ThingMoved>::default();
    let read = "aws-lambda-stream detail 1 1700000000000; /version: no version is said, read as v1; /thing: compressed, unpacked";
    for thing in [format!("\"{complete}\""), format!(r#"{{"to":"{value}"}}"#)] {
        let text = format!(
            r#"{{"id":"1","type":"thing-moved","timestamp":1700000000000,"partitionKey":"k","thing":{thing}}}"#
        );
        assert_eq!(describe(&reader, &text), read);
        assert_eq!(reader.read(text.as_bytes()).unwrap().event().payload().to, "x");
    }
}

#[test]
fn other_documents_are_refused_with_their_kind() {
    let reader = Reader::<ThingMoved>::default();
    for (bytes, expected) in [
        ("", "error: the delivery is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{", "error: the delivery is not JSON: EOF while parsing an object at line 1 column 1"),
        ("{} {}", "error: the delivery is not JSON: trailing characters at line 1 column 4"),
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
        (
            r#"{"detail-type":"x","detail":"{}"}"#,
            "error: the delivery is not an event in any known shape: expected the `detail` of the envelope to be an object",
        ),
        (r#"{"type":"thing-moved","type":"thing-moved","data":{}}"#, "error: duplicate member `type`"),
        (
            r#"{"specversion":"1.0","id":"1","type":"thing-moved","source":"s"}"#,
            "error: the delivery is not an event in any known shape: the CloudEvents document has no `data`",
        ),
        (
            r#"{"specversion":"1.0","id":"1","type":"thing-moved","source":"s","data_base64":"e30="}"#,
            "error: the delivery is not an event in any known shape: expected JSON under `data`, found `data_base64`",
        ),
        (
            r#"{"Records":[{"kinesis":{"data":"***"}}]}"#,
            "error: the data of the Kinesis record is not base64: Invalid symbol 42, offset 0.",
        ),
        (r#"{"Records":[{"s3":{}}]}"#, "error: the record is neither an SQS message nor a Kinesis record"),
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
            "error: the delivery is not an event in any known shape: expected the `Detail` of an entry of `PutEvents` to be a string",
        ),
    ] {
        assert_eq!(describe(&reader, bytes), expected, "{bytes}");
    }
    let error = reader.read(b"{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!(error.to_string(), "the delivery is not UTF-8 from byte 6 on");
    assert_eq!(error.bytes(), b"{\"a\":\"\xff\"}");
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
        Err("the data of the Kinesis record is not base64: Invalid symbol 37, offset 0.".to_owned())
    );
}

#[test]
fn a_batch_gives_a_result_for_each_event() {
    let good = detail(&json!({}));
    let bad = detail(&json!({"data": {}}));
    let message = |id: u8, body: &str| json!({"messageId": id.to_string(), "body": body});
    let batch =
        json!({"Records": [message(1, &good), message(2, &bad), message(3, "tea"), message(4, &good)]}).to_string();
    let lines = format!("{good}\n\n{bad}\r\ntea\n{good}\n");
    let reader = Reader::<ThingMoved>::default();
    for batch in [&batch, &lines] {
        let answers = reader.read_all(batch.as_bytes());
        let result: Vec<_> =
            answers.iter().map(|answer| answer.as_ref().map(|_| ()).map_err(ReadError::bytes)).collect();
        assert_eq!(result, [Ok(()), Err(bad.as_bytes()), Err(&b"tea"[..]), Ok(())]);
        assert_eq!(
            reader.read(batch.as_bytes()).unwrap_err().to_string(),
            "the delivery holds 4 events, expected one: use `Reader::read_all` or `wire::deliveries`"
        );
    }
    let array = format!("[{good},7,{bad}]");
    let result: Vec<_> = reader.read_all(array.as_bytes()).into_iter().map(|answer| answer.is_ok()).collect();
    assert_eq!(result, [true, false, false]);
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
        // The root and, in the second round, `data` are levels of their own.
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

#[test]
fn a_container_with_a_type_is_an_event() {
    let reader = Reader::<ThingMoved>::default();
    for extra in [
        r#""Records":[]"#,
        r#""Records":7"#,
        r#""Entries":[]"#,
        r#""kinesis":{"data":"e30="}"#,
        r#""messageId":"m","body":"{}""#,
    ] {
        let detail = detail(&json!({"version": 1.0}));
        let envelope = format!(r#"{{{extra},"detail-type":"thing-moved","detail":{detail}}}"#);
        let detail = format!("{{{extra},{}", &detail[1..]);
        for text in [&envelope, &detail] {
            assert!(reader.read(text.as_bytes()).is_ok(), "{text}");
            let answers = reader.read_all(text.as_bytes());
            assert!(matches!(&answers[..], [Ok(_)]), "{text}");
        }
    }
}

#[test]
fn empty_deliveries_are_errors() {
    let reader = Reader::<ThingMoved>::default();
    let empty = "the delivery holds no event: it is an empty batch";
    for (bytes, expected) in [
        ("[]", empty),
        (r#"{"Records":[]}"#, empty),
        (r#"{"Entries":[]}"#, empty),
        (r#"[{"Records":[]}]"#, empty),
        (r#"{"messageId":"m","body":"[]"}"#, empty),
        ("", "the delivery is not JSON: EOF while parsing a value at line 1 column 0"),
        ("\n \n", "the delivery is not JSON: EOF while parsing a value at line 3 column 0"),
    ] {
        let answers = reader.read_all(bytes.as_bytes());
        let result: Vec<_> = answers.into_iter().map(|answer| answer.unwrap_err().to_string()).collect();
        assert_eq!(result, [expected], "{bytes}");
    }
}

#[test]
fn a_broken_line_does_not_affect_the_others() {
    let reader = Reader::<ThingMoved>::default();
    let good = detail(&json!({}));
    let result = |bytes: &[u8]| -> Vec<Result<(), Vec<u8>>> {
        let answers = reader.read_all(bytes);
        answers.iter().map(|answer| answer.as_ref().map(|_| ()).map_err(|error| error.bytes().to_vec())).collect()
    };
    let cut = &good[20..];
    assert_eq!(result(format!("{cut}\n{good}\n{good}").as_bytes()), [Err(cut.into()), Ok(()), Ok(())]);
    assert_eq!(result(format!("{good}\n{cut} \r\n{good}").as_bytes()), [Ok(()), Err(cut.into()), Ok(())]);
    let odd = b"{\"a\":\"\xff\"}";
    for (first, second) in [(&odd[..], good.as_bytes()), (good.as_bytes(), &odd[..])] {
        let text = [first, second].join(&b'\n');
        let one = |line: &[u8]| if line == odd { Err(odd.to_vec()) } else { Ok(()) };
        assert_eq!(result(&text), [one(first), one(second)]);
    }
    let value: Value = good.parse().unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let broken = &pretty[..pretty.len() - 1];
    assert_eq!(result(broken.as_bytes()), [Err(broken.into())]);
    // A byte order mark is skipped.
    for text in [format!("\u{feff}{good}"), format!("\u{feff}{good}\n{good}")] {
        assert!(result(text.as_bytes()).iter().all(Result::is_ok));
    }
    let marked = format!("\u{feff}{good}");
    assert_eq!(describe(&reader, &marked), describe(&reader, &good));
    assert_eq!(wire::route(marked.as_bytes()).unwrap().event_type.as_deref(), Some("thing-moved"));
    assert_eq!(wire::deliveries(marked.as_bytes()).unwrap()[0].shape().unwrap(), Shape::Detail);
}

#[test]
fn member_order_is_irrelevant() {
    let reader = Reader::<ThingMoved>::default();
    let inner = detail(&json!({"data": {"to": "inner", "b": 1}}));
    let outer = detail(&json!({"data": {"to": "outer", "a": 1}}));
    let members = &outer[1..outer.len() - 1];
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
fn an_encrypted_payload_is_never_read() {
    let reader = Reader::<ThingMoved>::default();
    for version in [json!(1), json!(1.0)] {
        let text = detail(&json!({"version": version, "eem": {"fields": ["to"]}}));
        assert_eq!(describe(&reader, &text), "error: the event has encrypted fields (to): decrypt it first");
        let text = detail(&json!({"version": version, "eem": {"fields": []}, "s3": {"bucket": "b", "key": "k"}}));
        let result = describe(&reader, &text);
        assert!(
            result.contains("/eem: unknown field, kept") && result.contains("/s3: unknown field, kept"),
            "{result}"
        );
    }
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
fn a_batch_in_a_message_is_split() {
    let reader = Reader::<ThingMoved>::default();
    let bare = detail(&json!({"id": "-", "timestamp": "-"}));
    let message = |body: &str| {
        json!({"messageId": "m", "body": body, "attributes": {"SentTimestamp": "1700000000000"}}).to_string()
    };
    let two = message(&format!("[{bare},{}]", bare.replace("\"x\"", "\"y\"")));
    for text in [two.clone(), format!(r#"{{"Records":[{two}]}}"#)] {
        let answers = reader.read_all(text.as_bytes());
        let events: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().into_event()).collect();
        assert_eq!(events.len(), 2);
        // The id of the message is not the id of either event.
        assert!(events[0].id() != events[1].id() && events.iter().all(|event| event.id().as_str() != "m"));
        assert!(events.iter().all(|event| event.time().timestamp_millis() == 1_700_000_000_000));
        assert!(reader.read(text.as_bytes()).unwrap_err().to_string().starts_with("the delivery holds 2 events"));
    }
    let one = reader.read(message(&format!("[{bare}]")).as_bytes()).unwrap().into_event();
    assert_eq!(one.id().to_string(), "m");
}

#[test]
fn entries_have_their_time_in_seconds() {
    let reader = Reader::<ThingMoved>::default();
    for (time, expected) in [("1700000000", 1_700_000_000_000_i64), ("1700000000.25", 1_700_000_000_250)] {
        let bare = serde_json::to_string(&detail(&json!({"timestamp": "-"}))).unwrap();
        let text = format!(r#"{{"Entries":[{{"DetailType":"thing-moved","Time":{time},"Detail":{bare}}}]}}"#);
        let reading = reader.read(text.as_bytes()).unwrap();
        assert_eq!(reading.event().time().timestamp_millis(), expected);
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
    let result = describe(&reader, &flat(&format!(r#","a":{large}"#)));
    assert!(result.contains("expected at most 2000"), "{result}");
    let result = describe(&reader, &flat(&format!(r#","a":{large},"b":{large}"#)));
    assert!(result.contains("found `a` and `b`"), "{result}");
}
