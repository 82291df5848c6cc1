//! What may stand at a place of the documents of a schema: never less than what really may.

use std::cell::Cell;

use json_schema_core::parse_pointer_reference;
use serde_json::{Map, Value};

/// How many references are followed before anything is taken to be possible.
const DEPTH: u32 = 24;
/// How many schemas are looked at for one question about a place before anything is taken to be possible.
const SCHEMAS: u32 = 2_000;
/// Of how many parts a place is before anything is taken to be possible.
const PARTS: usize = 256;

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
    /// Whether a part of the schema is a resource of its own: then it is not known where references lead.
    has_resources: bool,
}

/// How far a question may still go.
#[derive(Debug, Clone, Copy)]
struct Left<'c> {
    depth: u32,
    schemas: &'c Cell<u32>,
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
        Self { root, has_resources: children(root).any(has_id) }
    }

    /// Whether a part of the schema is a resource of its own, below an `$id` that is not the root's.
    pub(super) fn has_resources(self) -> bool {
        self.has_resources
    }

    pub(super) fn root(self) -> Place<'s> {
        Place::Schema(self.root)
    }

    /// The member of a name, of the objects at a place.
    pub(super) fn member(self, place: &Place<'s>, name: &str) -> Place<'s> {
        let own = |schema: &'s Map<String, Value>| {
            if types(schema).object { member(schema, name) } else { Place::Nothing }
        };
        let of_value = |value: &'s Value| value.as_object().and_then(|members| members.get(name)).into_iter().collect();
        self.below(place, &own, &of_value, Left::all(&Cell::new(SCHEMAS)))
    }

    /// Any item of the lists at a place.
    pub(super) fn items(self, place: &Place<'s>) -> Place<'s> {
        let own = |schema| if types(schema).list { items(schema) } else { Place::Nothing };
        let of_value = |value: &'s Value| value.as_array().into_iter().flatten().collect();
        self.below(place, &own, &of_value, Left::all(&Cell::new(SCHEMAS)))
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
        either(all)
    }

    pub(super) fn kinds(self, place: &Place<'s>) -> Kinds {
        self.kinds_at(place, Left::all(&Cell::new(SCHEMAS)))
    }

    /// All texts, numbers, `true`, `false` and `null` that may stand there, where they are listed. Lists of what an open
    /// enumeration knows count only where `known` says so.
    pub(super) fn values(self, place: &Place<'s>, known: bool) -> Option<Vec<&'s Value>> {
        self.values_at(place, known, Left::all(&Cell::new(SCHEMAS)))
    }

    fn kinds_at(self, place: &Place<'s>, left: Left<'_>) -> Kinds {
        match place {
            Place::Any => Kinds::ALL,
            Place::Nothing => Kinds::NONE,
            Place::Value(value) => Kinds::of(value),
            Place::Schema(schema) => self.kinds_of(schema, left),
            Place::All(places) => places.iter().map(|place| self.kinds_at(place, left)).fold(Kinds::ALL, Kinds::and),
            Place::Either(places) => places.iter().map(|place| self.kinds_at(place, left)).fold(Kinds::NONE, Kinds::or),
        }
    }

    fn values_at(self, place: &Place<'s>, known: bool, left: Left<'_>) -> Option<Vec<&'s Value>> {
        match place {
            Place::Any => None,
            Place::Nothing => Some(Vec::new()),
            Place::Value(value) => Some(vec![value]),
            Place::Schema(schema) => self.values_of(schema, known, left),
            Place::All(places) => places.iter().find_map(|place| self.values_at(place, known, left)),
            Place::Either(places) => {
                let all: Option<Vec<_>> = places.iter().map(|place| self.values_at(place, known, left)).collect();
                all.map(|all| all.concat())
            }
        }
    }

    fn below(
        self,
        place: &Place<'s>,
        own: &dyn Fn(&'s Map<String, Value>) -> Place<'s>,
        of_value: &dyn Fn(&'s Value) -> Vec<&'s Value>,
        left: Left<'_>,
    ) -> Place<'s> {
        let each = |places: &[Place<'s>]| -> Vec<Place<'s>> {
            places.iter().map(|place| self.below(place, own, of_value, left)).collect()
        };
        match place {
            Place::Nothing | Place::Schema(Value::Bool(false)) => Place::Nothing,
            Place::Value(value) => either(of_value(value).into_iter().map(Place::Value)),
            Place::All(places) => all(each(places)),
            Place::Either(places) => either(each(places)),
            Place::Schema(Value::Object(schema)) => {
                let Some(left) = left.further() else { return Place::Any };
                if let Some(values) = listed(schema) {
                    return either(values.into_iter().flat_map(of_value).map(Place::Value));
                }
                let further = |schema| self.below(&Place::Schema(schema), own, of_value, left);
                let mut places = vec![own(schema)];
                for (together, schemas) in self.in_place(schema) {
                    let schemas = schemas.into_iter().map(further);
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
        if self.has_resources {
            return None;
        }
        let pointer = parse_pointer_reference(reference)?;
        self.root.pointer(pointer.as_str())
    }

    fn kinds_of(self, schema: &'s Value, left: Left<'_>) -> Kinds {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(false) { Kinds::NONE } else { Kinds::ALL };
        };
        let Some(left) = left.further() else { return Kinds::ALL };
        if let Some(values) = listed(keywords) {
            return values.into_iter().map(Kinds::of).fold(Kinds::NONE, Kinds::or);
        }
        let mut kinds = types(keywords);
        for (together, schemas) in self.in_place(keywords) {
            let each = schemas.into_iter().map(|schema| self.kinds_of(schema, left));
            kinds =
                kinds.and(if together { each.fold(Kinds::ALL, Kinds::and) } else { each.fold(Kinds::NONE, Kinds::or) });
        }
        kinds
    }

    fn values_of(self, schema: &'s Value, known: bool, left: Left<'_>) -> Option<Vec<&'s Value>> {
        if !self.kinds_of(schema, left).leaf {
            return Some(Vec::new());
        }
        let keywords = schema.as_object()?;
        let left = left.further()?;
        if let Some(values) = listed(keywords) {
            return Some(values);
        }
        let names = keywords
            .get("type")
            .map_or(&[][..], |names| names.as_array().map_or(std::slice::from_ref(names), Vec::as_slice));
        let null = names.iter().any(|name| name == "null").then_some(&Value::Null);
        if names.len() == 1 && null.is_some() {
            return Some(null.into_iter().collect());
        }
        if known && let Some(Value::Array(values)) = keywords.get(crate::open::KNOWN) {
            return Some(values.iter().chain(null).collect());
        }
        self.in_place(keywords).into_iter().find_map(|(together, schemas)| {
            let each = schemas.into_iter().map(|schema| self.values_of(schema, known, left));
            if together {
                each.flatten().next()
            } else {
                let all: Option<Vec<_>> = each.collect();
                all.map(|all| all.concat())
            }
        })
    }
}

impl<'c> Left<'c> {
    fn all(schemas: &'c Cell<u32>) -> Self {
        Self { depth: DEPTH, schemas }
    }

    /// What is left below a schema, if it may be looked at.
    fn further(self) -> Option<Self> {
        let depth = self.depth.checked_sub(1)?;
        self.schemas.set(self.schemas.get().checked_sub(1)?);
        Some(Self { depth, ..self })
    }
}

impl Place<'_> {
    /// Whether it is for sure the same place, told without a look into schemas and values.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any) | (Self::Nothing, Self::Nothing) => true,
            (Self::Schema(one), Self::Schema(other)) | (Self::Value(one), Self::Value(other)) => {
                std::ptr::eq(*one, *other)
            }
            (Self::All(one), Self::All(other)) | (Self::Either(one), Self::Either(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is(other))
            }
            (Self::Any | Self::Nothing | Self::Schema(_) | Self::Value(_) | Self::All(_) | Self::Either(_), _) => false,
        }
    }

    fn parts(&self) -> usize {
        match self {
            Self::Any | Self::Nothing | Self::Schema(_) | Self::Value(_) => 1,
            Self::All(places) | Self::Either(places) => places.iter().map(Self::parts).sum(),
        }
    }
}

