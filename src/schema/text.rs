//! The text of a schema: the same for the same schema, to the byte.

use std::fmt::{self, Write};

use serde_json::{Map, Value};

use super::keyword::{Holds, holds};

/// The keywords that come first in a schema, in this order. All others follow by the alphabet; names always stand by
/// the alphabet.
const FIRST: [&str; 10] =
    ["$schema", "$id", "$ref", "title", "description", "type", "format", "const", "enum", "properties"];

/// The keywords that come last.
const LAST: [&str; 2] = ["examples", "$defs"];

/// Writes a schema on many lines, two spaces a level.
pub(super) fn write_schema(f: &mut impl Write, schema: &Value) -> fmt::Result {
    write(f, schema, Kind::Schema, 0)?;
    f.write_char('\n')
}

/// A value on one line, its names by the alphabet: equal for equal values, and for no others.
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

/// What the members of an object are called by.
#[derive(Clone, Copy)]
enum Kind {
    Schema,
    Schemas,
    Other,
}

fn write(f: &mut impl Write, value: &Value, kind: Kind, depth: usize) -> fmt::Result {
    match value {
        Value::Array(items) if !items.is_empty() => {
            f.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                new_line(f, index, depth + 1)?;
                write(f, item, kind, depth + 1)?;
            }
            end_line(f, depth)?;
            f.write_char(']')
        }
        Value::Object(members) if !members.is_empty() => {
            let mut members = by_name(members);
            if matches!(kind, Kind::Schema) {
                members.sort_by_key(|(keyword, _)| rank(keyword));
            }
            f.write_char('{')?;
            for (index, (name, value)) in members.into_iter().enumerate() {
                new_line(f, index, depth + 1)?;
                write!(f, "{}: ", Value::from(name))?;
                let kind = match kind {
                    Kind::Schema => match holds(name, value) {
                        Holds::Schema | Holds::Schemas => Kind::Schema,
                        Holds::SchemasByName => Kind::Schemas,
                        Holds::Other => Kind::Other,
                    },
                    Kind::Schemas => Kind::Schema,
                    Kind::Other => Kind::Other,
                };
                write(f, value, kind, depth + 1)?;
            }
            end_line(f, depth)?;
            f.write_char('}')
        }
        scalar => write!(f, "{scalar}"),
    }
}

fn rank(keyword: &str) -> usize {
    let first = FIRST.iter().position(|first| *first == keyword);
    let last = LAST.iter().position(|last| *last == keyword).map(|at| FIRST.len() + 1 + at);
    first.or(last).unwrap_or(FIRST.len())
}

fn new_line(f: &mut impl Write, index: usize, depth: usize) -> fmt::Result {
    if index > 0 {
        f.write_char(',')?;
    }
    end_line(f, depth)
}

fn end_line(f: &mut impl Write, depth: usize) -> fmt::Result {
    f.write_char('\n')?;
    (0..depth).try_for_each(|_| f.write_str("  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn text(schema: &Value) -> String {
        let mut text = String::new();
        write_schema(&mut text, schema).unwrap();
        text
    }

    #[test]
    fn keywords_have_an_order_and_names_the_alphabet() {
        let schema = json!({
            "$defs": {"b": {}, "a": true},
            "required": ["type"],
            "properties": {"type": {"minimum": 1, "type": "integer"}, "const": {}},
            "type": "object",
            "$schema": "s",
            "examples": [{"type": 1, "$id": []}],
        });
        let lines: Vec<_> = text(&schema).lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(
            lines.join(" "),
            r#"{ "$schema": "s", "type": "object", "properties": { "const": {}, "type": { "type": "integer", "minimum": 1 } }, "required": [ "type" ], "examples": [ { "$id": [], "type": 1 } ], "$defs": { "a": true, "b": {} } }"#
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
            let name = prop_oneof![any::<String>(), Just("properties".to_owned()), Just("type".to_owned())];
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
            prop_assert_eq!(&serde_json::from_str::<Value>(&text(&value)).unwrap(), &value);
            prop_assert_eq!(&serde_json::from_str::<Value>(&compact(&value)).unwrap(), &value);
        }
    }
}
