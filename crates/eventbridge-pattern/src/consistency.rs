//! Array consistency: the values that satisfy the conditions of an alternative must not be in different elements of one
//! array.
//!
//! The service visits the conditions in the order of their paths and chooses an element for each array on the way. A field
//! counts as absent if it has no value in the elements chosen *so far* (`NameState` and `ArrayMembership` in event-ruler).
//! So the order of the conditions affects the answer.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::element::{Element, ElementId, Elements};
use crate::event::{EventError, EventErrorKind};
use crate::step_counter::count_step;

/// Maximum number of choices that are tried for one event.
///
/// An event without duplicate members needs at most one choice for each condition, value and enclosing element, which is
/// far below. Only duplicate members can make the search exponential.
const MAX_STEPS: usize = 1_000_000;

/// Number of combinations above which memoisation is faster than plain backtracking.
const MEMO_THRESHOLD: usize = 1_000;

/// The positions that satisfy one condition.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Positions of the values that the condition matches.
    pub(crate) matching: Vec<ElementId>,
    /// Positions of all values of the field, if the condition accepts an absent field.
    pub(crate) if_absent: Option<Vec<ElementId>>,
}

/// Returns true if there is a consistent choice of one candidate for each condition, in the order of their paths.
pub(crate) fn is_consistent(candidates: &[Candidates], elements: &Elements) -> Result<bool, EventError> {
    // Below `MEMO_THRESHOLD` combinations, plain backtracking beats memoisation.
    let choices = |one: &Candidates| one.matching.len() + one.if_absent.as_ref().map_or(0, |values| values.len() + 1);
    let combinations = candidates
        .iter()
        .map(choices)
        .try_fold(1_usize, |all, choices| all.checked_mul(choices).filter(|all| *all <= MEMO_THRESHOLD));
    if combinations.is_some() {
        return Ok(backtrack(candidates, elements, &mut Vec::with_capacity(8)));
    }
    memoised(candidates, elements)
}

/// Backtracking without memoisation; `chosen` holds the chosen element of each array.
fn backtrack(candidates: &[Candidates], elements: &Elements, chosen: &mut Vec<(u32, u32)>) -> bool {
    let [first, rest @ ..] = candidates else { return true };
    let fits = |id: ElementId, chosen: &[(u32, u32)]| {
        elements
            .ancestors(id)
            .all(|element| chosen.iter().all(|(array, index)| *array != element.array || *index == element.index))
    };
    for &id in &first.matching {
        count_step();
        if fits(id, chosen) {
            let before = chosen.len();
            chosen.extend(elements.ancestors(id).map(|element| (element.array, element.index)));
            if backtrack(rest, elements, chosen) {
                return true;
            }
            chosen.truncate(before);
        }
    }
    let is_absent = first.if_absent.as_ref().is_some_and(|values| !values.iter().any(|id| fits(*id, chosen)));
    is_absent && backtrack(rest, elements, chosen)
}

/// Backtracking with memoisation of failures: the rest of a search depends only on the elements that are chosen of the
/// arrays that it looks at.
fn memoised(candidates: &[Candidates], elements: &Elements) -> Result<bool, EventError> {
    let mut conditions: Vec<Condition> = candidates.iter().map(|one| Condition::new(one, elements)).collect();
    let mut arrays = HashSet::new();
    for condition in conditions.iter_mut().rev() {
        arrays.extend(condition.arrays.iter().copied());
        condition.arrays.clone_from(&arrays);
    }
    let mut search = Search { conditions: &conditions, chosen: HashMap::new(), failed: HashSet::new(), steps: 0 };
    search.search_from(0)
}

struct Condition {
    matching: PositionTree,
    if_absent: Option<PositionTree>,
    /// The arrays that this condition and all later ones depend on.
    arrays: HashSet<u32>,
}

/// Positions of values by the elements around them, the outermost array first.
#[derive(Default)]
struct PositionTree {
    has_value: bool,
    /// Array, then index in the array.
    children: BTreeMap<u32, BTreeMap<u32, PositionTree>>,
}

struct Search<'a> {
    conditions: &'a [Condition],
    /// The chosen element of each array.
    chosen: HashMap<u32, u32>,
    /// Conditions from which the search failed, with the chosen elements that it depends on.
    failed: HashSet<(usize, Vec<(u32, u32)>)>,
    steps: usize,
}

