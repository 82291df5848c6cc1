//! The three steps of the cross-account backbone, through the gateways, from bytes to bytes.
//!
//! ```text
//! cargo run --example backbone
//! ```
//!
//! An order is placed. The Order service shares it; the Delivery service takes it in, plans a delivery and shares that;
//! the Order service takes that in and shares how far the order has come. Each event is printed as it crosses a boundary,
//! with what was kept back.

use std::collections::BTreeSet;
use std::error::Error;

use event_contract::contract::order::OrderPlaced;
use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
use event_contract::gateway::Gateway;
use event_contract::publish::{Bus, Entry};
use event_contract::{EncodedEvent, Event, External, Side, SubsystemName, wire};
use serde_json::{Value, json};

/// What the Order service writes to its own hub, private parts and all.
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
    println!("The Order service's hub holds\n  {}\n", name(&placed)?);

    let created = cross("the Order service shares", &order::gateway::egress(), &placed)?;
    let delivered = deliver(&created)?;
    let planned = cross("the Delivery service takes in", &delivery::gateway::ingress(), &delivered)?;
    let updated = cross("the Delivery service shares", &delivery::gateway::egress(), planned.detail())?;
    let delivered = deliver(&updated)?;
    let progressed = cross("the Order service takes in", &order::gateway::ingress(), &delivered)?;
    cross("the Order service shares", &order::gateway::egress(), progressed.detail())?;
    Ok(())
}

/// Takes the one event in `bytes` across a boundary and prints what crosses and what does not.
fn cross<S: Side>(step: &str, gateway: &Gateway<S>, bytes: &str) -> Result<EncodedEvent<S>, Box<dyn Error>> {
    let delivery = wire::deliveries(bytes.as_bytes())?.remove(0);
    let crossing = gateway.cross(&delivery)?;
    let [event] = crossing.events() else { return Err("one event was to cross".into()) };
    let back = kept_back(bytes, event)?;
    println!("{step}\n  {}", name(event.detail())?);
    println!("  kept back: {}\n", if back.is_empty() { "nothing".to_owned() } else { back.join(", ") });
    Ok(event.clone())
}

/// Puts an event on the bus between the subsystems and hands over what comes out in the other account.
fn deliver(event: &EncodedEvent<External>) -> Result<String, Box<dyn Error>> {
    let entry = Bus::external().named("backbone").marked_external().encoded_entry(event)?;
    let account = match event.source() {
        Some(source) if *source == ORDER_SERVICE => "111122223333",
        Some(source) if *source == DELIVERY_SERVICE => "444455556666",
        source => {
            return Err(format!("no account is known of {}", source.map_or("nobody", SubsystemName::as_str)).into());
        }
    };
    Ok(envelope(&entry, account)?)
}

/// What EventBridge makes of an entry that was put in an account.
fn envelope(entry: &Entry, account: &str) -> Result<String, serde_json::Error> {
    let detail: Value = serde_json::from_str(entry.detail())?;
    let envelope = json!({"version": "0", "id": "bbfbc65f-8536-ee88-dc6a-45b85079b7d7",
        "detail-type": entry.detail_type(), "source": entry.source(), "account": account, "time": entry.time(),
        "region": "eu-west-1", "resources": entry.resources(), "detail": detail});
    Ok(envelope.to_string())
}

fn name(detail: &str) -> Result<String, serde_json::Error> {
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

/// What went in and did not come out, by its place: told by the values, as nothing else says what was made of what.
fn kept_back<S: Side>(bytes: &str, event: &EncodedEvent<S>) -> Result<Vec<String>, serde_json::Error> {
    let sent: Value = serde_json::from_str(bytes)?;
    let sent = sent.get("detail").unwrap_or(&sent);
    let said: Value = serde_json::from_str(event.detail())?;
    let mut crossed = Vec::new();
    scalars(&said["data"], &mut crossed);
    let mut back = BTreeSet::new();
    for (name, value) in sent["data"].as_object().into_iter().flatten() {
        missing(name, value, &crossed, &mut back);
    }
    missing("tags", &sent["tags"], &crossed, &mut back);
    Ok(back.into_iter().collect())
}

/// An object of nothing but scalars is one thing: an amount without its currency, it is kept back as a whole.
fn missing(at: &str, value: &Value, crossed: &[&Value], back: &mut BTreeSet<String>) {
    let whole = |value: &Value| value.as_object().is_some_and(|members| members.values().all(is_scalar));
    match value {
        Value::Object(members) if !whole(value) => {
            members.iter().for_each(|(name, value)| missing(&format!("{at}.{name}"), value, crossed, back));
        }
        Value::Array(items) => items.iter().for_each(|item| missing(at, item, crossed, back)),
        value => {
            let mut inside = Vec::new();
            scalars(value, &mut inside);
            if inside.iter().any(|scalar| !scalar.is_null() && !crossed.contains(scalar)) {
                back.insert(at.to_owned());
            }
        }
    }
}

/// The scalars in a value.
fn scalars<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| scalars(value, found)),
        Value::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        scalar => found.push(scalar),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}
