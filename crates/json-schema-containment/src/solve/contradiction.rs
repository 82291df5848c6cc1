//! Contradiction between the facts of a branch.

/// A branch whose facts contradict each other.
pub(super) struct Contradiction;
