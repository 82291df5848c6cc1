//! An array: items by place, a tail of which all places are alike, and items that are counted.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::super::formula::{Atom, FormulaId, JsonType, Polarity};
use super::super::number::values_equal;
use super::branch::Prospect;
use super::{Answer, Gap, Solver};

#[derive(Debug, Clone, Default)]
pub(super) struct ArrayFacts {
    /// What the item at a place has to be, if it is there.
    at: BTreeMap<u64, Vec<FormulaId>>,
    /// What all items have to be from a place on.
    from: Vec<(u64, FormulaId)>,
    least: u64,
    most: Option<u64>,
    /// From a place on, so many at least, or at most, are so.
    at_least: Vec<Counted>,
    at_most: Vec<Counted>,
    unique: bool,
    repeated: bool,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    from: u64,
    item: FormulaId,
    count: u64,
}

/// What is asked of an item beyond what its place asks: which of the counted kinds it is, and which it is not.
type Choice = u32;

/// What was counted up to a place, and the items chosen up to there.
#[derive(Debug, Clone)]
struct Run {
    counts: Vec<u64>,
    items: Vec<Rc<Value>>,
    choices: Vec<Choice>,
}

/// Longer arrays are not built.
const LONGEST: u64 = 20_000;
const MOST_COUNTED: usize = 8;

impl ArrayFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::MinItems(count) => self.least = self.least.max(*count),
            Atom::MaxItems(count) => self.most = Some(self.most.map_or(*count, |most| most.min(*count))),
            Atom::IfItem(at, item) => self.at.entry(*at).or_default().push(*item),
            Atom::Item(at, item) => {
                self.least = self.least.max(at.saturating_add(1));
                if *item != FormulaId::TRUE {
                    self.at.entry(*at).or_default().push(*item);
                }
            }
            Atom::EveryItem(from, item) => {
                if *item == FormulaId::FALSE {
                    self.most = Some(self.most.map_or(*from, |most| most.min(*from)));
                } else {
                    self.from.push((*from, *item));
                }
            }
            Atom::MinContains { from, item, count } => {
                self.at_least.push(Counted { from: *from, item: *item, count: *count });
                self.least = self.least.max(from.saturating_add(*count));
            }
            Atom::MaxContains { from, item, count } => {
                self.at_most.push(Counted { from: *from, item: *item, count: *count });
            }
            Atom::UniqueItems { polarity: Polarity::Positive } => self.unique = true,
            Atom::UniqueItems { polarity: Polarity::Negative } => {
                self.repeated = true;
                self.least = self.least.max(2);
            }
            other => debug_assert!(other.json_type() != JsonType::Array),
        }
        let contradiction = self.unique && self.repeated;
        !contradiction && self.most.is_none_or(|most| self.least <= most)
    }

    /// From here on, all places are alike.
    fn tail(&self) -> u64 {
        let places = self.at.keys().map(|at| at + 1);
        let others = self.from.iter().map(|(from, _)| *from);
        let counted = self.at_least.iter().chain(&self.at_most).map(|counted| counted.from);
        places.chain(others).chain(counted).max().unwrap_or(0)
    }

    fn no_counts(&self) -> Vec<u64> {
        vec![0; self.at_least.len() + self.at_most.len()]
    }

    fn choices(&self) -> Choice {
        1 << (self.at_least.len() + self.at_most.len())
    }

    /// What is counted with one more item, or `None` where that is too many.
    fn count(&self, counts: &[u64], place: u64, choice: Choice) -> Option<Vec<u64>> {
        let mut counts = counts.to_vec();
        for (number, counted) in self.at_least.iter().chain(&self.at_most).enumerate() {
            if place < counted.from {
                continue;
            }
            let chosen = choice >> number & 1 == 1;
            if number < self.at_least.len() {
                counts[number] = counted.count.min(counts[number] + u64::from(chosen));
            } else if !chosen {
                counts[number] += 1;
                if counts[number] > counted.count {
                    return None;
                }
            }
        }
        Some(counts)
    }

    /// What the item at a place has to be.
    fn of_item(&self, place: u64) -> Vec<FormulaId> {
        let mut is = self.at.get(&place).cloned().unwrap_or_default();
        is.extend(self.from.iter().filter(|(from, _)| *from <= place).map(|(_, item)| *item));
        is
    }
}

