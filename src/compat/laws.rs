//! Laws of the prover, with schemas that nobody wrote: what is said of them is held against `jsonschema`, document by
//! document. (`PROPTEST_CASES=20000 cargo test --release --features compat --lib compat::laws` is the long run.)

use jsonschema::canonical::{Containment, options};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::check::Checker;
use super::document::Library;
use super::draft::Draft;
use super::draw::Drawing;
use super::lower::Lowering;
use super::question::Question;
use super::verdict::Verdict;

const NAMES: &[&str] = &["a", "b", "ab", "c", ""];
const PATTERNS: &[&str] = &["a", "^a", "b$", "^[a-b]*$", "^a.$", ".", "^(?!a)", "\\d", "^$", "c|^ab$"];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..5_i64).prop_map(Value::from),
        select(vec![1.0, 0.5, -1.5, 2.0, 1e19]).prop_map(Value::from),
        select(vec!["", "a", "b", "ab", "abc", "1", "\n", "é"]).prop_map(Value::from),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn type_name() -> impl Strategy<Value = Value> {
    select(vec!["null", "boolean", "number", "integer", "string", "array", "object"]).prop_map(Value::from)
}

/// A keyword without schemas.
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

/// A keyword with schemas.
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

fn part() -> BoxedStrategy<Value> {
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

/// A schema that some draft allows: what the draft does not know, or knows otherwise, is put right.
fn schema() -> impl Strategy<Value = Value> {
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

fn put_right(value: &Value, draft: Draft) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| put_right(item, draft)).collect(),
        Value::Object(members) => {
            let mut right: Map<String, Value> = Map::new();
            for (name, member) in members {
                let member = match (name.as_str(), member) {
                    ("enum" | "const", member) => member.clone(),
                    ("exclusiveMinimum" | "exclusiveMaximum", _) if draft == Draft::Draft4 => {
                        let bound = if name.ends_with("Minimum") { "minimum" } else { "maximum" };
                        right.entry(bound).or_insert(json!(1));
                        json!(true)
                    }
                    ("items", Value::Array(_)) if draft == Draft::Draft202012 => json!({}),
                    ("required", Value::Array(names)) if names.is_empty() && draft == Draft::Draft4 => continue,
                    (_, member) => put_right(member, draft),
                };
                right.insert(name.clone(), member);
            }
            Value::Object(right)
        }
        other => other.clone(),
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    select(Draft::ALL.to_vec())
}

fn outside(schema: &Value, draft: Draft) -> Option<jsonschema::Validator> {
    jsonschema::options().with_draft(draft.outside()).offline().should_validate_formats(false).build(schema).ok()
}

