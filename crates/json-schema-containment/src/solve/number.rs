//! Numbers: bounds, multiples of some numbers and not of others, and excluded values.
//!
//! The facts are an interval, a set of divisors and a set of non-divisors (Validation, section
//! 6.2). All arithmetic is on exact decimals, so that `multipleOf: 0.1` means a tenth and not the
//! nearest binary fraction, and an integer of thirty digits differs from the next one.
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
//! and excluded values do not cover, and the search finds it unless the interval is very narrow. Then the neighbours of the bounds are
//! tried.
//!
//! # Beyond the numbers that are computed with
//!
//! Bounds are compared by their digits and exponents, so that an empty range is found whatever they
//! are. For the search, a bound that is not expandable (see `number.rs`) is one of these:
//!
//! | bound | search |
//! |---|---|
//! | far from zero, in the direction in which the range ends | as if there were none |
//! | very near to zero | as if there were none, or zero itself |
//! | far from zero, where the range begins | *sparse*: the neighbours of the bound with few more digits |
//!
//! The first two widen the range that is searched: each candidate is still compared with the bound,
//! and a widened range without a solution proves that the real one has none. The sparse search, and
//! any with a divisor that cannot be merged, finds a number or leaves it unknown.
//!
//! # Bounds
//!
//! [`MAX_CANDIDATES`] lattice points, or [`REFINEMENTS`] rounds of fractions; then the result is
//! unknown.

use std::rc::Rc;

use json_document::exact::{Decimal, ExactValue as Value, Number, Spelling};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};

use super::super::budget::FixedLimit;
use super::super::formula::{Atom, JsonType, Polarity, ValueSetId};
use super::super::number::{
    MAX_EXPONENT, digits, from_integer, from_rational, is_expandable, is_multiple, least_common_multiple, spell,
    to_rational,
};
use super::contradiction::Contradiction;
use super::decision::Alternatives;
use super::{Decision, Solver, UnknownReason};

/// Bound of a range.
#[derive(Debug, Clone)]
struct Bound {
    value: Decimal,
    is_exclusive: bool,
}

/// Bound of the range that is searched, which contains the range of the facts.
#[derive(Debug, Clone)]
struct SearchBound {
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
    multiple_of: Option<Decimal>,
    /// Divisors that cannot be merged into one, because their least common multiple is too large.
    unmerged: Vec<Decimal>,
    not_multiple_of: Vec<Decimal>,
    /// The number has to be written as an integer, or must not be.
    integer_literal: Option<Polarity>,
}

