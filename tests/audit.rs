//! Summaries of event lakes: the counts, and merging of partial summaries.

use event_contract::audit::{Place, Summary, UnreadRemainder};
use event_contract::catalog::Catalog;
use event_contract::{Severity, contract};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const ORDER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn catalog() -> Catalog {
    contract::catalog().unwrap()
}

fn audit<'l>(file: &str, lines: impl IntoIterator<Item = &'l [u8]>) -> Summary {
    let catalog = catalog();
    let mut summary = Summary::default();
    for (text, line) in lines.into_iter().zip(1..) {
        summary.add_line(&catalog, Place { file, line }, text);
    }
    summary
}

fn remainder(file: &str) -> UnreadRemainder {
    UnreadRemainder { file: file.to_owned(), message: "unexpected end of file".to_owned() }
}

fn summarise(lines: &[String]) -> Summary {
    audit("lake", lines.iter().map(String::as_bytes))
}

/// Returns an order of version 1 in an envelope.
fn created(more: &Value) -> String {
    let mut data = json!({"orderId": ORDER, "createdAt": 1_700_000_000_000_u64});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    enveloped("Order.Created", &json!({"data": data, "meta": {}}))
}

fn enveloped(event_type: &str, detail: &Value) -> String {
    json!({"version": "0", "id": "bbfbc65f", "detail-type": event_type, "source": "order-service",
        "time": "2026-11-22T10:43:01Z", "detail": detail})
    .to_string()
}

fn batch(bodies: &[String]) -> String {
    let records: Vec<_> = bodies.iter().map(|body| json!({"messageId": "m", "body": body})).collect();
    json!({"Records": records}).to_string()
}

/// Returns type, version and count of each kind of event.
fn types(summary: &Summary) -> Vec<(&str, u32, u64)> {
    summary.types().iter().map(|entry| (entry.event_type(), entry.version().get(), entry.events())).collect()
}

fn tolerated(summary: &Summary) -> Vec<(Severity, String, u64)> {
    let all = summary.types().iter().flat_map(|entry| entry.tolerated().listed());
    all.map(|(entry, times)| (entry.severity(), format!("{} {}", entry.kind(), entry.pointer()), *times)).collect()
}

fn unread(summary: &Summary) -> Vec<(u64, Option<u64>, &str)> {
    summary.unread().listed().iter().map(|(entry, _)| (entry.line(), entry.event(), entry.message())).collect()
}

#[test]
fn events_are_counted_by_type_and_version() {
    let third = json!({"id": "1", "type": "Order.Created", "version": 3, "timestamp": 1_795_344_181_000_u64,
        "partitionKey": "p", "source": "order-service", "data": {"orderId": ORDER, "placedAt": "2026-11-22T10:43:01Z",
        "items": [{"sku": "A", "quantity": 1, "unitPrice": {"amount": 1, "currency": "EUR"}, "organic": true},
            {"sku": "B", "quantity": 1, "unitPrice": {"amount": 1, "currency": "EUR"}, "organic": true}]}});
    let summary =
        summarise(&[created(&json!({})), third.to_string(), created(&json!({"new": 1})), created(&json!({}))]);
    assert_eq!(types(&summary), [("Order.Created", 1, 3), ("Order.Created", 3, 1)]);
    assert_eq!((summary.lines(), summary.events()), (4, 4));
    let (first, last) = summary.times().unwrap();
    assert_eq!((first.timestamp_millis(), last.timestamp_millis()), (1_700_000_000_000, 1_795_344_181_000));
    let sources: Vec<_> = summary.sources().listed().iter().map(|(name, count)| (name.as_deref(), *count)).collect();
    assert_eq!(sources, [(Some("order-service"), 4)]);

    let tolerated = tolerated(&summary);
    let seen = |severity, what: &str, times| tolerated.contains(&(severity, what.to_owned(), times));
    assert!(seen(Severity::Notice, "version-assumed /detail/version", 3), "{tolerated:?}");
    assert!(seen(Severity::Info, "upcast /detail/version", 3), "{tolerated:?}");
    assert!(seen(Severity::Info, "unknown-field /detail/data/new", 1), "{tolerated:?}");
    // Both items, in one event.
    assert!(seen(Severity::Info, "unknown-field /data/items/*/organic", 2), "{tolerated:?}");
    assert!(tolerated[..5].is_sorted_by(|a, b| a.0 >= b.0), "the most severe first: {tolerated:?}");
}

