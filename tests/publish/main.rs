//! Publishing: events to entries, entries to batches, and responses matched to entries; cases and laws.

mod law;
mod response;
mod sdk;

use chrono::{DateTime, Utc};
use event_contract::fault::{DropReason, DroppedPart, Fault, FaultPart, FaultSite};
use event_contract::publish::{BatchPlan, Bus, Entry, SizeLimit};
use event_contract::{Event, EventId, Payload, Reader, SubsystemName};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

const SHOP: SubsystemName = SubsystemName::from_static("shop");
const GATEWAY: SubsystemName = SubsystemName::from_static("gateway");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Noted", version = 1, key = order)]
struct OrderNoted {
    order: String,
    note: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-weighed", version = 1)]
struct OrderWeighed {
    grams: u32,
}

fn time() -> DateTime<Utc> {
    "2026-11-22T10:43:01Z".parse().unwrap()
}

fn noted(id: &str, note: &str) -> Event<OrderNoted> {
    Event::new(OrderNoted { order: "o-1".into(), note: note.into() }, SHOP, time()).with_id(id.parse().unwrap())
}

fn entry(id: &str, note: &str) -> Entry {
    Bus::external().entry(&noted(id, note)).unwrap()
}

/// Returns an entry of exactly the given size. All ids have the same length.
fn sized(number: usize, size: usize) -> Entry {
    let id = format!("{number:05}");
    let least = entry(&id, "").size();
    let entry = entry(&id, &"x".repeat(size - least));
    assert_eq!(entry.size(), size);
    entry
}

fn ids<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<EventId> {
    entries.into_iter().map(|entry| entry.event_id().clone()).collect()
}

/// Adds an unknown field to an event, by writing and reading it.
fn relayed<P: Payload>(event: &Event<P>) -> Event<P> {
    let mut detail = serde_json::to_value(event.internal_detail()).unwrap();
    detail["data"]["colour"] = json!("red");
    detail["region"] = json!("eu-west-1");
    let event = Reader::<P>::default().read(detail.to_string().as_bytes()).unwrap().into_event();
    assert_eq!(event.unknown_fields().count(), 2);
    event
}

#[test]
fn external_entries_have_neither_tags_nor_unknown_fields() {
    let event = noted("e-1", "gift").with_tag("account", "123456789012").with_correlation_id("c-1".parse().unwrap());
    let entry = Bus::external().entry(&relayed(&event)).unwrap();
    assert_eq!(
        entry.detail(),
        r#"{"id":"e-1","type":"Order.Noted","version":1,"timestamp":1795344181000,"partitionKey":"o-1","source":"shop","correlationId":"c-1","data":{"order":"o-1","note":"gift"}}"#
    );
}

#[test]
fn internal_entries_keep_tags_and_unknown_fields() {
    let event = Event::new(OrderWeighed { grams: 5 }, SHOP, time()).with_tag("account", "123456789012");
    let event = relayed(&event);
    let entry = Bus::internal().entry(&event).unwrap();
    assert_eq!(entry.detail(), serde_json::to_string(&event).unwrap());
    let detail: Value = entry.detail().parse().unwrap();
    assert_eq!(detail["tags"], json!({"account": "123456789012"}));
    assert_eq!((&detail["data"]["colour"], &detail["region"]), (&json!("red"), &json!("eu-west-1")));
}

#[test]
fn the_bus_sets_event_bus_name_and_source() {
    let event = noted("e-1", "");
    let bus = Bus::external().named("backbone").trace_header("Root=1-5").resource("arn:a");
    let entry = bus.entry(&event).unwrap().with_resource("arn:b");
    let request: Value = entry.to_json().parse().unwrap();
    assert_eq!(
        request,
        json!({"Source": "shop", "DetailType": "Order.Noted", "Detail": entry.detail(), "Time": 1_795_344_181,
            "Resources": ["arn:a", "arn:b"], "EventBusName": "backbone", "TraceHeader": "Root=1-5"})
    );
    assert_eq!((entry.source(), entry.detail_type(), entry.time()), ("shop", "Order.Noted", time()));
    assert_eq!((entry.event_bus_name(), entry.trace_header()), (Some("backbone"), Some("Root=1-5")));
    assert_eq!(entry.resources(), ["arn:a", "arn:b"]);
    assert_eq!(entry.with_trace_header("Root=1-6").trace_header(), Some("Root=1-6"));

    let by_another = bus.clone().source(GATEWAY).entry(&event).unwrap();
    let marked = bus.marked_external().entry(&event).unwrap();
    assert_eq!((by_another.source(), marked.source()), ("gateway", "external"));
    for entry in [by_another, marked] {
        assert!(entry.detail().contains(r#""source":"shop""#));
    }
}

#[test]
fn entries_are_read_back() {
    let event = noted("e-1", "ring twice \"\\ \u{1F980}");
    let batch = BatchPlan::new([Bus::external().entry(&event).unwrap()], SizeLimit::MIB_1).into_parts().0.remove(0);
    let request = batch.to_json();
    let reading = Reader::<OrderNoted>::default().read_all(request.as_bytes()).remove(0).unwrap();
    assert_eq!(reading.envelope().and_then(|envelope| envelope.time.as_deref()), Some("2026-11-22T10:43:01Z"));
    assert!(reading.observations().is_empty(), "{:?}", reading.observations());
    assert_eq!(reading.into_event(), event);
}

/// A payload of any JSON kind; only an object can be read as an event.
#[derive(Debug, Clone, Deserialize, Payload)]
#[payload(internal, name = "anything-happened", version = 1)]
struct Anything(Value);

impl Serialize for Anything {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            Some("cannot") => Err(serde::ser::Error::custom("it has no JSON form")),
            _ => self.0.serialize(serializer),
        }
    }
}

#[test]
fn events_that_cannot_be_put_are_errors() {
    let error_text = |event: &Event<Anything>| match Bus::internal().entry(event) {
        Ok(_) => "put".to_owned(),
        Err(error) => {
            assert_eq!(error.event_id(), event.id());
            error.to_string()
        }
    };
    let anything = |value: Value, time: DateTime<Utc>| {
        Event::new(Anything(value), SHOP, time).with_id("e-1".parse().unwrap()).with_tag("a", json!({"data": {}}))
    };
    let no_object = "cannot publish event e-1: expected a payload that is a JSON object";
    for (value, expected) in [
        (json!({}), "put"),
        (json!({"a": [{}]}), "put"),
        (json!([{}]), no_object),
        (json!("}}"), no_object),
        (json!("}"), no_object),
        (json!(null), no_object),
        (json!(7), no_object),
        (json!("cannot"), "cannot publish event e-1: cannot serialize its payload: it has no JSON form"),
        (json!({"a": [i64::MAX, i64::MIN, 1e30, "18446744073709551615"]}), "put"),
        (
            json!({"a": [{}, {"b/c": u64::MAX}]}),
            "cannot publish event e-1: /data/a/1/b~1c is an integer beyond 64 bits, which EventBridge rejects: use a string",
        ),
    ] {
        assert_eq!(error_text(&anything(value.clone(), time())), expected, "{value}");
    }
    assert_eq!(
        error_text(&anything(json!({}), "+12026-11-22T10:43:01Z".parse().unwrap())),
        "cannot publish event e-1: expected a time in the years 0 to 9999 (RFC 3339), found +12026-11-22 10:43:01 UTC"
    );

    let without_source =
        br#"{"id":"e-1","type":"anything-happened","timestamp":1795344181000,"partitionKey":"k","data":{}}"#;
    let without_source = Reader::<Anything>::default().read(without_source).unwrap().into_event();
    assert_eq!(
        error_text(&without_source),
        "cannot publish event e-1: missing source: set it on the event, or with `Bus::source`"
    );
    assert_eq!(Bus::internal().source(SHOP).entry(&without_source).unwrap().source(), "shop");
}

#[test]
fn integers_beyond_i64_are_found_in_unknown_fields_too() {
    let detail = |number: &str| {
        format!(
            r#"{{"id":"e-1","type":"order-weighed","version":1,"timestamp":1795344181000,"partitionKey":"k",
                "source":"shop","data":{{"grams":5,"serial":{number}}}}}"#
        )
    };
    let read = |number: &str| Reader::<OrderWeighed>::default().read(detail(number).as_bytes()).unwrap().into_event();
    assert!(Bus::internal().entry(&read("-9223372036854775808")).is_ok());
    let error = Bus::internal().entry(&read(&format!("-{}", "8".repeat(100)))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot publish event e-1: /data/serial is an integer beyond 64 bits, which EventBridge rejects: use a string"
    );
}

