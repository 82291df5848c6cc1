//! The schema of the canonical detail around a payload.

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Part, Role, Schema};
use crate::event::member;
use crate::name::{EventId, PartitionKey, SubsystemName, Version};

/// The schema of the detail around the payload that `payload` is the schema of.
pub(super) fn around(payload: &Schema) -> Schema {
    let role = payload.subject.role;
    payload.wrap(Part::Detail, |data| match role {
        Role::Writer => writer(payload.subject.name, payload.subject.version, data),
        Role::Reader => reader(payload, data),
    })
}

/// Returns the schema of the detail that `Event` writes; a test compares them.
pub(super) fn writer(name: &str, version: Version, data: Value) -> Value {
    let id = || said::<EventId>("");
    let properties = [
        (member::ID, describe(id(), "The identity of the event: the same in every delivery of it.")),
        (member::TYPE, json!({ "const": name, "description": "The event type." })),
        (member::VERSION, json!({ "const": version, "description": "The version of `data`." })),
        (member::TIMESTAMP, describe(timestamp(), "When it happened, in milliseconds since 1970.")),
        (member::PARTITION_KEY, said::<PartitionKey>("Events of one key keep their order among themselves.")),
        (member::SOURCE, said::<SubsystemName>("The subsystem that says so.")),
        (member::CORRELATION_ID, describe(id(), "What all events of one story share.")),
        (member::CAUSATION_ID, describe(id(), "The event that caused this one.")),
        (member::TAGS, free("Free words about the event; nothing that its meaning depends on.")),
        (member::DATA, data),
        (
            member::KEPT,
            describe(
                json!({ "type": "object", "propertyNames": { "pattern": "^/" }, "additionalProperties": true }),
                "Fields that a reader kept and that have no place in this version, by pointer.",
            ),
        ),
    ];
    let required = [member::ID, member::TYPE, member::VERSION, member::TIMESTAMP, member::PARTITION_KEY, member::DATA];
    json!({
        "type": "object",
        "properties": members(properties),
        "required": required,
        "additionalProperties": false,
    })
}

/// Returns the schema of a detail that can be read in every delivery shape. A `Reader` accepts more: metadata from elsewhere,
/// and times in other spellings.
fn reader(payload: &Schema, data: Value) -> Value {
    let text = || json!({ "type": ["string", "null"] });
    let mut key = text();
    key["maxLength"] = PartitionKey::MAX_CHARACTERS.into();
    let properties = [
        (member::ID, text()),
        (member::TYPE, json!({ "const": payload.subject.name })),
        (member::VERSION, json!({ "const": payload.subject.version })),
        (member::TIMESTAMP, timestamp()),
        (member::PARTITION_KEY, key),
        // A mark names nobody, and is let pass.
        (
            member::SOURCE,
            json!({ "anyOf": [said::<SubsystemName>(""), { "type": "null" }, { "enum": ["", "external"] }] }),
        ),
        (member::CORRELATION_ID, text()),
        (member::CAUSATION_ID, text()),
        (member::TAGS, json!({ "type": ["object", "null"] })),
        (member::DATA, data),
    ];
    let mut required = vec![member::TYPE, member::TIMESTAMP, member::DATA];
    // An event that names no version is of the first.
    if payload.subject.version != Version::FIRST {
        required.push(member::VERSION);
    }
    json!({ "type": "object", "properties": members(properties), "required": required })
}

/// The milliseconds that chrono, and so an event, can hold.
fn timestamp() -> Value {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    json!({ "type": "integer", "minimum": first.timestamp_millis(), "maximum": last.timestamp_millis() })
}

fn free(description: &str) -> Value {
    describe(json!({ "type": "object", "additionalProperties": true }), description)
}

/// Returns the schema of a name type.
pub(super) fn said<T: JsonSchema>(description: &str) -> Value {
    let schema = T::json_schema(&mut SchemaGenerator::default()).to_value();
    if description.is_empty() { schema } else { describe(schema, description) }
}

pub(super) fn describe(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
