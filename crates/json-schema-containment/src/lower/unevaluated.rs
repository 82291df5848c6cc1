//! `unevaluatedProperties` and `unevaluatedItems` (2020-12 Core, section 11).
//!
//! They apply to the members and items that no other keyword of the object, and no schema that
//! applies in place, has evaluated. That depends on which of these schemas accept the document. So
//! the lowering first collects the *evaluators*: sets of names or items, each with the formula of
//! the documents for which its schema accepts, its condition. Then it requires for each name or
//! index: some condition of an evaluator holds, or the subschema does.
//!
//! For example:
//!
//! ```text
//! {"anyOf": [{"properties": {"a": true}, "required": ["a"]}, {"properties": {"b": true}}],
//!  "unevaluatedProperties": false}
//! ```
//!
//! | evaluator | condition | requirement |
//! |---|---|---|
//! | `a` | the first branch accepts: `a` is present | `a` is absent, or the condition holds |
//! | `b` | the second branch accepts: always | none |
//! | all other names | never | absent |
//!
//! # Case distinctions
//!
//! Names that are listed are handled one by one. For sets of names (`patternProperties`,
//! `additionalProperties`), the conditions are distinguished in turn: if one holds, its names are
//! evaluated, and the rest of the distinction is about fewer names. That is 2ⁿ cases for *n*
//! conditions. Prefixes of items need no such distinction, as they are ordered by length.
//!
//! # Soundness
//!
//! Conditions are the formulas of the schemas themselves, so that the result is exact. Annotations
//! of a schema that rejects the document do not count, and those under `not` never do (section
//! 7.7.1.2). In an in-place cycle, a condition would depend on the keyword itself; the references of
//! such a cycle have no formula.

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;

use super::super::budget::FixedLimit;
use super::super::document::{Place, PlaceKey};
use super::super::draft::Draft;
use super::super::formula::{Atom, FormulaId, Polarity};
use super::error::LowerError;
use super::keyword::KeywordLowering;
use super::{Lowering, MAX_SCHEMA_NESTING};

/// Members that are evaluated if the condition holds.
#[derive(Debug, Clone)]
struct EvaluatedNames {
    condition: FormulaId,
    /// Names that are listed one by one.
    listed: Vec<String>,
    /// Formula of the names besides these.
    others: FormulaId,
}

/// Items that are evaluated if the condition holds.
#[derive(Debug, Clone, Copy)]
struct EvaluatedItems {
    condition: FormulaId,
    extent: Extent,
}

/// The items that an evaluator evaluates.
#[derive(Debug, Clone, Copy)]
enum Extent {
    All,
    /// As many items as this from the start.
    Prefix(u64),
    /// The items that satisfy a formula, which `contains` evaluates.
    Satisfying(FormulaId),
}

/// The evaluators that have been collected, and the schemas that were visited, each with its
/// condition.
struct Collected<T> {
    evaluated: Vec<T>,
    visited: HashSet<(PlaceKey, FormulaId)>,
}

/// Maximum number of schemas, with their conditions, that apply in place to one document.
const MAX_VISITED: usize = 2_000;
/// Maximum number of conditions of evaluators that are combined with each other: there are 2ⁿ cases.
const MAX_CONDITIONS: usize = 8;

impl<T> Collected<T> {
    fn new() -> Self {
        Self { evaluated: Vec::new(), visited: HashSet::new() }
    }

    /// Returns true for the first visit of a schema under a condition.
    fn visit(&mut self, place: Place<'_>, condition: FormulaId) -> Result<bool, LowerError> {
        let is_first = self.visited.insert((place.key(), condition));
        if self.visited.len() > MAX_VISITED {
            Err(LowerError::Limit(FixedLimit {
                max: MAX_VISITED as u64,
                constructs: "schemas below `unevaluatedProperties` or `unevaluatedItems`",
            }))
        } else {
            Ok(is_first)
        }
    }
}

/// Position of a schema relative to the unevaluated keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// The object that has the keyword, which does not count as its own evaluator.
    Own,
    /// A schema that applies in place.
    InPlace,
}

