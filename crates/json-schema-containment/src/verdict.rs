//! The answer to a containment question.

use std::fmt;

use json_document::exact::ExactValue as Value;

use super::incompatibility::Incompatibility;
use super::witness::Witness;

/// Answer to a question: does the reader's schema accept every document that the writer's accepts? The list is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It does: there is a proof, and none of the documents sampled afterwards contradicts it.
    Contained,
    /// It does not: there is a counterexample, which two validators have confirmed (see [`Witness::confirmation`]).
    Broken {
        /// The smallest document found that the writer's schema accepts and the reader's rejects.
        witness: Witness,
        /// One incompatibility for each cause, as far as causes could be separated; at least one.
        incompatibilities: Vec<Incompatibility>,
    },
    /// Neither was established. Treat it as [`Verdict::Broken`] wherever safety depends on the answer.
    Undecided {
        /// The limit or the construct that prevented a decision.
        reason: Reason,
    },
}

impl Verdict {
    /// Returns `contained`, `broken` or `undecided`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::Broken { .. } => "broken",
            Self::Undecided { .. } => "undecided",
        }
    }

    /// Returns true for [`Verdict::Contained`], the only verdict that is safe to release on.
    pub const fn is_contained(&self) -> bool {
        matches!(self, Self::Contained)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Reason for [`Verdict::Undecided`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The search used all of its steps. A larger [`Question::budget`](crate::Question::budget) may decide it.
    Budget {
        /// The budget of the question.
        steps: u64,
    },
    /// The schemas have more of a construct than the prover handles, whatever the budget.
    Limit {
        /// The limit, which is exceeded.
        max: u64,
        /// The construct, as a plural noun: "required items of an array".
        constructs: &'static str,
    },
    /// The schemas are nested too deeply.
    Depth,
    /// The answer depends on a use of this keyword that is not supported.
    Keyword(String),
    /// The answer depends on which strings conform to a format or match an irregular pattern. The text names it.
    Opaque(String),
    /// The schema at this place leads back to itself through references without descending into the document, so that it has
    /// no defined meaning. The text is a JSON pointer as a fragment, after the URI of another document.
    ReferenceCycle(String),
    /// The answer depends on a number with more digits, or a larger exponent, than are computed with.
    Number,
    /// The search found this document, which is no counterexample according to the validator of this crate: a mistake of
    /// the prover. Please report it.
    InvalidCandidate(Value),
    /// The two validators disagree about this document.
    Disagreement(Value),
    /// A validator could not evaluate this document.
    Unconfirmed {
        /// The candidate.
        document: Value,
        /// The error of the validator.
        why: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget { steps } => write!(f, "budget of {steps} steps exhausted"),
            Self::Limit { max, constructs } => write!(f, "more than {max} {constructs}, which no budget raises"),
            Self::Depth => f.write_str("schemas nested too deeply"),
            Self::Keyword(keyword) => write!(f, "unsupported use of `{keyword}`"),
            Self::Opaque(predicate) => write!(f, "depends on {predicate}, which is not decided here"),
            Self::ReferenceCycle(reference) => {
                write!(f, "reference to {reference:?} leads back to itself without descending into the document")
            }
            Self::Number => f.write_str("depends on a number with too many digits or too large an exponent"),
            Self::InvalidCandidate(document) => {
                write!(f, "mistake of the prover: candidate {document} is not a counterexample; please report it")
            }
            Self::Disagreement(document) => write!(f, "validators disagree about {document}"),
            Self::Unconfirmed { document, why } => write!(f, "cannot confirm {document}: {why}"),
        }
    }
}
