//! Contradiction between the facts of a branch.
//!
//! It is the error type of `assume` in all of the fact types. As an error, it lets `?` close a
//! branch.

/// A branch whose facts contradict each other.
pub(super) struct Contradiction;
