//! Numbers: bounds, multiples of some numbers and not of others, and excluded values.
//!
//! The facts are an interval, a set of divisors and a set of non-divisors (Validation, section
//! 6.2). All arithmetic is on exact rationals, so that `multipleOf: 0.1` means a tenth and not the
//! nearest binary fraction.
//!
//! # With a divisor
//!
//! `multipleOf` constraints are merged into one step, their least common multiple, so that the
//! candidates are the points of a one-dimensional lattice. They are tried from the one nearest to
//! zero outwards, which yields readable witnesses.
//!
//! The pattern of the divisors that must *not* divide a candidate repeats with the least common
//! multiple of all divisors. Once a full period was tried in vain in each direction, there is no
//! solution, which decides unbounded ranges too. A value that is excluded (`not: {"enum": …}`) may
//! hide a solution, one for each; so *k* excluded values need *k* + 1 periods.
//!
//! For example, *a multiple of 2, not of 4, not of 6* repeats every 12: of 0, 2, 4, 6, 8, 10 only 2
//! and 10 remain, and the first is the answer.
//!
//! # Without a divisor
//!
//! Any fraction will do, and the candidates are whole numbers, the bounds, and ever finer decimal
//! fractions. There are infinitely many candidates then, so that this search ends with a number or
//! with unknown. It cannot refute, except for a single point or an empty interval, which `assume`
//! and the first round notice: an open interval always has a number that finitely many non-divisors
//! and excluded values do not cover, and the search finds it unless the interval is very narrow.
//!
//! # Bounds
//!
//! [`MAX_CANDIDATES`] lattice points, or [`REFINEMENTS`] rounds of fractions; then the result is
//! unknown. A candidate that has no exact JSON number in `serde_json` (64 bits or the shortest
//! decimal of an `f64`) is unknown, too, because no witness could show it.

use std::rc::Rc;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};
use serde_json::Value;

use super::super::budget::FixedLimit;
use super::super::formula::{Atom, JsonType, Polarity, ValueSetId};
use super::super::number::{is_multiple, is_spelled_as_integer, least_common_multiple, one, to_number};
use super::contradiction::Contradiction;
use super::decision::Alternatives;
use super::{Decision, Solver, UnknownReason};

/// Bound of a range.
#[derive(Debug, Clone)]
struct Bound {
    value: BigRational,
    is_exclusive: bool,
}

/// The constraints on a number: an interval, one merged divisor, and the non-divisors.
///
/// Invariant: the interval is not empty, or `assume` has returned a contradiction.
#[derive(Debug, Clone, Default)]
pub(super) struct NumberFacts {
    min: Option<Bound>,
    max: Option<Bound>,
    multiple_of: Option<BigRational>,
    not_multiple_of: Vec<BigRational>,
    /// The number has to be written as an integer, or must not be.
    integer_literal: Option<Polarity>,
}

/// Maximum number of lattice points that are tried. A period of realistic divisors is a few hundred points.
const MAX_CANDIDATES: usize = 20_000;
/// Maximum size, in bits, of the numerator of a period. Longer ones exceed [`MAX_CANDIDATES`] anyway.
const MAX_PERIOD_BITS: u64 = 4096;
/// Refinements of the fractions that are tried: down to a billionth of a billionth, which is finer than a double.
const REFINEMENTS: u32 = 40;
/// Fractions that are tried in each direction at each refinement.
const FRACTIONS_EACH_WAY: u32 = 12;

