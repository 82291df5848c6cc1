//! Merging of schemas that `flatten`, tags and references spread over one object.
//!
//! schemars describes a struct with a flattened enum by `properties` beside a `oneOf`. No part lists all members, so none
//! can be closed: `additionalProperties` in one would forbid the members of the others. The parts are therefore multiplied
//! out (disjunctive normal form): one schema for each form of the object, with all of its members.

use json_schema_core::{KeywordKind, for_each_subschema_mut};
use serde_json::{Map, Value, json};

use super::keyword::{has_type, is_annotation, referenced_definition};

type Definitions = Map<String, Value>;

/// Maximum number of alternatives that are multiplied out for one object.
const MAX_ALTERNATIVES: usize = 128;

/// Merges the schemas of each object, everywhere in `schema`.
pub(super) fn merge(schema: &mut Value, definitions: &Definitions) {
    for_each_subschema_mut(schema, |step, schema| {
        // Definitions are merged one by one.
        if step.keyword.kind != KeywordKind::Definitions {
            merge(schema, definitions);
        }
    });
    if !is_spread(schema) {
        return;
    }
    let Some(Alternatives { mut objects, exclusive }) = expand(schema, definitions, 0) else {
        return;
    };
    let annotations = schema.as_object().into_iter().flatten().filter(|(keyword, _)| is_annotation(keyword));
    let mut annotations: Map<String, Value> =
        annotations.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
    *schema = match objects.pop() {
        None => Value::Bool(false),
        Some(only) if objects.is_empty() => {
            annotations.extend(only);
            Value::Object(annotations)
        }
        Some(last) => {
            objects.push(last);
            // An annotation of the whole object is not repeated in its alternatives.
            let alternatives = objects.into_iter().map(|mut object| {
                object.retain(|keyword, value| annotations.get(keyword) != Some(value));
                Value::Object(object)
            });
            let alternatives: Vec<Value> = alternatives.collect();
            annotations.insert(if exclusive { "oneOf" } else { "anyOf" }.to_owned(), alternatives.into());
            Value::Object(annotations)
        }
    };
}

