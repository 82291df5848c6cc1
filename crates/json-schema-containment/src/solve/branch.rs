//! Branches of the tableau: the facts about a document of one type, and the disjunctions that are
//! still open.
//!
//! The search is a backtracking search with propagation, as in the procedure of Davis, Logemann and
//! Loveland (CACM 5(7), 1962): assume, propagate, and split where nothing more follows. There are
//! three differences to a SAT solver:
//!
//! - The literals are not propositional variables but constraints on a document, so that a set of
//!   literals without a complementary pair may still be contradictory. The procedures of the types
//!   decide that (`build`), as the theory solver does in SMT.
//! - It splits over the alternatives of a disjunction, not over a literal and its negation, because
//!   an alternative is a whole subschema. Disjunctions whose alternatives add many facts go first,
//!   and of those the one with the fewest (the fail-first principle of Haralick and Elliott,
//!   AIJ 14, 1980).
//! - No clauses are learned. The memo of goals has that role: the same combination of constraints
//!   on a member is decided once, however many branches reach it.
//!
//! # Soundness
//!
//! A branch is refuted if two facts contradict each other, a disjunction has no alternative left,
//! or the procedure of its type finds no document. A goal is refuted if all of its branches are:
//! the alternatives of a disjunction cover it, and so do the types.

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;

use super::super::formula::{FormulaId, JsonType, Node, ValueSetId};
use super::array::ArrayFacts;
use super::contradiction::Contradiction;
use super::number::NumberFacts;
use super::object::ObjectFacts;
use super::string::StringFacts;
use super::{Decision, Solver};

/// One path through the tableau of a goal.
///
/// Branches are cloned where the search splits. Facts are small (a few atoms for each member that a
/// schema declares), so that a persistent data structure would not pay.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) json_type: JsonType,
    pub(super) facts: Facts,
    /// Every formula that was assumed, with the operands of conjunctions and the bodies of
    /// references.
    ///
    /// A formula is assumed once. If the negation of one is in the set, the branch is
    /// contradictory, whatever the formulas mean.
    pub(super) assumed: HashSet<FormulaId>,
    /// The goal and the alternatives that were chosen: all other assumed formulas follow from them.
    pub(super) roots: Vec<FormulaId>,
    /// Open disjunctions.
    pub(super) disjunctions: Vec<Disjunction>,
    /// A finite set that contains the document.
    allowed: Option<ValueSetId>,
    /// Sets that do not contain the document.
    excluded: Vec<ValueSetId>,
    /// The facts have been found satisfiable without the disjunctions. It is reset whenever a
    /// formula is added.
    are_facts_satisfiable: bool,
}

/// A disjunction of a branch, of which an alternative is still to be chosen.
#[derive(Debug, Clone)]
pub(super) struct Disjunction {
    /// The formula that was assumed.
    pub(super) id: FormulaId,
    /// Its alternatives, without those that the facts contradict.
    pub(super) alternatives: Rc<[FormulaId]>,
}

/// The constraints of the atoms of a branch, gathered by type.
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
    ///
    /// Atoms on other types hold trivially and are dropped on the way in, because a document has
    /// one type.
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

    /// Adds a formula to a branch, with all that follows from it without a case distinction.
    ///
    /// # Errors
    ///
    /// The formula contradicts the facts. The check is syntactic (its negation was assumed) or one
    /// of the cheap ones of the types: crossed bounds, a type that is excluded. A contradiction
    /// that is not noticed here is found by `build`.
    pub(super) fn assume(&mut self, branch: &mut Branch, id: FormulaId) -> Result<(), Contradiction> {
        self.budget.charge(1);
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
            Node::Or(alternatives) => {
                branch.disjunctions.push(Disjunction { id, alternatives: (**alternatives).into() });
            }
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
            Node::AtMostOne { alternatives, polarity } => {
                let clauses = self.expand_at_most_one(alternatives, *polarity);
                self.assume(branch, clauses)?;
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

    /// Decides a branch: narrows, checks the facts alone, and splits over the disjunction of the
    /// least [rank](Self::rank).
    ///
    /// The facts of an array or object are decided once before the first split. If they are
    /// unsatisfiable on their own, so is every branch below, and one decision replaces
    /// exponentially many. For scalars that decision is the whole work, so that it is left to the
    /// leaves.
    fn search(&mut self, mut branch: Branch) -> Decision {
        if let Err(exhausted) = self.budget.spend(1 + branch.disjunctions.len()) {
            return exhausted.into();
        }
        if let Err(decision) = self.narrow(&mut branch) {
            return decision;
        }
        if let Some(allowed) = branch.allowed {
            return self.decide_among(allowed, &branch.roots);
        }
        let first = (0..branch.disjunctions.len()).min_by_key(|&at| self.rank(&branch.disjunctions[at]));
        let Some(first) = first else { return self.settle(branch) };
        if !branch.are_facts_satisfiable && matches!(branch.facts, Facts::Array(_) | Facts::Object(_)) {
            // Facts that are unsatisfiable on their own remain so in each branch: one decision instead of many.
            if self.build(&branch).is_unsatisfiable() {
                return Decision::Unsatisfiable;
            }
            branch.are_facts_satisfiable = true;
        }
        let alternatives = branch.disjunctions.swap_remove(first).alternatives;
        Decision::any_of(alternatives.iter().copied(), |alternative| {
            self.budget.charge(branch.assumed.len() + branch.roots.len() + branch.disjunctions.len());
            let mut next = branch.clone();
            next.are_facts_satisfiable = false;
            next.roots.push(alternative);
            match self.assume(&mut next, alternative) {
                Ok(()) => self.search(next),
                Err(Contradiction) => Decision::Unsatisfiable,
            }
        })
    }

    /// Ranks a disjunction for the split, the first to be split over least.
    ///
    /// Those of conjunctions go first. An alternative of the writer's union is one: it adds many
    /// facts, by which propagation closes most other disjunctions. A negated alternative of the
    /// reader's union is a disjunction of literals, each of which adds one fact and leaves the
    /// others open, so that a split over several of them multiplies their lengths.
    fn rank(&self, disjunction: &Disjunction) -> (bool, usize) {
        let store = &self.lowering.store;
        let is_conjunction = |&alternative: &FormulaId| match &**store.node(alternative) {
            // The negation of an atom is a conjunction with its type, which the branch has anyway.
            Node::And(operands) => {
                operands.iter().filter(|&&operand| !matches!(**store.node(operand), Node::Types(_))).count() > 1
            }
            Node::Reference { polarity, .. } => polarity.is_positive(),
            Node::True
            | Node::False
            | Node::Or(_)
            | Node::Types(_)
            | Node::In(_)
            | Node::NotIn(_)
            | Node::AtMostOne { .. }
            | Node::Atom(_) => false,
        };
        let alternatives = &disjunction.alternatives;
        (!alternatives.iter().all(is_conjunction), alternatives.len())
    }

    /// Decides a branch without open disjunctions.
    ///
    /// The procedures for arrays and objects do not consider the excluded values. If the document
    /// that they build is excluded, any other solution differs from it in a member, an item or the
    /// number of them, which is a disjunction
    /// ([`Store::unequal_to`](super::super::formula::Store::unequal_to)) and is searched as such.
    /// This terminates within the budget: each round excludes one document for good.
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

    /// Builds a document from the facts alone, without the disjunctions.
    ///
    /// It is unsatisfiable only if no document of the type satisfies the facts, which holds for
    /// every extension of the branch.
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
