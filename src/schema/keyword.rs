//! Contents and effects of JSON Schema keywords: schemas, names, sets, annotations.

use serde_json::Value;

/// Keywords that assert nothing. What begins with `x-` is one, too.
///
/// `format` is none of them here: draft 2020-12 leaves it to the validator, and the types behind it ask for what it says.
const ANNOTATIONS: [&str; 10] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Keywords whose list means the same in any order.
const SETS: [&str; 7] = ["required", "enum", "type", "allOf", "anyOf", "oneOf", super::KNOWN];

/// The contents of the value of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Schema,
    Schemas,
    SchemasByName,
    /// A value of the documents, or something that is no schema.
    Other,
}

pub(super) fn holds(keyword: &str, value: &Value) -> Holds {
    match keyword {
        "items"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "unevaluatedItems"
        | "propertyNames"
        | "contains"
        | "not"
        | "if"
        | "then"
        | "else" => Holds::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" if value.is_array() => Holds::Schemas,
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" if value.is_object() => Holds::SchemasByName,
        _ => Holds::Other,
    }
}

pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

pub(super) fn is_set(keyword: &str) -> bool {
    SETS.contains(&keyword)
}

/// Returns true for an in-place applicator: its schemas apply to the same value.
pub(super) fn is_in_place(keyword: &str) -> bool {
    matches!(keyword, "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" | "dependentSchemas")
}

/// Calls `visit` for every schema directly below this one, with its keyword.
pub(super) fn each<'s>(schema: &'s Value, visit: &mut impl FnMut(&str, &'s Value)) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        match (holds(keyword, value), value) {
            (Holds::Schema, value) => visit(keyword, value),
            (Holds::Schemas, Value::Array(schemas)) => schemas.iter().for_each(|schema| visit(keyword, schema)),
            (Holds::SchemasByName, Value::Object(schemas)) => {
                schemas.values().for_each(|schema| visit(keyword, schema));
            }
            _ => {}
        }
    }
}

/// Calls `visit` for every schema directly below this one, to change it.
pub(crate) fn each_mut(schema: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
        match (holds(keyword, value), value) {
            (Holds::Schema, value) => visit(keyword, value),
            (Holds::Schemas, Value::Array(schemas)) => schemas.iter_mut().for_each(|schema| visit(keyword, schema)),
            (Holds::SchemasByName, Value::Object(schemas)) => {
                schemas.values_mut().for_each(|schema| visit(keyword, schema));
            }
            _ => {}
        }
    }
}

/// Returns true if `type` is this name or lists it.
pub(super) fn has_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(types)) => types.iter().any(|one| one == name),
        _ => false,
    }
}

/// Returns the name of the definition in `$defs` that a reference leads to.
pub(super) fn definition_of(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/$defs/")?;
    // schemars writes names of generic types percent-encoded and escaped, as a fragment of a URI has to be.
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let (b'%', Some(decoded)) = (byte, hex) {
            bytes.push(decoded);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    Some(String::from_utf8(bytes).ok()?.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_to_its_definition() {
        assert_eq!(definition_of("#/$defs/Tree").as_deref(), Some("Tree"));
        assert_eq!(definition_of("#/$defs/Map%3CString~1u8%3E").as_deref(), Some("Map<String/u8>"));
        assert_eq!(definition_of("#"), None);
        assert_eq!(definition_of("other.json#/$defs/Tree"), None);
    }

    #[test]
    fn a_property_called_like_a_keyword_is_none() {
        let schema = serde_json::json!({"properties": {"items": {"const": 1}}, "const": {"not": 1}});
        let mut seen = Vec::new();
        each(&schema, &mut |keyword, schema| seen.push((keyword.to_owned(), schema.clone())));
        assert_eq!(seen, [("properties".to_owned(), serde_json::json!({"const": 1}))]);
    }
}
