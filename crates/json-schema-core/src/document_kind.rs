//! Recognition of documents that are not JSON Schemas.
//!
//! An object without a keyword of JSON Schema accepts every document, by the specification: an OpenAPI document, the answer
//! of a schema registry or a sample event would be compatible with everything. Only `{}` and `true` say so on purpose.
//!
//! Keywords that are common words (`title`, `format`, `id`) are no evidence of a schema beside members that are no keywords.
//! Others are evidence if their value has the right shape: `type` with the name of a type, `properties` with schemas.

use std::borrow::Cow;
use std::fmt;

use json_document::Pointer;
use serde_json::{Map, Value};

use crate::ineffective::{accepts_value, nearest_keyword};
use crate::keyword::{Contents, Keyword, KeywordKind};

/// Error of a document that is not a JSON Schema, with the places of the schemas in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASchema {
    /// The kind of document that it resembles.
    pub kind: DocumentKind,
    /// The pointers of schemas in the document, at most five. A pointer may lead into a String that contains JSON:
    /// see [`locate_schema`].
    pub pointers: Vec<Pointer>,
}

/// A kind of document that is not a JSON Schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentKind {
    /// An OpenAPI document, or one of Swagger 2.0.
    OpenApi,
    /// An `AsyncAPI` document.
    AsyncApi,
    /// An object with a schema as text, such as the answer of a schema registry.
    RegistryAnswer,
    /// An event in its envelope.
    Envelope,
    /// The members of `properties`, without the schema around them.
    Properties,
    /// An object without keywords, such as a sample event.
    Other {
        /// A member that resembles a keyword, and this keyword.
        misspelt: Option<(String, &'static str)>,
    },
}

/// Maximum number of places in a [`NotASchema`].
const MAX_PLACES: usize = 5;

/// Maximum nesting of values that are searched for schemas.
const MAX_DEPTH: usize = 40;

impl fmt::Display for NotASchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON Schema: it looks like ")?;
        match &self.kind {
            DocumentKind::OpenApi => f.write_str("an OpenAPI document"),
            DocumentKind::AsyncApi => f.write_str("an AsyncAPI document"),
            DocumentKind::RegistryAnswer => f.write_str("the answer of a schema registry"),
            DocumentKind::Envelope => f.write_str("an event in its envelope"),
            DocumentKind::Properties => f.write_str("the members of `properties`"),
            DocumentKind::Other { misspelt: None } => f.write_str("a sample document, without any keyword"),
            DocumentKind::Other { misspelt: Some((name, near)) } => {
                write!(f, "an object without any keyword; did you mean `{near}` by `{name}`?")
            }
        }
    }
}

impl std::error::Error for NotASchema {}

/// Checks that a document is meant as a JSON Schema. It need not be a valid one.
///
/// ```
/// use json_schema_core::{DocumentKind, NotASchema, check_is_schema};
/// use serde_json::json;
///
/// assert!(check_is_schema(&json!({})).is_ok());
/// let api = json!({"openapi": "3.0.0", "components": {"schemas": {"T": {"type": "object"}}}});
/// let error: NotASchema = check_is_schema(&api).unwrap_err();
/// assert_eq!(error.kind, DocumentKind::OpenApi);
/// assert_eq!(error.to_string(), "not a JSON Schema: it looks like an OpenAPI document");
/// assert_eq!(error.pointers[0].as_str(), "/components/schemas/T");
/// ```
///
/// # Errors
///
/// It is an object with members, and none of them is a keyword of any draft. A value that is neither an object nor a boolean
/// passes: the error of its kind names it better.
pub fn check_is_schema(document: &Value) -> Result<(), NotASchema> {
    let Value::Object(members) = document else { return Ok(()) };
    let text = |name: &str| members.get(name).is_some_and(Value::is_string);
    let kind = if text("openapi") || text("swagger") {
        DocumentKind::OpenApi
    } else if text("asyncapi") {
        DocumentKind::AsyncApi
    } else if resembles_schema(members) {
        return Ok(());
    } else if text("detail-type") && members.contains_key("detail") || text("specversion") {
        DocumentKind::Envelope
    } else if members.values().all(|member| member.as_object().is_some_and(has_evidence)) {
        DocumentKind::Properties
    } else {
        DocumentKind::Other { misspelt: find_misspelt(members) }
    };
    let mut pointers = Vec::new();
    if kind != DocumentKind::Properties {
        let is_in_text = find_schemas(document, &Pointer::ROOT, 0, &mut pointers);
        // The definitions of an API are schemas of their own; those of its parameters and answers mostly refer to them.
        pointers.sort_by_key(|place| {
            !(place.as_str().contains("/schemas/") || place.as_str().starts_with("/definitions/"))
        });
        pointers.truncate(MAX_PLACES);
        if is_in_text && matches!(kind, DocumentKind::Other { .. }) {
            return Err(NotASchema { kind: DocumentKind::RegistryAnswer, pointers });
        }
    }
    Err(NotASchema { kind, pointers })
}

