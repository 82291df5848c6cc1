//! What may stand at a place of the documents of a schema: never less than what really may.

use serde_json::{Map, Value};

/// How many references are followed before anything is taken to be possible.
const DEPTH: u32 = 24;

/// A place in the documents of a schema.
#[derive(Debug, Clone)]
pub(super) enum Place<'s> {
    /// Anything may stand there.
    Any,
    /// There is no such place.
    Nothing,
    /// What is valid under a schema.
    Schema(&'s Value),
    /// This value.
    Value(&'s Value),
    All(Vec<Self>),
    Either(Vec<Self>),
}

/// Of which kinds values may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds {
    /// A text, a number, `true`, `false` or `null`.
    pub(super) leaf: bool,
    pub(super) object: bool,
    pub(super) list: bool,
}

/// Reads places of one schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'s> {
    root: &'s Value,
}

impl Kinds {
    const ALL: Self = Self { leaf: true, object: true, list: true };
    const NONE: Self = Self { leaf: false, object: false, list: false };

    fn of(value: &Value) -> Self {
        Self { leaf: !value.is_object() && !value.is_array(), object: value.is_object(), list: value.is_array() }
    }

    fn of_type(name: &Value) -> Self {
        match name.as_str() {
            Some("object") => Self { object: true, ..Self::NONE },
            Some("array") => Self { list: true, ..Self::NONE },
            _ => Self { leaf: true, ..Self::NONE },
        }
    }

    fn or(self, other: Self) -> Self {
        Self { leaf: self.leaf || other.leaf, object: self.object || other.object, list: self.list || other.list }
    }

    fn and(self, other: Self) -> Self {
        Self { leaf: self.leaf && other.leaf, object: self.object && other.object, list: self.list && other.list }
    }
}

