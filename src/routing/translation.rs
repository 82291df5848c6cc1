//! Translation of a pattern into JSON Schemas of the events that it matches.
//!
//! The result is exact if JSON Schema can express the pattern, and an [`Approximation`] otherwise. Array consistency makes
//! the schema of a field depend on the arrays around it, so the translation walks the schema of the events and omits the
//! parts that it excludes. The result is therefore valid for events of that schema only.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::navigator::Navigator;
use super::value_set::ValueSet;
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::{Approximation, FieldRequirement, ValueRequirement};

/// Maximum number of alternatives of a pattern.
const MAX_ALTERNATIVES: usize = 200;
/// Maximum number of ways to split paths into member names with dots. Above it, the result is only an approximation.
const MAX_NAME_SPLITS: usize = 64;
/// Maximum number of arrays directly in arrays. Above it, the result is only an approximation.
const MAX_NESTED_ARRAYS: u32 = 3;
/// Maximum number of arrays directly in arrays at a place that accepts any value.
const MAX_NESTED_ARRAYS_ANYWHERE: u32 = 1;
/// Number of visited places of a pattern. Above it, the result is only an approximation.
const MAX_PLACES: usize = 2_000;
/// Number of visited places of one alternative.
const MAX_PLACES_PER_ALTERNATIVE: usize = 1_000;
/// Minimum share of each alternative.
const MIN_PLACES_PER_ALTERNATIVE: usize = 12;
/// Number of schema nodes of a condition that count as one place.
const NODES_PER_PLACE: usize = 100;

/// A requirement, seen from a place on the path to its field.
#[derive(Debug, Clone, Copy)]
struct Remaining<'a> {
    /// The rest of the path.
    names: &'a [String],
    value: &'a ValueRequirement,
    /// Index in the order in which the service visits the fields.
    order: usize,
}

/// Returns the events of a schema that a pattern matches, or `None` if the pattern has too many alternatives.
pub(super) fn translate(pattern: &Pattern, navigator: Navigator<'_>) -> Option<Approximation> {
    let alternatives = pattern.requirements(MAX_ALTERNATIVES)?;
    let share = (MAX_PLACES / alternatives.len().max(1)).clamp(MIN_PLACES_PER_ALTERNATIVE, MAX_PLACES_PER_ALTERNATIVE);
    let translator = Translator { navigator, budget: Cell::new(0) };
    let translated = alternatives.iter().map(|requirements| {
        // An alternative inherits what earlier ones did not use.
        translator.budget.set((translator.budget.get() + share).min(MAX_PLACES_PER_ALTERNATIVE));
        translator.translate_alternative(requirements)
    });
    Some(Approximation::any_of(translated))
}

struct Translator<'s> {
    navigator: Navigator<'s>,
    /// Number of places that may still be visited.
    budget: Cell<usize>,
}

impl Remaining<'_> {
    /// Returns true if the place is that of the field.
    fn is_here(&self) -> bool {
        self.names.is_empty()
    }

    fn is_absent(&self) -> bool {
        matches!(self.value, ValueRequirement::Absent)
    }

    /// Returns the number of schema nodes that the requirement adds at this place.
    fn size(&self) -> usize {
        match self.value {
            ValueRequirement::Present(values) if self.is_here() => size(&values.over) + size(&values.under),
            ValueRequirement::Present(_) | ValueRequirement::Absent => 0,
        }
    }
}

impl<'s> Translator<'s> {
    fn translate_alternative(&self, requirements: &[FieldRequirement]) -> Approximation {
        let remaining: Vec<Remaining<'_>> = requirements
            .iter()
            .enumerate()
            .map(|(order, requirement)| Remaining { names: &requirement.path, value: &requirement.value, order })
            .collect();
        self.translate_value(&remaining, &self.navigator.root(), MAX_NESTED_ARRAYS)
    }

