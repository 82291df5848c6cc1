//! A summary as JSON.

use serde::{Deserialize, Serialize};

use super::{Counts, Summary};

/// The format of what is written. Another one gets another number.
const FORMAT: u32 = 1;

/// The counts, and what they add up to.
#[derive(Serialize, Deserialize)]
struct Document<C> {
    summary: u32,
    events: u64,
    #[serde(flatten)]
    counts: C,
}

/// Which format it is; all else may be different in another.
#[derive(Deserialize)]
struct Format {
    summary: u32,
}

impl Summary {
    /// The summary as JSON, on one line. It holds everything: what [`from_json`](Self::from_json) makes of it is equal.
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

    /// Reads a summary that [`to_json`](Self::to_json) wrote, here or elsewhere.
    pub fn from_json(json: &str) -> Result<Self, SummaryError> {
        let malformed = |error: serde_json::Error| SummaryErrorKind::Malformed { message: error.to_string() };
        let format: Format = serde_json::from_str(json).map_err(malformed)?;
        if format.summary != FORMAT {
            return Err(SummaryErrorKind::Format { found: format.summary }.into());
        }
        let document: Document<Counts> = serde_json::from_str(json).map_err(malformed)?;
        // Adding them puts types in order that are not, and together those that come twice.
        let mut summary = Self::default();
        summary.merge(Self(document.counts));
        if summary.events() != document.events {
            return Err(SummaryErrorKind::Sum { said: document.events, found: summary.events() }.into());
        }
        Ok(summary)
    }
}

/// Why a text is no summary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct SummaryError {
    kind: SummaryErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum SummaryErrorKind {
    #[error("this is no summary of an audit: {message}")]
    Malformed { message: String },
    #[error(
        "this is a summary of format {found}, and only format {FORMAT} is known here: audit again, or use the program that wrote it"
    )]
    Format { found: u32 },
    #[error("the summary says that there are {said} events, and its counts add up to {found}: it was cut or changed")]
    Sum { said: u64, found: u64 },
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
    fn what_is_no_summary_is_said() {
        let whole = Summary::default().to_json();
        assert_eq!(Summary::from_json(&whole), Ok(Summary::default()));
        assert_eq!(
            refusal(&whole.replacen(r#""summary":1"#, r#""summary":2,"new":[]"#, 1)),
            "this is a summary of format 2, and only format 1 is known here: audit again, or use the program that wrote it",
        );
        assert_eq!(
            refusal(&whole.replacen(r#""events":0"#, r#""events":3"#, 1)),
            "the summary says that there are 3 events, and its counts add up to 0: it was cut or changed",
        );
        assert_eq!(refusal("{}"), "this is no summary of an audit: missing field `summary` at line 1 column 2");
        assert_eq!(
            refusal(r#"{"summary":1,"events":0}"#),
            "this is no summary of an audit: missing field `lines` at line 1 column 24",
        );
        assert!(refusal("no").starts_with("this is no summary of an audit: expected ident"), "{}", refusal("no"));
    }
}
