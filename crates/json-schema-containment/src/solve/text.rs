//! A text of a length that is in some languages and not in others.

use std::rc::Rc;

use serde_json::Value;

use super::super::format;
use super::super::formula::{Atom, Polarity, ValueSetId};
use super::super::regex::{Language, MemberQuery};
use super::{Answer, Gap, Solver};

#[derive(Debug, Clone, Default)]
pub(super) struct TextFacts {
    least: u64,
    most: Option<u64>,
    languages: Vec<(Language, Polarity)>,
    opaque: Vec<(Rc<str>, Polarity)>,
}

impl TextFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::MinLength(count) => self.least = self.least.max(*count),
            Atom::MaxLength(count) => self.most = Some(self.most.map_or(*count, |most| most.min(*count))),
            Atom::Language { language, polarity } => self.languages.push((*language, *polarity)),
            Atom::Opaque { predicate, polarity } => {
                if self.opaque.iter().any(|(other, sign)| other == predicate && sign != polarity) {
                    return false;
                }
                self.opaque.push((Rc::clone(predicate), *polarity));
            }
            other => debug_assert!(other.json_type() != super::JsonType::String),
        }
        self.most.is_none_or(|most| self.least <= most)
    }
}

impl Solver<'_, '_> {
    pub(super) fn build_text(&mut self, facts: &TextFacts, excluded: &[ValueSetId]) -> Answer {
        if let Some(found) = self.typical_text(facts, excluded) {
            return found;
        }
        let language = self
            .lowering
            .sources
            .languages
            .intersect_signed(facts.languages.iter().map(|&(language, sign)| (language, sign.is_positive())));
        let automaton = match self.automata.get(&language) {
            Some(known) => Rc::clone(known),
            None => match self.lowering.sources.languages.automaton(language, &mut self.budget) {
                Ok(automaton) => {
                    self.automata.insert(language, Rc::clone(&automaton));
                    automaton
                }
                Err(spent) => return Answer::Unknown(spent.into()),
            },
        };
        let sets: Vec<_> = excluded.iter().map(|&set| Rc::clone(self.lowering.store.value_set(set))).collect();
        let is_excluded = |text: &str| {
            let value = Value::String(text.to_owned());
            sets.iter().any(|set| set.contains(&value))
        };
        let query = MemberQuery {
            min_length: facts.least,
            max_length: facts.most,
            count: if facts.opaque.is_empty() { 1 } else { 32 },
            max_excluded: sets.iter().map(|set| set.values.len()).sum(),
            is_excluded: &is_excluded,
        };
        let found = match automaton.shortest_members(&query, &mut self.budget) {
            Ok(found) => found,
            Err(spent) => return Answer::Unknown(spent.into()),
        };
        let fits = |text: &String| {
            facts.opaque.iter().all(|(name, sign)| format::decide_predicate(name, text) == Some(sign.is_positive()))
        };
        if let Some(text) = found.texts.iter().find(|text| fits(text)) {
            return Answer::Document(Rc::new(Value::String(text.clone())));
        }
        let hopeless = |text: &String| {
            facts.opaque.iter().any(|(name, sign)| format::decide_predicate(name, text) == Some(!sign.is_positive()))
        };
        match facts.opaque.first() {
            _ if found.is_complete && found.texts.iter().all(hopeless) => Answer::Empty,
            Some((name, _)) => Answer::Unknown(Gap::Opaque(Rc::clone(name))),
            None => Answer::Unknown(Gap::Budget),
        }
    }

    /// A text that is known to be, or not to be, of a format.
    fn typical_text(&mut self, facts: &TextFacts, excluded: &[ValueSetId]) -> Option<Answer> {
        let (name, _) = facts.opaque.first()?;
        for text in format::samples(name) {
            let length = text.chars().count() as u64;
            let fits = length >= facts.least
                && facts.most.is_none_or(|most| length <= most)
                && facts
                    .languages
                    .iter()
                    .all(|(language, sign)| sign.apply(self.lowering.sources.languages.matches(*language, text)))
                && facts
                    .opaque
                    .iter()
                    .all(|(name, sign)| format::decide_predicate(name, text) == Some(sign.is_positive()));
            let value = Value::String((*text).to_owned());
            if fits && !excluded.iter().any(|&set| self.lowering.store.value_set(set).contains(&value)) {
                return Some(Answer::Document(Rc::new(value)));
            }
        }
        None
    }
}
