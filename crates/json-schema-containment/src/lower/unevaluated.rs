//! `unevaluatedProperties` and `unevaluatedItems`: what they speak of depends on which schemas beside them hold.

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use super::super::document::{Place, PlaceKey};
use super::super::draft::Draft;
use super::super::formula::{Atom, FormulaId, Polarity};
use super::{LowerError, Lowering, Sink};

/// Members that count as evaluated where the condition holds.
#[derive(Debug, Clone)]
struct Names {
    condition: FormulaId,
    /// Names that are listed, or else a formula of the names.
    listed: Vec<String>,
    others: FormulaId,
}

/// Items that count as evaluated where the condition holds.
#[derive(Debug, Clone, Copy)]
struct Items {
    condition: FormulaId,
    /// How many of the first ones; `None` is all.
    first: Option<u64>,
    /// Those that are so, wherever they stand.
    matching: FormulaId,
}

/// What was found, and where it was looked for on which condition.
struct Found<T> {
    list: Vec<T>,
    seen: HashSet<(PlaceKey, FormulaId)>,
}

/// With more schemas beside one another than this, each on its condition, nothing is said.
const MOST_SEEN: usize = 2_000;
/// With more conditions than this, of such a kind that each combination has to be looked at, nothing is said.
const MOST_CONDITIONS: usize = 8;

impl<T> Found<T> {
    /// Whether a schema is met for the first time on a condition.
    fn is_first(&mut self, here: (PlaceKey, FormulaId)) -> Result<bool, LowerError> {
        let is_first = self.seen.insert(here);
        if self.seen.len() > MOST_SEEN { Err(LowerError::Depth) } else { Ok(is_first) }
    }
}

impl Sink<'_, '_> {
    pub(super) fn unevaluated(&mut self) -> Result<(), LowerError> {
        if self.draft < Draft::Draft201909 {
            return Ok(());
        }
        if let Some(value) = self.unevaluated_schema("unevaluatedProperties")? {
            let mut found = Found { list: Vec::new(), seen: HashSet::new() };
            self.lowering.names(self.place, FormulaId::TRUE, &mut found, true)?;
            let formula = self.lowering.unevaluated_members(&found.list, value)?;
            self.part("unevaluatedProperties", formula);
        }
        if let Some(item) = self.unevaluated_schema("unevaluatedItems")? {
            let mut found = Found { list: Vec::new(), seen: HashSet::new() };
            self.lowering.items(self.place, FormulaId::TRUE, &mut found, true)?;
            let formula = self.lowering.unevaluated_items(found.list, item)?;
            self.part("unevaluatedItems", formula);
        }
        Ok(())
    }

    /// Returns the formula for what is not evaluated; `None` where it accepts everything, or there is no such keyword.
    ///
    /// What a schema in a cycle of references evaluates depends on itself, so that one that rejects something is refused.
    fn unevaluated_schema(&mut self, keyword: &'static str) -> Result<Option<FormulaId>, LowerError> {
        let Some(schema) = self.members.get(keyword) else { return Ok(None) };
        // The schema applies to members or items: a step into the document leaves the cycle.
        let looping = std::mem::take(&mut self.lowering.looping);
        let lowered = self.lower(schema);
        self.lowering.looping = looping;
        match lowered? {
            FormulaId::TRUE => Ok(None),
            _ if !self.lowering.looping.is_empty() => Err(LowerError::Unsupported(keyword)),
            formula => Ok(Some(formula)),
        }
    }
}

