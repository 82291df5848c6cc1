//! The schemas directly below a schema.

use std::convert::Infallible;
use std::fmt;

use json_document::Pointer;
use serde_json::Value;

use crate::keyword::{Contents, Keyword};
use crate::tree::{JsonTree, is_schema};

/// The way from a schema to one directly below it.
///
/// ```
/// use json_schema_core::{Key, Step, for_each_subschema};
/// use serde_json::json;
///
/// let schema = json!({"items": {}, "properties": {"id": {}}, "required": ["id"]});
/// let mut names = Vec::new();
/// for_each_subschema(&schema, |Step { keyword, key }, _| match key {
///     Key::Name(name) => names.push(format!("{} {name}", keyword.name)),
///     Key::Value | Key::Index(_) => {}
/// });
/// assert_eq!(names, ["properties id"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'s> {
    /// The keyword that holds the schema.
    pub keyword: &'static Keyword,
    /// The position in the value of the keyword.
    pub key: Key<'s>,
}

/// The position of a schema in the value of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'s> {
    /// The value itself.
    Value,
    /// The item of an array.
    Index(usize),
    /// The member of an object.
    Name(&'s str),
}

impl Step<'_> {
    /// Appends the step to a pointer.
    pub fn push_to(&self, pointer: &mut Pointer) {
        pointer.push_name(self.keyword.name);
        match self.key {
            Key::Value => {}
            Key::Index(index) => pointer.push(index),
            Key::Name(name) => pointer.push_name(name),
        }
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pointer = Pointer::ROOT;
        self.push_to(&mut pointer);
        pointer.fmt(f)
    }
}

/// Calls `visit` for every schema directly below `schema`, whatever draft its keyword is of, until it fails.
///
/// Values that a keyword cannot have are passed over, such as the list of names in `dependencies`.
///
/// ```
/// use serde_json::json;
///
/// let schema = json!({"enum": [{"not": {}}], "items": true, "properties": {"items": {}}});
/// let mut found = Vec::new();
/// json_schema_core::for_each_subschema(&schema, |step, _| found.push(step.to_string()));
/// assert_eq!(found, ["/items", "/properties/items"]);
/// ```
pub fn try_for_each_subschema<'s, V: JsonTree, E>(
    schema: &'s V,
    mut visit: impl FnMut(Step<'s>, &'s V) -> Result<(), E>,
) -> Result<(), E> {
    for (name, value) in schema.members() {
        let Some(keyword) = Keyword::find(name) else { continue };
        match keyword.contents.in_value(value) {
            Contents::Schema => visit(Step { keyword, key: Key::Value }, value)?,
            Contents::Array => {
                let items = value.as_items().unwrap_or_default().iter().enumerate();
                for (index, schema) in items.filter(|(_, schema)| is_schema(*schema)) {
                    visit(Step { keyword, key: Key::Index(index) }, schema)?;
                }
            }
            Contents::Map => {
                for (name, schema) in value.members().filter(|(_, schema)| is_schema(*schema)) {
                    visit(Step { keyword, key: Key::Name(name) }, schema)?;
                }
            }
            Contents::Nothing | Contents::SchemaOrArray => {}
        }
    }
    Ok(())
}

/// Calls `visit` for every schema directly below `schema`: see [`try_for_each_subschema`].
pub fn for_each_subschema<'s, V: JsonTree>(schema: &'s V, mut visit: impl FnMut(Step<'s>, &'s V)) {
    let Ok(()) = try_for_each_subschema(schema, |step, schema| {
        visit(step, schema);
        Ok::<_, Infallible>(())
    });
}

/// Calls `visit` for every schema directly below `schema`, to change it: see [`try_for_each_subschema`].
pub fn for_each_subschema_mut(schema: &mut Value, mut visit: impl FnMut(Step<'_>, &mut Value)) {
    for (name, value) in schema.as_object_mut().into_iter().flatten() {
        let Some(keyword) = Keyword::find(name) else { continue };
        match (keyword.contents.in_value(value), value) {
            (Contents::Schema, value) => visit(Step { keyword, key: Key::Value }, value),
            (Contents::Array, Value::Array(schemas)) => {
                for (index, schema) in schemas.iter_mut().enumerate().filter(|(_, schema)| is_schema::<Value>(schema)) {
                    visit(Step { keyword, key: Key::Index(index) }, schema);
                }
            }
            (Contents::Map, Value::Object(schemas)) => {
                for (name, schema) in schemas.iter_mut().filter(|(_, schema)| is_schema::<Value>(schema)) {
                    visit(Step { keyword, key: Key::Name(name) }, schema);
                }
            }
            (Contents::Nothing | Contents::Array | Contents::Map | Contents::SchemaOrArray, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keywords_hold_schemas() {
        let mut schema = json!({
            "allOf": [{}, 1], "const": {"not": {}}, "dependencies": {"a": ["b"], "c/d": false}, "not": 1,
            "properties": {"items": {"const": 1}}, "unknown": {"items": {}},
        });
        let mut steps = Vec::new();
        for_each_subschema(&schema, |step, _| steps.push(step.to_string()));
        assert_eq!(steps, ["/allOf/0", "/dependencies/c~1d", "/properties/items"]);
        let mut same = Vec::new();
        for_each_subschema_mut(&mut schema, |step, _| same.push(step.to_string()));
        assert_eq!(same, steps);
    }
}
