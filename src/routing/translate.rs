//! What a pattern matches, as a schema of events.
//!
//! Exact wherever JSON Schema can say it, and otherwise between two [`Approximation`]. The schema of the events is looked at for
//! where lists may stand, so that what cannot be is not spoken of; what is said holds for its events only.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::place::{Place, Places};
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::{Approximation, FieldRequirement, ValueRequirement};

/// How many ways through a pattern are looked at.
const WAYS: usize = 200;
/// In how many ways names are taken together before only the bounds are known.
const NAMES: usize = 64;
/// How deep lists may stand directly in lists before only the bounds are known.
const LISTS: u32 = 3;
/// The same where nothing is known of a place.
const LISTS_ANYWHERE: u32 = 1;
/// How many places are looked at before only the bounds are known.
const PLACES: usize = 2_000;
/// The same on one way.
const PLACES_OF_WAY: usize = 1_000;
/// So many are looked at on each way, however many there are.
const PLACES_AT_LEAST: usize = 12;
/// So many values of a condition count as a place more.
const VALUES: usize = 100;

/// A field that is looked for, seen from a place on the way to it.
#[derive(Debug, Clone, Copy)]
struct Rest<'a> {
    names: &'a [String],
    what: &'a ValueRequirement,
    /// Where it stands in the order in which the service goes through the fields.
    order: usize,
}

/// The events that a pattern matches, among those of a schema. `None` where the pattern has too many ways to match.
pub(super) fn translate(pattern: &Pattern, places: Places<'_>) -> Option<Approximation> {
    let ways = pattern.requirements(WAYS)?;
    let share = (PLACES / ways.len().max(1)).clamp(PLACES_AT_LEAST, PLACES_OF_WAY);
    let translator = Translator { places, left: Cell::new(0) };
    let bounds = ways.iter().map(|way| {
        // What one way has not used is left for the next.
        translator.left.set((translator.left.get() + share).min(PLACES_OF_WAY));
        translator.way_through(way)
    });
    Some(Approximation::any_of(bounds))
}

struct Translator<'s> {
    places: Places<'s>,
    left: Cell<usize>,
}

impl Rest<'_> {
    fn is_here(&self) -> bool {
        self.names.is_empty()
    }

    /// How many values the condition lists that has to be spoken of here.
    fn values(&self) -> usize {
        match self.what {
            ValueRequirement::Present(bounds) if self.is_here() => size(&bounds.over) + size(&bounds.under),
            ValueRequirement::Present(_) | ValueRequirement::Absent => 0,
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self.what, ValueRequirement::Absent)
    }
}

impl<'s> Translator<'s> {
    fn way_through(&self, way: &[FieldRequirement]) -> Approximation {
        let rests: Vec<Rest<'_>> = way
            .iter()
            .enumerate()
            .map(|(order, sought)| Rest { names: &sought.path, what: &sought.value, order })
            .collect();
        self.value(&rests, &self.places.root(), LISTS)
    }

