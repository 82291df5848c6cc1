//! Registry formats agree on which documents are valid.

use std::collections::BTreeSet;

use event_contract::catalog;
use event_contract::contract::{self, DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
use event_contract::registry::{Format, NoteKind};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::case::{Dialect, FormatSchema, Subject, changes, subjects, subjects_of};
use crate::zoo;

fn validator(dialect: Dialect, schema: &Value, formats: bool) -> Validator {
    let (draft, schema) = match dialect {
        Dialect::Draft2020 => (Draft::Draft202012, schema.clone()),
        Dialect::Draft2019 => (Draft::Draft201909, schema.clone()),
        Dialect::Draft07 => (Draft::Draft7, schema.clone()),
        Dialect::Draft04 => (Draft::Draft4, schema.clone()),
        // OpenAPI 3.0.3: `nullable` adds null to the adjacent type.
        Dialect::OpenApi30 => (Draft::Draft4, without_nullable(schema)),
    };
    jsonschema::options().with_draft(draft).should_validate_formats(formats).build(&schema).unwrap()
}

fn without_nullable(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(without_nullable).collect(),
        Value::Object(members) => {
            let mut members: Map<_, _> =
                members.iter().map(|(name, value)| (name.clone(), without_nullable(value))).collect();
            if members.remove("nullable") == Some(json!(true)) {
                members["type"] = json!([members["type"], "null"]);
            }
            members.into()
        }
        scalar => scalar.clone(),
    }
}

/// Validators of one part of an event, for draft 2020-12 and for one format.
struct Bench<'s> {
    subject: &'s Subject,
    format_schema: &'s FormatSchema,
    /// Validators for draft 2020-12 and for the format, first without and then with `format` asserted.
    pairs: [(Validator, Validator); 2],
}

impl<'s> Bench<'s> {
    fn new(subject: &'s Subject, format_schema: &'s FormatSchema) -> Self {
        let reference = subject.reference(format_schema.part);
        let pair = |formats| {
            let by_reference = validator(Dialect::Draft2020, &reference, formats);
            (by_reference, validator(format_schema.dialect, &format_schema.schema, formats))
        };
        Self { subject, format_schema, pairs: [pair(false), pair(true)] }
    }

    /// Returns true if the document is valid.
    fn judge(&self, document: &Value) -> bool {
        let verdicts = self.pairs.each_ref().map(|(one, other)| (one.is_valid(document), other.is_valid(document)));
        for (by_reference, by_format) in verdicts {
            assert!(
                by_format || !by_reference,
                "{}: narrower: {document}\n{:#}",
                self.label(),
                self.format_schema.schema
            );
        }
        let (by_reference, by_format) = verdicts[0];
        assert!(
            by_reference == by_format || self.format_schema.is_wider,
            "{}: wider, and it does not say so: {document}\n{:#}",
            self.label(),
            self.format_schema.schema
        );
        by_format
    }

    fn label(&self) -> String {
        format!("{} as {:?}", self.subject.name, self.format_schema.format)
    }
}

#[test]
fn all_formats_agree_on_documents() {
    let (mut valid, mut invalid) = (0, 0);
    for subject in subjects() {
        for format_schema in &subject.format_schemas {
            // OpenAPI has neither tuples nor `patternProperties`.
            let is_known = format_schema.format == Format::EventBridgeOpenApi
                && ["Collections v1", "Enums v1", "FlatTagged v1"].contains(&subject.name.as_str());
            assert_eq!(format_schema.is_wider, is_known, "{} as {:?}", subject.name, format_schema.format);
            let bench = Bench::new(&subject, format_schema);
            for payload in subject.payloads(3) {
                let document = subject.lift(format_schema.part, &payload);
                for document in changes(&document).iter().chain([&document]) {
                    if bench.judge(document) { valid += 1 } else { invalid += 1 }
                }
            }
        }
    }
    assert!(valid > 1000 && invalid > 5000, "{valid} valid, {invalid} invalid");
}

