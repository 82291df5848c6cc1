//! An object: members that have to be there, values by name, and members of which only something is known.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::super::formula::{Atom, FormulaId, JsonType, TypeSet};
use super::branch::Prospect;
use super::{Answer, Gap, Solver};

#[derive(Debug, Clone, Default)]
pub(super) struct ObjectFacts {
    /// What the value of a name has to be, if it is there.
    named: BTreeMap<Rc<str>, Vec<FormulaId>>,
    required: BTreeSet<Rc<str>>,
    /// For names of which a formula holds, what the value has to be.
    all: Vec<(FormulaId, FormulaId)>,
    /// There is a member with such a name and such a value.
    some: Vec<(FormulaId, FormulaId)>,
    least: u64,
    most: Option<u64>,
}

/// The members that have been decided on.
type Members = BTreeMap<Rc<str>, Member>;

#[derive(Debug, Clone)]
struct Member {
    is: Vec<FormulaId>,
    value: Rc<Value>,
}

/// Names of which the same is known.
struct Cell {
    names: Vec<FormulaId>,
    values: Vec<FormulaId>,
}

/// How many formulas for names may overlap.
const MOST_GROUPS: usize = 12;

impl ObjectFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::IfMember(name, value) => self.named.entry(Rc::clone(name)).or_default().push(*value),
            Atom::Member(name, value) => {
                self.required.insert(Rc::clone(name));
                if *value != FormulaId::TRUE {
                    self.named.entry(Rc::clone(name)).or_default().push(*value);
                }
            }
            Atom::EveryMember { names, value } => self.all.push((*names, *value)),
            Atom::SomeMember { names, value } => {
                self.some.push((*names, *value));
                self.least = self.least.max(1);
            }
            Atom::MinProperties(count) => self.least = self.least.max(*count),
            Atom::MaxProperties(count) => self.most = Some(self.most.map_or(*count, |most| most.min(*count))),
            other => debug_assert!(other.json_type() != JsonType::Object),
        }
        self.most.is_none_or(|most| self.least <= most && self.required.len() as u64 <= most)
    }

    fn has_room(&self, count: usize) -> bool {
        self.most.is_none_or(|most| (count as u64) < most)
    }
}

impl Solver<'_, '_> {
    /// What the value of a name has to be.
    fn of_member(&mut self, facts: &ObjectFacts, name: &str) -> Result<Vec<FormulaId>, Gap> {
        let mut is = facts.named.get(name).cloned().unwrap_or_default();
        if facts.all.is_empty() {
            return Ok(is);
        }
        let text = Value::String(name.to_owned());
        for &(names, value) in &facts.all {
            match self.lowering.evaluate(names, &text) {
                Some(true) => is.push(value),
                Some(false) => {}
                None => return Err(Gap::Opaque("a name that a format or an irregular pattern speaks of".into())),
            }
        }
        Ok(is)
    }

    pub(super) fn prospect_of_members(&mut self, facts: &ObjectFacts, atom: &Atom) -> Prospect {
        match atom {
            Atom::IfMember(name, value) => {
                let Ok(is) = self.of_member(facts, name) else { return Prospect::Open };
                let required = facts.required.contains(name);
                if !required && is.is_empty() {
                    return Prospect::Open;
                }
                let with = is.iter().copied().chain([*value]);
                if required && matches!(self.find(with), Answer::Empty) {
                    return Prospect::Impossible;
                }
                let not = self.lowering.store.not(*value);
                if self.is_surely_empty(is.into_iter().chain([not])) { Prospect::Certain } else { Prospect::Open }
            }
            Atom::Member(name, value) => {
                let required = facts.required.contains(name);
                if !required && !facts.has_room(facts.required.len()) {
                    return Prospect::Impossible;
                }
                let Ok(is) = self.of_member(facts, name) else { return Prospect::Open };
                if let Answer::Empty = self.find(is.iter().copied().chain([*value])) {
                    return Prospect::Impossible;
                }
                if !required {
                    return Prospect::Open;
                }
                let not = self.lowering.store.not(*value);
                if self.is_surely_empty(is.into_iter().chain([not])) { Prospect::Certain } else { Prospect::Open }
            }
            Atom::SomeMember { names, value } => {
                let mut members = Members::new();
                let mut gap = None;
                let alone = ObjectFacts { some: vec![(*names, *value)], least: 0, ..facts.clone() };
                let possible = self.place(&alone, 0, &mut members, &mut gap);
                if possible || gap.is_some() { Prospect::Open } else { Prospect::Impossible }
            }
            Atom::MinProperties(count) => {
                if facts.most.is_some_and(|most| most < *count) {
                    Prospect::Impossible
                } else if facts.required.len() as u64 >= *count {
                    Prospect::Certain
                } else {
                    Prospect::Open
                }
            }
            Atom::MaxProperties(count) => {
                if facts.required.len() as u64 > *count {
                    Prospect::Impossible
                } else if facts.most.is_some_and(|most| most <= *count) {
                    Prospect::Certain
                } else {
                    Prospect::Open
                }
            }
            Atom::EveryMember { .. } => Prospect::Open,
            other => {
                debug_assert!(other.json_type() != JsonType::Object);
                Prospect::Open
            }
        }
    }

