//! Publishing orders: creating an entry, its size, and planning batches.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench publish
//! ```
//!
//! Every bench asserts the answer that it times.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::contract::order::{Line, OrderCreated};
use event_contract::contract::value::{Currency, Money};
use event_contract::contract::{ORDER_SERVICE, value};
use event_contract::publish::{Batch, BatchPlan, Bus, Entry, SizeLimit};
use event_contract::{Event, Open};
use serde_json::{Value, json};

/// Small like the orders, so that some batches end at the limit of bytes and others at the limit of entries.
const LIMIT: SizeLimit = SizeLimit::bytes(24 * 1024);

/// Returns an order with this number of lines, which determines its size.
fn order(lines: i64) -> Event<OrderCreated> {
    let euro = |amount| Money { amount, currency: Currency::EUR };
    let payload = OrderCreated {
        order_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
        placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
        customer: Some(value::PersonName { given_name: "Ada".into(), family_name: "Lovelace".into() }),
        lines: (0..lines)
            .map(|i| Line { sku: format!("TEA-{i:08}"), quantity: 2, unit_price: euro(995 + i) })
            .collect(),
        total: Some(euro(17_982)),
        channel: serde_json::from_value::<Open<_>>(json!("web")).ok(),
        ship_to: Some(serde_json::from_value(json!({"postalCode": "10115", "country": "DE"})).unwrap()),
    };
    Event::new(payload, ORDER_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap())
}

fn entries(bus: &Bus<event_contract::External>, count: usize) -> Vec<Entry> {
    // In each hundred, a third of the first half is large.
    let large = bus.entry(&order(60)).unwrap();
    let plain = bus.entry(&order(9)).unwrap();
    (0..count).map(|number| if number % 100 < 50 && number % 3 == 0 { large.clone() } else { plain.clone() }).collect()
}

/// Computes the size of an entry from its serialized request, as a publisher without `Entry::size` would.
fn measure_serialized(entry: &Entry) -> usize {
    let request: Value = serde_json::to_value(entry).unwrap();
    let text = |name: &str| request[name].as_str().map_or(0, str::len);
    14 + text("Source") + text("DetailType") + text("Detail")
}

fn one(c: &mut Criterion) {
    let bus = Bus::external().named("backbone");
    let event = order(9);
    let entry = bus.entry(&event).unwrap();
    assert_eq!(entry.size(), measure_serialized(&entry));
    assert!(entry.to_json().len() > entry.size());

    let mut group = c.benchmark_group("entry");
    group.throughput(Throughput::Bytes(entry.size() as u64));
    group.bench_function("serde_json, the event alone", |b| {
        b.iter(|| serde_json::to_string(black_box(&event)).unwrap());
    });
    group.bench_function("event-contract", |b| b.iter(|| bus.entry(black_box(&event)).unwrap()));
    group.bench_function("size", |b| b.iter(|| black_box(&entry).size()));
    group.bench_function("size, of the serialized entry", |b| b.iter(|| measure_serialized(black_box(&entry))));
    group.finish();
}

/// Measures growth with the number of entries; the cost per entry must stay constant.
///
/// Each round plans the entries of the previous round: neither a copy of them nor dropping the plan is measured, and
/// neither evicts the entries from the caches.
fn plan(c: &mut Criterion) {
    let bus = Bus::external().named("backbone");
    let mut group = c.benchmark_group("plan");
    group.sample_size(50);
    for count in [100_usize, 1000, 10_000, 100_000] {
        let entries = entries(&bus, count);
        let plan = BatchPlan::new(entries.clone(), LIMIT);
        assert!(plan.too_large().is_empty());
        assert!(plan.batches().iter().flat_map(Batch::entries).eq(&entries));
        assert!(plan.batches().iter().all(|batch| batch.size() <= LIMIT.get()));
        let ends: BTreeSet<bool> =
            plan.batches().iter().rev().skip(1).map(|batch| batch.entries().len() < Batch::MAX_ENTRIES).collect();
        assert_eq!(
            ends.len(),
            2,
            "expected batches that end at the limit of bytes and batches that end at the limit of entries"
        );
        let batches = plan.batches().len();
        drop(plan);
        group.throughput(Throughput::Elements(count as u64));
        let mut entries = entries;
        group.bench_function(BenchmarkId::new("orders", count), |b| {
            b.iter_custom(|rounds| {
                let mut elapsed = Duration::ZERO;
                for _ in 0..rounds {
                    let input = std::mem::take(&mut entries);
                    let start = Instant::now();
                    let plan = BatchPlan::new(black_box(input), LIMIT);
                    elapsed += start.elapsed();
                    assert_eq!(plan.batches().len(), batches);
                    entries = plan.into_parts().0.into_iter().flat_map(Batch::into_entries).collect();
                }
                elapsed
            });
        });
        assert_eq!(entries.len(), count);
    }
    group.finish();
}

criterion_group!(benches, one, plan);
criterion_main!(benches);