/// A keyword that a format lacks is noted, and the schema is never narrower.
#[test]
fn every_keyword_is_expressed_or_noted() {
    let subjects = subjects_of(&zoo::odd());
    let [subject] = subjects.as_slice() else { panic!() };
    let mut noted: BTreeSet<(Format, String)> = BTreeSet::new();
    for format in Format::ALL {
        for note in format.export(&zoo::odd(), &|_, version| version.writer_schema()).notes {
            let names = note.pointers().iter().map(|at| {
                let segments: Vec<_> = at.segments().collect();
                let after = segments.iter().rposition(|segment| segment == "data").map_or(0, |at| at + 1);
                segments.iter().skip(after).skip_while(|segment| *segment != "properties").nth(1).unwrap().clone()
            });
            if note.kind() == NoteKind::Wider {
                noted.extend(names.map(|name| (*format, name)));
            }
        }
    }
    for format_schema in &subject.format_schemas {
        let reference = subject.reference(format_schema.part);
        let by_reference = validator(Dialect::Draft2020, &reference, false);
        let by_format = validator(format_schema.dialect, &format_schema.schema, false);
        for (name, _, values) in zoo::keywords() {
            let mut differs = false;
            for value in values {
                let document = subject.lift(format_schema.part, &json!({ name: value }));
                let verdicts = (by_reference.is_valid(&document), by_format.is_valid(&document));
                assert!(verdicts.1 || !verdicts.0, "{:?} is narrower: {document}", format_schema.format);
                differs |= verdicts.0 != verdicts.1;
            }
            // A note needs a difference, unless only other documents show it.
            let is_noted = noted.contains(&(format_schema.format, name.to_owned()));
            assert_eq!(differs, is_noted, "{name} as {:?}", format_schema.format);
        }
    }
}

#[test]
fn exports_do_not_depend_on_the_order_of_types() {
    let one = contract::catalog().unwrap();
    let other = catalog![
        DELIVERY_SERVICE => [delivery::DeliveryProgressed, delivery::DeliveryPlanned, delivery::DeliveryUpdated],
        ORDER_SERVICE => [order::OrderProgressed, order::OrderPlaced, order::OrderUpdated, order::OrderCreated],
    ]
    .unwrap()
    .with_gateway(&order::gateway::ingress())
    .with_gateway(&delivery::gateway::egress())
    .with_gateway(&delivery::gateway::ingress())
    .with_gateway(&order::gateway::egress());
    for format in Format::ALL {
        let export = format.export(&one, &|_, version| version.writer_schema());
        assert_eq!(export, format.export(&one, &|_, version| version.writer_schema()));
        assert_eq!(export, format.export(&other, &|_, version| version.writer_schema()));
    }
}

/// Exports of external types do not mention internal ones.
#[test]
fn internal_types_are_exported_to_separate_folders() {
    let catalog = contract::catalog().unwrap();
    for format in Format::ALL {
        for (path, text) in format.export(&catalog, &|_, version| version.writer_schema()).files {
            let is_internal = path.starts_with("internal/");
            for word in
                ["order-placed", "order-progressed", "delivery-planned", "fraudScore", "urn:event-contract:internal"]
            {
                assert!(is_internal || !text.contains(word), "{format:?}: {word} in {path}");
            }
        }
    }
}

