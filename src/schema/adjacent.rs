//! The content of variants without contents, below `#[serde(tag, content)]`: schemars does not mention it, serde accepts
//! null only.

use std::collections::{BTreeMap, BTreeSet};

use json_schema_core::for_each_subschema_mut;
use serde_json::{Map, Value, json};

use super::generate::Generated;
use super::place::{Place, find};
use super::text::compact;
use crate::read::AdjacentShape;

/// Restricts the contents in the reader's schema, at the places that were reached and where the same enum is once more.
pub(super) fn complete(generated: &mut Generated, adjacents: &BTreeSet<AdjacentShape>) {
    let mut enums: BTreeMap<String, &AdjacentShape> = BTreeMap::new();
    for found in adjacents {
        find(generated, &Place::ROOT, &found.at, 0, &mut |_, schema| {
            let is_match = alternatives(schema).any(|schema| has_field(schema, found.content))
                && alternatives(schema).all(|schema| has_field(schema, found.tag));
            if is_match {
                enums.insert(compact(schema), found);
            }
            is_match
        });
    }
    if !enums.is_empty() {
        generated.change_each(&|schema| restrict(schema, &enums));
    }
}

/// Returns the alternatives of a choice that is not one for null as well.
fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten()
}

fn has_field(schema: &Value, name: &str) -> bool {
    schema.get("properties").is_some_and(|fields| fields.get(name).is_some())
}

fn restrict(schema: &mut Value, enums: &BTreeMap<String, &AdjacentShape>) {
    for_each_subschema_mut(schema, |_, schema| restrict(schema, enums));
    if alternatives(schema).next().is_none() {
        return;
    }
    let Some(found) = enums.get(&compact(schema)) else { return };
    for keyword in ["oneOf", "anyOf"] {
        let schemas = schema.get_mut(keyword).and_then(Value::as_array_mut);
        for fields in schemas.into_iter().flatten().filter_map(fields_mut) {
            fields.entry(found.content).or_insert_with(|| json!({ "type": "null" }));
        }
    }
}

fn fields_mut(schema: &mut Value) -> Option<&mut Map<String, Value>> {
    schema.get_mut("properties")?.as_object_mut()
}
