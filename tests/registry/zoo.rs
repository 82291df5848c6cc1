//! Payloads of every kind that serde and schemars support, and one for each schema keyword.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use event_contract::catalog::Catalog;
use event_contract::contract::value::OrderId;
use event_contract::{EventId, Open, PartitionKey, Payload, SubsystemName, ValueType, catalog};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const ZOO: SubsystemName = SubsystemName::from_static("zoo");

pub(crate) fn catalog() -> Catalog {
    catalog![ZOO => [Scalars, Optional, Collections, Enums, Flat, FlatTagged, Tree, Aliases, Free, Nothing]].unwrap()
}

/// Handwritten schemas for keywords that types rarely have, with documents.
pub(crate) fn odd() -> Catalog {
    catalog![ZOO => [Odd]].unwrap()
}

macro_rules! payload {
    ($($side:ident $text:literal $name:ident { $($body:tt)* })*) => { $(
        #[derive(Debug, Serialize, Deserialize, JsonSchema, Payload)]
        #[payload($side, name = $text, version = 1)]
        struct $name { $($body)* }
    )* };
}

macro_rules! data {
    ($($item:item)*) => { $(
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ValueType)]
        $item
    )* };
}

payload! {
    external "Scalars" Scalars {
        u8: u8, u32: u32, i64: i64, number: f64, flag: bool, text: String, id: OrderId, at: DateTime<Utc>, day: NaiveDate,
        event: EventId, key: PartitionKey, subsystem: SubsystemName,
    }
    external "Optional" Optional {
        plain: Option<u8>,
        #[serde(default)] defaulted: Vec<u8>,
        #[serde(skip_serializing_if = "Option::is_none")] shy: Option<Inner>,
        inner: Option<Inner>,
        choice: Option<Plain>,
    }
    internal "Collections" Collections {
        list: Vec<Inner>, three: [u8; 3], tuple: (u8, String), pair: Pair, set: BTreeSet<String>,
        by_number: BTreeMap<u8, bool>, by_text: BTreeMap<String, Inner>, by_variant: BTreeMap<Plain, u8>, nothing: (),
    }
    external "Enums" Enums {
        plain: Plain, external: Vec<External>, tagged: Tagged, adjacent: Adjacent, untagged: Untagged,
        open: Open<Plain>, other: Option<Other>,
    }
    internal "Flat" Flat { a: u8, #[serde(flatten)] inner: Inner, #[serde(flatten)] rest: BTreeMap<String, i32> }
    internal "FlatTagged" FlatTagged { a: u8, #[serde(flatten)] inner: Tagged, #[serde(flatten)] external: External }
    external "Tree" Tree { name: String, first: Option<Box<Node>>, many: Vec<Node> }
    internal "Aliases" Aliases { #[serde(alias = "second")] first: u8, list: Vec<Aliased> }
    internal "Free" Free { any: Value, map: Map<String, Value> }
    external "Nothing" Nothing {}
}

data! {
    struct Inner { b: u32, c: Option<String> }
    struct Pair(u8, String);
    /// A description.
    enum Plain { First, Second }
    enum External { A, B { x: u8 }, C(Inner), D(u8, i8), E(Option<Plain>) }
    #[serde(tag = "kind")]
    enum Tagged { A, B { x: u8 }, C(Inner), D {} }
    #[serde(tag = "kind", content = "what")]
    enum Adjacent { A, B { x: u8 }, C(Inner), D(u8, i8) }
    #[serde(untagged)]
    enum Untagged { B { x: u8 }, C(Inner), D(String), E(Vec<u8>) }
    enum Other { Done, #[serde(other)] Unknown }
    struct Node { name: String, next: Option<Box<Node>>, many: Vec<Node> }
    struct Aliased { #[serde(alias = "y")] x: u8 }
}

/// Accepts any value; its schema is [`keywords`].
#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(external, name = "Odd", version = 1)]
struct Odd(#[payload(unchecked)] Map<String, Value>);

impl JsonSchema for Odd {
    fn schema_name() -> Cow<'static, str> {
        "Odd".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // A `$ref` from another location.
        let node = generator.subschema_for::<Node>();
        let properties: Map<String, Value> =
            keywords().into_iter().map(|(name, schema, _)| (name.to_owned(), schema)).collect();
        let mut schema = json!({"type": "object", "properties": properties});
        schema["properties"]["node"] = json!({"oneOf": [{"type": "array"}, {"type": "object", "allOf": [node]}]});
        schema.try_into().unwrap()
    }
}

/// Returns a schema for each keyword, with valid and invalid values.
#[allow(clippy::too_many_lines, reason = "it is a table")]
pub(crate) fn keywords() -> Vec<(&'static str, Value, Vec<Value>)> {
    let lists = || {
        vec![
            json!([]),
            json!([1]),
            json!(["a", 2]),
            json!(["a", "b"]),
            json!(["a", 2, 3]),
            json!([1, 2, 3, 4]),
            json!("a"),
        ]
    };
    let objects = || {
        let names = ["a", "b", "x-1", "longer"];
        let mut objects = vec![json!([]), json!(1), json!({"a": 1, "b": "x", "c": null})];
        for (index, one) in names.iter().enumerate() {
            objects.push(json!({ *one: 1 }));
            objects.extend(names[..index].iter().map(|other| json!({ *one: "x", *other: 2 })));
        }
        objects
    };
    let scalars = || {
        vec![
            json!(null),
            json!(true),
            json!(-1),
            json!(0),
            json!(1),
            json!(5),
            json!(6.5),
            json!("a"),
            json!("bb"),
            json!([]),
            json!({}),
        ]
    };
    vec![
        ("const", json!({"const": {"a": [1, null]}}), vec![json!({"a": [1, null]}), json!({"a": [1]}), json!(1)]),
        ("const_in_enum", json!({"const": "a", "enum": ["a", "b", "a"]}), scalars()),
        ("const_out_of_enum", json!({"const": "bb", "enum": ["a"]}), scalars()),
        ("null", json!({"type": "null"}), scalars()),
        ("null_of", json!({"type": "null", "enum": [null, "a"]}), scalars()),
        ("null_or", json!({"enum": [null, "a", 1]}), scalars()),
        ("types", json!({"type": ["integer", "string", "null"], "maxLength": 1, "maximum": 4}), scalars()),
        (
            "types_not_null",
            json!({"type": ["boolean", "array", "object"], "anyOf": [{"maxItems": 0}, {"const": true}]}),
            scalars(),
        ),
        ("exclusive", json!({"exclusiveMinimum": 0, "exclusiveMaximum": 5}), scalars()),
        (
            "exclusive_tighter",
            json!({"minimum": 0, "exclusiveMinimum": 0, "maximum": 6, "exclusiveMaximum": 6.5}),
            scalars(),
        ),
        (
            "exclusive_looser",
            json!({"minimum": 1, "exclusiveMinimum": 0, "maximum": 4, "exclusiveMaximum": 4}),
            scalars(),
        ),
        ("anything", json!(true), scalars()),
        ("nothing_below", json!({"properties": {"a": false, "b": true}}), objects()),
        ("multiple", json!({"multipleOf": 2.5}), scalars()),
        ("tuple", json!({"prefixItems": [{"type": "string"}, {"type": "integer"}]}), lists()),
        (
            "tuple_closed",
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
            lists(),
        ),
        (
            "tuple_rest",
            json!({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "maxItems": 3}),
            lists(),
        ),
        (
            "tuple_alike",
            json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}], "minItems": 2, "maxItems": 2}),
            lists(),
        ),
        ("no_items", json!({"items": false}), lists()),
        ("contains", json!({"contains": {"type": "string"}}), lists()),
        ("contains_any", json!({"type": "array", "contains": true}), lists()),
        ("contains_two", json!({"contains": {"type": "integer"}, "minContains": 2}), lists()),
        ("contains_none", json!({"contains": {"type": "integer"}, "minContains": 0, "maxContains": 1}), lists()),
        ("unevaluated_items", json!({"prefixItems": [{}], "unevaluatedItems": {"type": "integer"}}), lists()),
        (
            "unevaluated_items_far",
            json!({"anyOf": [{"prefixItems": [{"type": "string"}]}, {"minItems": 1}], "unevaluatedItems": false}),
            lists(),
        ),
        ("unevaluated_items_found", json!({"contains": {"type": "string"}, "unevaluatedItems": false}), lists()),
        ("unique", json!({"uniqueItems": true}), lists()),
        (
            "patterns",
            json!({"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": {"type": "string"}}),
            objects(),
        ),
        (
            "patterns_closed",
            json!({"properties": {"a": {}}, "patternProperties": {"^x-": true}, "additionalProperties": false}),
            objects(),
        ),
        ("patterns_open", json!({"patternProperties": {"^x-": {"type": "integer"}}}), objects()),
        (
            "names",
            json!({"propertyNames": {"pattern": "^[a-z]$"}, "additionalProperties": {"type": "integer"}}),
            objects(),
        ),
        ("names_listed", json!({"type": "object", "propertyNames": {"type": "string", "enum": ["a", "b"]}}), objects()),
        ("names_long", json!({"propertyNames": {"maxLength": 3}}), objects()),
        ("names_none", json!({"propertyNames": false}), objects()),
        ("names_known", json!({"properties": {"a": {}}, "propertyNames": {"enum": ["b"]}}), objects()),
        ("names_closed", json!({"propertyNames": {"pattern": "^x"}, "additionalProperties": false}), objects()),
        ("asks_for", json!({"dependentRequired": {"a": ["b"], "b": []}}), objects()),
        (
            "asks_for_schema",
            json!({"dependentSchemas": {"a": {"required": ["b"]}, "longer": false}, "dependentRequired": {"a": ["c"]}}),
            objects(),
        ),
        ("unevaluated", json!({"properties": {"a": {}}, "unevaluatedProperties": false}), objects()),
        (
            "unevaluated_all",
            json!({"allOf": [{"properties": {"a": {}}}], "patternProperties": {"^x": {}}, "unevaluatedProperties": {"type": "string"}}),
            objects(),
        ),
        (
            "unevaluated_any",
            json!({"anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {}}}], "unevaluatedProperties": false}),
            objects(),
        ),
        (
            "unevaluated_open",
            json!({"anyOf": [{"required": ["a"], "additionalProperties": {"type": "integer"}}, true], "unevaluatedProperties": false}),
            objects(),
        ),
        ("if", json!({"if": {"type": "integer"}, "then": {"minimum": 1}, "else": {"maxLength": 1}}), scalars()),
        ("if_only", json!({"if": {"type": "integer"}, "then": {"minimum": 1}}), scalars()),
        ("if_not", json!({"if": {"type": "integer"}, "else": {"maxLength": 1}}), scalars()),
        (
            "if_unsayable",
            json!({"if": {"contains": {"type": "integer"}, "minContains": 2}, "then": {"maxItems": 3}, "else": {"maxItems": 1}}),
            lists(),
        ),
        ("not", json!({"not": {"type": ["integer", "string"]}}), scalars()),
        ("not_unsayable", json!({"not": {"contains": {"type": "integer"}, "minContains": 2}}), lists()),
        ("not_tuple", json!({"not": {"prefixItems": [{"type": "string"}, {"type": "integer"}]}}), lists()),
        ("one_of", json!({"oneOf": [{"type": "integer"}, {"minimum": 1}, {"const": "a"}]}), scalars()),
        (
            "one_of_unsayable",
            json!({"anyOf": [{"maxItems": 3}], "oneOf": [{"contains": {"const": 1}, "maxContains": 1}, {"maxItems": 1}]}),
            lists(),
        ),
        (
            "told",
            json!({"title": "T", "description": "d", "default": 1, "examples": [1, 2], "deprecated": true, "$comment": "c", "readOnly": true, "contentMediaType": "application/json", "contentSchema": {"const": 1}, "x-mine": 1}),
            scalars(),
        ),
        (
            "older_words",
            json!({"dependencies": {"a": ["b"]}, "additionalItems": false, "additionalProperties": true, "type": ["object", "integer"], "nullable": false}),
            objects(),
        ),
        ("elsewhere", json!({"$ref": "#/$defs/Node/properties/name"}), scalars()),
        ("format", json!({"type": "string", "format": "duration"}), vec![json!("P1D"), json!("a")]),
    ]
}
