//! The crate's own validator of documents, by direct interpretation of the schema.
//!
//! A witness has to be confirmed by two independent validators: this one and `jsonschema`. It
//! shares the resolution of references, the arithmetic, the formats and the compilation of patterns
//! with the prover, and nothing else: each keyword is applied to the document as the drafts specify it,
//! without formulas, so that a mistake in lowering or solving cannot confirm itself. It also
//! provides a bound on the work for one document, which `jsonschema` has not.
//!
//! # Evaluation
//!
//! Evaluation follows the model of annotations (2019-09 and 2020-12 Core, section 7): a schema that
//! holds returns the members and items that it evaluated, and the unevaluated keywords read the
//! union of the annotations of their siblings. The order within a schema is the one that this
//! needs: references, assertions, in-place applicators, child applicators, unevaluated keywords.
//!
//! | outcome | meaning |
//! |---|---|
//! | `Ok(Some(annotations))` | the value is valid |
//! | `Ok(None)` | the value is invalid; annotations of failed schemas are dropped |
//! | `Err(…)` | validity is not known: an invalid schema, an opaque predicate, or a limit |
//!
//! An error is never swallowed, not even in a branch of an `anyOf` that another branch would
//! decide. That loses some answers and keeps the rule simple: an outcome is known only if every
//! schema that was applied has a known one.
//!
//! # Bounds
//!
//! [`MAX_STEPS`] schemas for a document, [`MAX_DEPTH`] nested ones, and [`Sources::check_steps`]
//! for all documents of a question. References are memoised by target and value, so that shared
//! definitions are applied once to each value.

mod assertion;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use json_document::exact::{Decimal, ExactValue as Value, Map};

use super::budget::BudgetExhausted;
use super::document::{Place, PlaceKey, Unreadable, address};
use super::draft::Draft;
use super::number::keyword_number;
use super::regex::PatternError;
use super::schema_index::SchemaIndex;
use super::sources::Sources;

/// Error of a document whose validity could not be determined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ValidatorError {
    Unreadable(Unreadable),
    /// Validity depends on this format, pattern or divisor, which is not decided here.
    Opaque(String),
    /// Validity depends on a reference that leads back to itself in place: the pointer to its target.
    Cycle(String),
    /// The work exceeded [`MAX_STEPS`], [`MAX_DEPTH`] or the rest of [`Sources::check_steps`].
    Exhausted,
}

impl From<Unreadable> for ValidatorError {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

/// The members and items that a schema evaluated, the only annotations that affect validation.
#[derive(Debug, Clone, Default)]
struct Annotations {
    properties: HashSet<String>,
    items: HashSet<usize>,
}

impl Annotations {
    fn merge(&mut self, other: Self) {
        self.properties.extend(other.properties);
        self.items.extend(other.items);
    }
}

/// Annotations of a valid value, `None` for an invalid one: a schema that fails returns no
/// annotations.
type Outcome = Result<Option<Annotations>, ValidatorError>;

/// Validator of documents under one of the schemas of [`Sources`].
pub(super) struct Validator<'l, 'a> {
    sources: &'l mut Sources<'a>,
    root: Place<'a>,
    steps: u32,
    depth: u32,
    /// Stack of the references that are being applied: addresses of target schema and value.
    active: Vec<(usize, usize)>,
    /// Results of references by target and value: many references may lead to the same target.
    memo: HashMap<(PlaceKey, usize), Option<Annotations>>,
}

/// Limit on the schemas applied to one document. Witnesses are small; [`Sources::check_steps`] limits all documents of a
/// question together.
const MAX_STEPS: u32 = 20_000;
/// Limit on nested applications of schemas: an unoptimised build uses some 10 KiB of stack for each, and a spawned thread
/// has 2 MiB by default.
const MAX_DEPTH: u32 = 150;

impl<'l, 'a> Validator<'l, 'a> {
    /// Creates a validator with an empty memo. Addresses of values are keys of the memo, so that it
    /// serves one document.
    pub(super) fn new(sources: &'l mut Sources<'a>, schema: impl Into<SchemaIndex>) -> Self {
        let root = sources.root(schema);
        let (active, memo) = (Vec::new(), HashMap::new());
        Self { sources, root, steps: MAX_STEPS, depth: 0, active, memo }
    }

    /// Replaces the limit of [`MAX_STEPS`].
    pub(super) fn with_steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    pub(super) fn remaining_steps(&self) -> u32 {
        self.steps
    }

    /// Validates a document against the schema.
    ///
    /// # Errors
    ///
    /// Validity is not known; see [`ValidatorError`].
    pub(super) fn is_valid(&mut self, document: &Value) -> Result<bool, ValidatorError> {
        Ok(self.apply(self.root, document)?.is_some())
    }