impl<'s> Places<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root }
    }

    pub(super) fn root(self) -> Place<'s> {
        Place::Schema(self.root)
    }

    /// The member of a name, of the objects at a place.
    pub(super) fn member(self, place: &Place<'s>, name: &str) -> Place<'s> {
        let own = |schema: &'s Map<String, Value>| {
            if types(schema).object { member(schema, name) } else { Place::Nothing }
        };
        self.below(place, &own, &|value| value.get(name).filter(|_| value.is_object()), DEPTH)
    }

    /// Any item of the lists at a place.
    pub(super) fn items(self, place: &Place<'s>) -> Place<'s> {
        let of_value = |_: &'s Value| None;
        match place {
            Place::Value(Value::Array(items)) => Place::Either(items.iter().map(Place::Value).collect()),
            place => {
                let own = |schema| if types(schema).list { items(schema) } else { Place::Nothing };
                self.below(place, &own, &of_value, DEPTH)
            }
        }
    }

    /// The members of all the names along a way through objects and lists of objects.
    pub(super) fn along(self, names: &[&str]) -> Place<'s> {
        names.iter().fold(self.root(), |place, name| {
            let member = self.member(&self.inside_lists(place), name);
            self.inside_lists(member)
        })
    }

    /// The place, or that of the items of the lists at it, however deep they are.
    fn inside_lists(self, place: Place<'s>) -> Place<'s> {
        let mut all = vec![place];
        for _ in 0..3 {
            let last = &all[all.len() - 1];
            if !self.kinds(last).list {
                break;
            }
            all.push(self.items(last));
        }
        if all.len() == 1 { all.remove(0) } else { Place::Either(all) }
    }

    pub(super) fn kinds(self, place: &Place<'s>) -> Kinds {
        match place {
            Place::Any => Kinds::ALL,
            Place::Nothing => Kinds::NONE,
            Place::Value(value) => Kinds::of(value),
            Place::Schema(schema) => self.kinds_of(schema, DEPTH),
            Place::All(places) => places.iter().map(|place| self.kinds(place)).fold(Kinds::ALL, Kinds::and),
            Place::Either(places) => places.iter().map(|place| self.kinds(place)).fold(Kinds::NONE, Kinds::or),
        }
    }

    /// All the values that may stand there, where they are listed. Lists of what an open enumeration knows count only
    /// where `known` says so.
    pub(super) fn values(self, place: &Place<'s>, known: bool) -> Option<Vec<&'s Value>> {
        match place {
            Place::Any => None,
            Place::Nothing => Some(Vec::new()),
            Place::Value(value) => Some(vec![value]),
            Place::Schema(schema) => self.values_of(schema, known, DEPTH),
            Place::All(places) => places.iter().find_map(|place| self.values(place, known)),
            Place::Either(places) => {
                let all: Option<Vec<_>> = places.iter().map(|place| self.values(place, known)).collect();
                all.map(|all| all.concat())
            }
        }
    }

    fn below(
        self,
        place: &Place<'s>,
        own: &dyn Fn(&'s Map<String, Value>) -> Place<'s>,
        of_value: &dyn Fn(&'s Value) -> Option<&'s Value>,
        depth: u32,
    ) -> Place<'s> {
        let each = |places: &[Place<'s>]| -> Vec<Place<'s>> {
            places.iter().map(|place| self.below(place, own, of_value, depth)).collect()
        };
        match place {
            Place::Nothing | Place::Schema(Value::Bool(false)) => Place::Nothing,
            Place::Value(value) => of_value(value).map_or(Place::Nothing, Place::Value),
            Place::All(places) => all(each(places)),
            Place::Either(places) => either(each(places)),
            Place::Schema(Value::Object(schema)) if depth > 0 => {
                if let Some(values) = listed(schema) {
                    return either(values.iter().filter_map(|value| of_value(value)).map(Place::Value).collect());
                }
                let further = |schema| self.below(&Place::Schema(schema), own, of_value, depth - 1);
                let mut places = vec![own(schema)];
                for (together, schemas) in self.in_place(schema) {
                    let schemas = schemas.into_iter().map(further).collect();
                    places.push(if together { all(schemas) } else { either(schemas) });
                }
                all(places)
            }
            Place::Any | Place::Schema(_) => Place::Any,
        }
    }

    /// The schemas that speak of the same value, and whether all of them hold or one of them.
    fn in_place(self, schema: &'s Map<String, Value>) -> Vec<(bool, Vec<&'s Value>)> {
        let mut found = Vec::new();
        if let Some(Value::String(reference)) = schema.get("$ref") {
            found.extend(self.resolve(reference).map(|schema| (true, vec![schema])));
        }
        for (keyword, together) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
            if let Some(Value::Array(schemas)) = schema.get(keyword) {
                found.push((together, schemas.iter().collect()));
            }
        }
        found
    }

    fn resolve(self, reference: &str) -> Option<&'s Value> {
        let pointer = reference.strip_prefix('#')?;
        // A reference is a fragment of a URI.
        if pointer.contains('%') {
            return None;
        }
        self.root.pointer(pointer)
    }

    fn kinds_of(self, schema: &'s Value, depth: u32) -> Kinds {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(false) { Kinds::NONE } else { Kinds::ALL };
        };
        if depth == 0 {
            return Kinds::ALL;
        }
        if let Some(values) = listed(keywords) {
            return values.into_iter().map(Kinds::of).fold(Kinds::NONE, Kinds::or);
        }
        let mut kinds = types(keywords);
        for (together, schemas) in self.in_place(keywords) {
            let each = schemas.into_iter().map(|schema| self.kinds_of(schema, depth - 1));
            kinds =
                kinds.and(if together { each.fold(Kinds::ALL, Kinds::and) } else { each.fold(Kinds::NONE, Kinds::or) });
        }
        kinds
    }

    fn values_of(self, schema: &'s Value, known: bool, depth: u32) -> Option<Vec<&'s Value>> {
        let keywords = schema.as_object().filter(|_| depth > 0)?;
        if let Some(values) = listed(keywords) {
            return Some(values);
        }
        if known && let Some(Value::Array(values)) = keywords.get(crate::schema::KNOWN) {
            return Some(values.iter().collect());
        }
        let each = |schemas: Vec<&'s Value>| {
            schemas.into_iter().map(|schema| self.values_of(schema, known, depth - 1)).collect::<Vec<_>>()
        };
        self.in_place(keywords).into_iter().find_map(|(together, schemas)| {
            if together {
                each(schemas).into_iter().flatten().next()
            } else if known {
                // Beside `null`, which lists nothing.
                let all = each(schemas).into_iter().flatten().flatten().collect::<Vec<_>>();
                Some(all).filter(|all| !all.is_empty())
            } else {
                let all: Option<Vec<_>> = each(schemas).into_iter().collect();
                all.map(|all| all.concat())
            }
        })
    }
}

