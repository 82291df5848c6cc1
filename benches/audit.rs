//! Auditing a lake, compared with `serde_json` alone into plain structs.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench audit
//! ```
//!
//! Audits a lake of any size once from a file, which stays in `target/tmp` for the command line:
//!
//! ```text
//! LAKE=1000000 cargo bench -p event-contract-benches --bench audit
//! ```
//!
//! Every bench asserts the answer that it times. `benches/README.md` lists results.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use event_contract::audit::{Place, Summary};
use event_contract::catalog::Catalog;
use event_contract::contract::order::{Line, OrderCreated};
use event_contract::contract::value::{self, Currency, Money};
use event_contract::contract::{self, ORDER_SERVICE};
use event_contract::{Event, EventId, Open};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An envelope as a service without this library would define it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "deserializing all fields is part of the measured work")]
struct Envelope {
    version: String,
    id: String,
    detail_type: String,
    source: String,
    account: String,
    time: String,
    region: String,
    resources: Vec<String>,
    detail: Detail,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    id: String,
    r#type: String,
    version: u32,
    timestamp: i64,
    partition_key: String,
    source: Option<String>,
    correlation_id: Option<String>,
    data: OrderCreated,
}

/// Returns a line of a lake: an order of 1 KB. Every tenth line has three unknown fields.
fn line(number: usize) -> String {
    let euro = |amount| Money { amount, currency: Currency::EUR };
    let payload = OrderCreated {
        order_id: format!("7c9e6679-7425-40de-944b-{number:012x}").parse().unwrap(),
        placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
        customer: Some(value::PersonName { given_name: "Ada".into(), family_name: "Lovelace".into() }),
        lines: (0..4).map(|i| Line { sku: format!("TEA-{i:08}"), quantity: 2, unit_price: euro(995 + i) }).collect(),
        total: Some(euro(7_972)),
        channel: serde_json::from_value::<Open<_>>(json!("web")).ok(),
        ship_to: Some(serde_json::from_value(json!({"postalCode": "10115", "country": "DE"})).unwrap()),
    };
    let time = "2026-11-22T10:43:01Z".parse().unwrap();
    let event = Event::new(payload, ORDER_SERVICE, time)
        .with_id(EventId::derived([number.to_string()]))
        .with_correlation_id(EventId::derived(["correlation", &number.to_string()]));
    let mut detail = serde_json::to_string(&event).unwrap();
    if number.is_multiple_of(10) {
        detail = detail.replacen(r#""total":"#, r#""giftWrap":{"paper":"red"},"loyalty":"gold","total":"#, 1).replacen(
            r#""quantity":"#,
            r#""weight":250.5,"quantity":"#,
            1,
        );
    }
    format!(
        r#"{{"version":"0","id":"bbfbc65f-8536-ee88-dc6a-45b85079b7d7","detail-type":"Order.Created","source":"order-service","account":"123456789012","time":"2026-11-22T10:43:01Z","region":"eu-west-1","resources":[],"detail":{detail}}}"#
    )
}

fn audit(catalog: &Catalog, lines: impl BufRead) -> Summary {
    let mut summary = Summary::default();
    for_each_line(lines, |line, text| summary.add_line(catalog, Place { file: "lake", line }, text));
    summary
}

fn read_plain(lines: impl BufRead) -> u64 {
    let mut sum = 0;
    for_each_line(lines, |_, text| {
        let envelope: Envelope = serde_json::from_slice(text).unwrap();
        sum += black_box(envelope).detail.data.lines.len() as u64 / 4;
    });
    sum
}

fn for_each_line(mut lines: impl BufRead, mut with: impl FnMut(u64, &[u8])) {
    let (mut text, mut number) = (Vec::new(), 0);
    while lines.read_until(b'\n', &mut text).unwrap() > 0 {
        number += 1;
        with(number, &text);
        text.clear();
    }
}