/// Returns true if several schemas apply to the same object here.
fn is_spread(schema: &Value) -> bool {
    let Some(keywords) = schema.as_object() else {
        return false;
    };
    let lists_members =
        ["properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "required"]
            .into_iter()
            .any(|keyword| keywords.contains_key(keyword));
    let is_object = lists_members || has_type(schema, "object");
    let is_composed = keywords.contains_key("anyOf") || keywords.contains_key("oneOf");
    let has_siblings = keywords.keys().any(|keyword| keyword != "$ref" && !is_annotation(keyword));
    (is_object && is_composed)
        || keywords.contains_key("allOf")
        || (keywords.contains_key("$ref") && has_siblings)
        || keywords.contains_key("unevaluatedProperties")
}

/// The alternatives of a schema in disjunctive normal form: each is a schema without in-place applicators.
struct Alternatives {
    objects: Vec<Map<String, Value>>,
    /// No value satisfies two of them, so that they form a `oneOf`.
    exclusive: bool,
}

impl Alternatives {
    fn one(object: Map<String, Value>) -> Self {
        Self { objects: vec![object], exclusive: true }
    }

    /// Returns the conjunction; `None` beyond [`MAX_ALTERNATIVES`], or where no single schema expresses a part of it.
    fn and(self, other: &Self) -> Option<Self> {
        if self.objects.len() * other.objects.len() > MAX_ALTERNATIVES {
            return None;
        }
        let mut objects = Vec::new();
        for one in &self.objects {
            for another in &other.objects {
                match conjunction(one, another)? {
                    Conjunction::Schema(object) => objects.push(object),
                    Conjunction::Unsatisfiable => {}
                }
            }
        }
        Some(Self { objects, exclusive: self.exclusive && other.exclusive })
    }
}

/// Maximum depth of references and in-place applicators that are expanded.
const MAX_DEPTH: usize = 32;

fn expand(schema: &Value, definitions: &Definitions, depth: usize) -> Option<Alternatives> {
    let keywords = match schema {
        Value::Bool(true) => return Some(Alternatives::one(Map::new())),
        Value::Bool(false) => return Some(Alternatives { objects: Vec::new(), exclusive: true }),
        Value::Object(keywords) if depth < MAX_DEPTH => keywords,
        Value::Object(_) | Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
    };
    let mut own = keywords.clone();
    let (reference, all) = (own.remove("$ref"), own.remove("allOf"));
    let choices = [(true, own.remove("oneOf")), (false, own.remove("anyOf"))];
    let mut alternatives = Alternatives::one(own);
    if reference.is_some() {
        let definition = definitions.get(&referenced_definition(schema)?)?;
        alternatives = alternatives.and(&expand(definition, definitions, depth + 1)?)?;
    }
    for schema in all.iter().filter_map(Value::as_array).flatten() {
        alternatives = alternatives.and(&expand(schema, definitions, depth + 1)?)?;
    }
    for (exclusive, schemas) in choices {
        let Some(Value::Array(schemas)) = schemas else { continue };
        let mut choice = Alternatives { objects: Vec::new(), exclusive };
        for schema in &schemas {
            let one = expand(schema, definitions, depth + 1)?;
            choice.exclusive &= one.exclusive;
            choice.objects.extend(one.objects);
        }
        alternatives = alternatives.and(&choice)?;
    }
    for object in &mut alternatives.objects {
        // All schemas of this object are merged into `properties` by now: nothing else is evaluated.
        if let Some(rest) = object.remove("unevaluatedProperties")
            && !object.contains_key("additionalProperties")
        {
            object.insert("additionalProperties".to_owned(), rest);
        }
    }
    Some(alternatives)
}

enum Conjunction {
    Schema(Map<String, Value>),
    Unsatisfiable,
}

/// Returns one schema for both; `None` where none expresses the conjunction.
fn conjunction(one: &Map<String, Value>, another: &Map<String, Value>) -> Option<Conjunction> {
    if limits_names_of(one, another) || limits_names_of(another, one) {
        return None;
    }
    let mut merged = one.clone();
    for (keyword, value) in another {
        let Some(present) = merged.get_mut(keyword) else {
            merged.insert(keyword.clone(), value.clone());
            continue;
        };
        match (keyword.as_str(), present, value) {
            ("properties" | "patternProperties", Value::Object(properties), Value::Object(names)) => {
                for (name, schema) in names {
                    match properties.get_mut(name) {
                        Some(other) if other != schema => *other = json!({ "allOf": [other.clone(), schema] }),
                        Some(_) => {}
                        None => {
                            properties.insert(name.clone(), schema.clone());
                        }
                    }
                }
            }
            ("required", Value::Array(required), Value::Array(names)) => {
                for name in names {
                    if !required.contains(name) {
                        required.push(name.clone());
                    }
                }
            }
            ("type", present, types) => {
                let in_both: Vec<&str> =
                    types_of(present).into_iter().filter(|one| types_of(types).contains(one)).collect();
                *present = match in_both.as_slice() {
                    [] => return Some(Conjunction::Unsatisfiable),
                    [only] => Value::from(*only),
                    several => Value::from(several.to_vec()),
                };
            }
            (_, present, value) if present == value || is_annotation(keyword) => {}
            _ => return None,
        }
    }
    Some(Conjunction::Schema(merged))
}

/// Returns true if `additionalProperties` of one applies to properties of the other.
fn limits_names_of(one: &Map<String, Value>, another: &Map<String, Value>) -> bool {
    let (Some(rest), Some(names)) = (one.get("additionalProperties"), another.get("properties")) else {
        return false;
    };
    let is_known = |name: &String| one.get("properties").is_some_and(|known| known.get(name).is_some());
    *rest != Value::Bool(true) && !names.as_object().is_some_and(|names| names.keys().all(is_known))
}

fn types_of(types: &Value) -> Vec<&str> {
    match types {
        Value::String(only) => vec![only],
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(mut schema: Value) -> Value {
        let definitions = json!({"Tree": {"type": "object", "properties": {"name": {}}, "required": ["name"]}});
        merge(&mut schema, definitions.as_object().unwrap());
        schema
    }

    #[test]
    fn keywords_beside_a_choice_go_into_each_alternative() {
        let schema = json!({
            "title": "T", "type": "object", "properties": {"a": {}}, "required": ["a"],
            "oneOf": [{"properties": {"b": {}}, "required": ["b"]}, {"title": "C", "properties": {"c": {}}}],
        });
        assert_eq!(
            merged(schema),
            json!({"title": "T", "oneOf": [
                {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]},
                {"type": "object", "properties": {"a": {}, "c": {}}, "required": ["a"]},
            ]})
        );
    }

    #[test]
    fn a_choice_with_an_open_end_is_not_exclusive() {
        let schema = json!({
            "properties": {"a": {}},
            "allOf": [{"anyOf": [{"oneOf": [{"required": ["x"]}, {"required": ["y"]}]}, {}]}, {"oneOf": [{"required": ["z"]}]}],
        });
        assert_eq!(
            merged(schema),
            json!({"anyOf": [
                {"properties": {"a": {}}, "required": ["x", "z"]},
                {"properties": {"a": {}}, "required": ["y", "z"]},
                {"properties": {"a": {}}, "required": ["z"]},
            ]})
        );
    }

    #[test]
    fn a_reference_with_company_is_resolved_and_a_lonely_one_is_not() {
        let lonely = json!({"description": "d", "$ref": "#/$defs/Tree"});
        assert_eq!(merged(lonely.clone()), lonely);
        assert_eq!(
            merged(json!({"$ref": "#/$defs/Tree", "type": "object", "properties": {"t": {"const": "a"}}})),
            json!({"type": "object", "properties": {"name": {}, "t": {"const": "a"}}, "required": ["name"]})
        );
    }

    #[test]
    fn the_rest_of_the_names_comes_after_all_others() {
        let schema = json!({
            "type": "object", "properties": {"a": {}}, "unevaluatedProperties": {"type": "string"},
            "oneOf": [{"properties": {"b": {}}}, {"type": "string"}],
        });
        assert_eq!(
            merged(schema),
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "additionalProperties": {"type": "string"}})
        );
    }

    #[test]
    fn inexpressible_conjunctions_stay() {
        let closed = json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false,
            "oneOf": [{"properties": {"b": {}}}]});
        assert_eq!(merged(closed.clone()), closed);
        let several: Vec<_> = (0..12).map(|n| json!({"required": [n.to_string()]})).collect();
        let many = json!({"allOf": [{"anyOf": several}, {"anyOf": several}]});
        assert_eq!(merged(many.clone()), many);
    }
}
