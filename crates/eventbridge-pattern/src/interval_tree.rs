//! Interval tree of numeric ranges.

use crate::numeric::NumericRange;

/// Finds the ranges that contain a number in logarithmic time for each result.
///
/// The ranges are sorted by lower bound. A binary tree over them, stored in an array, holds the highest upper bound of
/// each subtree: the children of node `n` are `2n` and `2n + 1`.
#[derive(Debug, Clone, Default)]
pub(crate) struct IntervalTree {
    ranges: Vec<(NumericRange, u32)>,
    max_upper: Vec<f64>,
}

impl IntervalTree {
    pub(crate) fn new(mut ranges: Vec<(NumericRange, u32)>) -> Self {
        ranges.sort_by(|(one, _), (other, _)| lower(one).total_cmp(&lower(other)));
        let mut max_upper = vec![f64::NEG_INFINITY; ranges.len() * 4];
        if !ranges.is_empty() {
            fill_max_upper(&ranges, &mut max_upper, 1);
        }
        Self { ranges, max_upper }
    }

    /// Calls `found` with the value of every range that contains `number`.
    pub(crate) fn find(&self, number: f64, found: &mut impl FnMut(u32)) {
        self.find_in(&self.ranges, 1, number, found);
    }

    fn find_in(&self, ranges: &[(NumericRange, u32)], node: usize, number: f64, found: &mut impl FnMut(u32)) {
        match ranges {
            [] => {}
            [(range, value)] => {
                if range.contains(number) {
                    found(*value);
                }
            }
            [(first, _), ..] => {
                if lower(first) <= number && number <= self.max_upper[node] {
                    let (left, right) = ranges.split_at(ranges.len() / 2);
                    self.find_in(left, node * 2, number, found);
                    self.find_in(right, node * 2 + 1, number, found);
                }
            }
        }
    }
}

fn lower(range: &NumericRange) -> f64 {
    range.lower.map_or(f64::NEG_INFINITY, |bound| bound.value)
}

fn fill_max_upper(ranges: &[(NumericRange, u32)], max_upper: &mut [f64], node: usize) -> f64 {
    let max = match ranges {
        [] => f64::NEG_INFINITY,
        [(range, _)] => range.upper.map_or(f64::INFINITY, |bound| bound.value),
        _ => {
            let (left, right) = ranges.split_at(ranges.len() / 2);
            fill_max_upper(left, max_upper, node * 2).max(fill_max_upper(right, max_upper, node * 2 + 1))
        }
    };
    max_upper[node] = max;
    max
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::Bound;

    #[test]
    fn every_range_that_contains_a_number_is_found() {
        let bound = |value: i32, is_inclusive| Some(Bound { value: f64::from(value), is_inclusive });
        let mut ranges = Vec::new();
        for (index, low) in (0_u32..).zip(-20..20) {
            let upper = (low % 3 != 0).then_some(bound(low + index.cast_signed() % 7 + 1, index % 2 == 0)).flatten();
            let lower = (low % 5 != 0).then_some(bound(low, index % 3 == 0)).flatten();
            ranges.push((NumericRange { lower, upper }, index));
        }
        let tree = IntervalTree::new(ranges.clone());
        for number in (-50..50).map(|half| f64::from(half) / 2.0) {
            let mut found = Vec::new();
            tree.find(number, &mut |value| found.push(value));
            found.sort_unstable();
            let expected: Vec<_> = ranges.iter().filter(|(range, _)| range.contains(number)).map(|(_, i)| *i).collect();
            assert_eq!(found, expected, "{number}");
        }
    }
}
