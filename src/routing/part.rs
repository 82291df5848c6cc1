//! Parts of a rule: which conditions together match nothing, and which values of a living rule match nothing.
//!
//! Each question is whether the pattern, reduced to a part, matches an event of the contract. Only a proof that it does not
//! is reported.

use std::collections::BTreeSet;

use serde_json::Value;

use super::event_set::EventSet;
use super::field::{FieldNames, nearest_value};
use super::finding::{RoutingFinding, RoutingFindingKind};
use super::reach::{Reach, Witness, confirm_match};
use crate::fault::Fault;
use crate::pattern::Pattern;
use eventbridge_pattern::part::{ConditionPart, MatcherKind, Part};

/// Maximum number of questions to the prover about the parts of one rule. Parts after it are not reported.
const MAX_QUESTIONS: usize = 2_000;

/// Maximum length of a condition in a message, in characters.
const MAX_CONDITION: usize = 60;

/// Fields whose values the deployment decides: other events on the bus may have what no event of the contract has.
const DEPLOYMENT_FIELDS: [&str; 6] = ["source", "account", "region", "resources", "id", "replay-name"];

/// Members of an envelope. A condition on any other is reported by a lint of the pattern.
const ENVELOPE_FIELDS: [&str; 10] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

/// The smallest set of conditions that match no event together, found by deletion, with the closest event.
pub(super) struct Blame {
    /// The conditions in words, with a correction if one is near.
    pub(super) reason: String,
    /// An event that fails only at these conditions, if there is one, and otherwise one that fails at few.
    pub(super) example: Option<Value>,
}

/// Explains why a pattern matches no event of the sets.
///
/// The set is a minimal unsatisfiable subset: each condition is left out in turn, and stays out if the others still match
/// nothing. It is minimal, and not always the smallest of all.
pub(super) fn blame(pattern: &Pattern, sets: &[&EventSet]) -> Option<Blame> {
    let conditions = pattern.conditions();
    let mut kept: BTreeSet<usize> = (0..conditions.len()).collect();
    let is_dead = |kept: &BTreeSet<usize>| {
        let reduced = pattern.retain_conditions(|index| kept.contains(&index));
        reduced.is_some_and(|reduced| is_dead(&reduced, sets))
    };
    // Conditions that select the type are left out last, so that the blame is on a field of the type.
    let mut order: Vec<usize> = (0..conditions.len()).collect();
    order.sort_by_key(|index| (conditions[*index].is_in_or, !DEPLOYMENT_FIELDS.contains(&conditions[*index].path)));
    order.sort_by_key(|index| is_type_condition(conditions[*index].path));
    for index in order {
        kept.remove(&index);
        if !is_dead(&kept) {
            kept.insert(index);
        }
    }
    let blamed: Vec<&ConditionPart<'_>> = kept.iter().map(|index| &conditions[*index]).collect();
    let [first, others @ ..] = blamed.as_slice() else { return None };
    let mut reason = format!("no event has {}", in_words(first));
    for other in others {
        reason = format!("{reason} and {}", in_words(other));
    }
    if let [condition] = blamed.as_slice() {
        reason.push_str(&correction(condition, sets).unwrap_or_default());
    } else {
        reason.push_str(" together");
    }
    Some(Blame { reason, example: closest_event(pattern, &kept, sets) })
}

fn is_type_condition(path: &str) -> bool {
    ["detail-type", "detail.type"].contains(&path)
}

/// Finds an event that matches all conditions but one of those that are blamed.
fn closest_event(pattern: &Pattern, blamed: &BTreeSet<usize>, sets: &[&EventSet]) -> Option<Value> {
    let without = |index: usize| pattern.retain_conditions(|kept| kept != index);
    let missed = |pattern: &Pattern, event: Value| {
        pattern.explain(&event).is_ok_and(|explanation| !explanation.matches()).then_some(event)
    };
    blamed.iter().find_map(|index| match without(*index) {
        Some(others) => sets.iter().find_map(|set| match set.find_match(&others) {
            Witness::Example(event) => missed(pattern, event),
            Witness::None | Witness::Unknown(_) => None,
        }),
        // Nothing remains: any event fails at this condition alone.
        None => sets.iter().find_map(|set| {
            set.event_schema()
                .samples()
                .first()
                .cloned()
                .and_then(|event| confirm_match(event, set.event_schema(), pattern, false))
        }),
    })
}