    pub(super) fn build_object(&mut self, facts: &ObjectFacts) -> Answer {
        let mut members = Members::new();
        let mut gap = None;
        for name in &facts.required {
            let is = match self.of_member(facts, name) {
                Ok(is) => is,
                Err(why) => {
                    gap = Some(why);
                    continue;
                }
            };
            match self.find(is.iter().copied()) {
                Answer::Document(value) => {
                    members.insert(Rc::clone(name), Member { is, value });
                }
                Answer::Empty => return Answer::Empty,
                Answer::Unknown(why) => gap = gap.or(Some(why)),
            }
        }
        if let Some(why) = gap {
            return Answer::Unknown(why);
        }
        if self.place(facts, 0, &mut members, &mut gap) {
            if let Err(spent) = self.spend_on(members.values().map(|member| &*member.value)) {
                return Answer::Unknown(spent.into());
            }
            let members: Map<String, Value> =
                members.into_iter().map(|(name, member)| (name.to_string(), (*member.value).clone())).collect();
            return Answer::Document(Rc::new(Value::Object(members)));
        }
        gap.map_or(Answer::Empty, Answer::Unknown)
    }

    /// Finds a place for each of the members of which only something is known, from the one of this number on.
    fn place(&mut self, facts: &ObjectFacts, number: usize, members: &mut Members, gap: &mut Option<Gap>) -> bool {
        if let Err(spent) = self.budget.spend(1) {
            *gap = Some(spent.into());
            return false;
        }
        let Some(&(names, value)) = facts.some.get(number) else { return self.fill(facts, members, gap) };
        // One that is there already.
        let there: Vec<Rc<str>> = members.keys().cloned().collect();
        for name in there {
            if !self.is_named(names, &name, gap) {
                continue;
            }
            let old = members[&name].clone();
            let is: Vec<FormulaId> = old.is.iter().copied().chain([value]).collect();
            if self.decide_on(facts, number, name.clone(), is, members, gap) {
                return true;
            }
            members.insert(name, old);
        }
        if !facts.has_room(members.len()) {
            return false;
        }
        // One whose name is spoken of.
        let spoken_of: Vec<Rc<str>> = facts.named.keys().filter(|name| !members.contains_key(*name)).cloned().collect();
        for name in spoken_of {
            if !self.is_named(names, &name, gap) {
                continue;
            }
            let mut is = match self.of_member(facts, &name) {
                Ok(is) => is,
                Err(why) => {
                    *gap = Some(why);
                    continue;
                }
            };
            is.push(value);
            if self.decide_on(facts, number, name.clone(), is, members, gap) {
                return true;
            }
            members.remove(&name);
        }
        // One with a new name.
        for cell in self.cells(facts, names, gap) {
            let is: Vec<FormulaId> = cell.values.iter().copied().chain([value]).collect();
            match self.find(is.iter().copied()) {
                Answer::Document(_) => {}
                Answer::Empty => continue,
                Answer::Unknown(why) => {
                    *gap = Some(why);
                    continue;
                }
            }
            let Some(name) = self.new_name(&cell, members, gap) else { continue };
            if self.decide_on(facts, number, name.clone(), is, members, gap) {
                return true;
            }
            members.remove(&name);
        }
        false
    }

    fn decide_on(
        &mut self,
        facts: &ObjectFacts,
        number: usize,
        name: Rc<str>,
        is: Vec<FormulaId>,
        members: &mut Members,
        gap: &mut Option<Gap>,
    ) -> bool {
        match self.find(is.iter().copied()) {
            Answer::Document(value) => {
                members.insert(name, Member { is, value });
                self.place(facts, number + 1, members, gap)
            }
            Answer::Empty => false,
            Answer::Unknown(why) => {
                *gap = Some(why);
                false
            }
        }
    }

