//! Estimate of the work of a validator that does not memoise, such as that of `jsonschema`.
//!
//! A schema that refers twice to another one, which refers twice to a third, and so on, is short
//! and applies exponentially many schemas to a document. Our validator memoises and applies each
//! schema once to each value. `jsonschema` does not, and cannot be interrupted, so that its work is
//! estimated before it is called.
//!
//! The estimate is an upper bound: it adds up all branches, where a validator stops at the first
//! that decides. It is computed with a memo, in time linear in the pairs of schema and value, as
//! the number of paths in an acyclic graph is: the count of a node is the sum of the counts of its
//! successors, with multiplicity. Cycles are cut where they close, which is where a validator has
//! to stop as well.

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::{ExactValue as Value, Map};

use super::document::{Place, PlaceKey, address};
use super::schema_index::SchemaIndex;
use super::sources::Sources;

/// Returns the maximum number of applications of a schema to a value; [`u64::MAX`] if the estimate exceeds a limit.
pub(super) fn effort(sources: &mut Sources<'_>, schema: impl Into<SchemaIndex>, document: &Value) -> u64 {
    let root = sources.root(schema);
    let mut estimate =
        Estimate { sources, memo: HashMap::new(), stack: Vec::new(), lowlink: INDEPENDENT, remaining: MAX_PAIRS };
    estimate.visit(root, document)
}

/// Maximum number of pairs of schema and value that the estimate itself visits.
const MAX_PAIRS: u32 = 100_000;
/// Maximum nesting of schemas, equal to that of our validator: a document beyond it is not
/// validated by either.
const MAX_DEPTH: usize = 150;
/// The lowlink of a pair that does not depend on the stack.
const INDEPENDENT: usize = usize::MAX;
/// Factor for schemas with unevaluated keywords, for which `jsonschema` evaluates the schemas in place again.
const UNEVALUATED_FACTOR: u64 = 3;

/// A schema and the address of the value to which it is applied.
type Pair = (PlaceKey, usize);

struct Estimate<'s, 'a> {
    sources: &'s mut Sources<'a>,
    memo: HashMap<Pair, u64>,
    stack: Vec<Pair>,
    /// The lowest position on the stack to which a reference led back, as in Tarjan's algorithm. A
    /// count inside a cycle depends on the place at which the cycle was entered, and is not
    /// memoised outside.
    lowlink: usize,
    remaining: u32,
}

