//! Three-valued decisions, and how they combine.
//!
//! A decision about a set of formulas is a satisfying document, the proof that there is none, or
//! unknown. The operators are those of Kleene's strong three-valued logic (*Introduction to
//! Metamathematics*, 1952, §64), with the document in the place of *true*:
//!
//! | `a`           | `b`           | `a.or_else(b)` | `a.and_then(b)` |
//! |---------------|---------------|----------------|-----------------|
//! | Satisfiable   | any           | `a`            | `b`             |
//! | Unsatisfiable | any           | `b`            | Unsatisfiable   |
//! | Unknown       | Satisfiable   | `b`            | Unknown (`a`)   |
//! | Unknown       | Unsatisfiable | Unknown (`a`)  | Unknown (`a`)   |
//! | Unknown       | Unknown       | Unknown (`a`)  | Unknown (`a`)   |
//!
//! A document always wins a disjunction, the first reason is kept, and `Unsatisfiable` is the
//! result only if every alternative is. That is the soundness of the solver in one place: an
//! unknown part cannot become a proof.
//!
//! `and_then` is sequential, so that it is weaker than Kleene's conjunction in one cell: an unknown
//! `a` beside an unsatisfiable `b` is unknown, because `b` is never decided. [`Decision::all_of`]
//! has the full table, for parts that do not depend on each other.
//!
//! `and_then` hands the document of `a` on to `b`. It is sound to read an unsatisfiable `b` as
//! unsatisfiable only if `b` does not depend on the document that `a` found. Each use keeps to one
//! of two patterns: the rest uses the document only to copy it into a larger one, or it uses the
//! formulas of the part and decides them again.

use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::budget::{BudgetExhausted, FixedLimit, WorkError};

/// Decision about formulas: by default with a document, otherwise with a part of one.
#[derive(Debug, Clone)]
pub(crate) enum Decision<T = Rc<Value>> {
    /// A document, or a part of one, that satisfies the formulas. It is validated before it becomes
    /// a witness.
    Satisfiable(T),
    /// Proven: no document satisfies the formulas.
    Unsatisfiable,
    Unknown(UnknownReason),
}

/// Limit or gap in knowledge that left a decision open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UnknownReason {
    /// The steps of the question are used up.
    Budget,
    /// A construction would exceed a limit of its own, which no budget raises.
    Limit(FixedLimit),
    /// More goals are nested than the stack allows.
    Depth,
    /// A predicate on strings that has no decision procedure: a format, or a pattern that is not regular.
    Opaque(Rc<str>),
    /// A number may exist that is not found, because it has too many digits or too large an exponent.
    Number,
    /// Part of a schema could not be lowered to a formula; the error is in the `Lowering`.
    LowerError,
}

impl<T> Decision<T> {
    /// Converts a truth value that may be unknown, with the value that satisfies the formulas if it
    /// is true.
    pub(crate) fn from_truth(truth: Option<bool>, satisfying: T, reason: impl FnOnce() -> UnknownReason) -> Self {
        match truth {
            Some(true) => Self::Satisfiable(satisfying),
            Some(false) => Self::Unsatisfiable,
            None => Self::Unknown(reason()),
        }
    }

    pub(crate) const fn is_unsatisfiable(&self) -> bool {
        matches!(self, Self::Unsatisfiable)
    }

    /// Returns the value that satisfies the formulas, if one is known.
    ///
    /// Drops the difference between *unsatisfiable* and *unknown*: only for callers to whom both
    /// mean that there is nothing to report, such as the explanation of a broken pair.
    pub(crate) fn satisfying(self) -> Option<T> {
        match self {
            Self::Satisfiable(satisfying) => Some(satisfying),
            Self::Unsatisfiable | Self::Unknown(_) => None,
        }
    }

    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Decision<U> {
        self.and_then(|satisfying| Decision::Satisfiable(convert(satisfying)))
    }

    /// Conjunction: decides the rest with the value that satisfies this part. The module states
    /// when that is sound.
    pub(crate) fn and_then<U>(self, rest: impl FnOnce(T) -> Decision<U>) -> Decision<U> {
        match self {
            Self::Satisfiable(satisfying) => rest(satisfying),
            Self::Unsatisfiable => Decision::Unsatisfiable,
            Self::Unknown(reason) => Decision::Unknown(reason),
        }
    }