/// Returns an event that fits version 3 and declares another version.
fn declaring(version: u32) -> String {
    let data = json!({"orderId": ORDER, "placedAt": "2026-11-22T10:43:01Z", "lines": []});
    let detail = json!({"id": "1", "type": "Order.Created", "version": version, "timestamp": 1_795_344_181_000_u64,
        "partitionKey": "p", "data": data});
    enveloped("Order.Created", &detail)
}

#[test]
fn the_version_that_was_written_is_counted_not_the_one_that_it_was_read_as() {
    let summary = summarise(&[declaring(9), declaring(3), declaring(9)]);
    assert_eq!(types(&summary), [("Order.Created", 3, 1), ("Order.Created", 9, 2)]);
    let newer: Vec<_> = summary.types()[1].tolerated().listed().iter().map(|(seen, _)| seen.kind()).collect();
    assert!(newer.contains(&"newer-version"), "{newer:?}");
    // The reader converts an event without a version from the first one, as which it was written.
    assert_eq!(types(&summarise(&[created(&json!({}))])), [("Order.Created", 1, 1)]);
}

#[test]
fn versions_beyond_the_oldest_are_only_counted() {
    // In no order, each version once, and the largest twice.
    let versions: Vec<u32> = (0..300).map(|index| 4 + index * 7 % 300).chain([303]).collect();
    let lines: Vec<_> = versions.into_iter().map(declaring).collect();
    let summary = summarise(&lines);
    assert_eq!(types(&summary), (4..204).map(|version| ("Order.Created", version, 1)).collect::<Vec<_>>());
    assert_eq!(summary.later_versions().listed(), [(Some("Order.Created".to_owned()), 101)]);
    assert_eq!(summary.events(), 301);
    let (one, other) = lines.split_at(150);
    assert_eq!(merged(&summarise(one), &summarise(other)), summary);
    assert_eq!(merged(&summarise(other), &summarise(one)), summary);
    assert_eq!(Summary::from_json(&summary.to_json()), Ok(summary));
}

#[test]
fn read_failures_are_reported_without_the_value() {
    let wrong = created(&json!({"orderId": "a secret"}));
    let lines: [&[u8]; 4] = [wrong.as_bytes(), b"{\"detail-type\":", b"\xff\xfe", b"[]"];
    let summary = audit("lake", lines);
    assert_eq!(
        unread(&summary),
        [
            (
                1,
                None,
                "/detail/data/orderId: expected an order id, which is a hyphenated UUID, found a string in another format; /detail/version: no version, read as v1"
            ),
            (2, None, "the delivery is not JSON: EOF while parsing a value at line 1 column 15"),
            (3, None, "the delivery is not UTF-8 from byte 0 on"),
            (4, None, "the delivery holds no event: it is an empty batch"),
        ]
    );
    assert_eq!((summary.events(), summary.lines(), summary.types().len()), (4, 4, 0));
    assert!(!summary.to_json().contains("a secret"));
}

