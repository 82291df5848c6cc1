//! Keywords and references as the schemas of payloads use them; `json_schema_core` has the table of all keywords.

use json_document::Pointer;
use json_schema_core::{Draft, Keyword, KeywordKind, format_pointer_reference, parse_pointer_reference};
use serde_json::{Map, Value};

/// The annotation of an alias: the name of the field that the property is read as.
pub(crate) const ALIAS: &str = "x-alias-of";

/// Keywords whose arrays are sets: the order of their items has no meaning.
const SETS: [&str; 7] = ["required", "enum", "type", "allOf", "anyOf", "oneOf", crate::open::KNOWN];

/// Returns true for a keyword that restricts nothing, and for those that name the schema and its dialect.
///
/// `format` is not one: draft 2020-12 leaves its effect to the validator, and the types of payloads check it.
pub(super) fn is_annotation(keyword: &str) -> bool {
    json_schema_core::is_annotation(keyword) || matches!(keyword, "$schema" | "$id")
}

pub(super) fn is_set(keyword: &str) -> bool {
    SETS.contains(&keyword)
}

/// Returns true if a schema refers to others that apply to the same value and may evaluate its members and items. `not`
/// evaluates none.
pub(crate) fn has_in_place_schemas(keywords: &Map<String, Value>) -> bool {
    let applies = |keyword: &Keyword| match keyword.kind {
        KeywordKind::Reference | KeywordKind::InPlaceApplicator => {
            keyword.is_in(Draft::Draft202012) && keyword.name != "not"
        }
        KeywordKind::Identifier
        | KeywordKind::Definitions
        | KeywordKind::ChildApplicator
        | KeywordKind::Assertion
        | KeywordKind::OptionalAssertion
        | KeywordKind::Annotation => false,
    };
    keywords.keys().filter_map(|name| Keyword::find(name)).any(applies)
}

/// Returns true if `type` is this name or lists it.
pub(super) fn has_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(types)) => types.iter().any(|one| one == name),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => false,
    }
}

/// Returns the name of the definition to which the `$ref` of a schema leads; see [`definition_name`].
pub(super) fn referenced_definition(schema: &Value) -> Option<String> {
    definition_name(schema.get("$ref")?.as_str()?)
}

/// Returns the name of the definition in `$defs` to which a reference leads; `None` for any other target.
pub(crate) fn definition_name(reference: &str) -> Option<String> {
    let pointer = parse_pointer_reference(reference)?;
    let mut segments = pointer.segments();
    let is_definition = segments.next().is_some_and(|keyword| keyword == "$defs");
    match (segments.next(), segments.next()) {
        (Some(name), None) if is_definition => Some(name),
        (Some(_) | None, _) => None,
    }
}

/// Returns the reference to a definition in `$defs`.
pub(super) fn definition_reference(name: &str) -> String {
    format_pointer_reference(&Pointer::ROOT.join("$defs").join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_to_its_definition() {
        assert_eq!(definition_name("#/$defs/Tree").as_deref(), Some("Tree"));
        assert_eq!(definition_name("#/$defs/Map%3CString~1u8%3E").as_deref(), Some("Map<String/u8>"));
        assert_eq!(definition_name(&definition_reference("Map<String/u8>")).as_deref(), Some("Map<String/u8>"));
        assert_eq!(definition_name("#"), None);
        assert_eq!(definition_name("#/$defs/Tree/items"), None);
        assert_eq!(definition_name("other.json#/$defs/Tree"), None);
    }
}
