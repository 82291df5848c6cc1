//! The writer says all that it writes: no other names.

use serde_json::{Map, Value};

use super::keyword::{each_mut, has_type, is_in_place};

/// Closes every object in `schema` that does not say itself what else it holds.
pub(super) fn close(schema: &mut Value) {
    close_at(schema, false);
}

/// `in_place`: something above speaks of the same object, and knows names that this schema does not.
fn close_at(schema: &mut Value, in_place: bool) {
    let is_object = schema.get("properties").is_some() || has_type(schema, "object");
    let is_composed = schema.as_object().is_some_and(|keywords| {
        ["$ref", "allOf", "anyOf", "oneOf", "if"].iter().any(|keyword| keywords.contains_key(*keyword))
    });
    let is_whole = is_object && !in_place;
    each_mut(schema, &mut |keyword, schema| match keyword {
        "not" | "if" => {}
        _ if is_in_place(keyword) => close_at(schema, in_place || (is_object && is_composed) || keyword == "allOf"),
        _ => close_at(schema, false),
    });
    if !is_whole {
        return;
    }
    let Some(schema) = schema.as_object_mut() else { return };
    if schema.contains_key("additionalProperties") || schema.contains_key("unevaluatedProperties") {
        return;
    }
    // An object without a name is closed, too: `struct Empty {}` writes nothing.
    schema.entry("properties").or_insert_with(|| Map::new().into());
    let keyword = if is_composed { "unevaluatedProperties" } else { "additionalProperties" };
    schema.insert(keyword.to_owned(), Value::Bool(false));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn closed(mut schema: Value) -> Value {
        close(&mut schema);
        schema
    }

    #[test]
    fn objects_are_closed_at_every_depth_and_maps_are_not() {
        assert_eq!(
            closed(json!({
                "type": ["object", "null"],
                "properties": {
                    "list": {"items": {"oneOf": [{"type": "object"}, {"type": "string"}]}},
                    "map": {"type": "object", "additionalProperties": {"properties": {"a": true}}},
                    "any": {"type": "object", "additionalProperties": true},
                },
                "$defs": {"D": {"type": "object", "properties": {}}},
            })),
            json!({
                "type": ["object", "null"],
                "properties": {
                    "list": {"items": {"oneOf": [
                        {"type": "object", "properties": {}, "additionalProperties": false}, {"type": "string"}]}},
                    "map": {"type": "object", "additionalProperties":
                        {"properties": {"a": true}, "additionalProperties": false}},
                    "any": {"type": "object", "additionalProperties": true},
                },
                "additionalProperties": false,
                "$defs": {"D": {"type": "object", "properties": {}, "additionalProperties": false}},
            })
        );
    }

    #[test]
    fn an_object_in_several_schemas_is_closed_around_all_of_them() {
        assert_eq!(
            closed(json!({
                "type": "object",
                "properties": {"a": {"type": "object"}},
                "allOf": [{"properties": {"b": {"type": "object"}}}],
                "not": {"properties": {"c": false}},
            })),
            json!({
                "type": "object",
                "properties": {"a": {"type": "object", "properties": {}, "additionalProperties": false}},
                "allOf": [{"properties": {"b": {"type": "object", "properties": {}, "additionalProperties": false}}}],
                "not": {"properties": {"c": false}},
                "unevaluatedProperties": false,
            })
        );
    }
}