    /// Returns the values at a place that satisfy all requirements together.
    fn translate_value(&self, remaining: &[Remaining<'_>], set: &ValueSet<'s>, nested_arrays: u32) -> Approximation {
        let cost = 1 + remaining.iter().map(Remaining::size).sum::<usize>() / NODES_PER_PLACE;
        let Some(budget) = self.budget.get().checked_sub(cost) else {
            self.budget.set(0);
            return Approximation { over: Value::Bool(true), under: Value::Bool(false) };
        };
        self.budget.set(budget);
        let nested_arrays = if matches!(set, ValueSet::Any | ValueSet::Schema(Value::Bool(true))) {
            nested_arrays.min(MAX_NESTED_ARRAYS_ANYWHERE)
        } else {
            nested_arrays
        };
        let kinds = self.navigator.kinds(set);
        let mut translated = Vec::new();
        if kinds.primitive {
            translated.push(translate_primitive(remaining));
        }
        if kinds.object {
            translated.push(self.translate_object(remaining, set));
        }
        if kinds.array {
            translated.push(self.translate_array(remaining, set, nested_arrays));
        }
        Approximation::any_of(translated)
    }

    /// Returns the objects at a place that satisfy all requirements.
    ///
    /// A member name may contain dots and then stands for several names of a path, so every split of the paths into
    /// member names is an alternative. A field that must be absent must be absent under every split.
    fn translate_object(&self, remaining: &[Remaining<'_>], set: &ValueSet<'s>) -> Approximation {
        let (absent, present): (Vec<_>, Vec<_>) = remaining.iter().copied().partition(Remaining::is_absent);
        let object = Approximation::exact(json!({ "type": "object" }));
        let mut splits: Vec<BTreeMap<String, Vec<Remaining<'_>>>> = vec![BTreeMap::new()];
        for field in present {
            let members = self.possible_members(field, set);
            splits = splits
                .iter()
                .flat_map(|split| {
                    members.iter().map(|(name, below)| {
                        let mut split = split.clone();
                        split.entry(name.clone()).or_default().push(*below);
                        split
                    })
                })
                .collect();
            if splits.len() > MAX_NAME_SPLITS {
                return Approximation { over: object.over, under: Value::Bool(false) };
            }
        }
        let translated = splits.into_iter().map(|mut groups| {
            for field in &absent {
                for (name, below) in self.possible_members(*field, set) {
                    groups.entry(name).or_default().push(below);
                }
            }
            // Fields that end here are cheap: first, so that they are exact even if the budget runs out.
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by_key(|(_, group)| !group.iter().all(Remaining::is_here));
            let members = groups.into_iter().map(|(name, group)| {
                let is_required = group.iter().any(|field| !field.is_absent());
                let below = self.translate_value(&group, &self.navigator.member(set, &name), MAX_NESTED_ARRAYS);
                below.map(|schema| member_schema(&name, schema, is_required))
            });
            Approximation::all_of([object.clone()].into_iter().chain(members))
        });
        Approximation::any_of(translated)
    }

    /// Returns the members that may lead to a field, each with the rest of its path.
    fn possible_members<'a>(&self, field: Remaining<'a>, set: &ValueSet<'s>) -> Vec<(String, Remaining<'a>)> {
        let is_possible = |name: &String| {
            let kinds = self.navigator.kinds(&self.navigator.member(set, name));
            kinds.primitive || kinds.object || kinds.array
        };
        (1..=field.names.len())
            .map(|count| (field.names[..count].join("."), Remaining { names: &field.names[count..], ..field }))
            .filter(|(name, _)| is_possible(name))
            .collect()
    }

    /// Returns the arrays at a place that satisfy all requirements under array consistency.
    ///
    /// Values inside of objects must be found in one element. A field that must be absent must be so in the element that
    /// an earlier field has chosen, or in all elements if there is no earlier field.
    fn translate_array(&self, remaining: &[Remaining<'_>], set: &ValueSet<'s>, nested_arrays: u32) -> Approximation {
        if nested_arrays == 0 {
            return Approximation { over: json!({ "type": "array" }), under: json!(false) };
        }
        let items = self.navigator.items(set);
        let in_element = |remaining: &[Remaining<'_>]| self.translate_value(remaining, &items, nested_arrays - 1);
        let array = |keyword: &'static str, elements: Approximation| {
            elements.map(|schema| json!({ "type": "array", keyword: schema }))
        };
        let (absent, present): (Vec<_>, Vec<_>) = remaining.iter().copied().partition(Remaining::is_absent);
        if present.is_empty() {
            return array("items", in_element(&absent));
        }
        let here = present.iter().copied().find(Remaining::is_here);
        if let Some(here) = here.filter(|_| remaining.len() > 1) {
            // A primitive element does not choose an element for the other fields, but one in a nested array does: the two
            // bounds assume either.
            let others: Vec<_> = present.iter().copied().filter(|field| !field.is_here()).collect();
            let any = || Approximation::exact(Value::Bool(true));
            let of_others = || if others.is_empty() { any() } else { array("contains", in_element(&others)) };
            let independent = Approximation::all_of([array("contains", in_element(&[here])), of_others()]);
            let primitive_element = |schema| json!({ "type": "array", "contains": schema });
            let together = Approximation::all_of([
                translate_primitive(&[here]).map(primitive_element),
                of_others(),
                array("items", if absent.is_empty() { any() } else { in_element(&absent) }),
            ]);
            return Approximation { over: independent.over, under: together.under };
        }
        let has_earlier = |field: &Remaining<'_>| present.iter().any(|earlier| earlier.order < field.order);
        let (in_chosen, in_all): (Vec<_>, Vec<_>) = absent.into_iter().partition(has_earlier);
        let together: Vec<_> = present.into_iter().chain(in_chosen).collect();
        let mut translated = vec![array("contains", in_element(&together))];
        if !in_all.is_empty() {
            translated.push(array("items", in_element(&in_all)));
        }
        Approximation::all_of(translated)
    }
}

/// Returns the primitive values that satisfy all requirements: no field is below them.
fn translate_primitive(remaining: &[Remaining<'_>]) -> Approximation {
    let mut translated = vec![Approximation::exact(json!({ "type": ["string", "number", "boolean", "null"] }))];
    for field in remaining {
        match (field.value, field.is_here()) {
            (ValueRequirement::Present(values), true) => translated.push(values.clone()),
            (ValueRequirement::Present(_), false) | (ValueRequirement::Absent, true) => {
                return Approximation::exact(Value::Bool(false));
            }
            (ValueRequirement::Absent, false) => {}
        }
    }
    Approximation::all_of(translated)
}

fn member_schema(name: &str, schema: Value, is_required: bool) -> Value {
    match (schema, is_required) {
        (Value::Bool(false), true) => Value::Bool(false),
        (schema, true) => json!({ "type": "object", "properties": { name: schema }, "required": [name] }),
        (schema, false) => json!({ "type": "object", "properties": { name: schema } }),
    }
}

/// Returns the number of nodes in a schema.
fn size(schema: &Value) -> usize {
    match schema {
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

#[cfg(test)]
#[path = "../../tests/support/pattern_fields.rs"]
mod pattern_fields;

#[cfg(test)]
mod tests {
    use super::pattern_fields::PatternFields;
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    const NAMES: &[&str] = &["a", "b", "c", "a.b", ""];

    fn document() -> impl Strategy<Value = Value> {
        let leaf = select(vec![json!(1), json!(2), json!("x"), json!(null), json!([]), json!({})]);
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                3 => prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), inner.clone(), 1..4)
                    .prop_map(|members| members.into_iter().collect::<Value>()),
                2 => prop::collection::vec(inner, 1..4).prop_map(Value::from),
            ]
        })
    }

