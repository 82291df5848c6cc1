//! What it takes to validate a document for a validator that remembers nothing, as the outside one: short schemas that
//! refer to others twice, which do so as well, are more than can be gone through.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::{Map, Value};

use super::document::{Place, PlaceKey, address};
use super::sources::{SchemaIndex, Sources};

/// How often a schema is looked at for a document, at most; [`u64::MAX`] where that cannot be said.
pub(super) fn effort(sources: &mut Sources<'_>, schema: impl Into<SchemaIndex>, document: &Value) -> u64 {
    let root = sources.root(schema);
    let mut counting =
        Counting { sources, known: HashMap::new(), open: Vec::new(), led_back_to: usize::MAX, left: STEPS };
    counting.visit(root, document)
}

/// What the counting itself may take.
const STEPS: u32 = 100_000;
const DEPTH: usize = 150;

struct Counting<'l, 'a> {
    sources: &'l mut Sources<'a>,
    known: HashMap<(PlaceKey, usize), u64>,
    /// Schemas that are being gone through, each with the value that it is about.
    open: Vec<(PlaceKey, usize)>,
    /// The first of them that was led back to.
    led_back_to: usize,
    left: u32,
}

impl<'a> Counting<'_, 'a> {
    fn visit(&mut self, place: Place<'a>, value: &Value) -> u64 {
        let Value::Object(members) = place.schema else { return 1 };
        let here = (place.key(), address(value));
        if let Some(&known) = self.known.get(&here) {
            return known;
        }
        if let Some(at) = self.open.iter().position(|other| *other == here) {
            self.led_back_to = self.led_back_to.min(at);
            return 1;
        }
        if self.left == 0 || self.open.len() >= DEPTH {
            return u64::MAX;
        }
        self.left -= 1;
        let outside = std::mem::replace(&mut self.led_back_to, usize::MAX);
        self.open.push(here);
        let count = self.object(place, members, value);
        self.open.pop();
        // What was counted on the way round is so only there.
        if self.led_back_to >= self.open.len() {
            self.known.insert(here, count);
            self.led_back_to = outside;
        } else {
            self.led_back_to = self.led_back_to.min(outside);
        }
        count
    }

    fn object(&mut self, place: Place<'a>, members: &'a Map<String, Value>, value: &Value) -> u64 {
        let mut count = 1_u64;
        for (_, target) in self.sources.references(place).unwrap_or_default() {
            count = count.saturating_add(self.visit(target, value));
        }
        for (keyword, inner) in members {
            let more = match (keyword.as_str(), inner) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => self.all(place, schemas, value),
                ("dependencies" | "dependentSchemas", Value::Object(map)) => self.all(place, map.values(), value),
                ("not" | "if" | "then" | "else", schema) => self.all(place, [schema], value),
                _ => 0,
            };
            count = count.saturating_add(more);
        }
        if members.contains_key("unevaluatedProperties") || members.contains_key("unevaluatedItems") {
            // What was evaluated is asked again.
            count = count.saturating_mul(3);
        }
        let within = match value {
            Value::Object(of) => self.of_members(place, members, of),
            Value::Array(items) => self.of_items(place, members, items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        };
        count.saturating_add(within)
    }

    fn all(&mut self, place: Place<'a>, schemas: impl IntoIterator<Item = &'a Value>, value: &Value) -> u64 {
        schemas.into_iter().fold(0_u64, |count, schema| {
            let inner = self.sources.below(place, schema);
            count.saturating_add(self.visit(inner, value))
        })
    }

    fn of_members(&mut self, place: Place<'a>, members: &'a Map<String, Value>, of: &Map<String, Value>) -> u64 {
        let mut count = 0_u64;
        for (name, value) in of {
            let listed = members.get("properties").and_then(|map| map.get(name));
            let patterns = members.get("patternProperties").and_then(Value::as_object);
            let others = ["additionalProperties", "unevaluatedProperties"].map(|keyword| members.get(keyword));
            let others = others.into_iter().flatten().filter(|_| listed.is_none());
            let schemas = listed.into_iter().chain(patterns.into_iter().flat_map(Map::values)).chain(others);
            count = count.saturating_add(self.all(place, schemas, value));
            // A name is no part of the document, and one is as good as another here.
            count = count.saturating_add(self.all(place, members.get("propertyNames"), &NAME));
        }
        count
    }

    fn of_items(&mut self, place: Place<'a>, members: &'a Map<String, Value>, items: &[Value]) -> u64 {
        let mut count = 0_u64;
        for (at, item) in items.iter().enumerate() {
            for keyword in ["prefixItems", "items", "additionalItems", "unevaluatedItems", "contains"] {
                let more = match members.get(keyword) {
                    Some(Value::Array(schemas)) => self.all(place, schemas.get(at), item),
                    schema => self.all(place, schema, item),
                };
                count = count.saturating_add(more);
            }
        }
        count
    }
}

static NAME: Value = Value::String(String::new());

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::document::Library;
    use super::super::draft::Draft;
    use super::*;

    fn counted(schema: &Value, document: &Value) -> u64 {
        let library = Library::new(schema, Draft::Draft202012, &[]).unwrap();
        effort(&mut Sources::new([library], false), SchemaIndex::FIRST, document)
    }

    #[test]
    fn what_is_referred_to_twice_counts_twice() {
        let two = |next: usize| {
            let reference = json!({"$ref": format!("#/$defs/{next}")});
            json!({"anyOf": [reference, reference]})
        };
        let mut all: Map<String, Value> = (0..40).map(|at| (at.to_string(), two(at + 1))).collect();
        all.insert("40".to_owned(), json!(true));
        let schema = json!({"$ref": "#/$defs/30", "$defs": all});
        assert!((1 << 10..1 << 13).contains(&counted(&schema, &json!(1))));
        let schema = json!({"$ref": "#/$defs/0", "$defs": all});
        assert!(counted(&schema, &json!(1)) > 1 << 40);
    }

    #[test]
    fn each_value_counts() {
        let tree = json!({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}, "minItems": 1});
        assert_eq!(counted(&tree, &json!(1)), 1);
        assert_eq!(counted(&tree, &json!({"a": {"b": 1}, "c": [1, 2]})), 11);
        assert_eq!(counted(&json!({"$ref": "#"}), &json!(1)), 2);
    }
}
