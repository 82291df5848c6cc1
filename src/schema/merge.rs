//! Merging of schemas that `flatten`, tags and references spread over one object.
//!
//! A struct into which an enum is flattened comes as `properties` beside a `oneOf`. No part of it knows all the names,
//! so that none can be closed: `additionalProperties` in one of them would forbid those of the others. Here the parts
//! are multiplied out, one schema for each way to write the object, and each knows all of its names.

use serde_json::{Map, Value, json};

use super::keyword::{definition_of, each_mut, has_type, is_annotation};

type Definitions = Map<String, Value>;

/// Maximum number of alternatives that are multiplied out for one object.
const MAX_ALTERNATIVES: usize = 128;

/// Puts the schemas of each object together, everywhere in `schema`.
pub(super) fn merge(schema: &mut Value, definitions: &Definitions) {
    each_mut(schema, &mut |keyword, schema| {
        // Definitions are merged one by one.
        if keyword != "$defs" {
            merge(schema, definitions);
        }
    });
    if !is_spread(schema) {
        return;
    }
    let Some(Ways { objects, exclusive }) = ways(schema, definitions, 0) else {
        return;
    };
    let annotations = schema.as_object().into_iter().flatten().filter(|(keyword, _)| is_annotation(keyword));
    let mut annotations: Map<String, Value> =
        annotations.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
    let mut objects = objects;
    *schema = match objects.pop() {
        None => Value::Bool(false),
        Some(only) if objects.is_empty() => {
            annotations.extend(only);
            Value::Object(annotations)
        }
        Some(last) => {
            objects.push(last);
            // What the whole object is called, its parts need not repeat.
            let parts = objects.into_iter().map(|mut object| {
                object.retain(|keyword, value| annotations.get(keyword) != Some(value));
                Value::Object(object)
            });
            let parts: Vec<Value> = parts.collect();
            annotations.insert(if exclusive { "oneOf" } else { "anyOf" }.to_owned(), parts.into());
            Value::Object(annotations)
        }
    };
}

/// Returns true if several schemas apply to the same object here.
fn is_spread(schema: &Value) -> bool {
    let Some(keywords) = schema.as_object() else {
        return false;
    };
    let says_names = ["properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "required"]
        .into_iter()
        .any(|keyword| keywords.contains_key(keyword));
    let is_object = says_names || has_type(schema, "object");
    let is_composed = keywords.contains_key("anyOf") || keywords.contains_key("oneOf");
    let has_company = keywords.keys().any(|keyword| keyword != "$ref" && !is_annotation(keyword));
    (is_object && is_composed)
        || keywords.contains_key("allOf")
        || (keywords.contains_key("$ref") && has_company)
        || keywords.contains_key("unevaluatedProperties")
}

/// The ways to satisfy a schema, each a schema without others beside it.
struct Ways {
    objects: Vec<Map<String, Value>>,
    /// No value satisfies two of them.
    exclusive: bool,
}

impl Ways {
    fn one(object: Map<String, Value>) -> Self {
        Self { objects: vec![object], exclusive: true }
    }

    fn and(self, other: &Self) -> Option<Self> {
        if self.objects.len() * other.objects.len() > MAX_ALTERNATIVES {
            return None;
        }
        let mut objects = Vec::new();
        for one in &self.objects {
            for another in &other.objects {
                match both(one, another)? {
                    Both::Map(object) => objects.push(object),
                    Both::Nothing => {}
                }
            }
        }
        Some(Self { objects, exclusive: self.exclusive && other.exclusive })
    }
}

fn ways(schema: &Value, definitions: &Definitions, depth: usize) -> Option<Ways> {
    let keywords = match schema {
        Value::Bool(true) => return Some(Ways::one(Map::new())),
        Value::Bool(false) => return Some(Ways { objects: Vec::new(), exclusive: true }),
        Value::Object(keywords) if depth < 32 => keywords,
        _ => return None,
    };
    let mut own = keywords.clone();
    let mut ways = Ways { objects: Vec::new(), exclusive: true };
    let (reference, all) = (own.remove("$ref"), own.remove("allOf"));
    let choices = [(true, own.remove("oneOf")), (false, own.remove("anyOf"))];
    ways.objects.push(own);
    if let Some(reference) = reference {
        let definition = definitions.get(&definition_of(reference.as_str()?)?)?;
        ways = ways.and(&self::ways(definition, definitions, depth + 1)?)?;
    }
    for schema in all.iter().filter_map(Value::as_array).flatten() {
        ways = ways.and(&self::ways(schema, definitions, depth + 1)?)?;
    }
    for (exclusive, schemas) in choices {
        let Some(Value::Array(schemas)) = schemas else { continue };
        let mut choice = Ways { objects: Vec::new(), exclusive };
        for schema in &schemas {
            let one = self::ways(schema, definitions, depth + 1)?;
            choice.exclusive &= one.exclusive;
            choice.objects.extend(one.objects);
        }
        ways = ways.and(&choice)?;
    }
    for object in &mut ways.objects {
        // Every name that anything in this place speaks of stands in `properties` now.
        if let Some(rest) = object.remove("unevaluatedProperties")
            && !object.contains_key("additionalProperties")
        {
            object.insert("additionalProperties".to_owned(), rest);
        }
    }
    Some(ways)
}

enum Both {
    Map(Map<String, Value>),
    /// No value satisfies both.
    Nothing,
}

/// Returns the conjunction of both; `None` where one schema cannot express it.
fn both(one: &Map<String, Value>, another: &Map<String, Value>) -> Option<Both> {
    if limits_names_of(one, another) || limits_names_of(another, one) {
        return None;
    }
    let mut merged = one.clone();
    for (keyword, value) in another {
        let Some(said) = merged.get_mut(keyword) else {
            merged.insert(keyword.clone(), value.clone());
            continue;
        };
        match (keyword.as_str(), said, value) {
            ("properties" | "patternProperties", Value::Object(said), Value::Object(names)) => {
                for (name, schema) in names {
                    match said.get_mut(name) {
                        Some(other) if other != schema => *other = json!({ "allOf": [other.clone(), schema] }),
                        Some(_) => {}
                        None => {
                            said.insert(name.clone(), schema.clone());
                        }
                    }
                }
            }
            ("required", Value::Array(said), Value::Array(names)) => {
                for name in names {
                    if !said.contains(name) {
                        said.push(name.clone());
                    }
                }
            }
            ("type", said, types) => {
                let in_both: Vec<&str> =
                    types_of(said).into_iter().filter(|one| types_of(types).contains(one)).collect();
                *said = match in_both.as_slice() {
                    [] => return Some(Both::Nothing),
                    [only] => Value::from(*only),
                    several => Value::from(several.to_vec()),
                };
            }
            (_, said, value) if said == value || is_annotation(keyword) => {}
            _ => return None,
        }
    }
    Some(Both::Map(merged))
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