impl KeywordLowering<'_, '_> {
    pub(super) fn lower_unevaluated(&mut self) -> Result<(), LowerError> {
        if self.draft < Draft::Draft201909 {
            return Ok(());
        }
        if let Some(value) = self.unevaluated_formula("unevaluatedProperties")? {
            let mut collected = Collected::new();
            self.lowering.collect_names(self.place, FormulaId::TRUE, Position::Own, &mut collected)?;
            let formula = self.lowering.unevaluated_members(&collected.evaluated, value)?;
            self.add("unevaluatedProperties", formula);
        }
        if let Some(item) = self.unevaluated_formula("unevaluatedItems")? {
            let mut collected = Collected::new();
            self.lowering.collect_items(self.place, FormulaId::TRUE, Position::Own, &mut collected)?;
            let formula = self.lowering.unevaluated_items(&collected.evaluated, item)?;
            self.add("unevaluatedItems", formula);
        }
        Ok(())
    }

    /// Returns the formula for values that are not evaluated; `None` if it accepts everything, or
    /// there is no such keyword.
    fn unevaluated_formula(&mut self, keyword: &'static str) -> Result<Option<FormulaId>, LowerError> {
        let Some(schema) = self.members.get(keyword) else { return Ok(None) };
        let formula = self.lower(schema)?;
        Ok((formula != FormulaId::TRUE).then_some(formula))
    }
}

