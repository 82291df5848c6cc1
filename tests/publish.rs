//! Publishing: events to entries, entries to batches, and responses matched to entries; cases and laws.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use event_contract::fault::{DropReason, Dropped, Fault, FaultPart, FaultSite};
use event_contract::publish::{
    Accepted, Batch, BatchPlan, Bus, Entry, Failed, PutEventsResponse, PutResult, SizeLimit, TooLarge,
};
use event_contract::{Event, EventId, Payload, Reader, SubsystemName};
use proptest::collection::vec;
use proptest::prelude::*;
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
    let mut detail = serde_json::to_value(event).unwrap();
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
#[payload(internal, name = "anything-told", version = 1)]
struct Anything(Value);

impl Serialize for Anything {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            Some("cannot") => Err(serde::ser::Error::custom("it cannot be told")),
            _ => self.0.serialize(serializer),
        }
    }
}

#[test]
fn events_that_cannot_be_put_are_errors() {
    let say = |event: &Event<Anything>| match Bus::internal().entry(event) {
        Ok(_) => "put".to_owned(),
        Err(error) => {
            assert_eq!(error.event_id(), event.id());
            error.to_string()
        }
    };
    let told = |value: Value, time: DateTime<Utc>| {
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
        (json!("cannot"), "cannot publish event e-1: cannot serialize its payload: it cannot be told"),
        (json!({"a": [i64::MAX, i64::MIN, 1e30, "18446744073709551615"]}), "put"),
        (
            json!({"a": [{}, {"b/c": u64::MAX}]}),
            "cannot publish event e-1: /data/a/1/b~1c is 18446744073709551615, EventBridge rejects integers beyond 64 bits: use a string",
        ),
    ] {
        assert_eq!(say(&told(value.clone(), time())), expected, "{value}");
    }
    assert_eq!(
        say(&told(json!({}), "+12026-11-22T10:43:01Z".parse().unwrap())),
        "cannot publish event e-1: expected a time in the years 0 to 9999 (RFC 3339), found +12026-11-22 10:43:01 UTC"
    );

    let nobody = br#"{"id":"e-1","type":"anything-told","timestamp":1795344181000,"partitionKey":"k","data":{}}"#;
    let nobody = Reader::<Anything>::default().read(nobody).unwrap().into_event();
    assert_eq!(say(&nobody), "cannot publish event e-1: missing source: set it on the event, or with `Bus::source`");
    assert_eq!(Bus::internal().source(SHOP).entry(&nobody).unwrap().source(), "shop");
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
        format!(
            "cannot publish event e-1: /data/serial is -{}…, EventBridge rejects integers beyond 64 bits: use a string",
            "8".repeat(39)
        )
    );
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
    assert_eq!(dropped, [(FaultPart::Document, DropReason::Unfit)]);
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
        let said =
            reading.envelope().and_then(|envelope| envelope.time.as_deref()).unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!(said, event.time());
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such order: {}", "\u{1F980}".repeat(40))]
struct Unheard;

fn fault(bytes: &[u8]) -> Fault {
    let site = FaultSite::new("orders", "shop-listener", SHOP).unwrap();
    Fault::from_error(&Unheard, bytes, &site, time())
}

