//! Deliveries in every shape: tolerated deviations, refusals, and their messages.

mod batch;
mod cloud_event;
mod detail;
mod metadata;
mod refusal;
mod sample;
mod two_payloads;

use chrono::{DateTime, Utc};
use event_contract::{Event, Payload, Readable, Reader, Unrecognised};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-moved", version = 1)]
struct ThingMoved {
    to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Thing.Dated", version = 1, key = id, time = at)]
struct ThingDated {
    id: u32,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    at: DateTime<Utc>,
}

#[derive(Debug, Readable)]
enum Incoming {
    Moved(Event<ThingMoved>),
    Dated(Event<ThingDated>),
    Other(Unrecognised),
}

/// Reads a delivery, and returns shape, id, time and observations, or the error, as one string.
fn describe<P: Payload + std::fmt::Debug>(reader: &Reader<P>, bytes: &str) -> String {
    match reader.read(bytes.as_bytes()) {
        Ok(reading) => {
            let seen: Vec<_> = reading.observations().iter().map(|seen| format!("; {seen}")).collect();
            let event = reading.event();
            format!("{} {} {}{}", reading.shape(), event.id(), event.time().timestamp_millis(), seen.concat())
        }
        Err(error) => {
            assert_eq!(error.bytes(), bytes.as_bytes());
            format!("error: {error}")
        }
    }
}

/// Returns a canonical detail with some members replaced, or removed by the value `"-"`.
fn detail(changes: &Value) -> String {
    let mut detail = json!({"id": "1", "type": "thing-moved", "version": 1, "timestamp": 1_700_000_000_000_u64,
        "partitionKey": "k", "source": "s", "data": {"to": "x"}});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            // Removes the member.
            Value::String(text) if text == "-" => {
                detail.as_object_mut().unwrap().remove(name);
            }
            value => detail[name] = value.clone(),
        }
    }
    detail.to_string()
}