impl Solver<'_, '_> {
    pub(super) fn prospect_of_items(&mut self, facts: &ArrayFacts, atom: &Atom) -> Prospect {
        let too_long = |count: u64| facts.most.is_some_and(|most| most < count);
        match atom {
            Atom::Item(at, item) => {
                if too_long(at.saturating_add(1)) {
                    return Prospect::Impossible;
                }
                let is = facts.of_item(*at);
                if let Answer::Empty = self.find(is.iter().copied().chain([*item])) {
                    return Prospect::Impossible;
                }
                if facts.least <= *at {
                    return Prospect::Open;
                }
                let not = self.lowering.store.not(*item);
                if self.is_surely_empty(is.into_iter().chain([not])) { Prospect::Certain } else { Prospect::Open }
            }
            Atom::IfItem(at, item) => {
                if too_long(at.saturating_add(1)) {
                    return Prospect::Certain;
                }
                let is = facts.of_item(*at);
                if facts.least > *at && matches!(self.find(is.iter().copied().chain([*item])), Answer::Empty) {
                    return Prospect::Impossible;
                }
                if is.is_empty() {
                    return Prospect::Open;
                }
                let not = self.lowering.store.not(*item);
                if self.is_surely_empty(is.into_iter().chain([not])) { Prospect::Certain } else { Prospect::Open }
            }
            Atom::MinContains { from, item, count } => {
                if too_long(from.saturating_add(*count)) {
                    return Prospect::Impossible;
                }
                let end = facts.tail().max(*from).saturating_add(1).min(facts.most.unwrap_or(u64::MAX));
                let mut found = 0;
                for place in *from..end.min(from.saturating_add(LONGEST)) {
                    let is = facts.of_item(place);
                    if !matches!(self.find(is.into_iter().chain([*item])), Answer::Empty) {
                        found += 1;
                        break;
                    }
                }
                if found == 0 { Prospect::Impossible } else { Prospect::Open }
            }
            Atom::MinItems(count) => {
                if too_long(*count) {
                    Prospect::Impossible
                } else if facts.least >= *count {
                    Prospect::Certain
                } else {
                    Prospect::Open
                }
            }
            Atom::MaxItems(count) => {
                if facts.least > *count {
                    Prospect::Impossible
                } else if facts.most.is_some_and(|most| most <= *count) {
                    Prospect::Certain
                } else {
                    Prospect::Open
                }
            }
            Atom::UniqueItems { polarity } if facts.unique || facts.repeated => {
                if polarity.apply(facts.unique) {
                    Prospect::Certain
                } else {
                    Prospect::Impossible
                }
            }
            Atom::EveryItem(..) | Atom::MaxContains { .. } | Atom::UniqueItems { .. } => Prospect::Open,
            other => {
                debug_assert!(other.json_type() != JsonType::Array);
                Prospect::Open
            }
        }
    }

    pub(super) fn build_array(&mut self, facts: &ArrayFacts) -> Answer {
        if facts.at_least.is_empty() && facts.at_most.is_empty() && !facts.unique && !facts.repeated {
            return self.plain_array(facts);
        }
        if facts.at_least.len() + facts.at_most.len() > MOST_COUNTED {
            return Answer::Unknown(Gap::Budget);
        }
        if !facts.repeated {
            return self.counted_array(facts, None);
        }
        // Two items are equal: each two places are tried, those of the tail being alike.
        let tail = facts.tail();
        let mut gap = None;
        for second in 1..=tail + 1 {
            for first in 0..second {
                if let Err(spent) = self.budget.spend(1) {
                    return Answer::Unknown(spent.into());
                }
                let mut tied = facts.clone();
                let both: Vec<FormulaId> = facts.of_item(first).into_iter().chain(facts.of_item(second)).collect();
                if !tied.assume(&Atom::MinItems(second + 1)) {
                    continue;
                }
                tied.at.insert(first, both.clone());
                tied.at.insert(second, both);
                match self.counted_array(&tied, Some((first, second))) {
                    Answer::Document(document) => return Answer::Document(document),
                    Answer::Empty => {}
                    Answer::Unknown(why) => gap = gap.or(Some(why)),
                }
            }
        }
        gap.map_or(Answer::Empty, Answer::Unknown)
    }

