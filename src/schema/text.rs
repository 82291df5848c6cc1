//! The text of a schema, and of a document with schemas: byte for byte the same for equal documents.

use std::fmt::{self, Write};

use serde_json::{Map, Value};

/// Keywords that come first in an object of keywords, in this order. The others follow in alphabetical order.
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

/// Keywords that come last.
const LAST: [&str; 5] = ["example", "examples", "$defs", "definitions", "components"];

/// Members that are maps: names in them are not keywords. A registry's document has more of them than JSON Schema, such as
/// `channels` of AsyncAPI, so that this is not the table of `json_schema_core`.
const MAPS: [&str; 9] = [
    "properties",
    "patternProperties",
    "dependencies",
    "dependentSchemas",
    "$defs",
    "definitions",
    "channels",
    "messages",
    "operations",
];

/// Members whose values are not schemas.
const VALUES: [&str; 6] = ["example", "examples", "default", "const", "enum", "dependentRequired"];

/// Writes a document with indentation of two spaces and a final line feed.
pub(super) fn write_pretty(f: &mut impl Write, document: &Value) -> fmt::Result {
    write(f, document, Kind::Keywords, 0)?;
    f.write_char('\n')
}

/// Returns the text that [`write_pretty`] writes.
pub(crate) fn pretty(document: &Value) -> String {
    let mut text = String::new();
    // A `String` cannot fail to be written to.
    let _ = write_pretty(&mut text, document);
    text
}

/// Returns a value on one line with sorted names: equal for equal values only.
pub(crate) fn compact(value: &Value) -> String {
    let mut text = String::new();
    write_compact(&mut text, value);
    text
}

fn write_compact(text: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_compact(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, value)) in by_name(members).into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name).to_string());
                text.push(':');
                write_compact(text, value);
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn by_name(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}

/// The kind of the member names of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keywords,
    Names,
    /// The groups in `components`, each with names of its own.
    Groups,
    Value,
}

fn write(f: &mut impl Write, value: &Value, kind: Kind, depth: usize) -> fmt::Result {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                f.write_char(if index == 0 { '[' } else { ',' })?;
                line(f, depth + 1)?;
                write(f, item, kind, depth + 1)?;
            }
            line(f, depth)?;
            f.write_char(']')
        }
        Value::Object(members) if !members.is_empty() => {
            let mut members = by_name(members);
            if kind == Kind::Keywords {
                members.sort_by_key(|(name, _)| rank(name));
            }
            for (index, (name, value)) in members.into_iter().enumerate() {
                f.write_char(if index == 0 { '{' } else { ',' })?;
                line(f, depth + 1)?;
                write!(f, "{}: ", Value::from(name))?;
                let below = match kind {
                    Kind::Value => Kind::Value,
                    Kind::Groups => Kind::Names,
                    Kind::Keywords if VALUES.contains(&name) => Kind::Value,
                    Kind::Keywords if MAPS.contains(&name) => Kind::Names,
                    Kind::Keywords if name == "components" => Kind::Groups,
                    Kind::Keywords | Kind::Names => Kind::Keywords,
                };
                write(f, value, below, depth + 1)?;
            }
            line(f, depth)?;
            f.write_char('}')
        }
        scalar => write!(f, "{scalar}"),
    }
}

fn line(f: &mut impl Write, depth: usize) -> fmt::Result {
    write!(f, "\n{:1$}", "", 2 * depth)
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

    fn on_one_line(document: &Value) -> String {
        pretty(document).lines().map(str::trim).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keywords_have_an_order_and_names_are_sorted() {
        let schema = json!({
            "$defs": {"type": {"items": {}, "type": "array"}, "a": true},
            "required": ["type"],
            "properties": {"type": {"minimum": 1, "type": "integer"}, "schemas": {}, "id": {}},
            "dependentRequired": {"type": ["id"], "id": []},
            "type": "object",
            "$schema": "s",
            "examples": [{"type": 1, "a": {"properties": 1, "$ref": 2}}],
        });
        assert_eq!(
            on_one_line(&schema),
            r#"{ "$schema": "s", "type": "object", "properties": { "id": {}, "schemas": {}, "type": { "type": "integer", "minimum": 1 } }, "dependentRequired": { "id": [], "type": [ "id" ] }, "required": [ "type" ], "examples": [ { "a": { "$ref": 2, "properties": 1 }, "type": 1 } ], "$defs": { "a": true, "type": { "type": "array", "items": {} } } }"#
        );
        assert_eq!(
            on_one_line(&json!({"components": {"schemas": {"type": {"a": 1, "type": 2}, "$ref": {}}}, "openapi": "3"})),
            r#"{ "openapi": "3", "components": { "schemas": { "$ref": {}, "type": { "type": 2, "a": 1 } } } }"#
        );
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let name = prop_oneof![
                any::<String>(),
                prop::sample::select(vec!["properties", "type", "const", "components"]).prop_map(str::to_owned)
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn both_texts_are_the_value(value in json()) {
            prop_assert_eq!(&serde_json::from_str::<Value>(&pretty(&value)).unwrap(), &value);
            prop_assert_eq!(&serde_json::from_str::<Value>(&compact(&value)).unwrap(), &value);
        }
    }
}
