//! The schema of the canonical detail around a payload.

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::event::member;
use crate::name::{EventId, PartitionKey, SubsystemName, Version};
use json_schema_core::Role;

/// Returns the schema of the detail around a payload with the schema `data`.
pub(super) fn schema(role: Role, name: &str, version: Version, data: Value) -> Value {
    match role {
        Role::Writer => writer(name, version, data),
        Role::Reader => reader(name, version, data),
    }
}

/// Returns the schema of the detail that `Event` writes; a test compares them.
pub(super) fn writer(name: &str, version: Version, data: Value) -> Value {
    let id = || name_schema::<EventId>("");
    let properties = [
        (member::ID, describe(id(), "Id of the event: the same in every delivery of it.")),
        (member::TYPE, json!({ "const": name, "description": "The event type." })),
        (member::VERSION, json!({ "const": version, "description": "The version of `data`." })),
        (member::TIMESTAMP, describe(timestamp(), "Time of the event, in milliseconds since 1970.")),
        (
            member::PARTITION_KEY,
            name_schema::<PartitionKey>("Partition key: events with the same key keep their order."),
        ),
        (member::SOURCE, name_schema::<SubsystemName>("Subsystem that published the event.")),
        (member::CORRELATION_ID, describe(id(), "Correlation id: shared by all events of one process.")),
        (member::CAUSATION_ID, describe(id(), "The event that caused this one.")),
        (member::TAGS, open_object("Metadata for operations, such as stage or account.")),
        (member::DATA, data),
        (
            member::KEPT,
            describe(
                json!({ "type": "object", "propertyNames": { "pattern": "^/" }, "additionalProperties": true }),
                "Unknown fields that have no place in this version, by JSON pointer.",
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
fn reader(name: &str, version: Version, data: Value) -> Value {
    let nullable_string = || json!({ "type": ["string", "null"] });
    let mut key = nullable_string();
    key["maxLength"] = PartitionKey::MAX_CHARACTERS.into();
    let properties = [
        (member::ID, nullable_string()),
        (member::TYPE, json!({ "const": name })),
        (member::VERSION, json!({ "const": version })),
        (member::TIMESTAMP, timestamp()),
        (member::PARTITION_KEY, key),
        // Empty and `external` name no subsystem; a reader accepts them.
        (
            member::SOURCE,
            json!({ "anyOf": [name_schema::<SubsystemName>(""), { "type": "null" }, { "enum": ["", "external"] }] }),
        ),
        (member::CORRELATION_ID, nullable_string()),
        (member::CAUSATION_ID, nullable_string()),
        (member::TAGS, json!({ "type": ["object", "null"] })),
        (member::DATA, data),
    ];
    let mut required = vec![member::TYPE, member::TIMESTAMP, member::DATA];
    // An event without a version has the first one.
    if version != Version::FIRST {
        required.push(member::VERSION);
    }
    json!({ "type": "object", "properties": members(properties), "required": required })
}

/// Returns the schema of a time: the milliseconds that chrono can represent.
fn timestamp() -> Value {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    json!({ "type": "integer", "minimum": first.timestamp_millis(), "maximum": last.timestamp_millis() })
}

fn open_object(description: &str) -> Value {
    describe(json!({ "type": "object", "additionalProperties": true }), description)
}

/// Returns the schema of a name type.
pub(super) fn name_schema<T: JsonSchema>(description: &str) -> Value {
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
