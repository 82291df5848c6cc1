//! A small value that a schema accepts, for types that no placeholder satisfies: those that flatten structs with typed fields,
//! or convert strings.

use serde_json::{Map, Value};

use super::keyword::{has_type, referenced_definition};

/// Maximum depth of an example. A recursive schema without an end in its first alternatives has none.
const MAX_DEPTH: usize = 32;

/// Formats with a string that has the format.
const FORMATS: [(&str, &str); 8] = [
    ("date", "2000-02-29"),
    ("date-time", "2000-02-29T12:00:00Z"),
    ("partial-date-time", "2000-02-29T12:00:00"),
    ("partial-time", "12:00:00"),
    ("uuid", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    ("ipv4", "127.0.0.1"),
    ("ipv6", "::1"),
    ("uri", "urn:a"),
];

/// Returns a value with the required members only. It is an attempt: patterns and most bounds are ignored.
pub(super) fn example(schema: &Value) -> Option<Value> {
    find_example(schema, schema, 0)
}

fn find_example(root: &Value, schema: &Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(value) = schema.get("const").or_else(|| schema.get("enum")?.get(0)) {
        return Some(value.clone());
    }
    if let Some(name) = referenced_definition(schema) {
        return find_example(root, root.get("$defs")?.get(&name)?, depth + 1);
    }
    // Alternatives are complete schemas of objects, once they are merged.
    if let Some(Value::Array(alternatives)) = schema.get("oneOf").or_else(|| schema.get("anyOf")) {
        return alternatives.iter().find_map(|schema| find_example(root, schema, depth + 1));
    }
    let example = |schema: &Value| find_example(root, schema, depth + 1);
    if has_type(schema, "null") {
        return Some(Value::Null);
    }
    if has_type(schema, "boolean") {
        return Some(Value::Bool(false));
    }
    if has_type(schema, "integer") || has_type(schema, "number") {
        let minimum = schema.get("minimum").filter(|minimum| minimum.as_f64().is_some_and(|minimum| minimum > 0.0));
        return Some(minimum.cloned().unwrap_or_else(|| 0.into()));
    }
    if has_type(schema, "string") {
        let format = schema.get("format").and_then(Value::as_str);
        let known = FORMATS.iter().find(|(name, _)| Some(*name) == format).map(|(_, text)| (*text).to_owned());
        let length = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(64);
        return Some(known.unwrap_or_else(|| "a".repeat(usize::try_from(length).unwrap_or(0))).into());
    }
    if has_type(schema, "array") {
        let mut items: Vec<Value> = schema
            .get("prefixItems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(example)
            .collect::<Option<_>>()?;
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0).min(64);
        while u64::try_from(items.len()).is_ok_and(|length| length < least) {
            items.push(example(schema.get("items")?)?);
        }
        return Some(items.into());
    }
    if has_type(schema, "object") || schema.get("properties").is_some() {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let member = |name: &str| Some((name.to_owned(), example(schema.get("properties")?.get(name)?)?));
        let members: Map<String, Value> = required.map(member).collect::<Option<_>>()?;
        return Some(members.into());
    }
    // A schema without a type accepts any value.
    Some(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_example_has_what_is_required() {
        let schema = json!({
            "type": "object",
            "properties": {
                "kind": { "const": "S" },
                "day": { "type": "string", "format": "date" },
                "lines": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/Line" } },
                "pair": { "type": "array", "prefixItems": [{ "type": "boolean" }, { "type": "null" }], "minItems": 2 },
                "note": { "type": "string" },
                "choice": { "oneOf": [{ "$ref": "#/$defs/Endless" }, { "type": "integer", "minimum": 1 }] },
            },
            "required": ["kind", "day", "lines", "pair", "choice"],
            "$defs": {
                "Line": { "type": "object", "properties": { "x": { "type": "number" } }, "required": ["x"] },
                "Endless": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Endless" } }, "required": ["next"] },
            },
        });
        let expected = json!({
            "kind": "S", "day": "2000-02-29", "lines": [{ "x": 0 }], "pair": [false, null], "choice": 1,
        });
        assert_eq!(example(&schema), Some(expected.clone()));
        assert!(jsonschema::is_valid(&schema, &expected));
    }
}
