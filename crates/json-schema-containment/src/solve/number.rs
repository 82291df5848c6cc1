//! A number within bounds that is a multiple of some numbers and not of others.

use std::rc::Rc;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};
use serde_json::Value;

use super::super::formula::{Atom, ValueSetId};
use super::super::number::{is_multiple, is_spelled_as_integer, least_common_multiple, one, to_number};
use super::{Answer, Gap, Solver};

/// A bound, and whether the number has to differ from it.
type Bound = Option<(BigRational, bool)>;

#[derive(Debug, Clone, Default)]
pub(super) struct NumberFacts {
    low: Bound,
    high: Bound,
    multiple_of: Option<BigRational>,
    not_multiple_of: Vec<BigRational>,
    spelled_as_integer: Option<bool>,
}

/// How many candidates are looked at before it is given up.
const CANDIDATES: usize = 20_000;

impl NumberFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::Minimum { bound, exclusive } => {
                let tighter =
                    self.low.as_ref().is_none_or(|(low, has)| bound > low || (bound == low && *exclusive && !has));
                if tighter {
                    self.low = Some((bound.clone(), *exclusive));
                }
            }
            Atom::Maximum { bound, exclusive } => {
                let tighter =
                    self.high.as_ref().is_none_or(|(high, has)| bound < high || (bound == high && *exclusive && !has));
                if tighter {
                    self.high = Some((bound.clone(), *exclusive));
                }
            }
            Atom::MultipleOf(of) => {
                let both = self.multiple_of.as_ref().map_or_else(|| of.clone(), |old| least_common_multiple(old, of));
                self.multiple_of = Some(both);
            }
            Atom::NotMultipleOf(of) => self.not_multiple_of.push(of.clone()),
            Atom::IntegerLiteral { polarity } => {
                let integer = polarity.is_positive();
                if self.spelled_as_integer.is_some_and(|other| other != integer) {
                    return false;
                }
                self.spelled_as_integer = Some(integer);
                if integer {
                    return self.assume(&Atom::MultipleOf(one()));
                }
            }
            other => debug_assert!(other.json_type() != super::JsonType::Number),
        }
        !self.is_contradiction()
    }

    fn is_contradiction(&self) -> bool {
        let (Some((low, low_strict)), Some((high, high_strict))) = (&self.low, &self.high) else { return false };
        low > high || (low == high && (*low_strict || *high_strict))
    }

    fn allows(&self, number: &BigRational) -> bool {
        self.low.as_ref().is_none_or(|(low, strict)| number > low || (!strict && number == low))
            && self.high.as_ref().is_none_or(|(high, strict)| number < high || (!strict && number == high))
            && self.multiple_of.as_ref().is_none_or(|of| is_multiple(number, of))
            && !self.not_multiple_of.iter().any(|of| is_multiple(number, of))
    }
}

