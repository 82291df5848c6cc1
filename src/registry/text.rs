//! The text of a document: the same for the same document, to the byte.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The document without white space.
pub(super) use crate::schema::compact;

/// What stands first in an object that is not there for the names of others, in this order. The rest follows by the
/// alphabet.
const FIRST: [&str; 17] = [
    "$schema",
    "id",
    "$id",
    "asyncapi",
    "openapi",
    "info",
    "$ref",
    "name",
    "title",
    "description",
    "schemaFormat",
    "type",
    "nullable",
    "format",
    "const",
    "enum",
    "properties",
];

/// What stands last.
const LAST: [&str; 5] = ["example", "examples", "$defs", "definitions", "components"];

/// Members whose own members have names that someone else has given them.
const NAMED: [&str; 11] = [
    "properties",
    "patternProperties",
    "dependencies",
    "dependentSchemas",
    "$defs",
    "definitions",
    "components",
    "schemas",
    "channels",
    "messages",
    "operations",
];

/// Members that hold values, not schemas.
const VALUES: [&str; 5] = ["example", "examples", "default", "const", "enum"];

/// The document on many lines, two spaces a level, with a line end at the end.
pub(super) fn pretty(document: &Value) -> String {
    let mut text = String::new();
    // A `String` cannot fail to be written to; so is the text of a scalar.
    let _ = write(&mut text, document, Kind::Keywords, 0);
    text.push('\n');
    text
}

/// What the members of an object are called by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keywords,
    Names,
    Value,
}

fn write(text: &mut String, value: &Value, kind: Kind, depth: usize) -> std::fmt::Result {
    let line = |text: &mut String, depth: usize| write!(text, "\n{:1$}", "", 2 * depth);
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                text.push(if index == 0 { '[' } else { ',' });
                line(text, depth + 1)?;
                write(text, item, kind, depth + 1)?;
            }
            line(text, depth)?;
            text.push(']');
            Ok(())
        }
        Value::Object(members) if !members.is_empty() => {
            for (index, (name, value)) in in_order(members, kind).into_iter().enumerate() {
                text.push(if index == 0 { '{' } else { ',' });
                line(text, depth + 1)?;
                write!(text, "{}: ", Value::from(name))?;
                let below = match kind {
                    Kind::Value => Kind::Value,
                    Kind::Keywords if VALUES.contains(&name) => Kind::Value,
                    Kind::Keywords if NAMED.contains(&name) => Kind::Names,
                    // The groups of `components` hold names again.
                    Kind::Names if depth == 1 && NAMED.contains(&name) => Kind::Names,
                    Kind::Keywords | Kind::Names => Kind::Keywords,
                };
                write(text, value, below, depth + 1)?;
            }
            line(text, depth)?;
            text.push('}');
            Ok(())
        }
        scalar => write!(text, "{scalar}"),
    }
}

fn in_order(members: &Map<String, Value>, kind: Kind) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_unstable_by_key(|(name, _)| (if kind == Kind::Keywords { rank(name) } else { 0 }, *name));
    members
}

fn rank(name: &str) -> usize {
    let first = FIRST.iter().position(|first| *first == name);
    let last = LAST.iter().position(|last| *last == name).map(|at| FIRST.len() + 1 + at);
    first.or(last).unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keywords_have_an_order_and_names_the_alphabet() {
        let document = json!({
            "definitions": {"type": {"items": {}, "type": "array"}, "a": true},
            "properties": {"type": {"minimum": 1, "type": "integer"}, "id": {}},
            "additionalProperties": false,
            "examples": [{"type": 1, "a": {"properties": 1, "$ref": 2}}],
            "type": "object",
        });
        let text: Vec<_> = pretty(&document).lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(
            text.join(" "),
            r#"{ "type": "object", "properties": { "id": {}, "type": { "type": "integer", "minimum": 1 } }, "additionalProperties": false, "examples": [ { "a": { "$ref": 2, "properties": 1 }, "type": 1 } ], "definitions": { "a": true, "type": { "type": "array", "items": {} } } }"#
        );
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let name = prop_oneof![any::<String>(), Just("properties".to_owned()), Just("const".to_owned())];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn both_texts_are_the_document(value in json()) {
            prop_assert_eq!(&serde_json::from_str::<Value>(&pretty(&value)).unwrap(), &value);
            prop_assert_eq!(&serde_json::from_str::<Value>(&compact(&value)).unwrap(), &value);
        }
    }
}