    /// Disjunction: decides the alternative unless this part is satisfiable.
    ///
    /// The alternative of an unknown part is decided as well: it may have a document, and then the
    /// gap does not matter.
    pub(crate) fn or_else(self, alternative: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Satisfiable(_) => self,
            Self::Unsatisfiable => alternative(),
            Self::Unknown(reason) => match alternative() {
                Self::Satisfiable(satisfying) => Self::Satisfiable(satisfying),
                Self::Unsatisfiable | Self::Unknown(_) => Self::Unknown(reason),
            },
        }
    }

    /// Disjunction over a list: stops at the first that is satisfiable.
    pub(crate) fn any_of<A>(alternatives: impl IntoIterator<Item = A>, mut decide: impl FnMut(A) -> Self) -> Self {
        let mut tried = Alternatives::default();
        for alternative in alternatives {
            if let Some(satisfying) = tried.add(decide(alternative)) {
                return Self::Satisfiable(satisfying);
            }
        }
        tried.exhausted()
    }

    /// Conjunction over a list of independent parts: stops at the first that is unsatisfiable,
    /// which an earlier unknown part does not hide.
    ///
    /// Parts are independent if the decision about one does not use the value of another. The
    /// members and the items of a document are.
    pub(crate) fn all_of<A>(parts: impl IntoIterator<Item = A>, mut decide: impl FnMut(A) -> Self) -> Decision<Vec<T>> {
        let mut satisfying = Vec::new();
        let mut first_unknown = None;
        for part in parts {
            match decide(part) {
                Self::Satisfiable(one) => satisfying.push(one),
                Self::Unsatisfiable => return Decision::Unsatisfiable,
                Self::Unknown(reason) => first_unknown = first_unknown.or(Some(reason)),
            }
        }
        first_unknown.map_or(Decision::Satisfiable(satisfying), Decision::Unknown)
    }
}

impl From<BudgetExhausted> for UnknownReason {
    fn from(_: BudgetExhausted) -> Self {
        Self::Budget
    }
}

impl<T> From<WorkError> for Decision<T> {
    fn from(error: WorkError) -> Self {
        Self::Unknown(match error {
            WorkError::Budget => UnknownReason::Budget,
            WorkError::Limit(limit) => UnknownReason::Limit(limit),
        })
    }
}

impl<T> From<BudgetExhausted> for Decision<T> {
    fn from(exhausted: BudgetExhausted) -> Self {
        Self::Unknown(exhausted.into())
    }
}

/// A disjunction in progress, for loops that do more than decide one alternative after the other.
///
/// The loop ends in one of three ways, and each has its own conclusion: [`Alternatives::add`]
/// returned a value; the loop ran through ([`Alternatives::exhausted`]); or it gave up
/// ([`Alternatives::abandoned`]). There is no way to conclude *unsatisfiable* from a loop that was
/// left early.
#[derive(Debug, Default)]
pub(crate) struct Alternatives {
    first_unknown: Option<UnknownReason>,
}

impl Alternatives {
    /// Adds an alternative, and returns the value that satisfies it.
    pub(crate) fn add<T>(&mut self, decision: Decision<T>) -> Option<T> {
        match decision {
            Decision::Satisfiable(satisfying) => return Some(satisfying),
            Decision::Unsatisfiable => {}
            Decision::Unknown(reason) => {
                self.first_unknown.get_or_insert(reason);
            }
        }
        None
    }

    /// Concludes a search that tried every alternative: unsatisfiable, unless one of them is
    /// unknown.
    pub(crate) fn exhausted<T>(self) -> Decision<T> {
        self.first_unknown.map_or(Decision::Unsatisfiable, Decision::Unknown)
    }

    /// Concludes a search that left alternatives out: unknown, for the first reason that was met.
    pub(crate) fn abandoned<T>(self, reason: UnknownReason) -> Decision<T> {
        Decision::Unknown(self.first_unknown.unwrap_or(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decision as the tables show it, with the number of the operand that it comes from.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Shown {
        Satisfiable(u8),
        Unsatisfiable,
        Unknown(u8),
    }

    fn operand(shown: Shown) -> Decision<u8> {
        match shown {
            Shown::Satisfiable(number) => Decision::Satisfiable(number),
            Shown::Unsatisfiable => Decision::Unsatisfiable,
            Shown::Unknown(number) => Decision::Unknown(UnknownReason::Opaque(number.to_string().into())),
        }
    }

    fn show(decision: Decision<u8>) -> Shown {
        match decision {
            Decision::Satisfiable(number) => Shown::Satisfiable(number),
            Decision::Unsatisfiable => Shown::Unsatisfiable,
            Decision::Unknown(UnknownReason::Opaque(number)) => Shown::Unknown(number.parse().unwrap()),
            Decision::Unknown(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn operators_follow_the_truth_table() {
        use Shown::{Satisfiable as S, Unknown as U, Unsatisfiable as N};
        let table = [
            (S(1), S(2), S(1), S(2)),
            (S(1), N, S(1), N),
            (S(1), U(2), S(1), U(2)),
            (N, S(2), S(2), N),
            (N, N, N, N),
            (N, U(2), U(2), N),
            (U(1), S(2), S(2), U(1)),
            (U(1), N, U(1), U(1)),
            (U(1), U(2), U(1), U(1)),
        ];
        for (a, b, or, and) in table {
            assert_eq!(show(operand(a).or_else(|| operand(b))), or, "{a:?} or {b:?}");
            assert_eq!(show(Decision::any_of([a, b], operand)), or, "any of {a:?} and {b:?}");
            assert_eq!(show(operand(a).and_then(|_| operand(b))), and, "{a:?} and {b:?}");
            let all = show(Decision::all_of([a, b], operand).map(|found| found[1]));
            let expected = if b == N { N } else { and };
            assert_eq!(all, expected, "all of {a:?} and {b:?}");
        }
    }
}