impl<'a> Estimate<'_, 'a> {
    /// Returns the number of schemas applied by this schema to this value, itself included.
    fn visit(&mut self, place: Place<'a>, value: &Value) -> u64 {
        let Value::Object(members) = place.schema else { return 1 };
        let pair = (place.key(), address(value));
        if let Some(&known) = self.memo.get(&pair) {
            return known;
        }
        if let Some(position) = self.stack.iter().position(|other| *other == pair) {
            self.lowlink = self.lowlink.min(position);
            return 1;
        }
        if self.remaining == 0 || self.stack.len() >= MAX_DEPTH {
            return u64::MAX;
        }
        self.remaining -= 1;
        let outer = std::mem::replace(&mut self.lowlink, INDEPENDENT);
        self.stack.push(pair);
        let count = self.visit_keywords(place, members, value);
        self.stack.pop();
        if self.lowlink >= self.stack.len() {
            self.memo.insert(pair, count);
            self.lowlink = outer;
        } else {
            self.lowlink = self.lowlink.min(outer);
        }
        count
    }

    fn visit_keywords(&mut self, place: Place<'a>, members: &'a Map<String, Value>, value: &Value) -> u64 {
        let mut count = 1_u64;
        for (_, target) in self.sources.references(place).unwrap_or_default() {
            count = count.saturating_add(self.visit(target, value));
        }
        for (keyword, inner) in members {
            let more = match (keyword.as_str(), inner) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => self.visit_all(place, schemas, value),
                ("dependencies" | "dependentSchemas", Value::Object(map)) => self.visit_all(place, map.values(), value),
                ("not" | "if" | "then" | "else", schema) => self.visit_all(place, [schema], value),
                _ => 0,
            };
            count = count.saturating_add(more);
        }
        if members.contains_key("unevaluatedProperties") || members.contains_key("unevaluatedItems") {
            count = count.saturating_mul(UNEVALUATED_FACTOR);
        }
        let below = match value {
            Value::Object(object) => self.visit_members(place, members, object),
            Value::Array(items) => self.visit_items(place, members, items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        };
        count.saturating_add(below)
    }

    /// Adds the counts of several schemas for one value.
    fn visit_all(&mut self, place: Place<'a>, schemas: impl IntoIterator<Item = &'a Value>, value: &Value) -> u64 {
        schemas.into_iter().fold(0_u64, |count, schema| {
            let schema = self.sources.child(place, schema);
            count.saturating_add(self.visit(schema, value))
        })
    }

    /// Adds the counts for the members of an object. Each pattern counts for each name, without
    /// matching.
    fn visit_members(&mut self, place: Place<'a>, members: &'a Map<String, Value>, object: &Map<String, Value>) -> u64 {
        let mut count = 0_u64;
        for (name, value) in object {
            let listed = members.get("properties").and_then(|map| map.get(name));
            let patterns = members.get("patternProperties").and_then(Value::as_object);
            let others = ["additionalProperties", "unevaluatedProperties"].map(|keyword| members.get(keyword));
            let others = others.into_iter().flatten().filter(|_| listed.is_none());
            let schemas = listed.into_iter().chain(patterns.into_iter().flat_map(Map::values)).chain(others);
            count = count.saturating_add(self.visit_all(place, schemas, value));
            count = count.saturating_add(self.visit_all(place, members.get("propertyNames"), &SOME_NAME));
        }
        count
    }

    /// Adds the counts for the items of an array.
    fn visit_items(&mut self, place: Place<'a>, members: &'a Map<String, Value>, items: &[Value]) -> u64 {
        let mut count = 0_u64;
        for (index, item) in items.iter().enumerate() {
            for keyword in ["prefixItems", "items", "additionalItems", "unevaluatedItems", "contains"] {
                let more = match members.get(keyword) {
                    Some(Value::Array(schemas)) => self.visit_all(place, schemas.get(index), item),
                    schema => self.visit_all(place, schema, item),
                };
                count = count.saturating_add(more);
            }
        }
        count
    }
}

/// Placeholder for every name: names are not part of the document, and the estimate does not depend on them.
static SOME_NAME: Value = Value::String(String::new());

#[cfg(test)]
mod tests {
    use super::super::document::Library;
    use super::super::draft::Draft;
    use super::super::sources::SupersededDependencies;
    use super::*;

    fn effort_of(schema: &Value, document: &Value) -> u64 {
        let library = Library::new(schema, Draft::Draft202012, &[]).unwrap();
        effort(&mut Sources::new([library], false, SupersededDependencies::Applied), SchemaIndex::FIRST, document)
    }

    #[test]
    fn shared_references_are_counted_each_time() {
        let two = |next: usize| {
            let reference = exact!({"$ref": format!("#/$defs/{next}")});
            exact!({"anyOf": [reference, reference]})
        };
        let mut all: Map<String, Value> = (0..40).map(|at| (at.to_string(), two(at + 1))).collect();
        all.insert("40".to_owned(), exact!(true));
        let schema = exact!({"$ref": "#/$defs/30", "$defs": all});
        assert!((1 << 10..1 << 13).contains(&effort_of(&schema, &exact!(1))));
        let schema = exact!({"$ref": "#/$defs/0", "$defs": all});
        assert!(effort_of(&schema, &exact!(1)) > 1 << 40);
    }

    #[test]
    fn every_value_is_counted() {
        let tree = exact!({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}, "minItems": 1});
        assert_eq!(effort_of(&tree, &exact!(1)), 1);
        assert_eq!(effort_of(&tree, &exact!({"a": {"b": 1}, "c": [1, 2]})), 11);
        assert_eq!(effort_of(&exact!({"$ref": "#"}), &exact!(1)), 2);
    }
}
