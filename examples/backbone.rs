//! The three steps of the cross-account backbone, through the gateways, from bytes to bytes.
//!
//! ```text
//! cargo run --example backbone
//! ```
//!
//! An order is placed. The Order service shares it; the Delivery service takes it in, plans a delivery and shares that;
//! the Order service takes that in and shares how far the order has come. Each event is printed as it crosses a boundary,
//! with what was kept back.

use std::error::Error;

use event_contract::contract::order::OrderPlaced;
use event_contract::contract::{ORDER_SERVICE, delivery, order};
use event_contract::gateway::Gateway;
use event_contract::{Event, Side, Written, wire};
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
    let planned = cross("the Delivery service takes in", &delivery::gateway::ingress(), &envelope(&created)?)?;
    let updated = cross("the Delivery service shares", &delivery::gateway::egress(), &planned)?;
    let progressed = cross("the Order service takes in", &order::gateway::ingress(), &envelope(&updated)?)?;
    cross("the Order service shares", &order::gateway::egress(), &progressed)?;
    Ok(())
}

/// Takes the one event in `bytes` across a boundary and prints what crosses and what does not.
fn cross<S: Side>(step: &str, gateway: &Gateway<S>, bytes: &str) -> Result<String, Box<dyn Error>> {
    let delivery = wire::deliveries(bytes.as_bytes())?.remove(0);
    let crossing = gateway.cross(&delivery)?;
    let [event] = crossing.events() else { return Err("one event was to cross".into()) };
    let detail = event.detail().to_owned();
    let back = kept_back(bytes, event)?;
    println!("{step}\n  {}", name(&detail)?);
    println!("  kept back: {}\n", if back.is_empty() { "nothing".to_owned() } else { back.join(", ") });
    Ok(detail)
}

/// What EventBridge makes of an event between two accounts.
fn envelope(detail: &str) -> Result<String, serde_json::Error> {
    let detail: Value = serde_json::from_str(detail)?;
    let account = if detail["source"] == "order-service" { "111122223333" } else { "444455556666" };
    let envelope = json!({"version": "0", "id": "bbfbc65f-8536-ee88-dc6a-45b85079b7d7", "detail-type": detail["type"],
        "source": "external", "account": account, "time": "2026-11-22T10:43:02Z", "region": "eu-west-1", "resources": [],
        "detail": detail});
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

/// The values that went in and did not come out, by their place.
fn kept_back<S: Side>(bytes: &str, event: &Written<S>) -> Result<Vec<String>, serde_json::Error> {
    let sent: Value = serde_json::from_str(bytes)?;
    let sent = sent.get("detail").unwrap_or(&sent);
    let said: Value = serde_json::from_str(event.detail())?;
    let said: Vec<Value> = leaves(&said["data"]).into_iter().map(|(_, value)| value).collect();
    let inside = json!({"data": sent["data"], "tags": sent["tags"]});
    let mut back: Vec<String> = leaves(&inside)
        .into_iter()
        .filter(|(_, value)| !value.is_null() && !said.contains(value))
        .map(|(at, _)| at.trim_start_matches("data.").to_owned())
        .collect();
    back.sort();
    back.dedup();
    Ok(back)
}

/// The scalars in a value, with the names on the way to them.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    let below = |name: &str, value: &Value| {
        let join = |at: String| if at.is_empty() { name.to_owned() } else { format!("{name}.{at}") };
        leaves(value).into_iter().map(|(at, value)| (join(at), value)).collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => members.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        scalar => vec![(String::new(), scalar.clone())],
    }
}
