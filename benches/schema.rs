//! Schema generation for 1,000 payloads, compared with schemars alone, and growth with the number of fields.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench schema
//! ```
//!
//! Every bench asserts the answer that it times. `benches/README.md` lists results.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::Payload;
use event_contract::contract::{delivery, order};
use event_contract::schema::Schema;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Function that returns the writer and the reader schema of a payload.
type Schemas = fn() -> [Value; 2];

fn ours<P: Payload + JsonSchema>() -> [Value; 2] {
    [Schema::writer::<P>(), Schema::reader::<P>()].map(|schema| schema.as_value().clone())
}

/// Generates both schemas by schemars alone: without bounds and aliases, and not closed.
fn theirs<P: JsonSchema>() -> [Value; 2] {
    let schema = |settings: SchemaSettings| settings.into_generator().into_root_schema_for::<P>().to_value();
    [schema(SchemaSettings::draft2020_12().for_serialize()), schema(SchemaSettings::draft2020_12().for_deserialize())]
}

macro_rules! payloads {
    ($($payload:ty),* $(,)?) => {
        [$((ours::<$payload> as Schemas, theirs::<$payload> as Schemas)),*]
    };
}

fn thousand(c: &mut Criterion) {
    let contract = payloads![
        order::v1::OrderCreated,
        order::v2::OrderCreated,
        order::OrderCreated,
        order::v1::OrderUpdated,
        order::v2::OrderUpdated,
        order::OrderUpdated,
        order::OrderPlaced,
        order::OrderProgressed,
        delivery::v1::DeliveryUpdated,
        delivery::v2::DeliveryUpdated,
        delivery::DeliveryUpdated,
        delivery::DeliveryPlanned,
        delivery::DeliveryProgressed,
    ];
    let names = |[writer, reader]: [Value; 2]| {
        let count = |schema: &Value| schema["properties"].as_object().unwrap().len();
        (count(&writer), count(&reader))
    };
    for (ours, theirs) in contract {
        let ((writer, reader), of_theirs) = (names(ours()), names(theirs()));
        // The reader schema also declares aliases.
        assert!(writer == of_theirs.0 && reader >= of_theirs.1 && reader <= writer + 1);
    }
    let mut group = c.benchmark_group("schemas");
    group.sample_size(10).throughput(Throughput::Elements(1_000));
    // Generation caches nothing, so repeating the contract costs as much as 1,000 types.
    let all = |side: fn(&(Schemas, Schemas)) -> Schemas| {
        contract.iter().cycle().take(1_000).map(move |both| black_box(side(both)()))
    };
    group.bench_function("1,000 payloads", |b| b.iter(|| all(|both| both.0).map(|both| both.len()).sum::<usize>()));
    group.bench_function("1,000 payloads, schemars alone", |b| {
        b.iter(|| all(|both| both.1).map(|both| both.len()).sum::<usize>());
    });
    group.finish();
}

macro_rules! wide {
    ($name:ident: $($field:ident)*) => {
        #[derive(Serialize, Deserialize, JsonSchema, Payload)]
        #[payload(external, name = "Wide", version = 1)]
        struct $name { $($field: Option<u32>),* }
    };
}

wide!(Fields8: a b c d e f g h);
wide!(Fields32: a0 b0 c0 d0 e0 f0 g0 h0 a1 b1 c1 d1 e1 f1 g1 h1 a2 b2 c2 d2 e2 f2 g2 h2 a3 b3 c3 d3 e3 f3 g3 h3);
wide!(Fields128:
    a0 b0 c0 d0 e0 f0 g0 h0 a1 b1 c1 d1 e1 f1 g1 h1 a2 b2 c2 d2 e2 f2 g2 h2 a3 b3 c3 d3 e3 f3 g3 h3
    a4 b4 c4 d4 e4 f4 g4 h4 a5 b5 c5 d5 e5 f5 g5 h5 a6 b6 c6 d6 e6 f6 g6 h6 a7 b7 c7 d7 e7 f7 g7 h7
    i0 j0 k0 l0 m0 n0 o0 p0 i1 j1 k1 l1 m1 n1 o1 p1 i2 j2 k2 l2 m2 n2 o2 p2 i3 j3 k3 l3 m3 n3 o3 p3
    i4 j4 k4 l4 m4 n4 o4 p4 i5 j5 k5 l5 m5 n5 o5 p5 i6 j6 k6 l6 m6 n6 o6 p6 i7 j7 k7 l7 m7 n7 o7 p7);

fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("fields");
    for (count, both) in [(8_usize, ours::<Fields8> as Schemas), (32, ours::<Fields32>), (128, ours::<Fields128>)] {
        assert_eq!(both()[1]["properties"].as_object().unwrap().len(), count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::from_parameter(count), &both, |b, both| b.iter(|| black_box(both())));
    }
    group.finish();
}

criterion_group!(benches, thousand, growth);
criterion_main!(benches);
