//! The keys of maps: schemars has no word for most of them, and none for the range of an integer.
//!
//! `read::find_type_shape` finds the keys that a type reads and writes. The reader's schema has those that are read; the
//! writer's those that are written, where a trial shows that keys are written as they are read.

use std::collections::BTreeMap;

use json_document::Pointer;
use json_schema_core::{Role, for_each_subschema};
use serde_json::{Map, Value, json};

use super::bound::INTEGER_KEYS;
use super::format;
use super::generate::Generated;
use super::keyword::has_type;
use super::place::{Place, find};
use super::reading::struct_signature;
use crate::read::{IntegerKeys, KeyShape, MapShape, TypeShape};

/// Completes the keys of maps.
pub(super) fn complete(generated: &mut Generated, shape: &TypeShape, role: Role) {
    let mut places: BTreeMap<Place, &MapShape> = BTreeMap::new();
    for map in &shape.maps {
        find(generated, &Place::ROOT, &map.at, 0, &mut |place, schema| {
            let is_object = is_object(schema);
            if is_object {
                places.insert(place.clone(), map);
            }
            is_object
        });
    }
    generalise(generated, &mut places);
    // The innermost first: a change may rename the place of the values of a map.
    for (place, map) in places.into_iter().rev() {
        if let Some(Value::Object(schema)) = place.schema_mut(generated) {
            restrict(schema, map, role);
        }
    }
}

fn is_object(schema: &Value) -> bool {
    has_type(schema, "object")
        || ["properties", "patternProperties", "additionalProperties"]
            .iter()
            .any(|keyword| schema.get(keyword).is_some())
}

/// A struct by its [signature](struct_signature), and a pointer in its schema.
type InStruct = (String, Pointer);

/// Adds the places that were not reached, such as a struct for the second time: a finding applies that is the same for all
/// structs with the same schema.
fn generalise<'s>(generated: &Generated, places: &mut BTreeMap<Place, &'s MapShape>) {
    let mut all: Vec<(Place, InStruct)> = Vec::new();
    list_maps(&generated.root, &Place::ROOT, None, &mut all);
    for (name, definition) in &generated.definitions {
        list_maps(definition, &Place::definition(name), None, &mut all);
    }
    let mut alike: BTreeMap<&InStruct, Option<&'s MapShape>> = BTreeMap::new();
    for (place, in_struct) in &all {
        if let Some(map) = places.get(place) {
            let alike = alike.entry(in_struct).or_insert(Some(map));
            *alike = alike.filter(|other| (&other.keys, other.writes_as_read) == (&map.keys, map.writes_as_read));
        }
    }
    for (place, in_struct) in &all {
        if let Some(Some(map)) = alike.get(in_struct) {
            places.entry(place.clone()).or_insert(map);
        }
    }
}

/// Lists the objects below a struct, each with the innermost struct around it.
fn list_maps(schema: &Value, place: &Place, within: Option<&(String, Place)>, all: &mut Vec<(Place, InStruct)>) {
    if let Some((signature, outer)) = within
        && is_object(schema)
        && let Some(relative) = place.pointer.strip_prefix(&outer.pointer)
    {
        all.push((place.clone(), (signature.clone(), relative)));
    }
    let own = schema.get("properties").map(|_| (struct_signature(schema), place.clone()));
    let within = own.as_ref().or(within);
    for_each_subschema(schema, |step, schema| list_maps(schema, &place.join_step(step), within, all));
}

fn restrict(schema: &mut Map<String, Value>, map: &MapShape, role: Role) {
    if role == Role::Writer && !map.writes_as_read {
        return;
    }
    match &map.keys {
        KeyShape::Any => {}
        KeyShape::Boolean => name_keys(schema, json!({ "enum": ["false", "true"] })),
        KeyShape::Character => name_keys(schema, json!({ "minLength": 1, "maxLength": 1 })),
        KeyShape::Format(format) => name_keys(schema, format::string(format)),
        KeyShape::Integer(range) => {
            let exact = integer_pattern(range);
            let loose = schema.get_mut("patternProperties").and_then(Value::as_object_mut);
            let values = loose.and_then(|patterns| {
                let values = INTEGER_KEYS.iter().find_map(|pattern| patterns.remove(*pattern))?;
                Some(patterns.insert(exact.clone(), values))
            });
            if values.is_none() {
                name_keys(schema, json!({ "pattern": exact }));
            }
        }
        KeyShape::Names { read, written, accepts_unknown } => match role {
            Role::Reader if *accepts_unknown => open_names(schema),
            Role::Reader => add_names(schema, read.iter()),
            Role::Writer if schema.get("properties").is_none() => add_names(schema, written.iter()),
            // Each variant has its name.
            Role::Writer => {}
        },
        KeyShape::None => {
            if let Some(Value::Object(patterns)) = schema.get_mut("patternProperties") {
                patterns.retain(|pattern, _| !INTEGER_KEYS.contains(&pattern.as_str()));
                if patterns.is_empty() {
                    schema.remove("patternProperties");
                }
            }
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
}

/// Restricts the names of a map; those of a struct that flattens it are its fields as well.
fn name_keys(schema: &mut Map<String, Value>, keys: Value) {
    if schema.get("additionalProperties").is_none_or(|values| *values == Value::Bool(false)) {
        // The names have patterns, which are those of a statement.
        return;
    }
    let fields: Vec<&String> =
        schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).collect();
    let names = if fields.is_empty() { keys } else { json!({ "anyOf": [{ "enum": fields }, keys] }) };
    schema.insert("propertyNames".to_owned(), names);
}

/// Returns the schema of the values of a map that lists its keys; `None` for an object whose members differ.
fn values_of(schema: &Map<String, Value>) -> Option<&Value> {
    let mut values = schema.get("properties")?.as_object()?.values();
    let first = values.next()?;
    (values.all(|other| other == first) && !schema.contains_key("required")).then_some(first)
}

/// Accepts any key in the place of those that the schema lists.
fn open_names(schema: &mut Map<String, Value>) {
    if let Some(values) = values_of(schema).cloned() {
        schema.remove("properties");
        schema.insert("additionalProperties".to_owned(), values);
    }
}

fn add_names<'n>(schema: &mut Map<String, Value>, names: impl Iterator<Item = &'n String>) {
    let Some(values) = values_of(schema).cloned() else {
        if schema.get("properties").is_none() {
            name_keys(schema, json!({ "enum": names.collect::<Vec<_>>() }));
        }
        return;
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for name in names {
            properties.entry(name.clone()).or_insert_with(|| values.clone());
        }
    }
}

