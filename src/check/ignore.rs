//! Removal of an ignored place from a reader's schema.

use json_schema_core::{Contents, Draft, FlatSchema, Keyword, ResolveError, is_affirmative_applicator};
use serde_json::{Map, Value, json};

/// Removes the restrictions that a schema places on one place, and returns whether there were any.
///
/// The targets of references on the path to the place are copied, so that the same definition still restricts other
/// places. Schemas under `not` and `if` stay, because relaxing them would restrict the document. A reference on the path
/// that cannot be resolved is an error: restrictions behind it would stay unnoticed.
pub(super) fn remove_place(schema: &Value, path: &[String]) -> Result<(Value, bool), ResolveError> {
    let flat = FlatSchema::new(schema, Draft::Draft202012)?;
    let mut relaxed = flat.root().clone();
    let changed = relax(&mut relaxed, &flat, path, 0)?;
    Ok((if changed { relaxed } else { schema.clone() }, changed))
}

/// Maximum number of in-place steps (references and applicators) in a row.
const MAX_IN_PLACE: usize = 64;

fn relax(schema: &mut Value, root: &FlatSchema<'_>, path: &[String], depth: usize) -> Result<bool, ResolveError> {
    let Some((name, rest)) = path.split_first() else {
        let restricts = *schema != Value::Bool(true) && *schema != json!({});
        *schema = unrestricted(root);
        return Ok(restricts);
    };
    let target = root.target(schema)?.cloned();
    let Value::Object(keywords) = schema else { return Ok(false) };
    if depth > MAX_IN_PLACE {
        return Ok(false);
    }
    let mut changed = false;
    if let Some(mut target) = target {
        let is_relaxed = relax(&mut target, root, path, depth + 1)?;
        // Up to draft 7, keywords beside `$ref` are ignored.
        if root.draft().ignores_siblings_of_ref() {
            if is_relaxed {
                *schema = target;
            }
            return Ok(is_relaxed);
        }
        if is_relaxed {
            keywords.remove("$ref");
            let all = keywords.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                all.push(target);
            }
            changed = true;
        }
    }
    let mut is_relaxed_one_of = false;
    let applicators = keywords.iter_mut().filter(|(name, _)| is_affirmative_applicator(name));
    for (name, value) in applicators {
        let is_relaxed = relax_schemas(name, value, &mut |schema| relax(schema, root, path, depth + 1))?;
        changed |= is_relaxed;
        is_relaxed_one_of |= is_relaxed && name == "oneOf";
    }
    // Without the place, a document may match several alternatives of a `oneOf`.
    if is_relaxed_one_of && let Some(one_of) = keywords.remove("oneOf") {
        let any_of = json!({ "anyOf": one_of });
        if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
            all.push(any_of);
        }
    }
    changed |= relax_member(keywords, root, name, rest, depth)?;
    changed |= relax_items(keywords, root, name, rest, depth)?;
    Ok(changed)
}

/// Relaxes each schema in the value of a keyword.
fn relax_schemas(
    keyword: &str,
    value: &mut Value,
    relax: &mut dyn FnMut(&mut Value) -> Result<bool, ResolveError>,
) -> Result<bool, ResolveError> {
    let contents = Keyword::find(keyword).map_or(Contents::Nothing, |keyword| keyword.contents.in_value(value));
    let mut changed = false;
    match (contents, value) {
        (Contents::Schema, schema) => changed |= relax(schema)?,
        (Contents::Array, Value::Array(schemas)) => {
            for schema in schemas {
                changed |= relax(schema)?;
            }
        }
        (Contents::Map, Value::Object(schemas)) => {
            for schema in schemas.values_mut() {
                changed |= relax(schema)?;
            }
        }
        (Contents::Nothing | Contents::Array | Contents::Map | Contents::SchemaOrArray, _) => {}
    }
    Ok(changed)
}

fn relax_member(
    keywords: &mut Map<String, Value>,
    root: &FlatSchema<'_>,
    name: &str,
    rest: &[String],
    depth: usize,
) -> Result<bool, ResolveError> {
    let mut changed = false;
    if let Some(Value::Object(properties)) = keywords.get_mut("properties")
        && let Some(property) = properties.get_mut(name)
    {
        changed |= relax(property, root, rest, depth)?;
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
            properties.insert(name.to_owned(), unrestricted(root));
            changed = true;
        }
        if let Some(Value::Array(required)) = keywords.get_mut("required") {
            let count = required.len();
            required.retain(|required| required != name);
            changed |= required.len() < count;
            // Draft 4 does not allow an empty array here.
            if required.is_empty() {
                keywords.remove("required");
            }
        }
    }
    Ok(changed)
}

fn relax_items(
    keywords: &mut Map<String, Value>,
    root: &FlatSchema<'_>,
    name: &str,
    rest: &[String],
    depth: usize,
) -> Result<bool, ResolveError> {
    let mut changed = false;
    if name == "*" {
        for keyword in ["items", "additionalItems", "unevaluatedItems", "prefixItems"] {
            if let Some(value) = keywords.get_mut(keyword) {
                changed |= relax_schemas(keyword, value, &mut |schema| relax(schema, root, rest, depth))?;
            }
        }
    }
    Ok(changed)
}

/// Returns the schema that accepts every value. Draft 4 has no boolean schemas.
fn unrestricted(root: &FlatSchema<'_>) -> Value {
    if root.draft() == Draft::Draft4 { json!({}) } else { Value::Bool(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaxed(schema: &Value, path: &str) -> (Value, bool) {
        let path: Vec<_> = path.split('/').skip(1).map(str::to_owned).collect();
        remove_place(schema, &path).unwrap()
    }

    #[test]
    fn only_restrictions_of_the_place_are_removed() {
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
    fn alternatives_that_do_not_mention_the_place_stay() {
        let one_of = json!([{"required": ["a"]}, {"required": ["b"]}]);
        let schema = json!({"allOf": [{"properties": {"x": {"const": 1}}}], "oneOf": one_of});
        let (relaxed, changed) = relaxed(&schema, "/x");
        assert!(changed);
        assert_eq!(relaxed["oneOf"], one_of);
    }

    #[test]
    fn dependent_schemas_are_relaxed_and_negated_ones_stay() {
        let place = json!({"properties": {"x": {"const": 1}}});
        let schema = json!({"dependentSchemas": {"a": place}, "if": place, "not": place});
        let expected = json!({"dependentSchemas": {"a": {"properties": {"x": true}}}, "if": place, "not": place});
        assert_eq!(relaxed(&schema, "/x"), (expected, true));
    }

    #[test]
    fn schemas_with_their_own_id_stay() {
        let apart = json!({"$id": "http://a.test/b", "$ref": "#/$defs/q", "$defs": {"q": {"type": "string"}}});
        let schema = json!({"properties": {"pair": apart}, "$defs": {"q": {"properties": {"x": {"const": 1}}}}});
        assert_eq!(relaxed(&schema, "/pair/x"), (schema.clone(), false));
    }

    #[test]
    fn keywords_beside_a_reference_stay_ignored_up_to_draft_7() {
        let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/p",
            "required": ["nothing"], "definitions": {"p": {"properties": {"x": {"const": 1}}}}});
        assert_eq!(relaxed(&schema, "/x").0, json!({"properties": {"x": true}}));
    }

    #[test]
    fn a_reference_to_itself_terminates() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
        assert_eq!(relaxed(&schema, "/x"), (schema.clone(), false));
    }
}
