//! The name of a struct under its `#[serde(tag)]`, which serde writes and schemars omits.
//!
//! `read::shape_of` finds the tags by reading the type of nothing and writing what comes of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::generate::Generated;
use super::keyword::{Holds, has_type, holds};
use super::reading::{Place, find, names_of_struct, said_of_struct};
use crate::read::{FoundStruct, Shape};

/// Puts the tags that were found into the writer schema.
pub(super) fn complete(generated: &mut Generated, shape: &Shape) {
    let mut plan = Plan::default();
    for found in &shape.structs {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let is_it = is_schema_of(schema, found);
            if is_it {
                let tag = found.tag.as_ref();
                plan.places.insert(place.clone(), tag);
                let alike = plan.alike.entry(said_of_struct(schema)).or_insert(tag);
                *alike = alike.filter(|other| Some(*other) == tag);
            }
            is_it
        });
    }
    if plan.places.values().all(Option::is_none) {
        return;
    }
    plan.apply(&mut generated.root, &Place::ROOT);
    for (name, definition) in &mut generated.definitions {
        plan.apply(definition, &Place::definition(name));
    }
}

/// A field may be read and not written, or written and not read.
fn is_schema_of(schema: &Value, found: &FoundStruct) -> bool {
    match names_of_struct(schema) {
        None => found.fields.is_empty() && has_type(schema, "object"),
        Some(names) => {
            names.iter().all(|name| found.fields.contains_key(name))
                || found.fields.keys().all(|field| names.contains(field))
        }
    }
}

/// A tag, and what it is.
type Tag = (String, &'static str);

#[derive(Default)]
struct Plan<'s> {
    places: BTreeMap<Place, Option<&'s Tag>>,
    /// By what the schemas say, for what cannot be reached: values of maps, a struct for the second time.
    alike: BTreeMap<String, Option<&'s Tag>>,
}

impl Plan<'_> {
    fn apply(&self, schema: &mut Value, place: &Place) {
        let is_struct = schema.get("properties").is_some();
        let tag = self
            .places
            .get(place)
            .copied()
            .or_else(|| is_struct.then(|| self.alike.get(&said_of_struct(schema)).copied())?);
        for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
            match (holds(keyword, value), value) {
                (Holds::Schema, value) => {
                    self.apply(value, &Place { pointer: format!("{}/{keyword}", place.pointer), ..place.clone() });
                }
                (Holds::Schemas, Value::Array(schemas)) => {
                    for (index, schema) in schemas.iter_mut().enumerate() {
                        self.apply(schema, &place.join(keyword, &index.to_string()));
                    }
                }
                (Holds::SchemasByName, Value::Object(schemas)) => {
                    for (name, schema) in schemas {
                        self.apply(schema, &place.join(keyword, name));
                    }
                }
                _ => {}
            }
        }
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
