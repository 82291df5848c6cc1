//! A validator of our own, straight from the schema: the second of the two that have to agree on a witness.
//!
//! It shares the reading of references and patterns with the prover, and nothing else: each keyword is applied to the
//! document as it stands, and what was evaluated is noted as the drafts describe it.

use foldhash::{HashMap, HashMapExt as _, HashSet};
use serde_json::{Map, Value};

use super::document::{Place, PlaceKey, Unreadable, address};
use super::draft::Draft;
use super::number::{equality_key, is_multiple, is_spelled_as_integer, to_rational, values_equal, zero};
use super::regex::PatternError;
use super::sources::{SchemaIndex, Sources};

/// Whether a document is valid, as far as that can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unchecked {
    Unreadable(Unreadable),
    /// A format or a pattern that is beyond us.
    Opaque(String),
    /// Too deep, or too much work.
    Spent,
}

impl From<Unreadable> for Unchecked {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

/// What a schema that holds has evaluated.
#[derive(Debug, Clone, Default)]
struct Evaluated {
    names: HashSet<String>,
    items: HashSet<usize>,
}

impl Evaluated {
    fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.items.extend(other.items);
    }
}

/// `None` is a document that is not valid.
type Outcome = Result<Option<Evaluated>, Unchecked>;

pub(super) struct Checker<'l, 'a> {
    sources: &'l mut Sources<'a>,
    root: Place<'a>,
    steps: u32,
    depth: u32,
    /// References that are being followed, each with the value that they are about.
    following: Vec<(usize, usize)>,
    /// The first of them that was led back to, in what is being looked at.
    led_back_to: usize,
    /// What was found where a reference led to, for each value: many may lead to the same.
    known: HashMap<(PlaceKey, usize), Option<Evaluated>>,
}

/// What the check of one document may take; all of a question share what [`Sources::check_steps`] holds.
const STEPS: u32 = 20_000;
/// So deep are schemas looked into, in one another: an unoptimised build needs some 10 KiB of stack for each, and a thread
/// may have no more than 2 MiB.
const DEPTH: u32 = 150;

impl<'l, 'a> Checker<'l, 'a> {
    pub(super) fn new(sources: &'l mut Sources<'a>, schema: impl Into<SchemaIndex>) -> Self {
        let root = sources.root(schema);
        let (following, known) = (Vec::new(), HashMap::new());
        Self { sources, root, steps: STEPS, depth: 0, following, led_back_to: usize::MAX, known }
    }

    /// With no more steps than these.
    pub(super) fn within(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// How many steps are left.
    pub(super) fn left(&self) -> u32 {
        self.steps
    }

    /// Whether the document is valid under the schema.
    pub(super) fn is_valid(&mut self, value: &Value) -> Result<bool, Unchecked> {
        Ok(self.apply(self.root, value)?.is_some())
    }

    fn apply(&mut self, place: Place<'a>, value: &Value) -> Outcome {
        self.steps = self.steps.checked_sub(1).ok_or(Unchecked::Spent)?;
        self.sources.check_steps = self.sources.check_steps.checked_sub(1).ok_or(Unchecked::Spent)?;
        if self.depth >= DEPTH {
            return Err(Unchecked::Spent);
        }
        self.depth += 1;
        let outcome = match place.schema {
            Value::Bool(holds) => Ok(holds.then(Evaluated::default)),
            Value::Object(members) => self.object(place, members, value),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(Unreadable::Schema.into()),
        };
        self.depth -= 1;
        outcome
    }

    fn object(&mut self, place: Place<'a>, members: &'a Map<String, Value>, value: &Value) -> Outcome {
        let draft = self.sources.draft(place);
        let mut evaluated = Evaluated::default();
        let references = self.sources.references(place, members)?;
        for (_, target) in references {
            let Some(more) = self.follow(target, value)? else { return Ok(None) };
            evaluated.add(more);
        }
        if draft.ignores_siblings_of_ref() && members.contains_key("$ref") {
            return Ok(Some(evaluated));
        }
        if !self.asserts(draft, members, value)? {
            return Ok(None);
        }
        let Some(more) = self.in_place(place, draft, members, value)? else { return Ok(None) };
        evaluated.add(more);
        match value {
            Value::Object(of) => self.of_members(place, draft, members, of, evaluated),
            Value::Array(items) => self.of_items(place, draft, members, items, evaluated),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Some(evaluated)),
        }
    }

