//! Differences between serde and schemars in the reader's schema: aliases, `#[serde(other)]`, variants with contents, and
//! required fields.
//!
//! `read::find_type_shape` finds them by deserializing the type from nothing. Its findings apply at the places that it reached. At
//! other places (values of maps, a struct for the second time) a finding applies that is the same for all structs or enums
//! with these names.

use std::collections::{BTreeMap, BTreeSet};

use json_schema_core::{Key, KeywordKind, for_each_subschema_mut};
use serde_json::{Map, Value, json};

use super::adjacent;
use super::generate::Generated;
use super::keyword::{ALIAS, has_type};
use super::place::{Place, find};
use super::text::compact;
use crate::open::KNOWN;
use crate::read::{EnumShape, StructShape, TypeShape};

/// Applies the findings to the reader schema.
pub(super) fn complete(generated: &mut Generated, shape: &TypeShape) {
    adjacent::complete(generated, &shape.adjacents);
    let mut changes = ReaderChanges::default();
    for found in &shape.structs {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let is_match = names_of_struct(schema).is_some_and(|names| names.iter().eq(found.fields.keys()));
            if is_match {
                changes.structs.insert(place.clone(), found);
            }
            is_match
        });
    }
    for found in &shape.enums {
        find(generated, &Place::ROOT, &found.at, 0, &mut |place, schema| {
            let names = names_of_enum(schema);
            let is_match = !names.is_empty() && names.iter().all(|name| found.names.contains(name));
            if is_match {
                changes.enums.insert(place.clone(), found);
            }
            is_match
        });
    }
    changes.generalise(generated);
    changes.apply(&mut generated.root, &Place::ROOT);
    for (name, definition) in &mut generated.definitions {
        changes.apply(definition, &Place::definition(name));
    }
}

/// Returns the properties of a struct and the names of the required ones: equal for most schemas of one type.
pub(super) fn struct_signature(schema: &Value) -> String {
    compact(&json!([schema.get("properties"), schema.get("required")]))
}

pub(super) fn names_of_struct(schema: &Value) -> Option<BTreeSet<&str>> {
    Some(schema.get("properties")?.as_object()?.keys().map(String::as_str).collect())
}

/// Returns the variants that a schema lists: strings, and objects with one required member.
fn names_of_enum(schema: &Value) -> BTreeSet<&str> {
    let choices = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    let listed = choices.flat_map(|schema| listed_strings(schema).into_iter().chain(only_member(schema)));
    listed_strings(schema).into_iter().chain(listed).collect()
}

fn listed_strings(schema: &Value) -> Vec<&str> {
    if !has_type(schema, "string") {
        return Vec::new();
    }
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).filter_map(Value::as_str).collect()
}

fn only_member(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object()?;
    let name = properties.keys().next()?;
    (properties.len() == 1 && *schema.get("required")? == json!([name])).then_some(name)
}

/// The changes to a reader's schema.
#[derive(Default)]
struct ReaderChanges<'s> {
    structs: BTreeMap<Place, &'s StructShape>,
    enums: BTreeMap<Place, &'s EnumShape>,
    /// Required fields by [`struct_signature`]; `None` where structs differ.
    required_alike: BTreeMap<String, Option<&'s StructShape>>,
    /// Findings by the names of fields or variants; `None` where structs or enums differ.
    structs_alike: BTreeMap<BTreeSet<String>, Option<&'s StructShape>>,
    enums_alike: BTreeMap<BTreeSet<String>, Option<&'s EnumShape>>,
}

impl<'s> ReaderChanges<'s> {
    /// Notes the findings that are the same at all places with these names.
    fn generalise(&mut self, generated: &Generated) {
        let at = |place: &Place| match place.definition.as_str() {
            "" => generated.root.pointer(place.pointer.as_str()),
            name => generated.definitions.get(name)?.pointer(place.pointer.as_str()),
        };
        let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
        for (place, found) in &self.structs {
            let Some(schema) = at(place) else { continue };
            let Some(names) = names_of_struct(schema) else { continue };
            let alike = self.required_alike.entry(struct_signature(schema)).or_insert(Some(found));
            *alike = alike
                .filter(|other| (&other.required, other.denies_unknown) == (&found.required, found.denies_unknown));
            let alike = self.structs_alike.entry(owned(names)).or_insert(Some(found));
            *alike = alike.filter(|other| other.fields == found.fields);
        }
        for (place, found) in &self.enums {
            let Some(names) = at(place).map(names_of_enum) else { continue };
            let alike = self.enums_alike.entry(owned(names)).or_insert(Some(found));
            *alike = alike.filter(|other| {
                (&other.names, other.accepts_unknown, &other.with_contents)
                    == (&found.names, found.accepts_unknown, &found.with_contents)
            });
        }
    }

