//! Faults within a size limit: no bytes are lost, whatever the limit is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{DropReason, DroppedPart, Fault, FaultPart, FaultSite, Redaction};
use event_contract::{EventId, Reader, wire};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{ChainedError, now, site};

/// The size limit of a request to `PutEvents`.
const MIB_1: usize = 1024 * 1024;

/// More than the parts of a fault that are not its bytes.
const AROUND: usize = 8 * 1024;

/// Pseudorandom bytes (xorshift), which no algorithm compresses.
fn random_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(feature = "gzip")]
fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Without the feature, nothing compresses.
#[cfg(not(feature = "gzip"))]
fn gzip(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// Generates failed bytes: text that compresses, hexadecimal digits that compress somewhat, bytes that do not compress,
/// also in a JSON document, and gzip.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    (any::<u64>(), 0..20_000_usize, 0..6_u8).prop_map(|(seed, length, kind)| {
        let random = random_bytes(seed, length);
        match kind {
            0 => json!({"type": "x", "data": {"note": "lorem ipsum ".repeat(length / 12)}}).to_string().into_bytes(),
            1 => json!({"type": "x", "data": {"key": hex(&random)}}).to_string().into_bytes(),
            2 => json!({"type": "x", "data": {"key": STANDARD.encode(&random)}, "email": "ada@b"})
                .to_string()
                .into_bytes(),
            3 => serde_json::to_vec_pretty(&json!({"type": "x", "data": {"key": STANDARD.encode(&random)}})).unwrap(),
            4 => gzip(&"a line of a log\n".repeat(length / 4).into_bytes()),
            _ => random,
        }
    })
}

/// Wraps the bytes in a Kinesis record.
fn record(bytes: &[u8], with_attributes: bool) -> String {
    let mut record = json!({"eventSource": "aws:kinesis", "kinesis": {"data": STANDARD.encode(bytes)}});
    if with_attributes {
        record["eventID"] = "s:1".into();
        record["kinesis"]["partitionKey"] = "k".into();
        record["kinesis"]["sequenceNumber"] = "49".into();
        record["kinesis"]["approximateArrivalTimestamp"] = 1_480_641_523.477_f64.into();
    }
    json!({"Records": [record]}).to_string()
}

fn no_order() -> ChainedError {
    ChainedError::from_texts(&["no order", "no database"])
}

/// Creates the fault of the first delivery of an invocation.
fn fault_of(invocation: &str, site: &FaultSite) -> Fault {
    let delivery = wire::deliveries(invocation.as_bytes()).unwrap().remove(0);
    Fault::from_delivery(&no_order(), &delivery, site, now())
}

