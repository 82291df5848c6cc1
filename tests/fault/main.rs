//! Faults: the format of the hubs, recovery of the bytes, redaction of personal values, and size limits.

mod law;
mod resubmit;
mod size;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{DropReason, Fault, FaultPart, FaultSite, Partitioned, Redaction};
use event_contract::{EventId, ReadError, Reader, SubsystemName, wire};
use serde_json::{Value, json};

const SHOP: SubsystemName = SubsystemName::from_static("shop");

fn site() -> FaultSite {
    FaultSite::new(SHOP, "shop-listener").unwrap().with_pipeline("orders").unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T10:43:01Z".parse().unwrap()
}

/// An error with a chain of causes.
#[derive(Debug)]
struct ChainedError {
    text: String,
    cause: Option<Box<ChainedError>>,
}

impl ChainedError {
    fn from_texts(texts: &[&str]) -> Self {
        let (text, causes) = texts.split_first().expect("at least one text");
        let cause = (!causes.is_empty()).then(|| Box::new(Self::from_texts(causes)));
        Self { text: (*text).to_owned(), cause }
    }
}

impl fmt::Display for ChainedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ChainedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

fn unreadable(bytes: &[u8]) -> ReadError {
    Reader::<OrderCreated>::default().read(bytes).unwrap_err()
}

#[test]
fn a_fault_is_written_byte_for_byte() {
    let error = ChainedError::from_texts(&["no order", "no database", "no database", "no network"]);
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
        let (pointer, expected, found) =
            (mismatch.pointer.as_str(), mismatch.expected.as_str(), mismatch.found.as_str());
        assert_eq!(*listed, json!({"pointer": pointer, "expected": expected, "found": found}));
    }
    assert_eq!(Fault::read(fault.to_json().as_bytes()).unwrap().mismatches(), error.mismatches());
}

#[test]
fn equal_failures_give_equal_faults() {
    let id = |bytes: &[u8], site: &FaultSite, text: &str, time: &str| {
        Fault::from_error(&ChainedError::from_texts(&[text]), bytes, site, time.parse().unwrap()).id().clone()
    };
    let first = id(b"x", &site(), "no", "2026-11-22T10:43:01Z");
    assert_eq!(first, id(b"x", &site(), "no", "2027-01-01T00:00:00Z"));
    assert_ne!(first, id(b"y", &site(), "no", "2026-11-22T10:43:01Z"));
    assert_ne!(first, id(b"x", &site(), "yes", "2026-11-22T10:43:01Z"));
    assert_ne!(
        first,
        id(b"x", &FaultSite::new(SHOP, "f").unwrap().with_pipeline("others").unwrap(), "no", "2026-11-22T10:43:01Z")
    );
}

#[test]
fn a_fault_has_the_partition_key_of_the_event() {
    let key = |bytes: &[u8]| {
        let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), bytes, &site(), now());
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
    let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), bytes, &personal, now());
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
    let partitioned = Partitioned::new(Reader::<OrderCreated>::default().read_all(lines.as_bytes()), &site(), now());
    let indices = |found: Vec<usize>| found;
    assert_eq!(indices(partitioned.read.iter().map(|(index, _)| *index).collect()), [0, 3]);
    assert_eq!(indices(partitioned.faults.iter().map(|(index, _)| *index).collect()), [1, 2, 4]);
    let bytes: Vec<_> = partitioned.faults.iter().map(|(_, fault)| fault.resubmit().unwrap()).collect();
    assert_eq!(bytes, [bad.as_bytes(), b"nonsense", bad.as_bytes()]);
    assert_eq!(partitioned.faults[0].1.id(), partitioned.faults[2].1.id());
}

#[test]
fn dropped_bytes_are_counted() {
    let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), b"\xff\xfe\xfd", &site(), now()).without_bytes();
    assert_eq!(fault.resubmit(), None);
    let read = Fault::read(fault.to_json().as_bytes()).unwrap();
    let dropped = &read.dropped()[0];
    assert_eq!(
        (dropped.part(), dropped.reason(), dropped.length()),
        (FaultPart::Bytes, DropReason::Requested, Some(3))
    );
    assert_eq!(dropped.digest(), Some(&EventId::derived([&b"bytes"[..], b"\xff\xfe\xfd"])));
    assert_eq!(read.clone().without_bytes().dropped().len(), 1, "they are dropped once");
}

