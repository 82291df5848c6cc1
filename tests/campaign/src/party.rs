//! A generated type as a program has it: it writes, it reads, it has schemas.

use std::panic::{AssertUnwindSafe, catch_unwind};

use event_contract::check::testing::HeldCode;
use event_contract::publish::Bus;
use event_contract::schema::{Role, Schema};
use event_contract::{Event, Internal, InternalPayload, Mismatch, Observation, Payload, Reader, SubsystemName};
use schemars::JsonSchema;
use serde_json::Value;

use crate::draw::{Draw, Rng};

const SENDER: SubsystemName = SubsystemName::from_static("campaign");

/// Two versions of a payload.
#[derive(Debug)]
pub struct Pair {
    /// The number in the batch.
    pub index: usize,
    /// The versions.
    pub sides: [Side; 2],
}

/// One version.
#[derive(Debug)]
pub struct Side {
    /// The type.
    pub party: fn() -> Party,
    /// The types as source.
    pub source: &'static str,
    /// Attributes of the payload itself.
    pub container: &'static [&'static str],
    /// Its fields: the names on the wire, and types and attributes.
    pub fields: &'static [(&'static [&'static str], &'static [&'static str])],
}

/// Result of an attempt to write a value.
#[derive(Debug)]
pub enum Drawn {
    /// Serde does not write it, or the bus does not take it.
    Refused(String),
    /// The detail of an entry.
    Written(String),
}

/// The functions of a type.
#[derive(Debug)]
pub struct Party {
    /// Draws a value and writes it.
    pub write: fn(&mut Rng) -> Drawn,
    /// Reads a detail by the reader of the library, and writes the result again.
    pub read: fn(&str) -> Result<String, String>,
    /// Reads a detail by the reader of the library: its observations, or its mismatches.
    pub observe: fn(&str) -> Result<Vec<Observation>, Vec<Mismatch>>,
    /// Reads a payload by serde alone.
    pub serde: fn(&str) -> Result<(), String>,
    /// Reads a payload by serde alone, and writes the result again.
    pub again: fn(&str) -> Option<String>,
    /// Returns the writer schema or the reader schema.
    pub schema: fn(Role) -> Value,
    /// Runs the code on documents of its schemas, as a check does.
    pub hold: fn(&Value, &Value) -> Option<HeldCode>,
}

impl Party {
    /// Returns the functions of `T`.
    pub fn from_type<T: Payload<Side = Internal> + InternalPayload + JsonSchema + Draw>() -> Self {
        Self {
            write: |rng| {
                let event = Event::new(T::draw(rng), SENDER, chrono::DateTime::UNIX_EPOCH);
                match catch_unwind(AssertUnwindSafe(|| Bus::internal().entry(&event))) {
                    Ok(Ok(entry)) => Drawn::Written(entry.detail().to_owned()),
                    Ok(Err(error)) => Drawn::Refused(error.to_string()),
                    Err(_) => Drawn::Refused("panicked".to_owned()),
                }
            },
            read: |detail| {
                let read = || match Reader::<T>::default().read(detail.as_bytes()) {
                    Ok(reading) => Ok(serde_json::to_string(reading.event().payload()).unwrap_or_default()),
                    Err(error) => {
                        let mismatches: Vec<_> = error.mismatches().iter().map(ToString::to_string).collect();
                        Err(if mismatches.is_empty() { error.to_string() } else { mismatches.join("; ") })
                    }
                };
                catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("panicked".to_owned()))
            },
            observe: |detail| match Reader::<T>::default().read(detail.as_bytes()) {
                Ok(reading) => Ok(reading.observations().to_vec()),
                Err(error) => Err(error.mismatches().to_vec()),
            },
            // From bytes: from a string, serde_json 1.0.154 cuts a `bool` key inside a character, and panics.
            again: |data| serde_json::to_string(&serde_json::from_slice::<T>(data.as_bytes()).ok()?).ok(),
            serde: |data| serde_json::from_slice::<T>(data.as_bytes()).map(|_| ()).map_err(|error| error.to_string()),
            schema: |role| Schema::for_role::<T>(role).as_value().clone(),
            hold: HeldCode::new::<T>,
        }
    }
}

/// Returns the detail around a payload.
pub fn detail(data: &str) -> String {
    format!(r#"{{"type":"Campaign","version":1,"timestamp":1795344181000,"data":{data}}}"#)
}
