//! One schema in the dialects of JSON Schema.
//!
//! Where a dialect has other words, they are used; where it has none, the schema gets *wider*, never narrower, and a
//! [`Loss`] says so. What is said of `not`, of one of `oneOf`, or of `if` gets narrower when its parts get wider, so
//! these are weakened as a whole where a part of theirs cannot be said exactly: every conversion says whether it is
//! exact.
//!
//! | draft 2020-12 | 2019-09 | draft-07 | draft-04 | OpenAPI 3.0 |
//! |---|---|---|---|---|
//! | `$defs` | | `definitions` | `definitions` | `components` |
//! | `$ref` with others beside it | | in `allOf` | in `allOf` | in `allOf` |
//! | `prefixItems`, `items` | `items`, `additionalItems` | the same | the same | one of the items, *wider* |
//! | `dependentRequired`, `dependentSchemas` | | `dependencies` | `dependencies` | `anyOf`, `not` |
//! | `minContains`, `maxContains` | | *wider* | *wider* | *wider* |
//! | `unevaluatedProperties` | | all names that may be meant, *wider* below a choice | the same | the same |
//! | `unevaluatedItems` | *wider* with `contains` | `items`, or *wider* | the same | the same |
//! | `const` | | | `enum` | `enum` |
//! | `exclusiveMinimum`, `exclusiveMaximum` | | | `true`, beside a bound | the same |
//! | `true`, `false` | | | `{}`, `{"not": {}}` | the same |
//! | `contains` | | | `not` all `not` | the same |
//! | `propertyNames` | | | `patternProperties`, `properties`, or *wider* | `properties`, or *wider* |
//! | `if`, `then`, `else` | | | `anyOf`, `not` | the same |
//! | `patternProperties` | | | | any name, *wider* |
//! | a list of types | | | | `nullable`, `anyOf` |
//! | `contentEncoding`, `contentMediaType` | | left out: they may be checked there | | |
//! | `examples` | | | as it is | the first, as `example` |
//! | unknown words | | | | with `x-` before them |
//!
//! `dependencies`, which draft 2020-12 has given up but validators may still know, is left out from draft-07 down: *wider*.
//! A reference out of the definitions, `$dynamicRef` and `$recursiveRef` are not followed: *wider*. A `oneOf` of which a
//! part is wider is an `anyOf`, a `not` is left out, an `if` is one of its two ways.

mod array;
mod compose;
mod convert;
#[cfg(test)]
mod laws;
mod number;
mod object;
mod types;

use serde_json::{Map, Value};

use super::note::Loss;
use convert::Converter;

/// A dialect, from the poorest to the richest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Dialect {
    /// The Schema Object of `OpenAPI` 3.0.
    OpenApi30,
    Draft04,
    Draft07,
    Draft2019,
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Self::OpenApi30 => "OpenAPI 3.0",
            Self::Draft04 => "draft-04",
            Self::Draft07 => "draft-07",
            Self::Draft2019 => "draft 2019-09",
        }
    }

    fn uri(self) -> Option<&'static str> {
        match self {
            Self::OpenApi30 => None,
            Self::Draft04 => Some("http://json-schema.org/draft-04/schema#"),
            Self::Draft07 => Some("http://json-schema.org/draft-07/schema#"),
            Self::Draft2019 => Some("https://json-schema.org/draft/2019-09/schema"),
        }
    }

    fn definitions(self) -> &'static str {
        match self {
            // There, whoever makes the document puts them among its components.
            Self::OpenApi30 | Self::Draft04 | Self::Draft07 => "definitions",
            Self::Draft2019 => "$defs",
        }
    }

    /// Whether validators of the dialect know a `format`, so far as draft 2020-12 knows it: others mean nothing to it.
    fn knows_format(self, format: &str) -> bool {
        match format {
            "email" | "hostname" | "ipv4" | "ipv6" | "uri" => self >= Self::Draft04,
            "date" => self != Self::Draft04,
            "time"
            | "idn-email"
            | "idn-hostname"
            | "uri-reference"
            | "iri"
            | "iri-reference"
            | "uri-template"
            | "json-pointer"
            | "relative-json-pointer"
            | "regex" => self >= Self::Draft07,
            "duration" | "uuid" => self >= Self::Draft2019,
            // `date-time`, and what no draft knows.
            _ => true,
        }
    }

    /// The whole schema, of draft 2020-12, as a document of this dialect.
    pub(super) fn document(self, schema: &Value) -> (Map<String, Value>, Vec<Loss>) {
        let references = References { root: "#".to_owned(), definitions: format!("#/{}/", self.definitions()) };
        let spoken = self.speak(schema, references);
        let mut document = spoken.root;
        if let Some(uri) = self.uri() {
            document.insert("$schema".to_owned(), uri.into());
        }
        if !spoken.definitions.is_empty() {
            document.insert(self.definitions().to_owned(), spoken.definitions.into());
        }
        (document, spoken.losses)
    }

    /// The schema, of draft 2020-12, in this dialect, with its definitions beside it.
    pub(super) fn speak(self, schema: &Value, references: References) -> Spoken {
        let definitions = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut converter = Converter::new(self, definitions, references);
        loop {
            let spoken = converter.whole(schema);
            // A reference to what is not exact is not exact: again, until nothing new is found to be wider.
            if !converter.has_learned() {
                return spoken;
            }
        }
    }
}

