//! Containment of a writer's schema in a reader's: a typical event, and growth with fields, depth, versions and alternatives.
//! `compat_peers.rs` compares with other libraries.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench compat
//! ```
//!
//! Every bench asserts the answer that it times.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::compat::{Question, Verdict};
use jsonschema::canonical::{Containment, options};
use serde_json::{Map, Value, json};

/// Returns the schema of an order in an event; a higher `version` widens each field.
fn order(version: usize) -> Value {
    let text = |length: usize| json!({"type": "string", "minLength": 1, "maxLength": length});
    let money = json!({"type": "object", "required": ["amount", "currency"], "additionalProperties": false, "properties": {
        "amount": {"type": "integer", "minimum": 0, "maximum": 1_000_000 * version}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}}});
    let line = json!({"type": "object", "required": ["sku", "quantity", "unitPrice"], "additionalProperties": false, "properties": {
        "sku": text(40 * version), "quantity": {"type": "integer", "minimum": 1, "maximum": 999}, "unitPrice": money}});
    let channels = ["web", "app", "phone", "store"];
    json!({"type": "object", "required": ["orderId", "placedAt", "lines"], "additionalProperties": false, "properties": {
        "orderId": {"type": "string", "format": "uuid"},
        "placedAt": {"type": "string", "format": "date-time"},
        "customer": {"anyOf": [{"type": "object", "required": ["familyName"], "properties": {
            "givenName": text(100), "familyName": text(100 * version)}}, {"type": "null"}]},
        "lines": {"type": "array", "minItems": 1, "maxItems": 200 * version, "items": line},
        "total": money,
        "channel": {"enum": channels[..(1 + version).min(4)]},
        "shipTo": {"type": "object", "required": ["postalCode", "country"], "properties": {
            "postalCode": text(12), "country": {"type": "string", "minLength": 2, "maxLength": 2}}},
    }})
}

fn is_contained(writer: &Value, reader: &Value) -> bool {
    match Question::new(writer, reader).ask().unwrap() {
        Verdict::Contained => true,
        Verdict::Broken { .. } => false,
        Verdict::Undecided { reason } => panic!("{reason}"),
    }
}

fn events(c: &mut Criterion) {
    let (older, newer) = (order(1), order(2));
    assert!(is_contained(&older, &newer) && !is_contained(&newer, &older));
    let canonical = |schema: &Value| options().offline().should_validate_formats(false).canonicalize(schema).unwrap();
    assert_eq!(canonical(&newer).covers(&canonical(&older)).unwrap(), Containment::Yes);

    let mut group = c.benchmark_group("an order");
    group.bench_function("contained", |b| b.iter(|| Question::new(black_box(&older), black_box(&newer)).ask()));
    group.bench_function("contained, the proof alone", |b| {
        b.iter(|| Question::new(black_box(&older), black_box(&newer)).random_samples(0).ask());
    });
    group.bench_function("broken, with its findings", |b| {
        b.iter(|| Question::new(black_box(&newer), black_box(&older)).ask());
    });
    group.bench_function("contained, by `jsonschema`'s `covers` alone", |b| {
        b.iter(|| canonical(black_box(&newer)).covers(&canonical(black_box(&older))));
    });
    group.finish();
}

fn wide(fields: usize, bound: usize) -> Value {
    let field = |number: usize| (format!("field{number}"), json!({"type": "string", "maxLength": bound + number}));
    let names: Vec<String> = (0..fields).step_by(2).map(|number| format!("field{number}")).collect();
    let properties: serde_json::Map<_, _> = (0..fields).map(field).collect();
    json!({"type": "object", "required": names, "properties": properties, "additionalProperties": false})
}

/// Measures growth with the number of fields; the cost per field must stay constant.
fn fields(c: &mut Criterion) {
    let mut group = c.benchmark_group("fields");
    for count in [8, 32, 128, 512] {
        let (writer, reader) = (wide(count, 10), wide(count, 20));
        assert!(is_contained(&writer, &reader) && !is_contained(&reader, &writer));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("contained", count), &count, |b, _| {
            b.iter(|| Question::new(&writer, &reader).ask());
        });
        let mut broken = writer.clone();
        broken["properties"]["field1"]["maxLength"] = json!(100);
        assert!(!is_contained(&broken, &reader));
        group.bench_with_input(BenchmarkId::new("broken in one", count), &count, |b, _| {
            b.iter(|| Question::new(&broken, &reader).ask());
        });
    }
    group.finish();
}

