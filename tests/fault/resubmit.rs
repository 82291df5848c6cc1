//! Resubmitted faults are read like the failed events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{Fault, Partitioned, Redaction};
use event_contract::{Event, Payload, ReadError, Reader, wire};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{ChainedError, now, site};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-moved", version = 1)]
struct ThingMoved {
    to: String,
}

/// An event of another type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-lost", version = 1)]
struct ThingLost {}

/// Generates ids and keys of messages; some are not valid for an event.
fn word() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(prop_oneof![4 => "[a-z0-9:-]{1,12}", 1 => any::<String>(), 1 => "k{257}"])
}

/// Generates a detail with a part of its metadata.
fn incomplete_detail() -> impl Strategy<Value = Value> {
    (any::<[bool; 4]>(), "[a-z\u{e4}\"]{0,5}", 0..3_u8).prop_map(|([id, timestamp, key, source], to, form)| {
        let mut detail = json!({"type": "thing-moved"});
        match form {
            0 => detail["data"] = json!({"to": to}),
            1 => detail["thing"] = json!({"to": to}),
            _ => detail = json!({"data": {"to": to}, "meta": {}}),
        }
        // `{data, meta}` has no other members.
        let metadata = [
            ("id", id, json!("own")),
            ("timestamp", timestamp, json!(1_700_000_000_001_i64)),
            ("partitionKey", key, json!("own-key")),
            ("source", source, json!("mover")),
        ];
        for (name, is_given, value) in metadata {
            if is_given && form < 2 {
                detail[name] = value;
            }
        }
        detail
    })
}

/// Metadata of a message: id, time in milliseconds, partition key, sequence number.
type Message = (Option<String>, Option<i64>, Option<String>, Option<String>);

