//! Navigation from the documents of a schema to the sets of values at their places, over-approximated.
//!
//! A place is the root of a document, a member, or an item of an array. A limit that is reached makes every value possible.

use std::cell::Cell;
use std::collections::BTreeSet;

use json_schema_core::resolve_pointer_reference;
use serde_json::{Map, Value};

use super::value_set::{Kinds, ValueSet, intersection, union};

/// Maximum depth of references and in-place applicators that are followed.
const MAX_DEPTH: u32 = 24;
/// Maximum number of schemas that one question visits.
const MAX_SCHEMAS: u32 = 2_000;

/// Navigates from a set to the sets of its members and items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Navigator<'s> {
    root: &'s Value,
    /// True if a part of the schema has an `$id` of its own, which changes the target of references in it: a part that
    /// [`json_schema_core::FlatSchema`] does not flatten.
    has_resources: bool,
}

/// Combination of in-place applicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Combination {
    All,
    Any,
}

/// Remaining budget of a question.
#[derive(Debug, Clone, Copy)]
struct Budget<'c> {
    depth: u32,
    schemas: &'c Cell<u32>,
}

impl<'s> Navigator<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root, has_resources: subvalues(root).any(has_id) }
    }

    /// Returns true if a part of the schema below the root has an `$id`.
    pub(super) fn has_resources(self) -> bool {
        self.has_resources
    }

    pub(super) fn root(self) -> ValueSet<'s> {
        ValueSet::Schema(self.root)
    }

    /// Returns the values of a member of the objects in a set.
    pub(super) fn member(self, set: &ValueSet<'s>, name: &str) -> ValueSet<'s> {
        let own = |schema: &'s Map<String, Value>| {
            if kinds_of_type(schema).object { member(schema, name) } else { ValueSet::Empty }
        };
        let of_value = |value: &'s Value| value.as_object().and_then(|members| members.get(name)).into_iter().collect();
        self.children(set, &own, &of_value, Budget::new(&Cell::new(MAX_SCHEMAS)))
    }

    /// Returns the items of the arrays in a set.
    pub(super) fn items(self, set: &ValueSet<'s>) -> ValueSet<'s> {
        let own = |schema| if kinds_of_type(schema).array { items(schema) } else { ValueSet::Empty };
        let of_value = |value: &'s Value| value.as_array().into_iter().flatten().collect();
        self.children(set, &own, &of_value, Budget::new(&Cell::new(MAX_SCHEMAS)))
    }

    /// Returns the values at a path of names, through objects and arrays of objects.
    pub(super) fn values_at_path(self, names: &[&str]) -> ValueSet<'s> {
        names.iter().fold(self.root(), |set, name| {
            let member = self.member(&self.with_array_items(set), name);
            self.with_array_items(member)
        })
    }

    /// Returns the paths of the members that the schema names, the shallow ones first: names joined with dots.
    pub(super) fn field_paths(self, max_depth: usize, max_fields: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut level = vec![(String::new(), self.root())];
        for _ in 0..max_depth {
            let mut below = Vec::new();
            for (path, set) in level {
                let set = self.with_array_items(set);
                for name in self.member_names(&set) {
                    let values = self.member(&set, name);
                    if self.kinds(&values) == Kinds::NONE {
                        continue;
                    }
                    let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    found.push(path.clone());
                    if found.len() >= max_fields {
                        return found;
                    }
                    below.push((path, values));
                }
            }
            level = below;
        }
        found
    }

    /// Returns the names of members that the schemas and values of a set name.
    fn member_names(self, set: &ValueSet<'s>) -> BTreeSet<&'s str> {
        let mut names = BTreeSet::new();
        self.add_member_names(set, &mut names, Budget::new(&Cell::new(MAX_SCHEMAS)));
        names
    }

    fn add_member_names(self, set: &ValueSet<'s>, names: &mut BTreeSet<&'s str>, budget: Budget<'_>) {
        match set {
            ValueSet::Any | ValueSet::Empty => {}
            ValueSet::Value(value) => {
                names.extend(value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
            }
            ValueSet::Intersection(sets) | ValueSet::Union(sets) => {
                for set in sets {
                    self.add_member_names(set, names, budget);
                }
            }
            ValueSet::Schema(schema) => {
                let (Some(keywords), Some(budget)) = (schema.as_object(), budget.descend()) else { return };
                let properties = keywords.get("properties").and_then(Value::as_object);
                names.extend(properties.into_iter().flatten().map(|(name, _)| name.as_str()));
                for schema in self.in_place_schemas(keywords).into_iter().flat_map(|(_, schemas)| schemas) {
                    self.add_member_names(&ValueSet::Schema(schema), names, budget);
                }
            }
        }
    }

    /// Returns a set with the items of its arrays, down to three arrays in arrays.
    fn with_array_items(self, set: ValueSet<'s>) -> ValueSet<'s> {
        let mut all = vec![set];
        for _ in 0..3 {
            let last = &all[all.len() - 1];
            if !self.kinds(last).array {
                break;
            }
            all.push(self.items(last));
        }
        union(all)
    }

    pub(super) fn kinds(self, set: &ValueSet<'s>) -> Kinds {
        self.kinds_at(set, Budget::new(&Cell::new(MAX_SCHEMAS)))
    }

    /// Returns the primitive values of a set, if the schema enumerates them. With `known`, the known values of an open
    /// enumeration count as all of its values.
    pub(super) fn primitive_values(self, set: &ValueSet<'s>, known: bool) -> Option<Vec<&'s Value>> {
        self.values_at(set, known, Budget::new(&Cell::new(MAX_SCHEMAS)))
    }

    fn kinds_at(self, set: &ValueSet<'s>, budget: Budget<'_>) -> Kinds {
        match set {
            ValueSet::Any => Kinds::ALL,
            ValueSet::Empty => Kinds::NONE,
            ValueSet::Value(value) => Kinds::from_value(value),
            ValueSet::Schema(schema) => self.kinds_of(schema, budget),
            ValueSet::Intersection(sets) => {
                sets.iter().map(|set| self.kinds_at(set, budget)).fold(Kinds::ALL, Kinds::and)
            }
            ValueSet::Union(sets) => sets.iter().map(|set| self.kinds_at(set, budget)).fold(Kinds::NONE, Kinds::or),
        }
    }

    fn values_at(self, set: &ValueSet<'s>, known: bool, budget: Budget<'_>) -> Option<Vec<&'s Value>> {
        match set {
            ValueSet::Any => None,
            ValueSet::Empty => Some(Vec::new()),
            ValueSet::Value(value) => Some(vec![value]),
            ValueSet::Schema(schema) => self.values_of(schema, known, budget),
            ValueSet::Intersection(sets) => sets.iter().find_map(|set| self.values_at(set, known, budget)),
            ValueSet::Union(sets) => {
                let all: Option<Vec<_>> = sets.iter().map(|set| self.values_at(set, known, budget)).collect();
                all.map(|all| all.concat())
            }
        }
    }

    fn children(
        self,
        set: &ValueSet<'s>,
        own: &dyn Fn(&'s Map<String, Value>) -> ValueSet<'s>,
        of_value: &dyn Fn(&'s Value) -> Vec<&'s Value>,
        budget: Budget<'_>,
    ) -> ValueSet<'s> {
        let each = |sets: &[ValueSet<'s>]| -> Vec<ValueSet<'s>> {
            sets.iter().map(|set| self.children(set, own, of_value, budget)).collect()
        };
        match set {
            ValueSet::Empty | ValueSet::Schema(Value::Bool(false)) => ValueSet::Empty,
            ValueSet::Value(value) => union(of_value(value).into_iter().map(ValueSet::Value)),
            ValueSet::Intersection(sets) => intersection(each(sets)),
            ValueSet::Union(sets) => union(each(sets)),
            ValueSet::Schema(Value::Object(schema)) => {
                let Some(budget) = budget.descend() else { return ValueSet::Any };
                if let Some(values) = enumerated(schema) {
                    return union(values.into_iter().flat_map(of_value).map(ValueSet::Value));
                }
                let further = |schema| self.children(&ValueSet::Schema(schema), own, of_value, budget);
                let mut sets = vec![own(schema)];
                for (combination, schemas) in self.in_place_schemas(schema) {
                    let schemas = schemas.into_iter().map(further);
                    sets.push(match combination {
                        Combination::All => intersection(schemas),
                        Combination::Any => union(schemas),
                    });
                }
                intersection(sets)
            }
            ValueSet::Any | ValueSet::Schema(_) => ValueSet::Any,
        }
    }

    /// Returns the in-place applicators, with the number of their schemas that must hold: all or one. Without the others, the sets are larger.
    fn in_place_schemas(self, schema: &'s Map<String, Value>) -> Vec<(Combination, Vec<&'s Value>)> {
        let mut found = Vec::new();
        if let Some(Value::String(reference)) = schema.get("$ref") {
            found.extend(self.resolve(reference).map(|schema| (Combination::All, vec![schema])));
        }
        for (keyword, combination) in
            [("allOf", Combination::All), ("anyOf", Combination::Any), ("oneOf", Combination::Any)]
        {
            if let Some(Value::Array(schemas)) = schema.get(keyword) {
                found.push((combination, schemas.iter().collect()));
            }
        }
        found
    }

    fn resolve(self, reference: &str) -> Option<&'s Value> {
        if self.has_resources { None } else { resolve_pointer_reference(self.root, reference) }
    }

    fn kinds_of(self, schema: &'s Value, budget: Budget<'_>) -> Kinds {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(false) { Kinds::NONE } else { Kinds::ALL };
        };
        let Some(budget) = budget.descend() else { return Kinds::ALL };
        if let Some(values) = enumerated(keywords) {
            return values.into_iter().map(Kinds::from_value).fold(Kinds::NONE, Kinds::or);
        }
        let mut kinds = kinds_of_type(keywords);
        for (combination, schemas) in self.in_place_schemas(keywords) {
            let each = schemas.into_iter().map(|schema| self.kinds_of(schema, budget));
            kinds = kinds.and(match combination {
                Combination::All => each.fold(Kinds::ALL, Kinds::and),
                Combination::Any => each.fold(Kinds::NONE, Kinds::or),
            });
        }
        kinds
    }

    fn values_of(self, schema: &'s Value, known: bool, budget: Budget<'_>) -> Option<Vec<&'s Value>> {
        if !self.kinds_of(schema, budget).primitive {
            return Some(Vec::new());
        }
        let keywords = schema.as_object()?;
        let budget = budget.descend()?;
        if let Some(values) = enumerated(keywords) {
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
        self.in_place_schemas(keywords).into_iter().find_map(|(combination, schemas)| {
            let each = schemas.into_iter().map(|schema| self.values_of(schema, known, budget));
            match combination {
                Combination::All => each.flatten().next(),
                Combination::Any => {
                    let all: Option<Vec<_>> = each.collect();
                    all.map(|all| all.concat())
                }
            }
        })
    }
}

impl<'c> Budget<'c> {
    fn new(schemas: &'c Cell<u32>) -> Self {
        Self { depth: MAX_DEPTH, schemas }
    }

    /// Returns the budget below a schema, or `None` if it is exhausted.
    fn descend(self) -> Option<Self> {
        let depth = self.depth.checked_sub(1)?;
        self.schemas.set(self.schemas.get().checked_sub(1)?);
        Some(Self { depth, ..self })
    }
}

fn subvalues(schema: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match schema {
        Value::Object(members) => Box::new(members.values()),
        Value::Array(items) => Box::new(items.iter()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Box::new(std::iter::empty()),
    }
}

fn has_id(schema: &Value) -> bool {
    schema.get("$id").is_some_and(Value::is_string) || subvalues(schema).any(has_id)
}

/// Returns the kinds that `type` allows.
fn kinds_of_type(schema: &Map<String, Value>) -> Kinds {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().map(Kinds::from_type_name).fold(Kinds::NONE, Kinds::or),
        Some(name) => Kinds::from_type_name(name),
        None => Kinds::ALL,
    }
}

/// Returns the values of `const` or `enum`.
fn enumerated(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        (None, _) => None,
    }
}

fn member<'s>(schema: &'s Map<String, Value>, name: &str) -> ValueSet<'s> {
    if let Some(schema) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return ValueSet::Schema(schema);
    }
    if schema.contains_key("patternProperties") {
        return ValueSet::Any;
    }
    match schema.get("additionalProperties") {
        Some(schema) => ValueSet::Schema(schema),
        None => ValueSet::Any,
    }
}

