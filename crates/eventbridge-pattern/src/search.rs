//! Whether the conditions of one way hold together: values that stand in different items of one list do not.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::scan::{EventError, Item, Scope, Scopes};
use super::steps;

/// How many choices are tried for one event. In an event in which no member stands twice, each value is chosen once for
/// each condition and each item around it at most; only others can ask for more.
const BUDGET: usize = 1_000_000;

/// How many ways to choose are few.
const FEW: usize = 1_000;

/// What can make one condition hold.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Where the values stand that it finds.
    pub(super) found: Vec<Scope>,
    /// Where it will do with a field that is missing: where all the values of the field stand.
    pub(super) missing: Option<Vec<Scope>>,
}

/// Tries all ways to choose a value for each condition, given in the order of their paths.
///
/// The service goes through the conditions in that order. A field counts as missing where no value of it stands in the
/// items *chosen so far*; so it does matter which conditions come before.
pub(super) fn hold_together(choices: &[Choice], scopes: &Scopes) -> Result<bool, EventError> {
    // Mostly there is little to choose, and then it is not worth while to keep books.
    let ways = |choice: &Choice| choice.found.len() + choice.missing.as_ref().map_or(0, |values| values.len() + 1);
    if choices.iter().map(ways).try_fold(1_usize, |all, ways| all.checked_mul(ways).filter(|all| *all <= FEW)).is_some()
    {
        return Ok(plainly(choices, scopes, &mut Vec::with_capacity(8)));
    }
    with_books(choices, scopes)
}

fn with_books(choices: &[Choice], scopes: &Scopes) -> Result<bool, EventError> {
    let mut conditions: Vec<Condition> = choices.iter().map(|choice| Condition::of(choice, scopes)).collect();
    let mut rest = HashSet::new();
    for condition in conditions.iter_mut().rev() {
        rest.extend(condition.lists.iter().copied());
        condition.lists.clone_from(&rest);
    }
    let mut search = Search { conditions: &conditions, chosen: HashMap::new(), failed: HashSet::new(), steps: 0 };
    search.from(0)
}

/// The same, by trying and nothing else.
fn plainly(choices: &[Choice], scopes: &Scopes, chosen: &mut Vec<(u32, u32)>) -> bool {
    let [choice, rest @ ..] = choices else { return true };
    let fits = |scope: Scope, chosen: &[(u32, u32)]| {
        scopes.around(scope).all(|item| chosen.iter().all(|(list, index)| *list != item.list || *index == item.index))
    };
    for &scope in &choice.found {
        steps::step();
        if fits(scope, chosen) {
            let before = chosen.len();
            chosen.extend(scopes.around(scope).map(|item| (item.list, item.index)));
            if plainly(rest, scopes, chosen) {
                return true;
            }
            chosen.truncate(before);
        }
    }
    let missing = choice.missing.as_ref().is_some_and(|values| !values.iter().any(|scope| fits(*scope, chosen)));
    missing && plainly(rest, scopes, chosen)
}

struct Condition {
    found: Spot,
    missing: Option<Spot>,
    /// The lists that it depends on, or one of those behind it.
    lists: HashSet<u32>,
}

/// Values, by the items they stand in: the outermost list first.
#[derive(Default)]
struct Spot {
    here: bool,
    inside: BTreeMap<u32, BTreeMap<u32, Spot>>,
}

struct Search<'a> {
    conditions: &'a [Condition],
    /// The item that is chosen of each list.
    chosen: HashMap<u32, u32>,
    /// Where the rest did not hold: at which condition, with which items of the lists that it depends on.
    failed: HashSet<(usize, Vec<(u32, u32)>)>,
    steps: usize,
}

