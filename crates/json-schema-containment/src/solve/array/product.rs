//! Arrays with counted items, by a product construction.
//!
//! The counters form a finite automaton that reads one assignment per item: a minimum saturates at
//! its count, a maximum fails beyond it. The search explores its product with the indices breadth
//! first, one layer for each index, and keeps one array for each state. Two arrays in the same
//! state have the same continuations, so that one of them suffices: equality of states is a right
//! congruence. The number of states is the product of the counts plus one each, not the number of
//! arrays.
//!
//! For example, `contains` twice with different formulas and `minContains: 2` each has 3 · 3 states
//! at each index, however long the array.
//!
//! # Soundness
//!
//! A layer is the set of all states that arrays of its length can reach. If no layer up to the
//! sufficient length has an accepting state (all minima reached, length at least `min`), no array
//! does. An assignment whose goal is unknown is left out of the layer, and noted: then the result
//! is unknown instead of unsatisfiable.
//!
//! # Bounds
//!
//! Each pair of state and assignment costs a step, and more for a long prefix that has to be
//! copied. The number of layers is bounded by the sufficient length and by [`MAX_BUILT_ITEMS`].

use std::collections::BTreeMap;
use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::super::budget::FixedLimit;
use super::super::super::number::values_equal;
use super::super::decision::Alternatives;
use super::super::{Decision, Solver, UnknownReason};
use super::{ArrayFacts, Assignment, MAX_BUILT_ITEMS};

/// Two indices whose items are equal, the first one smaller. See [`repeated`](super::repeated).
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    pub(super) first: u64,
    pub(super) second: u64,
}

/// State of the product at an index: the counters, and between two tied items the assignment of the
/// first.
///
/// Tied items get the same assignment and so the same goal, for which the memo holds one document.
/// The assignment of the first has to be part of the state until the second is built: prefixes that
/// differ in it have different continuations.
type State = (Vec<u64>, Assignment);

/// An array up to an index that leads to a state. Items are shared between prefixes, because the
/// memo of goals shares them.
#[derive(Debug, Clone)]
struct Prefix {
    counts: Vec<u64>,
    items: Vec<Rc<Value>>,
    assignments: Vec<Assignment>,
}

/// Items of a prefix that cost one step of the budget to copy.
const ITEMS_PER_STEP: usize = 16;

impl ArrayFacts {
    /// Returns the state of the counters before the first item.
    pub(super) fn initial_counts(&self) -> Vec<u64> {
        vec![0; self.counters().count()]
    }

    /// Returns every assignment of an item to the counters.
    pub(super) fn assignments(&self) -> std::ops::Range<Assignment> {
        0..1 << self.counters().count()
    }

    /// Counts one more item; `None` if it exceeds a maximum.
    ///
    /// A counter does not see items before its start index. Minima saturate, which is what makes
    /// the automaton finite.
    pub(super) fn count(&self, counts: &[u64], index: u64, assignment: Assignment) -> Option<Vec<u64>> {
        let mut counts = counts.to_vec();
        for (bit, counter) in self.counters().enumerate() {
            if index < counter.from {
                continue;
            }
            let is_set = assignment >> bit & 1 == 1;
            if bit < self.min_contains.len() {
                counts[bit] = counter.count.min(counts[bit] + u64::from(is_set));
            } else if !is_set {
                counts[bit] += 1;
                if counts[bit] > counter.count {
                    return None;
                }
            }
        }
        Some(counts)
    }

    /// Returns true in an accepting state.
    pub(super) fn are_minima_reached(&self, counts: &[u64]) -> bool {
        self.min_contains.iter().zip(counts).all(|(counter, count)| *count >= counter.count)
    }
}

impl Tie {
    /// Returns true if an assignment at an index differs from that of the tied item before it.
    fn is_violated(self, index: u64, assignment: Assignment, before: &Prefix) -> bool {
        index == self.second && before.assignment_at(self.first) != Some(assignment)
    }

    /// Returns the part of the state that the tie adds.
    fn mark(self, index: u64, assignment: Assignment, before: &Prefix) -> Assignment {
        if index == self.first {
            assignment
        } else if index > self.first && index < self.second {
            before.assignment_at(self.first).unwrap_or_default()
        } else {
            0
        }
    }
}

impl Prefix {
    fn assignment_at(&self, index: u64) -> Option<Assignment> {
        self.assignments.get(usize::try_from(index).ok()?).copied()
    }

    /// Returns true if the tied items are equal. They are the same goal, for which the memo holds
    /// one document, so that this is a cheap check of an invariant.
    fn are_equal(&self, Tie { first, second }: Tie) -> bool {
        let item = |index: u64| self.items.get(usize::try_from(index).ok()?);
        matches!((item(first), item(second)), (Some(first), Some(second)) if values_equal(first, second))
    }
}

impl Solver<'_, '_> {
    /// Builds an array whose items need not differ, of the shortest length that suffices.
    pub(super) fn build_counted_array(&mut self, facts: &ArrayFacts, tie: Option<Tie>) -> Decision {
        let length = facts.sufficient_length();
        let start = Prefix { counts: facts.initial_counts(), items: Vec::new(), assignments: Vec::new() };
        let mut layer: BTreeMap<State, Prefix> = BTreeMap::from([((start.counts.clone(), 0), start)]);
        let mut tried = Alternatives::default();
        let mut index = 0;
        loop {
            if index >= facts.min
                && let Some(array) = layer.values().find(|array| facts.are_minima_reached(&array.counts))
            {
                if let Err(exhausted) = self.spend_on(array.items.iter().map(|item| &**item)) {
                    return exhausted.into();
                }
                let items = array.items.iter().map(|item| (**item).clone()).collect();
                return Decision::Satisfiable(Rc::new(Value::Array(items)));
            }
            if index >= length || layer.is_empty() {
                return tried.exhausted();
            }
            if index > MAX_BUILT_ITEMS {
                return tried.abandoned(UnknownReason::Limit(FixedLimit {
                    max: MAX_BUILT_ITEMS,
                    constructs: "items of an array with `contains`",
                }));
            }
            let mut next: BTreeMap<State, Prefix> = BTreeMap::new();
            for prefix in layer.values() {
                for assignment in facts.assignments() {
                    if let Err(exhausted) = self.budget.spend(1 + prefix.items.len() / ITEMS_PER_STEP) {
                        return exhausted.into();
                    }
                    if tie.is_some_and(|tie| tie.is_violated(index, assignment, prefix)) {
                        continue;
                    }
                    let Some(counts) = facts.count(&prefix.counts, index, assignment) else { continue };
                    let mark = tie.map_or(0, |tie| tie.mark(index, assignment, prefix));
                    let state = (counts, mark);
                    // One array for each state is enough: the first that reaches it.
                    if next.contains_key(&state) {
                        continue;
                    }
                    let formulas = self.assigned_formulas(facts, index, assignment);
                    if let Some(item) = tried.add(self.decide(formulas)) {
                        let mut longer = prefix.clone();
                        longer.counts.clone_from(&state.0);
                        longer.items.push(item);
                        longer.assignments.push(assignment);
                        next.insert(state, longer);
                    }
                }
            }
            if let Some(tie) = tie.filter(|tie| index == tie.second) {
                next.retain(|_, array| array.are_equal(tie));
            }
            layer = next;
            index += 1;
        }
    }
}
