//! The names of definitions: they follow from what is defined, not from the order in which it is met.
//!
//! schemars calls a second type of one name `Tree2`, in the order of fields. Here, two definitions that say the same are
//! one, and two of one name that do not are told apart by what they say: `Tree-1f3a90bc`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::choice;
use super::generate::Generated;
use super::keyword::{definition_of, each, each_mut, is_annotation};
use super::order::sort;
use super::text::compact;
use crate::name::EventId;

/// Puts the definitions under `$defs`, with names that depend on their contents only; leaves out unused ones.
pub(super) fn name(generated: Generated) -> Value {
    let Generated { root, mut definitions } = generated;
    let mut used = BTreeSet::new();
    reach(&root, &definitions, &mut used);
    definitions.retain(|name, _| used.contains(name));
    let marks = marks(&definitions);
    let mut of_base: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, mark) in &marks {
        of_base.entry(base(name, &definitions)).or_default().insert(mark);
    }
    let names: BTreeMap<String, String> = marks
        .iter()
        .map(|(name, mark)| {
            let base = base(name, &definitions);
            let is_alone = of_base.get(&base).is_some_and(|marks| marks.len() == 1);
            (name.clone(), if is_alone { base } else { format!("{base}-{}", &mark[..8]) })
        })
        .collect();
    put(root, definitions, &names)
}

/// Returns the schema without annotations, its definitions named by their contents.
pub(super) fn bare(schema: &Value) -> Value {
    let mut root = schema.clone();
    strip(&mut root);
    choice::collect(&mut root);
    let definitions = match root.as_object_mut().and_then(|root| root.remove("$defs")) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let names = marks(&definitions).into_iter().collect();
    put(root, definitions, &names)
}

fn put(mut root: Value, definitions: Map<String, Value>, names: &BTreeMap<String, String>) -> Value {
    rename(&mut root, names);
    let definitions: Map<String, Value> = definitions
        .into_iter()
        .filter_map(|(name, mut definition)| {
            rename(&mut definition, names);
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

fn strip(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.retain(|keyword, _| !is_annotation(keyword));
    }
    each_mut(schema, &mut |_, schema| strip(schema));
}

fn reach(schema: &Value, definitions: &Map<String, Value>, used: &mut BTreeSet<String>) {
    if let Some(name) = reference(schema)
        && let Some(definition) = definitions.get(&name)
        && used.insert(name)
    {
        reach(definition, definitions, used);
    }
    each(schema, &mut |_, schema| reach(schema, definitions, used));
}

fn reference(schema: &Value) -> Option<String> {
    definition_of(schema.get("$ref")?.as_str()?)
}

fn rename(schema: &mut Value, names: &BTreeMap<String, String>) {
    if let Some(name) = reference(schema)
        && let Some(name) = names.get(&name)
        && let Some(schema) = schema.as_object_mut()
    {
        schema.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
    }
    each_mut(schema, &mut |_, schema| rename(schema, names));
}

/// The name without what schemars has added, and without what a reference would have to escape.
fn base(name: &str, definitions: &Map<String, Value>) -> String {
    let without_number = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let name = if definitions.contains_key(without_number) { without_number } else { name };
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    name.chars().map(|character| if plain(character) { character } else { '_' }).collect()
}

/// Returns a digest for each definition, equal for equal ones whatever their names (partition refinement).
fn marks(definitions: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut marks: BTreeMap<String, String> = definitions.keys().map(|name| (name.clone(), String::new())).collect();
    // Each round tells apart what differs one reference further away.
    for _ in 0..definitions.len() {
        marks = definitions
            .iter()
            .map(|(name, definition)| {
                let mut definition = definition.clone();
                rename(&mut definition, &marks);
                sort(&mut definition);
                (name.clone(), EventId::derived([compact(&definition)]).as_str().to_owned())
            })
            .collect();
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(root: &Value, definitions: &Value) -> Value {
        name(Generated { root: root.clone(), definitions: definitions.as_object().unwrap().clone() })
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
