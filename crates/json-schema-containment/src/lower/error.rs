//! Errors of schemas that have no formula.
//!
//! An invalid schema makes the question an error; all other variants make the verdict undecided.

use super::super::budget::FixedLimit;
use super::super::document::Unreadable;

/// Reason why a schema has no formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LowerError {
    Unreadable(Unreadable),
    /// The target of a reference leads back to itself in place: its pointer.
    Cycle(String),
    /// The keyword is used in a way that has no formula here.
    Unsupported(&'static str),
    /// The schema has more of a construct than a limit allows.
    Limit(FixedLimit),
    /// The schema is nested beyond a limit.
    Depth,
    /// The patterns of the schema take more steps than the question has.
    Budget,
}

impl From<Unreadable> for LowerError {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}
