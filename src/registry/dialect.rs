//! Conversion of a schema to the dialects of JSON Schema.
//!
//! A keyword that the dialect lacks is expressed by others where that is possible; otherwise the schema becomes *wider*,
//! never narrower, and a [`Loss`] reports it. A schema below `not`, `oneOf` or `if` would become narrower if its parts
//! became wider, so these keywords are weakened as a whole when a part cannot be converted exactly: each conversion reports
//! whether it is exact.
//!
//! | draft 2020-12 | 2019-09 | draft-07 | draft-04 | OpenAPI 3.0 |
//! |---|---|---|---|---|
//! | `$defs` | | `definitions` | `definitions` | `components` |
//! | `$ref` beside other keywords | | in `allOf` | in `allOf` | in `allOf` |
//! | `prefixItems`, `items` | `items`, `additionalItems` | as 2019-09 | as 2019-09 | any of the items, *wider* |
//! | `dependentRequired`, `dependentSchemas` | | `dependencies` | `dependencies` | `anyOf`, `not` |
//! | `minContains`, `maxContains` | | *wider* | *wider* | *wider* |
//! | `unevaluatedProperties` | | all names that may be evaluated, *wider* below a choice | as draft-07 | as draft-07 |
//! | `unevaluatedItems` | *wider* with `contains` | `items`, or *wider* | as draft-07 | as draft-07 |
//! | `const` | | | `enum` | `enum` |
//! | `exclusiveMinimum`, `exclusiveMaximum` | | | `true`, beside a bound | as draft-04 |
//! | `true`, `false` | | | `{}`, `{"not": {}}` | as draft-04 |
//! | `contains` | | | `not`, `items`, `not` | as draft-04 |
//! | `propertyNames` | | | `patternProperties`, `properties`, or *wider* | `properties`, or *wider* |
//! | `if`, `then`, `else` | | | `anyOf`, `not` | as draft-04 |
//! | `patternProperties` | | | | any name, *wider* |
//! | `type` with an array | | | | `nullable`, `anyOf` |
//! | `contentEncoding`, `contentMediaType` | | omitted: validators may check them there | | |
//! | `examples` | | | unchanged | the first, as `example` |
//! | unknown keywords | | | | with the prefix `x-` |
//!
//! `dependencies`, which draft 2020-12 lacks but validators may still check, is omitted from draft-07 down: *wider*. A
//! reference that does not lead to a definition, `$dynamicRef` and `$recursiveRef` are not followed: *wider*, unless
//! [`FlatSchema`] resolves them. A `oneOf` with a wider part becomes an `anyOf`, a `not` is omitted, and an `if` becomes the
//! choice of its two branches.

mod array;
mod compose;
mod convert;
#[cfg(test)]
mod laws;
mod number;
mod object;
mod target;
mod types;

use json_schema_core::{Draft, FlatSchema};
use serde_json::{Map, Value};

use super::note::Loss;
use convert::Converter;
pub(super) use convert::{Converted, References};
pub(super) use target::Dialect;

impl Dialect {
    /// Converts a schema of draft 2020-12 to a document of this dialect.
    pub(super) fn convert_document(self, schema: &Value) -> (Map<String, Value>, Vec<Loss>) {
        let references = References { root: "#".to_owned(), definitions: format!("#/{}/", self.definitions()) };
        let converted = self.convert(schema, references);
        let mut document = converted.root;
        if let Some(uri) = self.uri() {
            document.insert("$schema".to_owned(), uri.into());
        }
        if !converted.definitions.is_empty() {
            document.insert(self.definitions().to_owned(), converted.definitions.into());
        }
        (document, converted.losses)
    }