    fn struct_at(&self, place: &Place, schema: &Value) -> Option<&'s StructShape> {
        let alike = || {
            let names = names_of_struct(schema)?.into_iter().map(str::to_owned).collect();
            *self.structs_alike.get(&names)?
        };
        self.structs.get(place).copied().or_else(alike)
    }

    fn enum_at(&self, place: &Place, schema: &Value) -> Option<&'s EnumShape> {
        let alike = || *self.enums_alike.get(&names_of_enum(schema).into_iter().map(str::to_owned).collect())?;
        self.enums.get(place).copied().or_else(alike)
    }

    /// Changes the schemas below `schema` first: places are those of the unchanged schema.
    fn apply(&self, schema: &mut Value, place: &Place) {
        let found_struct = self.struct_at(place, schema);
        let required = match self.structs.get(place) {
            Some(found) => Some((*found, Evidence::AtPlace)),
            None => self
                .required_alike
                .get(&struct_signature(schema))
                .and_then(|alike| Some(((*alike)?, Evidence::BySignature))),
        };
        let found_enum = self.enum_at(place, schema);
        for_each_subschema_mut(schema, |step, schema| {
            // The variants of an enum are not enums of their own.
            let is_variant = found_enum.is_some() && step.keyword.kind == KeywordKind::InPlaceApplicator;
            if !(is_variant && matches!(step.key, Key::Index(_)) && !listed_strings(schema).is_empty()) {
                self.apply(schema, &place.join_step(step));
            }
        });
        if let Some((found, evidence)) = required {
            require(schema, found, evidence);
            if found.denies_unknown
                && let Some(keywords) = schema.as_object_mut()
            {
                keywords.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        if let Some(found) = found_struct {
            add_aliases(schema, found);
        }
        if let Some(found) = found_enum {
            add_variants(schema, found);
        }
    }
}

/// The evidence for the required fields of a struct.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// The struct was found at this place: fields that serde does not require become optional.
    AtPlace,
    /// All structs with this signature are the same: fields are only added.
    BySignature,
}

/// Requires the fields that serde requires: schemars takes every `Option` for an optional field.
fn require(schema: &mut Value, found: &StructShape, evidence: Evidence) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let Value::Array(required) = keywords.entry("required").or_insert_with(|| json!([])) else { return };
    for (field, is_required) in &found.required {
        let is_listed = required.iter().any(|name| name == field);
        if *is_required && !is_listed {
            required.push((*field).into());
        } else if !is_required && is_listed && evidence == Evidence::AtPlace {
            required.retain(|name| name != field);
        }
    }
    if required.is_empty() {
        keywords.remove("required");
    }
}

/// Accepts each field under its aliases as well, but not twice.
fn add_aliases(schema: &mut Value, found: &StructShape) {
    let mut once: Vec<Value> = Vec::new();
    let Some(keywords) = schema.as_object_mut() else { return };
    for (field, aliases) in found.fields.iter().filter(|(_, aliases)| !aliases.is_empty()) {
        let Some(Value::Object(properties)) = keywords.get_mut("properties") else { return };
        let mut alias_schema = match properties.get(*field) {
            Some(Value::Object(schema)) => schema.clone(),
            _ => Map::new(),
        };
        alias_schema.retain(|keyword, _| !matches!(keyword.as_str(), "title" | "description" | "default"));
        alias_schema.insert(ALIAS.to_owned(), (*field).into());
        for alias in aliases {
            properties.insert((*alias).to_owned(), alias_schema.clone().into());
        }
        let names: Vec<&str> = std::iter::once(field).chain(aliases).copied().collect();
        let is_required = keywords.get_mut("required").and_then(Value::as_array_mut).is_some_and(|required| {
            let before = required.len();
            required.retain(|name| name != field);
            required.len() < before
        });
        if is_required {
            let alternatives: Vec<_> = names.iter().map(|name| json!({ "required": [name] })).collect();
            once.push(json!({ "oneOf": alternatives }));
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
        // Null has no members, and `required` must not reject it for that.
        let mut object = std::mem::take(keywords);
        let is_of_both = |keyword: &str| matches!(keyword, "title" | "description" | "default" | "examples");
        keywords.extend(object.iter().filter(|(keyword, _)| is_of_both(keyword)).map(|(k, v)| (k.clone(), v.clone())));
        object.retain(|keyword, _| !is_of_both(keyword));
        object.insert("type".to_owned(), "object".into());
        keywords.insert("anyOf".to_owned(), json!([object, { "type": "null" }]));
    }
}

/// Accepts variants under their aliases, any string where `#[serde(other)]` does, and one member only in the object of a
/// variant with contents.
fn add_variants(schema: &mut Value, found: &EnumShape) {
    let known: BTreeSet<String> = names_of_enum(schema).into_iter().map(str::to_owned).collect();
    let missing: Vec<&str> = found.names.iter().copied().filter(|name| !known.contains(*name)).collect();
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::Array(listed)) = keywords.get_mut("enum") {
        if found.accepts_unknown {
            let strings: Vec<Value> = listed.iter().filter(|value| value.is_string()).cloned().collect();
            keywords.remove("enum");
            keywords.insert(KNOWN.to_owned(), strings.into());
        } else {
            listed.extend(missing.into_iter().map(Value::from));
        }
        return;
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(alternatives)) = keywords.get_mut(keyword) else { continue };
        for schema in &mut *alternatives {
            if only_member(schema).is_some_and(|name| found.names.contains(name))
                && let Some(keywords) = schema.as_object_mut()
            {
                keywords.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        let listed: Vec<String> = alternatives.iter().flat_map(listed_strings).map(str::to_owned).collect();
        if listed.is_empty() {
            continue;
        }
        if found.accepts_unknown {
            alternatives.retain(|schema| listed_strings(schema).is_empty());
            let mut other = json!({ "type": "string", KNOWN: listed });
            if !found.with_contents.is_empty() {
                // Serde takes the name for that of a variant, and expects its contents.
                other["not"] = json!({ "enum": found.with_contents });
            }
            alternatives.push(other);
        } else if listed.len() == known.len() && !missing.is_empty() {
            alternatives.push(json!({ "type": "string", "enum": missing }));
        }
    }
}
