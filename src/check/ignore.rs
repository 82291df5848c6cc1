//! A reader's schema that says nothing about some places.

use serde_json::{Map, Value, json};

/// Schemas of what is the very place that a schema is of: all of them have to hold, or some, or none.
const ALL_OF_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const ALONE: [&str; 2] = ["then", "else"];

/// The schema without what it says of the place, and whether it said anything. Where it refers to itself on the way
/// there, the part that is referred to is copied. What stands under `not` and `if` stays: less there would be more.
pub(super) fn without(schema: &Value, way: &[String]) -> (Value, bool) {
    let mut relaxed = schema.clone();
    let changed = relax(&mut relaxed, schema, way, 0, true);
    (relaxed, changed)
}

/// References on the way to a place of which none is a step into the document.
const DEEPEST: usize = 64;

fn relax(schema: &mut Value, root: &Value, way: &[String], depth: usize, is_root: bool) -> bool {
    let Some((name, rest)) = way.split_first() else {
        let said = *schema != Value::Bool(true) && *schema != json!({});
        *schema = Value::Bool(true);
        return said;
    };
    let Value::Object(keywords) = schema else { return false };
    // What stands below an identifier of its own refers to other places than those of the root.
    let is_apart = !is_root && (keywords.contains_key("$id") || keywords.contains_key("id"));
    if depth > DEEPEST || is_apart {
        return false;
    }
    let mut changed = false;
    if let Some(target) = keywords.get("$ref").and_then(Value::as_str).and_then(|to| resolve(root, to)) {
        let mut target = target.clone();
        if relax(&mut target, root, way, depth + 1, false) {
            // Up to draft 7, what stands beside a reference says nothing.
            if is_old(root) {
                *schema = target;
                return true;
            }
            keywords.remove("$ref");
            let all = keywords.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                all.push(target);
            }
            changed = true;
        }
    }
    let mut is_open = false;
    for list in ALL_OF_LISTS {
        if let Some(Value::Array(schemas)) = keywords.get_mut(list) {
            for schema in schemas {
                let is_relaxed = relax(schema, root, way, depth + 1, false);
                changed |= is_relaxed;
                is_open |= is_relaxed && list == "oneOf";
            }
        }
    }
    // Without the place, more than one of them may hold.
    if is_open && let Some(one_of) = keywords.remove("oneOf") {
        let any_of = json!({ "anyOf": one_of });
        if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
            all.push(any_of);
        }
    }
    for alone in ALONE {
        if let Some(schema) = keywords.get_mut(alone) {
            changed |= relax(schema, root, way, depth + 1, false);
        }
    }
    changed | relax_member(keywords, root, name, rest, depth) | relax_items(keywords, root, name, rest, depth)
}

fn relax_member(keywords: &mut Map<String, Value>, root: &Value, name: &str, rest: &[String], depth: usize) -> bool {
    let mut changed = false;
    if let Some(Value::Object(properties)) = keywords.get_mut("properties")
        && let Some(property) = properties.get_mut(name)
    {
        changed |= relax(property, root, rest, depth, false);
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
                        changed |= relax(item, root, rest, depth, false);
                    }
                }
                Some(items) => changed |= relax(items, root, rest, depth, false),
                None => {}
            }
        }
        if let Some(Value::Array(items)) = keywords.get_mut("prefixItems") {
            for item in items {
                changed |= relax(item, root, rest, depth, false);
            }
        }
    }
    changed
}

/// Whether a schema says that it is of a draft in which nothing counts beside a reference.
fn is_old(root: &Value) -> bool {
    let named = root.get("$schema").and_then(Value::as_str).unwrap_or_default();
    ["draft-03", "draft-04", "draft-06", "draft-07"].iter().any(|draft| named.contains(draft))
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

    /// What the place is not spoken of in stays as it is.
    #[test]
    fn an_alternative_about_something_else_stays() {
        let one_of = json!([{"required": ["a"]}, {"required": ["b"]}]);
        let schema = json!({"allOf": [{"properties": {"x": {"const": 1}}}], "oneOf": one_of});
        let (relaxed, changed) = relaxed(&schema, "/x");
        assert!(changed);
        assert_eq!(relaxed["oneOf"], one_of);
    }

    #[test]
    fn what_has_an_identifier_of_its_own_stays() {
        let apart = json!({"$id": "http://a.test/b", "$ref": "#/$defs/q", "$defs": {"q": {"type": "string"}}});
        let schema = json!({"properties": {"pair": apart}, "$defs": {"q": {"properties": {"x": {"const": 1}}}}});
        assert_eq!(relaxed(&schema, "/pair/x"), (schema.clone(), false));
    }

    #[test]
    fn what_is_dead_beside_a_reference_stays_dead() {
        let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/p",
            "required": ["nothing"], "definitions": {"p": {"properties": {"x": {"const": 1}}}}});
        assert_eq!(relaxed(&schema, "/x").0, json!({"properties": {"x": true}}));
    }

    #[test]
    fn a_loop_of_references_ends() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
        assert_eq!(relaxed(&schema, "/x"), (schema.clone(), false));
    }
}