fn bytes_entry(fault: &Fault) -> Option<&DroppedPart> {
    fault.dropped().iter().find(|dropped| dropped.part() == FaultPart::Bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Each fault within a limit has its bytes, or the document if nothing in it is redacted; otherwise, the error has them.
    #[test]
    fn no_bytes_are_lost_at_any_limit(
        bytes in bytes(),
        with_attributes in any::<bool>(),
        is_redacting in any::<bool>(),
        limit in 600..40_000_usize,
    ) {
        let site = if is_redacting { site().redacting(Redaction::fields(["email"])) } else { site() };
        let invocation = record(&bytes, with_attributes);
        let fault = fault_of(&invocation, &site);
        prop_assert_eq!(fault.resubmit(), Some(&*bytes));
        let complete = fault.to_invocation().unwrap();
        let compressed = STANDARD.encode(gzip(&bytes));
        match fault.to_json_within(limit) {
            Ok(json) => {
                prop_assert!(json.len() <= limit);
                let read = Fault::read(json.as_bytes()).unwrap();
                if read.is_exact() {
                    prop_assert_eq!(read.resubmit(), Some(&*bytes));
                    prop_assert_eq!(read.to_invocation().unwrap(), &*complete);
                    prop_assert!(bytes_entry(&read).is_none());
                    // A tool that invokes the function with the record, which it does not read.
                    let json: Value = json.parse().unwrap();
                    let again = fault_of(&json!({"Records": [json["uow"]["record"]]}).to_string(), &site);
                    prop_assert_eq!(again.to_json(), fault.to_json());
                    // A tool that reads the data finds the bytes, or nothing.
                    let kinesis = &json["uow"]["record"]["kinesis"];
                    if let Some(data) = kinesis.get("data") {
                        prop_assert_eq!(data, &STANDARD.encode(&bytes));
                    } else {
                        prop_assert_eq!(&kinesis["gzip"], &compressed);
                    }
                } else {
                    prop_assert!(!fault.is_redacted());
                    prop_assert_eq!(read.resubmit(), fault.event().map(str::as_bytes));
                    prop_assert!(fault.event().is_some());
                    let entry = bytes_entry(&read).unwrap();
                    prop_assert_eq!((entry.reason(), entry.length()), (DropReason::Size, Some(bytes.len() as u64)));
                    prop_assert_eq!(&read.to_json(), &json);
                    prop_assert_eq!(read.clone().restore_bytes(&*bytes).unwrap().to_invocation().unwrap(), &*complete);
                    let dropped = read.without_bytes();
                    prop_assert_eq!(dropped.resubmit(), None);
                    let dropped = Fault::read(dropped.to_json().as_bytes()).unwrap();
                    prop_assert_eq!(dropped.resubmit(), None);
                }
                let read = Fault::read(json.as_bytes()).unwrap();
                let again = read.to_json_within(limit).unwrap();
                let again = Fault::read(again.as_bytes()).unwrap();
                prop_assert_eq!(again.resubmit(), read.resubmit(), "the fault lost its bytes on the way");
            }
            Err(error) => {
                prop_assert_eq!(error.bytes(), Some(&*bytes));
                prop_assert!(limit < AROUND + compressed.len(), "compressed it would fit");
                let log = format!("{error:?}");
                prop_assert!(!log.contains("ada@b"), "{}", log);
                let stored = fault.clone().with_bytes_at("s3://faults/1");
                prop_assert_eq!(stored.resubmit(), None);
                let json = stored.to_json_within(limit.max(AROUND)).unwrap();
                let read = Fault::read(json.as_bytes()).unwrap();
                let entry = bytes_entry(&read).unwrap();
                prop_assert_eq!((entry.reason(), entry.reference()), (DropReason::Stored, Some("s3://faults/1")));
                prop_assert_eq!(entry.length(), Some(bytes.len() as u64));
                prop_assert_eq!(read.resubmit(), None);
                prop_assert_eq!(read.to_json(), json);
                let restored = read.restore_bytes(&*bytes).unwrap();
                prop_assert_eq!((restored.resubmit(), restored.is_exact()), (Some(&*bytes), true));
                prop_assert_eq!(restored.to_invocation().unwrap(), complete);
            }
        }
    }

    /// Whatever compresses into the limit comes back exactly.
    #[test]
    fn bytes_that_fit_compressed_are_exact(bytes in bytes(), slack in 0..2000_usize) {
        let fault = Fault::from_error(&no_order(), &bytes, &site(), now());
        let limit = AROUND + STANDARD.encode(gzip(&bytes)).len() + slack;
        let read = Fault::read(fault.to_json_within(limit).unwrap().as_bytes()).unwrap();
        prop_assert_eq!((read.resubmit(), read.is_exact()), (Some(&*bytes), true));
    }

    #[test]
    fn other_bytes_are_not_restored(bytes in vec(any::<u8>(), 0..50), others in vec(any::<u8>(), 0..50)) {
        let fault = Fault::from_error(&no_order(), &bytes, &site(), now()).with_bytes_at("s3://faults/1");
        let restored = fault.clone().restore_bytes(&*others);
        prop_assert_eq!(restored.is_ok(), bytes == others);
        let restored = fault.restore_bytes(&*bytes).unwrap();
        prop_assert_eq!(restored.resubmit(), Some(&*bytes));
    }
}

/// Base64 of more than 780 KB exceeds 1 MiB.
#[test]
fn deliveries_of_up_to_1_mib_are_resubmitted() {
    // The bytes of a fault without its readable document and its bytes.
    const SMALLEST: usize = 600;
    let order = |id: &[u8]| json!({"id": hex(id), "kind": "parcel", "state": "sent", "price": 12.5});
    // All printable ASCII characters that JSON does not escape.
    let printable = |byte: &u8| Some(char::from(b'#' + byte % 92)).filter(|letter| *letter != '\\').unwrap_or('!');
    for length in [790_000, 1_000_000, MIB_1 - 100] {
        let random = random_bytes(7, length);
        let part = |length: usize| random.split_at(length).0;
        let orders: Vec<Value> = part(length / 90 * 16).chunks(16).map(order).collect();
        let documents = [
            (Value::from(orders), true),
            (hex(part(length / 2)).into(), true),
            // Random characters, of 6.5 bits each, compress by less than base64 adds.
            (part(length).iter().map(printable).collect::<String>().into(), length < 1_000_000),
        ];
        for (data, compresses) in documents {
            let document = json!({"data": data, "type": "x"}).to_string();
            let is_exact = compresses && cfg!(feature = "gzip");
            let fault = Fault::from_error(&no_order(), document.as_bytes(), &site(), now());
            match fault.to_json_within(MIB_1) {
                Ok(json) => {
                    let read = Fault::read(json.as_bytes()).unwrap();
                    assert_eq!(read.is_exact(), is_exact, "{length}");
                    // The document was delivered without white space: it is the same as the bytes.
                    assert_eq!(read.resubmit(), Some(document.as_bytes()), "{length}");
                }
                Err(error) => {
                    assert!(!is_exact && document.len() + SMALLEST > MIB_1, "{length}");
                    assert_eq!(error.bytes(), Some(document.as_bytes()));
                }
            }
        }
    }
}

/// The partition key of the message may be the personal value of the event.
#[test]
fn a_personal_partition_key_is_not_kept_beside_a_reference() {
    let site = site().redacting(Redaction::fields(["email"]));
    let keys = |email: &str| {
        let body = json!({"type": "x", "email": email}).to_string();
        let record = json!({"eventID": "s:1", "kinesis": {"data": STANDARD.encode(&body), "partitionKey": "ada@b"}});
        let fault = fault_of(&json!({"Records": [record]}).to_string(), &site).with_bytes_at("s3://faults/1");
        let json: Value = fault.to_json().parse().unwrap();
        let record = &json["uow"]["record"];
        assert_eq!(record["eventID"], "s:1");
        record["kinesis"].get("partitionKey").cloned()
    };
    assert_eq!(keys("ada@b"), None);
    assert_eq!(keys("bob@c"), Some("ada@b".into()));
}

#[test]
fn a_reference_is_in_no_log() {
    let fault = Fault::from_error(&no_order(), b"\xff", &site(), now()).with_bytes_at("https://b.s3/x?signature=1");
    assert!(fault.to_json().contains("signature"));
    let entry = bytes_entry(&fault).unwrap();
    assert_eq!(entry.to_string(), "uow.record, 1 bytes: stored elsewhere");
    assert_eq!(entry.digest(), Some(&EventId::derived([&b"bytes"[..], b"\xff"])));
    for log in [fault.to_string(), format!("{fault:?}"), format!("{entry:?}")] {
        assert!(!log.contains("signature"), "{log}");
    }
}

/// A reader that fails on compressed bytes gives the same fault again.
#[test]
#[cfg(feature = "gzip")]
fn a_compressed_record_is_read_like_a_plain_one() {
    let body = json!({"type": "Order.Created", "version": 3, "data": {"note": " ".repeat(5000)}}).to_string();
    let batch = json!({"Records": [{"messageId": "m-1", "body": body}]}).to_string();
    let error = Reader::<OrderCreated>::default().read_all(batch.as_bytes()).remove(0).unwrap_err();
    let fault = Fault::from_read_error(&error, &site(), now());
    let json: Value = fault.to_json_within(3000).unwrap().parse().unwrap();
    assert!(json["uow"]["record"]["kinesis"]["gzip"].is_string());
    let again = json!({"Records": [json["uow"]["record"]]}).to_string();
    let error = Reader::<OrderCreated>::default().read_all(again.as_bytes()).remove(0).unwrap_err();
    assert_eq!(error.bytes(), body.as_bytes());
    assert_eq!(Fault::from_read_error(&error, &site(), now()).to_json(), fault.to_json());

    // What is not gzip, or decompresses to more than any delivery, fails alone, with the text.
    for gzip in ["!".to_owned(), STANDARD.encode("x"), STANDARD.encode(gzip(&vec![b' '; 11 << 20]))] {
        let record = json!({"Records": [{"kinesis": {"gzip": gzip}}, {"kinesis": {"data": "e30="}}]}).to_string();
        let deliveries = wire::deliveries(record.as_bytes()).unwrap();
        assert_eq!((deliveries.len(), deliveries[0].bytes()), (2, gzip.as_bytes()));
        assert!(deliveries[0].shape().is_err());
    }
}

/// Without the feature, a fault does not pass for one without bytes.
#[test]
#[cfg(not(feature = "gzip"))]
fn compressed_bytes_need_the_feature() {
    let json = json!({"type": "fault", "timestamp": 1_795_344_181_000_i64,
        "uow": {"record": {"kinesis": {"gzip": "H4sIAAAAAAACA6uuBQBDv6ajAgAAAA=="}}, "event": {}}});
    let error = Fault::read(json.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("enable the feature `gzip`"), "{error}");
    assert_eq!(error.bytes(), None);
}
