//! A reader's schema that says nothing about some places.

use serde_json::{Map, Value, json};

/// Schemas of what is the very place that a schema is of: all of them have to hold, or some, or none.
const ALL_OF_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const ALONE: [&str; 2] = ["then", "else"];

/// The schema without what it says of the place, and whether it said anything. Where it refers to itself on the way
/// there, the part that is referred to is copied. What stands under `not` and `if` stays: less there would be more.
pub(super) fn without(schema: &Value, way: &[String]) -> (Value, bool) {
    let mut relaxed = schema.clone();
    let changed = relax(&mut relaxed, schema, way, 0);
    (relaxed, changed)
}

/// References on the way to a place of which none is a step into the document.
const DEEPEST: usize = 64;

fn relax(schema: &mut Value, root: &Value, way: &[String], depth: usize) -> bool {
    let Some((name, rest)) = way.split_first() else {
        let said = *schema != Value::Bool(true) && *schema != json!({});
        *schema = Value::Bool(true);
        return said;
    };
    let Value::Object(keywords) = schema else { return false };
    if depth > DEEPEST {
        return false;
    }
    let mut changed = false;
    if let Some(target) = keywords.get("$ref").and_then(Value::as_str).and_then(|to| resolve(root, to)) {
        let mut target = target.clone();
        if relax(&mut target, root, way, depth + 1) {
            keywords.remove("$ref");
            let all = keywords.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                all.push(target);
            }
            changed = true;
        }
    }
    for list in ALL_OF_LISTS {
        if let Some(Value::Array(schemas)) = keywords.get_mut(list) {
            for schema in schemas {
                changed |= relax(schema, root, way, depth + 1);
            }
        }
    }
    // Without the place, more than one of them may hold.
    if changed && let Some(one_of) = keywords.remove("oneOf") {
        let any_of = json!({ "anyOf": one_of });
        if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
            all.push(any_of);
        }
    }
    for alone in ALONE {
        if let Some(schema) = keywords.get_mut(alone) {
            changed |= relax(schema, root, way, depth + 1);
        }
    }
    changed | relax_member(keywords, root, name, rest, depth) | relax_items(keywords, root, name, rest, depth)
}

fn relax_member(keywords: &mut Map<String, Value>, root: &Value, name: &str, rest: &[String], depth: usize) -> bool {
    let mut changed = false;
    if let Some(Value::Object(properties)) = keywords.get_mut("properties")
        && let Some(property) = properties.get_mut(name)
    {
        changed |= relax(property, root, rest, depth);
    }
    if rest.is_empty() {
        let is_closed = ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .any(|keyword| keywords.get(*keyword).is_some_and(|schema| *schema != Value::Bool(true)));
        let is_listed = keywords.get("properties").is_some_and(|properties| properties.get(name).is_some());
        if is_closed
            && !is_listed
            && let Value::Object(properties) = keywords.entry("properties").or_insert(json!({}))
        {
            properties.insert(name.to_owned(), Value::Bool(true));
            changed = true;
        }
        if let Some(Value::Array(required)) = keywords.get_mut("required") {
            let count = required.len();
            required.retain(|required| required != name);
            changed |= required.len() < count;
            // Draft 4 has no empty list there.
            if required.is_empty() {
                keywords.remove("required");
            }
        }
    }
    changed
}

fn relax_items(keywords: &mut Map<String, Value>, root: &Value, name: &str, rest: &[String], depth: usize) -> bool {
    let mut changed = false;
    if name == "*" {
        for keyword in ["items", "additionalItems", "unevaluatedItems"] {
            match keywords.get_mut(keyword) {
                Some(Value::Array(items)) => {
                    for item in items {
                        changed |= relax(item, root, rest, depth);
                    }
                }
                Some(items) => changed |= relax(items, root, rest, depth),
                None => {}
            }
        }
        if let Some(Value::Array(items)) = keywords.get_mut("prefixItems") {
            for item in items {
                changed |= relax(item, root, rest, depth);
            }
        }
    }
    changed
}

/// What a reference within the document leads to.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaxed(schema: &Value, path: &str) -> (Value, bool) {
        let way: Vec<_> = path.split('/').skip(1).map(str::to_owned).collect();
        without(schema, &way)
    }

    #[test]
    fn what_is_said_of_the_place_goes_and_nothing_else() {
        let schema = json!({"type": "object", "required": ["meta", "id"], "properties": {
            "id": {"type": "string"},
            "meta": {"type": "object", "required": ["version"], "additionalProperties": false,
                "properties": {"version": {"const": 1}}},
        }});
        let expected = json!({"type": "object", "required": ["meta", "id"], "properties": {
            "id": {"type": "string"},
            "meta": {"type": "object", "additionalProperties": false, "properties": {"version": true}},
        }});
        assert_eq!(relaxed(&schema, "/meta/version"), (expected, true));
        assert_eq!(relaxed(&schema, "/meta/else").0["properties"]["meta"]["properties"]["else"], json!(true));
        assert_eq!(relaxed(&schema, "/id/else"), (schema.clone(), false));
    }

    #[test]
    fn references_unions_and_items_are_followed() {
        let schema = json!({"properties": {"list": {"items": {"$ref": "#/$defs/item"}}, "one": {"$ref": "#/$defs/item"}},
            "$defs": {"item": {"oneOf": [{"properties": {"v": {"const": 1}}}, {"properties": {"v": {"const": 2}}}]}}});
        let open = json!({"anyOf": [{"properties": {"v": true}}, {"properties": {"v": true}}]});
        let (relaxed, changed) = relaxed(&schema, "/list/*/v");
        assert!(changed);
        assert_eq!(relaxed["properties"]["list"]["items"], json!({"allOf": [{"allOf": [open]}]}));
        assert_eq!(relaxed["properties"]["one"], schema["properties"]["one"]);
        assert_eq!(relaxed["$defs"], schema["$defs"]);
    }

    #[test]
    fn a_loop_of_references_ends() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
        assert_eq!(relaxed(&schema, "/x"), (schema.clone(), false));
    }
}
