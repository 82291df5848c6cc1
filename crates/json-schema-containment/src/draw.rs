//! Documents drawn from a schema: the search that goes on where a proof has ended, for what the proof may have missed.
//!
//! They are drawn, not random: the same question draws the same documents. What both schemas speak of (bounds, values,
//! names, lengths) is what they are made of, for that is where two schemas part.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::{Map, Value, json};

use super::budget::Budget;
use super::document::Place;
use super::number::{to_number, to_rational};
use super::regex::{Language, MemberQuery};
use super::sources::{SchemaIndex, Sources};

/// Draws documents that are likely to be valid under one of the schemas.
pub(super) struct Drawing<'l, 'a> {
    sources: &'l mut Sources<'a>,
    root: Place<'a>,
    state: u64,
    /// Values and names that either schema speaks of.
    values: Vec<Value>,
    texts: Vec<Value>,
    numbers: Vec<Value>,
    lengths: Vec<u64>,
    names: Vec<String>,
    /// Texts of a pattern, by the least and the most characters that they may have.
    matching: HashMap<(Language, u64, Option<u64>), Vec<String>>,
    budget: Budget,
    /// How many schemas may still be drawn from, for all documents together.
    left: Budget,
}

const DEPTH: u32 = 12;
const MOST_ITEMS: u64 = 6;

impl<'l, 'a> Drawing<'l, 'a> {
    pub(super) fn new(
        sources: &'l mut Sources<'a>,
        schema: impl Into<SchemaIndex>,
        seed: u64,
        schemas: [&Value; 2],
    ) -> Self {
        let root = sources.root(schema);
        let (mut values, mut names) = (Vec::new(), Vec::new());
        for schema in schemas {
            gather(schema, &mut values, &mut names);
        }
        let mut known = HashSet::new();
        values.retain(|value| known.insert(super::number::equality_key(value)));
        names.sort_unstable();
        names.dedup();
        names.push("other");
        let values: Vec<Value> = values.into_iter().cloned().collect();
        let names = names.into_iter().map(str::to_owned).collect();
        let texts = values.iter().filter(|value| value.is_string()).cloned().collect();
        let numbers = values.iter().filter(|value| value.is_number()).cloned().collect();
        let counts = values.iter().filter_map(Value::as_u64).filter(|count| *count < 300);
        let lengths = counts.flat_map(|count| [count, count + 1]).collect();
        let (matching, budget) = (HashMap::new(), Budget::new(200_000));
        let left = Budget::new(80_000);
        Self { sources, root, state: seed, values, texts, numbers, lengths, names, matching, budget, left }
    }

    pub(super) fn draw(&mut self) -> Value {
        self.from(self.root, DEPTH)
    }

    fn below(&mut self, bound: usize) -> usize {
        below(&mut self.state, bound)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        pick(&mut self.state, from)
    }

    fn from(&mut self, place: Place<'a>, depth: u32) -> Value {
        let Value::Object(members) = place.schema else { return self.anything(depth) };
        if self.left.spend(1).is_err() || depth == 0 {
            return self.scalar();
        }
        if self.one_in(40) {
            return self.anything(depth);
        }
        if let Some(value) = members.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = members.get("enum") {
            return self.pick(values).unwrap_or_default();
        }
        let mut parts: Vec<Value> = Vec::new();
        for (_, target) in self.sources.references(place, members).unwrap_or_default() {
            parts.push(self.from(target, depth - 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = members.get(keyword) else { continue };
            let at = self.below(branches.len());
            if let Some(branch) = branches.get(at) {
                let branch = self.sources.below(place, branch);
                parts.push(self.from(branch, depth - 1));
            }
        }
        for schema in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let branch = self.sources.below(place, schema);
            parts.push(self.from(branch, depth - 1));
        }
        for keyword in ["if", "then", "else"] {
            if let Some(schema) = members.get(keyword).filter(|_| keyword == "if" || self.state & 1 == 0)
                && self.one_in(2)
            {
                let branch = self.sources.below(place, schema);
                parts.push(self.from(branch, depth - 1));
            }
        }
        let own = self.own(place, members, depth);
        parts.extend(own);
        self.join(parts, depth)
    }

    /// What the keywords themselves ask for, where they ask for something.
    fn own(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Option<Value> {
        let named = match members.get("type") {
            Some(Value::String(name)) => Some(name.as_str()),
            Some(Value::Array(names)) => names.get(self.below(names.len())).and_then(Value::as_str),
            Some(_) | None => None,
        };
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| members.contains_key(*keyword));
        let named = named.or_else(|| {
            let implied = if has(&[
                "properties",
                "required",
                "patternProperties",
                "additionalProperties",
                "minProperties",
                "maxProperties",
                "propertyNames",
                "unevaluatedProperties",
                "dependentRequired",
            ]) {
                "object"
            } else if has(&[
                "items",
                "prefixItems",
                "contains",
                "minItems",
                "maxItems",
                "uniqueItems",
                "unevaluatedItems",
            ]) {
                "array"
            } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
                "number"
            } else if has(&["minLength", "maxLength", "pattern"]) {
                "string"
            } else {
                return None;
            };
            Some(implied)
        });
        Some(match named? {
            "null" => Value::Null,
            "boolean" => json!(self.one_in(2)),
            "integer" => self.number(members, true),
            "number" => self.number(members, false),
            "string" => self.text(members),
            "array" => self.array(place, members, depth),
            _ => self.object(place, members, depth),
        })
    }

