//! Generator of documents that are likely to be valid under a schema: property-based testing of a
//! verdict.
//!
//! A proof of containment is tried against some samples before it is returned, and if there is no
//! proof, samples are the last way to a witness. The generator is pseudo-random with a fixed seed,
//! so that a question has one answer. It is driven by the schema, without backtracking, and prefers
//! the constants that occur in either schema (bounds, enumerated values, names, lengths) and their
//! neighbours, because two schemas differ where one of them has a constant.
//!
//! A sample need not be valid: it is validated before it is used. A good generator has many samples
//! that are valid for the writer and close to a difference, and each keyword is generated in the
//! simplest way that often succeeds:
//!
//! | schema | sample |
//! |---|---|
//! | `const`, `enum` | one of the values |
//! | `$ref`, `allOf`, one branch of `anyOf` or `oneOf`, own keywords | one part each; the members of objects are merged, or else one part is chosen |
//! | `type`, or a type that the keywords imply | a value of the type |
//! | number | a bound, or a constant of either schema, or a neighbour of it; a multiple of the divisor |
//! | string | a match of the pattern, a constant, or one character repeated to a likely length |
//! | array, object | the required parts, and some optional ones at random |
//! | `not`, `unevaluatedProperties` | not considered |
//!
//! One sample in forty ignores the schema, to reach documents that the table cannot.
//!
//! The cost is bounded by the depth of a document, by a budget of schemas for all samples, and by
//! one for the automata of patterns.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use json_document::exact::{ExactValue as Value, Map, Number};
use num_traits::Zero as _;

use super::budget::Budget;
use super::document::Place;
use super::number::{from_rational, spell, to_rational};
use super::regex::{Language, MemberQuery};
use super::schema_index::SchemaIndex;
use super::sources::Sources;

/// Generator of documents for one of the schemas.
pub(super) struct Sampler<'l, 'a> {
    sources: &'l mut Sources<'a>,
    root: Place<'a>,
    random: SplitMix64,
    /// Constants that occur in either schema.
    values: Vec<Value>,
    strings: Vec<Value>,
    numbers: Vec<Value>,
    lengths: Vec<u64>,
    names: Vec<String>,
    /// Members of the language of a pattern, by minimum and maximum length.
    pattern_strings: HashMap<(Language, u64, Option<u64>), Vec<String>>,
    /// Budget of all automata.
    automaton_budget: Budget,
    /// Subschemas that may still be visited, for all documents of this generator together.
    schema_budget: Budget,
}

/// Limit on the depth of a document. Recursion in a schema ends here; a witness that must be deeper is left to the prover.
const MAX_DOCUMENT_DEPTH: u32 = 12;
/// Limit on the items of an array beyond its `minItems`: more of the same kind find no more differences.
const MAX_ITEMS: u64 = 6;
/// Limits on `minItems` and `minProperties` that are honoured. Samples that would be larger are invalid, and dropped later.
const MAX_MIN_ITEMS: u64 = 200;
const MAX_MIN_PROPERTIES: u64 = 50;
/// Limit on the length of a string that is filled with one character.
const MAX_STRING_LENGTH: u64 = 100_000;
/// Constants up to this one are tried as lengths.
const MAX_LENGTH_CONSTANT: u64 = 300;
/// Values that are taken from one enumeration.
const MAX_ENUMERATED: usize = 64;
/// Strings that are enumerated from a pattern.
const MAX_PATTERN_STRINGS: usize = 8;
/// Steps for the automata of all patterns. A pattern that exceeds them is ignored.
const AUTOMATON_BUDGET: u64 = 200_000;
/// Subschemas that are visited for all samples. Beyond it, samples are scalars.
const SCHEMA_BUDGET: u64 = 80_000;
/// Characters that cost as much as a subschema.
const CHARACTERS_PER_STEP: usize = 64;

impl<'l, 'a> Sampler<'l, 'a> {
    /// Collects the constants of both schemas, each once. The order of the result depends on the
    /// schemas only.
    pub(super) fn new(
        sources: &'l mut Sources<'a>,
        schema: impl Into<SchemaIndex>,
        seed: u64,
        schemas: [&Value; 2],
    ) -> Self {
        let root = sources.root(schema);
        let (mut values, mut names) = (Vec::new(), Vec::new());
        for schema in schemas {
            collect_constants(schema, &mut values, &mut names);
        }
        let mut distinct = HashSet::new();
        values.retain(|value| distinct.insert(super::number::equality_key(value)));
        names.sort_unstable();
        names.dedup();
        // A name of neither schema, for the keywords about additional members.
        names.push("other");
        let values: Vec<Value> = values.into_iter().cloned().collect();
        let names = names.into_iter().map(str::to_owned).collect();
        let strings = values.iter().filter(|value| value.is_string()).cloned().collect();
        let numbers = values.iter().filter(|value| value.is_number()).cloned().collect();
        let counts = values.iter().filter_map(Value::as_u64).filter(|count| *count < MAX_LENGTH_CONSTANT);
        let lengths = counts.flat_map(|count| [count, count + 1]).collect();
        Self {
            sources,
            root,
            random: SplitMix64(seed),
            values,
            strings,
            numbers,
            lengths,
            names,
            pattern_strings: HashMap::new(),
            automaton_budget: Budget::new(AUTOMATON_BUDGET),
            schema_budget: Budget::new(SCHEMA_BUDGET),
        }
    }

