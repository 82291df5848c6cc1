//! Properties of the conversion of every schema to every dialect, checked by the validator `jsonschema`.

use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::target::Dialect;
use crate::registry::note::NoteKind;

const DIALECTS: [(Dialect, Draft); 4] = [
    (Dialect::Draft2019, Draft::Draft201909),
    (Dialect::Draft07, Draft::Draft7),
    (Dialect::Draft04, Draft::Draft4),
    (Dialect::OpenApi30, Draft::Draft4),
];

fn validator(draft: Draft, schema: &Value) -> Validator {
    jsonschema::options().with_draft(draft).should_validate_formats(false).build(schema).unwrap()
}

/// Replaces `nullable`, which adds null to the type beside it (OpenAPI 3.0.3).
fn without_nullable(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(without_nullable).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), without_nullable(value)));
            let mut members: Map<_, _> = members.collect();
            if members.remove("nullable") == Some(json!(true)) {
                members["type"] = json!([members["type"], "null"]);
            }
            members.into()
        }
        scalar => scalar.clone(),
    }
}

fn check(schema: &Value, documents: &[Value]) -> Result<(), TestCaseError> {
    let reference = validator(Draft::Draft202012, schema);
    for (dialect, draft) in DIALECTS {
        let (document, losses) = dialect.convert_document(schema);
        let mut converted = Value::Object(document);
        if dialect == Dialect::OpenApi30 {
            converted = without_nullable(&converted);
        }
        prop_assert!(jsonschema::options().with_draft(draft).build(&converted).is_ok(), "{dialect:?}: {converted:#}");
        let judge = validator(draft, &converted);
        let is_wider = losses.iter().any(|loss| loss.kind == NoteKind::Wider);
        for document in documents {
            match (reference.is_valid(document), judge.is_valid(document)) {
                (true, false) => prop_assert!(false, "{dialect:?} is narrower for {document}: {converted:#}"),
                (false, true) => prop_assert!(is_wider, "{dialect:?} is wider for {document}: {converted:#}"),
                (true, true) | (false, false) => {}
            }
        }
    }
    Ok(())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf =
        select(vec![json!(null), json!(true), json!(-1), json!(0), json!(1), json!(2.5), json!("a"), json!("bb")]);
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(NAMES), inner, 0..3).prop_map(named),
        ]
    })
}

/// A reference to a schema that is not a definition.
const ELSEWHERE: &str = "#/$defs/C/items";

const NAMES: &[&str] = &["a", "b", "x1"];

fn named(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        select(vec![json!({"$ref": "#/$defs/A"}), json!({"$ref": "#/$defs/B"}), json!({"$ref": ELSEWHERE})]),
        types().prop_map(|types| json!({ "type": types })),
        value().prop_map(|value| json!({ "const": value })),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| prop::collection::vec(keyword(inner), 1..4).prop_map(together)).boxed()
}

fn together(parts: Vec<Map<String, Value>>) -> Value {
    parts.into_iter().flatten().collect::<Map<_, _>>().into()
}

fn types() -> impl Strategy<Value = Value> {
    let all = vec!["null", "boolean", "integer", "number", "string", "array", "object"];
    prop_oneof![select(all.clone()).prop_map(Value::from), subsequence(all, 1..4).prop_map(Value::from)]
}

/// Generates one keyword.
fn keyword(schema: impl Strategy<Value = Value> + Clone + 'static) -> BoxedStrategy<Map<String, Value>> {
    let one = |keyword: &'static str, value: BoxedStrategy<Value>| {
        value.prop_map(move |value| Map::from_iter([(keyword.to_owned(), value)])).boxed()
    };
    let schemas = || prop::collection::vec(schema.clone(), 1..3).prop_map(Value::from).boxed();
    let by_name = || prop::collection::btree_map(select(NAMES), schema.clone(), 1..3).prop_map(named).boxed();
    let just = || schema.clone().boxed();
    let small = || select(vec![json!(0), json!(1), json!(2)]).boxed();
    let values = || prop::collection::vec(value(), 1..3).prop_map(Value::from).boxed();
    let names = || subsequence(NAMES.to_vec(), 1..3).prop_map(Value::from).boxed();
    let pattern = || schema.clone().prop_map(|schema| json!({ "^x": schema })).boxed();
    prop_oneof![
        one("type", types().boxed()),
        one("enum", values()),
        one("const", value().boxed()),
        one("minimum", small()),
        one("exclusiveMinimum", small()),
        one("maximum", small()),
        one("exclusiveMaximum", small()),
        one("minLength", small()),
        one("prefixItems", schemas()),
        one("items", just()),
        one("maxItems", small()),
        one("contains", just()),
        one("minContains", small()),
        one("maxContains", small()),
        one("unevaluatedItems", just()),
        one("properties", by_name()),
        one("patternProperties", pattern()),
        one("additionalProperties", just()),
        one("unevaluatedProperties", just()),
        one("propertyNames", just()),
        one(
            "propertyNames",
            select(vec![json!({"pattern": "^x"}), json!({"enum": ["a"]}), json!({"const": "b"})]).boxed()
        ),
        one("required", names()),
        one("dependentRequired", names().prop_map(|names| json!({ "a": names })).boxed()),
        one("dependentSchemas", by_name()),
        one("allOf", schemas()),
        one("anyOf", schemas()),
        one("oneOf", schemas()),
        one("not", just()),
        one("if", just()),
        one("then", just()),
        one("else", just()),
        one("$ref", select(vec![json!("#/$defs/A"), json!("#/$defs/B")]).boxed()),
    ]
    .boxed()
}

/// Returns true if no reference to a definition applies in place: validators would not terminate in such a cycle.
fn is_grounded(schema: &Value) -> bool {
    fn in_place(schema: &Value) -> bool {
        let Some(keywords) = schema.as_object() else { return true };
        keywords.iter().all(|(keyword, value)| match keyword.as_str() {
            "$ref" => value == ELSEWHERE,
            "allOf" | "anyOf" | "oneOf" => value.as_array().into_iter().flatten().all(in_place),
            "not" | "if" | "then" | "else" => in_place(value),
            "dependentSchemas" => value.as_object().into_iter().flatten().all(|(_, schema)| in_place(schema)),
            _ => true,
        })
    }
    in_place(schema)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]
    #[test]
    fn conversions_are_never_narrower_and_never_wider_without_a_loss(
        root in schema(),
        a in schema().prop_filter("in-place reference", is_grounded),
        b in schema().prop_filter("in-place reference", is_grounded),
        documents in prop::collection::vec(value(), 24),
    ) {
        let mut root = match root {
            Value::Object(root) => root,
            _ => Map::new(),
        };
        root.insert("$defs".to_owned(), json!({ "A": a, "B": b, "C": {"items": {"type": "integer"}} }));
        check(&root.into(), &documents)?;
    }
}