    /// Parts that hold together: the members of all objects, or one of them.
    fn join(&mut self, mut parts: Vec<Value>, depth: u32) -> Value {
        let Some(last) = parts.pop() else { return self.anything(depth) };
        if parts.is_empty() {
            return last;
        }
        parts.push(last);
        if !parts.iter().all(Value::is_object) {
            let at = self.below(parts.len());
            return parts.swap_remove(at);
        }
        let mut all = Map::new();
        for part in parts {
            if let Value::Object(mut members) = part {
                all.append(&mut members);
            }
        }
        Value::Object(all)
    }

    fn number(&mut self, members: &Map<String, Value>, whole: bool) -> Value {
        let mut near: Vec<Value> = vec![json!(0), json!(1), json!(-1)];
        let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        near.extend(
            bounds.iter().filter_map(|keyword| members.get(*keyword)).filter(|bound| bound.is_number()).cloned(),
        );
        if self.one_in(2) {
            near.extend(pick(&mut self.state, &self.numbers));
        }
        let Some(Value::Number(number)) = self.pick(&near) else { return json!(0) };
        let mut number = to_rational(&number);
        let offset = match self.below(6) {
            0 => Some((1, 1)),
            1 => Some((-1, 1)),
            2 if !whole => Some((1, 2)),
            3 if !whole => Some((-1, 10)),
            _ => None,
        };
        if let Some((numerator, denominator)) = offset {
            number += num_rational::BigRational::new(numerator.into(), denominator.into());
        }
        if let Some(Value::Number(of)) = members.get("multipleOf") {
            let of = to_rational(of);
            number = (number / &of).ceil() * of;
        }
        let number = if whole { number.round() } else { number };
        let as_float = self.one_in(8);
        to_number(&number, as_float).map_or(json!(0), Value::Number)
    }

    fn text(&mut self, members: &Map<String, Value>) -> Value {
        let count = |keyword: &str| members.get(keyword).and_then(Value::as_u64);
        let (least, most) = (count("minLength").unwrap_or(0), count("maxLength"));
        if let Some(Value::String(pattern)) = members.get("pattern")
            && let Some(text) = self.matching(pattern, least, most)
        {
            return Value::String(text);
        }
        if self.one_in(2)
            && let Some(text) = pick(&mut self.state, &self.texts)
        {
            return text;
        }
        let mut lengths = vec![0, 1, 2, 8];
        for keyword in ["minLength", "maxLength"] {
            lengths.extend(count(keyword));
        }
        if self.one_in(2) {
            lengths.extend(pick(&mut self.state, &self.lengths));
        }
        let length = self.pick(&lengths).unwrap_or(0).clamp(least, most.unwrap_or(u64::MAX).max(least)).min(100_000);
        let c = self.pick(&['a', 'Z', '0', ' ', 'é', '\n']).unwrap_or('a');
        Value::String(std::iter::repeat_n(c, usize::try_from(length).unwrap_or(0)).collect())
    }

    /// A text that a pattern matches, empty where there is none; nothing where the pattern cannot be reckoned with.
    fn matching(&mut self, pattern: &str, least: u64, most: Option<u64>) -> Option<String> {
        let language = self.sources.languages.compile(pattern).ok()?;
        if !self.matching.contains_key(&(language, least, most)) {
            let automaton = self.sources.languages.automaton(language, &mut self.budget).ok()?;
            let query =
                MemberQuery { min_length: least, max_length: most, count: 8, max_excluded: 0, is_excluded: &|_| false };
            let found = automaton.shortest_members(&query, &mut self.budget).ok()?;
            self.matching.insert((language, least, most), found.texts);
        }
        let texts = &self.matching[&(language, least, most)];
        Some(pick(&mut self.state, texts).unwrap_or_default())
    }

