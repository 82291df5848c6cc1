//! Arrays of distinct items, by backtracking and bipartite matching.
//!
//! For a given assignment of each item to the counters, the items are a system of distinct
//! representatives: one value for each index, from the values that satisfy its formulas, no value
//! twice. Hall's marriage theorem (J. London Math. Soc. 10, 1935) says when there is one: every *k*
//! indices have at least *k* values between them. A maximum matching by augmenting paths (Berge,
//! *Two Theorems in Graph Theory*, PNAS 43(9), 1957) decides it and finds the values.
//!
//! Of an array of *n* items, *n* candidates for each index suffice: an index with as many can
//! always be served last, after the other *n* − 1 have taken at most one of its candidates each. So
//! infinitely many values are no problem, and the matching is between *n* indices and at most *n*²
//! values.
//!
//! The assignments are tried by backtracking, as matchings of longer arrays do not extend those of
//! shorter ones: the items that an array of *n* takes may be needed elsewhere in one of *n* + 1.
//!
//! # Soundness
//!
//! *Unsatisfiable* means that for each length up to the sufficient one and each sequence of
//! assignments, either the counters fail, or an item has no value, or there is no complete matching
//! of completely enumerated candidates. An enumeration that ended early because of an unknown
//! decision is noted and makes the result unknown, unless the matching succeeds.
//!
//! # Bounds
//!
//! The sequences of assignments are exponential in the length, with 2ᶜ for *c* counters at each
//! index; without counters there is one sequence for each length. Each of them, and each value that
//! is enumerated, spends the budget. The matching itself is cubic in the length, and arrays are at
//! most [`MAX_DISTINCT_ITEMS`] long.

use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::super::budget::FixedLimit;
use super::super::super::formula::FormulaId;
use super::super::super::number::values_equal;
use super::super::decision::Alternatives;
use super::super::{Decision, Solver, UnknownReason};
use super::{ArrayFacts, Assignment};

/// Maximum length of an array of distinct items: matching is cubic in it, and the recursion as deep.
const MAX_DISTINCT_ITEMS: u64 = 200;

/// The assignments that have been chosen so far.
struct Chosen {
    counts: Vec<u64>,
    assignments: Vec<Assignment>,
}

impl Solver<'_, '_> {
    /// Builds an array whose items are pairwise different, by the equality of JSON Schema.
    pub(super) fn build_distinct_array(&mut self, facts: &ArrayFacts) -> Decision {
        let mut chosen = Chosen { counts: facts.initial_counts(), assignments: Vec::new() };
        self.extend_distinct(facts, facts.sufficient_length(), &mut chosen).map(|items| Rc::new(Value::Array(items)))
    }

    /// Tries the array as long as it is, and then every assignment of one more item.
    ///
    /// The decision about the single item prunes early; the value that it finds is not used.
    fn extend_distinct(&mut self, facts: &ArrayFacts, length: u64, chosen: &mut Chosen) -> Decision<Vec<Value>> {
        if let Err(exhausted) = self.budget.spend(1 + chosen.assignments.len()) {
            return exhausted.into();
        }
        let index = chosen.assignments.len() as u64;
        let is_long_enough = index >= facts.min && facts.are_minima_reached(&chosen.counts);
        let here = if is_long_enough { self.match_values(facts, &chosen.assignments) } else { Decision::Unsatisfiable };
        here.or_else(|| {
            if index >= length {
                return Decision::Unsatisfiable;
            }
            if index > MAX_DISTINCT_ITEMS {
                return Decision::Unknown(UnknownReason::Limit(FixedLimit {
                    max: MAX_DISTINCT_ITEMS,
                    constructs: "items of an array with `uniqueItems`",
                }));
            }
            Decision::any_of(facts.assignments(), |assignment| {
                let Some(counts) = facts.count(&chosen.counts, index, assignment) else {
                    return Decision::Unsatisfiable;
                };
                let formulas = self.assigned_formulas(facts, index, assignment);
                // The rest depends on the formulas of the items only; the matching chooses their values anew.
                self.decide(formulas).and_then(|_| {
                    let before = std::mem::replace(&mut chosen.counts, counts);
                    chosen.assignments.push(assignment);
                    let extended = self.extend_distinct(facts, length, chosen);
                    chosen.assignments.pop();
                    chosen.counts = before;
                    extended
                })
            })
        })
    }

    /// Finds a value for each index, all of them different.
    ///
    /// Candidates of different indices that are equal as JSON values (`1` and `1.0`) are one value
    /// of the matching.
    fn match_values(&mut self, facts: &ArrayFacts, assignments: &[Assignment]) -> Decision<Vec<Value>> {
        let mut values: Vec<Value> = Vec::new();
        let mut candidates: Vec<Vec<usize>> = Vec::new();
        let mut enumerated = Alternatives::default();
        for (index, &assignment) in assignments.iter().enumerate() {
            let formulas = self.assigned_formulas(facts, index as u64, assignment);
            let mut numbers = Vec::new();
            for value in self.enumerate(&formulas, assignments.len(), &mut enumerated) {
                let known = values.iter().position(|other| values_equal(other, &value));
                numbers.push(known.unwrap_or_else(|| {
                    values.push(value);
                    values.len() - 1
                }));
            }
            candidates.push(numbers);
        }
        let mut matching = Matching { candidates, index_of: vec![None; values.len()] };
        for index in 0..assignments.len() {
            if !matching.augment(index, &mut vec![false; values.len()]) {
                return enumerated.exhausted();
            }
        }
        let mut items = vec![Value::Null; assignments.len()];
        for (value, index) in values.into_iter().zip(matching.index_of) {
            if let Some(index) = index {
                items[index] = value;
            }
        }
        Decision::Satisfiable(items)
    }

    /// Returns `count` different values that satisfy the formulas, or all values if there are
    /// fewer.
    ///
    /// Each value is excluded from the next decision. A decision that is unknown ends the
    /// enumeration early and is noted in `noted`, so that the caller does not read the list as
    /// complete.
    fn enumerate(&mut self, formulas: &[FormulaId], count: usize, noted: &mut Alternatives) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        while found.len() < count {
            let others = self.lowering.store.none_of_values(found.iter().cloned());
            let next = self.decide(formulas.iter().copied().chain([others])).and_then(|value| {
                match self.spend_on([&*value]) {
                    Ok(()) => Decision::Satisfiable(value),
                    Err(exhausted) => exhausted.into(),
                }
            });
            let Some(value) = noted.add(next) else { break };
            found.push((*value).clone());
        }
        found
    }
}

/// A matching of indices with values, both by number: a bipartite graph and the edges that are in
/// use.
struct Matching {
    /// Values that the item at each index may have.
    candidates: Vec<Vec<usize>>,
    /// Index that has been matched with each value.
    index_of: Vec<Option<usize>>,
}

impl Matching {
    /// Matches one more index along an augmenting path; `visited` are the values on it.
    ///
    /// A path alternates between an edge that is free and one that is in use, from the new index to
    /// a free value; using the free edges instead matches one index more. If there is no such path,
    /// no matching covers the indices so far (Berge's lemma), and none covers more.
    fn augment(&mut self, index: usize, visited: &mut [bool]) -> bool {
        for at in 0..self.candidates[index].len() {
            let value = self.candidates[index][at];
            if visited[value] {
                continue;
            }
            visited[value] = true;
            let is_free = match self.index_of[value] {
                None => true,
                Some(other) => self.augment(other, visited),
            };
            if is_free {
                self.index_of[value] = Some(index);
                return true;
            }
        }
        false
    }
}
