//! What is known of a document of one type on one of the ways to it, and the choices that are still open.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::Value;

use super::super::formula::{FormulaId, JsonType, Node, ValueSetId};
use super::array::ArrayFacts;
use super::number::NumberFacts;
use super::object::ObjectFacts;
use super::text::TextFacts;
use super::{Answer, Solver};

#[derive(Debug, Clone)]
pub(super) struct Branch {
    of: JsonType,
    facts: Facts,
    /// All formulas that hold here.
    holds: HashSet<FormulaId>,
    /// Those that the others follow from.
    roots: Vec<FormulaId>,
    /// Of each of these, at least one formula is to hold.
    choices: Vec<Rc<Node>>,
    /// The document is one of these values.
    listed: Option<ValueSetId>,
    /// It is none of these.
    excluded: Vec<ValueSetId>,
    /// The facts alone, without the choices, have been found to allow a document.
    is_possible: bool,
}

#[derive(Debug, Clone)]
enum Facts {
    Null,
    Boolean,
    Number(NumberFacts),
    Text(TextFacts),
    Array(ArrayFacts),
    Object(ObjectFacts),
}

/// What is seen of a formula before it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prospect {
    /// It contradicts what is known.
    Impossible,
    Open,
    /// It follows from what is known.
    Certain,
}

impl Solver<'_, '_> {
    pub(super) fn find_of_type(&mut self, of: JsonType, question: &[FormulaId]) -> Answer {
        let facts = match of {
            JsonType::Null => Facts::Null,
            JsonType::Boolean => Facts::Boolean,
            JsonType::Number => Facts::Number(NumberFacts::default()),
            JsonType::String => Facts::Text(TextFacts::default()),
            JsonType::Array => Facts::Array(ArrayFacts::default()),
            JsonType::Object => Facts::Object(ObjectFacts::default()),
        };
        let mut branch = Branch {
            of,
            facts,
            holds: HashSet::new(),
            roots: question.to_vec(),
            choices: Vec::new(),
            listed: None,
            excluded: Vec::new(),
            is_possible: false,
        };
        for &id in question {
            if !self.assume(&mut branch, id) {
                return Answer::Empty;
            }
        }
        self.search(branch)
    }

    /// Adds a formula to what holds; false where it cannot.
    fn assume(&mut self, branch: &mut Branch, id: FormulaId) -> bool {
        if !branch.holds.insert(id) {
            return true;
        }
        if self.lowering.store.known_negation(id).is_some_and(|not| branch.holds.contains(&not)) {
            return false;
        }
        let node = Rc::clone(self.lowering.store.node(id));
        match &*node {
            Node::True => true,
            Node::False => false,
            Node::And(parts) => parts.iter().all(|&part| self.assume(branch, part)),
            Node::Or(_) => {
                branch.choices.push(node);
                true
            }
            Node::Types(types) => types.contains(branch.of),
            Node::In(set) => {
                branch.listed = Some(*set);
                true
            }
            Node::NotIn(set) => {
                branch.excluded.push(*set);
                true
            }
            Node::Reference { target, polarity } => {
                let body = self.lowering.expand(*target, *polarity);
                self.assume(branch, body)
            }
            Node::Atom(atom) if atom.json_type() != branch.of => true,
            Node::Atom(atom) => match &mut branch.facts {
                Facts::Null | Facts::Boolean => true,
                Facts::Number(facts) => facts.assume(atom),
                Facts::Text(facts) => facts.assume(atom),
                Facts::Array(facts) => facts.assume(atom),
                Facts::Object(facts) => facts.assume(atom),
            },
        }
    }

    /// A document, by trying the choices, the narrowest first.
    fn search(&mut self, mut branch: Branch) -> Answer {
        if let Err(spent) = self.budget.spend(1 + branch.choices.len()) {
            return Answer::Unknown(spent.into());
        }
        let Some(mut open) = self.narrow(&mut branch) else { return Answer::Empty };
        if let Some(listed) = branch.listed {
            return self.among(listed, &branch.roots);
        }
        let Some(narrowest) = (0..open.len()).min_by_key(|&at| open[at].len()) else { return self.settle(branch) };
        if !branch.is_possible && matches!(branch.facts, Facts::Array(_) | Facts::Object(_)) {
            // What is impossible without the choices is so with each of them.
            if let Answer::Empty = self.build(&branch) {
                return Answer::Empty;
            }
            branch.is_possible = true;
        }
        let alternatives = open.swap_remove(narrowest);
        let rest: Vec<Rc<Node>> = open.into_iter().map(|choice| Rc::new(Node::Or(choice.into()))).collect();
        branch.choices = rest;
        let mut gap = None;
        for alternative in alternatives {
            let mut next = branch.clone();
            next.is_possible = false;
            next.roots.push(alternative);
            if !self.assume(&mut next, alternative) {
                continue;
            }
            match self.search(next) {
                Answer::Document(document) => return Answer::Document(document),
                Answer::Empty => {}
                Answer::Unknown(why) => gap = gap.or(Some(why)),
            }
        }
        gap.map_or(Answer::Empty, Answer::Unknown)
    }