    fn array(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Value {
        let count = |keyword: &str| members.get(keyword).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0).min(200);
        let extra = self.below(4) as u64;
        let length = (least + extra).min(count("maxItems").unwrap_or(u64::MAX)).min(least.max(MOST_ITEMS));
        let first = members.get("prefixItems").or_else(|| members.get("items").filter(|items| items.is_array()));
        let first = first.and_then(Value::as_array);
        let rest = [
            members.get("items").filter(|items| !items.is_array()),
            members.get("additionalItems"),
            members.get("contains"),
        ];
        let mut items = Vec::new();
        for at in 0..usize::try_from(length).unwrap_or(0) {
            let rest = rest.iter().flatten().next();
            let item = first.and_then(|first| first.get(at)).or(rest.copied());
            let item = members.get("contains").filter(|_| self.state.is_multiple_of(4)).or(item);
            items.push(match item {
                Some(Value::Bool(false)) => break,
                Some(schema) => {
                    let below = self.sources.below(place, schema);
                    self.from(below, depth - 1)
                }
                None => self.anything(depth - 1),
            });
        }
        Value::Array(items)
    }

    fn object(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Value {
        let mut object = Map::new();
        let required: BTreeSet<&str> =
            members.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let rarely = 2 + self.below(3);
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, schema) in properties {
                if required.contains(name.as_str()) || (depth > 1 && self.one_in(rarely)) {
                    let below = self.sources.below(place, schema);
                    object.insert(name.clone(), self.from(below, depth - 1));
                }
            }
        }
        let others = members.get("additionalProperties");
        let least = members.get("minProperties").and_then(Value::as_u64).unwrap_or(0).min(50);
        let mut extra: Vec<String> =
            required.iter().filter(|name| !object.contains_key(**name)).map(|n| (*n).to_owned()).collect();
        if others != Some(&Value::Bool(false)) {
            let few = self.below(3);
            extra.extend((0..few).filter_map(|_| pick(&mut self.state, &self.names)));
            extra.extend((object.len() as u64..least).map(|number| format!("p{number}")));
        }
        for name in extra {
            let value = match others {
                Some(schema @ Value::Object(_)) => {
                    let below = self.sources.below(place, schema);
                    self.from(below, depth - 1)
                }
                Some(_) | None => self.anything(depth - 1),
            };
            object.entry(name).or_insert(value);
        }
        for (pattern, schema) in members.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            if self.one_in(2) {
                let name = self.text(&Map::from_iter([("pattern".to_owned(), Value::String(pattern.clone()))]));
                let below = self.sources.below(place, schema);
                let value = self.from(below, depth - 1);
                object.insert(name.as_str().unwrap_or_default().to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn scalar(&mut self) -> Value {
        if self.one_in(2)
            && let Some(value) = pick(&mut self.state, &self.values)
        {
            return value;
        }
        let values = [json!(null), json!(true), json!(0), json!(1.5), json!(""), json!("a"), json!([]), json!({})];
        self.pick(&values).unwrap_or_default()
    }

    fn anything(&mut self, depth: u32) -> Value {
        if depth < 2 {
            return self.scalar();
        }
        match self.below(6) {
            0 => {
                let count = self.below(3);
                Value::Array((0..count).map(|_| self.anything(1)).collect())
            }
            1 => {
                let count = self.below(3);
                (0..count).filter_map(|_| Some((pick(&mut self.state, &self.names)?, self.anything(1)))).collect()
            }
            _ => self.scalar(),
        }
    }
}

/// A number below `bound`, by the generator of Steele, Lea and Flood (`SplitMix64`).
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let drawn = z ^ (z >> 31);
    usize::try_from(drawn % (bound.max(1) as u64)).unwrap_or(0)
}

fn pick<T: Clone>(state: &mut u64, from: &[T]) -> Option<T> {
    from.get(below(state, from.len())).cloned()
}

/// Values and names that a schema speaks of.
fn gather<'a>(schema: &'a Value, values: &mut Vec<&'a Value>, names: &mut Vec<&'a str>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| gather(item, values, names)),
        Value::Object(members) => {
            for (keyword, value) in members {
                match (keyword.as_str(), value) {
                    ("title" | "description" | "$comment" | "$schema" | "$id" | "id", _) => {}
                    ("enum" | "examples", Value::Array(all)) => values.extend(all.iter().take(64)),
                    ("const" | "default", value) => values.push(value),
                    ("required", Value::Array(all)) => {
                        names.extend(all.iter().filter_map(Value::as_str));
                    }
                    (_, Value::Number(_)) => values.push(value),
                    ("properties" | "dependencies" | "dependentRequired" | "dependentSchemas", Value::Object(map)) => {
                        names.extend(map.keys().map(String::as_str));
                        gather(value, values, names);
                    }
                    _ => gather(value, values, names),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
