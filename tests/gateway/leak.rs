//! No private value of the shipped contract crosses its gateways.

use chrono::{DateTime, Utc};
use event_contract::contract::delivery::{DeliveryPlanned, DeliveryProgressed, DeliveryStatus, DeliveryUpdated};
use event_contract::contract::order::{
    OrderCreated, OrderPlaced, OrderProgressed, OrderStatus, OrderUpdated, PlacedLine,
};
use event_contract::contract::value::{Address, Contact, Currency, DeliveryId, Money, OrderId, PersonName, Window};
use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
use event_contract::gateway::Gateway;
use event_contract::{Event, External, InternalPayload, Open, Payload, Reader, SubsystemName};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;

/// Prefix of every string that must not cross the boundary.
pub(crate) const PRIVATE: &str = "PRIVATE-";

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (100_000_000_000_i64..4_000_000_000_000).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

fn secret() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| format!("{PRIVATE}{text}"))
}

fn money() -> impl Strategy<Value = Money> {
    any::<i32>().prop_map(|amount| Money { amount: i64::from(amount), currency: Currency::EUR })
}

fn id() -> impl Strategy<Value = OrderId> {
    any::<u128>().prop_map(|bits| OrderId::new(uuid::Uuid::from_u128(bits)))
}

/// Private data of an order.
#[derive(Debug, Clone)]
struct Laundry {
    email: Option<String>,
    phone: Option<String>,
    street: Vec<String>,
    city: String,
    margin: Option<Money>,
    unit_cost: Option<Money>,
    fraud_score: Option<u8>,
    notes: Vec<String>,
    carrier_account: Option<String>,
    tag: String,
}

prop_compose! {
    fn laundry()(
        email in option::of(secret()), phone in option::of(secret()), street in vec(secret(), 0..3), city in secret(),
        margin in option::of(money()), unit_cost in option::of(money()), fraud_score in option::of(any::<u8>()),
        notes in vec(secret(), 0..3), carrier_account in option::of(secret()), tag in secret(),
    ) -> Laundry {
        Laundry { email, phone, street, city, margin, unit_cost, fraud_score, notes, carrier_account, tag }
    }
}

/// Shared data of an order.
#[derive(Debug, Clone)]
struct Seen {
    order: OrderId,
    delivery: DeliveryId,
    placed_at: DateTime<Utc>,
    time: DateTime<Utc>,
    name: Option<PersonName>,
    has_address: bool,
    skus: Vec<(String, u32, Money)>,
    total: Money,
    carrier: Option<String>,
    status: DeliveryStatus,
}

prop_compose! {
    fn visible()(
        order in id(), ordinal in any::<u32>(), placed_at in time(), time in time(),
        name in option::of(("[a-z]{1,5}", "[a-z]{0,5}")), has_address in any::<bool>(),
        skus in vec(("[A-Z]{1,5}", any::<u32>(), money()), 0..4), total in money(), carrier in option::of("[a-z ]{1,9}"),
        status in prop_oneof![Just(DeliveryStatus::InTransit), Just(DeliveryStatus::Delivered)],
    ) -> Seen {
        let name = name.map(|(given_name, family_name)| PersonName { given_name, family_name });
        let delivery = DeliveryId::derived(order, ordinal);
        Seen { order, delivery, placed_at, time, name, has_address, skus, total, carrier, status }
    }
}