impl NumberFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> Result<(), Contradiction> {
        match atom {
            Atom::Minimum { bound, exclusive } => {
                let is_tighter = self
                    .min
                    .as_ref()
                    .is_none_or(|min| *bound > min.value || (*bound == min.value && *exclusive && !min.is_exclusive));
                if is_tighter {
                    self.min = Some(Bound { value: bound.clone(), is_exclusive: *exclusive });
                }
            }
            Atom::Maximum { bound, exclusive } => {
                let is_tighter = self
                    .max
                    .as_ref()
                    .is_none_or(|max| *bound < max.value || (*bound == max.value && *exclusive && !max.is_exclusive));
                if is_tighter {
                    self.max = Some(Bound { value: bound.clone(), is_exclusive: *exclusive });
                }
            }
            Atom::MultipleOf(divisor) => {
                let both = match &self.multiple_of {
                    Some(other) => least_common_multiple(other, divisor),
                    None => divisor.clone(),
                };
                self.multiple_of = Some(both);
            }
            Atom::NotMultipleOf(divisor) => self.not_multiple_of.push(divisor.clone()),
            Atom::IntegerLiteral { polarity } => {
                if self.integer_literal.is_some_and(|other| other != *polarity) {
                    return Err(Contradiction);
                }
                self.integer_literal = Some(*polarity);
                if polarity.is_positive() {
                    return self.assume(&Atom::MultipleOf(one()));
                }
            }
            other => debug_assert!(other.json_type() != JsonType::Number),
        }
        if self.is_range_empty() { Err(Contradiction) } else { Ok(()) }
    }

    /// Returns true if no real number lies between the bounds. A single point with both bounds
    /// inclusive is not empty.
    fn is_range_empty(&self) -> bool {
        let (Some(min), Some(max)) = (&self.min, &self.max) else { return false };
        min.value > max.value || (min.value == max.value && (min.is_exclusive || max.is_exclusive))
    }

    /// Returns true if a number satisfies all facts, except for its spelling and the excluded
    /// values.
    fn allows(&self, number: &BigRational) -> bool {
        self.min.as_ref().is_none_or(|min| *number > min.value || (!min.is_exclusive && *number == min.value))
            && self.max.as_ref().is_none_or(|max| *number < max.value || (!max.is_exclusive && *number == max.value))
            && self.multiple_of.as_ref().is_none_or(|divisor| is_multiple(number, divisor))
            && !self.not_multiple_of.iter().any(|divisor| is_multiple(number, divisor))
    }

    /// Returns the number of steps after which divisibility repeats; `None` if it is too large.
    ///
    /// With the step *s* and the non-divisors *d*, the candidate *k·s* is a multiple of *d* exactly
    /// if (*k* + *p*)·*s* is, for the period *p* = lcm(*s*, *d*, …) / *s*.
    fn period(&self, step: &BigRational) -> Option<usize> {
        let common = self.not_multiple_of.iter().try_fold(step.clone(), |common, divisor| {
            let common = least_common_multiple(&common, divisor);
            (common.numer().bits() < MAX_PERIOD_BITS).then_some(common)
        })?;
        (common / step).to_integer().to_usize()
    }
}