impl Condition {
    fn of(choice: &Choice, scopes: &Scopes) -> Self {
        let mut lists = HashSet::new();
        let mut spot = |values: &[Scope]| {
            let mut all = Spot::default();
            for scope in values {
                let around: Vec<Item> = scopes.around(*scope).collect();
                let mut spot = &mut all;
                for item in around.iter().rev() {
                    lists.insert(item.list);
                    spot = spot.inside.entry(item.list).or_default().entry(item.index).or_default();
                }
                spot.here = true;
            }
            all
        };
        let found = spot(&choice.found);
        let missing = choice.missing.as_deref().map(spot);
        Self { found, missing, lists }
    }
}

impl Spot {
    /// All that stands in no other item than is chosen, each as the items around it.
    fn fitting(&self, chosen: &HashMap<u32, u32>, around: &mut Vec<(u32, u32)>, out: &mut Vec<Vec<(u32, u32)>>) {
        if self.here {
            out.push(around.clone());
        }
        for (list, items) in &self.inside {
            let mut enter = |index: u32, spot: &Self| {
                around.push((*list, index));
                spot.fitting(chosen, around, out);
                around.pop();
            };
            match chosen.get(list) {
                Some(index) => items.get(index).into_iter().for_each(|spot| enter(*index, spot)),
                None => items.iter().for_each(|(index, spot)| enter(*index, spot)),
            }
        }
    }

    fn fits(&self, chosen: &HashMap<u32, u32>) -> bool {
        self.here
            || self.inside.iter().any(|(list, items)| match chosen.get(list) {
                Some(index) => items.get(index).is_some_and(|spot| spot.fits(chosen)),
                // Whatever stands in it stands in a value.
                None => items.values().any(|spot| spot.fits(chosen)),
            })
    }
}

impl Search<'_> {
    fn from(&mut self, at: usize) -> Result<bool, EventError> {
        let conditions = self.conditions;
        let Some(condition) = conditions.get(at) else { return Ok(true) };
        let mut relevant: Vec<_> =
            self.chosen.iter().filter(|(list, _)| condition.lists.contains(list)).map(|(l, i)| (*l, *i)).collect();
        relevant.sort_unstable();
        let key = (at, relevant);
        if self.failed.contains(&key) {
            return Ok(false);
        }
        let mut fitting = Vec::new();
        condition.found.fitting(&self.chosen, &mut Vec::new(), &mut fitting);
        for around in fitting {
            self.step()?;
            let new: Vec<_> = around.into_iter().filter(|(list, _)| !self.chosen.contains_key(list)).collect();
            self.chosen.extend(new.iter().copied());
            if self.from(at + 1)? {
                return Ok(true);
            }
            for (list, _) in new {
                self.chosen.remove(&list);
            }
        }
        if let Some(values) = &condition.missing {
            self.step()?;
            if !values.fits(&self.chosen) && self.from(at + 1)? {
                return Ok(true);
            }
        }
        self.failed.insert(key);
        Ok(false)
    }

    fn step(&mut self) -> Result<(), EventError> {
        steps::step();
        self.steps += 1;
        if self.steps > BUDGET { Err(EventError::too_much()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_books_change_nothing(
            around in proptest::collection::vec((0_u32..12, 1_u32..5, 0_u32..3), 1..12),
            picks in proptest::collection::vec((proptest::collection::vec(0_u32..12, 0..4), any::<bool>()), 1..5),
        ) {
            let count = u32::try_from(around.len()).unwrap();
            let mut scopes = Scopes::default();
            for (index, (outer, list, item)) in (0..).zip(around) {
                // A list lies in one place only.
                let outer = outer % (index + 1);
                scopes.enter(outer, list * 100 + outer, item);
            }
            let choices: Vec<Choice> = picks
                .into_iter()
                .map(|(found, missing)| {
                    let found: Vec<Scope> = found.into_iter().map(|scope| scope % (count + 1)).collect();
                    Choice { missing: missing.then(|| found.iter().map(|scope| (scope + 1) % (count + 1)).collect()), found }
                })
                .collect();
            let plain = plainly(&choices, &scopes, &mut Vec::new());
            prop_assert_eq!(with_books(&choices, &scopes), Ok(plain));
        }
    }
}