#[test]
fn asyncapi_sends_egress_types_and_receives_ingress_types() {
    let export = Format::AsyncApi.export(&contract::catalog().unwrap(), &|_, version| version.writer_schema());
    let operations = |path: &str| {
        let document: Value = serde_json::from_str(&export.files[path]).unwrap();
        document["operations"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        operations("external/order-service.json"),
        ["receive.Delivery.Updated", "send.Order.Created", "send.Order.Updated"]
    );
    assert_eq!(operations("external/delivery-service.json"), ["receive.Order.Created", "send.Delivery.Updated"]);
    assert_eq!(
        operations("internal/order-service.json"),
        ["receive.order-placed", "receive.order-progressed", "send.order-placed", "send.order-progressed"]
    );
}

#[test]
fn the_uri_of_a_data_schema_is_its_id() {
    let export = Format::CloudEvents.export(&contract::catalog().unwrap(), &|_, version| version.writer_schema());
    let index: Vec<Value> = serde_json::from_str(&export.files["index.json"]).unwrap();
    assert_eq!(index.len(), export.files.len() - 1);
    assert_eq!(
        index[0],
        json!({"type": "Delivery.Updated", "dataversion": 1, "schema": "Delivery.Updated/v1.json",
            "dataschema": "urn:event-contract:external:Delivery.Updated:v1:writer"})
    );
    let uris: BTreeSet<_> = index.iter().map(|entry| entry["dataschema"].as_str().unwrap()).collect();
    assert_eq!(uris.len(), index.len());
    for entry in &index {
        let schema: Value = serde_json::from_str(&export.files[entry["schema"].as_str().unwrap()]).unwrap();
        assert_eq!(schema["$id"], entry["dataschema"]);
    }
}

#[test]
fn names_and_lengths_fit_the_registries() {
    let catalog = contract::catalog().unwrap();
    let is_glue_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-_$#.".contains(&byte);
    for path in Format::Glue.export(&catalog, &|_, version| version.writer_schema()).files.keys() {
        let name = path.rsplit_once('/').unwrap().1.strip_suffix(".json").unwrap();
        assert!(name.bytes().all(is_glue_name_byte) && name.len() <= 255, "{name}");
    }
    for (path, text) in Format::Confluent.export(&catalog, &|_, version| version.writer_schema()).files {
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(path.ends_with(&format!("/{}.json", document["title"].as_str().unwrap())));
    }
    // An example that is too long for every registry.
    let long = json!({"orderId": "x".repeat(200_000)});
    for (format, note) in [
        (Format::EventBridgeJsonSchema, Some("expected at most 100000 characters for EventBridge")),
        (Format::EventBridgeOpenApi, Some("expected at most 100000 characters for EventBridge")),
        (Format::Glue, Some("expected at most 170000 bytes for Glue")),
        (Format::JsonSchema07, None),
    ] {
        let export = format.export(&catalog, &|_, version| version.writer_schema().with_examples([long.clone()]));
        let refused: Vec<_> = export.notes.iter().filter(|note| note.kind() == NoteKind::Refused).collect();
        assert_eq!(refused.len(), if note.is_some() { export.files.len() } else { 0 });
        assert!(refused.iter().all(|refused| refused.to_string().contains(note.unwrap())), "{refused:?}");
    }
}

#[test]
fn examples_are_beside_the_payload_schema() {
    let catalog = contract::catalog().unwrap();
    let examples = [json!({"example": 1}), json!({"example": 2})];
    for (format, path, pointer) in [
        (Format::JsonSchema04, "external/Order.Created/v1.json", "/examples/1"),
        (Format::Glue, "external/Order.Created.v1.json", "/properties/data/examples/1"),
        (
            Format::EventBridgeOpenApi,
            "external/order-service@Order.Created/v1.json",
            "/components/schemas/OrderCreated/properties/data/example",
        ),
    ] {
        let export = format.export(&catalog, &|_, version| version.writer_schema().with_examples(examples.to_vec()));
        let document: Value = serde_json::from_str(&export.files[path]).unwrap();
        let expected = if pointer.ends_with('1') { &examples[1] } else { &examples[0] };
        assert_eq!(document.pointer(pointer), Some(expected), "{format:?}");
    }
    let marks = Format::EventBridgeJsonSchema.export(&catalog, &|_, version| version.writer_schema());
    let document: Value = serde_json::from_str(&marks.files["external/order-service@Order.Created/v1.json"]).unwrap();
    assert_eq!(document["x-amazon-events-source"], "order-service");
    assert_eq!(document["x-amazon-events-detail-type"], "Order.Created");
}
