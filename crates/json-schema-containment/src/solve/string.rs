//! Strings: a range of lengths, languages that contain the string or do not, and opaque predicates.
//!
//! Patterns are regular languages, closed under intersection and complement, so that all of them
//! together are one language and its automaton decides if it has a member of an allowed length
//! (`regex/automaton.rs`). Lengths are not part of the automaton: the enumeration of members goes
//! by length anyway, and `maxLength: 1000000` would cost a million states.
//!
//! Formats and irregular patterns have no decision procedure: they are *opaque*. The solver knows
//! only that a predicate and its negation exclude each other, and the value of the predicate on single
//! strings (`format.rs`). They are tested on candidates: a sample of the format, or members of the
//! language.
//!
//! # Soundness
//!
//! Without opaque predicates, *unsatisfiable* means that the automaton has no member within the
//! lengths that is not excluded; the enumeration says itself if it is complete. With opaque
//! predicates, it means that the enumeration is complete and each member is known to violate a
//! predicate. In all other cases the result is unknown, with the name of the predicate as the
//! reason.
//!
//! # Bounds
//!
//! The automaton and the enumeration spend steps, and the automaton has a maximum of states.
//! Automata are kept for the whole question, because the same combination of patterns recurs in
//! many goals.

use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::format;
use super::super::formula::{Atom, JsonType, Polarity, ValueSetId};
use super::super::regex::{EXCLUDED_TEXTS, Language, MemberQuery};
use super::contradiction::Contradiction;
use super::{Decision, Solver, UnknownReason};

/// The constraints on a string.
///
/// Invariant: `min_length` is at most `max_length`, and no predicate occurs in both polarities, or
/// `assume` has returned a contradiction.
#[derive(Debug, Clone, Default)]
pub(super) struct StringFacts {
    min_length: u64,
    max_length: Option<u64>,
    languages: Vec<(Language, Polarity)>,
    opaque: Vec<(Rc<str>, Polarity)>,
}

/// Members of the language on which opaque predicates are tested. Only formats that `format.rs`
/// decides can be tested at all, and their samples are tried first; the members are for the
/// negation, which nearly every string satisfies.
const OPAQUE_CANDIDATES: usize = 32;

impl StringFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> Result<(), Contradiction> {
        match atom {
            Atom::MinLength(count) => self.min_length = self.min_length.max(*count),
            Atom::MaxLength(count) => {
                self.max_length = Some(self.max_length.map_or(*count, |max| max.min(*count)));
            }
            Atom::Language { language, polarity } => self.languages.push((*language, *polarity)),
            Atom::Opaque { predicate, polarity } => {
                if self.opaque.iter().any(|(other, sign)| other == predicate && sign != polarity) {
                    return Err(Contradiction);
                }
                self.opaque.push((Rc::clone(predicate), *polarity));
            }
            other => debug_assert!(other.json_type() != JsonType::String),
        }
        if self.max_length.is_some_and(|max| max < self.min_length) { Err(Contradiction) } else { Ok(()) }
    }

    /// Evaluates the opaque predicates on a string; `None` if one of them is not known, and none is
    /// violated.
    fn satisfies_opaque(&self, text: &str) -> Option<bool> {
        let mut is_known = true;
        for (predicate, polarity) in &self.opaque {
            match format::decide_predicate(predicate, text).map(|truth| polarity.apply(truth)) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    }
}

impl Solver<'_, '_> {
    /// Finds a string that satisfies the facts and is not excluded.
    pub(super) fn build_string(&mut self, facts: &StringFacts, excluded: &[ValueSetId]) -> Decision {
        if let Some(sample) = self.find_sample(facts, excluded) {
            return Decision::Satisfiable(sample);
        }
        let parts = facts.languages.iter().map(|&(language, sign)| (language, sign.is_positive()));
        let language = self.lowering.sources.languages.intersect_signed(parts);
        let automaton = match self.automata.get(&language) {
            Some(known) => Rc::clone(known),
            None => match self.lowering.sources.languages.automaton(language, &mut self.budget) {
                Ok(automaton) => {
                    self.automata.insert(language, Rc::clone(&automaton));
                    automaton
                }
                Err(error) => return error.into(),
            },
        };
        let sets: Vec<_> = excluded.iter().map(|&set| Rc::clone(self.lowering.store.value_set(set))).collect();
        let is_excluded = |text: &str| {
            let value = Value::String(text.to_owned());
            sets.iter().any(|set| set.contains(&value))
        };
        let query = MemberQuery {
            min_length: facts.min_length,
            max_length: facts.max_length,
            count: if facts.opaque.is_empty() { 1 } else { OPAQUE_CANDIDATES },
            max_excluded: sets.iter().map(|set| set.values.len()).sum(),
            is_excluded: &is_excluded,
        };
        let members = match automaton.shortest_members(&query, &mut self.budget) {
            Ok(members) => members,
            Err(error) => return error.into(),
        };
        if let Some(text) = members.texts.iter().find(|text| facts.satisfies_opaque(text) == Some(true)) {
            return Decision::Satisfiable(Rc::new(Value::String(text.clone())));
        }
        let are_all_rejected = members.texts.iter().all(|text| facts.satisfies_opaque(text) == Some(false));
        match facts.opaque.first() {
            _ if members.is_complete && are_all_rejected => Decision::Unsatisfiable,
            Some((predicate, _)) => Decision::Unknown(UnknownReason::Opaque(Rc::clone(predicate))),
            None => Decision::Unknown(UnknownReason::Limit(EXCLUDED_TEXTS)),
        }
    }

    /// Returns a known member or non-member of a format that satisfies all other facts as well.
    ///
    /// This is tried first: the members of the language in the order of their length begin with the
    /// empty string and hardly contain a date.
    fn find_sample(&mut self, facts: &StringFacts, excluded: &[ValueSetId]) -> Option<Rc<Value>> {
        let (predicate, _) = facts.opaque.first()?;
        for text in format::samples(predicate) {
            let length = text.chars().count() as u64;
            let is_solution = length >= facts.min_length
                && facts.max_length.is_none_or(|max| length <= max)
                && facts.languages.iter().all(|(language, sign)| {
                    self.lowering.sources.languages.matches(*language, text).is_ok_and(|is| sign.apply(is))
                })
                && facts.satisfies_opaque(text) == Some(true);
            let value = Value::String((*text).to_owned());
            if is_solution && !self.is_excluded(excluded, &value) {
                return Some(Rc::new(value));
            }
        }
        None
    }
}
