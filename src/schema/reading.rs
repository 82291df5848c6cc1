//! Differences between serde and schemars on the reader's side: aliases, `#[serde(other)]`, variants that stand alone,
//! and fields that have to be there.
//!
//! `read::shape_of` finds them by reading the type of nothing. Where it has been in the schema, what it has found holds;
//! where it could not go (maps, a struct for the second time) what holds of all structs or enums with the same names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::generate::Generated;
use super::keyword::{Holds, definition_of, has_type, holds, is_in_place};
use super::text::compact;
use super::{ALIAS, KNOWN};
use crate::read::{FoundEnum, FoundStruct, Shape};

/// Puts what was found into the reader schema.
pub(super) fn complete(generated: &mut Generated, shape: &Shape) {
    let mut plan = Plan::default();
    for found in &shape.structs {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let is_it = names_of_struct(schema).is_some_and(|names| names.iter().eq(found.fields.keys()));
            if is_it {
                plan.structs.insert(place.clone(), found);
            }
            is_it
        });
    }
    for found in &shape.enums {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let names = names_of_enum(schema);
            let is_it = !names.is_empty() && names.iter().all(|name| found.names.contains(name));
            if is_it {
                plan.enums.insert(place.clone(), found);
            }
            is_it
        });
    }
    plan.generalise(generated);
    plan.apply(&mut generated.root, &Place::ROOT);
    for (name, definition) in &mut generated.definitions {
        plan.apply(definition, &Place::definition(name));
    }
}

/// A place in a schema: the name of a definition (empty for the root), and a pointer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) definition: String,
    pub(super) pointer: String,
}

impl Place {
    pub(super) const ROOT: Self = Self { definition: String::new(), pointer: String::new() };

    pub(super) fn definition(name: &str) -> Self {
        Self { definition: name.to_owned(), pointer: String::new() }
    }

    pub(super) fn join(&self, keyword: &str, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { definition: self.definition.clone(), pointer: format!("{}/{keyword}/{name}", self.pointer) }
    }
}

/// Follows the way to a value through the schema; `is_it` says whether a schema there is the one that is looked for, so
/// that nothing below it needs to be looked at.
pub(super) fn find<'g>(
    generated: &'g Generated,
    place: &Place,
    way: &[String],
    depth: usize,
    is_it: &mut dyn FnMut(&Place, &'g Value) -> bool,
) {
    let schema = match place.definition.as_str() {
        "" => Some(&generated.root),
        name => generated.definitions.get(name),
    };
    let Some(schema) = schema.and_then(|schema| schema.pointer(&place.pointer)) else { return };
    // Only a schema that refers to itself without a step in between gets that deep.
    if depth > 256 || (way.is_empty() && is_it(place, schema)) {
        return;
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_of) {
        find(generated, &Place::definition(&name), way, depth + 1, is_it);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let schemas = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..schemas {
            find(generated, &place.join(keyword, &index.to_string()), way, depth + 1, is_it);
        }
    }
    let Some((step, rest)) = way.split_first() else { return };
    for keyword in ["properties", "prefixItems"] {
        find(generated, &place.join(keyword, step), rest, depth + 1, is_it);
    }
    if step.parse::<usize>().is_ok() && schema.get("items").is_some() {
        let items = Place { pointer: format!("{}/items", place.pointer), ..place.clone() };
        find(generated, &items, rest, depth + 1, is_it);
    }
}

/// Returns the properties of a struct with the required ones: equal for most structs of one type.
pub(super) fn said_of_struct(schema: &Value) -> String {
    compact(&json!([schema.get("properties"), schema.get("required")]))
}

pub(super) fn names_of_struct(schema: &Value) -> Option<BTreeSet<&str>> {
    Some(schema.get("properties")?.as_object()?.keys().map(String::as_str).collect())
}

/// The variants that a schema lists: texts, and objects with one required name.
fn names_of_enum(schema: &Value) -> BTreeSet<&str> {
    let choices = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    let ways = choices.flat_map(|schema| texts(schema).into_iter().chain(lonely_name(schema)));
    texts(schema).into_iter().chain(ways).collect()
}

