//! Ranges of numbers, to be found by a number in them.

use super::numeric::Range;

/// Ranges in the order of their lower bounds, and above each stretch of them the highest upper bound in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Intervals {
    ranges: Vec<(Range, u32)>,
    /// A binary tree in an array: the stretch of a node is halved between the two nodes below it.
    highest: Vec<f64>,
}

impl Intervals {
    pub(super) fn new(mut ranges: Vec<(Range, u32)>) -> Self {
        ranges.sort_by(|(one, _), (other, _)| lower(one).total_cmp(&lower(other)));
        let mut highest = vec![f64::NEG_INFINITY; ranges.len() * 4];
        if !ranges.is_empty() {
            raise(&ranges, &mut highest, 1);
        }
        Self { ranges, highest }
    }

    pub(super) fn find(&self, number: f64, found: &mut impl FnMut(u32)) {
        self.below(&self.ranges, 1, number, found);
    }

    fn below(&self, stretch: &[(Range, u32)], node: usize, number: f64, found: &mut impl FnMut(u32)) {
        match stretch {
            [] => {}
            [(range, value)] => {
                if range.has(number) {
                    found(*value);
                }
            }
            [(first, _), ..] => {
                if lower(first) <= number && number <= self.highest[node] {
                    let (left, right) = stretch.split_at(stretch.len() / 2);
                    self.below(left, node * 2, number, found);
                    self.below(right, node * 2 + 1, number, found);
                }
            }
        }
    }
}

fn lower(range: &Range) -> f64 {
    range.lower.map_or(f64::NEG_INFINITY, |bound| bound.at)
}

fn raise(stretch: &[(Range, u32)], highest: &mut [f64], node: usize) -> f64 {
    let top = match stretch {
        [] => f64::NEG_INFINITY,
        [(range, _)] => range.upper.map_or(f64::INFINITY, |bound| bound.at),
        _ => {
            let (left, right) = stretch.split_at(stretch.len() / 2);
            raise(left, highest, node * 2).max(raise(right, highest, node * 2 + 1))
        }
    };
    highest[node] = top;
    top
}

#[cfg(test)]
mod tests {
    use super::super::numeric::Bound;
    use super::*;

    #[test]
    fn every_range_that_has_a_number_is_found() {
        let bound = |at: i32, included| Some(Bound { at: f64::from(at), included });
        let mut ranges = Vec::new();
        for (index, low) in (0_u32..).zip(-20..20) {
            let upper = (low % 3 != 0).then_some(bound(low + index.cast_signed() % 7 + 1, index % 2 == 0)).flatten();
            let lower = (low % 5 != 0).then_some(bound(low, index % 3 == 0)).flatten();
            ranges.push((Range { lower, upper }, index));
        }
        let intervals = Intervals::new(ranges.clone());
        for number in (-50..50).map(|half| f64::from(half) / 2.0) {
            let mut found = Vec::new();
            intervals.find(number, &mut |value| found.push(value));
            found.sort_unstable();
            let expected: Vec<_> = ranges.iter().filter(|(range, _)| range.has(number)).map(|(_, i)| *i).collect();
            assert_eq!(found, expected, "{number}");
        }
    }
}