fn items(schema: &Map<String, Value>) -> ValueSet<'_> {
    let mut sets: Vec<ValueSet<'_>> = match schema.get("prefixItems") {
        Some(Value::Array(schemas)) => schemas.iter().map(ValueSet::Schema).collect(),
        _ => Vec::new(),
    };
    sets.push(schema.get("items").map_or(ValueSet::Any, ValueSet::Schema));
    union(sets)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_and_values_of_a_place_follow_from_the_schema() {
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
        let navigator = Navigator::new(&schema);
        let at = |names: &[&str]| navigator.values_at_path(names);
        let only = |primitive, object, array| Kinds { primitive, object, array };
        assert_eq!(navigator.kinds(&at(&["kind"])), only(true, false, false));
        assert_eq!(navigator.kinds(&navigator.member(&navigator.root(), "lines")), only(true, false, true));
        assert_eq!(navigator.kinds(&at(&["lines", "sku"])), only(true, false, false));
        assert_eq!(navigator.kinds(&at(&["lines", "price"])), Kinds::NONE);
        assert_eq!(navigator.kinds(&at(&["map", "any"])), only(true, false, false));
        assert_eq!(navigator.kinds(&at(&["none"])), Kinds::NONE);
        assert_eq!(navigator.primitive_values(&at(&["kind"]), false), Some(vec![&json!("a")]));
        let values = |name, known| navigator.primitive_values(&at(&[name]), known);
        assert_eq!(values("either", false), Some(vec![&json!("x"), &json!("y"), &Value::Null]));
        assert_eq!((values("open", false), values("open", true)), (None, Some(vec![&json!("x"), &Value::Null])));
        assert_eq!(values("any", true), None, "one branch is open");
        assert_eq!(values("listed", false), Some(vec![&json!("x")]));
        assert_eq!(navigator.kinds(&at(&["a.b"])), Kinds::ALL);
        let expected = ["a.b", "any", "either", "kind", "lines", "listed", "map", "open", "lines.sku"];
        assert_eq!(navigator.field_paths(2, 100), expected);
        assert_eq!(navigator.field_paths(2, 3), expected[..3]);
    }

    #[test]
    fn members_and_items_of_enumerated_values_are_found() {
        let schema = json!({ "anyOf": [{ "enum": [["x"], { "b": ["y", 1] }] }, { "type": "null" }] });
        let navigator = Navigator::new(&schema);
        assert_eq!(navigator.primitive_values(&navigator.items(&navigator.root()), false), Some(vec![&json!("x")]));
        let below = navigator.items(&navigator.member(&navigator.root(), "b"));
        assert_eq!(navigator.primitive_values(&below, false), Some(vec![&json!("y"), &json!(1)]));
        let empty = json!({ "const": [] });
        assert_eq!(
            Navigator::new(&empty).kinds(&Navigator::new(&empty).items(&ValueSet::Value(&empty["const"]))),
            Kinds::NONE
        );
    }

    #[test]
    fn references_are_not_followed_if_a_part_has_an_id() {
        let mut schema = json!({
            "$id": "urn:root",
            "type": "object",
            "properties": { "a": { "$ref": "#/$defs/q", "$defs": { "q": { "type": "string" } } } },
            "$defs": { "q": { "type": "object" } },
        });
        let kinds = |schema: &Value| {
            let navigator = Navigator::new(schema);
            navigator.kinds(&navigator.member(&navigator.root(), "a"))
        };
        assert_eq!(kinds(&schema), Kinds { object: true, ..Kinds::NONE });
        schema["properties"]["a"]["$id"] = json!("urn:part");
        assert_eq!(kinds(&schema), Kinds::ALL);
    }

    #[test]
    fn sets_of_a_recursive_type_are_bounded() {
        let schema = json!({ "$ref": "#/$defs/J", "$defs": { "J": { "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "$ref": "#/$defs/J" } },
            { "type": "object", "additionalProperties": { "$ref": "#/$defs/J" } },
        ] } } });
        let navigator = Navigator::new(&schema);
        let set = navigator.values_at_path(&["a"; 40]);
        assert!(set.parts() <= 3, "{} parts", set.parts());
        assert_eq!(navigator.kinds(&set), Kinds::ALL);
    }

    #[test]
    fn an_exhausted_budget_gives_all_values() {
        let definitions: Map<_, _> = (0..20)
            .map(|number| {
                (number.to_string(), json!({ "allOf": vec![json!({ "$ref": format!("#/$defs/{}", number + 1) }); 9] }))
            })
            .chain([("20".to_owned(), json!({ "type": "object" }))])
            .collect();
        let schema = json!({ "$ref": "#/$defs/0", "$defs": definitions });
        let navigator = Navigator::new(&schema);
        let kinds = navigator.kinds(&navigator.root());
        assert!(kinds.object);
        assert!(navigator.kinds(&navigator.member(&navigator.root(), "a")) == Kinds::ALL);
        assert_eq!(navigator.primitive_values(&navigator.root(), false), None);
    }
}