fn texts(schema: &Value) -> Vec<&str> {
    let of = |keyword| schema.get(keyword);
    if !has_type(schema, "string") {
        return Vec::new();
    }
    let listed = of("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(of("const")).filter_map(Value::as_str).collect()
}

fn lonely_name(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object()?;
    let name = properties.keys().next()?;
    (properties.len() == 1 && *schema.get("required")? == json!([name])).then_some(name)
}

/// The changes to a schema, by place.
#[derive(Default)]
struct Plan<'s> {
    structs: BTreeMap<Place, &'s FoundStruct>,
    enums: BTreeMap<Place, &'s FoundEnum>,
    /// By what their schemas say: which fields they miss.
    required_alike: BTreeMap<String, Option<&'s FoundStruct>>,
    /// By their names: what holds of all that were found.
    structs_alike: BTreeMap<BTreeSet<String>, Option<&'s FoundStruct>>,
    enums_alike: BTreeMap<BTreeSet<String>, Option<&'s FoundEnum>>,
}

impl<'s> Plan<'s> {
    fn generalise(&mut self, generated: &Generated) {
        let at = |place: &Place| match place.definition.as_str() {
            "" => generated.root.pointer(&place.pointer),
            name => generated.definitions.get(name)?.pointer(&place.pointer),
        };
        let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        for (place, found) in &self.structs {
            let Some(schema) = at(place) else { continue };
            let Some(names) = names_of_struct(schema) else { continue };
            let alike = self.required_alike.entry(said_of_struct(schema)).or_insert(Some(found));
            *alike = alike.filter(|other| other.required == found.required);
            let alike = self.structs_alike.entry(owned(names)).or_insert(Some(found));
            *alike = alike.filter(|other| other.fields == found.fields);
        }
        for (place, found) in &self.enums {
            let Some(names) = at(place).map(names_of_enum) else { continue };
            let alike = self.enums_alike.entry(owned(names)).or_insert(Some(found));
            *alike = alike.filter(|other| (&other.names, other.takes_any) == (&found.names, found.takes_any));
        }
    }

