//! Relation of a formula to the facts of a branch: entailed, contradicted, or open.
//!
//! The relation is approximate in one direction only: [`Entailment::Open`] is always allowed. That
//! a formula is contradicted or entailed is claimed only where a goal is unsatisfiable: the facts
//! with the formula, or the facts with its negation.

/// Relation of a formula to the facts of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entailment {
    /// No document of the branch satisfies the formula.
    Contradicted,
    /// Neither was shown. Documents of both kinds may exist, or the question was too expensive to
    /// ask.
    Open,
    /// Every document of the branch satisfies the formula.
    Entailed,
}

impl Entailment {
    /// Classifies a formula whose truth is the same for all documents of the branch.
    pub(super) const fn known(holds: bool) -> Self {
        if holds { Self::Entailed } else { Self::Contradicted }
    }

    /// Classifies a formula that was only tested for entailment.
    pub(super) const fn entailed_if(is_entailed: bool) -> Self {
        if is_entailed { Self::Entailed } else { Self::Open }
    }
}
