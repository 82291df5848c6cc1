//! Faults: the format of the hubs, recovery of the bytes, redaction of personal values, and size limits.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{DropReason, Fault, FaultPart, FaultSite, Partitioned, Redaction};
use event_contract::{Event, EventId, Payload, ReadError, Reader, SubsystemName, wire};
use proptest::collection::vec;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const SHOP: SubsystemName = SubsystemName::from_static("shop");

fn site() -> FaultSite {
    FaultSite::new("orders", "shop-listener", SHOP).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T10:43:01Z".parse().unwrap()
}

/// An error with a chain of causes.
#[derive(Debug)]
struct Told {
    text: String,
    cause: Option<Box<Told>>,
}

impl Told {
    fn from_texts(texts: &[&str]) -> Self {
        let (text, causes) = texts.split_first().expect("at least one text");
        let cause = (!causes.is_empty()).then(|| Box::new(Self::from_texts(causes)));
        Self { text: (*text).to_owned(), cause }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Told {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

fn unreadable(bytes: &[u8]) -> ReadError {
    Reader::<OrderCreated>::default().read(bytes).unwrap_err()
}

#[test]
fn a_fault_is_written_byte_for_byte() {
    let error = Told::from_texts(&["no order", "no database", "no database", "no network"]);
    let fault = Fault::from_error(&error, br#"{ "type": "x", "partitionKey": "k" }"#, &site(), now());
    let expected = concat!(
        r#"{"id":"1c183b13-1883-51fe-801e-c420bb0bace5","partitionKey":"k","type":"fault","timestamp":1795344181000,"#,
        r#""tags":{"functionname":"shop-listener","pipeline":"orders","source":"shop"},"#,
        r#""err":{"name":"HandlingError","message":"no order","#,
        r#""stack":"HandlingError: no order\n    caused by: no database\n    caused by: no network"},"#,
        r#""uow":{"pipeline":"orders","record":{"eventSource":"aws:kinesis","#,
        r#""kinesis":{"data":"eyAidHlwZSI6ICJ4IiwgInBhcnRpdGlvbktleSI6ICJrIiB9"}},"#,
        r#""event":{"type":"x","partitionKey":"k"}}}"#,
    );
    assert_eq!(fault.to_json(), expected);
    assert_eq!(serde_json::to_string(&fault).unwrap(), expected);
    assert_eq!(fault.to_string(), format!("fault {} in orders of shop-listener: HandlingError: no order", fault.id()));
}

#[test]
fn every_mismatch_has_its_pointer() {
    let bytes = br#"{"id":"1","type":"Order.Created","version":2,"timestamp":1795344181000,"data":{"orderId":7}}"#;
    let error = unreadable(bytes);
    let fault = Fault::from_read_error(&error, &site(), now());
    assert_eq!(fault.message(), error.to_string());
    let json: Value = fault.to_json().parse().unwrap();
    let listed = json["err"]["mismatches"].as_array().unwrap();
    assert_eq!(listed.len(), error.mismatches().len());
    assert!(listed.len() > 1);
    for (listed, mismatch) in listed.iter().zip(error.mismatches()) {
        let (pointer, expected, found) = (mismatch.pointer().as_str(), mismatch.expected(), mismatch.found());
        assert_eq!(*listed, json!({"pointer": pointer, "expected": expected, "found": found}));
    }
    assert_eq!(Fault::read(fault.to_json().as_bytes()).unwrap().mismatches(), error.mismatches());
}

#[test]
fn equal_failures_give_equal_faults() {
    let id = |bytes: &[u8], site: &FaultSite, text: &str, time: &str| {
        Fault::from_error(&Told::from_texts(&[text]), bytes, site, time.parse().unwrap()).id().clone()
    };
    let first = id(b"x", &site(), "no", "2026-11-22T10:43:01Z");
    assert_eq!(first, id(b"x", &site(), "no", "2027-01-01T00:00:00Z"));
    assert_ne!(first, id(b"y", &site(), "no", "2026-11-22T10:43:01Z"));
    assert_ne!(first, id(b"x", &site(), "yes", "2026-11-22T10:43:01Z"));
    assert_ne!(first, id(b"x", &FaultSite::new("others", "f", SHOP).unwrap(), "no", "2026-11-22T10:43:01Z"));
}

#[test]
fn a_fault_has_the_partition_key_of_the_event() {
    let key = |bytes: &[u8]| {
        let fault = Fault::from_error(&Told::from_texts(&["no"]), bytes, &site(), now());
        if fault.partition_key().as_str() == fault.id().as_str() {
            None
        } else {
            Some(fault.partition_key().to_string())
        }
    };
    for (bytes, expected) in [
        (&br#"{"type":"x","partitionKey":"k"}"#[..], Some("k")),
        (br#"{"detail-type":"x","detail":{"type":"x","partitionKey":"k","data":{}}}"#, Some("k")),
        (br#"{"specversion":"1.0","partitionkey":"k","data":{}}"#, Some("k")),
        (br#"{"type":"x","partitionKey":7}"#, None),
        (br#"{"type":"x","partitionKey":""}"#, None),
        (br#"{"type":"x"}"#, None),
        (b"[", None),
        (b"\xff", None),
    ] {
        assert_eq!(key(bytes).as_deref(), expected, "{}", String::from_utf8_lossy(bytes));
    }
    let personal = site().redacting(Redaction::fields(["email"]));
    let bytes = br#"{"type":"x","partitionKey":"of ada@b","data":{"email":"ada@b"}}"#;
    let fault = Fault::from_error(&Told::from_texts(&["no"]), bytes, &personal, now());
    assert_eq!(fault.partition_key().as_str(), fault.id().as_str());
}

#[test]
fn a_fault_of_a_hub_is_read() {
    let detail = json!({"id": "a24f9cda", "partitionKey": "0000", "type": "fault", "timestamp": 1_600_349_040_394_u64,
        "tags": {"account": "dev", "functionname": "f", "pipeline": "t1"},
        "err": {"name": "TypeError", "message": "no", "stack": "TypeError: no\n    at f"},
        "uow": {"pipeline": "t1", "record": {"dynamodb": {}}, "event": {"id": "1", "type": "thing-created"}}});
    let envelope = json!({"version": "0", "id": "e", "detail-type": "fault", "source": "custom", "account": "123456789012",
        "time": "2026-11-22T10:43:01Z", "region": "eu-west-1", "resources": [], "detail": detail});
    for json in [detail.to_string(), envelope.to_string()] {
        let fault = Fault::read(json.as_bytes()).unwrap();
        assert_eq!(fault.id(), &EventId::new("a24f9cda").unwrap());
        assert_eq!(fault.partition_key(), "0000");
        assert_eq!(fault.time().timestamp_millis(), 1_600_349_040_394);
        assert_eq!(
            (fault.pipeline().as_deref(), fault.function().as_deref(), fault.subsystem()),
            (Some("t1"), Some("f"), None)
        );
        assert_eq!((fault.name(), fault.message()), ("TypeError", "no"));
        assert_eq!(fault.stack(), Some("TypeError: no\n    at f"));
        assert_eq!(fault.resubmit(), Some(&br#"{"id":"1","type":"thing-created"}"#[..]));
        assert!(!fault.is_exact());
    }
}

#[test]
#[cfg(feature = "gzip")]
fn a_compressed_fault_of_a_hub_is_read() {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(br#"{"type":"thing-created"}"#).unwrap();
    let event = format!("COMPRESSED{}", STANDARD.encode(encoder.finish().unwrap()));
    let json = json!({"type": "fault", "timestamp": 1_600_349_040_394_u64, "uow": {"event": event}}).to_string();
    assert_eq!(Fault::read(json.as_bytes()).unwrap().resubmit(), Some(&br#"{"type":"thing-created"}"#[..]));
}

#[test]
fn a_resubmitted_record_holds_the_failed_event() {
    let bytes = br#"{"id":"1","type":"Order.Created","version":3,"timestamp":1795344181000,"data":{}}"#;
    let fault = Fault::from_read_error(&unreadable(bytes), &site(), now());
    let fault: Value = fault.to_json().parse().unwrap();
    let invocation = json!({"Records": [fault["uow"]["record"]]}).to_string();
    let again = Reader::<OrderCreated>::default().read_all(invocation.as_bytes());
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].as_ref().unwrap_err().bytes(), bytes);
}

#[test]
fn a_batch_is_partitioned_without_loss() {
    let good = r#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}"#;
    let bad = r#"{"data":{},"meta":{}}"#;
    let lines = [good, bad, "nonsense", good, bad].join("\n");
    let sorted = Partitioned::new(Reader::<OrderCreated>::default().read_all(lines.as_bytes()), &site(), now());
    let places = |of: Vec<usize>| of;
    assert_eq!(places(sorted.read.iter().map(|(index, _)| *index).collect()), [0, 3]);
    assert_eq!(places(sorted.faults.iter().map(|(index, _)| *index).collect()), [1, 2, 4]);
    let bytes: Vec<_> = sorted.faults.iter().map(|(_, fault)| fault.resubmit().unwrap()).collect();
    assert_eq!(bytes, [bad.as_bytes(), b"nonsense", bad.as_bytes()]);
    assert_eq!(sorted.faults[0].1.id(), sorted.faults[2].1.id());
}

#[test]
fn dropped_bytes_are_counted() {
    let fault = Fault::from_error(&Told::from_texts(&["no"]), b"\xff\xfe\xfd", &site(), now()).without_bytes();
    assert_eq!(fault.resubmit(), None);
    let read = Fault::read(fault.to_json().as_bytes()).unwrap();
    let dropped = &read.dropped()[0];
    assert_eq!((dropped.part(), dropped.reason(), dropped.length()), (FaultPart::Bytes, DropReason::Asked, Some(3)));
    assert_eq!(dropped.digest(), Some(&EventId::derived([&b"bytes"[..], b"\xff\xfe\xfd"])));
    assert_eq!(read.clone().without_bytes().dropped().len(), 1, "they are dropped once");
}

#[test]
fn documents_that_readers_may_refuse_are_not_shown() {
    for bytes in [format!("{}{}", "[".repeat(101), "]".repeat(101)), r#"["\ud800"]"#.to_owned(), "[1e400]".to_owned()] {
        let fault = Fault::from_error(&Told::from_texts(&["no"]), bytes.as_bytes(), &site(), now());
        assert_eq!(fault.event(), None);
        assert_eq!((fault.dropped()[0].part(), fault.dropped()[0].reason()), (FaultPart::Document, DropReason::Unfit));
        assert_eq!(fault.resubmit(), Some(bytes.as_bytes()));
        assert!(fault.to_json().parse::<Value>().is_ok());
    }
    let deepest = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let fault = Fault::from_error(&Told::from_texts(&["no"]), deepest.as_bytes(), &site(), now());
    assert_eq!(fault.event(), Some(&*deepest));
    assert!(fault.to_json().parse::<Value>().is_ok());
}

/// Collects all strings and member names of a document, except those that a fault adds.
fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => all.push(number.to_string()),
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(members) => {
            for (name, value) in members {
                all.push(name.clone());
                texts(value, all);
            }
        }
    }
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter_map("JSON has finite numbers", |number| Some(Value::from(number)).filter(Value::is_number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((name(), inner), 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("email".to_owned()), Just("type".to_owned()), Just("partitionKey".to_owned()), any::<String>()]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        document().prop_map(|document| document.to_string().into_bytes()),
        document().prop_map(|document| serde_json::to_vec_pretty(&document).unwrap()),
    ]
}

/// Generates a personal value that is in no fixed text of a fault: it has a character that no other text has, and neither
/// lower-case letters nor digits.
fn personal() -> impl Strategy<Value = String> {
    "[A-Z@ \"\\\\/~\n\u{e4}]{0,6}[@~\u{e4}][A-Z@ \"\\\\/~\n\u{e4}]{3,6}"
}

/// Generates a document that has the value as an email and in other places.
fn with_personal() -> impl Strategy<Value = (String, String)> {
    (personal(), document(), 0..6_u8, any::<String>()).prop_map(|(value, document, way, text)| {
        let mut whole = json!({"type": "t", "partitionKey": format!("k{value}"), "rest": document, "note": format!("{text}{value}")});
        whole[format!("n{value}")] = 1.into();
        match way {
            0 => whole["email"] = value.clone().into(),
            1 => whole["deep"] = json!([{"email": {"first": [value]}}]),
            2 => whole["body"] = json!({"email": value, "again": value}).to_string().into(),
            3 => whole["kinesis"] = json!({"data": STANDARD.encode(json!({"email": value}).to_string())}),
            4 => whole = json!({"body": whole.to_string(), "email": value}),
            _ => whole = json!([[{"a": {"email": value, "b": whole}}]]),
        }
        (whole.to_string(), value)
    })
}

proptest! {
    #[test]
    fn the_bytes_are_recovered(bytes in bytes(), text in any::<String>(), cause in any::<String>()) {
        let error = Told::from_texts(&[&text, &cause]);
        for site in [site(), site().redacting(Redaction::fields(["email"]))] {
            let fault = Fault::from_error(&error, &bytes, &site, now());
            let json = fault.to_json();
            prop_assert_eq!(&json, &fault.to_json());
            let read = Fault::read(json.as_bytes()).unwrap();
            prop_assert_eq!(read.resubmit(), Some(&*bytes));
            prop_assert!(read.is_exact());
            prop_assert_eq!(read.to_json(), &*json, "what is read is what was written");
            let envelope = format!(r#"{{"detail-type":"fault","detail":{json}}}"#);
            prop_assert_eq!(Fault::read(envelope.as_bytes()).unwrap().to_json(), json);
        }
    }

    #[test]
    fn bytes_that_a_reader_refuses_are_recovered(bytes in bytes()) {
        if let Err(error) = Reader::<OrderCreated>::default().read(&bytes) {
            let fault = Fault::from_read_error(&error, &site(), now());
            prop_assert_eq!(fault.message(), error.to_string());
            prop_assert_eq!(fault.mismatches(), error.mismatches());
            let read = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(read.resubmit(), Some(&*bytes));
            prop_assert_eq!(read.to_json(), fault.to_json());
        }
    }

    #[test]
    fn the_size_limit_holds_and_dropped_members_are_named(
        bytes in prop_oneof![bytes(), vec(any::<u8>(), 0..20_000)],
        text in prop_oneof![any::<String>(), "[a\"\u{e4}\u{1}]{0,9000}"],
        limit in 1024..40_000_usize,
    ) {
        let whole = Fault::from_error(&Told::from_texts(&[&text, "cause"]), &bytes, &site(), now());
        // A partition key alone may have 256 characters.
        let limit = limit.max(if whole.partition_key().as_str().len() > 40 { 8192 } else { 0 });
        let json = whole.to_json_within(limit).unwrap();
        prop_assert!(json.len() <= limit);
        prop_assert!(json.parse::<Value>().is_ok());
        let read = Fault::read(json.as_bytes()).unwrap();
        let is_named = |part| read.dropped().iter().any(|dropped| dropped.part() == part);
        prop_assert_eq!(read.stack() == whole.stack(), !is_named(FaultPart::Stack));
        prop_assert_eq!(read.message() == whole.message(), !is_named(FaultPart::Message));
        prop_assert_eq!(read.resubmit() == whole.resubmit(), !is_named(FaultPart::Bytes));
        prop_assert_eq!(read.resubmit().is_none(), is_named(FaultPart::Bytes));
        if whole.dropped().is_empty() {
            prop_assert_eq!(read.event() == whole.event(), !is_named(FaultPart::Document));
        }
        if whole.to_json().len() <= limit {
            prop_assert_eq!(json, whole.to_json());
        }
        let cut = read.message().trim_end_matches('…');
        prop_assert!(whole.message().starts_with(cut));
        prop_assert_eq!(read.to_json_within(limit).unwrap(), read.to_json(), "what was cut fits");
    }

    #[test]
    fn personal_values_are_redacted_everywhere((json, value) in with_personal(), text in "[a-z ]{0,8}") {
        let error = Told::from_texts(&[&format!("{text}{value}!"), &format!("found {value:?}"), &format!("in {}", json!(value))]);
        let site = site().redacting(Redaction::fields(["email"]));
        let fault = Fault::from_error(&error, json.as_bytes(), &site, now());
        prop_assert!(fault.is_redacted());
        prop_assert_eq!(fault.resubmit(), Some(json.as_bytes()), "the bytes stay until they are dropped");
        let fault = fault.without_bytes();
        prop_assert_eq!(fault.resubmit(), None);

        let written: Value = fault.to_json().parse().unwrap();
        let mut all = Vec::new();
        texts(&written, &mut all);
        // Strings that hold documents are redacted, too.
        for at in 0.. {
            let Some(text) = all.get(at) else { break };
            let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            for packed in [Some(text.clone()), decoded].into_iter().flatten() {
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = packed.parse() {
                    texts(&inner, &mut all);
                }
            }
        }
        let escaped = format!("{value:?}");
        for value in [&*value, &escaped[1..escaped.len() - 1]] {
            for text in &all {
                prop_assert!(!text.contains(value), "{text:?} holds {value:?}");
            }
            for log in [fault.to_string(), format!("{fault:?}"), format!("{fault:#?}")] {
                prop_assert!(!log.contains(value), "{log}");
            }
        }
        prop_assert!(Fault::read(fault.to_json().as_bytes()).unwrap().resubmit().is_none());
    }

    #[test]
    fn logs_show_no_bytes(bytes in vec(any::<u8>(), 12..60), key in "[A-Z]{12,20}") {
        let document = json!({"type": "x", "partitionKey": key, "data": STANDARD.encode(&bytes)}).to_string();
        let fault = Fault::from_error(&Told::from_texts(&["no"]), document.as_bytes(), &site(), now());
        for log in [fault.to_string(), format!("{fault:?}")] {
            prop_assert!(!log.contains(&key));
            prop_assert!(!log.contains(&STANDARD.encode(&bytes)));
            prop_assert!(!log.contains(&STANDARD.encode(&document)));
        }
    }

    #[test]
    fn reading_a_fault_never_panics(
        any in bytes(),
        members in vec((prop_oneof![
            Just("id"), Just("partitionKey"), Just("timestamp"), Just("tags"), Just("err"), Just("uow"), Just("detail"),
        ], document()), 0..6),
        error in vec((prop_oneof![Just("name"), Just("message"), Just("stack"), Just("mismatches")], document()), 0..4),
        uow in vec((prop_oneof![
            Just("pipeline"), Just("record"), Just("event"), Just("batch"), Just("redacted"), Just("dropped"),
        ], document()), 0..6),
    ) {
        let _ = Fault::read(&any);
        let mut fault = json!({"type": "fault", "timestamp": 1_600_349_040_394_u64});
        for (name, value) in members {
            fault[name] = value;
        }
        for (under, parts) in [("err", error), ("uow", uow)] {
            let parts = parts.into_iter().map(|(name, value)| (name.to_owned(), value));
            if !fault[under].is_object() {
                fault[under] = Value::Object(parts.collect());
            }
        }
        if let Ok(fault) = Fault::read(fault.to_string().as_bytes()) {
            let again = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(again.resubmit(), fault.resubmit());
            prop_assert_eq!(again.to_invocation(), fault.to_invocation());
            // The milliseconds of a time before 1973-03 would be read as seconds.
            if fault.time().timestamp_millis() >= 100_000_000_000 {
                prop_assert_eq!(again.to_json(), fault.to_json());
            }
            if let Ok(json) = fault.to_json_within(2000) {
                prop_assert!(json.len() <= 2000);
                Fault::read(json.as_bytes()).unwrap();
            }
        }
    }
}

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
        let says = [
            ("id", id, json!("own")),
            ("timestamp", timestamp, json!(1_700_000_000_001_i64)),
            ("partitionKey", key, json!("own-key")),
            ("source", source, json!("mover")),
        ];
        for (name, said, value) in says {
            if said && form < 2 {
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

#[expect(clippy::cast_precision_loss, reason = "so many milliseconds are a double")]
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
fn told(answer: Result<event_contract::Reading<'_, Event<ThingMoved>>, ReadError>) -> Result<String, String> {
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
        let answers: Vec<_> = reader.read_all(bytes.as_bytes()).into_iter().map(told).collect();

        // Nesting deeper than a reader unpacks is unpacked once.
        let is_packed = |answer: &Result<String, String>| {
            answer.as_ref().is_err_and(|error| error.contains("a batch inside a message"))
        };

        // Faults of a reader with a defect that is fixed before the resubmission.
        let mended = |fault: &Fault| {
            let again = fault.to_invocation().unwrap();
            let mut answers: Vec<_> = reader.read_all(again.as_bytes()).into_iter().map(told).collect();
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
            let expected = told(reader.read_delivery(delivery));
            if is_packed(&expected) {
                continue;
            }
            let fault = Fault::from_delivery(&Told::from_texts(&["no"]), delivery, &site(), now());
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

#[test]
fn a_personal_partition_key_of_a_message_is_redacted() {
    let of = |data: &str, site: &FaultSite| {
        let batch =
            json!({"Records": [{"eventID": "1", "kinesis": {"data": STANDARD.encode(data), "partitionKey": "ada@b"}}]});
        let batch = batch.to_string();
        let delivery = wire::deliveries(batch.as_bytes()).unwrap().remove(0);
        Fault::from_delivery(&Told::from_texts(&["no"]), &delivery, site, now())
    };
    let personal = site().redacting(Redaction::fields(["email"]));
    // Without readable bytes, no value is known to be harmless.
    for data in [r#"{"email":"ada@b"}"#, r#"{"email":"ada@b","x":"\ud800"}"#, "ada@b"] {
        assert_eq!(of(data, &site()).partition_key(), "ada@b");
        let fault = of(data, &personal);
        assert_eq!(fault.partition_key().as_str(), fault.id().as_str(), "{data}");
        assert!(fault.to_json().contains("ada@b"), "it stays with the bytes");
        assert!(!fault.without_bytes().to_json().contains("ada@b"), "and goes with them");
    }
    assert_eq!(of(r#"{"email":"bob@c"}"#, &personal).partition_key(), "ada@b");
}

#[test]
fn a_byte_order_mark_does_not_prevent_redaction() {
    let bytes = "\u{feff}{\"type\":\"x\",\"partitionKey\":\"k\",\"email\":\"ada@b\"}";
    let site = site().redacting(Redaction::fields(["email"]));
    let fault = Fault::from_error(&Told::from_texts(&["no account for ada@b"]), bytes.as_bytes(), &site, now());
    assert_eq!(fault.message(), "no account for [redacted]");
    assert_eq!(fault.event(), Some(r#"{"type":"x","partitionKey":"k","email":"[redacted]"}"#));
    assert_eq!((fault.partition_key().as_str(), fault.resubmit()), ("k", Some(bytes.as_bytes())));
}

/// Values that cannot be searched for personal data are redacted as a whole.
#[test]
fn unsearchable_values_are_redacted() {
    let site =
        FaultSite::new("p", "f", SubsystemName::from_static("s")).unwrap().redacting(Redaction::fields(["email"]));
    let bytes = br#"{"partitionKey":"ada@example.org","data":{"email":"ada@example.org"},"x":"\ud800"}"#;
    let error = std::io::Error::other("no account for ada@example.org");
    let fault = Fault::from_error(&error, bytes, &site, "2026-11-22T10:43:01Z".parse().unwrap());
    assert!(fault.is_redacted());
    assert_eq!(fault.resubmit(), Some(&bytes[..]));
    let json = fault.without_bytes().to_json();
    assert!(!json.contains("ada@"), "{json}");
}