fn children(schema: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match schema {
        Value::Object(members) => Box::new(members.values()),
        Value::Array(items) => Box::new(items.iter()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Box::new(std::iter::empty()),
    }
}

fn has_id(schema: &Value) -> bool {
    schema.get("$id").is_some_and(Value::is_string) || children(schema).any(has_id)
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

fn all<'s>(places: impl IntoIterator<Item = Place<'s>>) -> Place<'s> {
    let mut distinct = Vec::new();
    for place in places {
        match place {
            Place::Nothing => return Place::Nothing,
            Place::Any => {}
            Place::All(places) => places.into_iter().for_each(|place| add(&mut distinct, place)),
            place @ (Place::Schema(_) | Place::Value(_) | Place::Either(_)) => add(&mut distinct, place),
        }
    }
    match distinct.len() {
        0 => Place::Any,
        1 => distinct.remove(0),
        _ => bounded(Place::All(distinct)),
    }
}

fn either<'s>(places: impl IntoIterator<Item = Place<'s>>) -> Place<'s> {
    let mut distinct = Vec::new();
    for place in places {
        match place {
            Place::Any => return Place::Any,
            Place::Nothing => {}
            Place::Either(places) => places.into_iter().for_each(|place| add(&mut distinct, place)),
            place @ (Place::Schema(_) | Place::Value(_) | Place::All(_)) => add(&mut distinct, place),
        }
        if distinct.len() > PARTS {
            return Place::Any;
        }
    }
    match distinct.len() {
        0 => Place::Nothing,
        1 => distinct.remove(0),
        _ => bounded(Place::Either(distinct)),
    }
}