/// Returns the four internal events with the given shared and private data.
fn internal(
    seen: &Seen,
    private: &Laundry,
) -> (Event<OrderPlaced>, Event<OrderProgressed>, Event<DeliveryPlanned>, Event<DeliveryProgressed>) {
    fn event<P: Payload>(payload: P, source: SubsystemName, seen: &Seen, private: &Laundry) -> Event<P> {
        // Id and tags are metadata; only the id of the cause may be shared.
        Event::new(payload, source, seen.time)
            .with_id("01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5061".parse().unwrap())
            .with_tag("account", private.tag.clone())
    }
    let country: event_contract::contract::value::Country = "DE".parse().unwrap();
    let address =
        Address { lines: private.street.clone(), postal_code: "10115".into(), city: private.city.clone(), country };
    let address = Some(address).filter(|_| seen.has_address);
    let line = |(sku, quantity, unit_price): &(String, u32, Money)| PlacedLine {
        sku: sku.clone(),
        quantity: *quantity,
        unit_price: *unit_price,
        unit_cost: private.unit_cost,
    };
    let contact = Contact { name: seen.name.clone(), email: private.email.clone(), phone: private.phone.clone() };
    let window = Some(Window { from: seen.placed_at, to: seen.time });
    let placed = OrderPlaced {
        order_id: seen.order,
        placed_at: seen.placed_at,
        contact: contact.clone(),
        address: address.clone(),
        lines: seen.skus.iter().map(line).collect(),
        total: seen.total,
        margin: private.margin,
        channel: None,
        fraud_score: private.fraud_score,
        operator_notes: private.notes.clone(),
    };
    let progressed = OrderProgressed {
        order_id: seen.order,
        placed_at: seen.placed_at,
        progressed_at: seen.time,
        status: OrderStatus::Shipped.into(),
        delivery_id: Some(seen.delivery),
        delivered_at: None,
        total: Some(seen.total),
        delivery_cost: private.margin,
        fraud_score: private.fraud_score,
        operator_notes: private.notes.clone(),
    };
    let planned = DeliveryPlanned {
        delivery_id: seen.delivery,
        order_id: seen.order,
        order_placed_at: seen.placed_at,
        planned_at: seen.time,
        recipient: Some(PersonName { given_name: private.city.clone(), family_name: String::new() }),
        destination: None,
        address,
        contact: Some(contact),
        carrier: seen.carrier.clone(),
        carrier_account: private.carrier_account.clone(),
        cost: private.margin,
        window,
        operator_notes: private.notes.clone(),
    };
    let on_its_way = DeliveryProgressed {
        delivery_id: seen.delivery,
        order_id: seen.order,
        order_placed_at: seen.placed_at,
        progressed_at: seen.time,
        status: seen.status.into(),
        carrier: seen.carrier.clone(),
        carrier_account: private.carrier_account.clone(),
        tracking_number: Some("AP-1".into()),
        window,
        delivered_at: Some(seen.time),
        delivered_to: Some("a neighbour".into()),
        cost: private.margin,
        driver_notes: private.notes.clone(),
    };
    (
        event(placed, ORDER_SERVICE, seen, private),
        event(progressed, ORDER_SERVICE, seen, private),
        event(planned, DELIVERY_SERVICE, seen, private),
        event(on_its_way, DELIVERY_SERVICE, seen, private),
    )
}

/// Returns the shared details, for internal events passed as values and as bytes with unknown fields.
fn shared(seen: &Seen, private: &Laundry) -> Vec<String> {
    fn both<P: InternalPayload>(gateway: &Gateway<External>, event: &Event<P>, private: &Laundry) -> Vec<String> {
        let from_event = gateway.cross_event(event).unwrap().into_events();
        let mut detail = serde_json::to_value(event).unwrap();
        detail["raw"] = json!({"new": {"ssn": private.tag}});
        detail["data"]["unheardOf"] = json!(private.notes);
        let crossings = gateway.cross_all(detail.to_string().as_bytes());
        assert!(crossings.failed.is_empty(), "{:?}", crossings.failed);
        let (_, from_bytes) = crossings.crossed.into_iter().next().unwrap();
        assert_eq!(from_bytes.events(), from_event);
        from_event.iter().map(|event| event.detail().to_owned()).collect()
    }
    let (placed, progressed, planned, on_its_way) = internal(seen, private);
    let (orders, deliveries) = (order::gateway::egress(), delivery::gateway::egress());
    [
        both(&orders, &placed, private),
        both(&orders, &progressed, private),
        both(&deliveries, &planned, private),
        both(&deliveries, &on_its_way, private),
    ]
    .concat()
}