/// Maximum number of lattice points that are tried. A period of realistic divisors is a few hundred points.
const MAX_CANDIDATES: usize = 20_000;
/// Maximum number of digits of a period. Longer ones exceed [`MAX_CANDIDATES`] anyway.
const MAX_PERIOD_DIGITS: usize = 1024;
/// Digits of a divisor for which a candidate costs one step. The work is quadratic in their number.
const DIGITS_PER_STEP: usize = 512;
/// Digits of a candidate of the sparse search for which it costs one step. The work is linear in their number.
const SPARSE_DIGITS_PER_STEP: usize = 10_000;
/// Refinements of the fractions that are tried: down to a billionth of a billionth, which is finer than a double. Narrower
/// intervals have candidates with the digits of their bounds.
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
                let merged = match &self.multiple_of {
                    Some(other) => least_common_multiple(other, divisor),
                    None => Some(divisor.clone()),
                };
                match merged {
                    Some(merged) => self.multiple_of = Some(merged),
                    None => self.unmerged.push(divisor.clone()),
                }
            }
            Atom::NotMultipleOf(divisor) => self.not_multiple_of.push(divisor.clone()),
            Atom::IntegerLiteral { polarity } => {
                if self.integer_literal.is_some_and(|other| other != *polarity) {
                    return Err(Contradiction);
                }
                self.integer_literal = Some(*polarity);
                if polarity.is_positive() {
                    return self.assume(&Atom::MultipleOf(Decimal::from(1_u64)));
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
    /// values; `None` if that depends on a divisor that is too long.
    fn allows(&self, number: &Decimal) -> Option<bool> {
        let is_in_range = self
            .min
            .as_ref()
            .is_none_or(|min| *number > min.value || (!min.is_exclusive && *number == min.value))
            && self.max.as_ref().is_none_or(|max| *number < max.value || (!max.is_exclusive && *number == max.value));
        if !is_in_range {
            return Some(false);
        }
        let divisors = self.multiple_of.iter().chain(&self.unmerged).map(|divisor| is_multiple(number, divisor));
        let others = self.not_multiple_of.iter().map(|divisor| is_multiple(number, divisor).map(|is| !is));
        let mut is_known = true;
        for holds in divisors.chain(others) {
            match holds {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    }

    /// Returns the number of steps after which divisibility repeats; `None` if it is too large.
    ///
    /// With the step *s* and the non-divisors *d*, the candidate *k·s* is a multiple of *d* exactly
    /// if (*k* + *p*)·*s* is, for the period *p* = lcm(*s*, *d*, …) / *s*.
    fn period(&self, step: &Decimal) -> Option<usize> {
        let common = self.not_multiple_of.iter().try_fold(step.clone(), |common, divisor| {
            let common = least_common_multiple(&common, divisor)?;
            (common.digits().len() < MAX_PERIOD_DIGITS).then_some(common)
        })?;
        (to_rational(&common)? / to_rational(step)?).to_integer().to_usize()
    }

    /// Returns the range to search, which contains that of the facts; `None` if the end nearest to zero is not computed with.
    ///
    /// Both ends are mirrored to be those of an upper bound, so that one rule is for both.
    fn search_range(&self) -> Option<[Option<SearchBound>; 2]> {
        let end = |bound: &Option<Bound>, is_away_from_zero: fn(&Decimal) -> bool| {
            let Some(bound) = bound else { return Some(None) };
            if let Some(value) = to_rational(&bound.value) {
                return Some(Some(SearchBound { value, is_exclusive: bound.is_exclusive }));
            }
            let is_near_zero = magnitude(&bound.value) < -MAX_EXPONENT;
            match (is_away_from_zero(&bound.value), is_near_zero) {
                // The range ends there, on the other side of zero or far from it.
                (false, _) => Some(None),
                (true, true) => Some(Some(SearchBound { value: BigRational::zero(), is_exclusive: true })),
                (true, false) => None,
            }
        };
        Some([end(&self.min, Decimal::is_positive)?, end(&self.max, Decimal::is_negative)?])
    }
}

/// Returns the power of ten of the first digit.
fn magnitude(number: &Decimal) -> i128 {
    number.exponent() + number.digits().len() as i128
}

impl Solver<'_, '_> {
    /// Finds a number that satisfies the facts and is not excluded.
    pub(super) fn build_number(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Decision {
        if let (Some(min), Some(max)) = (&facts.min, &facts.max)
            && min.value == max.value
        {
            return self.try_number(facts, &min.value, excluded);
        }
        let range = facts.search_range().filter(|_| facts.unmerged.is_empty());
        match (range, &facts.multiple_of) {
            (Some([min, max]), None) => self.build_fraction(facts, [min.as_ref(), max.as_ref()], excluded),
            (Some([min, max]), Some(step)) if is_expandable(step) => {
                self.build_multiple(facts, step, [min.as_ref(), max.as_ref()], excluded)
            }
            (None, _) | (Some(_), Some(_)) => self.build_sparse(facts, excluded),
        }
    }

    /// Decides if a candidate is a solution. One with too many digits leaves that unknown.
    fn try_number(&self, facts: &NumberFacts, number: &Decimal, excluded: &[ValueSetId]) -> Decision {
        match facts.allows(number) {
            Some(true) => {}
            Some(false) => return Decision::Unsatisfiable,
            None => return Decision::Unknown(UnknownReason::Number),
        }
        let spelled = match facts.integer_literal {
            Some(polarity) => Number::new(number.clone(), spelling(polarity)),
            None => Some(spell(number.clone())),
        };
        let Some(spelled) = spelled else {
            // A fraction cannot be written as an integer; a whole number is too long to be.
            let is_too_long = number.is_integer();
            return if is_too_long { Decision::Unknown(UnknownReason::Number) } else { Decision::Unsatisfiable };
        };
        let value = Value::Number(spelled);
        if self.is_excluded(excluded, &value) { Decision::Unsatisfiable } else { Decision::Satisfiable(Rc::new(value)) }
    }

    /// Tries numbers with few digits, and those next to the bounds.
    fn build_sparse(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Decision {
        let bounds = [&facts.min, &facts.max].into_iter().flatten().map(|bound| &bound.value);
        let divisors = facts.multiple_of.iter().chain(&facts.unmerged);
        let mut candidates = vec![Decimal::zero()];
        candidates.extend(bounds.flat_map(neighbours));
        candidates.extend(divisors.flat_map(|divisor| {
            let negated = Decimal::from_parts(true, divisor.digits(), divisor.exponent());
            [divisor.clone(), divisor.scale(1), negated.scale(1), negated]
        }));
        for candidate in candidates {
            if let Err(exhausted) = self.budget.spend(1 + candidate.digits().len() / SPARSE_DIGITS_PER_STEP) {
                return exhausted.into();
            }
            if let found @ Decision::Satisfiable(_) = self.try_number(facts, &candidate, excluded) {
                return found;
            }
        }
        Decision::Unknown(UnknownReason::Number)
    }

    /// Tries the multiples of `step`, from the one nearest to zero outwards, alternating between
    /// both directions.
    ///
    /// A direction ends at its bound. The search is complete if both have ended, or if both have
    /// run through enough periods.
    fn build_multiple(
        &mut self,
        facts: &NumberFacts,
        step: &Decimal,
        [min, max]: [Option<&SearchBound>; 2],
        excluded: &[ValueSetId],
    ) -> Decision {
        let Some(rational) = to_rational(step) else { return Decision::Unknown(UnknownReason::Number) };
        let min = min.map(|min| first_factor(&min.value, &rational, min.is_exclusive));
        let max = max.map(|max| -first_factor(&-&max.value, &rational, max.is_exclusive));
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
        let step_digits = digits(step);
        let cost = 1 + (step.digits().len() / DIGITS_PER_STEP).pow(2);
        let mut tried = Alternatives::default();
        let (mut above, mut below) = (start.clone(), start - 1);
        for count in 0..MAX_CANDIDATES {
            if enough.is_some_and(|enough| count > enough.saturating_mul(2)) {
                return tried.exhausted();
            }
            if let Err(exhausted) = self.budget.spend(cost) {
                return exhausted.into();
            }
            let is_above_done = max.as_ref().is_some_and(|max| above > *max);
            let is_below_done = min.as_ref().is_some_and(|min| below < *min);
            let factor: BigInt = match (count % 2 == 0, is_above_done, is_below_done) {
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
            let candidate = from_integer(&(&step_digits * factor), step.exponent());
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
    fn build_fraction(
        &mut self,
        facts: &NumberFacts,
        range: [Option<&SearchBound>; 2],
        excluded: &[ValueSetId],
    ) -> Decision {
        let mut step = BigRational::one();
        let [min, max] = range.map(|bound| bound.map(|bound| &bound.value));
        for refinement in 0..REFINEMENTS {
            let center = match (min, max) {
                (Some(min), _) if min.is_positive() => (min / &step).ceil() * &step,
                (_, Some(max)) if max.is_negative() => (max / &step).floor() * &step,
                _ => BigRational::zero(),
            };
            for distance in 0..FRACTIONS_EACH_WAY {
                let offset = &step * BigRational::from_integer(distance.into());
                for candidate in [&center + &offset, &center - &offset] {
                    let Some(candidate) = from_rational(&candidate) else { continue };
                    if let found @ Decision::Satisfiable(_) = self.try_number(facts, &candidate, excluded) {
                        return found;
                    }
                }
            }
            if let Err(exhausted) = self.budget.spend(2 * FRACTIONS_EACH_WAY as usize) {
                return exhausted.into();
            }
            if refinement == 0 {
                for bound in [&facts.min, &facts.max].into_iter().flatten() {
                    if let found @ Decision::Satisfiable(_) = self.try_number(facts, &bound.value, excluded) {
                        return found;
                    }
                }
            }
            // Alternating factors of 2 and 5 keep each step a short decimal fraction.
            step /= BigRational::from_integer(if refinement % 2 == 0 { 2 } else { 5 }.into());
        }
        self.build_sparse(facts, excluded)
    }
}

/// Returns the least integer whose product with `step` reaches the bound, or exceeds it if the bound is exclusive.
fn first_factor(bound: &BigRational, step: &BigRational, is_exclusive: bool) -> BigInt {
    let factor = bound / step;
    if is_exclusive && factor.is_integer() { factor.to_integer() + 1 } else { factor.ceil().to_integer() }
}

fn spelling(polarity: Polarity) -> Spelling {
    match polarity {
        Polarity::Positive => Spelling::Integer,
        Polarity::Negative => Spelling::Fraction,
    }
}

/// Returns a bound and numbers on both sides of it: one more in each of its first digits, and behind its last one.
fn neighbours(bound: &Decimal) -> Vec<Decimal> {
    /// Digits that are changed at either end.
    const DIGITS: usize = 18;
    /// Largest number of zeros that are written out to reach the next whole number.
    const MAX_ZEROS: i128 = 10_000;
    let (text, exponent) = (bound.digits(), bound.exponent());
    let whole = usize::try_from(exponent).ok().filter(|_| exponent <= MAX_ZEROS).map(|zeros| text.len() + zeros);
    let first = 1..=DIGITS.min(text.len());
    let last = text.len()..=text.len() + DIGITS;
    let mut numbers = vec![bound.clone(), bound.scale(1), bound.scale(-1)];
    for length in first.chain(last).chain(whole) {
        let kept = text.get(..length.min(text.len())).unwrap_or(text);
        let zeros = length - kept.len();
        let shift = exponent + text.len() as i128 - length as i128;
        let truncated = format!("{kept}{}", "0".repeat(zeros));
        numbers.push(Decimal::from_parts(bound.is_negative(), &truncated, shift));
        numbers.push(Decimal::from_parts(bound.is_negative(), &increment(&truncated), shift));
        numbers.push(Decimal::from_parts(bound.is_negative(), &decrement(&truncated), shift));
    }
    numbers
}

/// Adds one to a number that is given by its digits.
fn increment(digits: &str) -> String {
    let end = digits.trim_end_matches('9');
    let nines = digits.len() - end.len();
    let (kept, next) = match end.split_at_checked(end.len().saturating_sub(1)) {
        Some((kept, last)) if !last.is_empty() => (kept, last.as_bytes()[0] + 1),
        Some(_) | None => ("", b'1'),
    };
    format!("{kept}{}{}", char::from(next), "0".repeat(nines))
}

/// Subtracts one from a positive number that is given by its digits.
fn decrement(digits: &str) -> String {
    let end = digits.trim_end_matches('0');
    let zeros = digits.len() - end.len();
    match end.split_at_checked(end.len().saturating_sub(1)) {
        Some((kept, last)) if !last.is_empty() => {
            format!("{kept}{}{}", char::from(last.as_bytes()[0] - 1), "9".repeat(zeros))
        }
        Some(_) | None => digits.to_owned(),
    }
}
