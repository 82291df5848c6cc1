//! The reader and a validator of the reader schema find the same mismatches, also inside values that serde buffers.
//!
//! Valid documents of a table of types are changed at random places. Each mismatch of the reader must be an error of the
//! validator at its place, and each error of the validator must be a mismatch. The validator's errors below `oneOf` and
//! `anyOf` are those of the alternative that the document selects by its tag; where it selects none, the value as a whole
//! is the mismatch.

use std::collections::{BTreeMap, BTreeSet};

use event_contract::schema::Schema;
use event_contract::{Payload, Reader};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

macro_rules! types {
    ($($item:item)*) => { $(
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        $item
    )* };
}

macro_rules! payloads {
    ($($(#[$meta:meta])* struct $name:ident { $($body:tt)* })*) => { $(
        #[derive(Debug, Serialize, Deserialize, JsonSchema, Payload)]
        #[payload(internal, name = "shelf-changed", version = 1)]
        $(#[$meta])*
        struct $name { $($body)* }
    )* };
}

types! {
    struct Size { width: u32, depth: Option<u32>, unit: Unit }
    #[serde(deny_unknown_fields)]
    struct Label { text: String, bold: bool }
    #[serde(rename_all = "lowercase")]
    enum Unit { Mm, Inch }
    #[serde(rename_all = "camelCase")]
    enum Outside { Empty, Full(u32), Pair(u32, String), Boxed { size: Size, label: Box<Label> } }
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Step { Added { sku: String, count: u64, size: Option<Size> }, Labelled { labels: Vec<Label> }, Emptied }
    #[serde(tag = "t", content = "c")]
    enum Beside { One(Size), Many(Vec<Step>), Both { a: u32, b: Label }, Nothing }
    #[serde(tag = "kind")]
    enum Tree { Leaf { weight: u32 }, Node { left: Box<Tree>, right: Box<Tree> } }
    #[serde(untagged)]
    enum Either { Text(String), Sized(Size), Counted { count: u32, labels: BTreeMap<String, Label> } }
    struct Owner { owner: String, size: Size }
    #[serde(tag = "form")]
    enum Form { Round { radius: u32 }, Square { side: u32, label: Label } }
    struct Shelf { id: u32, #[serde(flatten)] form: Form, #[serde(flatten)] owner: Owner }
}

payloads! {
    struct External { state: Outside, states: Vec<Outside>, by_name: BTreeMap<String, Outside>, note: String }
    struct Internal { step: Step, steps: Vec<Step>, next: Option<Box<Step>>, count: u32 }
    struct Adjacent { beside: Beside, list: Vec<Beside>, by_name: BTreeMap<String, Beside>, count: u32 }
    struct Recursive { tree: Tree, name: String }
    struct Untagged { either: Either, list: Vec<Either>, count: Option<u32> }
    struct FlatStruct { id: u32, #[serde(flatten)] owner: Owner, unit: Unit }
    struct FlatEnum { id: u32, #[serde(flatten)] form: Form, count: u32 }
    struct FlatMap { id: u32, size: Size, #[serde(flatten)] rest: BTreeMap<String, Label> }
    struct FlatBoth { #[serde(flatten)] form: Form, #[serde(flatten)] owner: Owner, unit: Unit }
    struct FlatDeep { shelf: Shelf, shelves: Vec<Shelf>, #[serde(flatten)] step: Step }
    struct Mixed { steps: BTreeMap<String, Vec<Beside>>, either: Option<Either>, #[serde(flatten)] owner: Owner, tree: Tree }
    #[serde(deny_unknown_fields)]
    struct Closed { label: Label, step: Step, state: Option<Outside> }
}

fn size() -> Value {
    json!({"width": 5, "depth": 2, "unit": "mm"})
}

fn label() -> Value {
    json!({"text": "x", "bold": true})
}

fn steps() -> Value {
    json!([
        {"kind": "added", "sku": "a-1", "count": 3, "size": size()},
        {"kind": "labelled", "labels": [label(), label()]},
        {"sku": "a-2", "kind": "added", "count": 4},
        {"kind": "emptied"},
    ])
}

fn beside() -> Value {
    json!([
        {"t": "One", "c": size()},
        {"c": {"a": 1, "b": label()}, "t": "Both"},
        {"t": "Many", "c": steps()},
        {"t": "Both", "c": {"a": 1, "b": label()}},
        {"t": "Nothing"},
    ])
}

fn outside() -> Value {
    json!([
        "empty", {"full": 3}, {"pair": [1, "x"]},
        {"boxed": {"size": size(), "label": label()}},
    ])
}

fn tree() -> Value {
    let leaf = || json!({"kind": "Leaf", "weight": 7});
    json!({"kind": "Node", "left": {"left": leaf(), "right": leaf(), "kind": "Node"}, "right": leaf()})
}

fn either() -> Value {
    json!([{"width": 5, "depth": null, "unit": "inch"}, "text", {"count": 2, "labels": {"l": label()}}])
}

fn shelves() -> Value {
    json!([
        {"id": 1, "form": "Round", "radius": 4, "owner": "o", "size": size()},
        {"owner": "p", "side": 2, "size": size(), "label": label(), "id": 2, "form": "Square"},
    ])
}

fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else { panic!("expected objects") };
    base.extend(more);
    base.into()
}

#[test]
fn mismatches_agree_with_a_validator_of_the_reader_schema() {
    let mut law = Law::default();
    let (states, listed) = (outside(), outside());
    for state in states.as_array().unwrap() {
        law.check::<External>(
            &json!({"state": state, "states": listed, "by_name": {"a": state, "b": listed[3]}, "note": "n"}),
        );
        law.check::<Closed>(&json!({"label": label(), "step": steps()[0], "state": state}));
    }
    for step in steps().as_array().unwrap() {
        law.check::<Internal>(&json!({"step": step, "steps": steps(), "next": step, "count": 1}));
        law.check::<FlatDeep>(&with(json!({"shelf": shelves()[0], "shelves": shelves()}), step.clone()));
    }
    for one in beside().as_array().unwrap() {
        law.check::<Adjacent>(&json!({"count": 1, "beside": one, "list": beside(), "by_name": {"a": one}}));
    }
    law.check::<Recursive>(&json!({"name": "n", "tree": tree()}));
    for one in either().as_array().unwrap() {
        law.check::<Untagged>(&json!({"either": one, "list": either(), "count": 2}));
        let owned = json!({"owner": "o", "size": size(), "tree": tree()});
        law.check::<Mixed>(&with(owned, json!({"steps": {"s": beside()}, "either": one})));
    }
    law.check::<FlatStruct>(&json!({"id": 1, "owner": "o", "size": size(), "unit": "mm"}));
    law.check::<FlatMap>(&json!({"x": label(), "id": 1, "size": size(), "y": label()}));
    for form in [json!({"form": "Round", "radius": 4}), json!({"form": "Square", "side": 4, "label": label()})] {
        law.check::<FlatEnum>(&with(json!({"id": 1, "count": 3}), form.clone()));
        law.check::<FlatBoth>(&with(json!({"unit": "inch", "owner": "o", "size": size()}), form));
    }
    law.finish();
}

/// Number of changed documents for each valid one.
fn cases() -> usize {
    std::env::var("EVENT_CONTRACT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

#[derive(Default)]
struct Law {
    failures: Vec<String>,
    checked: usize,
    seed: u64,
}

impl Law {
    fn check<P: Payload + JsonSchema>(&mut self, valid: &Value) {
        let schema = Schema::reader::<P>();
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let known = errors(&validator, schema.as_value(), valid);
        assert!(known.expected.is_empty(), "{valid}: {:?}", known.expected);
        assert_eq!(mismatches::<P>(valid), [], "{valid}");
        self.seed += 1;
        let mut random = SmallRng::seed_from_u64(self.seed);
        for _ in 0..cases() {
            let mut document = valid.clone();
            let mut changes = Vec::new();
            for _ in 0..random.random_range(1..=3) {
                changes.extend(change(valid, &mut document, &mut random));
            }
            let found = mismatches::<P>(&document);
            let errors = errors(&validator, schema.as_value(), &document);
            self.checked += 1;
            if let Err(wrong) = errors.compare(&found) {
                let name = std::any::type_name::<P>();
                let found: Vec<_> = found.iter().map(|(at, text)| format!("\n    {at}: {text}")).collect();
                self.failures.push(format!(
                    "{name}: {wrong}\n  {document}\n  {}{}",
                    changes.join("; "),
                    found.concat()
                ));
            }
        }
    }

    fn finish(self) {
        let Self { failures, checked, .. } = self;
        let mut some = failures.clone();
        some.sort_by_key(String::len);
        some.truncate(25);
        let some = some.join("\n");
        assert!(failures.is_empty(), "{some}\n{} of {checked}", failures.len());
    }
}

/// Returns the places and texts of the mismatches of a payload.
fn mismatches<P: Payload>(data: &Value) -> Vec<(String, String)> {
    let detail = json!({"type": P::NAME, "version": P::VERSION, "timestamp": 1_795_344_181_000_i64, "data": data});
    let Err(error) = Reader::<P>::default().read(detail.to_string().as_bytes()) else { return Vec::new() };
    assert!(!error.mismatches().is_empty(), "{data}: {error}");
    let place = |pointer: &str| pointer.strip_prefix("/data").unwrap_or(pointer).to_owned();
    let text = |expected: &str, found: &str| format!("expected {expected}, found {found}");
    error
        .mismatches()
        .iter()
        .map(|mismatch| (place(mismatch.pointer.as_str()), text(&mismatch.expected, &mismatch.found)))
        .collect()
}

/// Changes one place, and describes the change.
fn change(valid: &Value, document: &mut Value, random: &mut SmallRng) -> Option<String> {
    let mut places = Vec::new();
    collect(document, String::new(), &mut places);
    let at = places[random.random_range(0..places.len())].clone();
    let value = document.pointer_mut(&at).unwrap();
    if let Value::Object(members) = value
        && random.random_bool(0.6)
    {
        if random.random_bool(0.3) || members.is_empty() {
            members.insert("extra".to_owned(), json!(1));
            return Some(format!("{at}/extra added"));
        }
        let name = members.keys().nth(random.random_range(0..members.len())).unwrap().clone();
        members.remove(&name);
        return Some(format!("{at}/{name} removed"));
    }
    let kinds = [json!(null), json!(true), json!("zz"), json!(0.5), json!(-7), json!({}), json!(["y"])];
    let other = kinds[random.random_range(0..kinds.len())].clone();
    // Serde reads a buffered struct and a tag from an array, which no schema expresses.
    if at.is_empty() || (other.is_array() && valid.pointer(&at).is_none_or(Value::is_object)) {
        return None;
    }
    *value = other;
    Some(format!("{at} = {value}"))
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, value) in members {
            collect(value, format!("{at}/{name}"), places);
        }
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        collect(value, format!("{at}/{index}"), places);
    }
    places.push(at);
}

/// The places at which a validator finds errors.
#[derive(Debug, Default, Clone)]
struct Errors {
    /// Each of these is a mismatch.
    expected: BTreeSet<String>,
    /// Values of which no alternative is selected: there is a mismatch at the place itself, or at one of `allowed` below.
    unselected: BTreeSet<String>,
    /// Each mismatch is at one of these, or of the others.
    allowed: BTreeSet<String>,
}

impl Errors {
    fn add(&mut self, other: Self) {
        self.expected.extend(other.expected);
        self.unselected.extend(other.unselected);
        self.allowed.extend(other.allowed);
    }

    fn collect_places(&self) -> BTreeSet<&String> {
        self.expected.iter().chain(&self.unselected).chain(&self.allowed).collect()
    }

    fn compare(&self, found: &[(String, String)]) -> Result<(), String> {
        let all = self.collect_places();
        let places: BTreeSet<_> = found.iter().map(|(at, _)| at).collect();
        if places.len() < found.len() {
            return Err("two mismatches at one place".to_owned());
        }
        if let Some(at) = places.iter().find(|at| !all.contains(*at)) {
            return Err(format!("{at} is made up: {self:?}"));
        }
        if let Some(at) = self.expected.iter().find(|at| !places.contains(at)) {
            return Err(format!("{at} is missing: {self:?}"));
        }
        let is_below =
            |at: &str, place: &str| place.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let unselected = self.unselected.iter().find(|at| !places.iter().any(|place| is_below(at, place)));
        unselected.map_or(Ok(()), |at| Err(format!("{at} or below is missing: {self:?}")))
    }
}

fn errors(validator: &Validator, schema: &Value, document: &Value) -> Errors {
    let mut found = Errors::default();
    for error in validator.iter_errors(document) {
        found.add(places(schema, &error));
    }
    found
}

fn places(schema: &Value, error: &ValidationError<'_>) -> Errors {
    let at = error.instance_path().as_str().to_owned();
    let one = |at: String| Errors { expected: BTreeSet::from([at]), ..Errors::default() };
    let members = |names: &[String]| Errors {
        expected: names.iter().map(|name| format!("{at}/{name}")).collect(),
        ..Errors::default()
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => one(format!("{at}/{}", property.as_str().unwrap())),
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => members(unexpected),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(schema, &at, context)
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => panic!("{at} has several alternatives"),
        _ => one(at),
    }
}

fn alternatives(schema: &Value, at: &str, context: &[Vec<ValidationError<'static>>]) -> Errors {
    let selected: Vec<_> =
        context.iter().filter(|errors| !errors.iter().any(|error| rejects(schema, at, error))).collect();
    let mut found = Errors::default();
    if let [errors] = selected[..] {
        for error in errors {
            found.add(places(schema, error));
        }
        return found;
    }
    found.unselected.insert(at.to_owned());
    for error in context.iter().flatten() {
        let Errors { expected, unselected, allowed } = places(schema, error);
        found.allowed.extend(expected.into_iter().chain(unselected).chain(allowed));
    }
    found
}

/// Returns true if the error means that the document does not select the alternative of the value at `at`.
fn rejects(schema: &Value, at: &str, error: &ValidationError<'static>) -> bool {
    let here = error.instance_path().as_str() == at;
    let keyword = error.schema_path().as_str();
    let parent = keyword.rsplit_once('/').and_then(|(parent, _)| schema.pointer(parent)).unwrap_or(&Value::Null);
    match error.kind() {
        ValidationErrorKind::Constant { .. } => true,
        ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. } => here,
        ValidationErrorKind::Required { property } if here => {
            let property = &parent["properties"][property.as_str().unwrap()];
            property.get("const").is_some() || is_wrapper(parent)
        }
        ValidationErrorKind::AdditionalProperties { .. } => here && is_wrapper(parent),
        _ => false,
    }
}

/// Returns true for the alternative of an externally tagged enum.
fn is_wrapper(schema: &Value) -> bool {
    let count = |keyword: &str| schema[keyword].as_object().map_or(0, serde_json::Map::len);
    count("properties") == 1
        && schema["additionalProperties"] == json!(false)
        && schema["required"].as_array().is_some_and(|required| required.len() == 1)
        && !schema["properties"].as_object().unwrap().values().any(|property| property.get("const").is_some())
}

#[test]
fn a_mismatch_in_a_buffered_value_has_its_own_place() {
    let found = |step: Value| {
        let data = json!({"step": step, "steps": [], "next": null, "count": true});
        mismatches::<Internal>(&data).into_iter().map(|(at, text)| format!("{at}: {text}")).collect::<Vec<_>>()
    };
    let count = "/count: expected an integer from 0 to 4294967295, found a boolean";
    let missing = "expected a value (the field is required), found nothing";
    for (step, expected) in [
        // The placeholder for the missing field is an object at first.
        (json!({"kind": "added", "sku": "x"}), vec![format!("/step/count: {missing}")]),
        (
            json!({"kind": "added", "sku": 1, "count": "y", "size": {"width": 1, "unit": "cm"}}),
            vec![
                "/step/count: expected an integer from 0 to 18446744073709551615, found a string".to_owned(),
                "/step/size/unit: expected one of `mm`, `inch`, found another string".to_owned(),
                "/step/sku: expected a string, found an integer".to_owned(),
            ],
        ),
        // No variant is chosen, so nothing is known about the other members.
        (
            json!({"kind": "adddd", "sku": 1}),
            vec!["/step/kind: expected one of `added`, `labelled`, `emptied`, found another string".to_owned()],
        ),
        (json!({"sku": 1}), vec![format!("/step/kind: {missing}")]),
    ] {
        let mut expected = expected;
        expected.push(count.to_owned());
        expected.sort();
        let mut found = found(step.clone());
        found.sort();
        assert_eq!(found, expected, "{step}");
    }
}

#[test]
fn the_work_for_a_long_buffered_value_is_bounded() {
    let item = |index: usize| match index % 100 {
        0 => json!({"kind": "added", "sku": index, "count": 1}),
        _ => json!({"kind": "added", "sku": "s", "count": index}),
    };
    let items: Vec<_> = (0..2000).map(item).collect();
    let beside = json!({"t": "Many", "c": items});
    let found = mismatches::<Adjacent>(&json!({"count": 1, "beside": beside, "list": [], "by_name": {}}));
    // At the limit of the work, positions are those of the buffered value.
    assert!((1..=50).contains(&found.len()), "{}", found.len());
    assert_eq!(found[0].0, "/beside/c/0/sku");
}