/// Returns the pattern of the integers in a range, in the spelling that JSON and serde have for them.
fn integer_pattern(range: &IntegerKeys) -> String {
    let mut alternatives = Vec::new();
    if range.has_zero {
        alternatives.push("0".to_owned());
    }
    alternatives.extend(positive_patterns(range.max));
    if range.below_zero > 0 {
        alternatives.push(format!("-({})", positive_patterns(range.below_zero).join("|")));
    }
    format!("^({})$", alternatives.join("|"))
}

/// Returns patterns that together match the integers from 1 to `max`: those with fewer digits; for each digit, those that
/// are equal before it and less in it; and `max`.
fn positive_patterns(max: u128) -> Vec<String> {
    let max = max.to_string();
    let any = |count: usize| match count {
        0 => String::new(),
        1 => "[0-9]".to_owned(),
        count => format!("[0-9]{{{count}}}"),
    };
    let mut patterns = Vec::new();
    match max.len() {
        1 => {}
        2 => patterns.push("[1-9]".to_owned()),
        length => patterns.push(format!("[1-9][0-9]{{0,{}}}", length - 2)),
    }
    let mut before = String::new();
    for (index, digit) in max.bytes().enumerate() {
        let least = if index == 0 { b'1' } else { b'0' };
        let rest = any(max.len() - 1 - index);
        match digit.checked_sub(least) {
            None | Some(0) => {}
            Some(1) => patterns.push(format!("{before}{}{rest}", char::from(least))),
            Some(_) => patterns.push(format!("{before}[{}-{}]{rest}", char::from(least), char::from(digit - 1))),
        }
        before.push(char::from(digit));
    }
    patterns.push(max);
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_match(range: &IntegerKeys, text: &str) -> bool {
        let schema = json!({ "propertyNames": { "pattern": integer_pattern(range) } });
        jsonschema::is_valid(&schema, &json!({ text: 0 }))
    }

    #[test]
    fn a_range_is_a_pattern() {
        let bytes = IntegerKeys { below_zero: 0, max: 255, has_zero: true };
        assert_eq!(integer_pattern(&bytes), "^(0|[1-9][0-9]{0,1}|1[0-9]{2}|2[0-4][0-9]|25[0-4]|255)$");
        let signed = IntegerKeys { below_zero: 128, max: 127, has_zero: false };
        assert_eq!(
            integer_pattern(&signed),
            "^([1-9][0-9]{0,1}|1[0-1][0-9]|12[0-6]|127|-([1-9][0-9]{0,1}|1[0-1][0-9]|12[0-7]|128))$"
        );
        for number in -300_i32..300 {
            assert_eq!(is_match(&bytes, &number.to_string()), (0..=255).contains(&number), "{number}");
            assert_eq!(
                is_match(&signed, &number.to_string()),
                number != 0 && (-128..=127).contains(&number),
                "{number}"
            );
        }
        for text in ["", "00", "01", "-0", "+1", "1.0", "1 ", "\u{663}"] {
            assert!(!is_match(&bytes, text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_range_is_a_pattern(max in 1_u128.., number: u128, digits in 1_u32..39) {
            let number = number / 10_u128.pow(39 - digits);
            let range = IntegerKeys { below_zero: 0, max, has_zero: true };
            prop_assert_eq!(is_match(&range, &number.to_string()), number <= max);
            prop_assert!(is_match(&range, &max.to_string()));
            prop_assert!(max == u128::MAX || !is_match(&range, &(max + 1).to_string()));
        }
    }
}