#[test]
fn documents_that_readers_may_refuse_are_not_shown() {
    for bytes in [format!("{}{}", "[".repeat(101), "]".repeat(101)), r#"["\ud800"]"#.to_owned(), "[1e400]".to_owned()] {
        let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), bytes.as_bytes(), &site(), now());
        assert_eq!(fault.event(), None);
        assert_eq!(
            (fault.dropped()[0].part(), fault.dropped()[0].reason()),
            (FaultPart::Document, DropReason::NotInteroperable)
        );
        assert_eq!(fault.resubmit(), Some(bytes.as_bytes()));
        assert!(fault.to_json().parse::<Value>().is_ok());
    }
    let deepest = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), deepest.as_bytes(), &site(), now());
    assert_eq!(fault.event(), Some(&*deepest));
    assert!(fault.to_json().parse::<Value>().is_ok());
}

#[test]
fn a_personal_partition_key_of_a_message_is_redacted() {
    let fault = |data: &str, site: &FaultSite| {
        let batch =
            json!({"Records": [{"eventID": "1", "kinesis": {"data": STANDARD.encode(data), "partitionKey": "ada@b"}}]});
        let batch = batch.to_string();
        let delivery = wire::deliveries(batch.as_bytes()).unwrap().remove(0);
        Fault::from_delivery(&ChainedError::from_texts(&["no"]), &delivery, site, now())
    };
    let personal = site().redacting(Redaction::fields(["email"]));
    // Without readable bytes, no value is known to be harmless.
    for data in [r#"{"email":"ada@b"}"#, r#"{"email":"ada@b","x":"\ud800"}"#, "ada@b"] {
        assert_eq!(fault(data, &site()).partition_key(), "ada@b");
        let fault = fault(data, &personal);
        assert_eq!(fault.partition_key().as_str(), fault.id().as_str(), "{data}");
        assert!(fault.to_json().contains("ada@b"), "the exact bytes hold the key");
        assert!(!fault.without_bytes().to_json().contains("ada@b"), "without the bytes, the key is gone");
    }
    assert_eq!(fault(r#"{"email":"bob@c"}"#, &personal).partition_key(), "ada@b");
}

#[test]
fn a_byte_order_mark_does_not_prevent_redaction() {
    let bytes = "\u{feff}{\"type\":\"x\",\"partitionKey\":\"k\",\"email\":\"ada@b\"}";
    let site = site().redacting(Redaction::fields(["email"]));
    let fault = Fault::from_error(&ChainedError::from_texts(&["no account for ada@b"]), bytes.as_bytes(), &site, now());
    assert_eq!(fault.message(), "no account for [redacted]");
    assert_eq!(fault.event(), Some(r#"{"type":"x","partitionKey":"k","email":"[redacted]"}"#));
    assert_eq!((fault.partition_key().as_str(), fault.resubmit()), ("k", Some(bytes.as_bytes())));
}

/// Values that cannot be searched for personal data are redacted as a whole.
#[test]
fn unsearchable_values_are_redacted() {
    let site = FaultSite::new(SubsystemName::from_static("s"), "f")
        .unwrap()
        .with_pipeline("p")
        .unwrap()
        .redacting(Redaction::fields(["email"]));
    let bytes = br#"{"partitionKey":"ada@example.org","data":{"email":"ada@example.org"},"x":"\ud800"}"#;
    let error = std::io::Error::other("no account for ada@example.org");
    let fault = Fault::from_error(&error, bytes, &site, "2026-11-22T10:43:01Z".parse().unwrap());
    assert!(fault.is_redacted());
    assert_eq!(fault.resubmit(), Some(&bytes[..]));
    let json = fault.without_bytes().to_json();
    assert!(!json.contains("ada@"), "{json}");
}
