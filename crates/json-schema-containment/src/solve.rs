//! Is there a document of which all of these formulas hold? One is built, or it is proven that there is none.
//!
//! The writer's formula and the negation of the reader's are asked for together. A document is looked for type by type.
//! What the formulas say of one type is gathered as facts; where they leave a choice, each is tried. Facts about an
//! object or an array lead to the same question about its members and items, so that the question is answered by
//! decomposition, and answered once however often it comes up.
//!
//! **Recursion.** A question that comes up while it is being answered is taken to have the answer no: a document that
//! answers it and holds within itself one that answers it too is larger than it needs to be. What was found to be empty
//! under that assumption is proven when the question that it is about has been found empty, and forgotten when it has not.
//!
//! **Soundness.** `Empty` is only said where every choice was tried, or was seen to lead nowhere by a sub-question that
//! was itself answered `Empty`. Whatever is not known for sure (a budget, a predicate that cannot be reckoned with, a
//! number that JSON cannot spell here) is `Unknown`, and stays so unless a document is found on another way. A document
//! that is found is evidence in itself: it is checked against the schemas as they were given.

mod array;
mod branch;
mod number;
mod object;
mod text;

use std::fmt::Write as _;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::Value;

use super::budget::{Budget, BudgetExhausted};
use super::formula::{FormulaId, JsonType, Node, TypeSet, ValueSetId};
use super::lower::Lowering;
use super::regex::{Automaton, Language};

/// The answer to a question.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Document(Rc<Value>),
    Empty,
    Unknown(Gap),
}

/// What kept a question from being answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gap {
    Budget,
    Depth,
    /// A format, or a pattern that is not regular.
    Opaque(Rc<str>),
    /// A number that is there but that JSON numbers here do not spell.
    Number,
    /// Something that cannot be lowered, found on the way.
    Trouble,
}

impl From<BudgetExhausted> for Gap {
    fn from(_: BudgetExhausted) -> Self {
        Self::Budget
    }
}

/// How deep questions may lead to questions.
const DEPTH: usize = 70;

pub(super) struct Solver<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    pub(super) budget: Budget,
    /// `1.0` and `1` are told apart, as draft 4 does.
    pub(super) spelling: bool,
    answers: HashMap<Box<[FormulaId]>, Answer>,
    /// Questions that are being answered, with their depth.
    open: HashMap<Box<[FormulaId]>, usize>,
    /// Questions found empty under an assumption about an open one of this depth.
    assumed: HashMap<Box<[FormulaId]>, usize>,
    assumed_order: Vec<Box<[FormulaId]>>,
    /// For each open question, the least depth that its answer rests on.
    rests_on: Vec<usize>,
    automata: HashMap<Language, Rc<Automaton>>,
}

impl<'l, 'a> Solver<'l, 'a> {
    pub(super) fn new(lowering: &'l mut Lowering<'a>, steps: u64, spelling: bool) -> Self {
        Self {
            lowering,
            budget: Budget::new(steps),
            spelling,
            answers: HashMap::new(),
            open: HashMap::new(),
            assumed: HashMap::new(),
            assumed_order: Vec::new(),
            rests_on: Vec::new(),
            automata: HashMap::new(),
        }
    }