impl<'a> Lowering<'a> {
    /// Returns the schemas that apply in place beside the keywords of this one, each with the
    /// condition under which its annotations count: it accepts the document.
    fn in_place_schemas(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
    ) -> Result<Vec<(FormulaId, Place<'a>)>, LowerError> {
        let Value::Object(members) = place.schema else { return Ok(Vec::new()) };
        // Under `allOf` and behind a reference, a document that the outer schema accepts is accepted anyway.
        let mut found: Vec<(FormulaId, Place<'a>)> =
            self.sources.references(place)?.into_iter().map(|(_, target)| (condition, target)).collect();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(schemas)) = members.get(keyword) else { continue };
            for schema in schemas {
                let branch = self.sources.child(place, schema);
                let accepted = if keyword == "allOf" { FormulaId::TRUE } else { self.lower(branch)? };
                found.push((self.store.and([condition, accepted]), branch));
            }
        }
        if let Some(schema) = members.get("if") {
            let branch = self.sources.child(place, schema);
            let accepted = self.lower(branch)?;
            let not = self.store.not(accepted);
            found.push((self.store.and([condition, accepted]), branch));
            for (keyword, applies) in [("then", accepted), ("else", not)] {
                if let Some(schema) = members.get(keyword) {
                    found.push((self.store.and([condition, applies]), self.sources.child(place, schema)));
                }
            }
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            let applies = keyword != "dependencies" || self.sources.dependencies.are_applied();
            let Some(Value::Object(map)) = members.get(keyword).filter(|_| applies) else { continue };
            for (name, schema) in map.iter().filter(|(_, schema)| !schema.is_array()) {
                let object = self.store.is_object();
                let present = self.store.atom(Atom::Member(name.as_str().into(), FormulaId::TRUE));
                found.push((self.store.and([condition, object, present]), self.sources.child(place, schema)));
            }
        }
        Ok(found)
    }

    /// Visits the schemas that apply in place, one level of nesting deeper.
    fn visit_in_place(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
        mut visit: impl FnMut(&mut Self, Place<'a>, FormulaId) -> Result<(), LowerError>,
    ) -> Result<(), LowerError> {
        self.nesting += 1;
        if self.nesting > MAX_SCHEMA_NESTING {
            return Err(LowerError::Depth);
        }
        for (condition, branch) in self.in_place_schemas(place, condition)? {
            visit(self, branch, condition)?;
        }
        self.nesting -= 1;
        Ok(())
    }

    /// Collects the evaluators of members: those of the schema, and those of every schema that
    /// applies in place.
    ///
    /// A schema that evaluates all members ends the descent, for nothing can be added to it.
    fn collect_names(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
        position: Position,
        collected: &mut Collected<EvaluatedNames>,
    ) -> Result<(), LowerError> {
        let Value::Object(members) = place.schema else { return Ok(()) };
        if !collected.visit(place, condition)? {
            return Ok(());
        }
        let evaluates_all = members.contains_key("additionalProperties")
            || (position == Position::InPlace && members.contains_key("unevaluatedProperties"));
        if evaluates_all {
            collected.evaluated.push(EvaluatedNames { condition, listed: Vec::new(), others: FormulaId::TRUE });
            return Ok(());
        }
        if let Some(Value::Object(map)) = members.get("properties") {
            let listed = map.keys().cloned().collect();
            collected.evaluated.push(EvaluatedNames { condition, listed, others: FormulaId::FALSE });
        }
        if let Some(Value::Object(map)) = members.get("patternProperties") {
            for pattern in map.keys() {
                let Ok(language) = self.sources.languages.compile(pattern) else {
                    return Err(LowerError::Unsupported("patternProperties"));
                };
                let others = self.store.atom(Atom::Language { language, polarity: Polarity::Positive });
                collected.evaluated.push(EvaluatedNames { condition, listed: Vec::new(), others });
            }
        }
        self.visit_in_place(place, condition, |this, branch, condition| {
            this.collect_names(branch, condition, Position::InPlace, collected)
        })
    }

    /// Returns the formula of `unevaluatedProperties`: name by name for those that are listed somewhere, and by cases of
    /// the conditions for all others.
    fn unevaluated_members(&mut self, evaluated: &[EvaluatedNames], value: FormulaId) -> Result<FormulaId, LowerError> {
        let mut listed: Vec<&String> = evaluated.iter().flat_map(|names| &names.listed).collect();
        listed.sort();
        listed.dedup();
        let mut clauses = Vec::new();
        for name in &listed {
            let mut alternatives = vec![self.store.atom(Atom::IfMember(name.as_str().into(), value))];
            for names in evaluated {
                let text = Value::String((*name).clone());
                if names.listed.contains(name) || self.evaluate(names.others, &text) == Some(true) {
                    alternatives.push(names.condition);
                }
            }
            clauses.push(self.store.or(alternatives));
        }
        let unlisted = self.store.none_of_values(listed.into_iter().cloned().map(Value::String));
        let mut cases: Vec<(FormulaId, FormulaId)> = Vec::new();
        for names in evaluated.iter().filter(|names| names.others != FormulaId::FALSE) {
            match cases.iter_mut().find(|(condition, _)| *condition == names.condition) {
                Some((_, others)) => *others = self.store.or([*others, names.others]),
                None => cases.push((names.condition, names.others)),
            }
        }
        let rest = self.split_names(&cases, unlisted, value)?;
        clauses.push(rest);
        Ok(self.store.and(clauses))
    }

    /// Distinguishes the cases of each condition in turn: where it holds, fewer names are unevaluated.
    fn split_names(
        &mut self,
        cases: &[(FormulaId, FormulaId)],
        names: FormulaId,
        value: FormulaId,
    ) -> Result<FormulaId, LowerError> {
        if cases.len() > MAX_CONDITIONS {
            return Err(LowerError::Unsupported("unevaluatedProperties"));
        }
        let Some((&(condition, others), rest)) = cases.split_first() else {
            return Ok(self.store.atom(Atom::EveryMember { names, value }));
        };
        let not_others = self.store.not(others);
        let fewer = self.store.and([names, not_others]);
        let if_true = if fewer == FormulaId::FALSE { FormulaId::TRUE } else { self.split_names(rest, fewer, value)? };
        let if_false = self.split_names(rest, names, value)?;
        Ok(self.by_cases(condition, if_true, if_false))
    }

    /// Returns the formula that is one of two, by a condition.
    fn by_cases(&mut self, condition: FormulaId, if_true: FormulaId, if_false: FormulaId) -> FormulaId {
        let not = self.store.not(condition);
        let (if_true, if_false) = (self.store.or([not, if_true]), self.store.or([condition, if_false]));
        self.store.and([if_true, if_false])
    }

    /// Collects the evaluators of items, in the same way. The keyword that holds the prefix depends
    /// on the draft.
    fn collect_items(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
        position: Position,
        collected: &mut Collected<EvaluatedItems>,
    ) -> Result<(), LowerError> {
        let Value::Object(members) = place.schema else { return Ok(()) };
        if !collected.visit(place, condition)? {
            return Ok(());
        }
        let mut add = |extent| collected.evaluated.push(EvaluatedItems { condition, extent });
        let is_202012 = self.sources.draft(place) >= Draft::Draft202012;
        let prefix = if is_202012 { members.get("prefixItems") } else { members.get("items") };
        let prefix = prefix.and_then(Value::as_array).map(Vec::len);
        let evaluates_all = match members.get("items") {
            Some(Value::Array(_)) => !is_202012 && members.contains_key("additionalItems"),
            Some(_) => true,
            None => false,
        } || (position == Position::InPlace && members.contains_key("unevaluatedItems"));
        if evaluates_all {
            add(Extent::All);
            return Ok(());
        }
        if let Some(count) = prefix {
            add(Extent::Prefix(count as u64));
        }
        // By 2019-09, `contains` evaluates no items, but `jsonschema` reads it otherwise in some
        // schemas: no witness that depends on it could be confirmed.
        if !is_202012 && members.contains_key("contains") {
            return Err(LowerError::Unsupported("unevaluatedItems"));
        }
        if let Some(schema) = members.get("contains").filter(|_| is_202012) {
            let schema = self.sources.child(place, schema);
            let formula = self.lower(schema)?;
            // Without an item that satisfies it, `contains` has evaluated nothing.
            add(if formula == FormulaId::FALSE { Extent::Prefix(0) } else { Extent::Satisfying(formula) });
        }
        self.visit_in_place(place, condition, |this, branch, condition| {
            this.collect_items(branch, condition, Position::InPlace, collected)
        })
    }

    /// Returns the formula of `unevaluatedItems`: by cases of the conditions of `contains`, then by
    /// index.
    fn unevaluated_items(&mut self, evaluated: &[EvaluatedItems], item: FormulaId) -> Result<FormulaId, LowerError> {
        let mut cases = Vec::new();
        for items in evaluated {
            match items.extent {
                Extent::Satisfying(formula) => cases.push((items.condition, formula)),
                Extent::All | Extent::Prefix(_) => {}
            }
        }
        self.split_items(&cases, evaluated, item)
    }

    /// Distinguishes the cases of each condition of `contains`: where it holds, items that satisfy its formula are allowed.
    fn split_items(
        &mut self,
        cases: &[(FormulaId, FormulaId)],
        evaluated: &[EvaluatedItems],
        item: FormulaId,
    ) -> Result<FormulaId, LowerError> {
        if cases.len() > MAX_CONDITIONS {
            return Err(LowerError::Unsupported("unevaluatedItems"));
        }
        let Some((&(condition, satisfying), rest)) = cases.split_first() else {
            return Ok(self.items_by_index(evaluated, item));
        };
        let allowed = self.store.or([item, satisfying]);
        let if_true = self.split_items(rest, evaluated, allowed)?;
        if condition == FormulaId::TRUE {
            return Ok(if_true);
        }
        let if_false = self.split_items(rest, evaluated, item)?;
        Ok(self.by_cases(condition, if_true, if_false))
    }

    /// Returns the formula of the items by their index: for those of a prefix, a longer prefix may be evaluated.
    fn items_by_index(&mut self, evaluated: &[EvaluatedItems], item: FormulaId) -> FormulaId {
        let (mut all, mut prefixes) = (Vec::new(), Vec::new());
        for items in evaluated {
            match items.extent {
                Extent::All => all.push(items.condition),
                Extent::Prefix(count) => prefixes.push((count, items.condition)),
                Extent::Satisfying(_) => {}
            }
        }
        let longest = prefixes.iter().map(|(count, _)| *count).max().unwrap_or(0);
        let mut clauses = vec![self.store.atom(Atom::EveryItem(longest, item))];
        for index in 0..longest {
            let mut alternatives = vec![self.store.atom(Atom::IfItem(index, item))];
            alternatives.extend(prefixes.iter().filter(|(count, _)| *count > index).map(|(_, condition)| *condition));
            clauses.push(self.store.or(alternatives));
        }
        let clauses = self.store.and(clauses);
        self.store.or(all.into_iter().chain([clauses]))
    }
}
