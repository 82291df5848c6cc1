//! Arrays with two equal items: the negation of `uniqueItems`.

use super::super::super::formula::{Atom, FormulaId};
use super::super::contradiction::Contradiction;
use super::super::decision::Alternatives;
use super::super::{Decision, Solver};
use super::ArrayFacts;
use super::product::Tie;

impl Solver<'_, '_> {
    /// Tries each pair of indices for two equal items. In the uniform rest one pair stands for all.
    pub(super) fn build_repeated_array(&mut self, facts: &ArrayFacts) -> Decision {
        let mut tried = Alternatives::default();
        for second in 1..=facts.uniform_from() + 1 {
            for first in 0..second {
                if let Err(exhausted) = self.budget.spend(1) {
                    return exhausted.into();
                }
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
