//! The answer to a question.

use std::fmt;

use serde_json::Value;

use super::finding::Finding;
use super::witness::Witness;

/// Whether a reader reads all that a writer may write. The list is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It does: that is proven, and a search for a document that shows the contrary found none.
    Contained,
    /// It does not.
    Broken {
        /// The smallest document found that the writer's schema accepts and the reader's rejects.
        witness: Witness,
        /// One for each cause that could be told from the others; at least one.
        findings: Vec<Finding>,
    },
    /// It is not known. The safe way to read this is as [`Verdict::Broken`].
    Undecided {
        /// Why.
        reason: Reason,
    },
}

impl Verdict {
    /// `contained`, `broken` or `undecided`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::Broken { .. } => "broken",
            Self::Undecided { .. } => "undecided",
        }
    }

    /// Whether it is proven that the reader reads all that the writer may write.
    pub const fn is_contained(&self) -> bool {
        matches!(self, Self::Contained)
    }
}

/// Why a question was not decided.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The steps were used up.
    Budget {
        /// How many there were.
        steps: u64,
    },
    /// The schemas are nested too deeply in one another.
    Depth,
    /// It depends on a keyword, used in a way that is not understood.
    Keyword(String),
    /// It depends on whether texts are of a format, or match a pattern, that cannot be reckoned with.
    Opaque(String),
    /// A reference leads back to itself without a step into the document, which means nothing.
    Loop(String),
    /// It depends on a number that cannot be written down here: one with too many digits.
    Number,
    /// A document was found, and the validators do not agree about it.
    Disagreement(Value),
    /// A document was found, and could not be confirmed.
    Unconfirmed {
        /// The document.
        document: Value,
        /// What the validator said.
        why: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget { steps } => write!(f, "the budget of {steps} steps is used up"),
            Self::Depth => f.write_str("the schemas are nested too deeply"),
            Self::Keyword(keyword) => write!(f, "`{keyword}` is used in a way that is not understood"),
            Self::Opaque(what) => write!(f, "it depends on the {what}"),
            Self::Loop(reference) => {
                write!(f, "the reference {reference:?} leads back to itself without a step into the document")
            }
            Self::Number => f.write_str("it depends on a number with too many digits to be written down"),
            Self::Disagreement(document) => write!(f, "the validators do not agree about {document}"),
            Self::Unconfirmed { document, why } => write!(f, "{document} could not be confirmed: {why}"),
        }
    }
}