#[test]
fn numbers_without_a_json_text_are_rejected_and_not_written_as_null() {
    #[derive(serde::Serialize, serde::Deserialize, Payload)]
    #[payload(external, name = "Parcel.Measured", version = 1)]
    struct ParcelMeasured {
        label: Option<String>,
        sides: Vec<f64>,
    }
    let event = |label: Option<&str>, side: f64| {
        let payload = ParcelMeasured { label: label.map(str::to_owned), sides: vec![1.5, side] };
        Event::new(payload, SHOP, time()).with_id("e-1".parse().unwrap())
    };
    assert!(Bus::external().entry(&event(None, 2.0)).is_ok());
    for side in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for label in [None, Some("null")] {
            let error = Bus::external().entry(&event(label, side)).unwrap_err();
            assert_eq!(
                error.to_string(),
                "cannot publish event e-1: /data/sides/1 is NaN or infinite, which JSON cannot represent: omit it, or use a string"
            );
        }
    }
}

/// The fault of an event that no bus accepts can be put: it has the bytes and not the readable document.
#[test]
fn a_fault_of_an_integer_beyond_i64_can_be_put() {
    let bytes = br#"{"type":"order-weighed","data":{"grams":18446744073709551615}}"#;
    let fault = fault(bytes);
    let entry = Bus::internal().fault(&fault, SizeLimit::MIB_1).unwrap();
    let read = Fault::read(entry.detail().as_bytes()).unwrap();
    assert_eq!(read.resubmit(), Some(&bytes[..]));
    let dropped: Vec<_> = read.dropped().iter().map(|part| (part.part(), part.reason())).collect();
    assert_eq!(dropped, [(FaultPart::Document, DropReason::NotInteroperable)]);
}