    /// Applies a schema to a value, one step of the budget.
    fn apply(&mut self, place: Place<'a>, value: &Value) -> Outcome {
        self.steps = self.steps.checked_sub(1).ok_or(ValidatorError::Exhausted)?;
        self.sources.check_steps = self.sources.check_steps.checked_sub(1).ok_or(ValidatorError::Exhausted)?;
        if self.depth >= MAX_DEPTH {
            return Err(ValidatorError::Exhausted);
        }
        self.depth += 1;
        let outcome = match place.schema {
            Value::Bool(accepts) => Ok(accepts.then(Annotations::default)),
            Value::Object(keywords) => self.apply_keywords(place, keywords, value),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(Unreadable::Schema.into()),
        };
        self.depth -= 1;
        outcome
    }

    /// Applies a schema object. Up to draft 7, the siblings of `$ref` are ignored.
    fn apply_keywords(&mut self, place: Place<'a>, keywords: &'a Map<String, Value>, value: &Value) -> Outcome {
        let draft = self.sources.draft(place);
        let mut annotations = Annotations::default();
        let references = self.sources.references(place)?;
        for (_, target) in references {
            let Some(more) = self.apply_reference(target, value)? else { return Ok(None) };
            annotations.merge(more);
        }
        if draft.ignores_siblings_of_ref() && keywords.contains_key("$ref") {
            return Ok(Some(annotations));
        }
        if !self.check_assertions(draft, keywords, value)? {
            return Ok(None);
        }
        let Some(more) = self.apply_in_place(place, draft, keywords, value)? else { return Ok(None) };
        annotations.merge(more);
        match value {
            Value::Object(members) => self.apply_to_members(place, draft, keywords, members, annotations),
            Value::Array(items) => self.apply_to_items(place, draft, keywords, items, annotations),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Some(annotations)),
        }
    }

    /// Applies the target of a reference, with memoisation and cycle detection.
    ///
    /// A reference that leads back to itself for the same value has no defined result.
    fn apply_reference(&mut self, target: Place<'a>, value: &Value) -> Outcome {
        let here = (address(target.schema), address(value));
        if self.active.contains(&here) {
            return Err(ValidatorError::Cycle(self.sources.format_whereabouts(target)));
        }
        let key = (target.key(), address(value));
        if let Some(known) = self.memo.get(&key) {
            return Ok(known.clone());
        }
        self.active.push(here);
        let outcome = self.apply(target, value);
        self.active.pop();
        let outcome = outcome?;
        self.memo.insert(key, outcome.clone());
        Ok(outcome)
    }

    /// Returns true if the pattern matches somewhere in the text.
    fn matches(&mut self, pattern: &str, text: &str) -> Result<bool, ValidatorError> {
        match self.sources.languages.compile(pattern) {
            Ok(language) => {
                self.sources.languages.matches(language, text).map_err(|BudgetExhausted| ValidatorError::Exhausted)
            }
            Err(PatternError::Exhausted) => Err(ValidatorError::Exhausted),
            Err(PatternError::Unsupported) => Err(ValidatorError::Opaque(format!("pattern {pattern}"))),
            Err(PatternError::Syntax) => {
                Err(Unreadable::Keyword { keyword: "pattern".to_owned(), expected: "a regular expression" }.into())
            }
        }
    }

    fn apply_subschema(&mut self, place: Place<'a>, schema: &'a Value, value: &Value) -> Outcome {
        let place = self.sources.child(place, schema);
        self.apply(place, value)
    }

