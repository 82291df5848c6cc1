//! What a pattern matches, as a schema of events.
//!
//! Exact wherever JSON Schema can say it, and otherwise between two [`Bounds`]. The schema of the events is looked at for
//! where lists may stand, so that what cannot be is not spoken of; what is said holds for its events only.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::place::{Place, Places};
use crate::pattern::Pattern;
use crate::pattern::sought::{Bounds, Sought, What, escaped};

/// How many ways through a pattern are looked at.
const WAYS: usize = 200;
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

/// The events in which a field has a value that is valid under a schema.
pub(super) fn with_value(path: &str, value: Value, places: Places<'_>) -> Bounds {
    let names = path.split('.').map(str::to_owned).collect();
    way_through(&[Sought { names, what: What::Value(Bounds::exact(value)) }], places)
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

    fn object(&self, rests: &[Rest<'_>], place: &Place<'s>) -> Bounds {
        if rests.iter().any(|rest| rest.is_here() && !rest.is_nothing()) {
            return none();
        }
        let mut groups: BTreeMap<&str, Vec<Rest<'_>>> = BTreeMap::new();
        for rest in rests {
            if let [first, names @ ..] = rest.names {
                groups.entry(first).or_default().push(Rest { names, ..*rest });
            }
        }
        let mut all = vec![typed("object", Map::new())];
        for (name, group) in groups {
            let is_wanted = group.iter().any(|rest| !rest.is_nothing());
            let below = self.value(&group, &self.places.member(place, name), LISTS);
            let member = below.map(|schema| member(name, schema, is_wanted));
            let is_deep = group.iter().any(|rest| !rest.is_here());
            let start = format!("{name}.");
            all.push(if is_deep && self.places.may_begin(place, &start) {
                dotted(member, &start, &group)
            } else {
                member
            });
        }
        Bounds::all(all)
    }

    /// The items of a list are tried one by one: what lies in objects has to be found in one and the same item. A field
    /// that has to be missing is looked for in the item that was fixed by a field before it, or else in all of them.
    fn list(&self, rests: &[Rest<'_>], place: &Place<'s>, lists: u32) -> Bounds {
        if lists == 0 {
            return Bounds { most: typed("array", Map::new()).most, least: json!(false) };
        }
        let items = self.places.items(place);
        let inside = |rests: &[Rest<'_>]| self.value(rests, &items, lists - 1);
        let list = |keyword: &'static str, bounds: Bounds| {
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
            let apart = Bounds::all([list("contains", inside(&[here])), self.of_others(&others, &list, &inside)]);
            let most = apart.most;
            let own = |schema| json!({ "type": "array", "contains": schema });
            let together = Bounds::all([
                leaf(&[here]).map(own),
                self.of_others(&others, &list, &inside),
                list("items", if missing.is_empty() { every() } else { inside(&missing) }),
            ]);
            return Bounds { most, least: together.least };
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

    fn of_others(
        &self,
        others: &[Rest<'_>],
        list: &dyn Fn(&'static str, Bounds) -> Bounds,
        inside: &dyn Fn(&[Rest<'_>]) -> Bounds,
    ) -> Bounds {
        if others.is_empty() { every() } else { list("contains", inside(others)) }
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

/// A name of an event may have dots in it, and then stands for several names on the way. Where such a name may be, only
/// the bounds are known.
fn dotted(plain: Bounds, start: &str, group: &[Rest<'_>]) -> Bounds {
    let without = json!({ "propertyNames": { "not": { "pattern": format!("^{}", escaped(start)) } } });
    let is_wanted = group.iter().any(|rest| !rest.is_nothing());
    let is_nothing = group.iter().any(Rest::is_nothing);
    let Bounds { most, least } = plain;
    Bounds {
        most: if is_wanted { json!({ "anyOf": [most, { "type": "object", "not": without }] }) } else { most },
        least: if is_nothing { json!({ "allOf": [least, without] }) } else { least },
    }
}

fn member(name: &str, schema: Value, is_wanted: bool) -> Value {
    match (schema, is_wanted) {
        (Value::Bool(false), true) => Value::Bool(false),
        (schema, true) => json!({ "type": "object", "properties": { name: schema }, "required": [name] }),
        (schema, false) => json!({ "type": "object", "properties": { name: schema } }),
    }
}

fn typed(name: &str, mut keywords: Map<String, Value>) -> Bounds {
    keywords.insert("type".to_owned(), name.into());
    Bounds::exact(Value::Object(keywords))
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
