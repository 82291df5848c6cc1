//! Entailment of a formula by the facts of a branch, which prunes the search before it branches.
//!
//! It is approximate in one direction only: [`Entailment::Open`] is always allowed. That a formula is contradicted or
//! entailed is claimed only where a goal is unsatisfiable: the facts with the formula, or the facts with its negation.

use std::rc::Rc;

use foldhash::HashMap;

use super::super::formula::{FormulaId, JsonType, Node, ValueSetId};
use super::Solver;
use super::branch::{Branch, Facts};

/// Relation of a formula to the facts of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entailment {
    /// The facts exclude it.
    Contradicted,
    Open,
    /// It follows from the facts.
    Entailed,
}

impl Entailment {
    const fn known(holds: bool) -> Self {
        if holds { Self::Entailed } else { Self::Contradicted }
    }

    pub(super) const fn entailed_if(is_entailed: bool) -> Self {
        if is_entailed { Self::Entailed } else { Self::Open }
    }
}

impl Solver<'_, '_> {
    /// Relates a formula to the facts, with a memo for the compound formulas of one pass.
    pub(super) fn entailment(
        &mut self,
        branch: &Branch,
        id: FormulaId,
        memo: &mut HashMap<FormulaId, Entailment>,
    ) -> Entailment {
        if branch.assumed.contains(&id) {
            return Entailment::Entailed;
        }
        if self.is_refuted(branch, id) {
            return Entailment::Contradicted;
        }
        let node = Rc::clone(self.lowering.store.node(id));
        if !matches!(&*node, Node::And(_) | Node::Or(_) | Node::Reference { .. }) {
            return self.entailment_of_node(branch, &node, memo);
        }
        if let Some(&known) = memo.get(&id) {
            return known;
        }
        let entailment = self.entailment_of_node(branch, &node, memo);
        memo.insert(id, entailment);
        entailment
    }

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

    fn has_values_of(&self, set: ValueSetId, json_type: JsonType) -> bool {
        self.lowering.store.value_set(set).values.iter().any(|value| JsonType::from_value(value) == json_type)
    }
}