#[test]
fn events_of_a_batch_are_counted_individually() {
    let foreign = json!({"type": "Somebody.Elses", "id": "1"}).to_string();
    let inner = batch(&[created(&json!({})), "no event".to_owned()]);
    let lines = [
        batch(&[created(&json!({})), created(&json!({"orderId": 1})), foreign.clone()]),
        format!("[{},{foreign}]", created(&json!({}))),
        batch(&[created(&json!({}))]),
        batch(&[inner, created(&json!({}))]),
    ];
    let summary = summarise(&lines);
    assert_eq!((summary.lines(), summary.events()), (4, 9));
    assert_eq!(types(&summary), [("Order.Created", 1, 5)]);
    let foreign: Vec<_> = summary.foreign().listed().iter().map(|(name, count)| (name.as_deref(), *count)).collect();
    assert_eq!(foreign, [(Some("Somebody.Elses"), 2)]);
    let places: Vec<_> = unread(&summary).into_iter().map(|(line, event, _)| (line, event)).collect();
    assert_eq!(places, [(1, Some(2)), (4, Some(2))]);
}

#[test]
fn line_ends_and_byte_order_marks_are_ignored() {
    let event = created(&json!({}));
    let bare = summarise(std::slice::from_ref(&event));
    for line in [format!("{event}\n"), format!("{event}\r\n"), format!("\u{feff}{event}")] {
        let summary = summarise(std::slice::from_ref(&line));
        assert_eq!(types(&summary), types(&bare), "{line:?}");
    }
    for line in ["", "\n", "\r\n", " \t ", "\u{feff}\r\n"] {
        assert_eq!(summarise(&[line.to_owned()]), Summary::default(), "{line:?}");
    }
}

#[test]
fn overlong_lines_are_counted_alike_by_reader_and_caller() {
    let place = Place { file: "lake", line: 1 };
    let line = vec![b' '; Summary::MAX_LINE_BYTES + 1];
    let read = audit("lake", [&line[..]]);
    let mut restored = Summary::default();
    restored.add_too_long(place, line.len() as u64);
    assert_eq!(read, restored);
    assert_eq!(
        unread(&restored),
        [(1, None, "the delivery has 10485761 bytes, expected at most 10485760: see `Limits::bytes`")]
    );
    // Blanks up to the limit count as an empty line.
    assert_eq!(audit("lake", [&line[1..]]), Summary::default());
}

/// The size of a summary is bounded, independent of the lake.
#[test]
fn a_summary_is_bounded() {
    let number = 1500;
    let mut lines = Vec::new();
    for index in 0..number {
        lines.push(enveloped(&format!("Foreign.{index:04}"), &json!({})));
        lines.push(created(&json!({ format!("new{index:04}"): 1 })));
        lines.push("no event".to_owned());
        let mut detail = json!({"data": {"orderId": ORDER, "createdAt": 1_700_000_000_000_u64}, "meta": {}});
        detail["source"] = format!("service-{index:04}").into();
        lines.push(enveloped("Order.Created", &detail));
    }
    let long = "n".repeat(100_000);
    lines.push(enveloped(&long, &json!({})));
    lines.push(created(&json!({ long: 1 })));
    let summary = summarise(&lines);

    let foreign = summary.foreign();
    assert_eq!((foreign.listed().len(), foreign.total()), (200, number + 1));
    assert_eq!(foreign.listed()[199].0.as_deref(), Some("Foreign.0199"));
    let created = &summary.types()[0];
    assert_eq!((created.events(), created.tolerated().listed().len()), (2 * number + 1, 200));
    assert!(created.tolerated().others() > number - 200);
    assert_eq!((summary.sources().listed().len(), summary.sources().total()), (200, 2 * number + 1));
    let unread = summary.unread();
    assert_eq!((unread.listed().len(), unread.total()), (1000, number));
    assert_eq!(unread.listed()[999].0.line(), 999 * 4 + 3);
    assert_eq!(summary.events(), lines.len() as u64);

    let short = Summary::from_json(&summary.to_json()).unwrap();
    assert_eq!(short, summary);
    // Twice as many entries of the same kinds take no more room.
    let mut twice = short;
    twice.merge(summary.clone());
    assert!(twice.to_json().len() < summary.to_json().len() + 2000);
}

