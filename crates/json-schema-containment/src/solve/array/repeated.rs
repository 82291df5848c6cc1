//! Arrays with two equal items: the negation of `uniqueItems`.
//!
//! Some pair of indices has equal items. Each pair is tried: both items get the formulas of both
//! indices, and the same assignment to the counters, so that they are the same goal; the rest is
//! the product construction of [`product`](super::product).
//!
//! # Soundness
//!
//! There are infinitely many pairs. Let *u* be the start of the uniform rest. A pair within the
//! rest can be moved to *u* and *u* + 1, and a pair with one index in the rest to the same first
//! index and *u*, or *u* + 1 if items before it are needed: the items of the rest may be permuted
//! and removed freely, because they have the same constraints. So the pairs with a second index up
//! to *u* + 1 are all that need to be tried.
//!
//! # Bounds
//!
//! The number of pairs is quadratic in *u*, and each costs a product construction. *u* is the
//! number of items that the schemas mention one by one, a handful in practice; beyond that the
//! budget ends.

use super::super::super::formula::{Atom, FormulaId};
use super::super::contradiction::Contradiction;
use super::super::decision::Alternatives;
use super::super::{Decision, Solver};
use super::ArrayFacts;
use super::product::Tie;

impl Solver<'_, '_> {
    /// Builds an array in which two items are equal.
    pub(super) fn build_repeated_array(&mut self, facts: &ArrayFacts) -> Decision {
        let mut tried = Alternatives::default();
        for second in 1..=facts.uniform_from() + 1 {
            for first in 0..second {
                if let Err(exhausted) = self.budget.spend(1) {
                    return exhausted.into();
                }
                // The array is at least long enough to contain both indices. If that contradicts
                // the facts, so does every later pair with the same second index.
                let mut with_tie = facts.clone();
                let both: Vec<FormulaId> =
                    facts.item_formulas(first).into_iter().chain(facts.item_formulas(second)).collect();
                if let Err(Contradiction) = with_tie.assume(&Atom::MinItems(second + 1)) {
                    continue;
                }
                with_tie.at.insert(first, both.clone());
                with_tie.at.insert(second, both);
                if let Some(array) = tried.add(self.build_counted_array(&with_tie, Some(Tie { first, second }))) {
                    return Decision::Satisfiable(array);
                }
            }
        }
        tried.exhausted()
    }
}
