//! Formulas: what a schema requires of a document, in negation normal form.
//!
//! A formula is a propositional combination of atoms, each of which constrains documents of one JSON type and holds for
//! all documents of other types, as the assertions of JSON Schema do. There is no node for *not*: the negation of a
//! formula is computed by De Morgan's laws down to the atoms (`negation.rs`), and the negation of an atom is another atom
//! together with its type. The solver therefore never handles a negated subformula.
//!
//! Atoms on members and items come in the two forms of a modal logic. Of one path into the document, [`Atom::IfMember`] is
//! the *box* (if the member exists, its value satisfies the formula) and [`Atom::Member`] the *diamond* (the member exists
//! and its value satisfies it); [`Atom::EveryMember`] and [`Atom::SomeMember`] are box and diamond over a set of names,
//! which is itself given by a formula on strings. The negation of a box is a diamond of the negated formula.
//!
//! Formulas are hash-consed in a [`Store`]: structurally equal formulas have the same [`FormulaId`]. Two versions of a
//! schema share most subschemas, so that their common parts are one formula and comparing it with itself is free.
//!
//! A `$ref` becomes [`Node::Reference`], which is expanded only where the solver needs it. Formulas are finite although
//! schemas may be recursive.

mod atom;
mod id;
mod json_type;
mod negation;
mod store;
mod values;

pub(super) use atom::Atom;
pub(super) use id::{FormulaId, Polarity, TargetId};
pub(super) use json_type::{JsonType, TypeSet};
pub(super) use store::Store;
pub(super) use values::{ValueSet, ValueSetId};

/// A formula whose operands are numbers in the same [`Store`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    True,
    False,
    /// Conjunction of at least two formulas, none of which is a conjunction; sorted.
    And(Box<[FormulaId]>),
    /// Disjunction of at least two formulas, none of which is a disjunction; sorted.
    Or(Box<[FormulaId]>),
    /// The type of the document is in the set.
    Types(TypeSet),
    /// The document equals one of the values.
    In(ValueSetId),
    /// The document equals none of the values.
    NotIn(ValueSetId),
    /// The document is valid, or is not valid, under the target of a reference.
    Reference {
        target: TargetId,
        polarity: Polarity,
    },
    Atom(Atom),
}
