//! The schema of the envelope in which `EventBridge` delivers a detail.

use serde_json::{Value, json};

use super::detail::describe;
use super::{Part, Role, Schema};

/// The schema of the envelope around the detail that `detail` is the schema of. It is open for both: the envelope is
/// EventBridge's, and may grow.
pub(super) fn around(detail: &Schema) -> Schema {
    let subject = detail.subject;
    detail.wrap(Part::Envelope, |inner| match subject.role {
        Role::Writer => writer(subject.name, &inner),
        Role::Reader => reader(subject.name, &inner),
    })
}

pub(super) fn writer(name: &str, detail: &Value) -> Value {
    let text = |description: &str| describe(json!({ "type": "string", "minLength": 1 }), description);
    json!({
        "type": "object",
        "properties": {
            "version": { "const": "0", "description": "The version of the envelope." },
            "id": text("The id of this delivery: another one with every put and in every region."),
            "detail-type": { "const": name, "description": "The event type." },
            "source": { "type": "string", "minLength": 1, "maxLength": 256,
                "description": "The subsystem that has put the event, or the mark `external`." },
            "account": { "type": "string", "pattern": "^[0-9]{12}$",
                "description": "The account in which it was put first." },
            "time": { "type": "string", "format": "date-time", "description": "When it happened, to the second." },
            "region": text("The region in which it was put first."),
            "resources": { "type": "array", "items": { "type": "string" },
                "description": "What the event concerns, as ARNs." },
            "replay-name": text("The replay that has delivered it again."),
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