    fn plain_array(&mut self, facts: &ArrayFacts) -> Answer {
        let tail = facts.tail();
        let mut items = Vec::new();
        let mut gap = None;
        for place in 0..facts.least {
            if place > tail && gap.is_none() {
                if facts.least > LONGEST * 10 {
                    return Answer::Unknown(Gap::Budget);
                }
                let last: Value = items.last().cloned().unwrap_or(Value::Null);
                let more = usize::try_from(facts.least - place).unwrap_or(usize::MAX);
                if let Err(spent) = self.budget.spend(super::size(&last).saturating_mul(more)) {
                    return Answer::Unknown(spent.into());
                }
                items.resize(usize::try_from(facts.least).unwrap_or(usize::MAX), last);
                break;
            }
            match self.find(facts.of_item(place)) {
                Answer::Document(item) => {
                    if let Err(spent) = self.spend_on([&*item]) {
                        return Answer::Unknown(spent.into());
                    }
                    items.push((*item).clone());
                }
                Answer::Empty => return Answer::Empty,
                Answer::Unknown(why) => gap = gap.or(Some(why)),
            }
            if place > tail {
                break;
            }
        }
        gap.map_or_else(|| Answer::Document(Rc::new(Value::Array(items))), Answer::Unknown)
    }

    /// An array, place by place, with what was counted so far. Where two places are tied, their items are the same.
    fn counted_array(&mut self, facts: &ArrayFacts, tied: Option<(u64, u64)>) -> Answer {
        let needed = facts.at_least.iter().fold(0_u64, |sum, counted| sum.saturating_add(counted.count));
        let longest = facts.least.max(facts.tail()).saturating_add(needed).min(facts.most.unwrap_or(u64::MAX));
        let mut gap = None;
        if facts.unique {
            let mut run = Run { counts: facts.no_counts(), items: Vec::new(), choices: Vec::new() };
            return match self.distinct(facts, longest, &mut run, &mut gap) {
                Some(found) => found,
                None => gap.map_or(Answer::Empty, Answer::Unknown),
            };
        }
        let start = Run { counts: facts.no_counts(), items: Vec::new(), choices: Vec::new() };
        let mut layer: BTreeMap<(Vec<u64>, Choice), Run> = BTreeMap::from([((start.counts.clone(), 0), start)]);
        let mut place = 0;
        loop {
            if place >= facts.least
                && let Some(run) = layer.values().find(|run| enough(facts, &run.counts))
            {
                if let Err(spent) = self.spend_on(run.items.iter().map(|item| &**item)) {
                    return Answer::Unknown(spent.into());
                }
                let items = run.items.iter().map(|item| (**item).clone()).collect();
                return Answer::Document(Rc::new(Value::Array(items)));
            }
            if place >= longest || layer.is_empty() {
                return gap.map_or(Answer::Empty, Answer::Unknown);
            }
            if place > LONGEST {
                return Answer::Unknown(Gap::Budget);
            }
            let mut next = BTreeMap::new();
            for run in layer.values() {
                for choice in 0..facts.choices() {
                    if let Err(spent) = self.budget.spend(1 + run.items.len() / 16) {
                        return Answer::Unknown(spent.into());
                    }
                    if let Some((first, second)) = tied {
                        let at = usize::try_from(first).unwrap_or(usize::MAX);
                        if place == second && run.choices.get(at) != Some(&choice) {
                            continue;
                        }
                    }
                    let Some(counts) = facts.count(&run.counts, place, choice) else { continue };
                    let mark = match tied {
                        Some((first, _)) if place == first => choice,
                        Some((first, second)) if place > first && place < second => {
                            run.choices[usize::try_from(first).unwrap_or_default()]
                        }
                        Some(_) | None => 0,
                    };
                    if next.contains_key(&(counts.clone(), mark)) {
                        continue;
                    }
                    match self.item(facts, place, choice) {
                        Answer::Document(item) => {
                            let mut longer = run.clone();
                            longer.counts.clone_from(&counts);
                            longer.items.push(item);
                            longer.choices.push(choice);
                            next.insert((counts, mark), longer);
                        }
                        Answer::Empty => {}
                        Answer::Unknown(why) => gap = Some(why),
                    }
                }
            }
            if let Some((first, second)) = tied.filter(|&(_, second)| place == second) {
                let (first, second) = (usize::try_from(first).unwrap_or(0), usize::try_from(second).unwrap_or(0));
                next.retain(|_, run: &mut Run| values_equal(&run.items[first], &run.items[second]));
            }
            layer = next;
            place += 1;
        }
    }

