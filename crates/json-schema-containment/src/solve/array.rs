//! Arrays: items by index, items that are counted, and items that have to differ.
//!
//! Each atom constrains one index, or all from an index on. So there is an index from which on all
//! items have the same constraints, the *uniform* rest, and a document need not be longer than that
//! index plus the items that `minContains` counts: any other item of the uniform rest can be left
//! out. This bounds the search for each of the three cases:
//!
//! - no item is counted, and items may be equal: the items are independent goals
//!   (`build_plain_array`);
//! - items are counted: a product construction over the counters ([`product`]); two items that have
//!   to be equal are tied to each other ([`repeated`]);
//! - all items differ: backtracking over the counters, with a bipartite matching of indices and
//!   values ([`distinct`]).
//!
//! | keyword | atom | fact |
//! |---|---|---|
//! | `prefixItems` | `IfItem` | `at`: formulas of the item at an index |
//! | `items`, `additionalItems` | `EveryItem` | `from`: formulas of all items from an index on |
//! | `minItems`, `maxItems` | `MinItems`, `MaxItems` | `min`, `max` |
//! | `contains`, `minContains` | `MinContains` | a counter, and `min` |
//! | `maxContains` | `MaxContains` | a counter |
//! | `uniqueItems` | `UniqueItems` | `uniqueness` |
//!
//! # Soundness
//!
//! The length bound keeps at least one solution, if there is any: from a solution, remove items of
//! the uniform rest that no minimum needs. The items that stay keep their constraints, because
//! those of the uniform rest do not depend on the index; no maximum is exceeded by fewer items;
//! distinct items stay distinct. For two equal items, the pair is kept as well.
//!
//! # Bounds
//!
//! At most [`MAX_COUNTERS`] counters, [`MAX_BUILT_ITEMS`] items that are built one by one, and
//! [`MAX_REPEATED_ITEMS`] copies of the last item. An array beyond that is unknown, and the reason is the
//! budget.

mod distinct;
mod product;
mod repeated;

use std::collections::BTreeMap;
use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::budget::FixedLimit;
use super::super::formula::{Atom, FormulaId, JsonType, Polarity};
use super::contradiction::Contradiction;
use super::entailment::Entailment;
use super::{Decision, Solver, UnknownReason};

/// The constraints on an array.
///
/// Invariant: `min` is at most `max`, and at least what `Item` and `MinContains` require, or
/// `assume` has returned a contradiction.
#[derive(Debug, Clone, Default)]
pub(super) struct ArrayFacts {
    /// Formulas of the item at an index, if it exists.
    at: BTreeMap<u64, Vec<FormulaId>>,
    /// Formulas of all items from an index on.
    from: Vec<(u64, FormulaId)>,
    min: u64,
    max: Option<u64>,
    min_contains: Vec<Counter>,
    max_contains: Vec<Counter>,
    uniqueness: Uniqueness,
}

/// Constraint on the equality of items. Both constraints together are a contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Uniqueness {
    #[default]
    Free,
    /// All items differ.
    Distinct,
    /// Two items are equal.
    Repeated,
}

/// A bound on the number of items, from an index on, that satisfy a formula. It is a minimum or a
/// maximum by the list that it is in.
#[derive(Debug, Clone, Copy)]
struct Counter {
    from: u64,
    item: FormulaId,
    count: u64,
}

/// Assignment of an item to the counters, as a bit for each: first those of `minContains`, then
/// those of `maxContains`.
///
/// The bit is set if the formula is required of the item, for a minimum, or its negation, for a
/// maximum. An item without the bit of a maximum is counted as if it satisfied the formula. Every
/// item has such an assignment, and counting by assignments is exact where it matters: an item that
/// is counted for a minimum does satisfy the formula, and one that is not counted for a maximum
/// does not. So an array whose assignments respect the counters satisfies the atoms, and each array
/// that satisfies them has such assignments.
type Assignment = u32;

/// Maximum length of an array that is built item by item. Longer ones are the same item repeated.
const MAX_BUILT_ITEMS: u64 = 20_000;
/// Maximum length of an array whose last item is repeated.
const MAX_REPEATED_ITEMS: u64 = 200_000;
/// Maximum number of counters: there are 2ⁿ assignments for each item. A schema has one counter for
/// each `contains`; the negation of the reader's adds one, and each negated `items` another.
const MAX_COUNTERS: usize = 8;