/// What `type` lets stand there.
fn types(schema: &Map<String, Value>) -> Kinds {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().map(Kinds::of_type).fold(Kinds::NONE, Kinds::or),
        Some(name) => Kinds::of_type(name),
        None => Kinds::ALL,
    }
}

/// The values that `const` or `enum` lists.
fn listed(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        (None, _) => None,
    }
}

fn member<'s>(schema: &'s Map<String, Value>, name: &str) -> Place<'s> {
    if let Some(schema) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return Place::Schema(schema);
    }
    if schema.contains_key("patternProperties") {
        return Place::Any;
    }
    match schema.get("additionalProperties") {
        Some(schema) => Place::Schema(schema),
        None => Place::Any,
    }
}

fn items(schema: &Map<String, Value>) -> Place<'_> {
    let mut places: Vec<Place<'_>> = match schema.get("prefixItems") {
        Some(Value::Array(schemas)) => schemas.iter().map(Place::Schema).collect(),
        _ => Vec::new(),
    };
    places.push(schema.get("items").map_or(Place::Any, Place::Schema));
    either(places)
}

fn all(mut places: Vec<Place<'_>>) -> Place<'_> {
    if places.iter().any(|place| matches!(place, Place::Nothing)) {
        return Place::Nothing;
    }
    places.retain(|place| !matches!(place, Place::Any));
    match places.len() {
        0 => Place::Any,
        1 => places.remove(0),
        _ => Place::All(places),
    }
}

fn either(mut places: Vec<Place<'_>>) -> Place<'_> {
    if places.iter().any(|place| matches!(place, Place::Any)) {
        return Place::Any;
    }
    places.retain(|place| !matches!(place, Place::Nothing));
    match places.len() {
        0 => Place::Nothing,
        1 => places.remove(0),
        _ => Place::Either(places),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_stand_at_a_place_is_read_off_the_schema() {
        let schema = json!({
            "type": "object",
            "properties": {
                "kind": { "const": "a" },
                "lines": { "type": ["array", "null"], "items": { "$ref": "#/$defs/Line" } },
                "map": { "type": "object", "additionalProperties": { "type": "integer" } },
                "either": { "anyOf": [{ "enum": ["x", "y"] }, { "type": "null" }] },
                "a.b": true,
            },
            "additionalProperties": false,
            "$defs": { "Line": { "type": "object", "properties": { "sku": { "type": "string" } }, "additionalProperties": false } },
        });
        let places = Places::new(&schema);
        let at = |names: &[&str]| places.along(names);
        let only = |leaf, object, list| Kinds { leaf, object, list };
        assert_eq!(places.kinds(&at(&["kind"])), only(true, false, false));
        assert_eq!(places.kinds(&places.member(&places.root(), "lines")), only(true, false, true));
        assert_eq!(places.kinds(&at(&["lines", "sku"])), only(true, false, false));
        assert_eq!(places.kinds(&at(&["lines", "price"])), Kinds::NONE);
        assert_eq!(places.kinds(&at(&["map", "any"])), only(true, false, false));
        assert_eq!(places.kinds(&at(&["none"])), Kinds::NONE);
        assert_eq!(places.values(&at(&["kind"]), false), Some(vec![&json!("a")]));
        assert_eq!(places.values(&at(&["either"]), true), Some(vec![&json!("x"), &json!("y")]));
        assert_eq!(places.values(&at(&["either"]), false), None);
        assert_eq!(places.kinds(&at(&["a.b"])), Kinds::ALL);
    }
}
