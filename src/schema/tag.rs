//! The name of a struct under its `#[serde(tag)]`, which serde writes and schemars omits.
//!
//! `read::find_type_shape` finds the tags: it deserializes the type from nothing and serializes the result. A struct is found
//! by its fields, or, where they are flattened or have other names when they are written, by a member that the schema
//! lacks.

use std::collections::BTreeMap;

use json_schema_core::for_each_subschema_mut;
use serde_json::{Map, Value, json};

use super::generate::Generated;
use super::keyword::has_type;
use super::place::{Place, find};
use super::reading::{names_of_struct, struct_signature};
use crate::read::{StructShape, TypeShape};

/// Adds the tags to the writer schema.
pub(super) fn complete(generated: &mut Generated, shape: &TypeShape) {
    let mut changes = TagChanges::default();
    for found in &shape.structs {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let is_match = is_schema_of(schema, found);
            if is_match {
                let tag = found.tag.as_ref();
                changes.places.insert(place.clone(), tag);
                let alike = changes.alike.entry(struct_signature(schema)).or_insert(tag);
                *alike = alike.filter(|other| Some(*other) == tag);
            }
            is_match
        });
    }
    changes.apply_to(generated);
    let mut unlisted = UnlistedMembers::default();
    for value in &shape.written {
        unlisted.visit(generated, &Place::ROOT, value, 0);
    }
    let tags: BTreeMap<Place, Option<Tag>> = unlisted.0.into_iter().map(|(at, found)| (at, found.into_tag())).collect();
    let mut changes = TagChanges::default();
    for (place, tag) in &tags {
        changes.places.insert(place.clone(), tag.as_ref());
        if let Some(schema) = place.schema(generated) {
            let alike = changes.alike.entry(struct_signature(schema)).or_insert(tag.as_ref());
            *alike = alike.filter(|other| Some(*other) == tag.as_ref());
        }
    }
    changes.apply_to(generated);
}

/// Compares the names of fields. Those of one side may have more: a field may be read and not written, or the reverse.
fn is_schema_of(schema: &Value, found: &StructShape) -> bool {
    match names_of_struct(schema) {
        None => found.fields.is_empty() && has_type(schema, "object"),
        Some(names) => {
            names.iter().all(|name| found.fields.contains_key(name))
                || found.fields.keys().all(|field| names.contains(field))
        }
    }
}

/// A tag and its value.
type Tag = (String, String);

#[derive(Default)]
struct TagChanges<'s> {
    places: BTreeMap<Place, Option<&'s Tag>>,
    /// Tags by [`struct_signature`], for places that were not reached: values of maps, a struct for the second time.
    alike: BTreeMap<String, Option<&'s Tag>>,
}

impl TagChanges<'_> {
    fn apply_to(&self, generated: &mut Generated) {
        if self.places.values().all(Option::is_none) {
            return;
        }
        self.apply(&mut generated.root, &Place::ROOT);
        for (name, definition) in &mut generated.definitions {
            self.apply(definition, &Place::definition(name));
        }
    }

    fn apply(&self, schema: &mut Value, place: &Place) {
        let is_struct = schema.get("properties").is_some();
        let tag = self
            .places
            .get(place)
            .copied()
            .or_else(|| is_struct.then(|| self.alike.get(&struct_signature(schema)).copied())?);
        for_each_subschema_mut(schema, |step, schema| self.apply(schema, &place.join_step(step)));
        if let Some(Some((tag, name))) = tag {
            add_tag(schema, tag, name);
        }
    }
}

fn add_tag(schema: &mut Value, tag: &str, name: &str) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let Value::Object(properties) = keywords.entry("properties").or_insert_with(|| Map::new().into()) else { return };
    if properties.contains_key(tag) {
        return;
    }
    properties.insert(tag.to_owned(), json!({ "type": "string", "const": name }));
    if let Value::Array(required) = keywords.entry("required").or_insert_with(|| json!([])) {
        required.push(tag.into());
    }
}

/// Members of written values that no schema lists, by the place of the object's schema.
#[derive(Default)]
struct UnlistedMembers(BTreeMap<Place, Unlisted>);

/// The strings of the members that the schema of an object lacks; `None` where they differ.
#[derive(Default)]
struct Unlisted(BTreeMap<String, Option<String>>);

impl Unlisted {
    /// Returns the member if it is the only one, and always the same: the name of a struct.
    fn into_tag(self) -> Option<Tag> {
        let mut members = self.0.into_iter();
        match (members.next(), members.next()) {
            (Some((member, value)), None) => Some((member, value?)),
            (Some(_) | None, _) => None,
        }
    }
}

/// Maximum depth of a value that is searched.
const MAX_DEPTH: usize = 64;

impl UnlistedMembers {
    fn visit(&mut self, generated: &Generated, place: &Place, value: &Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    find(generated, place, &[index.to_string()], 0, &mut |place, _| {
                        self.visit(generated, place, item, depth + 1);
                        true
                    });
                }
            }
            Value::Object(members) => self.visit_object(generated, place, members, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn visit_object(&mut self, generated: &Generated, place: &Place, members: &Map<String, Value>, depth: usize) {
        let mut objects: Vec<(Place, &Map<String, Value>)> = Vec::new();
        find(generated, place, &[], 0, &mut |place, schema| {
            let keywords = schema.as_object().filter(|_| is_plain_object(schema) && fits(schema, members));
            if let Some(keywords) = keywords {
                objects.push((place.clone(), keywords));
            }
            keywords.is_some()
        });
        // Two alternatives that a value may be of are those of an untagged enum: a member of one is not missing in the other.
        let [(place, keywords)] = objects.as_slice() else { return };
        let is_open = keywords.contains_key("patternProperties")
            || keywords.get("additionalProperties").is_some_and(|rest| *rest != Value::Bool(false));
        let unlisted = self.0.entry(place.clone()).or_default();
        let lists = |name: &str| keywords.get("properties").is_some_and(|fields| fields.get(name).is_some());
        for (name, value) in members.iter().filter(|(name, _)| !is_open && !lists(name)) {
            let text = value.as_str().map(str::to_owned);
            let known = unlisted.0.entry(name.clone()).or_insert_with(|| text.clone());
            *known = known.take().filter(|known| Some(known) == text.as_ref());
        }
        for (name, value) in members {
            let below = if lists(name) {
                place.join("properties", name)
            } else {
                Place { pointer: place.pointer.join("additionalProperties"), ..place.clone() }
            };
            self.visit(generated, &below, value, depth + 1);
        }
    }
}

/// Returns true for the schema of an object that no other schema applies to.
fn is_plain_object(schema: &Value) -> bool {
    (has_type(schema, "object") || schema.get("properties").is_some())
        && ["$ref", "allOf", "anyOf", "oneOf"].iter().all(|keyword| schema.get(keyword).is_none())
}

/// Returns true if the object has the required members, and the constants of a tagged enum.
fn fits(schema: &Value, members: &Map<String, Value>) -> bool {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    required.filter_map(Value::as_str).all(|name| members.contains_key(name))
        && fields
            .filter_map(|(name, field)| Some((name, field.get("const")?)))
            .all(|(name, value)| members.get(name).is_none_or(|member| member == value))
}
