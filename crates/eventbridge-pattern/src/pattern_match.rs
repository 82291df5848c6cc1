//! Matching of one pattern.

use crate::compiled::CompiledPattern;
use crate::consistency::{self, Candidates};
use crate::element::{ElementId, NO_ELEMENT};
use crate::event::{EventError, EventInput};
use crate::primitive::Primitive;
use crate::scanner::{self, ValueSink};

impl CompiledPattern {
    pub(crate) fn matches(&self, event: &EventInput<'_>) -> Result<bool, EventError> {
        let mut matches = ConditionMatches::new(self);
        let elements = scanner::scan(event, &self.fields, &mut matches)?;
        if matches.is_decided {
            return Ok(true);
        }
        for alternative in &self.alternatives {
            if !alternative.iter().all(|condition| matches.may_hold(*condition)) {
                continue;
            }
            if alternative.iter().all(|condition| matches.holds_for_any_choice(*condition)) {
                return Ok(true);
            }
            let candidates: Vec<Candidates> = alternative.iter().map(|it| matches.candidates(*it)).collect();
            if consistency::is_consistent(&candidates, &elements)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The values that match each condition.
struct ConditionMatches<'c> {
    compiled: &'c CompiledPattern,
    /// Conditions that a value outside of all elements matches.
    outside: BitSet,
    /// Conditions that any value matches.
    anywhere: BitSet,
    /// Conditions that a value in an element matches, with the element.
    inside: Vec<(u32, ElementId)>,
    /// Fields and positions of all values, if a condition accepts an absent field.
    values: Vec<(u32, ElementId)>,
    /// Number of conditions that no value outside of all elements matches yet. Zero decides the answer if the pattern has
    /// one alternative and no condition accepts an absent field; otherwise it starts out of reach.
    remaining: usize,
    is_decided: bool,
}

impl<'c> ConditionMatches<'c> {
    fn new(compiled: &'c CompiledPattern) -> Self {
        let remaining = match compiled.alternatives.as_slice() {
            [alternative] if !compiled.accepts_absence => alternative.len(),
            _ => usize::MAX,
        };
        let (outside, anywhere) = (BitSet::new(compiled.conditions.len()), BitSet::new(compiled.conditions.len()));
        Self { compiled, outside, anywhere, inside: Vec::new(), values: Vec::new(), remaining, is_decided: false }
    }

    fn values(&self, condition: u32) -> impl Iterator<Item = ElementId> + '_ {
        let field = self.compiled.conditions[condition as usize].field;
        self.values.iter().filter(move |(of, _)| Some(*of) == field).map(|(_, element)| *element)
    }

    fn accepts_absence(&self, condition: u32) -> bool {
        self.compiled.accepts_absence && self.compiled.conditions[condition as usize].condition.accepts_absence()
    }

    /// Returns true if the condition holds for some choice of elements, without regard to the other conditions.
    fn may_hold(&self, condition: u32) -> bool {
        self.anywhere.contains(condition)
            || self.accepts_absence(condition) && self.values(condition).all(|element| element != NO_ELEMENT)
    }

    /// Returns true if the condition holds for every choice of elements.
    fn holds_for_any_choice(&self, condition: u32) -> bool {
        self.outside.contains(condition) || self.accepts_absence(condition) && self.values(condition).next().is_none()
    }

    fn candidates(&self, condition: u32) -> Candidates {
        let inside = self.inside.iter().filter(|(of, _)| *of == condition).map(|(_, element)| *element);
        let matching = self.outside.contains(condition).then_some(NO_ELEMENT).into_iter().chain(inside).collect();
        let if_absent = self.accepts_absence(condition).then(|| self.values(condition).collect());
        Candidates { matching, if_absent }
    }
}

impl<'e> ValueSink<'e> for ConditionMatches<'_> {
    fn push(&mut self, field: u32, value: Primitive<'e>, element: ElementId) -> bool {
        let is_outside = element == NO_ELEMENT;
        if self.compiled.accepts_absence {
            self.values.push((field, element));
        }
        for &condition in &self.compiled.conditions_by_field[field as usize] {
            if is_outside && self.outside.contains(condition)
                || !self.compiled.conditions[condition as usize].condition.matches(&value)
            {
                continue;
            }
            self.anywhere.insert(condition);
            if is_outside {
                self.outside.insert(condition);
                self.remaining -= 1;
            } else {
                self.inside.push((condition, element));
            }
        }
        self.is_decided = self.remaining == 0;
        self.is_decided
    }
}

/// A set of small integers, without allocation up to 64.
enum BitSet {
    Inline(u64),
    Heap(Vec<u64>),
}

impl BitSet {
    fn new(count: usize) -> Self {
        if count <= 64 { Self::Inline(0) } else { Self::Heap(vec![0; count.div_ceil(64)]) }
    }

    fn insert(&mut self, number: u32) {
        match self {
            Self::Inline(bits) => *bits |= 1 << number,
            Self::Heap(words) => words[number as usize / 64] |= 1 << (number % 64),
        }
    }

    fn contains(&self, number: u32) -> bool {
        match self {
            Self::Inline(bits) => bits >> number & 1 == 1,
            Self::Heap(words) => words[number as usize / 64] >> (number % 64) & 1 == 1,
        }
    }
}
