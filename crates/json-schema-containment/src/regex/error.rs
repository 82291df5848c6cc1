//! Errors of patterns that have no language.

use super::super::budget::BudgetExhausted;

/// Error of a pattern for which there is no [`Language`](super::Language).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// The pattern is not valid in ECMA-262.
    Syntax,
    /// The pattern is not regular (backreferences) or not supported: lookbehind, repeated lookahead, inline flags, unknown
    /// escapes and Unicode properties, or more than 100 nested groups, 100,000 repetitions or some 250 lookaheads.
    Unsupported,
    /// The work of the question is used up.
    Exhausted,
}

impl From<BudgetExhausted> for PatternError {
    fn from(_: BudgetExhausted) -> Self {
        Self::Exhausted
    }
}
