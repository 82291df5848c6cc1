//! The name of a struct under its `#[serde(tag)]`, which serde writes and schemars omits.
//!
//! `read::find_type_shape` finds the tags: it deserializes the type from nothing and serializes the result.

use std::collections::BTreeMap;

use json_schema_core::for_each_subschema_mut;
use serde_json::{Map, Value, json};

use super::generate::Generated;
use super::keyword::has_type;
use super::reading::{Place, find, names_of_struct, struct_signature};
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
    if changes.places.values().all(Option::is_none) {
        return;
    }
    changes.apply(&mut generated.root, &Place::ROOT);
    for (name, definition) in &mut generated.definitions {
        changes.apply(definition, &Place::definition(name));
    }
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
type Tag = (String, &'static str);

#[derive(Default)]
struct TagChanges<'s> {
    places: BTreeMap<Place, Option<&'s Tag>>,
    /// Tags by [`struct_signature`], for places that were not reached: values of maps, a struct for the second time.
    alike: BTreeMap<String, Option<&'s Tag>>,
}

impl TagChanges<'_> {
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
