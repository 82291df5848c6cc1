//! The names of definitions: they depend on the definitions only, not on the order in which schemars meets them.
//!
//! schemars calls a second type of one name `Tree2`, in the order of fields. Here, equal definitions become one, and
//! different definitions of one name are distinguished by a digest: `Tree-1f3a90bc`.

use std::collections::{BTreeMap, BTreeSet};

use json_schema_core::{Draft, FlatSchema, for_each_subschema, for_each_subschema_mut};
use serde_json::{Map, Value};

use super::choice;
use super::generate::Generated;
use super::keyword::{definition_reference, is_annotation, referenced_definition};
use super::order::sort;
use super::text::compact;
use crate::name::EventId;

/// Puts the definitions under `$defs`, with names that depend on their contents only; leaves out unused ones.
pub(super) fn name_definitions(generated: Generated) -> Value {
    let Generated { root, mut definitions } = generated;
    let mut used = BTreeSet::new();
    collect_used(&root, &definitions, &mut used);
    definitions.retain(|name, _| used.contains(name));
    let digests = digests(&definitions);
    let mut by_base: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, digest) in &digests {
        by_base.entry(base_name(name, &definitions)).or_default().insert(digest);
    }
    let names: BTreeMap<String, String> = digests
        .iter()
        .map(|(name, digest)| {
            let base = base_name(name, &definitions);
            let is_alone = by_base.get(&base).is_some_and(|digests| digests.len() == 1);
            (name.clone(), if is_alone { base } else { format!("{base}-{}", digest.get(..8).unwrap_or(digest)) })
        })
        .collect();
    rename_definitions(root, definitions, &names)
}

/// Returns the schema without annotations, its definitions named by their contents. References by anchors and identifiers
/// are pointers, unless an identifier is not valid.
pub(super) fn assertions(schema: &Value) -> Value {
    let flat = FlatSchema::new(schema, Draft::Draft202012);
    let mut root = flat.map_or_else(|_| schema.clone(), FlatSchema::into_root);
    remove_annotations(&mut root);
    choice::normalise(&mut root);
    let definitions = match root.as_object_mut().and_then(|root| root.remove("$defs")) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let names = digests(&definitions).into_iter().collect();
    rename_definitions(root, definitions, &names)
}

fn rename_definitions(mut root: Value, definitions: Map<String, Value>, names: &BTreeMap<String, String>) -> Value {
    rename_references(&mut root, names);
    let definitions: Map<String, Value> = definitions
        .into_iter()
        .filter_map(|(name, mut definition)| {
            rename_references(&mut definition, names);
            Some((names.get(&name)?.clone(), definition))
        })
        .collect();
    if !definitions.is_empty()
        && let Some(root) = root.as_object_mut()
    {
        root.insert("$defs".to_owned(), definitions.into());
    }
    sort(&mut root);
    root
}

fn remove_annotations(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.retain(|keyword, _| !is_annotation(keyword));
    }
    for_each_subschema_mut(schema, |_, schema| remove_annotations(schema));
}

fn collect_used(schema: &Value, definitions: &Map<String, Value>, used: &mut BTreeSet<String>) {
    if let Some(name) = referenced_definition(schema)
        && let Some(definition) = definitions.get(&name)
        && used.insert(name)
    {
        collect_used(definition, definitions, used);
    }
    for_each_subschema(schema, |_, schema| collect_used(schema, definitions, used));
}

fn rename_references(schema: &mut Value, names: &BTreeMap<String, String>) {
    if let Some(name) = referenced_definition(schema)
        && let Some(name) = names.get(&name)
        && let Some(schema) = schema.as_object_mut()
    {
        schema.insert("$ref".to_owned(), definition_reference(name).into());
    }
    for_each_subschema_mut(schema, |_, schema| rename_references(schema, names));
}

/// Returns the name without the number that schemars appends, and with `_` for characters that a reference would escape.
fn base_name(name: &str, definitions: &Map<String, Value>) -> String {
    let without_number = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let name = if definitions.contains_key(without_number) { without_number } else { name };
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    name.chars().map(|character| if plain(character) { character } else { '_' }).collect()
}

/// Returns a digest for each definition, equal for equal ones whatever their names (partition refinement).
fn digests(definitions: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut digests: BTreeMap<String, String> = definitions.keys().map(|name| (name.clone(), String::new())).collect();
    // Each round distinguishes definitions that differ one reference further away.
    for _ in 0..definitions.len() {
        digests = definitions
            .iter()
            .map(|(name, definition)| {
                let mut definition = definition.clone();
                rename_references(&mut definition, &digests);
                sort(&mut definition);
                (name.clone(), EventId::derived([compact(&definition)]).as_str().to_owned())
            })
            .collect();
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(root: &Value, definitions: &Value) -> Value {
        name_definitions(Generated { root: root.clone(), definitions: definitions.as_object().unwrap().clone() })
    }

    #[test]
    fn types_of_one_name_are_distinguished_in_any_order() {
        let list = |of: &str, kind: &str| json!({"type": kind, "items": {"$ref": format!("#/$defs/{of}")}});
        let root = |a: &str, b: &str| json!({"properties": {"a": {"$ref": format!("#/$defs/{a}")}, "b": {"$ref": format!("#/$defs/{b}")}}});
        let one = named(&root("T", "T2"), &json!({"T": list("T", "array"), "T2": list("T2", "object")}));
        let two = named(&root("T2", "T"), &json!({"T2": list("T2", "array"), "T": list("T", "object")}));
        assert_eq!(one, two);
        assert_eq!(one["$defs"].as_object().unwrap().len(), 2);
        assert!(one["properties"]["a"]["$ref"].as_str().unwrap().starts_with("#/$defs/T-"));
    }

    #[test]
    fn equal_definitions_are_merged() {
        let list = |of: &str| json!({"items": {"$ref": format!("#/$defs/{of}")}});
        let root = json!({"anyOf": [{"$ref": "#/$defs/T"}, {"$ref": "#/$defs/T2"}]});
        let named = named(&root, &json!({"T": list("T2"), "T2": list("T"), "Unused": {}}));
        assert_eq!(named, json!({"anyOf": [{"$ref": "#/$defs/T"}], "$defs": {"T": {"items": {"$ref": "#/$defs/T"}}}}));
    }

    #[test]
    fn a_number_of_its_own_stays() {
        let root = json!({"items": {"$ref": "#/$defs/Vec%3C3%3E"}});
        let named = named(&root, &json!({"Vec<3>": {"items": {"$ref": "#/$defs/Vec%3C3%3E"}}, "Vec3": {}}));
        assert_eq!(named["items"]["$ref"], "#/$defs/Vec_3_");
        assert_eq!(named["$defs"]["Vec_3_"]["items"]["$ref"], "#/$defs/Vec_3_");
    }
}