impl ArrayFacts {
    /// Adds an atom to the facts.
    ///
    /// `EveryItem` with a formula that no value satisfies is a maximum length, and is kept as such:
    /// `items: false`.
    pub(super) fn assume(&mut self, atom: &Atom) -> Result<(), Contradiction> {
        match atom {
            Atom::MinItems(count) => self.require_length(*count),
            Atom::MaxItems(count) => self.limit_length(*count),
            Atom::IfItem(index, item) => self.at.entry(*index).or_default().push(*item),
            Atom::Item(index, item) => {
                self.require_length(index.saturating_add(1));
                if *item != FormulaId::TRUE {
                    self.at.entry(*index).or_default().push(*item);
                }
            }
            Atom::EveryItem(from, FormulaId::FALSE) => self.limit_length(*from),
            Atom::EveryItem(from, item) => self.from.push((*from, *item)),
            Atom::MinContains { from, item, count } => {
                self.min_contains.push(Counter { from: *from, item: *item, count: *count });
                self.require_length(from.saturating_add(*count));
            }
            Atom::MaxContains { from, item, count } => {
                self.max_contains.push(Counter { from: *from, item: *item, count: *count });
            }
            Atom::UniqueItems { polarity } => {
                let uniqueness = match polarity {
                    Polarity::Positive => Uniqueness::Distinct,
                    Polarity::Negative => {
                        self.require_length(2);
                        Uniqueness::Repeated
                    }
                };
                if self.uniqueness != Uniqueness::Free && self.uniqueness != uniqueness {
                    return Err(Contradiction);
                }
                self.uniqueness = uniqueness;
            }
            other => debug_assert!(other.json_type() != JsonType::Array),
        }
        if self.max.is_some_and(|max| max < self.min) { Err(Contradiction) } else { Ok(()) }
    }

    fn require_length(&mut self, count: u64) {
        self.min = self.min.max(count);
    }

    fn limit_length(&mut self, count: u64) {
        self.max = Some(self.max.map_or(count, |max| max.min(count)));
    }

    /// The counters, in the order of the bits of an assignment.
    fn counters(&self) -> impl Iterator<Item = &Counter> {
        self.min_contains.iter().chain(&self.max_contains)
    }

    /// Returns the index from which on all items have the same constraints.
    fn uniform_from(&self) -> u64 {
        let indices = self.at.keys().map(|index| index + 1);
        let others = self.from.iter().map(|(from, _)| *from);
        indices.chain(others).chain(self.counters().map(|counter| counter.from)).max().unwrap_or(0)
    }

    /// Returns a length that suffices, if any length does: the module states why.
    ///
    /// Saturation is harmless: a length that large is beyond the limits of every construction.
    fn sufficient_length(&self) -> u64 {
        let counted = self.min_contains.iter().fold(0_u64, |sum, counter| sum.saturating_add(counter.count));
        self.min.max(self.uniform_from()).saturating_add(counted).min(self.max.unwrap_or(u64::MAX))
    }

    /// Returns the formulas of the item at an index.
    fn item_formulas(&self, index: u64) -> Vec<FormulaId> {
        let mut formulas = self.at.get(&index).cloned().unwrap_or_default();
        formulas.extend(self.from.iter().filter(|(from, _)| *from <= index).map(|(_, item)| *item));
        formulas
    }

    fn is_longer_than_max(&self, length: u64) -> bool {
        self.max.is_some_and(|max| max < length)
    }
}