    fn event() -> impl Strategy<Value = Value> {
        prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), document(), 1..4)
            .prop_map(|members| members.into_iter().collect())
    }

    fn fields() -> BoxedStrategy<Value> {
        let lists = prop_oneof![
            4 => select(vec![json!([1]), json!([2]), json!(["x"]), json!([1, "x"])]),
            2 => Just(json!([{ "exists": false }])),
            1 => Just(json!([{ "exists": true }])),
            1 => Just(json!([{ "exists": false }, 2])),
            1 => Just(json!([{ "anything-but": [1] }])),
        ];
        PatternFields { names: NAMES, lists: lists.boxed(), max_fields: 3 }.generate(2).prop_map(Value::from).boxed()
    }

    /// Checks both bounds on events of the schema.
    fn check(pattern: &Pattern, schema: &Value, events: &[Value]) -> Result<(), TestCaseError> {
        let Some(translated) = translate(pattern, Navigator::new(schema)) else { return Ok(()) };
        let validator = |schema: &Value| jsonschema::validator_for(schema).unwrap();
        let (over, under) = (validator(&translated.over), validator(&translated.under));
        for event in events {
            let matches = pattern.matches(event).unwrap();
            prop_assert!(!matches || over.is_valid(event), "{pattern} matches {event}, {} does not", translated.over);
            prop_assert!(matches || !under.is_valid(event), "{} matches {event}, {pattern} does not", translated.under);
        }
        Ok(())
    }

    #[test]
    fn a_translation_has_bounded_size_and_exact_cheap_fields() {
        let deep = |name: String| json!({ name: { "x": { "y": { "z": [{ "wildcard": "a*b*c*d" }] } } } });
        let many = |name: &str| (0..14).map(|number| deep(format!("{name}{number}"))).collect::<Vec<_>>();
        let pattern = json!({ "t": ["x"], "d": { "$or": many("a"), "k": { "$or": many("b") } } });
        let pattern = Pattern::parse(&pattern.to_string()).unwrap();
        let schema = json!({
            "type": "object", "properties": { "t": { "const": "y" }, "d": true }, "additionalProperties": false,
        });
        let translated = translate(&pattern, Navigator::new(&schema)).unwrap();
        assert!(size(&translated.over) < 150_000, "{}", size(&translated.over));
        let alternatives = translated.over["anyOf"].as_array().unwrap();
        let has_type = |alternative: &Value| alternative.to_string().contains(r#"{"const":"x"}"#);
        assert!(alternatives.iter().all(has_type), "each alternative tests the type");
    }

    proptest! {
        #[test]
        fn the_bounds_are_sound_for_any_event(fields in fields(), events in prop::collection::vec(event(), 12)) {
            let Ok(pattern) = Pattern::parse(&fields.to_string()) else { return Ok(()) };
            check(&pattern, &json!(true), &events)?;
        }

        /// The translation is exact for arrays of objects in arrays of objects, if no path is a prefix of another.
        #[test]
        fn the_translation_is_exact_for_arrays_of_objects(
            fields in fields(),
            items in prop::collection::vec(item(), 12),
        ) {
            let item = json!({
                "type": "object",
                "properties": {
                    "a": { "type": "integer" },
                    "b": { "type": "array", "items": {
                        "type": "object",
                        "properties": { "a": { "type": "integer" }, "c": { "type": "integer" } },
                        "additionalProperties": false,
                    } },
                    "c": { "type": "array", "items": { "type": "integer" } },
                },
                "additionalProperties": false,
            });
            let array = json!({ "type": "array", "items": item });
            let schema = json!({
                "type": "object", "properties": { "a": array, "b": array, "c": item }, "additionalProperties": false,
            });
            let events: Vec<Value> = items
                .chunks(4)
                .flat_map(|items| {
                    let [one, two, three, four] = items else { return Vec::new() };
                    vec![json!({ "a": [one, two, three], "b": [four], "c": one }), json!({ "a": [one, two], "c": four })]
                })
                .collect();
            prop_assert!(events.iter().all(|event| jsonschema::is_valid(&schema, event)));
            let Ok(pattern) = Pattern::parse(&fields.to_string()) else { return Ok(()) };
            check(&pattern, &schema, &events)?;
            let paths: Vec<&str> = pattern.paths().collect();
            let is_prefix = |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'));
            if !paths.iter().any(|one| paths.iter().any(|other| is_prefix(one, other))) {
                let translated = translate(&pattern, Navigator::new(&schema)).unwrap();
                prop_assert_eq!(translated.over, translated.under);
            }
        }
    }

    fn item() -> impl Strategy<Value = Value> {
        let number = || 1..3_i64;
        let inner = (prop::option::of(number()), prop::option::of(number()))
            .prop_map(|(a, c)| without_null(json!({ "a": a, "c": c })));
        let arrays = (
            prop::option::of(prop::collection::vec(inner, 0..3)),
            prop::option::of(prop::collection::vec(number(), 0..3)),
        );
        (prop::option::of(number()), arrays).prop_map(|(a, (b, c))| without_null(json!({ "a": a, "b": b, "c": c })))
    }

    fn without_null(mut object: Value) -> Value {
        object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        object
    }
}
