//! The negation of a formula, as a formula in negation normal form.
//!
//! De Morgan's laws carry the negation to the literals. The negation of an atom of type *T* is *T
//! and not-atom*, because the atom holds for all documents of other types: `minLength: 1` rejects
//! only the empty string, so that its negation accepts only the empty string.
//!
//! | formula | negation |
//! |---|---|
//! | *a* and *b*, *a* or *b* | not *a* or not *b*, not *a* and not *b* |
//! | types *S* | the other types |
//! | one of *V* | none of *V* |
//! | reference | the same target with the opposite polarity |
//! | a bound | the opposite bound: `minLength: 3` and `maxLength: 2`, `minimum` and an exclusive maximum |
//! | a box | the diamond of the negated formula |
//! | a diamond | the box of the negated formula |
//! | at least *n* items | at most *n* − 1 items |
//! | a language, a predicate | the same with the opposite polarity |
//!
//! The negation of a formula is at most as large as the formula, for shared subformulas are negated
//! once. Recursive schemas are no obstacle, because a reference is negated without being expanded.

use std::rc::Rc;

use super::{Atom, FormulaId, Node, Store, TypeSet};

impl Store {
    /// Returns the negation, which is computed once for each formula.
    ///
    /// The result is recorded in both directions, so that the negation of a negation is the formula
    /// itself and not merely equivalent to it. That keeps the number of formulas small: a check of
    /// *reader and not writer* after *writer and not reader* builds nothing new.
    pub(crate) fn not(&mut self, id: FormulaId) -> FormulaId {
        if let Some(known) = self.known_negation(id) {
            return known;
        }
        let node = Rc::clone(self.node(id));
        let not = match &*node {
            Node::True => FormulaId::FALSE,
            Node::False => FormulaId::TRUE,
            Node::And(operands) => {
                let negated: Vec<FormulaId> = operands.iter().map(|&operand| self.not(operand)).collect();
                self.or(negated)
            }
            Node::Or(operands) => {
                let negated: Vec<FormulaId> = operands.iter().map(|&operand| self.not(operand)).collect();
                self.and(negated)
            }
            Node::Types(types) => self.types(types.complement()),
            Node::In(set) => self.intern(Node::NotIn(*set)),
            Node::NotIn(set) => self.intern(Node::In(*set)),
            Node::Reference { target, polarity } => {
                self.intern(Node::Reference { target: *target, polarity: polarity.negate() })
            }
            Node::AtMostOne { alternatives, polarity } => {
                self.intern(Node::AtMostOne { alternatives: alternatives.clone(), polarity: polarity.negate() })
            }
            Node::Atom(atom) => {
                let of_type = self.types(TypeSet::only(atom.json_type()));
                let not = self.negate_atom(atom.clone());
                self.and([of_type, not])
            }
        };
        self.negations[id.index()] = Some(not);
        // The negation of `T and not-atom` would be `not T or atom`, which is the atom itself: the atom holds outside T.
        self.negations[not.index()].get_or_insert(id);
        not
    }

    /// Returns the negation if it has been computed. Otherwise no formula contains it, and nothing can contradict it.
    pub(crate) fn known_negation(&self, id: FormulaId) -> Option<FormulaId> {
        self.negations[id.index()]
    }

    /// Returns the formula that the documents of the atom's type satisfy exactly if they do not
    /// satisfy the atom.
    ///
    /// The match has no wildcard: an atom that is added has to be given its negation here.
    fn negate_atom(&mut self, atom: Atom) -> FormulaId {
        let not = match atom {
            Atom::Minimum { bound, exclusive } => Atom::Maximum { bound, exclusive: !exclusive },
            Atom::Maximum { bound, exclusive } => Atom::Minimum { bound, exclusive: !exclusive },
            Atom::MultipleOf(divisor) => Atom::NotMultipleOf(divisor),
            Atom::NotMultipleOf(divisor) => Atom::MultipleOf(divisor),
            Atom::IntegerLiteral { polarity } => Atom::IntegerLiteral { polarity: polarity.negate() },
            Atom::MinLength(0) | Atom::MinItems(0) | Atom::MinProperties(0) => return FormulaId::FALSE,
            Atom::MinLength(n) => Atom::MaxLength(n - 1),
            Atom::MaxLength(n) => Atom::MinLength(n.saturating_add(1)),
            Atom::Language { language, polarity } => Atom::Language { language, polarity: polarity.negate() },
            Atom::Opaque { predicate, polarity } => Atom::Opaque { predicate, polarity: polarity.negate() },
            Atom::MinItems(n) => Atom::MaxItems(n - 1),
            Atom::MaxItems(n) => Atom::MinItems(n.saturating_add(1)),
            Atom::IfItem(index, item) => Atom::Item(index, self.not(item)),
            Atom::Item(index, item) => Atom::IfItem(index, self.not(item)),
            Atom::EveryItem(from, item) => Atom::MinContains { from, item: self.not(item), count: 1 },
            Atom::MinContains { from, item, count: 1 } => Atom::EveryItem(from, self.not(item)),
            Atom::MinContains { from, item, count } => Atom::MaxContains { from, item, count: count.saturating_sub(1) },
            Atom::MaxContains { from, item, count } => Atom::MinContains { from, item, count: count.saturating_add(1) },
            Atom::UniqueItems { polarity } => Atom::UniqueItems { polarity: polarity.negate() },
            Atom::MinProperties(n) => Atom::MaxProperties(n - 1),
            Atom::MaxProperties(n) => Atom::MinProperties(n.saturating_add(1)),
            Atom::IfMember(name, value) => Atom::Member(name, self.not(value)),
            Atom::Member(name, value) => Atom::IfMember(name, self.not(value)),
            Atom::EveryMember { names, value } => Atom::SomeMember { names, value: self.not(value) },
            Atom::SomeMember { names, value } => Atom::EveryMember { names, value: self.not(value) },
        };
        self.atom(not)
    }
}
