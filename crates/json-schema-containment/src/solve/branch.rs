//! Branches of the tableau: the facts about a document of one type, and the disjunctions that are still open.
//!
//! The search is a backtracking search with propagation, as in SAT solvers. Before it branches, each disjunction is
//! narrowed by entailment: an alternative that contradicts the facts is dropped, a disjunction with an alternative that
//! follows from them is satisfied, and one with a single alternative left is forced (unit propagation), which may narrow
//! others. Then it branches over the disjunction with the fewest alternatives.

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use super::super::formula::{FormulaId, JsonType, Node, ValueSetId};
use super::array::ArrayFacts;
use super::contradiction::Contradiction;
use super::number::NumberFacts;
use super::object::ObjectFacts;
use super::string::StringFacts;
use super::{Decision, Solver};

/// One path through the tableau of a goal.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) json_type: JsonType,
    pub(super) facts: Facts,
    /// Every formula that was assumed, with the operands of conjunctions.
    pub(super) assumed: HashSet<FormulaId>,
    /// The goal and the alternatives that were chosen: all other assumed formulas follow from them.
    pub(super) roots: Vec<FormulaId>,
    /// Open disjunctions.
    pub(super) disjunctions: Vec<Rc<Node>>,
    /// A finite set that contains the document.
    allowed: Option<ValueSetId>,
    /// Sets that do not contain the document.
    excluded: Vec<ValueSetId>,
    /// The facts have been found satisfiable without the disjunctions.
    are_facts_satisfiable: bool,
}

/// What the atoms of a branch say, gathered by type.
#[derive(Debug, Clone)]
pub(super) enum Facts {
    Null,
    Boolean,
    Number(NumberFacts),
    String(StringFacts),
    Array(ArrayFacts),
    Object(ObjectFacts),
}

impl Solver<'_, '_> {
    /// Decides if a document of one type satisfies the formulas.
    pub(super) fn decide_type(&mut self, json_type: JsonType, goal: &[FormulaId]) -> Decision {
        let facts = match json_type {
            JsonType::Null => Facts::Null,
            JsonType::Boolean => Facts::Boolean,
            JsonType::Number => Facts::Number(NumberFacts::default()),
            JsonType::String => Facts::String(StringFacts::default()),
            JsonType::Array => Facts::Array(ArrayFacts::default()),
            JsonType::Object => Facts::Object(ObjectFacts::default()),
        };
        let mut branch = Branch {
            json_type,
            facts,
            assumed: HashSet::new(),
            roots: goal.to_vec(),
            disjunctions: Vec::new(),
            allowed: None,
            excluded: Vec::new(),
            are_facts_satisfiable: false,
        };
        match goal.iter().try_for_each(|&formula| self.assume(&mut branch, formula)) {
            Ok(()) => self.search(branch),
            Err(Contradiction) => Decision::Unsatisfiable,
        }
    }

    /// Adds a formula to a branch.
    pub(super) fn assume(&mut self, branch: &mut Branch, id: FormulaId) -> Result<(), Contradiction> {
        if !branch.assumed.insert(id) {
            return Ok(());
        }
        if self.is_refuted(branch, id) {
            return Err(Contradiction);
        }
        let node = Rc::clone(self.lowering.store.node(id));
        match &*node {
            Node::True => {}
            Node::False => return Err(Contradiction),
            Node::And(operands) => operands.iter().try_for_each(|&operand| self.assume(branch, operand))?,
            Node::Or(_) => branch.disjunctions.push(node),
            Node::Types(types) => {
                if !types.contains(branch.json_type) {
                    return Err(Contradiction);
                }
            }
            Node::In(set) => branch.allowed = Some(*set),
            Node::NotIn(set) => branch.excluded.push(*set),
            Node::Reference { target, polarity } => {
                let body = self.lowering.expand(*target, *polarity);
                self.assume(branch, body)?;
            }
            Node::Atom(atom) if atom.json_type() != branch.json_type => {}
            Node::Atom(atom) => match &mut branch.facts {
                Facts::Null | Facts::Boolean => {}
                Facts::Number(facts) => facts.assume(atom)?,
                Facts::String(facts) => facts.assume(atom)?,
                Facts::Array(facts) => facts.assume(atom)?,
                Facts::Object(facts) => facts.assume(atom)?,
            },
        }
        Ok(())
    }

