//! Reading one delivered order, compared with `serde_json` alone, `aws_lambda_events` and the CloudEvents SDK.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench read
//! ```
//!
//! Every bench asserts the answer that it times. `benches/README.md` lists results.

use std::hint::black_box;

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::contract::order::{Line, OrderCreated};
use event_contract::contract::value::{Currency, Money};
use event_contract::contract::{ORDER_SERVICE, value};
use event_contract::{Event, Open, Reader, Version, wire};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

fn order() -> Event<OrderCreated> {
    let euro = |amount| Money { amount, currency: Currency::EUR };
    let payload = OrderCreated {
        order_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
        placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
        customer: Some(value::PersonName { given_name: "Ada".into(), family_name: "Lovelace".into() }),
        lines: (0..9).map(|i| Line { sku: format!("TEA-{i:08}"), quantity: 2, unit_price: euro(995 + i) }).collect(),
        total: Some(euro(17_982)),
        channel: serde_json::from_value::<Open<_>>(json!("web")).ok(),
        ship_to: Some(serde_json::from_value(json!({"postalCode": "10115", "country": "DE"})).unwrap()),
    };
    let time = "2026-11-22T10:43:01Z".parse().unwrap();
    Event::new(payload, ORDER_SERVICE, time)
        .with_id("01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5062".parse().unwrap())
        .with_correlation_id("01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5061".parse().unwrap())
}

fn delivered(detail: &str) -> String {
    format!(
        r#"{{"version":"0","id":"bbfbc65f-8536-ee88-dc6a-45b85079b7d7","detail-type":"Order.Created","source":"order-service","account":"123456789012","time":"2026-11-22T10:43:01Z","region":"eu-west-1","resources":[],"detail":{detail}}}"#
    )
}

/// Returns the order without and with three unknown fields, and the number of unknown fields.
fn inputs() -> [(&'static str, String, usize); 2] {
    let plain = serde_json::to_string(&order()).unwrap();
    let unknown = plain.replacen(r#""total":"#, r#""giftWrap":{"paper":"red"},"loyalty":"gold","total":"#, 1).replacen(
        r#""quantity":"#,
        r#""weight":250.5,"quantity":"#,
        1,
    );
    [("known", delivered(&plain), 0), ("three unknown fields", delivered(&unknown), 3)]
}

fn reading(c: &mut Criterion) {
    let event = order();
    for (name, text, unknown) in inputs() {
        let bytes = text.as_bytes();
        let mut group = c.benchmark_group(format!("read/{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));

        let check = |payload: &OrderCreated| assert_eq!(payload, event.payload());
        check(&serde_json::from_slice::<Envelope>(bytes).unwrap().detail.data);
        group.bench_function("serde_json", |b| {
            b.iter(|| serde_json::from_slice::<Envelope>(black_box(bytes)).unwrap());
        });

        let reader = Reader::<OrderCreated>::default();
        let read = reader.read(bytes).unwrap();
        assert_eq!(read.observations().len(), unknown);
        assert_eq!(read.event().unknown_fields().count(), unknown);
        assert_eq!(read.into_event().without_unknown_fields(), event);
        group.bench_function("event-contract", |b| b.iter(|| reader.read(black_box(bytes)).unwrap()));

        let ignoring = reader.clone().ignoring_unknown_fields();
        let read = ignoring.read(bytes).unwrap();
        assert_eq!((read.observations().len(), read.into_event()), (unknown, event.clone()));
        group.bench_function("event-contract, unknown fields ignored", |b| {
            b.iter(|| ignoring.read(black_box(bytes)).unwrap());
        });

        check(&serde_json::from_slice::<EventBridgeEvent<Detail>>(bytes).unwrap().detail.data);
        group.bench_function("aws_lambda_events", |b| {
            b.iter(|| serde_json::from_slice::<EventBridgeEvent<Detail>>(black_box(bytes)).unwrap());
        });

        let document = cloud_event(&text);
        check(&from_cloud_event(document.as_bytes()).data);
        group.bench_function("cloudevents-sdk", |b| b.iter(|| from_cloud_event(black_box(document.as_bytes()))));
        group.finish();
    }
}

/// Converts an envelope to a `CloudEvents` document with the detail as data.
fn cloud_event(envelope: &str) -> String {
    let envelope: Value = envelope.parse().unwrap();
    json!({"specversion": "1.0", "id": envelope["id"], "type": envelope["detail-type"], "source": envelope["source"],
        "time": envelope["time"], "datacontenttype": "application/json", "data": envelope["detail"]})
    .to_string()
}

fn from_cloud_event(bytes: &[u8]) -> Detail {
    let event: cloudevents::Event = serde_json::from_slice(bytes).unwrap();
    match event.data() {
        Some(cloudevents::Data::Json(data)) => Detail::deserialize(data).unwrap(),
        other => panic!("expected JSON data, found {other:?}"),
    }
}

fn routing(c: &mut Criterion) {
    let [(_, text, _), _] = inputs();
    let mut group = c.benchmark_group("route");
    // The type is the last member of the detail.
    let mut detail: Value = text.parse::<Value>().unwrap()["detail"].take();
    let mut rest = detail.as_object_mut().unwrap().clone();
    let (event_type, version) = (rest.remove("type").unwrap(), rest.remove("version").unwrap());
    let rest = Value::Object(rest).to_string();
    let rest = rest.strip_suffix('}').unwrap();
    let late = delivered(&format!(r#"{rest},"version":{version},"type":{event_type}}}"#));
    for (name, text) in [("as written", &text), ("type last", &late)] {
        let bytes = text.as_bytes();
        let route = wire::route(bytes).unwrap();
        assert_eq!(route.event_type.as_deref(), Some("Order.Created"), "{text}");
        assert_eq!(route.version.map(Version::get), Some(3), "{text}");
        group.bench_function(name, |b| b.iter(|| wire::route(black_box(bytes)).unwrap()));
    }
    let bytes = text.as_bytes();
    group.bench_function("serde_json, whole envelope", |b| {
        b.iter(|| serde_json::from_slice::<Envelope>(black_box(bytes)).unwrap());
    });
    group.finish();
}

/// Measures growth with the number of lines of a lake; the cost per line must stay constant.
fn lines(c: &mut Criterion) {
    let [(_, text, _), _] = inputs();
    let mut group = c.benchmark_group("lines");
    let reader = Reader::<OrderCreated>::default();
    for count in [10_usize, 100, 1000] {
        let lake = format!("{text}\n").repeat(count);
        group.throughput(Throughput::Elements(count as u64));
        assert_eq!(reader.read_all(lake.as_bytes()).iter().filter(|result| result.is_ok()).count(), count);
        group.bench_with_input(BenchmarkId::new("event-contract", count), &lake, |b, lake| {
            b.iter_batched(|| lake.as_bytes(), |bytes| reader.read_all(bytes), BatchSize::SmallInput);
        });
        let plain =
            |lake: &str| lake.lines().map(|line| serde_json::from_str::<Envelope>(line).unwrap()).collect::<Vec<_>>();
        assert_eq!(plain(&lake).len(), count);
        group.bench_with_input(BenchmarkId::new("serde_json", count), &lake, |b, lake| {
            b.iter(|| plain(black_box(lake)));
        });
    }
    group.finish();
}

criterion_group!(benches, reading, routing, lines);
criterion_main!(benches);
