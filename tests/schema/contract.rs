//! Schemas of the shipped contract and of its envelopes.

use event_contract::contract::{DELIVERY_SERVICE, delivery, order};
use event_contract::publish::Bus;
use event_contract::schema::{Role, Schema};
use event_contract::{Event, EventId, PartitionKey, Payload, Reader};
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::agree::{agree, draw, is_proven, validator};

fn check_contract_type<P: Payload + JsonSchema>() {
    agree::<P>(vec![]);
    assert!(is_proven::<P>(), "{}", std::any::type_name::<P>());
}

#[test]
fn version_1_agrees() {
    check_contract_type::<order::v1::OrderCreated>();
    check_contract_type::<order::v1::OrderUpdated>();
    check_contract_type::<delivery::v1::DeliveryUpdated>();
}

#[test]
fn version_2_agrees() {
    check_contract_type::<order::v2::OrderCreated>();
    check_contract_type::<order::v2::OrderUpdated>();
    check_contract_type::<delivery::v2::DeliveryUpdated>();
}

#[test]
fn version_3_agrees() {
    check_contract_type::<order::OrderCreated>();
    check_contract_type::<order::OrderUpdated>();
    check_contract_type::<delivery::DeliveryUpdated>();
}

#[test]
fn internal() {
    check_contract_type::<order::OrderPlaced>();
    check_contract_type::<order::OrderProgressed>();
    check_contract_type::<delivery::DeliveryPlanned>();
    check_contract_type::<delivery::DeliveryProgressed>();
}

fn around<P: Payload + JsonSchema>() {
    let [writer, reader] = [Role::Writer, Role::Reader].map(Schema::for_role::<P>);
    let (detail, envelope) = (validator(writer.in_detail().as_value()), validator(writer.in_envelope().as_value()));
    let detail_reader = validator(reader.in_detail().as_value());
    let envelope_reader = validator(reader.in_envelope().as_value());
    for data in draw(writer.as_value(), 10) {
        let payload: P = serde_json::from_value(data).unwrap();
        let event = Event::new(payload, DELIVERY_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap());
        let written = serde_json::to_value(&event).unwrap();
        assert!(detail.is_valid(&written) && detail_reader.is_valid(&written), "{written}");
        for member in written.as_object().unwrap().keys() {
            let mut less = written.clone();
            less.as_object_mut().unwrap().remove(member);
            assert_eq!(detail.is_valid(&less), member == "source", "{member}");
        }
        let full = event
            .with_id("e".parse::<EventId>().unwrap())
            .with_partition_key(PartitionKey::new("k").unwrap())
            .with_correlation_id("c".parse().unwrap())
            .with_tag("stage", "prd");
        let full = serde_json::to_value(full.internal_detail()).unwrap();
        assert!(detail.is_valid(&full) && detail_reader.is_valid(&full), "{full}");
        let more = with(&full, "unheard-of", 1);
        assert!(!detail.is_valid(&more) && detail_reader.is_valid(&more));
        for (member, wrong) in [("type", json!("other")), ("version", json!(9)), ("timestamp", json!("now"))] {
            let wrong = with(&full, member, wrong);
            assert!(!detail.is_valid(&wrong) && !detail_reader.is_valid(&wrong), "{wrong}");
        }
        let delivered = json!({
            "version": "0", "id": "bbfbc65f-8536-ee88-dc6a-45b85079b7d7", "detail-type": P::NAME,
            "source": "delivery-service", "account": "123456789012", "time": "2026-11-22T10:43:01Z",
            "region": "eu-west-1", "resources": [], "detail": full,
        });
        assert!(envelope.is_valid(&delivered) && envelope_reader.is_valid(&delivered), "{delivered}");
        assert!(envelope.is_valid(&with(&delivered, "replay-name", "r")));
        assert!(!envelope.is_valid(&with(&delivered, "detail-type", "other")));
    }
    for (schema, part) in [(&reader.in_detail(), "detail"), (&reader.in_envelope(), "envelope")] {
        for document in draw(schema.as_value(), 100) {
            let text = document.to_string();
            let read = Reader::<P>::default().read(text.as_bytes());
            assert!(read.is_ok(), "{part}: {document}: {:?}", read.err());
        }
    }
}

fn with(document: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut document = document.clone();
    document[name] = value.into();
    document
}

#[test]
fn schemas_of_details_and_envelopes_agree() {
    around::<order::v1::OrderCreated>();
    around::<order::OrderCreated>();
    around::<delivery::DeliveryUpdated>();
}

#[test]
fn envelope_definitions_do_not_clash_with_payloads() {
    let schema = Schema::writer::<order::OrderCreated>();
    assert_eq!(schema.in_detail().id(), "urn:event-contract:external:Order.Created:v3:writer:detail");
    assert_eq!(schema.in_envelope().id(), "urn:event-contract:external:Order.Created:v3:writer:envelope");
    assert_eq!(schema.in_detail().in_envelope(), schema.in_envelope());
    assert_eq!(schema.in_envelope().in_detail(), schema.in_envelope());
    let example = json!({"orderId": 1});
    let detail = schema.with_examples([example.clone()]).in_detail();
    assert_eq!(detail.as_value()["properties"]["data"]["examples"], json!([example]));
    assert_eq!(detail.as_value()["properties"]["data"]["$id"], Value::Null);
}

#[test]
fn annotations_do_not_change_the_contract() {
    let schema = Schema::writer::<order::OrderCreated>();
    let assertions = schema.assertions();
    assert_eq!(schema.with_examples([json!(1)]).assertions(), assertions);
    assert_eq!(assertions["properties"]["channel"], json!({"type": ["null", "string"]}));
    assert!(!assertions.to_string().contains("description"));
    assert_ne!(Schema::reader::<order::OrderCreated>().assertions(), assertions);
}

#[test]
fn entries_satisfy_the_schema_of_the_detail() {
    let created: order::OrderCreated = serde_json::from_value(json!({
        "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "placedAt": "2026-11-22T10:43:01Z", "lines": [],
    }))
    .unwrap();
    let event = Event::new(created, DELIVERY_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap());
    let entry = Bus::external().entry(&event).unwrap();
    let detail: Value = serde_json::from_str(entry.detail()).unwrap();
    let schema = validator(Schema::writer::<order::OrderCreated>().in_detail().as_value());
    assert!(schema.is_valid(&detail), "{detail}");
}
