//! Orders through the egress of the Order service, into put entries, and through the ingress of the Delivery service. The
//! cost per order must not grow with their number.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench gateway
//! ```
//!
//! Every bench asserts the answer that it times.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::contract::delivery::{self, DeliveryPlanned};
use event_contract::contract::order::{OrderCreated, OrderPlaced, PlacedLine, gateway};
use event_contract::contract::value::{Contact, Currency, Money, OrderId, PersonName};
use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE};
use event_contract::publish::{Batch, BatchPlan, Bus, Entry, SizeLimit};
use event_contract::{Event, wire};
use serde_json::{Value, json};

const COUNTS: [usize; 3] = [100, 1_000, 10_000];

fn placed(number: usize) -> Event<OrderPlaced> {
    let euro = |amount| Money { amount, currency: Currency::EUR };
    let name = PersonName { given_name: "Ada".into(), family_name: format!("Lovelace {number}") };
    let payload = OrderPlaced {
        order_id: OrderId::new(uuid::Uuid::from_u128(number as u128)),
        placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
        contact: Contact { name: Some(name), email: Some("ada@example.com".into()), phone: None },
        address: None,
        lines: (0..3)
            .map(|line| PlacedLine {
                sku: format!("TEA-{line}"),
                quantity: 2,
                unit_price: euro(995),
                unit_cost: Some(euro(410)),
            })
            .collect(),
        total: euro(5970),
        margin: Some(euro(3510)),
        channel: None,
        fraud_score: Some(3),
        operator_notes: vec!["called twice".into()],
    };
    Event::new(payload, ORDER_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap())
}

fn egress(c: &mut Criterion) {
    let gateway = gateway::egress();
    let mut group = c.benchmark_group("egress");
    for count in COUNTS {
        let orders: Vec<_> = (0..count).map(placed).collect();
        let bytes: Vec<_> = orders.iter().map(|order| serde_json::to_vec(order).unwrap()).collect();
        group.throughput(Throughput::Elements(count as u64));

        let events =
            || orders.iter().flat_map(|order| gateway.cross_event(order).unwrap().into_events()).collect::<Vec<_>>();
        let read = |bytes: &[u8]| {
            gateway.cross(&wire::Delivery::with_shape(bytes, wire::Shape::Detail)).unwrap().into_events()
        };
        let from_bytes = || bytes.iter().flat_map(|bytes| read(bytes)).collect::<Vec<_>>();
        let created = events();
        assert_eq!(created.len(), count);
        assert_eq!(created, from_bytes());
        let last = created[count - 1].read::<OrderCreated>().unwrap();
        assert_eq!(last.payload().customer, orders[count - 1].payload().contact.name);

        group.bench_with_input(BenchmarkId::new("events", count), &(), |b, ()| b.iter_with_large_drop(events));
        group.bench_with_input(BenchmarkId::new("bytes", count), &(), |b, ()| b.iter_with_large_drop(from_bytes));
    }
    group.finish();
}

/// Measures the complete path of a shared order: egress, entry and batch plan.
fn publish(c: &mut Criterion) {
    let gateway = gateway::egress();
    let bus = Bus::external().named("backbone");
    let mut group = c.benchmark_group("egress, entries and plan");
    group.sample_size(30);
    for count in COUNTS {
        let orders: Vec<_> = (0..count).map(placed).collect();
        let plan = || {
            let crossings = orders.iter().flat_map(|order| gateway.cross_event(order).unwrap().into_events());
            BatchPlan::new(crossings.map(|event| bus.encoded_entry(&event).unwrap()), SizeLimit::KIB_256)
        };
        let planned = plan();
        assert!(planned.too_large().is_empty());
        assert_eq!(planned.batches().len(), count / Batch::MAX_ENTRIES);
        let entries: Vec<&Entry> = planned.batches().iter().flat_map(Batch::entries).collect();
        assert_eq!(entries.len(), count);
        for (order, entry) in orders.iter().zip(entries) {
            let created: Value = entry.detail().parse().unwrap();
            assert_eq!((entry.source(), entry.detail_type()), ("order-service", "Order.Created"));
            assert_eq!((&created["causationId"], created["data"].get("margin")), (&json!(order.id()), None));
        }

        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("orders", count), |b| b.iter_with_large_drop(plan));
    }
    group.finish();
}

/// Measures the ingress of envelopes into the Delivery service.
fn ingress(c: &mut Criterion) {
    let (egress, ingress) = (gateway::egress(), delivery::gateway::ingress());
    let mut group = c.benchmark_group("ingress");
    group.sample_size(30);
    for count in COUNTS {
        let orders: Vec<_> = (0..count).map(placed).collect();
        let created = orders.iter().flat_map(|order| egress.cross_event(order).unwrap().into_events());
        let envelope = |detail: &str| {
            let before = r#"{"version":"0","id":"bbfbc65f-8536-ee88-dc6a-45b85079b7d7","detail-type":"Order.Created","source":"order-service","account":"111122223333","time":"2026-11-22T10:43:02Z","region":"eu-west-1","resources":[],"detail":"#;
            format!("{before}{detail}}}").into_bytes()
        };
        let bytes: Vec<_> = created.map(|event| envelope(event.detail())).collect();
        let take_in = || {
            let crossing = |bytes: &Vec<u8>| ingress.cross(&wire::deliveries(bytes).unwrap()[0]).unwrap().into_events();
            bytes.iter().flat_map(crossing).collect::<Vec<_>>()
        };
        let taken = take_in();
        assert_eq!(taken.len(), count);
        for (order, event) in orders.iter().zip(&taken) {
            let planned = event.read::<DeliveryPlanned>().unwrap();
            assert_eq!(planned.payload().order_id, order.payload().order_id);
            assert_eq!(
                (planned.metadata().source.as_ref(), planned.metadata().correlation_id.as_ref()),
                (Some(&DELIVERY_SERVICE), Some(order.id()))
            );
        }

        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("envelopes", count), |b| b.iter_with_large_drop(take_in));
    }
    group.finish();
}

criterion_group!(benches, egress, publish, ingress);
criterion_main!(benches);