fn check(summary: &Summary, count: u64) {
    let [created] = summary.types() else { panic!("{:?}", summary.types()) };
    assert_eq!((created.event_type(), created.version().get(), created.events()), ("Order.Created", 3, count));
    assert_eq!((summary.events(), summary.lines(), summary.unread().total()), (count, count, 0));
    let tolerated: Vec<_> =
        created.tolerated().listed().iter().map(|(observation, count)| (observation.pointer(), *count)).collect();
    let tenth = count / 10;
    let unknown = ["/detail/data/giftWrap", "/detail/data/lines/*/weight", "/detail/data/loyalty"];
    assert_eq!(tolerated, unknown.map(|pointer| (pointer, tenth)));
}

fn lake(c: &mut Criterion) {
    let catalog = contract::catalog().unwrap();
    let mut group = c.benchmark_group("audit");
    group.sample_size(20);
    for count in [10_000_usize, 100_000] {
        let lake: String = (0..count).map(|number| line(number) + "\n").collect();
        let count = count as u64;
        group.throughput(Throughput::Elements(count));
        check(&audit(&catalog, lake.as_bytes()), count);
        group.bench_function(format!("event-contract/{count}"), |b| {
            b.iter(|| audit(&catalog, black_box(lake.as_bytes())));
        });
        assert_eq!(read_plain(lake.as_bytes()), count);
        group.bench_function(format!("serde_json/{count}"), |b| b.iter(|| read_plain(black_box(lake.as_bytes()))));
    }
    group.finish();
}

/// Returns a summary whose types alternate with those of the summary with another offset, in the order of their names.
fn summary_of_types(count: usize, offset: usize) -> Summary {
    let empty = json!({"listed": [], "others": 0});
    let counts = |number: usize| {
        let name = format!("Type.{:08}", number * 2 + offset);
        json!({"type": name, "version": 1, "events": 1, "tolerated": empty})
    };
    let types: Vec<_> = (0..count).map(counts).collect();
    let summary = json!({"summary": 1, "events": count, "lines": count, "bytes": 0, "first": null, "last": null,
        "types": types, "foreign": empty, "sources": empty, "unread": empty, "incomplete": empty});
    Summary::from_json(&summary.to_string()).unwrap()
}

fn merge(c: &mut Criterion) {
    let mut group = c.benchmark_group("merge");
    group.sample_size(10);
    for count in [1_000_usize, 10_000, 100_000] {
        let (one, other) = (summary_of_types(count, 0), summary_of_types(count, 1));
        let merged = |mut sum: Summary, other| {
            sum.merge(other);
            sum
        };
        assert_eq!(merged(one.clone(), other.clone()).types().len(), 2 * count);
        group.throughput(Throughput::Elements(2 * count as u64));
        group.bench_function(format!("types/{count}"), |b| {
            b.iter_batched(|| (one.clone(), other.clone()), |(one, other)| merged(one, other), BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// Writes a lake with this number of lines, and measures one run of `serde_json` and one of the audit.
fn measure_file(count: usize) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lake-{count}.jsonl"));
    let mut file = BufWriter::new(File::create(&path).unwrap());
    (0..count).for_each(|number| writeln!(file, "{}", line(number)).unwrap());
    file.into_inner().unwrap();
    let count = count as u64;
    println!("{count} lines, {} bytes: {}", path.metadata().unwrap().len(), path.display());
    let input = || BufReader::with_capacity(256 * 1024, File::open(&path).unwrap());

    let begin = Instant::now();
    assert_eq!(read_plain(input()), count);
    let plain_time = begin.elapsed();
    println!("serde_json      {:.3} s", plain_time.as_secs_f64());

    let catalog = contract::catalog().unwrap();
    let begin = Instant::now();
    check(&audit(&catalog, input()), count);
    let audit_time = begin.elapsed();
    println!("event-contract  {:.3} s", audit_time.as_secs_f64());
    println!("rate relative to serde_json: {:.2}", plain_time.as_secs_f64() / audit_time.as_secs_f64());
}

criterion_group!(benches, lake, merge);

fn main() {
    if let Ok(count) = std::env::var("LAKE") {
        return measure_file(count.parse().expect("expected a number of lines in LAKE"));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
