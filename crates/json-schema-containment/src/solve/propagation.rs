//! Propagation: narrows the disjunctions of a branch by the facts, before the search branches over
//! them.
//!
//! Each alternative of each disjunction is related to the facts by [`Entailment`]:
//!
//! | alternative | consequence | counterpart in SAT |
//! |---|---|---|
//! | contradicted | it is dropped | failed literal |
//! | entailed | the disjunction is satisfied, and dropped as a whole | satisfied clause |
//! | the only one left | it is assumed | unit propagation |
//! | none left | the branch is refuted | conflict |
//!
//! Tests that only compare come first: a disjunction whose negation was assumed is a conflict, which
//! closes all parts that both schemas share; constants of required members, the tags of a union,
//! satisfy the disjunctions of other tags and contradict the alternatives of other tags.
//!
//! An assumed formula adds facts, by which other disjunctions may be narrowed in turn, so that the
//! passes repeat until one of them forces nothing. To test an alternative by deciding a goal is
//! more than unit propagation. It generalises the failed-literal test of lookahead solvers (Heule
//! and van Maaren, *Handbook of Satisfiability*, 2009, chapter 5), which propagates units where
//! this one decides. It pays here because schemas are written
//! as tagged unions: `anyOf` with a `const` in each branch, and one decision about the tag
//! leaves a single alternative.
//!
//! # Soundness
//!
//! An alternative is dropped only if the facts with it are unsatisfiable, so that no document is
//! lost. A disjunction is dropped only if what was assumed beside it implies it, so that no document that
//! the branch finds can violate it. The second claim is about documents, which are final results;
//! it must not rest on an assumption about a goal in progress (see
//! `Solver::is_proven_unsatisfiable`).
//!
//! # Bounds
//!
//! Each pass asks at most one entailment for each formula, by a memo for compound formulas; their
//! goals spend the budget. Each pass but the last satisfies a disjunction for good, so that there
//! are at most as many passes as disjunctions in the goal.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use super::super::formula::{Atom, FormulaId, JsonType, Node, ValueSetId};
use super::branch::{Branch, Disjunction, Facts};
use super::contradiction::Contradiction;
use super::entailment::Entailment;
use super::{Decision, Solver};