    /// Drops what cannot be and what is so anyway from the choices, and makes the choices that are none. `None` where
    /// nothing is left to choose somewhere.
    fn narrow(&mut self, branch: &mut Branch) -> Option<Vec<Vec<FormulaId>>> {
        loop {
            let choices = std::mem::take(&mut branch.choices);
            let mut open: Vec<Vec<FormulaId>> = Vec::new();
            let (mut forced, mut seen) = (Vec::new(), HashMap::new());
            'choices: for choice in &choices {
                let Node::Or(alternatives) = &**choice else { continue };
                let mut left = Vec::new();
                for &alternative in alternatives {
                    match self.prospect(branch, alternative, &mut seen) {
                        Prospect::Certain => continue 'choices,
                        Prospect::Open => left.push(alternative),
                        Prospect::Impossible => {}
                    }
                }
                match *left {
                    [] => return None,
                    [one] => forced.push(one),
                    _ => open.push(left),
                }
            }
            if forced.is_empty() {
                return Some(open);
            }
            for one in forced {
                branch.roots.push(one);
                if !self.assume(branch, one) {
                    return None;
                }
            }
            branch.choices.extend(open.into_iter().map(|choice| Rc::new(Node::Or(choice.into()))));
            if self.budget.spend(branch.choices.len()).is_err() {
                // What is left is searched, which finds that nothing is left to spend.
                return Some(Vec::new());
            }
        }
    }

    /// What was seen of other formulas of the same branch is seen only once.
    fn prospect(&mut self, branch: &Branch, id: FormulaId, seen: &mut HashMap<FormulaId, Prospect>) -> Prospect {
        if branch.holds.contains(&id) {
            return Prospect::Certain;
        }
        if self.lowering.store.known_negation(id).is_some_and(|not| branch.holds.contains(&not)) {
            return Prospect::Impossible;
        }
        let node = Rc::clone(self.lowering.store.node(id));
        if !matches!(&*node, Node::And(_) | Node::Or(_) | Node::Reference { .. }) {
            return self.prospect_of(branch, &node, seen);
        }
        if let Some(&known) = seen.get(&id) {
            return known;
        }
        let prospect = self.prospect_of(branch, &node, seen);
        seen.insert(id, prospect);
        prospect
    }

    fn prospect_of(&mut self, branch: &Branch, node: &Node, seen: &mut HashMap<FormulaId, Prospect>) -> Prospect {
        match node {
            Node::True => Prospect::Certain,
            Node::False => Prospect::Impossible,
            Node::And(parts) => {
                let mut all = Prospect::Certain;
                for &part in parts {
                    match self.prospect(branch, part, seen) {
                        Prospect::Impossible => return Prospect::Impossible,
                        Prospect::Open => all = Prospect::Open,
                        Prospect::Certain => {}
                    }
                }
                all
            }
            Node::Or(parts) => {
                let mut any = Prospect::Impossible;
                for &part in parts {
                    match self.prospect(branch, part, seen) {
                        Prospect::Certain => return Prospect::Certain,
                        Prospect::Open => any = Prospect::Open,
                        Prospect::Impossible => {}
                    }
                }
                any
            }
            Node::Types(types) => {
                if types.contains(branch.of) {
                    Prospect::Certain
                } else {
                    Prospect::Impossible
                }
            }
            Node::In(set) => self.prospect_of_values(branch, *set, Prospect::Impossible),
            Node::NotIn(set) => self.prospect_of_values(branch, *set, Prospect::Certain),
            Node::Reference { target, polarity } => {
                let body = self.lowering.expand(*target, *polarity);
                self.prospect(branch, body, seen)
            }
            Node::Atom(atom) if atom.json_type() != branch.of => Prospect::Certain,
            Node::Atom(atom) => match &branch.facts {
                Facts::Null | Facts::Boolean => Prospect::Certain,
                Facts::Number(_) | Facts::Text(_) => Prospect::Open,
                Facts::Array(facts) => self.prospect_of_items(facts, atom),
                Facts::Object(facts) => self.prospect_of_members(facts, atom),
            },
        }
    }

    fn prospect_of_values(&self, branch: &Branch, set: ValueSetId, where_none: Prospect) -> Prospect {
        let of_type =
            self.lowering.store.value_set(set).values.iter().any(|value| JsonType::from_value(value) == branch.of);
        if of_type { Prospect::Open } else { where_none }
    }

    /// A document where nothing is left to choose.
    fn settle(&mut self, mut branch: Branch) -> Answer {
        let answer = self.build(&branch);
        let Answer::Document(document) = &answer else { return answer };
        let is_excluded = branch.excluded.iter().any(|&set| self.lowering.store.value_set(set).contains(document));
        if !is_excluded {
            return answer;
        }
        // One that was to be avoided: another differs from it somewhere.
        let differs = self.lowering.store.unequal_to(document);
        branch.roots.push(differs);
        branch.is_possible = false;
        if self.assume(&mut branch, differs) { self.search(branch) } else { Answer::Empty }
    }

    fn build(&mut self, branch: &Branch) -> Answer {
        match &branch.facts {
            Facts::Null => self.one_of_few(branch, [Value::Null]),
            Facts::Boolean => self.one_of_few(branch, [Value::Bool(false), Value::Bool(true)]),
            Facts::Number(facts) => self.build_number(facts, &branch.excluded),
            Facts::Text(facts) => self.build_text(facts, &branch.excluded),
            Facts::Array(facts) => self.build_array(facts),
            Facts::Object(facts) => self.build_object(facts),
        }
    }

    fn one_of_few<const N: usize>(&self, branch: &Branch, values: [Value; N]) -> Answer {
        let excluded =
            |value: &Value| branch.excluded.iter().any(|&set| self.lowering.store.value_set(set).contains(value));
        values
            .into_iter()
            .find(|value| !excluded(value))
            .map_or(Answer::Empty, |value| Answer::Document(Rc::new(value)))
    }
}
