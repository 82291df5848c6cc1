//! Every kind of reference, in each part of the check that follows references.

use json_document::Pointer;
use serde_json::{Value, json};

use super::fingerprint::value_digest;
use super::ignore::remove_place;
use super::loss::find_losses;

/// A kind of reference, and a schema whose property `a` refers to the target by it.
type Case = (&'static str, fn(Value) -> Value);

fn with(mut target: Value, keyword: &str, value: &str) -> Value {
    target[keyword] = value.into();
    target
}

const CASES: [Case; 9] = [
    ("pointer", |target| json!({"properties": {"a": {"$ref": "#/$defs/t"}}, "$defs": {"t": target}})),
    (
        "percent-encoded pointer",
        |target| json!({"properties": {"a": {"$ref": "#/$defs/t%20%3C%25~1"}}, "$defs": {"t <%/": target}}),
    ),
    ("anchor", |target| json!({"properties": {"a": {"$ref": "#t"}}, "$defs": {"t": with(target, "$anchor", "t")}})),
    (
        "relative identifier",
        |target| json!({"$id": "http://a.test/root", "properties": {"a": {"$ref": "t"}}, "$defs": {"x": with(target, "$id", "t")}}),
    ),
    ("absolute identifier with a fragment", |target| {
        json!({"properties": {"a": {"$ref": "http://a.test/t#/$defs/u"}},
            "$defs": {"t": {"$id": "http://a.test/t", "$defs": {"u": target}}}})
    }),
    (
        "reference below an identifier",
        |target| json!({"properties": {"a": {"$id": "http://a.test/t", "$ref": "#/$defs/u", "$defs": {"u": target}}}}),
    ),
    (
        "dynamic anchor",
        |target| json!({"properties": {"a": {"$dynamicRef": "#t"}}, "$defs": {"t": with(target, "$dynamicAnchor", "t")}}),
    ),
    ("anchor of draft 7", |target| {
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"$ref": "#t"}},
            "definitions": {"t": with(target, "$id", "#t")}})
    }),
    ("identifier of draft 4", |target| {
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://a.test/root",
            "properties": {"a": {"$ref": "t"}}, "definitions": {"x": with(target, "id", "t")}})
    }),
];

#[test]
fn losses_are_found_behind_every_kind_of_reference() {
    for (kind, schema) in CASES {
        let writer = schema(json!({"properties": {"x": {}, "y": {"type": "null"}}}));
        let reader = schema(json!({"properties": {"x": {}}}));
        let losses = find_losses(&writer, &reader).unwrap();
        let places: Vec<_> = losses.iter().map(|loss| loss.at.as_str()).collect();
        assert_eq!(places, ["/a/y"], "{kind}");
    }
}

#[test]
fn places_are_ignored_behind_every_kind_of_reference() {
    for (kind, schema) in CASES {
        let schema = schema(json!({"properties": {"x": {"enum": [1]}, "y": {"enum": [1]}}}));
        let (relaxed, changed) = remove_place(&schema, &["a".to_owned(), "x".to_owned()]).unwrap();
        assert!(changed, "{kind}");
        let is_valid = |schema: &Value, payload: Value| jsonschema::validator_for(schema).unwrap().is_valid(&payload);
        assert!(!is_valid(&schema, json!({"a": {"x": 2}})), "{kind}");
        assert!(is_valid(&relaxed, json!({"a": {"x": 2}})), "{kind}: {relaxed}");
        assert!(!is_valid(&relaxed, json!({"a": {"y": 2}})), "{kind}: {relaxed}");
    }
}

#[test]
fn fingerprints_cover_the_target_of_every_kind_of_reference() {
    for (kind, schema) in CASES {
        let place = Pointer::parse("/properties/a");
        let digest = |target| value_digest("additionalProperties", &place, &schema(target));
        assert_ne!(digest(json!({"enum": [1]})), digest(json!({"enum": [2]})), "{kind}");
        assert_eq!(digest(json!({"enum": [2, 1]})), digest(json!({"enum": [2, 1]})), "{kind}");
    }
}

#[test]
fn unresolved_references_are_reported() {
    let path = ["a".to_owned(), "x".to_owned()];
    for reference in ["#/nowhere", "#nowhere", "nowhere.json"] {
        let schema = json!({"properties": {"a": {"$ref": reference}}});
        let expected = format!("cannot resolve the reference `{reference}`");
        assert_eq!(find_losses(&schema, &schema).unwrap_err().to_string(), expected);
        assert_eq!(remove_place(&schema, &path).unwrap_err().to_string(), expected);
        assert!(remove_place(&schema, &["b".to_owned()]).is_ok(), "the reference is not on the path");
    }
}
