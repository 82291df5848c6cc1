//! The schema of the envelope in which `EventBridge` delivers a detail.

use serde_json::{Value, json};

use super::detail::describe;
use json_schema_core::Role;

/// Returns the schema of the envelope around a detail. Both roles are open: the envelope belongs to EventBridge, which may
/// add members.
pub(super) fn schema(role: Role, name: &str, detail: &Value) -> Value {
    match role {
        Role::Writer => writer(name, detail),
        Role::Reader => reader(name, detail),
    }
}

pub(super) fn writer(name: &str, detail: &Value) -> Value {
    let string = |description: &str| describe(json!({ "type": "string", "minLength": 1 }), description);
    json!({
        "type": "object",
        "properties": {
            "version": { "const": "0", "description": "The version of the envelope." },
            "id": string("Id of this delivery: different for every put and in every region."),
            "detail-type": { "const": name, "description": "The event type." },
            "source": { "type": "string", "minLength": 1, "maxLength": 256,
                "description": "Subsystem that put the event, or the mark `external`." },
            "account": { "type": "string", "pattern": "^[0-9]{12}$",
                "description": "AWS account of the first put." },
            "time": { "type": "string", "format": "date-time", "description": "Time of the event, to the second." },
            "region": string("AWS region of the first put."),
            "resources": { "type": "array", "items": { "type": "string" },
                "description": "ARNs of the resources that the event concerns." },
            "replay-name": string("Name of the replay that delivered the event again."),
            "detail": detail,
        },
        "required":
            ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"],
    })
}

fn reader(name: &str, detail: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "detail-type": { "const": name },
            "source": { "type": "string" },
            "time": { "type": "string", "format": "date-time" },
            "detail": detail,
        },
        "required": ["detail-type", "detail"],
    })
}
