//! The schema registry of EventBridge, type `OpenApi3`: the envelope.

use serde_json::{Map, Value, json};

use super::dialect::{Dialect, References};
use super::eventbridge_json_schema::{LIMIT, marks, path};
use super::{Contract, Export, Subject};

/// What EventBridge calls the envelope.
const ENVELOPE: &str = "AWSEvent";

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let name = class_name(subject.name);
        let references = References {
            root: format!("#/components/schemas/{ENVELOPE}"),
            // No other name has this sign in it.
            definitions: format!("#/components/schemas/{name}_"),
        };
        let spoken = Dialect::OpenApi30.speak(subject.schema.in_envelope().as_value(), references);
        let mut envelope = spoken.root;
        envelope.extend(marks(subject));
        let mut schemas: Map<String, Value> =
            spoken.definitions.into_iter().map(|(of, schema)| (format!("{name}_{of}"), schema)).collect();
        // Code that is made of the document calls a class by the name of the component.
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
        export.put(path(subject), &document, spoken.losses, Some(&LIMIT));
    }
    export
}

fn info(subject: &Subject<'_>) -> Value {
    json!({ "title": subject.name, "version": format!("{}.0.0", subject.version.get()) })
}

/// The name of the type as a class would have it: `OrderCreated`.
fn class_name(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capitalised = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
    let name: String = capitalised.collect();
    // A class cannot begin with a digit, nor be called like the envelope.
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
    fn a_class_has_a_name() {
        assert_eq!(class_name("Order.Created"), "OrderCreated");
        assert_eq!(class_name("order-placed_2"), "OrderPlaced2");
        assert_eq!(class_name("2nd"), "Event2nd");
        assert_eq!(class_name("--"), "Event");
        assert_eq!(class_name("AWS.Event"), "EventAWSEvent");
    }
}