/// A schema in some dialect.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) root: Map<String, Value>,
    pub(super) definitions: Map<String, Value>,
    pub(super) losses: Vec<Loss>,
}

/// Where references lead once the schema is in its document.
#[derive(Debug)]
pub(super) struct References {
    /// To the schema.
    pub(super) root: String,
    /// To its definitions: what stands before their names.
    pub(super) definitions: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALL: [Dialect; 4] = [Dialect::OpenApi30, Dialect::Draft04, Dialect::Draft07, Dialect::Draft2019];

    fn said(dialect: Dialect, schema: &Value) -> (Value, Vec<String>) {
        let (mut document, losses) = dialect.document(schema);
        document.remove("$schema");
        let losses = losses.into_iter().map(|loss| format!("{}: {}", loss.at, loss.what)).collect();
        (document.into(), losses)
    }

    #[test]
    fn references_lead_to_the_definitions() {
        let schema = json!({"properties": {"a": {"title": "T", "$ref": "#/$defs/T"}, "b": {"$ref": "#/$defs/T"}},
            "$defs": {"T": {"items": {"$ref": "#/$defs/T"}}}});
        assert_eq!(
            said(Dialect::Draft07, &schema),
            (
                json!({"properties": {"a": {"title": "T", "allOf": [{"$ref": "#/definitions/T"}]},
                    "b": {"$ref": "#/definitions/T"}}, "definitions": {"T": {"items": {"$ref": "#/definitions/T"}}}}),
                vec![]
            )
        );
        assert_eq!(said(Dialect::Draft2019, &schema), (schema, vec![]));
    }

    #[test]
    fn what_is_wider_far_away_is_wider_here() {
        let schema = json!({
            "not": {"items": {"$ref": "#/$defs/A"}},
            "oneOf": [{"$ref": "#/$defs/B"}, {"type": "string"}],
            "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"contains": {}, "maxContains": 1}},
        });
        let (said, losses) = said(Dialect::Draft07, &schema);
        assert_eq!(
            said,
            json!({
                "anyOf": [{"$ref": "#/definitions/B"}, {"type": "string"}],
                "definitions": {"A": {"items": {"$ref": "#/definitions/B"}}, "B": {"contains": {}}},
            })
        );
        assert_eq!(
            losses,
            [
                "/oneOf: `anyOf` in its place: draft-07 cannot say a part of it",
                "/not: left out: draft-07 cannot say a part of it",
                "/$defs/B/maxContains: draft-07 does not count with `contains`",
            ]
        );
    }

    #[test]
    fn a_reference_elsewhere_is_anything() {
        for dialect in ALL {
            let (said, losses) = said(dialect, &json!({"$ref": "other.json", "type": "string"}));
            assert_eq!(said, json!({"type": "string"}));
            assert_eq!(losses, ["/$ref: `other.json` leads out of the definitions"]);
        }
    }

    #[test]
    fn words_that_mean_something_in_an_older_dialect_are_left_out() {
        let schema =
            json!({"id": "a", "dependencies": {"a": ["b"]}, "additionalItems": false, "x-mine": 1, "nullable": true});
        assert_eq!(said(Dialect::Draft04, &schema).0, json!({"x-mine": 1, "nullable": true}));
        assert_eq!(said(Dialect::OpenApi30, &schema).0, json!({"x-mine": 1, "x-id": "a"}));
    }
}
