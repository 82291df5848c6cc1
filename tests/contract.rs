//! The shipped contract on the wire.

use event_contract::contract::delivery::{self, DeliveryUpdated};
use event_contract::contract::order::{self, OrderCreated, OrderUpdated};
use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE};
use event_contract::{Event, Payload, Reader, wire};
use serde_json::{Value, json};

const ORDER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const DELIVERY: &str = "0d4c5f12-8f3a-5b1e-9c77-2f0c6a1be345";

/// Returns three details as the services of the backbone send them: only `data` and `meta`.
fn backbone() -> [Value; 3] {
    let (created, delivered, updated) = (1_700_000_000_000_u64, 1_700_000_005_000_u64, 1_700_000_006_000_u64);
    [
        json!({"data": {"orderId": ORDER, "createdAt": created}, "meta": {}}),
        json!({"data": {"order": {"orderId": ORDER, "createdAt": created}, "deliveryId": DELIVERY,
            "deliveredAt": delivered}, "meta": {}}),
        json!({"data": {"orderId": ORDER, "createdAt": created, "deliveredAt": delivered, "updatedAt": updated},
            "meta": {}}),
    ]
}

fn read<P: Payload>(document: &Value) -> (Event<P>, Vec<String>) {
    let text = document.to_string();
    let reading = Reader::<P>::default().read(text.as_bytes()).unwrap();
    let recognised = reading.recognised().unwrap();
    assert_eq!((recognised.version_read.get(), recognised.version.get()), (1, 3));
    let seen = reading.observations().iter().map(ToString::to_string).collect();
    (reading.into_event(), seen)
}

fn seen_alone(event_type: &str) -> Vec<String> {
    vec![
        format!("/type: no type, read as {event_type}"),
        "/version: no version, read as v1".to_owned(),
        "/version: v1, upcast to v3".to_owned(),
        "/id: missing, taken from its content".to_owned(),
        "/timestamp: missing, taken from the payload".to_owned(),
        "/partitionKey: missing, taken from the payload".to_owned(),
    ]
}

#[test]
fn details_of_the_backbone_are_read_as_version_3() {
    let [created, delivered, updated] = backbone();

    let (event, seen) = read::<OrderCreated>(&created);
    assert_eq!(seen, seen_alone("Order.Created"));
    assert_eq!(event.time().timestamp_millis(), 1_700_000_000_000);
    assert_eq!(event.payload().order_id.to_string(), ORDER);
    assert_eq!(event.payload().placed_at, event.time());
    assert_eq!((event.metadata().version.get(), event.partition_key().as_str()), (3, ORDER));

    let (event, seen) = read::<DeliveryUpdated>(&delivered);
    assert_eq!(seen, seen_alone("Delivery.Updated"));
    assert_eq!(event.payload().order_id.to_string(), ORDER);
    assert_eq!(event.payload().delivery_id.to_string(), DELIVERY);
    assert_eq!(event.payload().delivered_at, Some(event.time()));
    assert_eq!(event.time().timestamp_millis(), 1_700_000_005_000);

    let (event, seen) = read::<OrderUpdated>(&updated);
    assert_eq!(seen, seen_alone("Order.Updated"));
    assert_eq!(event.payload().updated_at, event.time());
    assert_eq!(event.payload().delivered_at.map(|at| at.timestamp_millis()), Some(1_700_000_005_000));
}

#[test]
fn the_envelope_adds_metadata_to_the_backbone() {
    let [created, ..] = backbone();
    let envelope = json!({"version": "0", "id": "of-this-put", "detail-type": "Order.Created", "source": "order-service",
        "account": "111122223333", "time": "2023-11-14T22:13:21Z", "region": "eu-west-1", "resources": [],
        "detail": created});
    let (event, seen) = read::<OrderCreated>(&envelope);
    assert_eq!(event.metadata().source.as_ref(), Some(&ORDER_SERVICE));
    assert_eq!(event.id(), "of-this-put");
    // The payload has the time of the fact in milliseconds, the envelope the time of the put.
    assert_eq!(event.time().timestamp_millis(), 1_700_000_000_000);
    assert!(seen.iter().all(|seen| !seen.contains("no type")), "{seen:?}");
}

/// Reading v1 as v3 equals reading it as v2, writing that, and reading it as v3.
#[test]
fn upcasting_at_once_equals_upcasting_stepwise() {
    fn both<Middle: Payload, Newest: Payload + PartialEq + std::fmt::Debug>(document: &Value) {
        let text = document.to_string();
        let at_once = Reader::<Newest>::default().read(text.as_bytes()).unwrap().into_event();
        let middle = Reader::<Middle>::default().read(text.as_bytes()).unwrap().into_event();
        let middle = serde_json::to_vec(&middle.internal_detail()).unwrap();
        assert_eq!(wire::route(&middle).unwrap().version.map(event_contract::Version::get), Some(2));
        assert_eq!(Reader::<Newest>::default().read(&middle).unwrap().into_event(), at_once);
    }
    let [created, delivered, updated] = backbone();
    both::<order::v2::OrderCreated, OrderCreated>(&created);
    both::<delivery::v2::DeliveryUpdated, DeliveryUpdated>(&delivered);
    both::<order::v2::OrderUpdated, OrderUpdated>(&updated);
}

/// A port of the backbone that drifted: snake case, and the delivery nested under an order.
#[test]
fn a_drifted_port_is_observed() {
    let drifted = json!({"data": {"order_id": ORDER, "created_at": 1_700_000_000_000_u64}, "meta": {}}).to_string();
    let error = Reader::<OrderCreated>::default().read(drifted.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/data/orderId: expected a value (the field is required), found nothing; \
         /data/createdAt: expected a value (the field is required), found nothing; \
         /type: no type, read as Order.Created; /version: no version, read as v1"
    );
}

/// The newest version is written completely: reading it again yields no observation.
#[test]
fn written_events_are_read_without_observations() {
    let [_, delivered, _] = backbone();
    let (event, _) = read::<DeliveryUpdated>(&delivered);
    let written = Event::new(event.into_payload(), DELIVERY_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap());
    let text = serde_json::to_vec(&written).unwrap();
    let reading = Reader::<DeliveryUpdated>::default().read(&text).unwrap();
    assert!(reading.observations().is_empty(), "{:?}", reading.observations());
    assert_eq!(reading.into_event(), written);
}

/// An unknown field below an alias is written below the current name of its struct.
#[test]
fn an_unknown_field_below_an_alias_keeps_its_place() {
    let document = json!({"id": "1", "type": "Order.Created", "version": 3, "timestamp": 1_700_000_000_000_u64,
        "partitionKey": "k", "data": {"orderId": ORDER, "placedAt": "2023-11-14T22:13:20Z", "customer": null,
        "items": [{"sku": "TEA", "quantity": 1, "unitPrice": {"amount": 1, "currency": "EUR", "vat": 7}}],
        "total": null, "channel": null, "shipTo": null}});
    let text = document.to_string();
    let event = Reader::<OrderCreated>::default().read(text.as_bytes()).unwrap().into_event();
    let written = serde_json::to_value(event.internal_detail()).unwrap();
    assert_eq!(written["data"]["lines"][0]["unitPrice"]["vat"], 7);
    assert!(written.get("kept").is_none());
}