impl Condition {
    fn new(candidates: &Candidates, elements: &Elements) -> Self {
        let mut arrays = HashSet::new();
        let mut build_tree = |ids: &[ElementId]| {
            let mut tree = PositionTree::default();
            for id in ids {
                let ancestors: Vec<Element> = elements.ancestors(*id).collect();
                let mut node = &mut tree;
                for element in ancestors.iter().rev() {
                    arrays.insert(element.array);
                    node = node.children.entry(element.array).or_default().entry(element.index).or_default();
                }
                node.has_value = true;
            }
            tree
        };
        let matching = build_tree(&candidates.matching);
        let if_absent = candidates.if_absent.as_deref().map(build_tree);
        Self { matching, if_absent, arrays }
    }
}

impl PositionTree {
    /// Collects the positions that fit the chosen elements, each as the elements around it.
    fn collect_fitting(
        &self,
        chosen: &HashMap<u32, u32>,
        around: &mut Vec<(u32, u32)>,
        fitting: &mut Vec<Vec<(u32, u32)>>,
    ) {
        if self.has_value {
            fitting.push(around.clone());
        }
        for (array, children) in &self.children {
            let mut enter = |index: u32, child: &Self| {
                around.push((*array, index));
                child.collect_fitting(chosen, around, fitting);
                around.pop();
            };
            match chosen.get(array) {
                Some(index) => children.get(index).into_iter().for_each(|child| enter(*index, child)),
                None => children.iter().for_each(|(index, child)| enter(*index, child)),
            }
        }
    }

    /// Returns true if a position fits the chosen elements.
    fn has_fitting(&self, chosen: &HashMap<u32, u32>) -> bool {
        self.has_value
            || self.children.iter().any(|(array, children)| match chosen.get(array) {
                Some(index) => children.get(index).is_some_and(|child| child.has_fitting(chosen)),
                None => children.values().any(|child| child.has_fitting(chosen)),
            })
    }
}

impl Search<'_> {
    fn search_from(&mut self, at: usize) -> Result<bool, EventError> {
        let conditions = self.conditions;
        let Some(condition) = conditions.get(at) else { return Ok(true) };
        let mut relevant: Vec<_> =
            self.chosen.iter().filter(|(array, _)| condition.arrays.contains(array)).map(|(a, i)| (*a, *i)).collect();
        relevant.sort_unstable();
        let key = (at, relevant);
        if self.failed.contains(&key) {
            return Ok(false);
        }
        let mut fitting = Vec::new();
        condition.matching.collect_fitting(&self.chosen, &mut Vec::new(), &mut fitting);
        for around in fitting {
            self.count()?;
            let new: Vec<_> = around.into_iter().filter(|(array, _)| !self.chosen.contains_key(array)).collect();
            self.chosen.extend(new.iter().copied());
            if self.search_from(at + 1)? {
                return Ok(true);
            }
            for (array, _) in new {
                self.chosen.remove(&array);
            }
        }
        if let Some(values) = &condition.if_absent {
            self.count()?;
            if !values.has_fitting(&self.chosen) && self.search_from(at + 1)? {
                return Ok(true);
            }
        }
        self.failed.insert(key);
        Ok(false)
    }

    fn count(&mut self) -> Result<(), EventError> {
        count_step();
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(EventError { kind: EventErrorKind::TooManyCombinations });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn memoisation_does_not_change_the_answer(
            around in proptest::collection::vec((0_u32..12, 1_u32..5, 0_u32..3), 1..12),
            picks in proptest::collection::vec((proptest::collection::vec(0_u32..12, 0..4), any::<bool>()), 1..5),
        ) {
            let count = u32::try_from(around.len()).unwrap();
            let mut elements = Elements::default();
            for (id, (parent, array, index)) in (0..).zip(around) {
                // An array has one parent.
                let parent = parent % (id + 1);
                elements.add_element(parent, array * 100 + parent, index);
            }
            let candidates: Vec<Candidates> = picks
                .into_iter()
                .map(|(matching, accepts_absence)| {
                    let matching: Vec<ElementId> = matching.into_iter().map(|id| id % (count + 1)).collect();
                    let if_absent = accepts_absence.then(|| matching.iter().map(|id| (id + 1) % (count + 1)).collect());
                    Candidates { matching, if_absent }
                })
                .collect();
            let plain = backtrack(&candidates, &elements, &mut Vec::new());
            prop_assert_eq!(memoised(&candidates, &elements), Ok(plain));
        }
    }
}
