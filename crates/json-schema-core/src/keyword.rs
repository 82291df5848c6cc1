//! The keywords of JSON Schema.

use crate::Draft;
use crate::tree::{JsonTree, is_schema};

/// A keyword of at least one of the drafts.
///
/// ```
/// use json_schema_core::{Contents, Draft, Keyword, KeywordKind};
/// use serde_json::json;
///
/// let items = Keyword::find("items").expect("a keyword");
/// assert_eq!((items.kind, items.contents), (KeywordKind::ChildApplicator, Contents::SchemaOrArray));
/// assert_eq!(items.contents.in_value(&json!([{}, true])), Contents::Array);
/// assert!(Keyword::find("const").is_some_and(|keyword| !keyword.is_in(Draft::Draft4)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyword {
    /// The name, such as `allOf`.
    pub name: &'static str,
    /// The effect of the keyword.
    pub kind: KeywordKind,
    /// The schemas that its value may hold.
    pub contents: Contents,
    /// The first draft that has it.
    pub since: Draft,
    /// The last draft that has it.
    pub until: Draft,
}

/// The effect of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeywordKind {
    /// Identifies a schema, or describes how it is to be read: `$id`, `$anchor`, `$schema`.
    Identifier,
    /// Applies a schema that is elsewhere: `$ref`, `$dynamicRef`, `$recursiveRef`.
    Reference,
    /// Holds schemas that apply only where something refers to them: `$defs`, `definitions`.
    Definitions,
    /// Applies its schemas to the same value: `allOf`, `if`, `dependentSchemas`.
    InPlaceApplicator,
    /// Applies its schemas to members, items or names: `properties`, `items`, `propertyNames`.
    ChildApplicator,
    /// Restricts values: `type`, `maximum`.
    Assertion,
    /// Restricts values only if the validator is configured to assert it, and is an annotation otherwise: `format`, `contentMediaType`.
    OptionalAssertion,
    /// Restricts nothing: `title`, `default`.
    Annotation,
}

/// The schemas in the value of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contents {
    /// None.
    Nothing,
    /// The value is a schema.
    Schema,
    /// The value is an array of schemas.
    Array,
    /// The value is an object; its members are schemas.
    Map,
    /// The value is a schema or an array of schemas: `items` before draft 2020-12.
    SchemaOrArray,
}

impl Contents {
    /// Returns the contents of one value: never [`Contents::SchemaOrArray`], and [`Contents::Nothing`] for a value that the
    /// keyword cannot have.
    #[must_use]
    pub fn in_value<V: JsonTree>(self, value: &V) -> Self {
        match self {
            Self::Schema | Self::SchemaOrArray if is_schema(value) => Self::Schema,
            Self::Array | Self::SchemaOrArray if value.as_items().is_some() => Self::Array,
            Self::Map if value.is_object() => Self::Map,
            Self::Nothing | Self::Schema | Self::Array | Self::Map | Self::SchemaOrArray => Self::Nothing,
        }
    }
}

impl Keyword {
    /// Returns the keyword of this name, of any draft.
    pub fn find(name: &str) -> Option<&'static Self> {
        let index = KEYWORDS.binary_search_by_key(&name, |keyword| keyword.name).ok()?;
        Some(&KEYWORDS[index])
    }

    /// Returns true if the draft has the keyword.
    pub fn is_in(&self, draft: Draft) -> bool {
        (self.since..=self.until).contains(&draft)
    }
}

/// Returns true for a keyword that restricts nothing. That includes every one whose name begins with `x-`.
pub fn is_annotation(name: &str) -> bool {
    name.starts_with("x-") || Keyword::find(name).is_some_and(|keyword| keyword.kind == KeywordKind::Annotation)
}

/// Returns true for a keyword whose schemas apply to the same value as the schema that contains it.
pub fn is_in_place_applicator(name: &str) -> bool {
    Keyword::find(name).is_some_and(|keyword| keyword.kind == KeywordKind::InPlaceApplicator)
}

/// Returns true for an in-place applicator whose schemas describe valid values: for every one but `not` and `if`.
pub fn is_affirmative_applicator(name: &str) -> bool {
    is_in_place_applicator(name) && !matches!(name, "not" | "if")
}

const fn keyword(name: &'static str, kind: KeywordKind, contents: Contents, (since, until): (Draft, Draft)) -> Keyword {
    Keyword { name, kind, contents, since, until }
}

use Contents::{Array, Map, Nothing, Schema, SchemaOrArray};
use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};
use KeywordKind::{
    Annotation, Assertion, ChildApplicator, Definitions, Identifier, InPlaceApplicator, OptionalAssertion, Reference,
};