impl Solver<'_, '_> {
    /// Relates an atom on arrays to the facts.
    ///
    /// | atom | contradicted if | entailed if |
    /// |---|---|---|
    /// | `Item` | the array ends before, or the item cannot satisfy it | the item exists and cannot violate it |
    /// | `IfItem` | the item exists and cannot satisfy it | the array ends before, or the item cannot violate it |
    /// | `MinContains` | the array is too short, or no index can satisfy it | never claimed |
    /// | `MinItems`, `MaxItems` | the bounds cross | the facts have a bound at least as tight |
    /// | `UniqueItems` | the opposite is a fact | it is a fact |
    /// | `EveryItem`, `MaxContains` | never claimed | never claimed |
    ///
    /// "Cannot" is a goal that is unsatisfiable, for entailment under no assumption. The last row
    /// would need a decision about arbitrary many items.
    pub(super) fn entailment_in_array(&mut self, facts: &ArrayFacts, atom: &Atom) -> Entailment {
        match atom {
            Atom::Item(index, item) => {
                if facts.is_longer_than_max(index.saturating_add(1)) {
                    return Entailment::Contradicted;
                }
                let formulas = facts.item_formulas(*index);
                if self.decide(formulas.iter().copied().chain([*item])).is_unsatisfiable() {
                    return Entailment::Contradicted;
                }
                if facts.min <= *index {
                    return Entailment::Open;
                }
                let not = self.lowering.store.not(*item);
                Entailment::entailed_if(self.is_proven_unsatisfiable(formulas.into_iter().chain([not])))
            }
            Atom::IfItem(index, item) => {
                if facts.is_longer_than_max(index.saturating_add(1)) {
                    return Entailment::Entailed;
                }
                let formulas = facts.item_formulas(*index);
                if facts.min > *index && self.decide(formulas.iter().copied().chain([*item])).is_unsatisfiable() {
                    return Entailment::Contradicted;
                }
                if formulas.is_empty() {
                    return Entailment::Open;
                }
                let not = self.lowering.store.not(*item);
                Entailment::entailed_if(self.is_proven_unsatisfiable(formulas.into_iter().chain([not])))
            }
            Atom::MinContains { from, item, count } => {
                if facts.is_longer_than_max(from.saturating_add(*count)) {
                    return Entailment::Contradicted;
                }
                let end = facts.uniform_from().max(*from).saturating_add(1).min(facts.max.unwrap_or(u64::MAX));
                let is_possible = (*from..end.min(from.saturating_add(MAX_BUILT_ITEMS))).any(|index| {
                    let formulas = facts.item_formulas(index);
                    !self.decide(formulas.into_iter().chain([*item])).is_unsatisfiable()
                });
                if is_possible { Entailment::Open } else { Entailment::Contradicted }
            }
            Atom::MinItems(count) if facts.is_longer_than_max(*count) => Entailment::Contradicted,
            Atom::MinItems(count) => Entailment::entailed_if(facts.min >= *count),
            Atom::MaxItems(count) if facts.min > *count => Entailment::Contradicted,
            Atom::MaxItems(count) => Entailment::entailed_if(facts.max.is_some_and(|max| max <= *count)),
            Atom::UniqueItems { polarity } => match (facts.uniqueness, polarity) {
                (Uniqueness::Free, _) => Entailment::Open,
                (Uniqueness::Distinct, Polarity::Positive) | (Uniqueness::Repeated, Polarity::Negative) => {
                    Entailment::Entailed
                }
                (Uniqueness::Distinct, Polarity::Negative) | (Uniqueness::Repeated, Polarity::Positive) => {
                    Entailment::Contradicted
                }
            },
            Atom::EveryItem(..) | Atom::MaxContains { .. } => Entailment::Open,
            other => {
                debug_assert!(other.json_type() != JsonType::Array);
                Entailment::Open
            }
        }
    }

    /// Finds an array that satisfies the facts, by the construction for the kind of facts that
    /// there are.
    pub(super) fn build_array(&mut self, facts: &ArrayFacts) -> Decision {
        let counters = facts.counters().count();
        if counters == 0 && facts.uniqueness == Uniqueness::Free {
            return self.build_plain_array(facts);
        }
        if counters > MAX_COUNTERS {
            return Decision::Unknown(UnknownReason::Limit(FixedLimit {
                max: MAX_COUNTERS as u64,
                constructs: "`contains` conditions on an array",
            }));
        }
        match facts.uniqueness {
            Uniqueness::Free => self.build_counted_array(facts, None),
            Uniqueness::Distinct => self.build_distinct_array(facts),
            Uniqueness::Repeated => self.build_repeated_array(facts),
        }
    }

    /// Builds each item on its own; from some index on, they are all the same.
    ///
    /// Items are independent of each other here, so that the array is unsatisfiable exactly if one
    /// of the required items is.
    fn build_plain_array(&mut self, facts: &ArrayFacts) -> Decision {
        let different = facts.min.min(facts.uniform_from().saturating_add(1));
        let items = Decision::all_of(0..different, |index| {
            self.decide(facts.item_formulas(index)).and_then(|item| match self.spend_on([&*item]) {
                Ok(()) => Decision::Satisfiable((*item).clone()),
                Err(exhausted) => exhausted.into(),
            })
        });
        // Items are independent of each other, so that it does not matter which document was found for one.
        items.and_then(|mut items| {
            if facts.min > different {
                if facts.min > MAX_REPEATED_ITEMS {
                    return Decision::Unknown(UnknownReason::Limit(FixedLimit {
                        max: MAX_REPEATED_ITEMS,
                        constructs: "required items of an array",
                    }));
                }
                let last: Value = items.last().cloned().unwrap_or(Value::Null);
                let more = usize::try_from(facts.min - different).unwrap_or(usize::MAX);
                if let Err(exhausted) = self.budget.spend(super::measure(&last).saturating_mul(more)) {
                    return exhausted.into();
                }
                items.resize(usize::try_from(facts.min).unwrap_or(usize::MAX), last);
            }
            Decision::Satisfiable(Rc::new(Value::Array(items)))
        })
    }

    /// Returns the formulas of an item with an assignment to the counters: those of its index, and
    /// one for each bit.
    fn assigned_formulas(&mut self, facts: &ArrayFacts, index: u64, assignment: Assignment) -> Vec<FormulaId> {
        let mut formulas = facts.item_formulas(index);
        for (bit, counter) in facts.counters().enumerate() {
            if assignment >> bit & 1 == 1 {
                let is_minimum = bit < facts.min_contains.len();
                formulas.push(if is_minimum { counter.item } else { self.lowering.store.not(counter.item) });
            }
        }
        formulas
    }
}