    /// The values in which all of these are found together.
    fn value(&self, rests: &[Rest<'_>], place: &Place<'s>, lists: u32) -> Approximation {
        let Some(left) = self.left.get().checked_sub(1 + rests.iter().map(Rest::values).sum::<usize>() / VALUES) else {
            self.left.set(0);
            return Approximation { over: Value::Bool(true), under: Value::Bool(false) };
        };
        self.left.set(left);
        let lists = if matches!(place, Place::Any | Place::Schema(Value::Bool(true))) {
            lists.min(LISTS_ANYWHERE)
        } else {
            lists
        };
        let kinds = self.places.kinds(place);
        let mut either = Vec::new();
        if kinds.leaf {
            either.push(leaf(rests));
        }
        if kinds.object {
            either.push(self.object(rests, place));
        }
        if kinds.list {
            either.push(self.list(rests, place, lists));
        }
        Approximation::any_of(either)
    }

    /// A name of an event may have dots in it, and then stands for several names on the way: each way to take the names
    /// together is looked at.
    fn object(&self, rests: &[Rest<'_>], place: &Place<'s>) -> Approximation {
        let (missing, wanted): (Vec<_>, Vec<_>) = rests.iter().copied().partition(Rest::is_nothing);
        let object = Approximation::exact(json!({ "type": "object" }));
        let mut ways: Vec<BTreeMap<String, Vec<Rest<'_>>>> = vec![BTreeMap::new()];
        for rest in wanted {
            let members = self.members(rest, place);
            ways = ways
                .iter()
                .flat_map(|way| {
                    members.iter().map(|(name, below)| {
                        let mut way = way.clone();
                        way.entry(name.clone()).or_default().push(*below);
                        way
                    })
                })
                .collect();
            if ways.len() > NAMES {
                return Approximation { over: object.over, under: Value::Bool(false) };
            }
        }
        let each = ways.into_iter().map(|mut groups| {
            for rest in &missing {
                for (name, below) in self.members(*rest, place) {
                    groups.entry(name).or_default().push(below);
                }
            }
            // What is cheap comes first: it is known then, whatever is left.
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by_key(|(_, group)| !group.iter().all(Rest::is_here));
            let members = groups.into_iter().map(|(name, group)| {
                let is_wanted = group.iter().any(|rest| !rest.is_nothing());
                let below = self.value(&group, &self.places.member(place, &name), LISTS);
                below.map(|schema| member(&name, schema, is_wanted))
            });
            Approximation::all_of([object.clone()].into_iter().chain(members))
        });
        Approximation::any_of(each)
    }

    /// The members in which a field may be found, each with what is left of the way to it.
    fn members<'a>(&self, rest: Rest<'a>, place: &Place<'s>) -> Vec<(String, Rest<'a>)> {
        let name = |count: usize| rest.names[..count].join(".");
        let may_be = |name: &String| {
            let kinds = self.places.kinds(&self.places.member(place, name));
            kinds.leaf || kinds.object || kinds.list
        };
        (1..=rest.names.len())
            .map(|count| (name(count), Rest { names: &rest.names[count..], ..rest }))
            .filter(|(name, _)| may_be(name))
            .collect()
    }

    /// The items of a list are tried one by one: what lies in objects has to be found in one and the same item. A field
    /// that has to be missing is looked for in the item that was fixed by a field before it, or else in all of them.
    fn list(&self, rests: &[Rest<'_>], place: &Place<'s>, lists: u32) -> Approximation {
        if lists == 0 {
            return Approximation { over: json!({ "type": "array" }), under: json!(false) };
        }
        let items = self.places.items(place);
        let inside = |rests: &[Rest<'_>]| self.value(rests, &items, lists - 1);
        let list = |keyword: &'static str, bounds: Approximation| {
            bounds.map(|schema| json!({ "type": "array", keyword: schema }))
        };
        let (missing, wanted): (Vec<_>, Vec<_>) = rests.iter().copied().partition(Rest::is_nothing);
        if wanted.is_empty() {
            return list("items", inside(&missing));
        }
        let here = wanted.iter().copied().find(Rest::is_here);
        if let Some(here) = here.filter(|_| rests.len() > 1) {
            // A value of the list itself is found in any item; the others are found in one.
            let others: Vec<_> = wanted.iter().copied().filter(|rest| !rest.is_here()).collect();
            let of_others = || if others.is_empty() { every() } else { list("contains", inside(&others)) };
            let apart = Approximation::all_of([list("contains", inside(&[here])), of_others()]);
            let own = |schema| json!({ "type": "array", "contains": schema });
            let together = Approximation::all_of([
                leaf(&[here]).map(own),
                of_others(),
                list("items", if missing.is_empty() { every() } else { inside(&missing) }),
            ]);
            return Approximation { over: apart.over, under: together.under };
        }
        let is_fixed = |nothing: &Rest<'_>| wanted.iter().any(|rest| rest.order < nothing.order);
        let (fixed, everywhere): (Vec<_>, Vec<_>) = missing.into_iter().partition(is_fixed);
        let together: Vec<_> = wanted.into_iter().chain(fixed).collect();
        let mut all = vec![list("contains", inside(&together))];
        if !everywhere.is_empty() {
            all.push(list("items", inside(&everywhere)));
        }
        Approximation::all_of(all)
    }
}

fn leaf(rests: &[Rest<'_>]) -> Approximation {
    let mut all = vec![typed_leaf()];
    for rest in rests {
        match (rest.what, rest.is_here()) {
            (ValueRequirement::Present(bounds), true) => all.push(bounds.clone()),
            (ValueRequirement::Present(_), false) | (ValueRequirement::Absent, true) => return none(),
            (ValueRequirement::Absent, false) => {}
        }
    }
    Approximation::all_of(all)
}

fn member(name: &str, schema: Value, is_wanted: bool) -> Value {
    match (schema, is_wanted) {
        (Value::Bool(false), true) => Value::Bool(false),
        (schema, true) => json!({ "type": "object", "properties": { name: schema }, "required": [name] }),
        (schema, false) => json!({ "type": "object", "properties": { name: schema } }),
    }
}

fn size(schema: &Value) -> usize {
    match schema {
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

fn typed_leaf() -> Approximation {
    Approximation::exact(json!({ "type": ["string", "number", "boolean", "null"] }))
}

fn none() -> Approximation {
    Approximation::exact(Value::Bool(false))
}

fn every() -> Approximation {
    Approximation::exact(Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::Map;

    use super::*;

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

    fn fields(depth: u32) -> BoxedStrategy<Map<String, Value>> {
        let list = prop_oneof![
            4 => select(vec![json!([1]), json!([2]), json!(["x"]), json!([1, "x"])]),
            2 => Just(json!([{ "exists": false }])),
            1 => Just(json!([{ "exists": true }])),
            1 => Just(json!([{ "exists": false }, 2])),
            1 => Just(json!([{ "anything-but": [1] }])),
        ];
        let below = if depth == 0 {
            list.boxed()
        } else {
            prop_oneof![1 => list, 3 => fields(depth - 1).prop_map(Value::from)].boxed()
        };
        let plain = prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), below, 1..4)
            .prop_map(|members| members.into_iter().collect::<Map<_, _>>());
        if depth == 0 {
            return plain.boxed();
        }
        let branches = prop::collection::vec(fields(depth - 1), 2..3);
        prop_oneof![
            5 => plain.clone(),
            1 => (plain, branches).prop_map(|(mut members, branches)| {
                members.insert("$or".to_owned(), branches.into_iter().map(Value::from).collect());
                members
            }),
        ]
        .boxed()
    }

    /// Every event of the schema is in the one bound if it is matched, and matched if it is in the other.
    fn check(pattern: &Pattern, schema: &Value, events: &[Value]) -> Result<(), TestCaseError> {
        let Some(bounds) = translate(pattern, Places::new(schema)) else { return Ok(()) };
        let validator = |schema: &Value| jsonschema::validator_for(schema).unwrap();
        let (most, least) = (validator(&bounds.over), validator(&bounds.under));
        for event in events {
            let matches = pattern.matches(event).unwrap();
            prop_assert!(!matches || most.is_valid(event), "{pattern} matches {event}, and {} does not", bounds.over);
            prop_assert!(
                matches || !least.is_valid(event),
                "{pattern} does not match {event}, and {} does",
                bounds.under
            );
        }
        Ok(())
    }

    #[test]
    fn a_translation_is_of_a_bounded_size_and_says_the_cheap_first() {
        let deep = |name: String| json!({ name: { "x": { "y": { "z": [{ "wildcard": "a*b*c*d" }] } } } });
        let many = |name: &str| (0..14).map(|number| deep(format!("{name}{number}"))).collect::<Vec<_>>();
        let pattern = json!({ "t": ["x"], "d": { "$or": many("a"), "k": { "$or": many("b") } } });
        let pattern = Pattern::parse(&pattern.to_string()).unwrap();
        let schema = json!({
            "type": "object", "properties": { "t": { "const": "y" }, "d": true }, "additionalProperties": false,
        });
        let bounds = translate(&pattern, Places::new(&schema)).unwrap();
        assert!(size(&bounds.over) < 150_000, "{}", size(&bounds.over));
        let ways = bounds.over["anyOf"].as_array().unwrap();
        assert!(ways.iter().all(|way| way.to_string().contains(r#"{"const":"x"}"#)), "each way looks at the type");
    }

    proptest! {
        #[test]
        fn the_bounds_hold_for_any_event(fields in fields(2), events in prop::collection::vec(event(), 12)) {
            let Ok(pattern) = Pattern::parse(&Value::from(fields).to_string()) else { return Ok(()) };
            check(&pattern, &json!(true), &events)?;
        }

        /// Where lists stand in objects in lists, and no name has a dot, they are one and the same.
        #[test]
        fn there_is_one_bound_for_lists_of_objects(
            fields in fields(2),
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
            let list = json!({ "type": "array", "items": item });
            let schema = json!({
                "type": "object", "properties": { "a": list, "b": list, "c": item }, "additionalProperties": false,
            });
            let events: Vec<Value> = items
                .chunks(4)
                .flat_map(|items| {
                    let [one, two, three, four] = items else { return Vec::new() };
                    vec![json!({ "a": [one, two, three], "b": [four], "c": one }), json!({ "a": [one, two], "c": four })]
                })
                .collect();
            prop_assert!(events.iter().all(|event| jsonschema::is_valid(&schema, event)));
            let Ok(pattern) = Pattern::parse(&Value::from(fields).to_string()) else { return Ok(()) };
            check(&pattern, &schema, &events)?;
            let paths: Vec<&str> = pattern.paths().collect();
            let is_above = |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'));
            if !paths.iter().any(|one| paths.iter().any(|other| is_above(one, other))) {
                let bounds = translate(&pattern, Places::new(&schema)).unwrap();
                prop_assert_eq!(bounds.over, bounds.under);
            }
        }
    }

    fn item() -> impl Strategy<Value = Value> {
        let number = || 1..3_i64;
        let inner = (prop::option::of(number()), prop::option::of(number()))
            .prop_map(|(a, c)| without_null(json!({ "a": a, "c": c })));
        let lists = (
            prop::option::of(prop::collection::vec(inner, 0..3)),
            prop::option::of(prop::collection::vec(number(), 0..3)),
        );
        (prop::option::of(number()), lists).prop_map(|(a, (b, c))| without_null(json!({ "a": a, "b": b, "c": c })))
    }

    fn without_null(mut object: Value) -> Value {
        object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        object
    }
}