fn add<'s>(places: &mut Vec<Place<'s>>, place: Place<'s>) {
    if !places.iter().any(|known| known.is(&place)) {
        places.push(place);
    }
}

fn bounded(place: Place<'_>) -> Place<'_> {
    if place.parts() > PARTS { Place::Any } else { place }
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
                "open": { "type": ["string", "null"], "x-extensible-enum": ["x"] },
                "any": { "anyOf": [{ "type": "string", "x-extensible-enum": ["x"] }, { "type": "integer" }] },
                "listed": { "type": "array", "items": { "const": "x" } },
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
        let values = |name, known| places.values(&at(&[name]), known);
        assert_eq!(values("either", false), Some(vec![&json!("x"), &json!("y"), &Value::Null]));
        assert_eq!((values("open", false), values("open", true)), (None, Some(vec![&json!("x"), &Value::Null])));
        assert_eq!(values("any", true), None, "what is listed is not all");
        assert_eq!(values("listed", false), Some(vec![&json!("x")]));
        assert_eq!(places.kinds(&at(&["a.b"])), Kinds::ALL);
    }

    #[test]
    fn the_items_of_listed_values_are_looked_into() {
        let lists = json!({ "anyOf": [{ "enum": [["x"], { "b": ["y", 1] }] }, { "type": "null" }] });
        let places = Places::new(&lists);
        assert_eq!(places.values(&places.items(&places.root()), false), Some(vec![&json!("x")]));
        let below = places.items(&places.member(&places.root(), "b"));
        assert_eq!(places.values(&below, false), Some(vec![&json!("y"), &json!(1)]));
        let empty = json!({ "const": [] });
        assert_eq!(Places::new(&empty).kinds(&Places::new(&empty).items(&Place::Value(&empty["const"]))), Kinds::NONE);
    }

    #[test]
    fn a_reference_is_not_followed_where_a_part_has_an_id_of_its_own() {
        let mut schema = json!({
            "$id": "urn:root",
            "type": "object",
            "properties": { "a": { "$ref": "#/$defs/q", "$defs": { "q": { "type": "string" } } } },
            "$defs": { "q": { "type": "object" } },
        });
        let kinds = |schema: &Value| {
            let places = Places::new(schema);
            places.kinds(&places.member(&places.root(), "a"))
        };
        assert_eq!(kinds(&schema), Kinds { object: true, ..Kinds::NONE });
        schema["properties"]["a"]["$id"] = json!("urn:part");
        assert_eq!(kinds(&schema), Kinds::ALL);
    }

    #[test]
    fn the_places_of_a_recursive_type_are_no_more_than_its_schemas() {
        let schema = json!({ "$ref": "#/$defs/J", "$defs": { "J": { "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "$ref": "#/$defs/J" } },
            { "type": "object", "additionalProperties": { "$ref": "#/$defs/J" } },
        ] } } });
        let places = Places::new(&schema);
        let place = places.along(&["a"; 40]);
        assert!(place.parts() <= 3, "{} parts", place.parts());
        assert_eq!(places.kinds(&place), Kinds::ALL);
    }

    #[test]
    fn anything_is_possible_where_there_is_too_much_to_look_at() {
        let definitions: Map<_, _> = (0..20)
            .map(|number| {
                (number.to_string(), json!({ "allOf": vec![json!({ "$ref": format!("#/$defs/{}", number + 1) }); 9] }))
            })
            .chain([("20".to_owned(), json!({ "type": "object" }))])
            .collect();
        let schema = json!({ "$ref": "#/$defs/0", "$defs": definitions });
        let places = Places::new(&schema);
        let kinds = places.kinds(&places.root());
        assert!(kinds.object);
        assert!(places.kinds(&places.member(&places.root(), "a")) == Kinds::ALL);
        assert_eq!(places.values(&places.root(), false), None);
    }
}