#[test]
fn the_time_of_an_entry_is_in_seconds() {
    for (time, expected) in [
        ("2026-11-22T10:43:01Z", "1795344181"),
        ("2026-11-22T10:43:01.25Z", "1795344181.25"),
        ("2026-11-22T10:43:01.007999Z", "1795344181.007"),
        ("1970-01-01T00:00:00Z", "0"),
        ("1969-12-31T23:59:59.999Z", "-0.001"),
        ("1900-01-01T00:00:00.5Z", "-2208988799.5"),
        ("0000-01-01T00:00:00.001Z", "-62167219199.999"),
        ("9999-12-31T23:59:59.999Z", "253402300799.999"),
    ] {
        let event = Event::new(OrderWeighed { grams: 5 }, SHOP, time.parse().unwrap());
        let entry = Bus::internal().entry(&event).unwrap();
        let request = entry.to_json();
        assert!(request.ends_with(&format!(r#","Time":{expected}}}"#)), "{request}");
        // Another reader of requests finds the same time.
        let request = format!(r#"{{"Entries":[{request}]}}"#);
        let reading = Reader::<OrderWeighed>::default().read_all(request.as_bytes()).remove(0).unwrap();
        let entry_time =
            reading.envelope().and_then(|envelope| envelope.time.as_deref()).unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!(entry_time, event.time());
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such order: {}", "\u{1F980}".repeat(40))]
struct Unheard;

fn fault(bytes: &[u8]) -> Fault {
    let site = FaultSite::new(SHOP, "shop-listener").unwrap().with_pipeline("orders").unwrap();
    Fault::from_error(&Unheard, bytes, &site, time())
}

#[test]
fn faults_are_put_with_other_entries() {
    let fault = fault(br#"{"type":"order-weighed","data":{}}"#);
    let bus = Bus::internal().named("hub").trace_header("Root=1-5").resource("arn:a");
    let fault_entry = bus.fault(&fault, SizeLimit::MIB_1).unwrap();
    assert_eq!(
        (fault_entry.source(), fault_entry.detail_type(), fault_entry.event_id()),
        ("shop", "fault", fault.id())
    );
    assert_eq!((fault_entry.detail(), fault_entry.time()), (&*fault.to_json(), fault.time()));
    assert_eq!((fault_entry.event_bus_name(), fault_entry.trace_header()), (Some("hub"), Some("Root=1-5")));
    assert_eq!(fault_entry.resources(), ["arn:a"]);
    assert_eq!(bus.clone().source(GATEWAY).fault(&fault, SizeLimit::MIB_1).unwrap().source(), "gateway");

    let event = bus.entry(&Event::new(OrderWeighed { grams: 5 }, SHOP, time())).unwrap();
    let plan = BatchPlan::new([event.clone(), fault_entry.clone(), event], SizeLimit::MIB_1);
    let [batch] = plan.batches() else { panic!("one batch") };
    // The delivered event is the complete fault.
    let request: Value = batch.to_json().parse().unwrap();
    let entry = &request["Entries"][1];
    let delivered = format!(
        r#"{{"id":"e","detail-type":{},"source":{},"detail":{}}}"#,
        entry["DetailType"],
        entry["Source"],
        entry["Detail"].as_str().unwrap()
    );
    let read = Fault::read(delivered.as_bytes()).unwrap();
    assert_eq!(read.to_json(), fault.to_json());
}

#[test]
fn fault_entries_of_at_most_the_size_limit_are_put() {
    let fault = fault(&[b'x'; 3000]);
    for bus in [Bus::internal(), Bus::internal().source(GATEWAY).resource("arn:ß").resource("arn:b")] {
        let whole = bus.fault(&fault, SizeLimit::MIB_1).unwrap();
        assert_eq!(whole.detail(), fault.to_json());
        let exact = SizeLimit::bytes(whole.size());
        assert_eq!(bus.fault(&fault, exact).unwrap(), whole, "it fits exactly");
        let short = SizeLimit::bytes(whole.size() - 1);
        let cut = bus.fault(&fault, short).unwrap();
        assert!(cut.size() < whole.size());
        let parts: Vec<_> =
            Fault::read(cut.detail().as_bytes()).unwrap().dropped().iter().map(DroppedPart::part).collect();
        assert_eq!(parts, [FaultPart::Stack], "one byte less, and something is dropped");
        assert!(BatchPlan::new([cut], short).too_large().is_empty());

        // Every entry is within its limit, down to the smallest.
        let mut limit = whole.size();
        let error = loop {
            match bus.fault(&fault, SizeLimit::bytes(limit)) {
                Ok(entry) => {
                    assert!(entry.size() <= limit);
                    limit = entry.size() - 1;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(error.event_id(), fault.id());
        let least = limit + 1;
        assert_eq!(
            error.to_string(),
            format!(
                "cannot publish event {}: its smallest entry has {least} bytes, expected at most {limit}",
                fault.id()
            )
        );
        for nothing in [0, 1, 14] {
            assert!(bus.fault(&fault, SizeLimit::bytes(nothing)).is_err());
        }
    }
}

#[test]
fn faults_without_a_source_or_a_valid_time_are_not_put() {
    let with_source = |source: Value, timestamp: i64| {
        let json = json!({"id": "f-1", "type": "fault", "timestamp": timestamp, "tags": {"source": source}});
        Fault::read(json.to_string().as_bytes()).unwrap()
    };
    let at = time().timestamp_millis();
    let error_text =
        |fault: &Fault| Bus::internal().fault(fault, SizeLimit::MIB_1).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(error_text(&with_source(json!("shop"), at)), Ok(()));
    // A fault marked `external` would leave the hub like an external event.
    for source in [json!(null), json!(7), json!(""), json!("external"), json!("a\u{0}")] {
        let without_source = "cannot publish event f-1: missing source: set it on the event, or with `Bus::source`";
        let fault = with_source(source.clone(), at);
        assert_eq!(error_text(&fault), Err(without_source.to_owned()), "{source}");
        assert_eq!(Bus::internal().source(SHOP).fault(&fault, SizeLimit::MIB_1).unwrap().source(), "shop");
    }
    let late = error_text(&with_source(json!("shop"), 300_000_000_000_000)).unwrap_err();
    assert!(late.contains("expected a time in the years 0 to 9999"), "{late}");
}

#[test]
fn multibyte_characters_count_their_bytes() {
    let plain = entry("e-1", "").size();
    for (note, bytes) in [("x", 1), ("ß", 2), ("€", 3), ("\u{1F980}", 4), ("\"", 2), ("\n", 2)] {
        assert_eq!(entry("e-1", note).size(), plain + bytes, "{note:?}");
    }
    assert_eq!(entry("e-1", "").with_resource("arn:ß").size(), plain + 6);
    assert_eq!(Bus::external().named("backbone").trace_header("Root").entry(&noted("e-1", "")).unwrap().size(), plain);
}

fn lengths(plan: &BatchPlan) -> Vec<usize> {
    plan.batches().iter().map(|batch| batch.entries().len()).collect()
}

#[test]
fn ten_entries_are_one_batch_and_eleven_are_two() {
    for (count, expected) in [(0, vec![]), (1, vec![1]), (10, vec![10]), (11, vec![10, 1]), (20, vec![10, 10])] {
        let plan = BatchPlan::new((0..count).map(|number| sized(number, 200)), SizeLimit::MIB_1);
        assert_eq!(lengths(&plan), expected);
        assert!(plan.too_large().is_empty());
    }
}

#[test]
fn entries_of_at_most_the_size_limit_are_put() {
    for limit in [SizeLimit::KIB_256, SizeLimit::MIB_1, SizeLimit::bytes(500)] {
        let most = limit.get();
        let plan = BatchPlan::new([sized(0, most - 1), sized(1, most), sized(2, most + 1), sized(3, 200)], limit);
        assert_eq!(lengths(&plan), [1, 1, 1]);
        assert_eq!(plan.batches()[1].size(), most);
        let [too_large] = plan.too_large() else { panic!("one is too large") };
        assert_eq!((too_large.size(), too_large.limit(), too_large.entry()), (most + 1, limit, &sized(2, most + 1)));
        assert_eq!(
            too_large.to_string(),
            format!("the entry for Order.Noted 00002 has {} bytes, expected at most {most}", most + 1)
        );
        assert_eq!(too_large.clone().into_entry(), sized(2, most + 1));
    }
    assert_eq!(lengths(&BatchPlan::new([sized(0, 250), sized(1, 250)], SizeLimit::bytes(500))), [2]);
    assert_eq!(lengths(&BatchPlan::new([sized(0, 250), sized(1, 251)], SizeLimit::bytes(500))), [1, 1]);
    assert_eq!(BatchPlan::new([sized(0, 250)], SizeLimit::bytes(0)).too_large().len(), 1);
}
