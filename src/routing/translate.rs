//! What a pattern matches, as a schema of events.
//!
//! Exact wherever JSON Schema can say it, and otherwise between two [`Bounds`]. The schema of the events is looked at for
//! where lists may stand, so that what cannot be is not spoken of; what is said holds for its events only.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::place::{Place, Places};
use crate::pattern::Pattern;
use crate::pattern::sought::{Bounds, Sought, What};

/// How many ways through a pattern are looked at.
const WAYS: usize = 200;
/// In how many ways names are taken together before only the bounds are known.
const NAMES: usize = 64;
/// How deep lists may stand directly in lists before only the bounds are known.
const LISTS: u32 = 3;

/// A field that is looked for, seen from a place on the way to it.
#[derive(Debug, Clone, Copy)]
struct Rest<'a> {
    names: &'a [String],
    what: &'a What,
    /// Where it stands in the order in which the service goes through the fields.
    order: usize,
}

/// The events that a pattern matches, among those of a schema. `None` where the pattern has too many ways to match.
pub(super) fn translate(pattern: &Pattern, places: Places<'_>) -> Option<Bounds> {
    let ways = pattern.ways(WAYS)?;
    Some(Bounds::any(ways.iter().map(|way| way_through(way, places))))
}

fn way_through(way: &[Sought], places: Places<'_>) -> Bounds {
    let rests: Vec<Rest<'_>> = way
        .iter()
        .enumerate()
        .map(|(order, sought)| Rest { names: &sought.names, what: &sought.what, order })
        .collect();
    Translator { places }.value(&rests, &places.root(), LISTS)
}

struct Translator<'s> {
    places: Places<'s>,
}

impl Rest<'_> {
    fn is_here(&self) -> bool {
        self.names.is_empty()
    }

    fn is_nothing(&self) -> bool {
        matches!(self.what, What::Nothing)
    }
}

impl<'s> Translator<'s> {
    /// The values in which all of these are found together.
    fn value(&self, rests: &[Rest<'_>], place: &Place<'s>, lists: u32) -> Bounds {
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
        Bounds::any(either)
    }

    /// A name of an event may have dots in it, and then stands for several names on the way: each way to take the names
    /// together is looked at.
    fn object(&self, rests: &[Rest<'_>], place: &Place<'s>) -> Bounds {
        let (missing, wanted): (Vec<_>, Vec<_>) = rests.iter().copied().partition(Rest::is_nothing);
        let object = Bounds::exact(json!({ "type": "object" }));
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
                return Bounds { most: object.most, least: Value::Bool(false) };
            }
        }
        let each = ways.into_iter().map(|mut groups| {
            for rest in &missing {
                for (name, below) in self.members(*rest, place) {
                    groups.entry(name).or_default().push(below);
                }
            }
            let members = groups.into_iter().map(|(name, group)| {
                let is_wanted = group.iter().any(|rest| !rest.is_nothing());
                let below = self.value(&group, &self.places.member(place, &name), LISTS);
                below.map(|schema| member(&name, schema, is_wanted))
            });
            Bounds::all([object.clone()].into_iter().chain(members))
        });
        Bounds::any(each)
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
    fn list(&self, rests: &[Rest<'_>], place: &Place<'s>, lists: u32) -> Bounds {
        if lists == 0 {
            return Bounds { most: json!({ "type": "array" }), least: json!(false) };
        }
        let items = self.places.items(place);
        let inside = |rests: &[Rest<'_>]| self.value(rests, &items, lists - 1);
        let list =
            |keyword: &'static str, bounds: Bounds| bounds.map(|schema| json!({ "type": "array", keyword: schema }));
        let (missing, wanted): (Vec<_>, Vec<_>) = rests.iter().copied().partition(Rest::is_nothing);
        if wanted.is_empty() {
            return list("items", inside(&missing));
        }
        let here = wanted.iter().copied().find(Rest::is_here);
        if let Some(here) = here.filter(|_| rests.len() > 1) {
            // A value of the list itself is found in any item; the others are found in one.
            let others: Vec<_> = wanted.iter().copied().filter(|rest| !rest.is_here()).collect();
            let of_others = || if others.is_empty() { every() } else { list("contains", inside(&others)) };
            let apart = Bounds::all([list("contains", inside(&[here])), of_others()]);
            let own = |schema| json!({ "type": "array", "contains": schema });
            let together = Bounds::all([
                leaf(&[here]).map(own),
                of_others(),
                list("items", if missing.is_empty() { every() } else { inside(&missing) }),
            ]);
            return Bounds { most: apart.most, least: together.least };
        }
        let is_fixed = |nothing: &Rest<'_>| wanted.iter().any(|rest| rest.order < nothing.order);
        let (fixed, everywhere): (Vec<_>, Vec<_>) = missing.into_iter().partition(is_fixed);
        let together: Vec<_> = wanted.into_iter().chain(fixed).collect();
        let mut all = vec![list("contains", inside(&together))];
        if !everywhere.is_empty() {
            all.push(list("items", inside(&everywhere)));
        }
        Bounds::all(all)
    }
}

fn leaf(rests: &[Rest<'_>]) -> Bounds {
    let mut all = vec![typed_leaf()];
    for rest in rests {
        match (rest.what, rest.is_here()) {
            (What::Value(bounds), true) => all.push(bounds.clone()),
            (What::Value(_), false) | (What::Nothing, true) => return none(),
            (What::Nothing, false) => {}
        }
    }
    Bounds::all(all)
}

fn member(name: &str, schema: Value, is_wanted: bool) -> Value {
    match (schema, is_wanted) {
        (Value::Bool(false), true) => Value::Bool(false),
        (schema, true) => json!({ "type": "object", "properties": { name: schema }, "required": [name] }),
        (schema, false) => json!({ "type": "object", "properties": { name: schema } }),
    }
}

fn typed_leaf() -> Bounds {
    Bounds::exact(json!({ "type": ["string", "number", "boolean", "null"] }))
}

fn none() -> Bounds {
    Bounds::exact(Value::Bool(false))
}

fn every() -> Bounds {
    Bounds::exact(Value::Bool(true))
}