    /// An item for a place that is, by choice, of some of the counted kinds, and not of others.
    fn item(&mut self, facts: &ArrayFacts, place: u64, choice: Choice) -> Answer {
        let is = self.of_choice(facts, place, choice);
        self.find(is)
    }

    fn of_choice(&mut self, facts: &ArrayFacts, place: u64, choice: Choice) -> Vec<FormulaId> {
        let mut is = facts.of_item(place);
        for (number, counted) in facts.at_least.iter().chain(&facts.at_most).enumerate() {
            if choice >> number & 1 == 1 {
                let of_kind = number < facts.at_least.len();
                is.push(if of_kind { counted.item } else { self.lowering.store.not(counted.item) });
            }
        }
        is
    }

    /// An array of different items: each way of choosing is tried until the items can be told apart.
    fn distinct(&mut self, facts: &ArrayFacts, longest: u64, run: &mut Run, gap: &mut Option<Gap>) -> Option<Answer> {
        if let Err(spent) = self.budget.spend(1 + run.choices.len()) {
            return Some(Answer::Unknown(spent.into()));
        }
        let place = run.choices.len() as u64;
        if place >= facts.least
            && enough(facts, &run.counts)
            && let Some(items) = self.tell_apart(facts, &run.choices, gap)
        {
            return Some(Answer::Document(Rc::new(Value::Array(items))));
        }
        if place >= longest {
            return None;
        }
        if place > 200 {
            *gap = Some(Gap::Budget);
            return None;
        }
        for choice in 0..facts.choices() {
            let Some(counts) = facts.count(&run.counts, place, choice) else { continue };
            match self.item(facts, place, choice) {
                Answer::Document(_) => {}
                Answer::Empty => continue,
                Answer::Unknown(why) => {
                    *gap = Some(why);
                    continue;
                }
            }
            let before = std::mem::replace(&mut run.counts, counts);
            run.choices.push(choice);
            let found = self.distinct(facts, longest, run, gap);
            run.choices.pop();
            run.counts = before;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// For each place an item of its own: a matching of places and values.
    fn tell_apart(&mut self, facts: &ArrayFacts, choices: &[Choice], gap: &mut Option<Gap>) -> Option<Vec<Value>> {
        let mut values: Vec<Value> = Vec::new();
        let mut wanted: Vec<Vec<usize>> = Vec::new();
        for (place, &choice) in choices.iter().enumerate() {
            let is = self.of_choice(facts, place as u64, choice);
            let mut numbers = Vec::new();
            for value in self.several(&is, choices.len(), gap) {
                let known = values.iter().position(|other| values_equal(other, &value));
                numbers.push(known.unwrap_or_else(|| {
                    values.push(value);
                    values.len() - 1
                }));
            }
            wanted.push(numbers);
        }
        let mut taken: Vec<Option<usize>> = vec![None; values.len()];
        for place in 0..wanted.len() {
            if !reassign(place, &wanted, &mut taken, &mut vec![false; values.len()]) {
                return None;
            }
        }
        let mut items = vec![Value::Null; wanted.len()];
        for (value, place) in taken.iter().enumerate() {
            if let Some(place) = place {
                items[*place] = values[value].clone();
            }
        }
        Some(items)
    }

    /// So many different documents, or all there are.
    fn several(&mut self, is: &[FormulaId], count: usize, gap: &mut Option<Gap>) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        while found.len() < count {
            let others = self.lowering.store.none_of_values(found.iter().cloned());
            match self.find(is.iter().copied().chain([others])) {
                Answer::Document(value) => {
                    if let Err(spent) = self.spend_on([&*value]) {
                        *gap = Some(spent.into());
                        break;
                    }
                    found.push((*value).clone());
                }
                Answer::Empty => break,
                Answer::Unknown(why) => {
                    *gap = Some(why);
                    break;
                }
            }
        }
        found
    }
}

fn enough(facts: &ArrayFacts, counts: &[u64]) -> bool {
    facts.at_least.iter().zip(counts).all(|(counted, count)| *count >= counted.count)
}

/// Gives a place a value, moving others to another where they have one.
fn reassign(place: usize, wanted: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &value in &wanted[place] {
        if seen[value] {
            continue;
        }
        seen[value] = true;
        let free = match taken[value] {
            None => true,
            Some(other) => reassign(other, wanted, taken, seen),
        };
        if free {
            taken[value] = Some(place);
            return true;
        }
    }
    false
}