fn depth(c: &mut Criterion) {
    let nested = |depth: usize, leaf: Value| {
        (0..depth).fold(leaf, |inner, _| json!({"type": "object", "required": ["a"], "properties": {"a": inner}}))
    };
    let mut group = c.benchmark_group("depth");
    for count in [4, 16, 48] {
        let (writer, reader) = (nested(count, json!({"type": "integer"})), nested(count, json!({"type": "number"})));
        assert!(is_contained(&writer, &reader));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("contained", count), &count, |b, _| {
            b.iter(|| Question::new(&writer, &reader).ask());
        });
    }
    group.finish();
}

/// Measures growth with the number of versions, for a reader of all of them; the cost per version must stay constant.
fn versions(c: &mut Criterion) {
    let tagged = |version: usize| {
        let mut order = order(version);
        order["properties"]["version"] = json!({"const": version});
        order["required"] = json!(["version", "orderId", "placedAt", "lines"]);
        order
    };
    let mut group = c.benchmark_group("versions");
    for count in [1, 4, 16, 64] {
        let all: Vec<Value> = (1..=count).map(tagged).collect();
        let (reader, newest) = (json!({"anyOf": all}), tagged(count));
        assert!(is_contained(&newest, &reader) && (count == 1 || !is_contained(&reader, &newest)));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("the newest, by a reader of all", count), &count, |b, _| {
            b.iter(|| Question::new(&newest, &reader).ask());
        });
        let wider = json!({"anyOf": all.iter().rev().collect::<Vec<_>>()});
        assert!(is_contained(&reader, &wider));
        group.bench_with_input(BenchmarkId::new("all, by a reader of all", count), &count, |b, _| {
            b.iter(|| Question::new(&reader, &wider).ask());
        });
    }
    group.finish();
}

/// Returns a union of alternatives that a constant distinguishes, with ten members each.
fn union(alternatives: usize, member: impl Fn(usize, usize) -> Value) -> Value {
    let alternative = |number: usize| {
        let mut properties: Map<String, Value> =
            (0..10).map(|index| (format!("field{index}"), member(number, index))).collect();
        let required: Vec<String> = properties.keys().cloned().chain(["kind".to_owned()]).collect();
        properties.insert("kind".to_owned(), json!({"const": format!("kind{number}")}));
        json!({"type": "object", "properties": properties, "required": required})
    };
    json!({"oneOf": (0..alternatives).map(alternative).collect::<Vec<_>>()})
}

/// Measures growth with the number of alternatives of a tagged union in which one has changed.
fn unions(c: &mut Criterion) {
    let member = |number: usize, index: usize| {
        let kind = ["string", "integer"][(number + index) % 2];
        json!({ "type": kind })
    };
    let mut group = c.benchmark_group("unions");
    for count in [14, 50, 200] {
        let before = union(count, member);
        let after = |kind: Value| {
            union(count, |number, index| match (number, index) {
                (7, 3) => json!({ "type": kind }),
                _ => member(number, index),
            })
        };
        let (wider, other) = (after(json!(["string", "integer"])), after(json!("boolean")));
        let findings = |reader: &Value| match Question::new(&before, reader).ask().unwrap() {
            Verdict::Contained => Vec::new(),
            Verdict::Broken { incompatibilities, .. } => incompatibilities.iter().map(ToString::to_string).collect(),
            Verdict::Undecided { reason } => panic!("{reason}"),
        };
        assert_eq!(findings(&wider), [""; 0]);
        assert_eq!(findings(&other), ["type-narrowed at /field3: #/oneOf/7/properties/field3/type"]);
        group.throughput(Throughput::Elements(count as u64));
        for (name, reader) in [("unchanged", &before), ("wider in one", &wider), ("broken in one", &other)] {
            group.bench_with_input(BenchmarkId::new(name, count), &count, |b, _| {
                b.iter(|| Question::new(&before, reader).ask());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, events, fields, depth, versions, unions);
criterion_main!(benches);
