//! Counting by key in bounded memory, with results that do not depend on the order.

use std::cmp::Ordering;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Counts by key, for the `MAX` smallest keys; the other keys share one count.
///
/// The listed counts are exact: a key that is among the smallest in the end has been among them since its first occurrence.
/// So the result depends neither on the order of counting nor on how the input was divided: tallies form a commutative
/// monoid under merging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<K, const MAX: usize> {
    /// Sorted, each once, no count is zero.
    listed: Vec<(K, u64)>,
    others: u64,
}

impl<K, const MAX: usize> Default for Tally<K, MAX> {
    fn default() -> Self {
        Self { listed: Vec::new(), others: 0 }
    }
}

impl<K, const MAX: usize> Tally<K, MAX> {
    /// Returns the listed keys in ascending order, each with its count.
    pub fn listed(&self) -> &[(K, u64)] {
        &self.listed
    }

    /// Returns the total count of the keys that are not listed.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// Returns the total count of all keys.
    pub fn total(&self) -> u64 {
        self.listed.iter().fold(self.others, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Counts one occurrence. `order` compares a listed key with this one, which `make` creates only if it is new.
    pub(super) fn count(&mut self, order: impl Fn(&K) -> Ordering, make: impl FnOnce() -> K) {
        let place = self.listed.binary_search_by(|(listed, _)| order(listed));
        self.count_at(place, 1, make);
    }

    /// Converts the keys. The conversion must keep their order.
    pub(super) fn map_keys<L>(self, convert: impl Fn(K) -> L) -> Tally<L, MAX> {
        let listed = self.listed.into_iter().map(|(key, count)| (convert(key), count)).collect();
        Tally { listed, others: self.others }
    }

    fn count_at(&mut self, place: Result<usize, usize>, count: u64, make: impl FnOnce() -> K) {
        match place {
            Ok(at) => self.listed[at].1 = self.listed[at].1.saturating_add(count),
            Err(at) if at >= MAX => self.others = self.others.saturating_add(count),
            Err(at) => {
                if self.listed.len() == MAX
                    && let Some((_, count)) = self.listed.pop()
                {
                    self.others = self.others.saturating_add(count);
                }
                self.listed.insert(at, (make(), count));
            }
        }
    }
}

impl<K: Ord, const MAX: usize> Tally<K, MAX> {
    pub(super) fn add(&mut self, key: K, count: u64) {
        if count > 0 {
            let place = self.listed.binary_search_by(|(listed, _)| listed.cmp(&key));
            self.count_at(place, count, || key);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.listed.into_iter().for_each(|(key, count)| self.add(key, count));
        self.others = self.others.saturating_add(other.others);
    }
}

/// The serialised form: `{"listed": [{…, "count": 3}], "others": 0}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "a tally")]
struct TallyDocument<L> {
    listed: L,
    others: u64,
}

#[derive(Serialize, Deserialize)]
struct Entry<K> {
    #[serde(flatten)]
    key: K,
    count: u64,
}

impl<K: Serialize, const MAX: usize> Serialize for Tally<K, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let listed: Vec<_> = self.listed.iter().map(|(key, count)| Entry { key, count: *count }).collect();
        TallyDocument { listed, others: self.others }.serialize(serializer)
    }
}

impl<'de, K: Ord + Deserialize<'de>, const MAX: usize> Deserialize<'de> for Tally<K, MAX> {
    /// Accepts entries in any order and number, and restores the invariants.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = TallyDocument::<Vec<Entry<K>>>::deserialize(deserializer)?;
        let mut tally = Self { listed: Vec::new(), others: written.others };
        written.listed.into_iter().for_each(|Entry { key, count }| tally.add(key, count));
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    type Small = Tally<u8, 3>;

    fn tally(seen: &[u8]) -> Small {
        let mut tally = Small::default();
        for key in seen {
            tally.count(|listed| listed.cmp(key), || *key);
        }
        tally
    }

    fn merged(one: &Small, other: &Small) -> Small {
        let mut sum = one.clone();
        sum.merge(other.clone());
        sum
    }

    /// Generates tallies that counting does not produce too, with other keys although there is room in the list.
    fn any_tally() -> impl Strategy<Value = Small> {
        (vec((0_u8..8, prop_oneof![0_u64..5, Just(u64::MAX)]), 0..6), prop_oneof![0_u64..5, Just(u64::MAX)]).prop_map(
            |(counts, others)| {
                let mut tally = Small { others, ..Small::default() };
                for (key, count) in counts {
                    tally.add(key, count);
                }
                tally
            },
        )
    }

    proptest! {
        #[test]
        fn the_smallest_are_counted_exactly(seen in vec(0_u8..8, 0..40)) {
            let mut exact = BTreeMap::<u8, u64>::new();
            for key in &seen {
                *exact.entry(*key).or_default() += 1;
            }
            let tally = tally(&seen);
            prop_assert_eq!(tally.listed(), exact.into_iter().take(3).collect::<Vec<_>>());
            prop_assert_eq!(tally.total(), seen.len() as u64);
        }

        #[test]
        fn parts_add_up_to_the_whole(seen in vec(0_u8..8, 0..40), cut in any::<prop::sample::Index>()) {
            let (one, other) = seen.split_at(cut.index(seen.len() + 1));
            prop_assert_eq!(merged(&tally(one), &tally(other)), tally(&seen));
        }

        #[test]
        fn merging_is_associative_and_commutative_with_an_identity(a in any_tally(), b in any_tally(), c in any_tally()) {
            prop_assert_eq!(merged(&a, &b), merged(&b, &a));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
            prop_assert_eq!(merged(&a, &Small::default()), a.clone());
            prop_assert_eq!(merged(&a, &b).total(), a.total().saturating_add(b.total()));
        }
    }
}