    /// Applies the in-place applicators: those whose subschemas see the same value.
    fn apply_in_place(
        &mut self,
        place: Place<'a>,
        draft: Draft,
        keywords: &'a Map<String, Value>,
        value: &Value,
    ) -> Outcome {
        let mut annotations = Annotations::default();
        let list = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        for schema in list("allOf").into_iter().flatten() {
            let Some(more) = self.apply_subschema(place, schema, value)? else { return Ok(None) };
            annotations.merge(more);
        }
        for (keyword, max) in [("anyOf", usize::MAX), ("oneOf", 1)] {
            let Some(schemas) = list(keyword) else { continue };
            let mut count = 0;
            // No short circuit: every branch that holds contributes its annotations.
            for schema in schemas {
                if let Some(more) = self.apply_subschema(place, schema, value)? {
                    annotations.merge(more);
                    count += 1;
                }
            }
            if count == 0 || count > max {
                return Ok(None);
            }
        }
        if let Some(schema) = keywords.get("not")
            && self.apply_subschema(place, schema, value)?.is_some()
        {
            return Ok(None);
        }
        if let Some(schema) = keywords.get("if").filter(|_| draft >= Draft::Draft7) {
            let condition = self.apply_subschema(place, schema, value)?;
            let next = if condition.is_some() { "then" } else { "else" };
            annotations.merge(condition.unwrap_or_default());
            if let Some(schema) = keywords.get(next) {
                let Some(more) = self.apply_subschema(place, schema, value)? else { return Ok(None) };
                annotations.merge(more);
            }
        }
        let Value::Object(members) = value else { return Ok(Some(annotations)) };
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let is_defined = match keyword {
                "dependencies" => draft <= Draft::Draft7 || self.sources.dependencies.are_applied(),
                _ => draft > Draft::Draft7,
            };
            let Some(Value::Object(map)) = keywords.get(keyword).filter(|_| is_defined) else { continue };
            for (_, dependency) in map.iter().filter(|(name, _)| members.contains_key(*name)) {
                match dependency {
                    Value::Array(names) => {
                        if !names.iter().all(|name| name.as_str().is_some_and(|name| members.contains_key(name))) {
                            return Ok(None);
                        }
                    }
                    schema => {
                        let Some(more) = self.apply_subschema(place, schema, value)? else { return Ok(None) };
                        annotations.merge(more);
                    }
                }
            }
        }
        Ok(Some(annotations))
    }

    /// Applies the keywords for the members of an object.
    fn apply_to_members(
        &mut self,
        place: Place<'a>,
        draft: Draft,
        keywords: &'a Map<String, Value>,
        members: &Map<String, Value>,
        mut annotations: Annotations,
    ) -> Outcome {
        let object = |keyword: &str| keywords.get(keyword).and_then(Value::as_object);
        // Scalars first: in a union of variants with a tag, the tag rejects a variant before its large members are visited.
        let is_scalar = |(_, value): &(&String, &Value)| !value.is_object() && !value.is_array();
        let (scalars, others): (Vec<_>, Vec<_>) = members.iter().partition(is_scalar);
        for (name, value) in scalars.into_iter().chain(others) {
            let mut is_evaluated = false;
            if let Some(schema) = object("properties").and_then(|map| map.get(name)) {
                is_evaluated = true;
                if self.apply_subschema(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            for (pattern, schema) in object("patternProperties").into_iter().flatten() {
                if self.matches(pattern, name)? {
                    is_evaluated = true;
                    if self.apply_subschema(place, schema, value)?.is_none() {
                        return Ok(None);
                    }
                }
            }
            if let Some(schema) = keywords.get("additionalProperties").filter(|_| !is_evaluated) {
                is_evaluated = true;
                if self.apply_subschema(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            if is_evaluated {
                annotations.properties.insert(name.clone());
            }
            if let Some(schema) = keywords.get("propertyNames").filter(|_| draft > Draft::Draft4) {
                // The memo identifies values by their address, and this one is freed at once: a later value may have the
                // same address.
                let memo = std::mem::take(&mut self.memo);
                let outcome = self.apply_subschema(place, schema, &Value::String(name.clone()));
                self.memo = memo;
                if outcome?.is_none() {
                    return Ok(None);
                }
            }
        }
        if let Some(schema) = keywords.get("unevaluatedProperties").filter(|_| draft >= Draft::Draft201909) {
            for (name, value) in members {
                if !annotations.properties.contains(name) && self.apply_subschema(place, schema, value)?.is_none() {
                    return Ok(None);
                }
            }
            annotations.properties.extend(members.keys().cloned());
        }
        Ok(Some(annotations))
    }

    /// Applies the keywords for the items of an array.
    fn apply_to_items(
        &mut self,
        place: Place<'a>,
        draft: Draft,
        keywords: &'a Map<String, Value>,
        items: &[Value],
        mut annotations: Annotations,
    ) -> Outcome {
        // 2020-12 renamed the array form of `items` to `prefixItems`, and `additionalItems` to `items`.
        let is_2020 = draft >= Draft::Draft202012;
        let prefix = keywords.get(if is_2020 { "prefixItems" } else { "items" }).and_then(Value::as_array);
        let rest = match (is_2020, prefix) {
            (false, Some(_)) => keywords.get("additionalItems"),
            (true, _) | (false, None) => keywords.get("items"),
        };
        let prefix: &'a [Value] = prefix.map_or(&[], |schemas| schemas);
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = prefix.get(index).or(rest) else { continue };
            if self.apply_subschema(place, schema, item)?.is_none() {
                return Ok(None);
            }
            annotations.items.insert(index);
        }
        if let Some(schema) = keywords.get("contains").filter(|_| draft > Draft::Draft4) {
            let mut count = 0_u64;
            for (index, item) in items.iter().enumerate() {
                if self.apply_subschema(place, schema, item)?.is_some() {
                    count += 1;
                    // In 2019-09, `unevaluatedItems` does not see the items that `contains` matched.
                    if is_2020 {
                        annotations.items.insert(index);
                    }
                }
            }
            let bound = |keyword| keyword_number(keywords, keyword).filter(|_| draft >= Draft::Draft201909);
            let is_enough = bound("minContains").map_or(count > 0, |min| Decimal::from(count) >= *min);
            if !is_enough || bound("maxContains").is_some_and(|max| Decimal::from(count) > *max) {
                return Ok(None);
            }
        }
        if let Some(schema) = keywords.get("unevaluatedItems").filter(|_| draft >= Draft::Draft201909) {
            for (index, item) in items.iter().enumerate() {
                if !annotations.items.contains(&index) && self.apply_subschema(place, schema, item)?.is_none() {
                    return Ok(None);
                }
            }
            annotations.items.extend(0..items.len());
        }
        Ok(Some(annotations))
    }
}