impl Solver<'_, '_> {
    /// Narrows the disjunctions by entailment until no alternative is forced any more. Those that
    /// remain are open.
    ///
    /// # Errors
    ///
    /// The branch is refuted, or the budget is exhausted.
    pub(super) fn narrow(&mut self, branch: &mut Branch) -> Result<(), Decision> {
        loop {
            if branch.disjunctions.iter().any(|disjunction| self.is_refuted(branch, disjunction.id)) {
                return Err(Decision::Unsatisfiable);
            }
            let constants = match &branch.facts {
                Facts::Object(facts) if !branch.disjunctions.is_empty() => {
                    self.budget.charge(facts.len());
                    self.constants(facts)
                }
                _ => Vec::new(),
            };
            let disjunctions = std::mem::take(&mut branch.disjunctions);
            let mut open = Vec::new();
            let (mut forced, mut memo) = (Vec::new(), HashMap::new());
            'disjunctions: for disjunction in disjunctions {
                let alternatives = &disjunction.alternatives;
                if alternatives.iter().any(|&one| self.is_evidently_entailed(branch, &constants, one)) {
                    continue;
                }
                let mut remaining = Vec::new();
                for &alternative in &**alternatives {
                    if self.is_evidently_contradicted(&constants, alternative) {
                        continue;
                    }
                    match self.entailment(branch, alternative, &mut memo) {
                        Entailment::Entailed => continue 'disjunctions,
                        Entailment::Open => remaining.push(alternative),
                        Entailment::Contradicted => {}
                    }
                }
                match *remaining {
                    [] => return Err(Decision::Unsatisfiable),
                    [only] => forced.push(only),
                    _ if remaining.len() == alternatives.len() => open.push(disjunction),
                    _ => open.push(Disjunction { alternatives: remaining.into(), ..disjunction }),
                }
            }
            branch.disjunctions = open;
            if forced.is_empty() {
                return Ok(());
            }
            for formula in forced {
                branch.roots.push(formula);
                if let Err(Contradiction) = self.assume(branch, formula) {
                    return Err(Decision::Unsatisfiable);
                }
            }
            if let Err(exhausted) = self.budget.spend(branch.disjunctions.len()) {
                return Err(exhausted.into());
            }
        }
    }

    /// Relates a formula to the facts, with a memo for the compound formulas of one pass.
    ///
    /// The memo is per pass, because facts are added between passes. Literals are not memoised: the
    /// memo of goals in the solver already has their decisions.
    pub(super) fn entailment(
        &mut self,
        branch: &Branch,
        id: FormulaId,
        memo: &mut HashMap<FormulaId, Entailment>,
    ) -> Entailment {
        self.budget.charge(1);
        if branch.assumed.contains(&id) {
            return Entailment::Entailed;
        }
        if self.is_refuted(branch, id) {
            return Entailment::Contradicted;
        }
        let node = Rc::clone(self.lowering.store.node(id));
        if !matches!(&*node, Node::And(_) | Node::Or(_) | Node::Reference { .. } | Node::AtMostOne { .. }) {
            return self.entailment_of_node(branch, &node, memo);
        }
        if let Some(&known) = memo.get(&id) {
            return known;
        }
        let entailment = self.entailment_of_node(branch, &node, memo);
        memo.insert(id, entailment);
        entailment
    }

    /// Returns true if a formula follows from the facts by a comparison of constants, without a
    /// decision.
    ///
    /// Most disjunctions of a tagged union are satisfied in this way: the constant of the writer's
    /// alternative differs from that of the reader's.
    fn is_evidently_entailed(&mut self, branch: &Branch, constants: &[(Rc<str>, ValueSetId)], id: FormulaId) -> bool {
        self.budget.charge(1);
        if branch.assumed.contains(&id) {
            return true;
        }
        let node = Rc::clone(self.lowering.store.node(id));
        match &*node {
            Node::And(operands) => {
                operands.iter().all(|&operand| self.is_evidently_entailed(branch, constants, operand))
            }
            Node::Types(types) => types.contains(branch.json_type),
            Node::Atom(Atom::Member(name, value)) => {
                let Ok(at) = constants.binary_search_by(|(constant, _)| constant.cmp(name)) else { return false };
                let (_, set) = &constants[at];
                let set = Rc::clone(self.lowering.store.value_set(*set));
                set.values.iter().all(|constant| self.lowering.evaluate(*value, constant) == Some(true))
            }
            Node::True
            | Node::False
            | Node::Or(_)
            | Node::In(_)
            | Node::NotIn(_)
            | Node::Reference { .. }
            | Node::AtMostOne { .. }
            | Node::Atom(_) => false,
        }
    }

    /// Returns true if an alternative is contradicted by a comparison of constants: it has another
    /// tag.
    fn is_evidently_contradicted(&mut self, constants: &[(Rc<str>, ValueSetId)], alternative: FormulaId) -> bool {
        if constants.is_empty() || !matches!(**self.lowering.store.node(alternative), Node::And(_)) {
            return false;
        }
        let outline = self.outline(alternative);
        self.budget.charge(constants.len());
        let store = &self.lowering.store;
        constants.iter().any(|(name, set)| {
            let others = outline.member(name).iter().filter_map(|&value| store.finite_set(value));
            others.into_iter().any(|other| {
                other != *set && {
                    let other = store.value_set(other);
                    !store.value_set(*set).values.iter().any(|value| other.contains(value))
                }
            })
        })
    }

    /// Relates a formula to the facts by its structure.
    ///
    /// For connectives that is weaker than a decision: a conjunction of open formulas may be
    /// contradicted, and is classified as open. For references the target is expanded, which
    /// terminates because in-place cycles have no formula, and memoised like a
    /// compound formula.
    fn entailment_of_node(
        &mut self,
        branch: &Branch,
        node: &Node,
        memo: &mut HashMap<FormulaId, Entailment>,
    ) -> Entailment {
        match node {
            Node::True => Entailment::Entailed,
            Node::False => Entailment::Contradicted,
            Node::And(operands) => {
                let mut all = Entailment::Entailed;
                for &operand in operands {
                    match self.entailment(branch, operand, memo) {
                        Entailment::Contradicted => return Entailment::Contradicted,
                        Entailment::Open => all = Entailment::Open,
                        Entailment::Entailed => {}
                    }
                }
                all
            }
            Node::Or(operands) => {
                let mut any = Entailment::Contradicted;
                for &operand in operands {
                    match self.entailment(branch, operand, memo) {
                        Entailment::Entailed => return Entailment::Entailed,
                        Entailment::Open => any = Entailment::Open,
                        Entailment::Contradicted => {}
                    }
                }
                any
            }
            Node::Types(types) => Entailment::known(types.contains(branch.json_type)),
            Node::In(set) | Node::NotIn(set) if self.has_values_of(*set, branch.json_type) => Entailment::Open,
            Node::In(_) | Node::NotIn(_) => Entailment::known(matches!(node, Node::NotIn(_))),
            Node::Reference { target, polarity } => {
                let body = self.lowering.expand(*target, *polarity);
                self.entailment(branch, body, memo)
            }
            Node::AtMostOne { alternatives, polarity } => {
                let clauses = self.expand_at_most_one(alternatives, *polarity);
                self.entailment(branch, clauses, memo)
            }
            Node::Atom(atom) if atom.json_type() != branch.json_type => Entailment::Entailed,
            Node::Atom(atom) => match &branch.facts {
                Facts::Null | Facts::Boolean => Entailment::Entailed,
                // Facts of scalars are decided in one step, which pruning would not make cheaper.
                Facts::Number(_) | Facts::String(_) => Entailment::Open,
                Facts::Array(facts) => self.entailment_in_array(facts, atom),
                Facts::Object(facts) => self.entailment_in_object(facts, atom),
            },
        }
    }

    /// Returns true if the set has a value of the type. If not, membership is decided by the type
    /// alone.
    fn has_values_of(&self, set: ValueSetId, json_type: JsonType) -> bool {
        self.lowering.store.value_set(set).values.iter().any(|value| JsonType::from_value(value) == json_type)
    }
}