/// Returns true if it is proven that a pattern matches no event of any set.
fn is_dead(pattern: &Pattern, sets: &[&EventSet]) -> bool {
    sets.iter().all(|set| matches!(set.find_match(pattern), Witness::None))
}

fn in_words(condition: &ConditionPart<'_>) -> String {
    format!("{} {}", condition.path, shorten(&condition.text))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_CONDITION).and_then(|(at, _)| text.get(..at)) {
        Some(start) => format!("{start}…"),
        None => text.to_owned(),
    }
}

/// Returns advice about a condition that no event satisfies: a similar value, or a similar or equal name elsewhere.
fn correction(condition: &ConditionPart<'_>, sets: &[&EventSet]) -> Option<String> {
    let literals = condition.matchers.iter().filter_map(|matcher| match &matcher.kind {
        MatcherKind::Literal(value) => Some(value),
        MatcherKind::Exists | MatcherKind::Absent | MatcherKind::AnythingBut(_) | MatcherKind::Operator => None,
    });
    field_correction(condition.path, sets).or_else(|| {
        let similar = literals.into_iter().find_map(|value| nearest_value(condition.path, value, sets))?;
        Some(format!("; did you mean {similar}?"))
    })
}

/// Returns advice about a field that no event has.
fn field_correction(path: &str, sets: &[&EventSet]) -> Option<String> {
    let names = FieldNames::new(sets);
    if names.contains(path) {
        return None;
    }
    names.nearest(path).map(|near| format!("; did you mean {near}?"))
}

/// Finds the parts of a rule without effect, and the types that it matches in old versions only.
pub(super) fn find_parts(name: &str, pattern: &Pattern, reaches: &[(&EventSet, Reach)]) -> Vec<RoutingFinding> {
    let sets: Vec<&EventSet> = reaches.iter().map(|(set, _)| *set).collect();
    let living: Vec<&EventSet> = reaches.iter().filter(|(_, reach)| !reach.is_never()).map(|(set, _)| *set).collect();
    let mut findings = only_old_versions(name, pattern, reaches);
    if !living.is_empty() {
        let mut search = PartSearch { name, pattern, sets, living, questions: MAX_QUESTIONS, findings: Vec::new() };
        search.search();
        findings.append(&mut search.findings);
    }
    findings
}

/// Reports each type that the rule matches in an old version and not in the newest one.
fn only_old_versions(name: &str, pattern: &Pattern, reaches: &[(&EventSet, Reach)]) -> Vec<RoutingFinding> {
    let types = reaches.chunk_by(|(one, _), (other, _)| one.event_type() == other.event_type());
    let is_matched = |reach: &Reach| reach.matched().is_some() || reach.is_always();
    types
        .filter_map(|versions| {
            let (newest, reach) = versions.iter().max_by_key(|(set, _)| set.version())?;
            let matched: Vec<&(&EventSet, Reach)> = versions.iter().filter(|(_, reach)| is_matched(reach)).collect();
            if !reach.is_never() || matched.is_empty() {
                return None;
            }
            let names: Vec<String> = matched.iter().map(|(set, _)| set.version().to_string()).collect();
            let mut reason = format!("matches only {}", names.join(", "));
            if let Some(blame) = blame(pattern, &[newest]) {
                reason = format!("{reason}; {}", blame.reason);
            }
            let before = matched.iter().rev().find_map(|(_, reach)| reach.matched());
            let finding = RoutingFinding::new(RoutingFindingKind::OnlyOldVersions, name).in_set(newest);
            Some(finding.with_examples(before, reach.missed()).with_reason(&reason))
        })
        .collect()
}

struct PartSearch<'a> {
    name: &'a str,
    pattern: &'a Pattern,
    /// All sets.
    sets: Vec<&'a EventSet>,
    /// The sets with events that the rule may match.
    living: Vec<&'a EventSet>,
    /// Number of questions that may still be asked.
    questions: usize,
    findings: Vec<RoutingFinding>,
}