    /// Returns true if the negation of the formula has been assumed.
    pub(super) fn is_refuted(&self, branch: &Branch, id: FormulaId) -> bool {
        self.lowering.store.known_negation(id).is_some_and(|not| branch.assumed.contains(&not))
    }

    fn search(&mut self, mut branch: Branch) -> Decision {
        if let Err(exhausted) = self.budget.spend(1 + branch.disjunctions.len()) {
            return exhausted.into();
        }
        let mut open = match self.narrow(&mut branch) {
            Decision::Satisfiable(open) => open,
            Decision::Unsatisfiable => return Decision::Unsatisfiable,
            Decision::Unknown(reason) => return Decision::Unknown(reason),
        };
        if let Some(allowed) = branch.allowed {
            return self.decide_among(allowed, &branch.roots);
        }
        let Some(narrowest) = (0..open.len()).min_by_key(|&at| open[at].len()) else { return self.settle(branch) };
        if !branch.are_facts_satisfiable && matches!(branch.facts, Facts::Array(_) | Facts::Object(_)) {
            // Facts that are unsatisfiable on their own remain so in each branch: one decision instead of many.
            if self.build(&branch).is_unsatisfiable() {
                return Decision::Unsatisfiable;
            }
            branch.are_facts_satisfiable = true;
        }
        let alternatives = open.swap_remove(narrowest);
        branch.disjunctions = open.into_iter().map(|rest| Rc::new(Node::Or(rest.into()))).collect();
        Decision::any_of(alternatives, |alternative| {
            let mut next = branch.clone();
            next.are_facts_satisfiable = false;
            next.roots.push(alternative);
            match self.assume(&mut next, alternative) {
                Ok(()) => self.search(next),
                Err(Contradiction) => Decision::Unsatisfiable,
            }
        })
    }

    /// Decides a branch without open disjunctions.
    ///
    /// The procedures for arrays and objects do not consider the excluded values. If their document is one, another has to
    /// differ from it somewhere, which is a disjunction.
    fn settle(&mut self, mut branch: Branch) -> Decision {
        self.build(&branch).and_then(|document| {
            if !self.is_excluded(&branch.excluded, &document) {
                return Decision::Satisfiable(document);
            }
            let differs = self.lowering.store.unequal_to(&document);
            branch.roots.push(differs);
            branch.are_facts_satisfiable = false;
            match self.assume(&mut branch, differs) {
                Ok(()) => self.search(branch),
                Err(Contradiction) => Decision::Unsatisfiable,
            }
        })
    }

    /// Builds a document from the facts alone.
    fn build(&mut self, branch: &Branch) -> Decision {
        match &branch.facts {
            Facts::Null => self.first_allowed(branch, [Value::Null]),
            Facts::Boolean => self.first_allowed(branch, [Value::Bool(false), Value::Bool(true)]),
            Facts::Number(facts) => self.build_number(facts, &branch.excluded),
            Facts::String(facts) => self.build_string(facts, &branch.excluded),
            Facts::Array(facts) => self.build_array(facts),
            Facts::Object(facts) => self.build_object(facts),
        }
    }

    /// Returns the first value that is not excluded, of all that the type has.
    fn first_allowed<const N: usize>(&self, branch: &Branch, values: [Value; N]) -> Decision {
        let is_excluded = |value: &Value| self.is_excluded(&branch.excluded, value);
        values
            .into_iter()
            .find(|value| !is_excluded(value))
            .map_or(Decision::Unsatisfiable, |value| Decision::Satisfiable(Rc::new(value)))
    }

    pub(super) fn is_excluded(&self, excluded: &[ValueSetId], value: &Value) -> bool {
        excluded.iter().any(|&set| self.lowering.store.value_set(set).contains(value))
    }
}