/// Checks that a detail has exactly the members of the newest version.
fn is_closed<P: Payload>(detail: &str) -> Result<(), TestCaseError> {
    let reading =
        Reader::<P>::default().read(detail.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(reading.observations().is_empty(), "{:?}", reading.observations());
    let written = serde_json::to_string(reading.event()).unwrap();
    prop_assert_eq!(written, detail);
    Ok(())
}

proptest! {
    #[test]
    fn no_private_value_leaks(seen in visible(), one in laundry(), other in laundry()) {
        let details = shared(&seen, &one);
        // Private changes do not change a byte of the shared details.
        prop_assert_eq!(&details, &shared(&seen, &other));
        for detail in &details {
            prop_assert!(!detail.contains(PRIVATE), "{}", detail);
        }
        is_closed::<OrderCreated>(&details[0])?;
        is_closed::<OrderUpdated>(&details[1])?;
        is_closed::<DeliveryUpdated>(&details[2])?;
        is_closed::<DeliveryUpdated>(&details[3])?;
    }

    #[test]
    fn ids_time_key_and_correlation_survive_each_subsystem(seen in visible(), private in laundry()) {
        let (placed, ..) = internal(&seen, &private);
        let placed = placed.with_correlation_id("of-the-request".parse().unwrap());
        let created = order::gateway::egress().cross_event(&placed).unwrap().into_events().remove(0);
        let planned = delivery::gateway::ingress().cross_all(created.detail().as_bytes()).crossed.remove(0).1;
        let planned = &planned.events()[0];
        let (placed, created, planned) = (placed.metadata(), created.metadata(), planned.metadata());
        prop_assert_eq!(created.causation_id.as_ref(), Some(&placed.id));
        prop_assert_eq!(planned.causation_id.as_ref(), Some(&created.id));
        for metadata in [created, planned] {
            prop_assert_eq!(metadata.time, placed.time);
            prop_assert_eq!(&metadata.partition_key, &placed.partition_key);
            prop_assert_eq!(&metadata.correlation_id, &placed.correlation_id);
        }
        prop_assert_eq!(planned.source.as_ref(), Some(&DELIVERY_SERVICE));
    }
}

/// Passes one event through one gateway.
fn step<S: event_contract::Side>(gateway: &Gateway<S>, bytes: &mut String, types: &mut Vec<String>) {
    let events = gateway.cross_all(bytes.as_bytes()).crossed.remove(0).1.into_events();
    assert_eq!(events.len(), 1);
    events[0].detail().clone_into(bytes);
    types.push(events[0].metadata().event_type.to_string());
}

/// The full path through the backbone, from the placed order to the updated one.
#[test]
fn an_order_passes_the_whole_backbone() {
    let placed: OrderPlaced = serde_json::from_value(json!({
        "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "placedAt": "2026-11-22T10:43:01Z",
        "contact": {"name": null, "email": null, "phone": null}, "address": null, "lines": [],
        "total": {"amount": 1, "currency": "EUR"}, "margin": null, "channel": null, "fraudScore": null, "operatorNotes": []}))
    .unwrap();
    let mut bytes = serde_json::to_string(&Event::new(
        placed,
        ORDER_SERVICE,
        DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
    ))
    .unwrap();
    let mut types = Vec::new();
    step(&order::gateway::egress(), &mut bytes, &mut types);
    step(&delivery::gateway::ingress(), &mut bytes, &mut types);
    step(&delivery::gateway::egress(), &mut bytes, &mut types);
    step(&order::gateway::ingress(), &mut bytes, &mut types);
    step(&order::gateway::egress(), &mut bytes, &mut types);
    assert_eq!(types, ["Order.Created", "delivery-planned", "Delivery.Updated", "order-progressed", "Order.Updated"]);
    let written = order::gateway::egress().cross_all(bytes.as_bytes());
    assert_eq!((written.crossed.len(), written.skipped["Order.Updated"]), (0, 1));
    let last = Reader::<OrderUpdated>::default().read(bytes.as_bytes()).unwrap().into_event();
    assert_eq!(last.payload().status, Open::Known(OrderStatus::Placed));
}