fn message() -> impl Strategy<Value = Message> {
    let time = proptest::option::of(prop_oneof![
        4 => 1_500_000_000_000_i64..1_900_000_000_000,
        1 => -100_000_i64..100_000,
        1 => -60_000_000_000_000_i64..250_000_000_000_000,
    ]);
    (word(), time, word(), proptest::option::of("[0-9]{1,60}"))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of these years fit a double")]
fn seconds(milliseconds: i64) -> Value {
    (milliseconds as f64 / 1000.0).into()
}

/// Wraps the text in one of several kinds of messages and records; some hold several events.
fn carry(text: &str, (id, time, key, sequence): &Message, way: u8) -> String {
    let set = |target: &mut Value, name: &str, value: Option<Value>| {
        if let Some(value) = value {
            target[name] = value;
        }
    };
    let message = |body: &str| {
        let mut message = json!({"messageId": id.clone().unwrap_or_default(), "body": body, "attributes": {}});
        set(&mut message["attributes"], "SentTimestamp", time.map(|time| time.to_string().into()));
        message
    };
    let record = |data: &str| {
        let mut record = json!({"eventSource": "aws:kinesis", "kinesis": {"data": STANDARD.encode(data)}});
        set(&mut record, "eventID", id.clone().map(Value::from));
        let kinesis = &mut record["kinesis"];
        set(kinesis, "approximateArrivalTimestamp", time.map(seconds));
        set(kinesis, "partitionKey", key.clone().map(Value::from));
        set(kinesis, "sequenceNumber", sequence.clone().map(Value::from));
        record
    };
    match way {
        0 => text.to_owned(),
        1 => format!("{text}\n{text}\n"),
        2 => format!("[{text},{text}]"),
        3 => message(text).to_string(),
        4 => json!({"Records": [message(text), message(text)]}).to_string(),
        5 => record(text).to_string(),
        6 => json!({"Records": [record(text), record(text)]}).to_string(),
        7 => message(&format!("[{text}]")).to_string(),
        8 => json!({"Records": [record(&format!("[{text},{text}]"))]}).to_string(),
        9 => message(&json!({"Records": [record(text)]}).to_string()).to_string(),
        _ => message(&json!({"Records": [record(text), record(text)]}).to_string()).to_string(),
    }
}

/// Returns the detail, bare or in an envelope with an id and a time.
fn around(detail: &Value, way: u8) -> String {
    match way {
        0 | 1 => detail.to_string(),
        2 => json!({"version": "0", "id": "of-envelope", "detail-type": "thing-moved", "source": "mover",
            "time": "2026-11-22T10:43:01Z", "detail": detail})
        .to_string(),
        3 => json!({"detail-type": "thing-moved", "source": "external", "detail": detail}).to_string(),
        4 => json!({"Entries": [{"DetailType": "thing-moved", "Source": "mover", "Time": 1_700_000_000.25,
            "Detail": detail.to_string()}]})
        .to_string(),
        _ => json!({"specversion": "1.0", "id": "of-document", "type": "thing-moved", "source": "mover",
            "partitionkey": "p", "data": detail})
        .to_string(),
    }
}

/// Describes a reading completely, for comparison.
fn summarize(answer: Result<event_contract::Reading<'_, Event<ThingMoved>>, ReadError>) -> Result<String, String> {
    let reading = answer.map_err(|error| error.to_string())?;
    let seen: Vec<String> = reading.observations().iter().map(ToString::to_string).collect();
    let shape = reading.shape();
    Ok(format!("{shape} {seen:?} {}", serde_json::to_string(&reading.into_event()).unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn resubmitted_events_are_read_like_the_failed_ones(
        detail in incomplete_detail(),
        envelope in 0..6_u8,
        message in message(),
        way in 0..11_u8,
        received_at in any::<bool>(),
    ) {
        let bytes = carry(&around(&detail, envelope), &message, way);
        let mut reader = Reader::<ThingMoved>::default();
        if received_at {
            reader = reader.received_at(now());
        }
        let answers: Vec<_> = reader.read_all(bytes.as_bytes()).into_iter().map(summarize).collect();

        // Nesting deeper than a reader unpacks is unpacked once.
        let is_packed = |answer: &Result<String, String>| {
            answer.as_ref().is_err_and(|error| error.contains("a batch inside a message"))
        };

        // Faults of a reader with a defect that is fixed before the resubmission.
        let mended = |fault: &Fault| {
            let again = fault.to_invocation().unwrap();
            let mut answers: Vec<_> = reader.read_all(again.as_bytes()).into_iter().map(summarize).collect();
            prop_assert_eq!(answers.len(), 1, "{}", again);
            Ok(answers.remove(0))
        };
        let other = Reader::<ThingLost>::default().received_at(now());
        let mut ids = Vec::new();
        let mut unread = 0;
        for (answer, expected) in other.read_all(bytes.as_bytes()).iter().zip(&answers) {
            let Err(error) = answer else {
                // Without a type, any event is read as the requested one.
                unread += 1;
                continue;
            };
            let fault = Fault::from_read_error(error, &site(), now());
            ids.push(fault.id().clone());
            if is_packed(expected) {
                continue;
            }
            prop_assert_eq!(&mended(&fault)?, expected, "{}", bytes);
            let read = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(read.to_json(), fault.to_json());
            prop_assert_eq!(&mended(&read)?, expected, "{}", bytes);
            prop_assert_eq!(fault.resubmit(), Some(error.bytes()));
        }
        prop_assert_eq!(ids.len() + unread, answers.len());

        // Faults of a handler.
        let deliveries = wire::deliveries(bytes.as_bytes()).unwrap();
        for delivery in &deliveries {
            let expected = summarize(reader.read_delivery(delivery));
            if is_packed(&expected) {
                continue;
            }
            let fault = Fault::from_delivery(&ChainedError::from_texts(&["no"]), delivery, &site(), now());
            prop_assert_eq!(&mended(&fault)?, &expected, "{}", bytes);
            let read = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(&mended(&read)?, &expected, "{}", bytes);
            prop_assert_eq!(read.to_json_within(20_000).unwrap(), fault.to_json());
            prop_assert_eq!(fault.clone().without_bytes().to_invocation(), None);
        }
    }
}

#[test]
fn a_record_keeps_the_metadata_of_its_message() {
    let data = STANDARD.encode("x");
    let batch = json!({"Records": [
        {"eventID": "s:1", "eventName": "aws:kinesis:record", "kinesis": {"data": data, "partitionKey": "k",
            "sequenceNumber": "49", "approximateArrivalTimestamp": 1_480_641_523.477_f64}},
        {"messageId": "m", "body": "x", "attributes": {"SentTimestamp": "1520621625000"}},
        {"messageId": "m", "body": "x"},
        {"kinesis": {"data": data}},
    ]});
    let batch = batch.to_string();
    let faults = Partitioned::new(Reader::<OrderCreated>::default().read_all(batch.as_bytes()), &site(), now()).faults;
    let records: Vec<Value> =
        faults.iter().map(|(_, fault)| fault.to_json().parse::<Value>().unwrap()["uow"]["record"].clone()).collect();
    let expected = json!([
        {"eventID": "s:1", "eventSource": "aws:kinesis", "kinesis": {"data": data, "partitionKey": "k",
            "sequenceNumber": "49", "approximateArrivalTimestamp": 1_480_641_523.477_f64}},
        {"eventID": "m", "eventSource": "aws:kinesis", "kinesis": {"data": data,
            "approximateArrivalTimestamp": 1_520_621_625}},
        {"eventID": "m", "eventSource": "aws:kinesis", "kinesis": {"data": data}},
        {"eventSource": "aws:kinesis", "kinesis": {"data": data}},
    ]);
    assert_eq!(Value::from(records), expected);
    let keys: Vec<_> = faults.iter().map(|(_, fault)| fault.partition_key().as_str() == "k").collect();
    assert_eq!(keys, [true, false, false, false]);
    for (_, fault) in &faults {
        assert_eq!(fault.resubmit(), Some(&b"x"[..]));
        let invocation: Value = fault.to_invocation().unwrap().parse().unwrap();
        let fault: Value = fault.to_json().parse().unwrap();
        assert_eq!(invocation, json!({"Records": [fault["uow"]["record"]]}));
    }
}

/// Invalid base64 is resubmitted unchanged, even if it could pass for a document, and fails with the same error.
#[test]
fn invalid_base64_is_recovered_unchanged() {
    for data in ["not base64!", "eyJ0eXBlIjoieCJ", "7", r#"{"type":"x","email":"ada@b"}"#, ""] {
        let record = json!({"eventID": "s:1", "eventSource": "aws:kinesis",
            "kinesis": {"data": data, "partitionKey": "k", "sequenceNumber": "49"}});
        let batch = json!({"Records": [record]}).to_string();
        let error = Reader::<OrderCreated>::default().read_all(batch.as_bytes()).remove(0).unwrap_err();
        for site in [site(), site().redacting(Redaction::fields(["email"]))] {
            let fault = Fault::from_read_error(&error, &site, now());
            let read = Fault::read(fault.to_json().as_bytes()).unwrap();
            assert_eq!(read.to_json(), fault.to_json());
            for fault in [fault, read] {
                assert_eq!((fault.resubmit(), fault.is_exact()), (Some(data.as_bytes()), true));
                let again = fault.to_invocation().unwrap();
                assert_eq!(again.parse::<Value>().unwrap(), batch.parse::<Value>().unwrap());
                let again = Reader::<OrderCreated>::default().read_all(again.as_bytes()).remove(0).unwrap_err();
                assert_eq!((again.bytes(), again.to_string()), (error.bytes(), error.to_string()));
            }
        }
    }
}

/// Two events with equal bytes and no id are distinct, and so are their faults.
#[test]
fn faults_of_equal_bytes_are_distinguished_by_message() {
    let ids = |body: &str, messages: [&str; 2]| {
        let batch = messages.map(|id| json!({"messageId": id, "body": body}));
        let batch = json!({"Records": batch}).to_string();
        let faults =
            Partitioned::new(Reader::<OrderCreated>::default().read_all(batch.as_bytes()), &site(), now()).faults;
        [faults[0].1.id().clone(), faults[1].1.id().clone()]
    };
    for body in [r#"{"type":"x","data":{}}"#, "x", r#"{"type":"x","id":"","data":{}}"#] {
        let [first, second] = ids(body, ["m-1", "m-2"]);
        assert_ne!(first, second, "{body}");
        let [first, second] = ids(body, ["m-1", "m-1"]);
        assert_eq!(first, second, "{body}");
    }
    for body in [r#"{"type":"x","id":"e","data":{}}"#, r#"{"id":"e","detail-type":"x","detail":{"data":{}}}"#] {
        let [first, second] = ids(body, ["m-1", "m-2"]);
        assert_eq!(first, second, "put twice, it is one event still: {body}");
    }
}