/// The schema with something else somewhere in it.
fn mutated(schema: &Value, at: Index, other: &Value, drop: bool) -> Value {
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

/// Documents that are drawn from the writer's schema, and any others.
fn attack(writer: &Value, reader: &Value, draft: Draft, others: &[Value], count: u64) -> Option<Value> {
    let (accepts, reads) = (outside(writer, draft)?, outside(reader, draft)?);
    let library = |schema| Library::new(schema, draft, &[]).ok();
    let mut lowering = Lowering::new(vec![library(writer)?, library(reader)?], false);
    let drawn = (0..count).map(|seed| Drawing::new(&mut lowering, 0, seed * 77, [writer, reader]).draw());
    let mut all = drawn.chain(others.iter().cloned());
    all.find(|document| accepts.is_valid(document) && !reads.is_valid(document))
}

fn draws() -> u64 {
    if std::env::var_os("PROPTEST_CASES").is_some() { 1000 } else { 60 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The formula, our validator and the outside one say the same of a document.
    #[test]
    fn a_formula_holds_where_the_schema_does(
        schema in schema(), draft in draft(), documents in prop::collection::vec(document(), 1..20),
    ) {
        let schema = put_right(&schema, draft);
        let Some(outside) = outside(&schema, draft) else { return Ok(()) };
        let text = schema.to_string();
        if draft == Draft::Draft201909 && text.contains("\"contains\"") && text.contains("unevaluatedItems") {
            return Ok(()); // `jsonschema` takes what `contains` has seen for evaluated at times.
        }
        let library = Library::new(&schema, draft, &[]).unwrap();
        let mut lowering = Lowering::new(vec![library], false);
        let root = lowering.root(0);
        let Ok(formula) = lowering.lower(0, root) else { return Ok(()) };
        let not = lowering.store.not(formula);
        let drawn: Vec<Value> = (0..10).map(|seed| Drawing::new(&mut lowering, 0, seed, [&schema, &schema]).draw()).collect();
        for document in documents.iter().chain(&drawn) {
            // Inside `properties`, `jsonschema` takes `1.0` for an integer in draft 4, too, where `type` is an array.
            if draft == Draft::Draft4 && document.to_string().contains(".0") || document.to_string().contains("e+") {
                continue;
            }
            let expected = outside.is_valid(document);
            let ours = Checker::new(&mut lowering, 0).is_valid(document);
            prop_assert_eq!(ours, Ok(expected), "our validator, draft {}: {} {}", draft, schema, document);
            let holds = lowering.evaluate(formula, document);
            if lowering.trouble.is_some() {
                return Ok(());
            }
            prop_assert_eq!(holds, Some(expected), "the formula, draft {}: {} {}", draft, schema, document);
            prop_assert_eq!(lowering.evaluate(not, document), Some(!expected), "its negation: {} {}", schema, document);
        }
    }

    /// What is contained cannot be shown to be broken, and the other decider does not say the contrary.
    #[test]
    fn what_is_contained_stands_an_attack(
        writer in schema(), other in part(), at in any::<Index>(), drop in any::<bool>(), swap in any::<bool>(),
        draft in draft(), documents in prop::collection::vec(document(), 0..40),
    ) {
        let writer = put_right(&writer, draft);
        let reader = put_right(&mutated(&writer, at, &other, drop), draft);
        let (writer, reader) = if swap { (reader, writer) } else { (writer, reader) };
        let Ok(verdict) = Question::new(&writer, &reader).draft(draft).budget(30_000).draws(0).ask() else { return Ok(()) };
        match verdict {
            Verdict::Contained => {
                let found = attack(&writer, &reader, draft, &documents, draws());
                prop_assert_eq!(found, None, "draft {}: {} and {}", draft, writer, reader);
            }
            Verdict::Broken { .. } => {
                let canonical = |schema| options().with_draft(draft.outside()).should_validate_formats(false).offline().canonicalize(schema);
                let covers = canonical(&reader).ok().zip(canonical(&writer).ok()).map(|(reader, writer)| reader.covers(&writer));
                prop_assert!(!matches!(covers, Some(Ok(Containment::Yes))), "draft {}: {} and {}", draft, writer, reader);
            }
            Verdict::Undecided { .. } => {}
        }
    }

    /// Two schemas that have nothing to do with each other; often, one allows little.
    #[test]
    fn what_is_empty_is_empty(
        one in schema(), other in schema(), draft in draft(), documents in prop::collection::vec(document(), 0..40),
    ) {
        let (one, other) = (put_right(&one, draft), put_right(&other, draft));
        let reader = json!({"not": {"$ref": "#/definitions/whole"}, "definitions": {"whole": {"const": "never"}}});
        let mut writer = one.clone();
        writer["allOf"] = json!([other]);
        for (writer, reader) in [(&one, &other), (&writer, &reader), (&writer, &one)] {
            let Ok(verdict) = Question::new(writer, reader).draft(draft).budget(30_000).draws(0).ask() else { return Ok(()) };
            if verdict.is_contained() {
                let found = attack(writer, reader, draft, &documents, draws() / 4);
                prop_assert_eq!(found, None, "draft {}: {} and {}", draft, writer, reader);
            }
        }
    }

    #[test]
    fn a_schema_is_contained_in_itself(schema in schema(), draft in draft()) {
        let schema = put_right(&schema, draft);
        match Question::new(&schema, &schema.clone()).draft(draft).ask() {
            Ok(Verdict::Contained) | Err(_) => {}
            // What means nothing is not contained in itself, either.
            Ok(Verdict::Undecided { reason }) => {
                let text = reason.to_string();
                prop_assert!(["leads back", "not understood", "too deeply"].iter().any(|word| text.contains(word)), "draft {}: {}: {}", draft, schema, text);
            }
            Ok(Verdict::Broken { witness, .. }) => prop_assert!(false, "draft {}: {}: {}", draft, schema, witness.document()),
        }
    }

    #[test]
    fn containment_is_transitive(
        first in schema(), others in prop::collection::vec((any::<Index>(), part(), any::<bool>()), 2), draft in draft(),
    ) {
        let first = put_right(&first, draft);
        let second = put_right(&mutated(&first, others[0].0, &others[0].1, true), draft);
        let third = put_right(&mutated(&second, others[1].0, &others[1].1, others[1].2), draft);
        let ask = |a: &Value, b: &Value| Question::new(a, b).draft(draft).budget(30_000).draws(0).ask();
        for [a, b, c] in [[&first, &second, &third], [&third, &second, &first], [&second, &first, &third]] {
            let (Ok(ab), Ok(bc), Ok(ac)) = (ask(a, b), ask(b, c), ask(a, c)) else { continue };
            if ab.is_contained() && bc.is_contained() {
                prop_assert!(!matches!(ac, Verdict::Broken { .. }), "draft {}: {} and {} and {}", draft, a, b, c);
            }
        }
    }
}