/// A schema within a document.
#[derive(Debug, Clone, PartialEq)]
pub struct LocatedSchema<'d> {
    /// The document that contains the schema, and to which its references are relative: the given one, or one that is text in
    /// a String of it.
    pub document: Cow<'d, Value>,
    /// The place of the schema in that document.
    pub pointer: Pointer,
}

/// Returns the schema at a pointer; `None` if nothing is there.
///
/// If the pointer leads to a String that contains JSON, as in the answers of schema registries, it continues in that text.
///
/// ```
/// use json_document::Pointer;
/// use json_schema_core::{LocatedSchema, locate_schema};
/// use serde_json::json;
///
/// let answer = json!({"id": 7, "schema": r#"{"definitions": {"T": {"type": "string"}}}"#});
/// let pointer = Pointer::ROOT.join("schema").join("definitions").join("T");
/// let LocatedSchema { document, pointer } = locate_schema(&answer, &pointer).expect("the schema is there");
/// assert_eq!(document.pointer(pointer.as_str()), Some(&json!({"type": "string"})));
/// ```
pub fn locate_schema<'d>(document: &'d Value, pointer: &Pointer) -> Option<LocatedSchema<'d>> {
    let mut located = LocatedSchema { document: Cow::Borrowed(document), pointer: Pointer::ROOT };
    for segment in pointer.segments() {
        located.pointer.push_name(&segment);
        let value = located.document.pointer(located.pointer.as_str())?;
        if let Some(inner) = value.as_str().and_then(parse_object) {
            located = LocatedSchema { document: Cow::Owned(inner), pointer: Pointer::ROOT };
        }
    }
    Some(located)
}

/// Parses a text that contains a JSON object.
fn parse_object(text: &str) -> Option<Value> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())?
}

/// Returns true if an object is meant as a schema: it has no members, has evidence, or consists of keywords.
fn resembles_schema(members: &Map<String, Value>) -> bool {
    let is_keyword = |name: &String| name != "id" && Keyword::find(name).is_some();
    members.is_empty()
        || has_evidence(members)
        || members.keys().any(is_keyword) && members.keys().all(|name| name.starts_with("x-") || is_keyword(name))
}

/// Returns true if a member is a keyword that is no common word, with a value of its shape.
fn has_evidence(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| Keyword::find(name).is_some_and(|keyword| is_evidence(keyword, value)))
}

fn is_evidence(keyword: &Keyword, value: &Value) -> bool {
    const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
    let is_type = |name: &Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
    let is_schema = |value: &Value| match value {
        Value::Object(members) => resembles_schema(members),
        value => value.is_boolean(),
    };
    match (keyword.name, value) {
        ("type", Value::Array(names)) => !names.is_empty() && names.iter().all(is_type),
        ("type", name) => is_type(name),
        ("const" | "format" | "id" | "maximum" | "minimum" | "multipleOf" | "pattern", _) => false,
        _ if keyword.name.starts_with('$') && keyword.contents == Contents::Nothing => {
            keyword.kind != KeywordKind::Annotation && (value.is_string() || value.is_boolean() || value.is_object())
        }
        _ if keyword.contents == Contents::Nothing => {
            keyword.kind == KeywordKind::Assertion && accepts_value(keyword, value)
        }
        (_, Value::Array(items)) => accepts_value(keyword, value) && items.iter().any(is_schema),
        (_, Value::Object(map)) if keyword.contents == Contents::Map => {
            accepts_value(keyword, value)
                && (map.is_empty() || map.values().any(|value| is_schema(value) || value.is_array()))
        }
        (_, value) => accepts_value(keyword, value) && is_schema(value),
    }
}

fn find_misspelt(members: &Map<String, Value>) -> Option<(String, &'static str)> {
    let mut unknown = members.iter().filter(|(name, _)| Keyword::find(name).is_none());
    unknown.find_map(|(name, value)| Some((name.clone(), nearest_keyword(name, value)?)))
}