    /// Converts a schema of draft 2020-12 to this dialect, with its definitions beside it.
    ///
    /// Whether a definition is exact may depend on itself. The conversion assumes that all are, and is repeated until it
    /// finds no more that are wider (a fixpoint).
    pub(super) fn convert(self, schema: &Value, references: References) -> Converted {
        // An identifier that is not valid leaves the references as they are: those that lead to no definition are wider.
        let flat = FlatSchema::new(schema, Draft::Draft202012);
        let schema = flat.as_ref().map_or(schema, FlatSchema::root);
        let definitions = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut converter = Converter::new(self, definitions, references);
        loop {
            let result = converter.convert_root(schema);
            if !converter.has_found_wider() {
                return result;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALL: [Dialect; 4] = [Dialect::OpenApi30, Dialect::Draft04, Dialect::Draft07, Dialect::Draft2019];

    fn converted(dialect: Dialect, schema: &Value) -> (Value, Vec<String>) {
        let (mut document, losses) = dialect.convert_document(schema);
        document.remove("$schema");
        let losses = losses.into_iter().map(|loss| format!("{}: {}", loss.at, loss.message)).collect();
        (document.into(), losses)
    }

    #[test]
    fn references_lead_to_the_definitions() {
        let schema = json!({"properties": {"a": {"title": "T", "$ref": "#/$defs/T"}, "b": {"$ref": "#/$defs/T"}},
            "$defs": {"T": {"items": {"$ref": "#/$defs/T"}}}});
        assert_eq!(
            converted(Dialect::Draft07, &schema),
            (
                json!({"properties": {"a": {"title": "T", "allOf": [{"$ref": "#/definitions/T"}]},
                    "b": {"$ref": "#/definitions/T"}}, "definitions": {"T": {"items": {"$ref": "#/definitions/T"}}}}),
                vec![]
            )
        );
        assert_eq!(converted(Dialect::Draft2019, &schema), (schema, vec![]));
    }

    #[test]
    fn references_to_wider_definitions_are_wider() {
        let schema = json!({
            "not": {"items": {"$ref": "#/$defs/A"}},
            "oneOf": [{"$ref": "#/$defs/B"}, {"type": "string"}],
            "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"contains": {}, "maxContains": 1}},
        });
        let (document, losses) = converted(Dialect::Draft07, &schema);
        assert_eq!(
            document,
            json!({
                "anyOf": [{"$ref": "#/definitions/B"}, {"type": "string"}],
                "definitions": {"A": {"items": {"$ref": "#/definitions/B"}}, "B": {"contains": {}}},
            })
        );
        assert_eq!(
            losses,
            [
                "/oneOf: replaced by `anyOf`: draft-07 cannot express a part of it",
                "/not: omitted: draft-07 cannot express a part of it",
                "/$defs/B/maxContains: omitted: draft-07 does not count matches of `contains`",
            ]
        );
    }

    #[test]
    fn references_by_anchor_and_identifier_are_resolved() {
        let schema = json!({"items": {"$ref": "#a"}, "not": {"$ref": "urn:a:b"},
            "$defs": {"A": {"$anchor": "a", "type": "null"}, "B": {"$id": "urn:a:b", "type": "string"}}});
        let expected = json!({"items": {"$ref": "#/definitions/A"}, "not": {"$ref": "#/definitions/B"},
            "definitions": {"A": {"type": "null"}, "B": {"type": "string"}}});
        assert_eq!(converted(Dialect::Draft07, &schema), (expected, vec![]));
    }

    #[test]
    fn a_reference_to_another_document_accepts_any_value() {
        for dialect in ALL {
            let (document, losses) = converted(dialect, &json!({"$ref": "other.json", "type": "string"}));
            assert_eq!(document, json!({"type": "string"}));
            assert_eq!(losses, ["/$ref: omitted: `other.json` does not lead to a definition"]);
        }
    }

    #[test]
    fn keywords_with_another_meaning_in_the_dialect_are_omitted() {
        let schema =
            json!({"id": "a", "dependencies": {"a": ["b"]}, "additionalItems": false, "x-mine": 1, "nullable": true});
        assert_eq!(converted(Dialect::Draft04, &schema).0, json!({"x-mine": 1, "nullable": true}));
        assert_eq!(converted(Dialect::OpenApi30, &schema).0, json!({"x-mine": 1, "x-id": "a"}));
    }
}