    /// What a reference leads to.
    fn follow(&mut self, target: Place<'a>, value: &Value) -> Outcome {
        let here = (address(target.schema), address(value));
        // One that leads back to itself about the same value asks for nothing more.
        if let Some(at) = self.following.iter().position(|other| *other == here) {
            self.led_back_to = self.led_back_to.min(at);
            return Ok(Some(Evaluated::default()));
        }
        let key = (target.key(), address(value));
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let outside = std::mem::replace(&mut self.led_back_to, usize::MAX);
        self.following.push(here);
        let outcome = self.apply(target, value);
        self.following.pop();
        let outcome = outcome?;
        // What was found on the way round is so only there.
        if self.led_back_to >= self.following.len() {
            self.known.insert(key, outcome.clone());
            self.led_back_to = outside;
        } else {
            self.led_back_to = self.led_back_to.min(outside);
        }
        Ok(outcome)
    }

    /// The keywords without schemas.
    fn asserts(&mut self, draft: Draft, members: &Map<String, Value>, value: &Value) -> Result<bool, Unchecked> {
        let mut unsure = false;
        let mut is_type = |name: &Value| match (name.as_str(), value) {
            (Some("null"), Value::Null)
            | (Some("boolean"), Value::Bool(_))
            | (Some("number"), Value::Number(_))
            | (Some("string"), Value::String(_))
            | (Some("array"), Value::Array(_))
            | (Some("object"), Value::Object(_)) => true,
            (Some("integer"), Value::Number(number)) => {
                if draft == Draft::Draft4 {
                    is_spelled_as_integer(number).unwrap_or_else(|| {
                        unsure = true;
                        false
                    })
                } else {
                    to_rational(number).is_integer()
                }
            }
            _ => false,
        };
        let of_type = match members.get("type") {
            Some(Value::Array(names)) => names.iter().any(&mut is_type),
            Some(name) => is_type(name),
            None => true,
        };
        if unsure && !of_type {
            return Err(Unchecked::Opaque(format!("spelling of {value}")));
        }
        let listed =
            members.get("enum").and_then(Value::as_array).is_none_or(|all| all.iter().any(|v| values_equal(v, value)));
        let constant =
            draft == Draft::Draft4 || members.get("const").is_none_or(|constant| values_equal(constant, value));
        if !of_type || !listed || !constant {
            return Ok(false);
        }
        let number = |keyword: &str| match members.get(keyword) {
            Some(Value::Number(number)) => Some(to_rational(number)),
            Some(_) | None => None,
        };
        let fits = |size: usize, least: &str, most: &str| {
            let size = num_rational::BigRational::from_integer(size.into());
            number(least).is_none_or(|least| size >= least) && number(most).is_none_or(|most| size <= most)
        };
        Ok(match value {
            Value::Null | Value::Bool(_) => true,
            Value::Number(is) => {
                let is = to_rational(is);
                let strict = |keyword: &str| members.get(keyword) == Some(&Value::Bool(true));
                let low = number("minimum").is_none_or(|low| is > low || (is == low && !strict("exclusiveMinimum")));
                let high =
                    number("maximum").is_none_or(|high| is < high || (is == high && !strict("exclusiveMaximum")));
                let above = number("exclusiveMinimum").is_none_or(|low| is > low);
                let below = number("exclusiveMaximum").is_none_or(|high| is < high);
                let multiple = number("multipleOf").is_none_or(|of| of > zero() && is_multiple(&is, &of));
                low && high && above && below && multiple
            }
            Value::String(text) => {
                fits(text.chars().count(), "minLength", "maxLength")
                    && match members.get("pattern").and_then(Value::as_str) {
                        Some(pattern) => self.matches(pattern, text)?,
                        None => true,
                    }
                    && match members.get("format").and_then(Value::as_str).filter(|_| self.sources.formats) {
                        Some(format) if super::format::is_known(draft, format) => {
                            super::format::decide(format, text)
                                .ok_or_else(|| Unchecked::Opaque(format!("format {format}")))?
                        }
                        Some(_) | None => true,
                    }
            }
            Value::Array(items) => {
                let unique = || {
                    let keys: HashSet<String> = items.iter().map(equality_key).collect();
                    keys.len() == items.len()
                };
                fits(items.len(), "minItems", "maxItems")
                    && (members.get("uniqueItems") != Some(&Value::Bool(true)) || unique())
            }
            Value::Object(of) => {
                let has = |name: &Value| name.as_str().is_some_and(|name| of.contains_key(name));
                fits(of.len(), "minProperties", "maxProperties")
                    && members.get("required").and_then(Value::as_array).is_none_or(|names| names.iter().all(has))
            }
        })
    }