    /// A document of which all of these hold.
    pub(super) fn find(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> Answer {
        if let Err(spent) = self.budget.spend(1) {
            return Answer::Unknown(spent.into());
        }
        let question = self.flatten(formulas);
        // What could not be lowered stands as false in a formula: nothing follows from that.
        if self.lowering.trouble.is_some() {
            return Answer::Unknown(Gap::Trouble);
        }
        let Some(question) = question else { return Answer::Empty };
        if let Some(known) = self.answers.get(&question) {
            return known.clone();
        }
        if let Some(&depth) = self.open.get(&question).or_else(|| self.assumed.get(&question)) {
            self.rest(depth);
            return Answer::Empty;
        }
        let depth = self.rests_on.len();
        if depth >= DEPTH {
            return Answer::Unknown(Gap::Depth);
        }
        self.open.insert(question.clone(), depth);
        self.rests_on.push(usize::MAX);
        let mark = self.assumed_order.len();
        let answer = match self.decide(&question) {
            Answer::Empty if self.lowering.trouble.is_some() => Answer::Unknown(Gap::Trouble),
            answer => answer,
        };
        self.open.remove(&question);
        let rests_on = self.rests_on.pop().unwrap_or(usize::MAX);
        let proven = rests_on >= depth;
        let settled = self.assumed_order.split_off(mark);
        match (&answer, proven) {
            (Answer::Empty, true) => {
                for question in settled {
                    self.assumed.remove(&question);
                    self.answers.insert(question, Answer::Empty);
                }
                self.answers.insert(question, answer.clone());
            }
            (Answer::Empty, false) => {
                for question in settled {
                    self.assumed.insert(question.clone(), rests_on);
                    self.assumed_order.push(question);
                }
                self.assumed.insert(question.clone(), rests_on);
                self.assumed_order.push(question);
                self.rest(rests_on);
            }
            (Answer::Document(_) | Answer::Unknown(_), _) => {
                // The assumption about this question was wrong, or is not known to be right.
                for question in settled {
                    self.assumed.remove(&question);
                }
                if !proven {
                    self.rest(rests_on);
                }
                if proven || matches!(answer, Answer::Document(_)) {
                    self.answers.insert(question, answer.clone());
                }
            }
        }
        answer
    }

    /// Whether it is certain, and not only assumed, that there is no such document.
    fn is_surely_empty(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> bool {
        let before = self.rests_on.last_mut().map(|on| std::mem::replace(on, usize::MAX));
        let empty = matches!(self.find(formulas), Answer::Empty);
        let Some(before) = before else { return empty };
        let surely = self.rests_on.last() == Some(&usize::MAX);
        self.rest(before);
        empty && surely
    }

    /// A document is a step for each value in it: schemas that are short may ask for one that is very large.
    fn spend_on<'v>(&mut self, parts: impl IntoIterator<Item = &'v Value>) -> Result<(), BudgetExhausted> {
        parts.into_iter().try_for_each(|part| self.budget.spend(size(part)))
    }

    fn rest(&mut self, depth: usize) {
        if let Some(on) = self.rests_on.last_mut() {
            *on = depth.min(*on);
        }
    }

    /// The formulas, taken apart: `None` where they contradict each other on their face.
    pub(super) fn flatten(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> Option<Box<[FormulaId]>> {
        let mut open: Vec<FormulaId> = formulas.into_iter().collect();
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            if self.lowering.store.known_negation(id).is_some_and(|not| seen.contains(&not)) {
                return None;
            }
            let node = Rc::clone(self.lowering.store.node(id));
            match &*node {
                Node::True => {}
                Node::False => return None,
                Node::And(parts) => open.extend_from_slice(parts),
                Node::Reference { target, polarity } => open.push(self.lowering.expand(*target, *polarity)),
                Node::Or(_) | Node::Types(_) | Node::In(_) | Node::NotIn(_) | Node::Atom(_) => kept.push(id),
            }
        }
        kept.sort_unstable();
        Some(kept.into())
    }

    fn decide(&mut self, question: &[FormulaId]) -> Answer {
        let mut types = TypeSet::ALL;
        let mut listed: Option<ValueSetId> = None;
        for &id in question {
            match &**self.lowering.store.node(id) {
                Node::Types(some) => types = types.intersection(*some),
                Node::In(set) => {
                    let shorter = listed.is_none_or(|old| {
                        self.lowering.store.value_set(*set).values.len()
                            < self.lowering.store.value_set(old).values.len()
                    });
                    listed = if shorter { Some(*set) } else { listed };
                }
                Node::True
                | Node::False
                | Node::And(_)
                | Node::Or(_)
                | Node::NotIn(_)
                | Node::Reference { .. }
                | Node::Atom(_) => {}
            }
        }
        if let Some(listed) = listed {
            return self.among(listed, question);
        }
        let mut gap = None;
        for of in JsonType::ALL.into_iter().filter(|of| types.contains(*of)) {
            match self.find_of_type(of, question) {
                Answer::Document(document) => return Answer::Document(document),
                Answer::Empty => {}
                Answer::Unknown(why) => gap = gap.or(Some(why)),
            }
        }
        gap.map_or(Answer::Empty, Answer::Unknown)
    }

    /// One of these values, of which all holds.
    fn among(&mut self, listed: ValueSetId, question: &[FormulaId]) -> Answer {
        let listed = Rc::clone(self.lowering.store.value_set(listed));
        let mut gap = None;
        for value in &listed.values {
            let Some(spellings) = self.spellings(value) else {
                gap = Some(Gap::Number);
                continue;
            };
            for value in spellings {
                match self.holds(question, &value) {
                    Ok(Some(true)) => return Answer::Document(Rc::new(value)),
                    Ok(Some(false)) => {}
                    Ok(None) => gap = Some(Gap::Opaque("a format or a pattern that is not regular".into())),
                    Err(spent) => return Answer::Unknown(spent.into()),
                }
            }
        }
        if self.lowering.trouble.is_some() {
            return Answer::Unknown(Gap::Trouble);
        }
        gap.map_or(Answer::Empty, Answer::Unknown)
    }

    fn holds(&mut self, question: &[FormulaId], value: &Value) -> Result<Option<bool>, BudgetExhausted> {
        self.budget.spend(question.len())?;
        let mut holds = Some(true);
        for &id in question {
            match self.lowering.evaluate(id, value) {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => holds = None,
            }
        }
        Ok(holds)
    }

    /// The value in all its spellings, where that makes a difference: each of its whole numbers as `1` and as `1.0`.
    /// `None` where there are too many.
    fn spellings(&self, value: &Value) -> Option<Vec<Value>> {
        const MOST: usize = 256;
        let mut all = vec![value.clone()];
        if !self.spelling {
            return Some(all);
        }
        let mut pointers = Vec::new();
        numbers(value, &mut String::new(), &mut pointers);
        for pointer in pointers {
            for at in 0..all.len() {
                let mut other = all[at].clone();
                let Some(Value::Number(number)) = other.pointer_mut(&pointer) else { continue };
                let as_float = super::number::is_spelled_as_integer(number) == Some(true);
                let Some(respelled) = super::number::to_number(&super::number::to_rational(number), as_float) else {
                    continue;
                };
                if respelled != *number {
                    *number = respelled;
                    all.push(other);
                }
            }
            if all.len() > MOST {
                return None;
            }
        }
        Some(all)
    }
}

/// How many values there are in a value, itself among them.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
    }
}

/// Where in the value there are numbers. Writing to a text cannot fail.
fn numbers(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(pointer.clone()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = pointer.len();
                let _ = write!(pointer, "/{index}");
                numbers(item, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let length = pointer.len();
                let _ = write!(pointer, "/{}", name.replace('~', "~0").replace('/', "~1"));
                numbers(member, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