/// Generates a line of a lake.
fn line() -> impl Strategy<Value = String> {
    let event = prop_oneof![
        (0..4_u8).prop_map(|field| created(&json!({ format!("new{field}"): 1 }))),
        (0..3_u64).prop_map(|time| created(&json!({"createdAt": 1_700_000_000_000 + time}))),
        Just(created(&json!({"orderId": 1}))),
        Just(enveloped(
            "Delivery.Updated",
            &json!({"data": {"order": {"orderId": ORDER, "createdAt": 5},
            "deliveryId": ORDER, "deliveredAt": 1_700_000_005_000_u64}, "meta": {}})
        )),
        (0..300_u16).prop_map(|name| enveloped(&format!("Foreign.{name}"), &json!({}))),
        (2..6_u32).prop_map(declaring),
        Just(json!({"id": "no type"}).to_string()),
    ];
    let garbage = prop_oneof![Just(String::new()), "[{}\\[\\]\"a:,0]{0,8}", Just("null".to_owned())];
    prop_oneof![
        6 => event.clone(),
        1 => garbage,
        1 => vec(event, 0..4).prop_map(|events| batch(&events)),
    ]
}

fn merged(one: &Summary, other: &Summary) -> Summary {
    let mut sum = one.clone();
    sum.merge(other.clone());
    sum
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(64), ..ProptestConfig::default() })]

    /// Summaries of the parts of a lake merge to the summary of the whole, however it is divided.
    #[test]
    fn parts_add_up_to_the_whole(lines in vec((line(), 0..3_usize), 0..60)) {
        let catalog = catalog();
        let (mut complete, mut parts) = (Summary::default(), [(); 3].map(|()| Summary::default()));
        for ((text, part), line) in lines.iter().zip(1..) {
            let at = Place { file: "lake", line };
            complete.add_line(&catalog, at, text.as_bytes());
            parts[*part].add_line(&catalog, at, text.as_bytes());
        }
        let [a, b, c] = &parts;
        prop_assert_eq!(&merged(&merged(a, b), c), &complete);
        prop_assert_eq!(&merged(a, &merged(b, c)), &complete);
        prop_assert_eq!(&merged(&merged(c, a), b), &complete);
        prop_assert_eq!(&merged(&complete, &Summary::default()), &complete);
    }

    /// Holds for summaries of any lakes, including files with the same name.
    #[test]
    fn merging_is_associative_and_commutative(
        a in vec(line(), 0..20),
        b in vec(line(), 0..20),
        c in vec(line(), 0..20),
        cut in any::<bool>(),
    ) {
        let [mut a, b, c] = [a, b, c].map(|lines| summarise(&lines));
        if cut {
            a.add_incomplete(remainder("lake"));
        }
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
    }

    /// Serialising and parsing a summary loses nothing, and every event is counted once.
    #[test]
    fn a_summary_survives_as_json(lines in vec(line(), 0..30)) {
        let mut summary = summarise(&lines);
        summary.add_incomplete(remainder("other"));
        prop_assert_eq!(Summary::from_json(&summary.to_json()).unwrap(), summary.clone());
        let known: u64 = summary.types().iter().map(event_contract::audit::TypeCount::events).sum();
        prop_assert_eq!(known + summary.foreign().total() + summary.unread().total(), summary.events());
        prop_assert_eq!(known, summary.sources().total());
    }

    /// The counted events are those that the catalog reads.
    #[test]
    fn a_summary_counts_what_the_catalog_reads(lines in vec(line(), 0..30)) {
        let summary = summarise(&lines);
        let catalog = catalog();
        let lines = lines.iter().filter(|line| !line.trim().is_empty());
        let answers: Vec<_> = lines.flat_map(|line| catalog.read_all(line.as_bytes())).collect();
        prop_assert_eq!(summary.events(), answers.len() as u64);
        prop_assert_eq!(summary.unread().total(), answers.iter().filter(|answer| answer.is_err()).count() as u64);
    }
}