/// Collects the outermost schemas in a value; returns true if one of them is text in a String.
fn find_schemas(value: &Value, at: &Pointer, depth: usize, places: &mut Vec<Pointer>) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match value {
        Value::Object(members) if depth > 0 && has_evidence(members) => {
            places.push(at.clone());
            false
        }
        Value::Object(members) => members.iter().fold(false, |is_in_text, (name, member)| {
            let mut at = at.clone();
            at.push_name(name);
            find_schemas(member, &at, depth + 1, places) || is_in_text
        }),
        Value::Array(items) => items.iter().enumerate().fold(false, |is_in_text, (index, item)| {
            let mut at = at.clone();
            at.push(index);
            find_schemas(item, &at, depth + 1, places) || is_in_text
        }),
        Value::String(text) => parse_object(text).is_some_and(|inner| {
            let before = places.len();
            find_schemas(&inner, at, depth + 1, places);
            places.len() > before
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_recognised() {
        let schemas = [
            json!(true),
            json!({}),
            json!({"type": "object"}),
            json!({"type": ["string", "null"], "displayName": "a"}),
            json!({"title": "anything", "description": "goes", "x-owner": "a"}),
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": "a", "self": {"vendor": "a"}}),
            json!({"properties": {}, "propertyOrder": []}),
            json!({"properties": {"a": {"type": "object"}, "b": {"nullable": true}}}),
            json!({"items": [{"type": "string"}, true], "meta": 1}),
            json!({"$ref": "#/components/a", "components": {"a": {}}}),
            json!({"dependencies": {"a": ["b"]}, "additionalProperties": false}),
            json!({"minimum": 3}),
            json!({"type": "strin", "required": ["a"]}),
        ];
        for schema in schemas {
            assert_eq!(check_is_schema(&schema), Ok(()), "{schema}");
        }
    }

    #[test]
    fn other_documents_are_recognised_with_the_schemas_in_them() {
        let schema = r#"{"type":"object"}"#;
        let api = json!({"openapi": "3.1.0", "components": {"schemas": {"T": {"type": "object"}}}}).to_string();
        let cases = [
            (
                json!({"openapi": "3.0.3", "paths": {"/a": {"get": {"parameters": [{"name": "q", "schema": {"type": "string"}}]}}},
                "components": {"schemas": {"A/B": {"type": "object"}}}}),
                "an OpenAPI document",
                vec!["/components/schemas/A~1B", "/paths/~1a/get/parameters/0/schema"],
            ),
            (
                json!({"swagger": "2.0", "definitions": {"A": {"type": "object"}}}),
                "an OpenAPI document",
                vec!["/definitions/A"],
            ),
            (
                json!({"asyncapi": "3.0.0", "id": "urn:a", "channels": {"c": {"messages": {"m": {"payload": {"type": "object"}}}}}}),
                "an AsyncAPI document",
                vec!["/channels/c/messages/m/payload"],
            ),
            (
                json!({"subject": "a", "version": 1, "id": 7, "schemaType": "JSON", "schema": schema}),
                "the answer of a schema registry",
                vec!["/schema"],
            ),
            (
                json!({"SchemaVersionId": "a", "SchemaDefinition": schema, "DataFormat": "JSON", "Status": "AVAILABLE"}),
                "the answer of a schema registry",
                vec!["/SchemaDefinition"],
            ),
            (
                json!({"Content": api, "SchemaName": "a", "Type": "OpenApi3", "SchemaVersion": "1"}),
                "the answer of a schema registry",
                vec!["/Content/components/schemas/T"],
            ),
            (
                json!({"artifactId": "a", "artifactType": "JSON", "firstVersion": {"content": {"content": schema}}}),
                "the answer of a schema registry",
                vec!["/firstVersion/content/content"],
            ),
            (json!({"orderId": "o-1", "total": {"amount": 5}}), "a sample document, without any keyword", vec![]),
            (
                json!({"id": "o-1", "type": "Order", "items": [{"sku": "a"}], "format": "pdf"}),
                "a sample document, without any keyword",
                vec![],
            ),
            (
                json!({"version": "0", "id": "a", "detail-type": "a", "source": "b", "detail": {"a": 1}}),
                "an event in its envelope",
                vec![],
            ),
            (
                json!({"orderId": {"type": "string"}, "total": {"type": "number"}}),
                "the members of `properties`",
                vec![],
            ),
            (
                json!({"propertys": {"a": {}}, "requierd": ["a"]}),
                "an object without any keyword; did you mean `properties` by `propertys`?",
                vec![],
            ),
            (json!({"x-owner": "a"}), "a sample document, without any keyword", vec![]),
        ];
        for (document, kind, places) in cases {
            let error = check_is_schema(&document).unwrap_err();
            assert_eq!(error.to_string(), format!("not a JSON Schema: it looks like {kind}"), "{document}");
            assert_eq!(error.pointers.iter().map(Pointer::as_str).collect::<Vec<_>>(), places, "{document}");
            for place in &error.pointers {
                let located = locate_schema(&document, place).unwrap();
                let schema = located.document.pointer(located.pointer.as_str()).unwrap();
                assert_eq!(check_is_schema(schema), Ok(()), "{place}");
            }
        }
    }

    #[test]
    fn pointers_go_on_in_text() {
        let document = json!({"a/b": {"schema": r#"{"$defs": {"c": {"type": "null"}}}"#}});
        let located = locate_schema(&document, &Pointer::parse("/a~1b/schema/$defs/c")).unwrap();
        assert_eq!(
            (located.document["$defs"]["c"]["type"].as_str(), located.pointer.as_str()),
            (Some("null"), "/$defs/c")
        );
        assert_eq!(locate_schema(&document, &Pointer::parse("/a")), None);
    }
}
