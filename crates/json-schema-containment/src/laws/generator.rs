//! Proptest strategies for schemas, documents and mutations. Integration tests include this file: it depends on nothing else
//! in the crate.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

const NAMES: &[&str] = &["a", "b", "ab", "c", ""];
const PATTERNS: &[&str] = &["a", "^a", "b$", "^[a-b]*$", "^a.$", ".", "^(?!a)", "\\d", "^$", "c|^ab$"];

/// Generates a schema with keywords of all drafts, in combinations that no single draft defines.
pub(crate) fn schema() -> impl Strategy<Value = Value> {
    (part(), part(), part()).prop_map(|(schema, x, y)| {
        let mut schema = match schema {
            Value::Object(members) => members,
            other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
        };
        let text = Value::Object(schema.clone()).to_string();
        if text.contains("#/definitions") || x.to_string().contains("#/definitions") {
            schema.insert("definitions".to_owned(), json!({"x": x, "y": y}));
        }
        Value::Object(schema)
    })
}

/// Generates a schema without definitions.
pub(crate) fn part() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        6 => prop::collection::vec(assertion(), 1..4).prop_map(|all| Value::Object(all.into_iter().collect())),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let keyword = prop_oneof![2 => assertion().boxed(), 3 => applicator(inner.boxed()).boxed()];
        prop::collection::vec(keyword, 1..4).prop_map(|all| Value::Object(all.into_iter().collect()))
    })
    .boxed()
}

/// Generates a small JSON document.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Mutates one place of a schema: removes a member if `drop` is set, else replaces it, or increments a number.
pub(crate) fn mutate(schema: &Value, at: Index, other: &Value, drop: bool) -> Value {
    let mut places = Vec::new();
    pointers(schema, &mut String::new(), &mut places);
    let mut result = schema.clone();
    if places.is_empty() {
        return other.clone();
    }
    let pointer = &places[at.index(places.len())];
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    let name = name.replace("~1", "/").replace("~0", "~");
    match result.pointer_mut(parent) {
        Some(Value::Object(members)) if drop => {
            members.remove(&name);
        }
        Some(_) | None => {
            if let Some(place) = result.pointer_mut(pointer) {
                let number = place.as_i64().filter(|_| !drop);
                *place = match (&*place, number) {
                    (_, Some(number)) => json!(number.saturating_add(1)),
                    (Value::Object(_), None) => other.clone(),
                    (kept, None) => kept.clone(),
                };
            }
        }
    }
    result
}

fn pointers(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        found.push(pointer.clone());
        pointers(member, pointer, found);
        pointer.truncate(length);
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..5_i64).prop_map(Value::from),
        select(vec![1.0, 0.5, -1.5, 2.0, 1e19]).prop_map(Value::from),
        select(vec!["", "a", "b", "ab", "abc", "1", "\n", "é"]).prop_map(Value::from),
    ]
}

fn type_name() -> impl Strategy<Value = Value> {
    select(vec!["null", "boolean", "number", "integer", "string", "array", "object"]).prop_map(Value::from)
}

/// Generates a keyword without subschemas.
fn assertion() -> impl Strategy<Value = (String, Value)> {
    let count = |keyword: &'static [&'static str]| (select(keyword), (0..4_u64).prop_map(Value::from));
    let bound = prop_oneof![(-2..4_i64).prop_map(Value::from), select(vec![0.5, 1.5, -0.5]).prop_map(Value::from)];
    prop_oneof![
        3 => (Just("type"), type_name()),
        1 => (Just("type"), prop::collection::vec(type_name(), 1..3).prop_map(Value::from)),
        1 => (Just("enum"), prop::collection::vec(document(), 1..4).prop_map(Value::from)),
        1 => (Just("const"), document()),
        2 => (select(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"][..]), bound),
        1 => (Just("multipleOf"), select(vec![json!(1), json!(2), json!(3), json!(0.5), json!(0.75)])),
        2 => count(&["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]),
        1 => count(&["minContains", "maxContains"]),
        1 => (Just("pattern"), select(PATTERNS).prop_map(Value::from)),
        1 => (Just("uniqueItems"), any::<bool>().prop_map(Value::from)),
        2 => (Just("required"), prop::collection::btree_set(select(NAMES), 0..3).prop_map(|names| json!(names))),
    ]
    .prop_map(|(keyword, value)| (keyword.to_owned(), value))
}

fn named<V: Strategy<Value = Value>>(names: &'static [&'static str], value: V) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(select(names).prop_map(str::to_owned), value, 1..3)
        .prop_map(|members| members.into_iter().collect())
}

/// Generates a keyword with subschemas.
fn applicator(schema: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let list = prop::collection::vec(schema.clone(), 1..4).prop_map(Value::from);
    let one = &[
        "not",
        "if",
        "then",
        "else",
        "items",
        "additionalItems",
        "contains",
        "additionalProperties",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
    ][..];
    prop_oneof![
        4 => (select(one), schema.clone()),
        2 => (select(&["allOf", "anyOf", "oneOf"][..]), list.clone()),
        2 => (select(&["items", "prefixItems"][..]), list),
        4 => (Just("properties"), named(NAMES, schema.clone())),
        1 => (Just("patternProperties"), named(PATTERNS, schema.clone())),
        1 => (select(&["dependentSchemas", "dependencies"][..]), named(NAMES, schema)),
        1 => (Just("dependentRequired"), named(NAMES, prop::collection::btree_set(select(NAMES), 0..3).prop_map(|names| json!(names)))),
        1 => (Just("$ref"), select(&["#/definitions/x", "#/definitions/y"][..]).prop_map(Value::from)),
    ]
    .prop_map(|(keyword, value)| (keyword.to_owned(), value))
}