    /// Generates the next document.
    pub(super) fn sample(&mut self) -> Value {
        self.sample_schema(self.root, MAX_DOCUMENT_DEPTH)
    }

    /// Generates a value for a schema: a part for each reference, branch and group of own keywords, merged into one.
    fn sample_schema(&mut self, place: Place<'a>, depth: u32) -> Value {
        let Value::Object(members) = place.schema else { return self.arbitrary(depth) };
        if self.schema_budget.spend(1).is_err() || depth == 0 {
            return self.arbitrary_scalar();
        }
        if self.random.one_in(40) {
            // Rarely, a value that ignores the schema: it may be valid by a keyword that is not considered here.
            return self.arbitrary(depth);
        }
        if let Some(value) = members.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = members.get("enum") {
            return self.random.pick(values).unwrap_or_default();
        }
        let mut parts: Vec<Value> = Vec::new();
        for (_, target) in self.sources.references(place).unwrap_or_default() {
            parts.push(self.sample_schema(target, depth - 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = members.get(keyword) else { continue };
            let at = self.random.next_below(branches.len());
            if let Some(branch) = branches.get(at) {
                let branch = self.sources.child(place, branch);
                parts.push(self.sample_schema(branch, depth - 1));
            }
        }
        for schema in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let branch = self.sources.child(place, schema);
            parts.push(self.sample_schema(branch, depth - 1));
        }
        for keyword in ["if", "then", "else"] {
            if let Some(schema) = members.get(keyword).filter(|_| keyword == "if" || self.random.0 & 1 == 0)
                && self.random.one_in(2)
            {
                let branch = self.sources.child(place, schema);
                parts.push(self.sample_schema(branch, depth - 1));
            }
        }
        let own = self.sample_keywords(place, members, depth);
        parts.extend(own);
        self.merge(parts, depth)
    }

    /// Generates a value for the keywords of the schema itself, of the type that they name or imply.
    fn sample_keywords(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Option<Value> {
        let named = match members.get("type") {
            Some(Value::String(name)) => Some(name.as_str()),
            Some(Value::Array(names)) => names.get(self.random.next_below(names.len())).and_then(Value::as_str),
            Some(_) | None => None,
        };
        let any_of = |keywords: &[&str]| keywords.iter().any(|keyword| members.contains_key(*keyword));
        let named = named.or_else(|| {
            let implied = if any_of(&[
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
            } else if any_of(&[
                "items",
                "prefixItems",
                "contains",
                "minItems",
                "maxItems",
                "uniqueItems",
                "unevaluatedItems",
            ]) {
                "array"
            } else if any_of(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
                "number"
            } else if any_of(&["minLength", "maxLength", "pattern"]) {
                "string"
            } else {
                return None;
            };
            Some(implied)
        });
        Some(match named? {
            "null" => Value::Null,
            "boolean" => exact!(self.random.one_in(2)),
            "integer" => self.sample_number(members, NumberKind::Integer),
            "number" => self.sample_number(members, NumberKind::Any),
            "string" => self.sample_string(members),
            "array" => self.sample_array(place, members, depth),
            _ => self.sample_object(place, members, depth),
        })
    }

    /// Merges the parts of a conjunction: the members of all objects, or else one of the parts.
    fn merge(&mut self, mut parts: Vec<Value>, depth: u32) -> Value {
        let Some(last) = parts.pop() else { return self.arbitrary(depth) };
        if parts.is_empty() {
            return last;
        }
        parts.push(last);
        if !parts.iter().all(Value::is_object) {
            let at = self.random.next_below(parts.len());
            return parts.swap_remove(at);
        }
        let mut merged = Map::new();
        for part in parts {
            if let Value::Object(mut members) = part {
                merged.append(&mut members);
            }
        }
        Value::Object(merged)
    }

    /// Generates a number near a bound, which may violate it.
    fn sample_number(&mut self, members: &Map<String, Value>, kind: NumberKind) -> Value {
        let is_integer = match kind {
            NumberKind::Integer => true,
            NumberKind::Any => false,
        };
        let mut near: Vec<Value> = vec![exact!(0), exact!(1), exact!(-1)];
        let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        near.extend(
            bounds.iter().filter_map(|keyword| members.get(*keyword)).filter(|bound| bound.is_number()).cloned(),
        );
        if self.random.one_in(2) {
            near.extend(self.random.pick(&self.numbers));
        }
        let Some(Value::Number(number)) = self.random.pick(&near) else { return exact!(0) };
        let Some(mut rational) = to_rational(number.decimal()) else { return Value::Number(number) };
        let offset = match self.random.next_below(6) {
            0 => Some((1, 1)),
            1 => Some((-1, 1)),
            2 if !is_integer => Some((1, 2)),
            3 if !is_integer => Some((-1, 10)),
            _ => None,
        };
        if let Some((numerator, denominator)) = offset {
            rational += num_rational::BigRational::new(numerator.into(), denominator.into());
        }
        if let Some(Value::Number(divisor)) = members.get("multipleOf") {
            let divisor = to_rational(divisor.decimal()).filter(|divisor| !divisor.is_zero());
            rational = divisor.map_or(rational.clone(), |divisor| (rational / &divisor).ceil() * divisor);
        }
        let rational = if is_integer { rational.round() } else { rational };
        let as_fraction = self.random.one_in(8);
        let Some(decimal) = from_rational(&rational) else { return exact!(0) };
        Value::Number(if as_fraction { Number::fraction(decimal) } else { spell(decimal) })
    }

    /// Generates a string: a match of the pattern, a constant of the schemas, or a run of one character of a likely length.
    fn sample_string(&mut self, members: &Map<String, Value>) -> Value {
        let count = |keyword: &str| members.get(keyword).and_then(Value::as_u64);
        let (min, max) = (count("minLength").unwrap_or(0), count("maxLength"));
        if let Some(Value::String(pattern)) = members.get("pattern")
            && let Some(text) = self.match_pattern(pattern, min, max)
        {
            return Value::String(text);
        }
        if self.random.one_in(2)
            && let Some(text) = self.random.pick(&self.strings)
        {
            return text;
        }
        let mut lengths = vec![0, 1, 2, 8];
        for keyword in ["minLength", "maxLength"] {
            lengths.extend(count(keyword));
        }
        if self.random.one_in(2) {
            lengths.extend(self.random.pick(&self.lengths));
        }
        let length =
            self.random.pick(&lengths).unwrap_or(0).clamp(min, max.unwrap_or(u64::MAX).max(min)).min(MAX_STRING_LENGTH);
        let length = usize::try_from(length).unwrap_or(0);
        // All samples are in memory at a time.
        let length = if self.schema_budget.spend(length / CHARACTERS_PER_STEP).is_ok() { length } else { 0 };
        let c = self.random.pick(&['a', 'Z', '0', ' ', 'é', '\n']).unwrap_or('a');
        Value::String(std::iter::repeat_n(c, length).collect())
    }

    /// Returns a string that a pattern matches; the empty one if there is none, and `None` for an unsupported pattern.
    fn match_pattern(&mut self, pattern: &str, min_length: u64, max_length: Option<u64>) -> Option<String> {
        let language = self.sources.languages.compile(pattern).ok()?;
        let key = (language, min_length, max_length);
        if !self.pattern_strings.contains_key(&key) {
            let automaton = self.sources.languages.automaton(language, &mut self.automaton_budget).ok()?;
            let count = MAX_PATTERN_STRINGS;
            let query = MemberQuery { min_length, max_length, count, max_excluded: 0, is_excluded: &|_| false };
            let members = automaton.shortest_members(&query, &mut self.automaton_budget).ok()?;
            self.pattern_strings.insert(key, members.texts);
        }
        Some(self.random.pick(&self.pattern_strings[&key]).unwrap_or_default())
    }

    /// Generates an array: the prefix, and items of the schema for the rest or of `contains`.
    fn sample_array(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Value {
        let count = |keyword: &str| members.get(keyword).and_then(Value::as_u64);
        let min = count("minItems").unwrap_or(0).min(MAX_MIN_ITEMS);
        let extra = self.random.next_below(4) as u64;
        let length = (min + extra).min(count("maxItems").unwrap_or(u64::MAX)).min(min.max(MAX_ITEMS));
        let prefix = members.get("prefixItems").or_else(|| members.get("items").filter(|items| items.is_array()));
        let prefix = prefix.and_then(Value::as_array);
        let rest = [
            members.get("items").filter(|items| !items.is_array()),
            members.get("additionalItems"),
            members.get("contains"),
        ];
        let mut items = Vec::new();
        for at in 0..usize::try_from(length).unwrap_or(0) {
            let rest = rest.iter().flatten().next();
            let item = prefix.and_then(|prefix| prefix.get(at)).or(rest.copied());
            let item = members.get("contains").filter(|_| self.random.0.is_multiple_of(4)).or(item);
            items.push(match item {
                Some(Value::Bool(false)) => break,
                Some(schema) => {
                    let below = self.sources.child(place, schema);
                    self.sample_schema(below, depth - 1)
                }
                None => self.arbitrary(depth - 1),
            });
        }
        Value::Array(items)
    }

    /// Generates an object: required members, some of the declared ones, and at times others.
    fn sample_object(&mut self, place: Place<'a>, members: &'a Map<String, Value>, depth: u32) -> Value {
        let mut object = Map::new();
        let required: BTreeSet<&str> =
            members.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let rarity = 2 + self.random.next_below(3);
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, schema) in properties {
                if required.contains(name.as_str()) || (depth > 1 && self.random.one_in(rarity)) {
                    let below = self.sources.child(place, schema);
                    object.insert(name.clone(), self.sample_schema(below, depth - 1));
                }
            }
        }
        let others = members.get("additionalProperties");
        let min = members.get("minProperties").and_then(Value::as_u64).unwrap_or(0).min(MAX_MIN_PROPERTIES);
        let mut extra: Vec<String> =
            required.iter().filter(|name| !object.contains_key(**name)).map(|n| (*n).to_owned()).collect();
        if others != Some(&Value::Bool(false)) {
            let few = self.random.next_below(3);
            extra.extend((0..few).filter_map(|_| self.random.pick(&self.names)));
            extra.extend((object.len() as u64..min).map(|number| format!("p{number}")));
        }
        for name in extra {
            let value = match others {
                Some(schema @ Value::Object(_)) => {
                    let below = self.sources.child(place, schema);
                    self.sample_schema(below, depth - 1)
                }
                Some(_) | None => self.arbitrary(depth - 1),
            };
            object.entry(name).or_insert(value);
        }
        for (pattern, schema) in members.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            if self.random.one_in(2) {
                let name =
                    self.sample_string(&Map::from_iter([("pattern".to_owned(), Value::String(pattern.clone()))]));
                let below = self.sources.child(place, schema);
                let value = self.sample_schema(below, depth - 1);
                object.insert(name.as_str().unwrap_or_default().to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn arbitrary_scalar(&mut self) -> Value {
        if self.random.one_in(2)
            && let Some(value) = self.random.pick(&self.values)
        {
            return value;
        }
        let values =
            [exact!(null), exact!(true), exact!(0), exact!(1.5), exact!(""), exact!("a"), exact!([]), exact!({})];
        self.random.pick(&values).unwrap_or_default()
    }

    fn arbitrary(&mut self, depth: u32) -> Value {
        if depth < 2 {
            return self.arbitrary_scalar();
        }
        match self.random.next_below(6) {
            0 => {
                let count = self.random.next_below(3);
                Value::Array((0..count).map(|_| self.arbitrary(1)).collect())
            }
            1 => {
                let count = self.random.next_below(3);
                (0..count).filter_map(|_| Some((self.random.pick(&self.names)?, self.arbitrary(1)))).collect()
            }
            _ => self.arbitrary_scalar(),
        }
    }
}

/// A requested number type.
#[derive(Debug, Clone, Copy)]
enum NumberKind {
    Integer,
    Any,
}

/// `SplitMix64`: the generator of G. Steele, D. Lea and C. Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA
/// 2014, with the constants of S. Vigna's `splitmix64.c`.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    /// Returns a number below `bound`, 0 for an empty range. The bias of the remainder does not matter here.
    fn next_below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let random = z ^ (z >> 31);
        usize::try_from(random % (bound.max(1) as u64)).unwrap_or(0)
    }

    /// Returns true once in `count` calls, on average.
    fn one_in(&mut self, count: usize) -> bool {
        self.next_below(count) == 0
    }

    /// Returns one of the choices, or `None` if there are none.
    fn pick<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        choices.get(self.next_below(choices.len())).cloned()
    }
}

/// Collects the constants of a schema: enumerated values, numbers, and names of members.
fn collect_constants<'a>(schema: &'a Value, values: &mut Vec<&'a Value>, names: &mut Vec<&'a str>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| collect_constants(item, values, names)),
        Value::Object(members) => {
            for (keyword, value) in members {
                match (keyword.as_str(), value) {
                    ("title" | "description" | "$comment" | "$schema" | "$id" | "id", _) => {}
                    ("enum" | "examples", Value::Array(listed)) => values.extend(listed.iter().take(MAX_ENUMERATED)),
                    ("const" | "default", value) => values.push(value),
                    ("required", Value::Array(required)) => {
                        names.extend(required.iter().filter_map(Value::as_str));
                    }
                    (_, Value::Number(_)) => values.push(value),
                    ("properties" | "dependencies" | "dependentRequired" | "dependentSchemas", Value::Object(map)) => {
                        names.extend(map.keys().map(String::as_str));
                        collect_constants(value, values, names);
                    }
                    _ => collect_constants(value, values, names),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
