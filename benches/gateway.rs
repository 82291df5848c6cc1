//! Orders across the boundary of the Order service: the cost of one must not grow with their number.
//!
//! ```text
//! cargo bench --no-default-features --bench gateway
//! ```

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::contract::ORDER_SERVICE;
use event_contract::contract::order::{OrderCreated, OrderPlaced, PlacedLine, gateway};
use event_contract::contract::value::{Contact, Currency, Money, OrderId, PersonName};
use event_contract::{Event, wire};

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
    for count in [100_usize, 1_000, 10_000] {
        let orders: Vec<_> = (0..count).map(placed).collect();
        let bytes: Vec<_> = orders.iter().map(|order| serde_json::to_vec(order).unwrap()).collect();
        group.throughput(Throughput::Elements(count as u64));

        let events =
            || orders.iter().flat_map(|order| gateway.cross_event(order).unwrap().into_events()).collect::<Vec<_>>();
        let read = |bytes: &[u8]| gateway.cross(&wire::detail::delivery(bytes)).unwrap().into_events();
        let of_bytes = || bytes.iter().flat_map(|bytes| read(bytes)).collect::<Vec<_>>();
        let created = events();
        assert_eq!(created.len(), count);
        assert_eq!(created, of_bytes());
        let last = created[count - 1].read::<OrderCreated>().unwrap();
        assert_eq!(last.payload().customer, orders[count - 1].payload().contact.name);

        group.bench_with_input(BenchmarkId::new("events", count), &(), |b, ()| b.iter_with_large_drop(events));
        group.bench_with_input(BenchmarkId::new("bytes", count), &(), |b, ()| b.iter_with_large_drop(of_bytes));
    }
    group.finish();
}

criterion_group!(benches, egress);
criterion_main!(benches);