    /// Adds members until there are enough.
    fn fill(&mut self, facts: &ObjectFacts, members: &mut Members, gap: &mut Option<Gap>) -> bool {
        let enough = |members: &Members| members.len() as u64 >= facts.least;
        let mut added = Vec::new();
        for name in facts.named.keys() {
            if enough(members) {
                return true;
            }
            if members.contains_key(name) {
                continue;
            }
            let found = self.of_member(facts, name).map(|is| (self.find(is.iter().copied()), is));
            match found {
                Ok((Answer::Document(value), is)) => {
                    members.insert(Rc::clone(name), Member { is, value });
                    added.push(Rc::clone(name));
                }
                Ok((Answer::Empty, _)) => {}
                Ok((Answer::Unknown(why), _)) | Err(why) => *gap = Some(why),
            }
        }
        if enough(members) {
            return true;
        }
        for cell in self.cells(facts, FormulaId::TRUE, gap) {
            let value = match self.find(cell.values.iter().copied()) {
                Answer::Document(value) => value,
                Answer::Empty => continue,
                Answer::Unknown(why) => {
                    *gap = Some(why);
                    continue;
                }
            };
            while !enough(members) {
                let Some(name) = self.new_name(&cell, members, gap) else { break };
                members.insert(Rc::clone(&name), Member { is: cell.values.clone(), value: Rc::clone(&value) });
                added.push(name);
                if let Err(spent) = self.budget.spend(members.len()) {
                    *gap = Some(spent.into());
                    break;
                }
            }
            if enough(members) {
                return true;
            }
        }
        for name in added {
            members.remove(&name);
        }
        false
    }

    /// The names that are not spoken of one by one, taken apart by what is known of them.
    fn cells(&mut self, facts: &ObjectFacts, names: FormulaId, gap: &mut Option<Gap>) -> Vec<Cell> {
        let mut groups: Vec<(FormulaId, Vec<FormulaId>)> = Vec::new();
        for &(names, value) in &facts.all {
            match groups.iter_mut().find(|(group, _)| *group == names) {
                Some((_, values)) => values.push(value),
                None => groups.push((names, vec![value])),
            }
        }
        if groups.len() > MOST_GROUPS {
            *gap = Some(Gap::Budget);
            return Vec::new();
        }
        let string = self.lowering.store.types(TypeSet::only(JsonType::String));
        let spoken_of = facts.named.keys().map(|name| Value::String(name.to_string()));
        let others = self.lowering.store.none_of_values(spoken_of);
        let mut cells = vec![Cell { names: vec![string, others, names], values: Vec::new() }];
        if !self.has_names(&cells[0], gap) {
            return Vec::new();
        }
        for (group, values) in groups {
            let not = self.lowering.store.not(group);
            let mut parts = Vec::new();
            for cell in cells {
                let mut outside = Cell { names: cell.names.clone(), values: cell.values.clone() };
                outside.names.push(not);
                if self.has_names(&outside, gap) {
                    parts.push(outside);
                }
                if values.contains(&FormulaId::FALSE) {
                    continue;
                }
                let mut inside = cell;
                inside.names.push(group);
                inside.values.extend_from_slice(&values);
                if self.has_names(&inside, gap) {
                    parts.push(inside);
                }
            }
            cells = parts;
        }
        cells
    }

    fn has_names(&mut self, cell: &Cell, gap: &mut Option<Gap>) -> bool {
        match self.find(cell.names.iter().copied()) {
            Answer::Document(_) => true,
            Answer::Empty => false,
            Answer::Unknown(why) => {
                *gap = Some(why);
                false
            }
        }
    }

    /// A name of the cell that is not taken.
    fn new_name(&mut self, cell: &Cell, members: &Members, gap: &mut Option<Gap>) -> Option<Rc<str>> {
        let taken = self.lowering.store.none_of_values(members.keys().map(|name| Value::String(name.to_string())));
        let empty = self.lowering.store.none_of_values([Value::String(String::new())]);
        for readable in [Some(empty), None] {
            match self.find(cell.names.iter().copied().chain([taken]).chain(readable)) {
                Answer::Document(name) => return name.as_str().map(Rc::from),
                Answer::Empty => {}
                Answer::Unknown(why) => *gap = Some(why),
            }
        }
        None
    }

    fn is_named(&mut self, names: FormulaId, name: &str, gap: &mut Option<Gap>) -> bool {
        if let Some(is) = self.lowering.evaluate(names, &Value::String(name.to_owned())) {
            is
        } else {
            *gap = Some(Gap::Opaque("a name that a format or an irregular pattern speaks of".into()));
            false
        }
    }
}
