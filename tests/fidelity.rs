//! Nothing is lost between a writer and a reader without an observation or an error, and nothing else is observed.

use std::collections::{BTreeMap, BTreeSet};

use event_contract::publish::Bus;
use event_contract::{Cause, Event, PartitionKey, Payload, Reader, SubsystemName};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const LAB: SubsystemName = SubsystemName::from_static("lab");

fn event<P: Payload>(payload: P) -> Event<P> {
    Event::new(payload, LAB, "2026-11-22T10:43:01Z".parse().unwrap()).with_id("e-1".parse().unwrap())
}

/// Reads a payload, and returns its observations, or its mismatches.
fn observe<P: Payload>(data: &str) -> Vec<String> {
    let detail = format!(
        r#"{{"id":"e-1","type":"{}","version":1,"timestamp":1795344181000,"partitionKey":"k","source":"lab","data":{data}}}"#,
        P::NAME
    );
    let seen = |reader: Reader<P>| match reader.read(detail.as_bytes()) {
        Ok(reading) => reading.observations().iter().map(ToString::to_string).collect(),
        Err(error) => error.mismatches().iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    let seen_without_text = seen(Reader::default().ignoring_unknown_fields());
    let seen = seen(Reader::default());
    let shortened = |seen: &[String]| seen.iter().map(|seen| seen.replace(", ignored", ", kept")).collect::<Vec<_>>();
    assert_eq!(shortened(&seen_without_text), seen);
    seen
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value")]
enum Result {
    Pending,
    Final(f64),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Probe {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

/// A struct that writes a member it does not read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
struct Device {
    serial: u32,
}

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(internal, name = "sample-taken", version = 1)]
#[serde(rename_all = "camelCase")]
struct SampleTaken {
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_by: Option<String>,
    #[serde(alias = "note", default, skip_serializing_if = "String::is_empty")]
    remark: String,
    result: Result,
    probes: BTreeSet<Probe>,
    device: Option<Device>,
    #[serde(skip_deserializing, default = "revision")]
    revision: u8,
}

fn revision() -> u8 {
    3
}

fn sample() -> SampleTaken {
    let probe = |name: &str, unit: Option<&str>| Probe { name: name.to_owned(), unit: unit.map(str::to_owned) };
    SampleTaken {
        taken_by: None,
        remark: String::new(),
        result: Result::Pending,
        probes: BTreeSet::from([probe("a", Some("mm")), probe("b", None)]),
        device: Some(Device { serial: 7 }),
        revision: 3,
    }
}

#[test]
fn the_canonical_form_has_no_observations() {
    let written = serde_json::to_string(&sample()).unwrap();
    assert_eq!(
        written,
        r#"{"result":{"kind":"Pending"},"probes":[{"name":"a","unit":"mm"},{"name":"b"}],"device":{"kind":"Device","serial":7},"revision":3}"#
    );
    assert_eq!(observe::<SampleTaken>(&written), [""; 0]);
    let entry = Bus::internal().entry(&event(sample())).unwrap();
    let reading = Reader::<SampleTaken>::default().read(entry.detail().as_bytes()).unwrap();
    assert!(reading.observations().is_empty(), "{:?}", reading.observations());
    // Fields that the type writes and does not read are not kept as unknown ones.
    assert_eq!(reading.event().unknown_fields().count(), 0);
    // The set is written in another order.
    let reordered =
        written.replace(r#"{"name":"a","unit":"mm"},{"name":"b"}"#, r#"{"name":"b"},{"name":"a","unit":"mm"}"#);
    assert_ne!(reordered, written);
    assert_eq!(observe::<SampleTaken>(&reordered), [""; 0]);
}

#[test]
fn other_forms_are_still_observed() {
    let written = serde_json::to_string(&sample()).unwrap();
    let with = |member: &str, value: Value| {
        let mut sample: Value = written.parse().unwrap();
        sample[member] = value;
        observe::<SampleTaken>(&sample.to_string())
    };
    assert_eq!(with("revision", json!(2)), ["/data/revision: unknown field, kept"]);
    assert_eq!(with("device", json!({"kind": "Robot", "serial": 7})), ["/data/device/kind: unknown field, kept"]);
    assert_eq!(with("note", json!("x")), ["/data/note: alias of `remark`"]);
    assert_eq!(with("nothing", json!(null)), ["/data/nothing: unknown field, kept"]);
    // A missing field that the type writes as null.
    let bare = written.replace(r#","device":{"kind":"Device","serial":7}"#, "");
    assert_eq!(observe::<SampleTaken>(&bare), ["/data/device: missing, defaulted"]);
}

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(internal, name = "anything-seen", version = 1)]
struct AnythingSeen {
    raw: Value,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[test]
fn losses_of_free_form_values_are_observed() {
    for (data, expected) in [
        (r#"{"raw":{"a":[1,2.50,1e3,-0,0.1,"x",null,true]}}"#, &[][..]),
        (r#"{"raw":18446744073709551615}"#, &[]),
        (r#"{"raw":-9223372036854775808}"#, &[]),
        (r#"{"raw":0.30000000000000004,"rest":1.0000000000000000000}"#, &[]),
        // 2^64 is an `f64`, and is written with other digits.
        (r#"{"raw":18446744073709551616}"#, &["/data/raw: a number with too many digits, rounded"]),
        (r#"{"raw":{"account":18446744073709551617}}"#, &["/data/raw/account: a number with too many digits, rounded"]),
        (r#"{"raw":[0,0.1234567890123456789]}"#, &["/data/raw/1: a number with too many digits, rounded"]),
        (r#"{"raw":1e-400}"#, &["/data/raw: a number with too many digits, rounded"]),
        (
            r#"{"raw":0,"other":{"b":12345678901234567890123}}"#,
            &["/data/other/b: a number with too many digits, rounded"],
        ),
        (
            r#"{"raw":{"twice":1,"twice":[2],"thrice":0,"thrice":0,"thrice":0}}"#,
            &[
                "/data/raw/twice: duplicate key, the last value was taken",
                "/data/raw/thrice: duplicate key, the last value was taken",
            ],
        ),
        (
            r#"{"raw":{"twice":{"x":12345678901234567890123},"twice":{"x":1}}}"#,
            &["/data/raw/twice: duplicate key, the last value was taken"],
        ),
        (r#"{"raw":0,"b":1,"b":2}"#, &["/data/b: duplicate key, the last value was taken"]),
    ] {
        assert_eq!(observe::<AnythingSeen>(data), expected, "{data}");
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "lot-checked", version = 1, key = lot)]
struct LotChecked {
    lot: String,
}

#[test]
fn an_event_without_a_valid_key_is_rejected_and_a_long_key_is_hashed() {
    let lot = |lot: &str| event(LotChecked { lot: lot.to_owned() });
    let message = "cannot publish event e-1: the field of its partition key is empty: fill it, or use \
                   `Event::with_partition_key`";
    assert_eq!(Bus::internal().entry(&lot("")).unwrap_err().to_string(), message);
    let cause = event(LotChecked { lot: "l-1".to_owned() });
    let follower = Cause::from_event(&cause, LAB, "check").event(LotChecked { lot: String::new() });
    assert!(Bus::internal().entry(&follower.with_id("e-1".parse().unwrap())).is_err());
    let keyed = lot("").with_partition_key(PartitionKey::new("k").unwrap());
    let entry = Bus::internal().entry(&keyed).unwrap();
    // An event that was read has a key, and may be relayed.
    let read = Reader::<LotChecked>::default().read(entry.detail().as_bytes()).unwrap().into_event();
    assert_eq!(read, keyed);
    assert!(Bus::internal().entry(&read).is_ok());

    let long = "l".repeat(300);
    let (one, same, other) = (lot(&long), lot(&long), lot(&"l".repeat(301)));
    assert_eq!(one.partition_key(), same.partition_key());
    assert_ne!(one.partition_key(), other.partition_key());
    assert_ne!(one.partition_key().as_str(), one.id().as_str());
    let entry = Bus::internal().entry(&one).unwrap();
    let reading = Reader::<LotChecked>::default().read(entry.detail().as_bytes()).unwrap();
    assert_eq!((reading.event(), reading.observations().len()), (&one, 0));
    assert_eq!(lot("l-1").partition_key(), "l-1");
}

#[test]
fn half_of_a_surrogate_pair_is_a_mismatch_of_its_field() {
    let written = serde_json::to_string(&sample()).unwrap();
    let half = "found half of a surrogate pair (a text that was cut inside of a character)";
    let with = |from: &str, to: &str| {
        let changed = written.replace(from, to);
        assert_ne!(changed, written);
        observe::<SampleTaken>(&changed)
    };
    assert_eq!(with(r#""a""#, r#""tea \ud83d""#), [format!("/data/probes/0/name: expected a string, {half}")]);
    assert_eq!(with(r#""mm""#, r#""\udc00 mm""#), [format!("/data/probes/0/unit: expected a string, {half}")]);
    // In the tag of an enum, and in a field that nobody reads.
    assert_eq!(
        with(r#""Pending""#, r#""Pending\ud83d""#),
        [format!("/data/result/kind: expected one of `Pending`, `Final`, {half}")]
    );
    // A name has no place of its own.
    let named = with(r#"{"name":"b"}"#, r#"{"name":"b","\ud83d":1}"#);
    assert_eq!(named, [format!("/data/probes/1: expected the name of a member, {half}")]);
    assert_eq!(with(r#""result""#, r#""more":"\ud83d","result""#), ["/data/more: unknown field, kept"]);
}
