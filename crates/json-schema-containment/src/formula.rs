//! Formulas: the requirements of a schema on a document, in negation normal form.
//!
//! A formula is a propositional combination of atoms, each of which constrains documents of one
//! JSON type and holds for all documents of other types, as the assertions of JSON Schema do
//! (2020-12 Core, section 7.6.1). There is no node for *not*: the negation of a formula is computed
//! by De Morgan's laws down to the atoms (`negation.rs`), and the negation of an atom is another
//! atom together with its type. The solver therefore never handles a negated subformula.
//!
//! # As a modal logic
//!
//! Atoms on members and items come in the two forms of a modal logic, with paths into the document
//! as the accessibility relation (Bourhis et al., *JSON: Data Model, Query Languages and Schema
//! Specification*, PODS 2017). The negation of a box is a diamond of the negated formula, and the
//! reverse:
//!
//! | path | box: every value there satisfies the formula | diamond: a value there exists and satisfies it |
//! |---|---|---|
//! | a member | [`Atom::IfMember`] | [`Atom::Member`] |
//! | members by a set of names | [`Atom::EveryMember`] | [`Atom::SomeMember`] |
//! | an item | [`Atom::IfItem`] | [`Atom::Item`] |
//! | items from an index on | [`Atom::EveryItem`] | [`Atom::MinContains`] with a count of 1 |
//!
//! The set of names is itself given by a formula on strings. [`Atom::MinContains`] and
//! [`Atom::MaxContains`] with larger counts are graded modalities.
//!
//! # Sharing
//!
//! Formulas are hash-consed in a [`Store`]: structurally equal formulas have the same
//! [`FormulaId`]. Two versions of a schema share most subschemas, so that their common parts are
//! one formula and comparing it with itself is free.
//!
//! A `$ref` becomes [`Node::Reference`], which is expanded only where the solver needs it. Formulas
//! are finite although schemas may be recursive.
//!
//! # Exactness
//!
//! For each document, the formula of a schema is true exactly if the document is valid. That is
//! what the soundness of a verdict rests on, in both directions, because the reader's formula is
//! used negated: a formula that is too strong or too weak would be wrong for one of the two roles.
//! If a keyword cannot be expressed exactly, lowering reports an error instead of an
//! approximation.

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
///
/// The constructors of the store keep the normal form that the variants describe. A node is only
/// ever built by them.
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
    /// The document equals none of the values. It is not restricted in type: `not: {"const": 1}`
    /// accepts strings.
    NotIn(ValueSetId),
    /// The document is valid, or is not valid, under the target of a reference.
    Reference {
        target: TargetId,
        polarity: Polarity,
    },
    /// At most one of at least two formulas holds, or at least two of them do; sorted, with
    /// duplicates, which count twice.
    ///
    /// It is encoded in clauses where the solver needs it, without those for alternatives that
    /// exclude each other anyway.
    AtMostOne {
        alternatives: Box<[FormulaId]>,
        polarity: Polarity,
    },
    Atom(Atom),
}