impl Solver<'_, '_> {
    /// Finds a number that satisfies the facts and is not excluded.
    pub(super) fn build_number(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Decision {
        match &facts.multiple_of {
            Some(step) => self.build_multiple(facts, step, excluded),
            None => self.build_fraction(facts, excluded),
        }
    }

    /// Decides if a candidate is a solution. One that [`serde_json::Number`] cannot represent leaves that unknown.
    fn try_number(&self, facts: &NumberFacts, number: &BigRational, excluded: &[ValueSetId]) -> Decision {
        if !facts.allows(number) {
            return Decision::Unsatisfiable;
        }
        let as_float = facts.integer_literal == Some(Polarity::Negative);
        let Some(spelled) = to_number(number, as_float) else { return Decision::Unknown(UnknownReason::Number) };
        if let Some(polarity) = facts.integer_literal
            && is_spelled_as_integer(&spelled) != Some(polarity.is_positive())
        {
            return Decision::Unknown(UnknownReason::Number);
        }
        let value = Value::Number(spelled);
        if self.is_excluded(excluded, &value) { Decision::Unsatisfiable } else { Decision::Satisfiable(Rc::new(value)) }
    }

    /// Tries the multiples of `step`, from the one nearest to zero outwards, alternating between
    /// both directions.
    ///
    /// A direction ends at its bound. The search is complete if both have ended, or if both have
    /// run through enough periods.
    fn build_multiple(&mut self, facts: &NumberFacts, step: &BigRational, excluded: &[ValueSetId]) -> Decision {
        let min = facts.min.as_ref().map(|min| first_factor(&min.value, step, min.is_exclusive));
        let max = facts.max.as_ref().map(|max| -first_factor(&-&max.value, step, max.is_exclusive));
        if let (Some(min), Some(max)) = (&min, &max)
            && min > max
        {
            return Decision::Unsatisfiable;
        }
        let start = match (&min, &max) {
            (Some(min), _) if min.is_positive() => min.clone(),
            (_, Some(max)) if max.is_negative() => max.clone(),
            _ => BigInt::zero(),
        };
        // A period in each direction sees every residue; each excluded value may hide one solution.
        let excluded_count: usize = excluded.iter().map(|&set| self.lowering.store.value_set(set).values.len()).sum();
        let enough = facts.period(step).and_then(|period| period.checked_mul(excluded_count + 1)?.checked_add(1));
        let mut tried = Alternatives::default();
        let (mut above, mut below) = (start.clone(), start - 1);
        for count in 0..MAX_CANDIDATES {
            if enough.is_some_and(|enough| count > enough.saturating_mul(2)) {
                return tried.exhausted();
            }
            if let Err(exhausted) = self.budget.spend(1) {
                return exhausted.into();
            }
            let is_above_done = max.as_ref().is_some_and(|max| above > *max);
            let is_below_done = min.as_ref().is_some_and(|min| below < *min);
            let factor = match (count % 2 == 0, is_above_done, is_below_done) {
                (_, true, true) => return tried.exhausted(),
                (true, false, _) | (false, false, true) => {
                    above += 1;
                    &above - 1
                }
                (false, _, false) | (true, true, false) => {
                    below -= 1;
                    &below + 1
                }
            };
            let candidate = step * BigRational::from_integer(factor);
            if let Some(number) = tried.add(self.try_number(facts, &candidate, excluded)) {
                return Decision::Satisfiable(number);
            }
        }
        tried.abandoned(UnknownReason::Limit(FixedLimit {
            max: MAX_CANDIDATES as u64,
            constructs: "candidates for a number",
        }))
    }

    /// Tries whole numbers near zero or near the bound that is nearest to it, the bounds, and then
    /// ever finer fractions.
    fn build_fraction(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Decision {
        let mut tried = Alternatives::default();
        let mut step = one();
        let (min, max) = (facts.min.as_ref().map(|min| &min.value), facts.max.as_ref().map(|max| &max.value));
        for refinement in 0..REFINEMENTS {
            let center = match (min, max) {
                (Some(min), _) if min.is_positive() => (min / &step).ceil() * &step,
                (_, Some(max)) if max.is_negative() => (max / &step).floor() * &step,
                _ => BigRational::zero(),
            };
            for distance in 0..FRACTIONS_EACH_WAY {
                let offset = &step * BigRational::from_integer(distance.into());
                for candidate in [&center + &offset, &center - &offset] {
                    if let Some(number) = tried.add(self.try_number(facts, &candidate, excluded)) {
                        return Decision::Satisfiable(number);
                    }
                }
            }
            if let Err(exhausted) = self.budget.spend(2 * FRACTIONS_EACH_WAY as usize) {
                return exhausted.into();
            }
            if refinement == 0 {
                for bound in [min, max].into_iter().flatten() {
                    if let Some(number) = tried.add(self.try_number(facts, bound, excluded)) {
                        return Decision::Satisfiable(number);
                    }
                }
                let is_single_point = min.is_some() && min == max;
                if is_single_point {
                    return tried.exhausted();
                }
            }
            // Alternating factors of 2 and 5 keep each step a short decimal fraction.
            step /= BigRational::from_integer(if refinement % 2 == 0 { 2 } else { 5 }.into());
        }
        tried.abandoned(UnknownReason::Number)
    }
}

/// Returns the least integer whose product with `step` reaches the bound, or exceeds it if the bound is exclusive.
fn first_factor(bound: &BigRational, step: &BigRational, is_exclusive: bool) -> BigInt {
    let factor = bound / step;
    if is_exclusive && factor.is_integer() { factor.to_integer() + 1 } else { factor.ceil().to_integer() }
}