    fn matches(&mut self, pattern: &str, text: &str) -> Result<bool, Unchecked> {
        match self.sources.languages.compile(pattern) {
            Ok(language) => Ok(self.sources.languages.matches(language, text)),
            Err(PatternError::Unsupported) => Err(Unchecked::Opaque(format!("pattern {pattern}"))),
            Err(PatternError::Syntax) => {
                Err(Unreadable::Keyword { keyword: "pattern".to_owned(), expected: "a regular expression" }.into())
            }
        }
    }

    fn below(&mut self, place: Place<'a>, schema: &'a Value, value: &Value) -> Outcome {
        let place = self.sources.below(place, schema);
        self.apply(place, value)
    }

    /// The keywords whose schemas speak of the same document.
    fn in_place(&mut self, place: Place<'a>, draft: Draft, members: &'a Map<String, Value>, value: &Value) -> Outcome {
        let mut evaluated = Evaluated::default();
        let list = |keyword: &str| members.get(keyword).and_then(Value::as_array);
        for schema in list("allOf").into_iter().flatten() {
            let Some(more) = self.below(place, schema, value)? else { return Ok(None) };
            evaluated.add(more);
        }
        for (keyword, most) in [("anyOf", usize::MAX), ("oneOf", 1)] {
            let Some(schemas) = list(keyword) else { continue };
            let mut count = 0;
            for schema in schemas {
                if let Some(more) = self.below(place, schema, value)? {
                    evaluated.add(more);
                    count += 1;
                }
            }
            if count == 0 || count > most {
                return Ok(None);
            }
        }
        if let Some(schema) = members.get("not")
            && self.below(place, schema, value)?.is_some()
        {
            return Ok(None);
        }
        if let Some(schema) = members.get("if").filter(|_| draft >= Draft::Draft7) {
            let condition = self.below(place, schema, value)?;
            let next = if condition.is_some() { "then" } else { "else" };
            evaluated.add(condition.unwrap_or_default());
            if let Some(schema) = members.get(next) {
                let Some(more) = self.below(place, schema, value)? else { return Ok(None) };
                evaluated.add(more);
            }
        }
        let Value::Object(of) = value else { return Ok(Some(evaluated)) };
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let known = keyword == "dependencies" || draft >= Draft::Draft201909;
            let Some(Value::Object(map)) = members.get(keyword).filter(|_| known) else { continue };
            for (_, wanted) in map.iter().filter(|(name, _)| of.contains_key(*name)) {
                match wanted {
                    Value::Array(names) => {
                        if !names.iter().all(|name| name.as_str().is_some_and(|name| of.contains_key(name))) {
                            return Ok(None);
                        }
                    }
                    schema => {
                        let Some(more) = self.below(place, schema, value)? else { return Ok(None) };
                        evaluated.add(more);
                    }
                }
            }
        }
        Ok(Some(evaluated))
    }

    fn of_members(
        &mut self,
        place: Place<'a>,
        draft: Draft,
        members: &'a Map<String, Value>,
        of: &Map<String, Value>,
        mut evaluated: Evaluated,
    ) -> Outcome {
        let object = |keyword: &str| members.get(keyword).and_then(Value::as_object);
        // What is small is looked at first: of variants that each have a tag, one is looked into.
        let is_small = |(_, value): &(&String, &Value)| !value.is_object() && !value.is_array();
        let (small, large): (Vec<_>, Vec<_>) = of.iter().partition(is_small);
        for (name, value) in small.into_iter().chain(large) {
            let mut listed = false;
            if let Some(schema) = object("properties").and_then(|map| map.get(name)) {
                listed = true;
                if self.below(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            for (pattern, schema) in object("patternProperties").into_iter().flatten() {
                if self.matches(pattern, name)? {
                    listed = true;
                    if self.below(place, schema, value)?.is_none() {
                        return Ok(None);
                    }
                }
            }
            if let Some(schema) = members.get("additionalProperties").filter(|_| !listed) {
                listed = true;
                if self.below(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            if listed {
                evaluated.names.insert(name.clone());
            }
            if let Some(schema) = members.get("propertyNames").filter(|_| draft > Draft::Draft4) {
                // A name is no part of the document: another may come to stand where it was.
                let known = std::mem::take(&mut self.known);
                let outcome = self.below(place, schema, &Value::String(name.clone()));
                self.known = known;
                if outcome?.is_none() {
                    return Ok(None);
                }
            }
        }
        if let Some(schema) = members.get("unevaluatedProperties").filter(|_| draft >= Draft::Draft201909) {
            for (name, value) in of {
                if !evaluated.names.contains(name) && self.below(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            evaluated.names.extend(of.keys().cloned());
        }
        Ok(Some(evaluated))
    }

    fn of_items(
        &mut self,
        place: Place<'a>,
        draft: Draft,
        members: &'a Map<String, Value>,
        items: &[Value],
        mut evaluated: Evaluated,
    ) -> Outcome {
        let new = draft >= Draft::Draft202012;
        let first = members.get(if new { "prefixItems" } else { "items" }).and_then(Value::as_array);
        let rest = match (new, first) {
            (false, Some(_)) => members.get("additionalItems"),
            (true, _) | (false, None) => members.get("items"),
        };
        let first: &'a [Value] = first.map_or(&[], |schemas| schemas);
        for (at, item) in items.iter().enumerate() {
            let Some(schema) = first.get(at).or(rest) else { continue };
            if self.below(place, schema, item)?.is_none() {
                return Ok(None);
            }
            evaluated.items.insert(at);
        }
        if let Some(schema) = members.get("contains").filter(|_| draft > Draft::Draft4) {
            let mut count = 0_u64;
            for (at, item) in items.iter().enumerate() {
                if self.below(place, schema, item)?.is_some() {
                    count += 1;
                    if new {
                        evaluated.items.insert(at);
                    }
                }
            }
            let bound =
                |keyword: &str| members.get(keyword).filter(|_| draft >= Draft::Draft201909).and_then(Value::as_f64);
            #[expect(clippy::cast_precision_loss, reason = "no array is that long")]
            let count = count as f64;
            if count < bound("minContains").unwrap_or(1.0) || bound("maxContains").is_some_and(|most| count > most) {
                return Ok(None);
            }
        }
        if let Some(schema) = members.get("unevaluatedItems").filter(|_| draft >= Draft::Draft201909) {
            for (at, item) in items.iter().enumerate() {
                if !evaluated.items.contains(&at) && self.below(place, schema, item)?.is_none() {
                    return Ok(None);
                }
            }
            evaluated.items.extend(0..items.len());
        }
        Ok(Some(evaluated))
    }
}
