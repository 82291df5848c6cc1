//! Entailment of a formula by the facts of a branch, which prunes the search before it branches.
//!
//! It is approximate in one direction only: [`Entailment::Open`] is always allowed. That a formula is contradicted or
//! entailed is claimed only where a goal is unsatisfiable: the facts with the formula, or the facts with its negation.

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
    pub(super) const fn known(holds: bool) -> Self {
        if holds { Self::Entailed } else { Self::Contradicted }
    }

    pub(super) const fn entailed_if(is_entailed: bool) -> Self {
        if is_entailed { Self::Entailed } else { Self::Open }
    }
}
