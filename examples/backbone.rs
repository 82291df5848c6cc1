//! Takes an order through the gateways of two services, from bytes to bytes.
//!
//! ```text
//! cargo run --example backbone
//! ```
//!
//! The Order service shares an order that was placed. The Delivery service takes it in, plans a delivery and shares that.
//! The Order service takes the delivery in and shares the progress of the order. Each event is printed as it crosses a
//! boundary, with the fields that were left out.

use std::collections::BTreeSet;
use std::error::Error;

use event_contract::contract::order::OrderPlaced;
use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
use event_contract::gateway::Gateway;
use event_contract::publish::{Bus, Entry};
use event_contract::{EncodedEvent, Event, External, Side, SubsystemName, wire};
use serde_json::{Value, json};

/// The event that the Order service writes to its own hub, with its private fields.
const PLACED: &str = r#"{
    "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "placedAt": "2026-11-22T10:43:01Z",
    "contact": {"name": {"givenName": "Ada", "familyName": "Lovelace"}, "email": "ada@example.com", "phone": null},
    "address": {"lines": ["12 St James's Square"], "postalCode": "10115", "city": "Berlin", "country": "DE"},
    "lines": [{"sku": "TEA-250", "quantity": 2, "unitPrice": {"amount": 995, "currency": "EUR"},
               "unitCost": {"amount": 410, "currency": "EUR"}}],
    "total": {"amount": 1990, "currency": "EUR"}, "margin": {"amount": 1170, "currency": "EUR"},
    "channel": "web", "fraudScore": 3, "operatorNotes": ["called twice"]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let placed: OrderPlaced = serde_json::from_str(PLACED)?;
    let placed = Event::new(placed, ORDER_SERVICE, "2026-11-22T10:43:01Z".parse()?).with_tag("function", "order-api");
    let placed = serde_json::to_string(&placed)?;
    println!("The Order service's hub holds\n  {}\n", summary(&placed)?);

    let created = cross("the Order service shares", &order::gateway::egress(), &placed)?;
    let delivered = deliver(&created)?;
    let planned = cross("the Delivery service takes in", &delivery::gateway::ingress(), &delivered)?;
    let updated = cross("the Delivery service shares", &delivery::gateway::egress(), planned.detail())?;
    let delivered = deliver(&updated)?;
    let progressed = cross("the Order service takes in", &order::gateway::ingress(), &delivered)?;
    cross("the Order service shares", &order::gateway::egress(), progressed.detail())?;
    Ok(())
}

/// Takes the one event in `bytes` across a boundary, and prints the event that comes out and the fields that it leaves out.
fn cross<S: Side>(step: &str, gateway: &Gateway<S>, bytes: &str) -> Result<EncodedEvent<S>, Box<dyn Error>> {
    let delivery = wire::deliveries(bytes.as_bytes())?.remove(0);
    let crossing = gateway.cross(&delivery)?;
    let [event] = crossing.events() else { return Err("expected one event to cross".into()) };
    let withheld = withheld_fields(bytes, event)?;
    println!("{step}\n  {}", summary(event.detail())?);
    println!("  left out: {}\n", if withheld.is_empty() { "nothing".to_owned() } else { withheld.join(", ") });
    Ok(event.clone())
}

/// Puts an event on the bus between the subsystems, and returns the envelope that arrives in the other account.
fn deliver(event: &EncodedEvent<External>) -> Result<String, Box<dyn Error>> {
    let entry = Bus::external().named("backbone").marked_external().encoded_entry(event)?;
    let account = match event.metadata().source.as_ref() {
        Some(source) if *source == ORDER_SERVICE => "111122223333",
        Some(source) if *source == DELIVERY_SERVICE => "444455556666",
        source => {
            let source = source.map_or("an event without a source", SubsystemName::as_str);
            return Err(format!("unknown account of {source}").into());
        }
    };
    Ok(wrap_in_envelope(&entry, account)?)
}

/// Wraps an entry in an envelope as EventBridge does for an entry that was put in an account.
fn wrap_in_envelope(entry: &Entry, account: &str) -> Result<String, serde_json::Error> {
    let detail: Value = serde_json::from_str(entry.detail())?;
    let envelope = json!({"version": "0", "id": "bbfbc65f-8536-ee88-dc6a-45b85079b7d7",
        "detail-type": entry.detail_type(), "source": entry.source(), "account": account, "time": entry.time(),
        "region": "eu-west-1", "resources": entry.resources(), "detail": detail});
    Ok(envelope.to_string())
}

fn summary(detail: &str) -> Result<String, serde_json::Error> {
    let event: Value = serde_json::from_str(detail)?;
    let text = |name: &str| event[name].as_str().unwrap_or("none").to_owned();
    Ok(format!(
        "{} v{} {} caused by {}\n  {}",
        text("type"),
        event["version"],
        text("id"),
        text("causationId"),
        event["data"]
    ))
}

/// Returns the paths of the fields whose values are in `bytes` and not in `event`.
///
/// Compares values, because only the transform knows from which field another derives.
fn withheld_fields<S: Side>(bytes: &str, event: &EncodedEvent<S>) -> Result<Vec<String>, serde_json::Error> {
    let sent: Value = serde_json::from_str(bytes)?;
    let sent = sent.get("detail").unwrap_or(&sent);
    let shared: Value = serde_json::from_str(event.detail())?;
    let mut shared_scalars = Vec::new();
    collect_scalars(&shared["data"], &mut shared_scalars);
    let mut withheld = BTreeSet::new();
    for (name, value) in sent["data"].as_object().into_iter().flatten() {
        collect_withheld(name, value, &shared_scalars, &mut withheld);
    }
    collect_withheld("tags", &sent["tags"], &shared_scalars, &mut withheld);
    Ok(withheld.into_iter().collect())
}

/// Collects the paths of withheld fields. An object of scalars, such as an amount with its currency, is one field.
fn collect_withheld(path: &str, value: &Value, shared: &[&Value], withheld: &mut BTreeSet<String>) {
    let is_one_field = |value: &Value| value.as_object().is_some_and(|members| members.values().all(is_scalar));
    match value {
        Value::Object(members) if !is_one_field(value) => {
            members
                .iter()
                .for_each(|(name, value)| collect_withheld(&format!("{path}.{name}"), value, shared, withheld));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_withheld(path, item, shared, withheld)),
        value => {
            let mut scalars = Vec::new();
            collect_scalars(value, &mut scalars);
            if scalars.iter().any(|scalar| !scalar.is_null() && !shared.contains(scalar)) {
                withheld.insert(path.to_owned());
            }
        }
    }
}

/// Collects the scalars in a value, at any depth.
fn collect_scalars<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| collect_scalars(value, found)),
        Value::Array(items) => items.iter().for_each(|item| collect_scalars(item, found)),
        scalar => found.push(scalar),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}