impl Solver<'_, '_> {
    pub(super) fn build_number(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Answer {
        match &facts.multiple_of {
            Some(step) => self.on_a_grid(facts, &step.clone(), excluded),
            None => self.anywhere(facts, excluded),
        }
    }

    /// The number as a document, where it is one that is looked for; an error where JSON cannot spell it here.
    fn take(&self, facts: &NumberFacts, number: &BigRational, excluded: &[ValueSetId]) -> Result<Option<Answer>, Gap> {
        if !facts.allows(number) {
            return Ok(None);
        }
        let Some(spelled) = to_number(number, facts.spelled_as_integer == Some(false)) else { return Err(Gap::Number) };
        if facts.spelled_as_integer.is_some_and(|integer| is_spelled_as_integer(&spelled) != Some(integer)) {
            return Err(Gap::Number);
        }
        let value = Value::Number(spelled);
        let is_excluded = excluded.iter().any(|&set| self.lowering.store.value_set(set).contains(&value));
        Ok((!is_excluded).then(|| Answer::Document(Rc::new(value))))
    }

    /// One of the multiples of `step`, from that next to zero outwards.
    fn on_a_grid(&mut self, facts: &NumberFacts, step: &BigRational, excluded: &[ValueSetId]) -> Answer {
        let low = facts.low.as_ref().map(|(low, strict)| first_above(low, step, *strict));
        let high = facts.high.as_ref().map(|(high, strict)| -first_above(&-high, step, *strict));
        if let (Some(low), Some(high)) = (&low, &high)
            && low > high
        {
            return Answer::Empty;
        }
        let middle = match (&low, &high) {
            (Some(low), _) if low.is_positive() => low.clone(),
            (_, Some(high)) if high.is_negative() => high.clone(),
            _ => BigInt::zero(),
        };
        // After so many in a row, what they are multiples of repeats itself.
        let period = facts
            .not_multiple_of
            .iter()
            .try_fold(step.clone(), |all, of| {
                let all = least_common_multiple(&all, of);
                (all.numer().bits() < 4096).then_some(all)
            })
            .and_then(|all| (all / step).to_integer().to_usize());
        let values: usize = excluded.iter().map(|&set| self.lowering.store.value_set(set).values.len()).sum();
        // Each excluded value can keep one from being seen in each of the two directions.
        let enough = period.and_then(|period| period.checked_mul(values + 1)?.checked_add(1));
        let mut gap = None;
        let (mut above, mut below) = (middle.clone(), middle - 1);
        for seen in 0..CANDIDATES {
            if enough.is_some_and(|enough| seen > enough.saturating_mul(2)) {
                return gap.map_or(Answer::Empty, Answer::Unknown);
            }
            if let Err(spent) = self.budget.spend(1) {
                return Answer::Unknown(spent.into());
            }
            let above_ends = high.as_ref().is_some_and(|high| above > *high);
            let below_ends = low.as_ref().is_some_and(|low| below < *low);
            let factor = match (seen % 2 == 0, above_ends, below_ends) {
                (_, true, true) => return gap.map_or(Answer::Empty, Answer::Unknown),
                (true, false, _) | (false, false, true) => {
                    above += 1;
                    &above - 1
                }
                (false, _, false) | (true, true, false) => {
                    below -= 1;
                    &below + 1
                }
            };
            match self.take(facts, &(step * BigRational::from_integer(factor)), excluded) {
                Ok(Some(found)) => return found,
                Ok(None) => {}
                Err(why) => gap = Some(why),
            }
        }
        Answer::Unknown(gap.unwrap_or(Gap::Budget))
    }

    /// Where any fraction will do: first whole numbers near zero or near a bound, then ever finer fractions.
    fn anywhere(&mut self, facts: &NumberFacts, excluded: &[ValueSetId]) -> Answer {
        let mut gap = None;
        let mut seen = 0;
        let mut step = one();
        let (low, high) = (facts.low.as_ref().map(|(low, _)| low), facts.high.as_ref().map(|(high, _)| high));
        let is_point = low.is_some() && low == high;
        for round in 0..40_u32 {
            let center = match (low, high) {
                (Some(low), _) if low.is_positive() => (low / &step).ceil() * &step,
                (_, Some(high)) if high.is_negative() => (high / &step).floor() * &step,
                _ => BigRational::zero(),
            };
            for distance in 0..12 {
                let offset = &step * BigRational::from_integer(distance.into());
                for number in [&center + &offset, &center - &offset] {
                    seen += 1;
                    match self.take(facts, &number, excluded) {
                        Ok(Some(found)) => return found,
                        Ok(None) => {}
                        Err(why) => gap = Some(why),
                    }
                }
            }
            if let Err(spent) = self.budget.spend(24) {
                return Answer::Unknown(spent.into());
            }
            if round == 0 {
                for bound in [low, high].into_iter().flatten() {
                    match self.take(facts, bound, excluded) {
                        Ok(Some(found)) => return found,
                        Ok(None) => {}
                        Err(why) => gap = Some(why),
                    }
                }
                if is_point {
                    return gap.map_or(Answer::Empty, Answer::Unknown);
                }
            }
            step /= BigRational::from_integer(if round % 2 == 0 { 2 } else { 5 }.into());
        }
        debug_assert!(seen > 0);
        // There are infinitely many; those that were looked at are not among what is wanted, or not spelled here.
        Answer::Unknown(gap.unwrap_or(Gap::Number))
    }
}

/// The least factor with which `step` reaches the bound, or passes it.
fn first_above(bound: &BigRational, step: &BigRational, strict: bool) -> BigInt {
    let factor = bound / step;
    if strict && factor.is_integer() { factor.to_integer() + 1 } else { factor.ceil().to_integer() }
}