impl<'a> Lowering<'a> {
    /// The schemas beside the keywords of this one that speak of the same document, each with its condition.
    fn beside(&mut self, place: Place<'a>, condition: FormulaId) -> Result<Vec<(FormulaId, Place<'a>)>, LowerError> {
        let Value::Object(members) = place.schema else { return Ok(Vec::new()) };
        let mut found: Vec<(FormulaId, Place<'a>)> =
            self.sources.references(place)?.into_iter().map(|(_, target)| (condition, target)).collect();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(schemas)) = members.get(keyword) else { continue };
            for schema in schemas {
                let branch = self.sources.below(place, schema);
                let holds = if keyword == "allOf" { FormulaId::TRUE } else { self.lower(branch)? };
                found.push((self.store.and([condition, holds]), branch));
            }
        }
        if let Some(schema) = members.get("if") {
            let branch = self.sources.below(place, schema);
            let holds = self.lower(branch)?;
            let not = self.store.not(holds);
            found.push((self.store.and([condition, holds]), branch));
            for (keyword, holds) in [("then", holds), ("else", not)] {
                if let Some(schema) = members.get(keyword) {
                    found.push((self.store.and([condition, holds]), self.sources.below(place, schema)));
                }
            }
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            let Some(Value::Object(map)) = members.get(keyword) else { continue };
            for (name, schema) in map.iter().filter(|(_, schema)| !schema.is_array()) {
                let object = self.store.is_object();
                let there = self.store.atom(Atom::Member(name.as_str().into(), FormulaId::TRUE));
                found.push((self.store.and([condition, object, there]), self.sources.below(place, schema)));
            }
        }
        Ok(found)
    }

    fn names(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
        found: &mut Found<Names>,
        is_top: bool,
    ) -> Result<(), LowerError> {
        let Value::Object(members) = place.schema else { return Ok(()) };
        if !found.is_first((place.key(), condition))? {
            return Ok(());
        }
        let all =
            members.contains_key("additionalProperties") || (!is_top && members.contains_key("unevaluatedProperties"));
        if all {
            found.list.push(Names { condition, listed: Vec::new(), others: FormulaId::TRUE });
            return Ok(());
        }
        if let Some(Value::Object(map)) = members.get("properties") {
            found.list.push(Names { condition, listed: map.keys().cloned().collect(), others: FormulaId::FALSE });
        }
        if let Some(Value::Object(map)) = members.get("patternProperties") {
            for pattern in map.keys() {
                let Ok(language) = self.sources.languages.compile(pattern) else {
                    return Err(LowerError::Unsupported("patternProperties"));
                };
                let others = self.store.atom(Atom::Language { language, polarity: Polarity::Positive });
                found.list.push(Names { condition, listed: Vec::new(), others });
            }
        }
        self.depth += 1;
        if self.depth > super::DEPTH {
            return Err(LowerError::Depth);
        }
        for (condition, branch) in self.beside(place, condition)? {
            self.names(branch, condition, found, false)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn unevaluated_members(&mut self, found: &[Names], value: FormulaId) -> Result<FormulaId, LowerError> {
        // Name by name for those that are listed; the rest, by each combination of the conditions that speak of it.
        let mut listed: Vec<&String> = found.iter().flat_map(|names| &names.listed).collect();
        listed.sort();
        listed.dedup();
        let mut all = Vec::new();
        for name in &listed {
            let mut ways = vec![self.store.atom(Atom::IfMember(name.as_str().into(), value))];
            for names in found {
                let text = Value::String((*name).clone());
                if names.listed.contains(name) || self.evaluate(names.others, &text) == Some(true) {
                    ways.push(names.condition);
                }
            }
            all.push(self.store.or(ways));
        }
        let elsewhere = self.store.none_of_values(listed.into_iter().cloned().map(Value::String));
        let mut conditions: Vec<(FormulaId, FormulaId)> = Vec::new();
        for names in found.iter().filter(|names| names.others != FormulaId::FALSE) {
            match conditions.iter_mut().find(|(condition, _)| *condition == names.condition) {
                Some((_, others)) => *others = self.store.or([*others, names.others]),
                None => conditions.push((names.condition, names.others)),
            }
        }
        let rest = self.rest_of_members(&conditions, elsewhere, value)?;
        all.push(rest);
        Ok(self.store.and(all))
    }

    fn rest_of_members(
        &mut self,
        conditions: &[(FormulaId, FormulaId)],
        names: FormulaId,
        value: FormulaId,
    ) -> Result<FormulaId, LowerError> {
        if conditions.len() > MOST_CONDITIONS {
            return Err(LowerError::Unsupported("unevaluatedProperties"));
        }
        let Some((&(condition, others), rest)) = conditions.split_first() else {
            return Ok(self.store.atom(Atom::EveryMember { names, value }));
        };
        let not_others = self.store.not(others);
        let fewer = self.store.and([names, not_others]);
        let with = if fewer == FormulaId::FALSE { FormulaId::TRUE } else { self.rest_of_members(rest, fewer, value)? };
        let without = self.rest_of_members(rest, names, value)?;
        let not = self.store.not(condition);
        let (with, without) = (self.store.or([not, with]), self.store.or([condition, without]));
        Ok(self.store.and([with, without]))
    }

    fn items(
        &mut self,
        place: Place<'a>,
        condition: FormulaId,
        found: &mut Found<Items>,
        is_top: bool,
    ) -> Result<(), LowerError> {
        let Value::Object(members) = place.schema else { return Ok(()) };
        if !found.is_first((place.key(), condition))? {
            return Ok(());
        }
        let new = self.sources.draft(place) >= Draft::Draft202012;
        let prefix = if new { members.get("prefixItems") } else { members.get("items") };
        let prefix = prefix.and_then(Value::as_array).map(Vec::len);
        let all = match members.get("items") {
            Some(Value::Array(_)) => !new && members.contains_key("additionalItems"),
            Some(_) => true,
            None => false,
        } || (!is_top && members.contains_key("unevaluatedItems"));
        if all {
            found.list.push(Items { condition, first: None, matching: FormulaId::FALSE });
            return Ok(());
        }
        if let Some(count) = prefix {
            found.list.push(Items { condition, first: Some(count as u64), matching: FormulaId::FALSE });
        }
        // In 2019-09, what `contains` has seen is not evaluated; one of the validators takes it for that at times.
        if !new && members.contains_key("contains") {
            return Err(LowerError::Unsupported("unevaluatedItems"));
        }
        if let Some(schema) = members.get("contains").filter(|_| new) {
            let matching = self.sources.below(place, schema);
            let matching = self.lower(matching)?;
            found.list.push(Items { condition, first: Some(0), matching });
        }
        self.depth += 1;
        if self.depth > super::DEPTH {
            return Err(LowerError::Depth);
        }
        for (condition, branch) in self.beside(place, condition)? {
            self.items(branch, condition, found, false)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn unevaluated_items(&mut self, found: Vec<Items>, item: FormulaId) -> Result<FormulaId, LowerError> {
        let (matching, placed): (Vec<Items>, Vec<Items>) =
            found.into_iter().partition(|items| items.matching != FormulaId::FALSE);
        self.with_matching(&matching, &placed, item)
    }

    /// An item that matches is as good as one that is allowed, where the condition holds.
    fn with_matching(
        &mut self,
        matching: &[Items],
        placed: &[Items],
        item: FormulaId,
    ) -> Result<FormulaId, LowerError> {
        if matching.len() > MOST_CONDITIONS {
            return Err(LowerError::Unsupported("unevaluatedItems"));
        }
        let Some((first, rest)) = matching.split_first() else { return Ok(self.rest_of_items(placed, item)) };
        let allowed = self.store.or([item, first.matching]);
        let with = self.with_matching(rest, placed, allowed)?;
        if first.condition == FormulaId::TRUE {
            return Ok(with);
        }
        let without = self.with_matching(rest, placed, item)?;
        let not = self.store.not(first.condition);
        let (with, without) = (self.store.or([not, with]), self.store.or([first.condition, without]));
        Ok(self.store.and([with, without]))
    }

    fn rest_of_items(&mut self, placed: &[Items], item: FormulaId) -> FormulaId {
        let everything = placed.iter().filter(|items| items.first.is_none()).map(|items| items.condition);
        let everything: Vec<FormulaId> = everything.collect();
        let most = placed.iter().filter_map(|items| items.first).max().unwrap_or(0);
        let mut all = vec![self.store.atom(Atom::EveryItem(most, item))];
        for index in 0..most {
            let mut ways = vec![self.store.atom(Atom::IfItem(index, item))];
            ways.extend(placed.iter().filter(|i| i.first.is_some_and(|first| first > index)).map(|i| i.condition));
            all.push(self.store.or(ways));
        }
        let all = self.store.and(all);
        self.store.or(everything.into_iter().chain([all]))
    }
}
