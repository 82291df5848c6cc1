//! Places in the schema of a type, and the search for the place of a value.

use json_document::Pointer;
use json_schema_core::Step;
use serde_json::{Map, Value};

use super::generate::Generated;
use super::keyword::referenced_definition;
use crate::read::ENTRY;

/// A place in a schema: the name of a definition (empty for the root), and a pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) definition: String,
    pub(super) pointer: Pointer,
}

impl Place {
    pub(super) const ROOT: Self = Self { definition: String::new(), pointer: Pointer::ROOT };

    pub(super) fn definition(name: &str) -> Self {
        Self { definition: name.to_owned(), pointer: Pointer::ROOT }
    }

    pub(super) fn join_step(&self, step: Step<'_>) -> Self {
        let mut below = self.clone();
        step.push_to(&mut below.pointer);
        below
    }

    /// Returns the schema at this place.
    pub(super) fn schema<'g>(&self, generated: &'g Generated) -> Option<&'g Value> {
        let schema = match self.definition.as_str() {
            "" => &generated.root,
            name => generated.definitions.get(name)?,
        };
        schema.pointer(self.pointer.as_str())
    }

    /// Returns the schema at this place, to change it.
    pub(super) fn schema_mut<'g>(&self, generated: &'g mut Generated) -> Option<&'g mut Value> {
        let schema = match self.definition.as_str() {
            "" => &mut generated.root,
            name => generated.definitions.get_mut(name)?,
        };
        schema.pointer_mut(self.pointer.as_str())
    }

    pub(super) fn join(&self, keyword: &str, name: &str) -> Self {
        Self { definition: self.definition.clone(), pointer: self.pointer.join(keyword).join(name) }
    }
}

/// Maximum number of steps to a place. Only a schema that refers to itself in place has more.
const MAX_DEPTH: usize = 256;

/// Visits the schemas of a value at `path` until `is_found` accepts one; schemas within an accepted one are not visited.
///
/// It follows the keywords by which schemars describes members and items, not all that may hold schemas: a step of the path
/// selects one of the schemas below a keyword.
pub(super) fn find<'g>(
    generated: &'g Generated,
    place: &Place,
    path: &[String],
    depth: usize,
    is_found: &mut dyn FnMut(&Place, &'g Value) -> bool,
) {
    let Some(schema) = place.schema(generated) else { return };
    if depth > MAX_DEPTH || (path.is_empty() && is_found(place, schema)) {
        return;
    }
    if let Some(name) = referenced_definition(schema) {
        find(generated, &Place::definition(&name), path, depth + 1, is_found);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let schemas = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..schemas {
            find(generated, &place.join(keyword, &index.to_string()), path, depth + 1, is_found);
        }
    }
    let Some((step, rest)) = path.split_first() else { return };
    if step == ENTRY {
        let values = Place { pointer: place.pointer.join("additionalProperties"), ..place.clone() };
        find(generated, &values, rest, depth + 1, is_found);
        for keyword in ["properties", "patternProperties"] {
            for name in schema.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys) {
                find(generated, &place.join(keyword, name), rest, depth + 1, is_found);
            }
        }
    }
    for keyword in ["properties", "prefixItems"] {
        find(generated, &place.join(keyword, step), rest, depth + 1, is_found);
    }
    if step.parse::<usize>().is_ok() && schema.get("items").is_some() {
        let items = Place { pointer: place.pointer.join("items"), ..place.clone() };
        find(generated, &items, rest, depth + 1, is_found);
    }
}