    fn struct_at(&self, place: &Place, schema: &Value) -> Option<&'s FoundStruct> {
        let alike = || {
            let names = names_of_struct(schema)?.into_iter().map(str::to_owned).collect();
            *self.structs_alike.get(&names)?
        };
        self.structs.get(place).copied().or_else(alike)
    }

    fn enum_at(&self, place: &Place, schema: &Value) -> Option<&'s FoundEnum> {
        let alike = || *self.enums_alike.get(&names_of_enum(schema).into_iter().map(str::to_owned).collect())?;
        self.enums.get(place).copied().or_else(alike)
    }

    /// From the inside out: a place is that of the schema before anything below it has changed.
    fn apply(&self, schema: &mut Value, place: &Place) {
        let found_struct = self.struct_at(place, schema);
        let required = match self.structs.get(place) {
            Some(found) => Some((*found, true)),
            None => self.required_alike.get(&said_of_struct(schema)).and_then(|alike| Some(((*alike)?, false))),
        };
        let found_enum = self.enum_at(place, schema);
        for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
            match (holds(keyword, value), value) {
                (Holds::Schema, value) => {
                    self.apply(value, &Place { pointer: format!("{}/{keyword}", place.pointer), ..place.clone() });
                }
                // The variants of an enum are no enums of their own.
                (Holds::Schemas, Value::Array(schemas)) => {
                    for (index, schema) in schemas.iter_mut().enumerate() {
                        if found_enum.is_none() || !is_in_place(keyword) || texts(schema).is_empty() {
                            self.apply(schema, &place.join(keyword, &index.to_string()));
                        }
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
        if let Some((found, exactly)) = required {
            require(schema, found, exactly);
        }
        if let Some(found) = found_struct {
            add_aliases(schema, found);
        }
        if let Some(found) = found_enum {
            add_variants(schema, found);
        }
    }
}

/// Requires what serde misses where it is left out: schemars takes every `Option` for one that may be. `exactly`: what
/// serde does not miss is not required, either.
fn require(schema: &mut Value, found: &FoundStruct, exactly: bool) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let Value::Array(required) = keywords.entry("required").or_insert_with(|| json!([])) else { return };
    for (field, is_required) in &found.required {
        let is_said = required.iter().any(|name| name == field);
        if *is_required && !is_said {
            required.push((*field).into());
        } else if !is_required && is_said && exactly {
            required.retain(|name| name != field);
        }
    }
    if required.is_empty() {
        keywords.remove("required");
    }
}

/// Lets each field come under its aliases as well, but not twice.
fn add_aliases(schema: &mut Value, found: &FoundStruct) {
    let mut once: Vec<Value> = Vec::new();
    let Some(keywords) = schema.as_object_mut() else { return };
    for (field, aliases) in found.fields.iter().filter(|(_, aliases)| !aliases.is_empty()) {
        let Some(Value::Object(properties)) = keywords.get_mut("properties") else { return };
        let mut of_alias = match properties.get(*field) {
            Some(Value::Object(of_field)) => of_field.clone(),
            _ => Map::new(),
        };
        of_alias.retain(|keyword, _| !matches!(keyword.as_str(), "title" | "description" | "default"));
        of_alias.insert(ALIAS.to_owned(), (*field).into());
        for alias in aliases {
            properties.insert((*alias).to_owned(), of_alias.clone().into());
        }
        let names: Vec<&str> = std::iter::once(field).chain(aliases).copied().collect();
        let is_required = keywords.get_mut("required").and_then(Value::as_array_mut).is_some_and(|required| {
            let before = required.len();
            required.retain(|name| name != field);
            required.len() < before
        });
        if is_required {
            let ways: Vec<_> = names.iter().map(|name| json!({ "required": [name] })).collect();
            once.push(json!({ "oneOf": ways }));
        } else {
            for (index, name) in names.iter().enumerate() {
                once.extend(names[..index].iter().map(|other| json!({ "not": { "required": [other, name] } })));
            }
        }
    }
    if once.is_empty() {
        return;
    }
    if keywords.get("required").is_some_and(|required| *required == json!([])) {
        keywords.remove("required");
    }
    let is_nullable = has_type(schema, "null");
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::Array(all)) = keywords.get_mut("allOf") {
        all.extend(once);
    } else {
        keywords.insert("allOf".to_owned(), once.into());
    }
    if is_nullable {
        // Null has no names, and would be refused for having none.
        let mut object = std::mem::take(keywords);
        let whole = |keyword: &str| matches!(keyword, "title" | "description" | "default" | "examples");
        keywords.extend(object.iter().filter(|(keyword, _)| whole(keyword)).map(|(k, v)| (k.clone(), v.clone())));
        object.retain(|keyword, _| !whole(keyword));
        object.insert("type".to_owned(), "object".into());
        keywords.insert("anyOf".to_owned(), json!([object, { "type": "null" }]));
    }
}

/// Lets a variant come under its aliases, lets any text come where `#[serde(other)]` takes it, and no second name beside
/// that of a variant with contents.
fn add_variants(schema: &mut Value, found: &FoundEnum) {
    let known: BTreeSet<String> = names_of_enum(schema).into_iter().map(str::to_owned).collect();
    let missing: Vec<&str> = found.names.iter().copied().filter(|name| !known.contains(*name)).collect();
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::Array(listed)) = keywords.get_mut("enum") {
        if found.takes_any {
            let texts: Vec<Value> = listed.iter().filter(|value| value.is_string()).cloned().collect();
            keywords.remove("enum");
            keywords.insert(KNOWN.to_owned(), texts.into());
        } else {
            listed.extend(missing.into_iter().map(Value::from));
        }
        return;
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(ways)) = keywords.get_mut(keyword) else { continue };
        for way in &mut *ways {
            if lonely_name(way).is_some_and(|name| found.names.contains(name))
                && let Some(way) = way.as_object_mut()
            {
                way.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        let listed: Vec<String> = ways.iter().flat_map(texts).map(str::to_owned).collect();
        if listed.is_empty() {
            continue;
        }
        if found.takes_any {
            ways.retain(|way| texts(way).is_empty());
            ways.push(json!({ "type": "string", KNOWN: listed }));
        } else if listed.len() == known.len() && !missing.is_empty() {
            ways.push(json!({ "type": "string", "enum": missing }));
        }
    }
}
