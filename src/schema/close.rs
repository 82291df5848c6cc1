//! Closing of the writer's objects: a writer writes no other members than its schema lists.

use json_schema_core::{KeywordKind, for_each_subschema_mut};
use serde_json::{Map, Value};

use super::keyword::{has_in_place_schemas, has_type};

/// Closes every object in `schema` without `additionalProperties` or `unevaluatedProperties` of its own.
pub(super) fn close(schema: &mut Value) {
    close_at(schema, Position::Outermost);
}

/// The position of a schema among those that apply to the same object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// No schema around it applies to the same object.
    Outermost,
    /// A schema around it applies to the same object, and may list more members.
    Within,
}

fn close_at(schema: &mut Value, position: Position) {
    let is_object = schema.get("properties").is_some() || has_type(schema, "object");
    let is_composed = schema.as_object().is_some_and(has_in_place_schemas);
    for_each_subschema_mut(schema, |step, schema| {
        let keyword = step.keyword;
        if matches!(keyword.name, "not" | "if") {
            // Closing a negated schema would open the object.
            return;
        }
        let is_within = keyword.kind == KeywordKind::InPlaceApplicator
            && (position == Position::Within || (is_object && is_composed) || keyword.name == "allOf");
        close_at(schema, if is_within { Position::Within } else { Position::Outermost });
    });
    if !is_object || position == Position::Within {
        return;
    }
    let Some(schema) = schema.as_object_mut() else { return };
    if schema.contains_key("additionalProperties") || schema.contains_key("unevaluatedProperties") {
        return;
    }
    // Objects without members are closed, too: `struct Empty {}` writes none.
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
