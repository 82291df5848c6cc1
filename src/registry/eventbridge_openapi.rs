//! The schema registry of EventBridge, type `OpenApi3`: the envelope.

use serde_json::{Map, Value, json};

use super::contract::{Contract, Subject};
use super::dialect::{Dialect, References};
use super::eventbridge_json_schema::{LIMIT, event_keywords, path};
use super::export::Export;

/// The component name of the envelope in EventBridge's own schemas.
const ENVELOPE: &str = "AWSEvent";

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let name = class_name(subject.name);
        let references = References {
            root: format!("#/components/schemas/{ENVELOPE}"),
            // No class name contains `_`.
            definitions: format!("#/components/schemas/{name}_"),
        };
        let converted = Dialect::OpenApi30.convert(subject.schema.in_envelope().as_value(), references);
        let mut envelope = converted.root;
        envelope.extend(event_keywords(subject));
        let mut schemas: Map<String, Value> = converted
            .definitions
            .into_iter()
            .map(|(definition, schema)| (format!("{name}_{definition}"), schema))
            .collect();
        // Generated code names a class by its component.
        if let Some(detail) = envelope.get_mut("properties").and_then(|properties| properties.get_mut("detail")) {
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            schemas.insert(name, std::mem::replace(detail, reference));
        }
        schemas.insert(ENVELOPE.to_owned(), envelope.into());
        let document = json!({
            "openapi": "3.0.0",
            "info": info(subject),
            "paths": {},
            "components": { "schemas": schemas },
        });
        export.put(path(subject), &document, converted.losses, Some(&LIMIT));
    }
    export
}

fn info(subject: &Subject<'_>) -> Value {
    json!({ "title": subject.name, "version": format!("{}.0.0", subject.version.get()) })
}

/// Returns the name of a class for a type: `OrderCreated`.
fn class_name(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capitalised =
        words.filter_map(|word| word.split_at_checked(1)).map(|(first, rest)| first.to_ascii_uppercase() + rest);
    let name: String = capitalised.collect();
    // The name of a class does not begin with a digit, and is not that of the envelope.
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) && name != ENVELOPE {
        name
    } else {
        format!("Event{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_valid_and_unique() {
        assert_eq!(class_name("Order.Created"), "OrderCreated");
        assert_eq!(class_name("order-placed_2"), "OrderPlaced2");
        assert_eq!(class_name("2nd"), "Event2nd");
        assert_eq!(class_name("--"), "Event");
        assert_eq!(class_name("AWS.Event"), "EventAWSEvent");
    }
}