#[test]
fn faults_are_put_with_other_entries() {
    let fault = fault(br#"{"type":"order-weighed","data":{}}"#);
    let bus = Bus::internal().named("hub").trace_header("Root=1-5").resource("arn:a");
    let of_fault = bus.fault(&fault, SizeLimit::MIB_1).unwrap();
    assert_eq!((of_fault.source(), of_fault.detail_type(), of_fault.event_id()), ("shop", "fault", fault.id()));
    assert_eq!((of_fault.detail(), of_fault.time()), (&*fault.to_json(), fault.time()));
    assert_eq!((of_fault.event_bus_name(), of_fault.trace_header()), (Some("hub"), Some("Root=1-5")));
    assert_eq!(of_fault.resources(), ["arn:a"]);
    assert_eq!(bus.clone().source(GATEWAY).fault(&fault, SizeLimit::MIB_1).unwrap().source(), "gateway");

    let event = bus.entry(&Event::new(OrderWeighed { grams: 5 }, SHOP, time())).unwrap();
    let plan = BatchPlan::new([event.clone(), of_fault.clone(), event], SizeLimit::MIB_1);
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
        let parts: Vec<_> = Fault::read(cut.detail().as_bytes()).unwrap().dropped().iter().map(Dropped::part).collect();
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
    let of = |source: Value, timestamp: i64| {
        let json = json!({"id": "f-1", "type": "fault", "timestamp": timestamp, "tags": {"source": source}});
        Fault::read(json.to_string().as_bytes()).unwrap()
    };
    let at = time().timestamp_millis();
    let say = |fault: &Fault| Bus::internal().fault(fault, SizeLimit::MIB_1).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(say(&of(json!("shop"), at)), Ok(()));
    // A fault marked `external` would leave the hub like an external event.
    for source in [json!(null), json!(7), json!(""), json!("external"), json!("a\u{0}")] {
        let nobody = "cannot publish event f-1: missing source: set it on the event, or with `Bus::source`";
        let fault = of(source.clone(), at);
        assert_eq!(say(&fault), Err(nobody.to_owned()), "{source}");
        assert_eq!(Bus::internal().source(SHOP).fault(&fault, SizeLimit::MIB_1).unwrap().source(), "shop");
    }
    let late = say(&of(json!("shop"), 300_000_000_000_000)).unwrap_err();
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

fn batch_of(count: usize) -> Batch {
    BatchPlan::new((0..count).map(|number| sized(number, 200)), SizeLimit::MIB_1).into_parts().0.remove(0)
}

#[test]
fn a_response_of_another_length_returns_the_batch() {
    let batch = batch_of(2);
    for (answer, expected) in [
        (r#"{"Entries":[]}"#, "expected 2 results, found 0"),
        (r#"{"Entries":[{"EventId":"1"}]}"#, "expected 2 results, found 1"),
        (r#"{"Entries":[{"EventId":"1"},{"EventId":"2"},{"EventId":"3"}]}"#, "expected 2 results, found 3"),
    ] {
        let answer: PutEventsResponse = serde_json::from_str(answer).unwrap();
        let error = batch.clone().match_response(answer).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.batch(), &batch);
        assert_eq!(error.into_batch(), batch);
    }
    assert!(serde_json::from_str::<PutEventsResponse>(r#"{"__type":"InternalException","message":"?"}"#).is_err());
}

#[test]
fn a_malformed_result_fails_its_entry_only() {
    for (odd, code, message, envelope_id) in [
        (r#"{"EventId":"e","ErrorCode":"InternalFailure"}"#, "InternalFailure", None, Some("e")),
        (r#"{"EventId":"","ErrorCode":"MalformedDetail","ErrorMessage":"no"}"#, "MalformedDetail", Some("no"), None),
        (r#"{"ErrorMessage":"?"}"#, "NoAnswer", Some("?"), None),
        (r#"{"EventId":"","ErrorCode":""}"#, "NoAnswer", None, None),
        (r#"{"EventId":null,"ErrorCode":null,"ErrorMessage":null}"#, "NoAnswer", None, None),
        ("{}", "NoAnswer", None, None),
    ] {
        // The count of failures is ignored.
        for count in ["", r#","FailedEntryCount":0"#, r#","FailedEntryCount":3"#, r#","FailedEntryCount":"many""#] {
            let answer = format!(r#"{{"Entries":[{{"EventId":"1"}},{odd},{{"EventId":"3","ErrorCode":""}}]{count}}}"#);
            let batch = batch_of(3);
            let sent = batch.entries().to_vec();
            let outcome = batch.match_response(serde_json::from_str::<PutEventsResponse>(&answer).unwrap()).unwrap();
            let accepted: Vec<_> = outcome.accepted().iter().map(|one| (one.entry(), one.envelope_id())).collect();
            assert_eq!(accepted, [(&sent[0], "1"), (&sent[2], "3")], "{answer}");
            let [failed] = outcome.failed() else { panic!("one has failed: {answer}") };
            assert_eq!((failed.entry(), failed.code()), (&sent[1], code), "{answer}");
            assert_eq!((failed.message(), failed.envelope_id()), (message, envelope_id), "{answer}");
            assert_eq!(failed.is_retryable(), code != "MalformedDetail");
        }
    }
}

#[test]
fn the_error_code_decides_whether_to_retry() {
    for (code, again) in [
        ("ThrottlingException", true),
        ("InternalFailure", true),
        ("InternalException", true),
        ("ServiceUnavailable", true),
        ("NeverHeardOfIt", true),
        ("", true),
        ("InvalidArgument", false),
        ("MalformedDetail", false),
        ("AccessDeniedException", false),
        ("InvalidAccountIdException", false),
        ("RedactionFailure", false),
        ("NotAuthorizedForSourceException", false),
        ("NotAuthorizedForDetailTypeException", false),
        ("NotAuthorized", false),
    ] {
        let result = PutResult { error_code: Some(code.into()), ..PutResult::default() };
        let outcome = batch_of(1).match_response([result]).unwrap();
        assert_eq!(outcome.failed()[0].is_retryable(), again, "{code}");
        let (entries, given_up) = outcome.into_entries_to_retry();
        assert_eq!((entries.len(), given_up.len()), if again { (1, 0) } else { (0, 1) }, "{code}");
    }
}

#[test]
fn failures_name_their_entry() {
    let answer: PutEventsResponse = serde_json::from_str(
        r#"{"Entries":[{"EventId":null,"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}]}"#,
    )
    .unwrap();
    let outcome = batch_of(1).match_response(answer).unwrap();
    let failed = &outcome.failed()[0];
    assert_eq!((failed.code(), failed.message()), ("MalformedDetail", Some("Detail is malformed.")));
    assert_eq!(failed.to_string(), "Order.Noted 00000 was not accepted: MalformedDetail: Detail is malformed.");
}

#[test]
fn debug_output_omits_the_detail() {
    let entry = entry("e-1", "a secret");
    let length = entry.detail().len();
    let shown = |shown: String| {
        assert!(shown.contains(&format!("<{length} bytes>")) && shown.contains("e-1"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    };
    shown(format!("{entry:?}"));
    shown(format!("{:?}", BatchPlan::new([entry.clone()], SizeLimit::bytes(10))));
    let batch = BatchPlan::new([entry], SizeLimit::MIB_1).into_parts().0.remove(0);
    shown(format!("{batch:?}"));
    shown(format!("{:?}", batch.clone().match_response([] as [PutResult; 0]).unwrap_err()));
    let accepted = PutResult { event_id: Some("1".into()), ..PutResult::default() };
    shown(format!("{:?}", batch.clone().match_response([accepted]).unwrap()));
    shown(format!("{:?}", batch.match_response([PutResult::default()]).unwrap()));
}

/// Returns the fewest batches of any plan that keeps the order, by dynamic programming over prefixes of the entries.
fn fewest_batches(sizes: &[usize], limit: usize) -> usize {
    let mut best = vec![0];
    for end in 1..=sizes.len() {
        let fits = |start: &usize| end - start <= 10 && sizes[*start..end].iter().sum::<usize>() <= limit;
        best.push((0..end).filter(fits).map(|start| best[start] + 1).min().expect("each fits alone"));
    }
    best[sizes.len()]
}

/// Returns the size of an entry, from its request only.
fn size_of_request(request: &Value) -> usize {
    let text = |name: &str| request[name].as_str().map_or(0, str::len);
    let time = if request["Time"].is_null() { 0 } else { 14 };
    let resources = request["Resources"].as_array().into_iter().flatten().map(|arn| arn.as_str().unwrap().len());
    time + text("Source") + text("DetailType") + text("Detail") + resources.sum::<usize>()
}

fn sizes_and_limit() -> impl Strategy<Value = (Vec<usize>, usize)> {
    // Small sizes reach the limit of entries, large ones the limit of bytes.
    let size = prop_oneof![3 => 180_usize..220, 2 => 180_usize..2000];
    (vec(size, 0..60), prop_oneof![180_usize..2500, 2000_usize..20_000])
}

proptest! {
    #[test]
    fn a_plan_is_complete_ordered_within_limits_and_shortest((sizes, limit) in sizes_and_limit()) {
        let entries: Vec<Entry> = sizes.iter().enumerate().map(|(number, size)| sized(number, *size)).collect();
        let plan = BatchPlan::new(entries.clone(), SizeLimit::bytes(limit));

        let fitting: Vec<&Entry> = entries.iter().filter(|entry| entry.size() <= limit).collect();
        let planned: Vec<&Entry> = plan.batches().iter().flat_map(Batch::entries).collect();
        prop_assert_eq!(&planned, &fitting);
        let too_large: Vec<&Entry> = entries.iter().filter(|entry| entry.size() > limit).collect();
        prop_assert_eq!(plan.too_large().iter().map(TooLarge::entry).collect::<Vec<_>>(), too_large);

        for batch in plan.batches() {
            prop_assert!((1..=10).contains(&batch.entries().len()));
            prop_assert_eq!(batch.size(), batch.entries().iter().map(Entry::size).sum::<usize>());
            prop_assert!(batch.size() <= limit);
        }
        let sizes: Vec<usize> = fitting.iter().map(|entry| entry.size()).collect();
        prop_assert_eq!(plan.batches().len(), fewest_batches(&sizes, limit));
    }

    #[test]
    fn the_size_equals_that_of_the_request(
        notes in vec((any::<String>(), vec(any::<String>(), 0..3), any::<bool>()), 1..10),
    ) {
        let entries = notes.iter().enumerate().map(|(number, (note, resources, marked))| {
            let bus = Bus::external().named("a bus that counts nothing");
            let bus = if *marked { bus.marked_external() } else { bus };
            let entry = bus.entry(&noted(&number.to_string(), note)).unwrap();
            resources.iter().fold(entry, Entry::with_resource)
        });
        let plan = BatchPlan::new(entries, SizeLimit::MIB_1);
        for batch in plan.batches() {
            let request: Value = batch.to_json().parse().unwrap();
            prop_assert_eq!(request.as_object().unwrap().len(), 1);
            let sizes: Vec<usize> = request["Entries"].as_array().unwrap().iter().map(size_of_request).collect();
            prop_assert_eq!(batch.entries().iter().map(Entry::size).collect::<Vec<_>>(), sizes.clone());
            prop_assert_eq!(batch.size(), sizes.iter().sum::<usize>());
        }
    }

    #[test]
    fn every_entry_is_answered_once(answers in vec((any::<bool>(), prop_oneof![
        Just(None), Just(Some("ThrottlingException")), Just(Some("InvalidArgument")), Just(Some("?")),
    ]), 1..=10)) {
        let batch = batch_of(answers.len());
        let sent = ids(batch.entries());
        let results: Vec<PutResult> = answers.iter().enumerate().map(|(number, (has_id, code))| PutResult {
            event_id: has_id.then(|| format!("envelope-{number}")),
            error_code: code.map(str::to_owned),
            error_message: code.map(|_| format!("message {number}")),
        }).collect();
        let codes: Vec<Option<&str>> = answers.iter().map(|(has_id, code)| match code {
            None if !has_id => Some(Failed::NO_ANSWER),
            code => *code,
        }).collect();
        let outcome = batch.match_response(results).unwrap();

        let at = |wanted: &dyn Fn(Option<&str>) -> bool| -> Vec<EventId> {
            sent.iter().zip(&codes).filter(|(_, code)| wanted(**code)).map(|(id, _)| id.clone()).collect()
        };
        prop_assert_eq!(ids(outcome.accepted().iter().map(Accepted::entry)), at(&|code| code.is_none()));
        prop_assert_eq!(ids(outcome.failed().iter().map(Failed::entry)), at(&|code| code.is_some()));
        for one in outcome.accepted() {
            let number: usize = one.entry().event_id().as_str().parse().unwrap();
            prop_assert_eq!(one.envelope_id(), format!("envelope-{number}"));
        }
        for one in outcome.failed() {
            let number: usize = one.entry().event_id().as_str().parse().unwrap();
            prop_assert_eq!(Some(one.code()), codes[number]);
            let (message, envelope) = (format!("message {number}"), format!("envelope-{number}"));
            prop_assert_eq!(one.message(), Some(&*message).filter(|_| one.code() != Failed::NO_ANSWER));
            prop_assert_eq!(one.envelope_id(), Some(&*envelope).filter(|_| answers[number].0));
        }

        let accepted = ids(outcome.accepted().iter().map(Accepted::entry));
        let (again, given_up) = outcome.into_entries_to_retry();
        prop_assert_eq!(ids(&again), at(&|code| code.is_some_and(|code| code != "InvalidArgument")));
        prop_assert_eq!(ids(given_up.iter().map(Failed::entry)), at(&|code| code == Some("InvalidArgument")));
        let all: Vec<EventId> = [accepted, ids(&again), ids(given_up.iter().map(Failed::entry))].concat();
        prop_assert_eq!(all.len(), sent.len());
        prop_assert_eq!(BTreeSet::from_iter(all), BTreeSet::from_iter(sent));
    }
}

#[cfg(feature = "aws-sdk")]
mod aws_sdk {
    use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};

    use super::*;

    #[test]
    fn an_entry_of_the_sdk_is_read_back() {
        let event = noted("e-1", "fragile");
        let bus = Bus::external().named("backbone").trace_header("Root=1-5");
        let ours = bus.clone().resource("arn:a").entry(&event).unwrap();
        let theirs = PutEventsRequestEntry::from(&ours);
        assert_eq!((theirs.source(), theirs.detail_type()), (Some("shop"), Some("Order.Noted")));
        assert_eq!((theirs.event_bus_name(), theirs.trace_header()), (Some("backbone"), Some("Root=1-5")));
        assert_eq!(theirs.resources(), ["arn:a"]);
        assert_eq!(theirs.time().unwrap().to_millis().unwrap(), time().timestamp_millis());
        let reading = Reader::<OrderNoted>::default().read(theirs.detail().unwrap().as_bytes()).unwrap();
        assert_eq!(reading.into_event(), event);
        assert_eq!(PutEventsRequestEntry::from(ours), theirs);
        assert_eq!(PutEventsRequestEntry::from(bus.entry(&event).unwrap()).resources, None);
    }

    #[test]
    fn results_of_the_sdk_are_matched_to_entries() {
        let results = [
            PutEventsResultEntry::builder().event_id("1").build(),
            PutEventsResultEntry::builder().error_code("InvalidArgument").error_message("no").build(),
        ];
        let outcome = batch_of(2).match_response(results).unwrap();
        assert_eq!(outcome.accepted()[0].envelope_id(), "1");
        assert_eq!((outcome.failed()[0].code(), outcome.failed()[0].message()), ("InvalidArgument", Some("no")));
    }
}

#[cfg(feature = "aws-lambda-events")]
mod lambda {
    use aws_lambda_events::event::eventbridge::EventBridgeEvent;
    use aws_lambda_events::event::kinesis::KinesisEvent;
    use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
    use base64::Engine as _;
    use event_contract::wire::Delivery;
    use serde::de::DeserializeOwned;
    use serde_json::value::RawValue;

    use super::*;

    /// Reads the delivery and the bytes that it was made from, and checks that both are equal.
    fn as_of_bytes(delivery: &Delivery<'static>, bytes: &Value) -> Event<OrderNoted> {
        let reader = Reader::<OrderNoted>::default();
        let reading = reader.read_delivery(delivery).unwrap();
        let bytes = bytes.to_string();
        let of_bytes = reader.read_all(bytes.as_bytes()).remove(0).unwrap();
        let say = |seen: &[event_contract::Observation]| seen.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(say(reading.observations()), say(of_bytes.observations()));
        assert_eq!(reading.event(), of_bytes.event());
        reading.into_event()
    }

    fn bare() -> Value {
        json!({"type": "Order.Noted", "version": 1, "source": "shop", "data": {"order": "o-1", "note": "n"}})
    }

    fn envelope<T: DeserializeOwned + Serialize>(bytes: &Value) -> EventBridgeEvent<T> {
        serde_json::from_str(&bytes.to_string()).unwrap()
    }

    #[test]
    fn an_envelope() {
        for bytes in [
            json!({"version": "0", "id": "b", "detail-type": "Order.Noted", "source": "shop", "account": "123456789012",
                "time": "2026-11-22T10:43:01Z", "region": "eu-west-1", "resources": ["arn:a"], "detail": noted("e-1", "n")}),
            json!({"id": "b", "detail-type": "Order.Noted", "source": "shop", "time": "2026-11-22T10:43:01Z", "detail": bare()}),
        ] {
            let of_raw = as_of_bytes(&(&envelope::<Box<RawValue>>(&bytes)).into(), &bytes);
            assert_eq!(as_of_bytes(&(&envelope::<Value>(&bytes)).into(), &bytes), of_raw);
        }
    }

    #[test]
    fn a_record() {
        let data = base64::engine::general_purpose::STANDARD.encode(bare().to_string());
        let bytes = json!({"Records": [{"eventID": "shard:1", "kinesis": {"data": data, "partitionKey": "k",
            "approximateArrivalTimestamp": 1_480_641_523.477_f64}}]});
        let handed: KinesisEvent = serde_json::from_str(&bytes.to_string()).unwrap();
        let event = as_of_bytes(&(&handed.records[0]).into(), &bytes);
        assert_eq!((event.id().as_str(), event.time().timestamp_millis()), ("shard:1", 1_480_641_523_477));
    }

    #[test]
    fn a_message() {
        let bytes = json!({"Records": [{"messageId": "m-1", "body": bare().to_string(),
            "attributes": {"SentTimestamp": "1520621625029"}}]});
        let handed: SqsEvent = serde_json::from_str(&bytes.to_string()).unwrap();
        let event = as_of_bytes(&(&handed.records[0]).into(), &bytes);
        assert_eq!((event.id().as_str(), event.time().timestamp_millis()), ("m-1", 1_520_621_625_029));

        let mut empty = SqsMessage::default();
        empty.message_id = Some("m-2".into());
        let error = Reader::<OrderNoted>::default().read_delivery(&Delivery::from(&empty)).unwrap_err();
        assert_eq!(error.to_string(), "the record is neither an SQS message nor a Kinesis record");
        assert!(String::from_utf8_lossy(error.bytes()).contains("m-2"));
    }
}

#[cfg(feature = "cloudevents")]
mod cloudevents_sdk {
    use cloudevents::{AttributesReader, Data};
    use event_contract::wire::{Delivery, Shape};

    use super::*;

    fn read(event: &cloudevents::Event) -> Result<Event<OrderNoted>, String> {
        let delivery = Delivery::from(event);
        assert_eq!(delivery.shape().unwrap(), Shape::CloudEvent);
        let reading = Reader::<OrderNoted>::default().read_delivery(&delivery).map_err(|error| error.to_string())?;
        assert!(reading.observations().is_empty(), "{:?}", reading.observations());
        Ok(reading.into_event())
    }

    #[test]
    fn an_event_goes_there_and_back() {
        let event = noted("e-1", "n").with_correlation_id("c-1".parse().unwrap());
        let mut theirs = cloudevents::Event::try_from(&relayed(&event.clone().with_tag("stage", "prd"))).unwrap();
        assert_eq!((theirs.id(), theirs.ty(), theirs.source().as_str()), ("e-1", "Order.Noted", "shop"));
        assert_eq!(theirs.time(), Some(&time()));
        assert_eq!(read(&theirs).unwrap(), event);

        let data = serde_json::to_string(event.payload()).unwrap();
        theirs.set_data_unchecked(Data::Binary(data.clone().into_bytes()));
        assert_eq!(read(&theirs).unwrap(), event);
        theirs.set_data_unchecked(Data::String(data));
        assert_eq!(read(&theirs).unwrap(), event);
        theirs.set_data_unchecked(Data::Binary(vec![0xff]));
        assert_eq!(
            read(&theirs).unwrap_err(),
            "the delivery is not an event in any known shape: expected JSON under `data`, found `data_base64`"
        );
    }
}