/// All keywords, sorted by name.
///
/// `definitions` and `dependencies` belong to the drafts up to 7; schemas of later drafts that have them are common, and
/// walks look into them in every draft.
#[rustfmt::skip]
pub const KEYWORDS: &[Keyword] = &[
    keyword("$anchor", Identifier, Nothing, (Draft201909, Draft202012)),
    keyword("$comment", Annotation, Nothing, (Draft7, Draft202012)),
    keyword("$defs", Definitions, Map, (Draft201909, Draft202012)),
    keyword("$dynamicAnchor", Identifier, Nothing, (Draft202012, Draft202012)),
    keyword("$dynamicRef", Reference, Nothing, (Draft202012, Draft202012)),
    keyword("$id", Identifier, Nothing, (Draft6, Draft202012)),
    keyword("$recursiveAnchor", Identifier, Nothing, (Draft201909, Draft201909)),
    keyword("$recursiveRef", Reference, Nothing, (Draft201909, Draft201909)),
    keyword("$ref", Reference, Nothing, (Draft4, Draft202012)),
    keyword("$schema", Identifier, Nothing, (Draft4, Draft202012)),
    keyword("$vocabulary", Identifier, Nothing, (Draft201909, Draft202012)),
    keyword("additionalItems", ChildApplicator, Schema, (Draft4, Draft201909)),
    keyword("additionalProperties", ChildApplicator, Schema, (Draft4, Draft202012)),
    keyword("allOf", InPlaceApplicator, Array, (Draft4, Draft202012)),
    keyword("anyOf", InPlaceApplicator, Array, (Draft4, Draft202012)),
    keyword("const", Assertion, Nothing, (Draft6, Draft202012)),
    keyword("contains", ChildApplicator, Schema, (Draft6, Draft202012)),
    keyword("contentEncoding", OptionalAssertion, Nothing, (Draft7, Draft202012)),
    keyword("contentMediaType", OptionalAssertion, Nothing, (Draft7, Draft202012)),
    keyword("contentSchema", OptionalAssertion, Schema, (Draft201909, Draft202012)),
    keyword("default", Annotation, Nothing, (Draft4, Draft202012)),
    keyword("definitions", Definitions, Map, (Draft4, Draft7)),
    keyword("dependencies", InPlaceApplicator, Map, (Draft4, Draft7)),
    keyword("dependentRequired", Assertion, Nothing, (Draft201909, Draft202012)),
    keyword("dependentSchemas", InPlaceApplicator, Map, (Draft201909, Draft202012)),
    keyword("deprecated", Annotation, Nothing, (Draft201909, Draft202012)),
    keyword("description", Annotation, Nothing, (Draft4, Draft202012)),
    keyword("else", InPlaceApplicator, Schema, (Draft7, Draft202012)),
    keyword("enum", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("examples", Annotation, Nothing, (Draft6, Draft202012)),
    keyword("exclusiveMaximum", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("exclusiveMinimum", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("format", OptionalAssertion, Nothing, (Draft4, Draft202012)),
    keyword("id", Identifier, Nothing, (Draft4, Draft4)),
    keyword("if", InPlaceApplicator, Schema, (Draft7, Draft202012)),
    keyword("items", ChildApplicator, SchemaOrArray, (Draft4, Draft202012)),
    keyword("maxContains", Assertion, Nothing, (Draft201909, Draft202012)),
    keyword("maxItems", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("maxLength", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("maxProperties", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("maximum", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("minContains", Assertion, Nothing, (Draft201909, Draft202012)),
    keyword("minItems", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("minLength", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("minProperties", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("minimum", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("multipleOf", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("not", InPlaceApplicator, Schema, (Draft4, Draft202012)),
    keyword("oneOf", InPlaceApplicator, Array, (Draft4, Draft202012)),
    keyword("pattern", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("patternProperties", ChildApplicator, Map, (Draft4, Draft202012)),
    keyword("prefixItems", ChildApplicator, Array, (Draft202012, Draft202012)),
    keyword("properties", ChildApplicator, Map, (Draft4, Draft202012)),
    keyword("propertyNames", ChildApplicator, Schema, (Draft6, Draft202012)),
    keyword("readOnly", Annotation, Nothing, (Draft7, Draft202012)),
    keyword("required", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("then", InPlaceApplicator, Schema, (Draft7, Draft202012)),
    keyword("title", Annotation, Nothing, (Draft4, Draft202012)),
    keyword("type", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("unevaluatedItems", ChildApplicator, Schema, (Draft201909, Draft202012)),
    keyword("unevaluatedProperties", ChildApplicator, Schema, (Draft201909, Draft202012)),
    keyword("uniqueItems", Assertion, Nothing, (Draft4, Draft202012)),
    keyword("writeOnly", Annotation, Nothing, (Draft7, Draft202012)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use referencing::meta;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn keywords_are_sorted_and_unique() {
        assert!(KEYWORDS.is_sorted_by(|one, other| one.name < other.name));
        assert_eq!(Keyword::find("allOf").map(|keyword| keyword.contents), Some(Contents::Array));
        assert_eq!(Keyword::find("allof"), None);
    }

    /// Returns the properties of the meta-schemas of a draft, with their schemas.
    fn meta_properties(draft: Draft) -> Vec<(&'static str, &'static Value)> {
        let documents: &[&'static Value] = match draft {
            Draft4 => &[&meta::DRAFT4],
            Draft6 => &[&meta::DRAFT6],
            Draft7 => &[&meta::DRAFT7],
            Draft201909 => &[
                &meta::DRAFT201909_APPLICATOR,
                &meta::DRAFT201909_CONTENT,
                &meta::DRAFT201909_CORE,
                &meta::DRAFT201909_FORMAT,
                &meta::DRAFT201909_META_DATA,
                &meta::DRAFT201909_VALIDATION,
            ],
            Draft202012 => &[
                &meta::DRAFT202012_APPLICATOR,
                &meta::DRAFT202012_CONTENT,
                &meta::DRAFT202012_CORE,
                &meta::DRAFT202012_FORMAT_ANNOTATION,
                &meta::DRAFT202012_META_DATA,
                &meta::DRAFT202012_UNEVALUATED,
                &meta::DRAFT202012_VALIDATION,
            ],
        };
        let properties = documents.iter().filter_map(|document| document["properties"].as_object());
        properties.flatten().map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    /// Keywords that only one of the specification and the meta-schema of a draft has.
    const DEVIATIONS: &[(Draft, &str)] = &[
        // JSON Reference defines it, a specification of its own.
        (Draft4, "$ref"),
    ];

    #[test]
    fn the_table_agrees_with_the_meta_schemas() {
        let mut differences = Vec::new();
        for draft in Draft::ALL {
            let listed: BTreeSet<_> = meta_properties(draft).into_iter().map(|(name, _)| name).collect();
            let known: BTreeSet<_> =
                KEYWORDS.iter().filter(|keyword| keyword.is_in(draft)).map(|keyword| keyword.name).collect();
            differences.extend(listed.symmetric_difference(&known).map(|name| (draft, *name)));
        }
        assert_eq!(differences, DEVIATIONS);
    }

    #[test]
    fn contents_agree_with_the_meta_schemas() {
        let refers = |schema: &Value| {
            ["$ref", "$dynamicRef", "$recursiveRef"]
                .iter()
                .any(|name| schema.get(*name).is_some_and(|to| to == "#" || to == "#meta"))
        };
        let is_schema_array = |schema: &Value| {
            schema.get("$ref").is_some_and(|to| to.as_str().is_some_and(|to| to.ends_with("schemaArray")))
        };
        let is_any = |schema: &Value, is: &dyn Fn(&Value) -> bool| {
            is(schema) || schema["anyOf"].as_array().is_some_and(|schemas| schemas.iter().any(is))
        };
        for draft in Draft::ALL {
            for (name, schema) in meta_properties(draft) {
                let Some(keyword) = Keyword::find(name) else { continue };
                let values = &schema["additionalProperties"];
                let found = match (is_any(schema, &refers), is_any(schema, &is_schema_array)) {
                    (true, true) => Contents::SchemaOrArray,
                    (true, false) => Contents::Schema,
                    (false, true) => Contents::Array,
                    (false, false) if values.is_object() && is_any(values, &refers) => Contents::Map,
                    (false, false) => Contents::Nothing,
                };
                // Draft 2020-12 has `prefixItems` for the array.
                let is_narrowed = (keyword.contents, found) == (Contents::SchemaOrArray, Contents::Schema);
                assert!(keyword.contents == found || is_narrowed, "{name} in draft {draft}: {found:?}");
            }
        }
    }

    #[test]
    fn contents_depend_on_the_value() {
        let contents = |name: &str, value: Value| Keyword::find(name).unwrap().contents.in_value(&value);
        assert_eq!(contents("items", json!([true])), Contents::Array);
        assert_eq!(contents("items", json!({})), Contents::Schema);
        assert_eq!(contents("allOf", json!({})), Contents::Nothing);
        assert_eq!(contents("properties", json!([])), Contents::Nothing);
        assert_eq!(contents("additionalProperties", json!(false)), Contents::Schema);
    }
}
