//! The JSON form of a summary.

use serde::{Deserialize, Serialize};

use super::{Counts, Summary};

/// Version of the JSON form.
const FORMAT: u32 = 1;

/// The JSON form: the counts, and their sum as a check.
#[derive(Serialize, Deserialize)]
struct Document<C> {
    summary: u32,
    events: u64,
    #[serde(flatten)]
    counts: C,
}

/// The member that every version of the form has.
#[derive(Deserialize)]
struct Format {
    summary: u32,
}

impl Summary {
    /// Serialises the summary as JSON on one line, losslessly: [`from_json`](Self::from_json) restores an equal one.
    ///
    /// ```
    /// use event_contract::audit::Summary;
    ///
    /// assert!(Summary::default().to_json().starts_with(r#"{"summary":1,"events":0,"lines":0,"bytes":0,"#));
    /// ```
    pub fn to_json(&self) -> String {
        let document = Document { summary: FORMAT, events: self.events(), counts: &self.0 };
        serde_json::to_string(&document).unwrap_or_else(|error| unreachable!("texts and numbers are JSON: {error}"))
    }

    /// Parses a summary that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// The text is not a summary of this format, or its counts do not add up.
    pub fn from_json(json: &str) -> Result<Self, SummaryError> {
        let malformed = |error: serde_json::Error| SummaryErrorKind::Malformed { message: error.to_string() };
        let format: Format = serde_json::from_str(json).map_err(malformed)?;
        if format.summary != FORMAT {
            return Err(SummaryErrorKind::Format { found: format.summary }.into());
        }
        let document: Document<Counts> = serde_json::from_str(json).map_err(malformed)?;
        // Merging restores the order of the types, and merges duplicates.
        let mut summary = Self::default();
        summary.merge(Self(document.counts));
        if summary.events() != document.events {
            return Err(SummaryErrorKind::Sum { stated: document.events, found: summary.events() }.into());
        }
        Ok(summary)
    }
}

/// Error of a text that is not an audit summary.
///
/// ```
/// use event_contract::audit::{Summary, SummaryError};
///
/// let error: SummaryError = Summary::from_json("{}").unwrap_err();
/// assert_eq!(error.to_string(), "not an audit summary: missing field `summary` at line 1 column 2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct SummaryError {
    kind: SummaryErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum SummaryErrorKind {
    #[error("not an audit summary: {message}")]
    Malformed { message: String },
    #[error("audit summary of format {found}: expected format {FORMAT}\naudit again, or use the program that wrote it")]
    Format { found: u32 },
    #[error("corrupt audit summary: expected {stated} events, found counts of {found}")]
    Sum { stated: u64, found: u64 },
}

impl From<SummaryErrorKind> for SummaryError {
    fn from(kind: SummaryErrorKind) -> Self {
        Self { kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> String {
        Summary::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn invalid_summaries_are_rejected_with_a_reason() {
        let whole = Summary::default().to_json();
        assert_eq!(Summary::from_json(&whole), Ok(Summary::default()));
        assert_eq!(
            refusal(&whole.replacen(r#""summary":1"#, r#""summary":2,"new":[]"#, 1)),
            "audit summary of format 2: expected format 1\naudit again, or use the program that wrote it",
        );
        assert_eq!(
            refusal(&whole.replacen(r#""events":0"#, r#""events":3"#, 1)),
            "corrupt audit summary: expected 3 events, found counts of 0",
        );
        assert_eq!(refusal("{}"), "not an audit summary: missing field `summary` at line 1 column 2");
        assert_eq!(
            refusal(r#"{"summary":1,"events":0}"#),
            "not an audit summary: missing field `lines` at line 1 column 24",
        );
        assert!(refusal("no").starts_with("not an audit summary: expected ident"), "{}", refusal("no"));
    }
}
