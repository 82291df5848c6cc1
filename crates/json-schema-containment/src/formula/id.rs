//! Numbers of formulas and of the targets of references, and the sign of a literal.
//!
//! Numbers are indices into vectors of the [`Store`](super::Store) and of the lowering. They are
//! handed out in the order in which things are built, which is the same on each run, so that
//! sorting by number is deterministic.

/// Number of a formula in its [`Store`](super::Store). Equal numbers mean equal formulas, by
/// hash-consing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FormulaId(pub(super) u32);

impl FormulaId {
    pub(crate) const TRUE: Self = Self(0);
    pub(crate) const FALSE: Self = Self(1);

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Number of the target of a reference in [`Lowering`](super::super::lower::Lowering), which expands it to its formula.
///
/// Equivalent targets have the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TargetId(pub(crate) u32);

/// Sign of a literal: a predicate or its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Polarity {
    Positive,
    Negative,
}

impl Polarity {
    pub(crate) const fn negate(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
        }
    }

    pub(crate) const fn is_positive(self) -> bool {
        matches!(self, Self::Positive)
    }

    /// Returns the truth of the literal, given that of its predicate.
    pub(crate) const fn apply(self, predicate: bool) -> bool {
        predicate == self.is_positive()
    }
}