impl PartSearch<'_> {
    fn search(&mut self) {
        let pattern = self.pattern;
        for (index, condition) in pattern.conditions().iter().enumerate() {
            let first = condition.path.split('.').next().unwrap_or_default();
            // A replaced condition has no effect at all, which a lint reports.
            if condition.is_replaced || !ENVELOPE_FIELDS.contains(&first) {
                continue;
            }
            if condition.is_in_or && self.is_dead(Part::Condition(index), &self.living.clone()) {
                let reason = self.reason_of_dead_part(index, Part::Condition(index));
                self.push(RoutingFindingKind::DeadPart, condition.path, &condition.text, &reason);
                continue;
            }
            self.search_matchers(index, condition);
        }
    }

    fn search_matchers(&mut self, index: usize, condition: &ConditionPart<'_>) {
        for (number, matcher) in condition.matchers.iter().enumerate() {
            let part = Part::Matcher { condition: index, matcher: number };
            if condition.matchers.len() > 1 && self.is_dead(part, &self.living.clone()) {
                let reason = match &matcher.kind {
                    MatcherKind::Absent => "every event that the rule matches has the field".to_owned(),
                    MatcherKind::Literal(value) => {
                        let similar = nearest_value(condition.path, value, &self.sets);
                        let similar = similar.map(|similar| format!("; did you mean {similar}?"));
                        format!("{}{}", self.reason_of_dead_part(index, part), similar.unwrap_or_default())
                    }
                    MatcherKind::Exists | MatcherKind::AnythingBut(_) | MatcherKind::Operator => {
                        self.reason_of_dead_part(index, part)
                    }
                };
                self.push(RoutingFindingKind::DeadPart, condition.path, &matcher.text, &reason);
                continue;
            }
            match &matcher.kind {
                MatcherKind::Absent if self.is_dead(Part::AnyValue(index), &self.sets.clone()) => {
                    let similar = field_correction(condition.path, &self.sets).unwrap_or_default();
                    let reason = format!("no event has a value here, so this always holds{similar}");
                    self.push(RoutingFindingKind::AbsenceWithoutEffect, condition.path, &matcher.text, &reason);
                }
                MatcherKind::AnythingBut(values) if !DEPLOYMENT_FIELDS.contains(&condition.path) => {
                    for (value_number, value) in values.iter().enumerate() {
                        // The events of this library for faults are on every bus and in no contract.
                        if *value == Fault::TYPE {
                            continue;
                        }
                        let part = Part::Excluded { condition: index, matcher: number, value: value_number };
                        if self.is_dead(part, &self.sets.clone()) {
                            let similar = nearest_value(condition.path, value, &self.sets);
                            let similar = similar.map(|similar| format!("; did you mean {similar}?"));
                            let reason = format!("no event has this value{}", similar.unwrap_or_default());
                            let kind = RoutingFindingKind::ExclusionWithoutEffect;
                            self.push(kind, condition.path, &value.to_string(), &reason);
                        }
                    }
                }
                MatcherKind::Absent
                | MatcherKind::AnythingBut(_)
                | MatcherKind::Literal(_)
                | MatcherKind::Exists
                | MatcherKind::Operator => {}
            }
        }
    }

    /// Returns true if it is proven that no event of the sets matches a part.
    fn is_dead(&mut self, part: Part, sets: &[&EventSet]) -> bool {
        let Some(questions) = self.questions.checked_sub(sets.len()) else { return false };
        self.questions = questions;
        self.pattern.reduce_to(part).is_some_and(|reduced| is_dead(&reduced, sets))
    }

    /// Returns the reason for which a part matches nothing: alone, or together with the other conditions.
    fn reason_of_dead_part(&mut self, condition: usize, part: Part) -> String {
        let Some(reduced) = self.pattern.reduce_to(part) else { return String::new() };
        let is_dead_alone =
            reduced.retain_conditions(|index| index == condition).is_some_and(|alone| is_dead(&alone, &self.sets));
        let reason =
            if is_dead_alone { "no event has this" } else { "no event has this together with the other conditions" };
        reason.to_owned()
    }

    fn push(&mut self, kind: RoutingFindingKind, path: &str, part: &str, reason: &str) {
        let finding = RoutingFinding::new(kind, self.name).at_path(path);
        self.findings.push(RoutingFinding { part: Some(shorten(part)), ..finding }.with_reason(reason));
    }
}
