//! Responses of `PutEvents`, matched to the entries of a batch.

use std::fmt;

use serde::Deserialize;

use super::batch_plan::Batch;
use super::entry::Entry;

/// The result of `PutEvents` for one entry: the id of its envelope, or an error.
///
/// Its fields are all that EventBridge has, so that it can be built from the types of any client.
///
/// ```
/// use event_contract::publish::PutResult;
///
/// let result = PutResult { event_id: Some("bbfbc65f-8536-ee88-dc6a-45b85079b7d7".into()), ..PutResult::default() };
/// assert_eq!(result, serde_json::from_str(r#"{"EventId":"bbfbc65f-8536-ee88-dc6a-45b85079b7d7"}"#)?);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutResult {
    /// The id of the envelope, if the entry was accepted.
    pub event_id: Option<String>,
    /// The code of the error, if it was rejected.
    pub error_code: Option<String>,
    /// The message of the error, for logs: its wording is not specified.
    pub error_message: Option<String>,
}

/// The response to a `PutEvents` request. A request whose entries all failed has one, too.
///
/// ```
/// use event_contract::publish::PutEventsResponse;
///
/// let response: PutEventsResponse = serde_json::from_str(
///     r#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"InternalFailure","ErrorMessage":"…"}]}"#,
/// )?;
/// assert_eq!(response.results()[1].error_code.as_deref(), Some("InternalFailure"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `FailedEntryCount` is ignored: the results are decisive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PutEventsResponse {
    #[serde(rename = "Entries")]
    results: Vec<PutResult>,
}

impl PutEventsResponse {
    /// Returns one result for each entry, in the order of the request.
    pub fn results(&self) -> &[PutResult] {
        &self.results
    }
}

impl IntoIterator for PutEventsResponse {
    type Item = PutResult;
    type IntoIter = std::vec::IntoIter<PutResult>;

    fn into_iter(self) -> Self::IntoIter {
        self.results.into_iter()
    }
}

impl Batch {
    /// Matches a response to the entries: a [`PutEventsResponse`], or any other sequence of one result for each entry.
    ///
    /// An entry is accepted if its result has an id and no error. With both, it failed with that error; with neither, with
    /// [`FailedEntry::MISSING_RESULT`]. Empty strings count as absent. If the number of results differs from that of the
    /// entries, the response cannot be matched, and the error returns the batch.
    pub fn match_response<R>(self, results: R) -> Result<BatchOutcome, ResponseError>
    where
        R: IntoIterator,
        R::Item: Into<PutResult>,
    {
        let results: Vec<PutResult> = results.into_iter().map(Into::into).collect();
        if results.len() != self.entries().len() {
            return Err(ResponseError { batch: self, answered: results.len() });
        }
        let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
        let mut outcome = BatchOutcome { accepted: Vec::new(), failed: Vec::new() };
        for (entry, result) in self.into_entries().into_iter().zip(results) {
            let PutResult { event_id, error_code, error_message: message } = result;
            match (non_empty(event_id), non_empty(error_code)) {
                (Some(envelope_id), None) => outcome.accepted.push(AcceptedEntry { entry, envelope_id }),
                (envelope_id, code) => {
                    let code = code.unwrap_or_else(|| FailedEntry::MISSING_RESULT.to_owned());
                    outcome.failed.push(FailedEntry { entry, code, message, envelope_id });
                }
            }
        }
        Ok(outcome)
    }
}

/// The outcome of a batch: each of its entries is accepted or failed.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// use event_contract::publish::{BatchOutcome, PutEventsResponse};
/// # use event_contract::publish::{BatchPlan, Bus, SizeLimit};
/// # let event = || Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse().unwrap());
/// # let entries = [Bus::external().entry(&event())?, Bus::external().entry(&event())?];
/// # let batch = BatchPlan::new(entries, SizeLimit::MIB_1).into_parts().0.remove(0);
/// let response: PutEventsResponse = serde_json::from_str(
///     r#"{"Entries":[{"EventId":"1"},{"ErrorCode":"ThrottlingException","ErrorMessage":"Rate exceeded"}]}"#,
/// )?;
/// let outcome: BatchOutcome = batch.match_response(response)?;
/// assert_eq!(outcome.accepted()[0].envelope_id(), "1");
/// assert!(outcome.failed()[0].is_retryable());
///
/// let (again, given_up) = outcome.into_entries_to_retry();
/// assert_eq!((again.len(), given_up.len()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "entries may have failed"]
pub struct BatchOutcome {
    accepted: Vec<AcceptedEntry>,
    failed: Vec<FailedEntry>,
}

impl BatchOutcome {
    /// Returns the accepted entries, in order.
    pub fn accepted(&self) -> &[AcceptedEntry] {
        &self.accepted
    }

    /// Returns the failed entries, in order.
    pub fn failed(&self) -> &[FailedEntry] {
        &self.failed
    }

    /// Returns the accepted and the failed entries.
    pub fn into_parts(self) -> (Vec<AcceptedEntry>, Vec<FailedEntry>) {
        (self.accepted, self.failed)
    }

    /// Splits the failed entries into those to retry in a new plan and the failures for which a retry cannot help, both in
    /// order.
    pub fn into_entries_to_retry(self) -> (Vec<Entry>, Vec<FailedEntry>) {
        let (again, given_up): (Vec<_>, Vec<_>) = self.failed.into_iter().partition(FailedEntry::is_retryable);
        (again.into_iter().map(FailedEntry::into_entry).collect(), given_up)
    }
}

/// An entry that EventBridge accepted. See [`BatchOutcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedEntry {
    entry: Entry,
    envelope_id: String,
}

impl AcceptedEntry {
    /// Returns the entry that was sent, which is on the bus now.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the id of its envelope, which belongs to this put, not to the event.
    pub fn envelope_id(&self) -> &str {
        &self.envelope_id
    }

    /// Returns the entry by value.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

/// An entry that EventBridge did not accept. See [`BatchOutcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedEntry {
    entry: Entry,
    code: String,
    message: Option<String>,
    envelope_id: Option<String>,
}

/// Error codes for which a retry of the same entry cannot help. `NotAuthorized…` is a family of codes.
const PERMANENT_ERRORS: [&str; 5] =
    ["AccessDeniedException", "InvalidAccountIdException", "InvalidArgument", "MalformedDetail", "RedactionFailure"];

impl FailedEntry {
    /// The code of an entry whose result has neither an id nor an error. EventBridge has no such code. The entry is
    /// retried: it may be delivered twice, but is not lost.
    pub const MISSING_RESULT: &str = "NoAnswer";

    /// Returns the entry that was sent, unchanged.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the error code: `ThrottlingException`, `InternalFailure`, `MalformedDetail` …, or
    /// [`FailedEntry::MISSING_RESULT`].
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the error message, for logs: its wording is not specified.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the id of an envelope, if the result has one beside the error: the entry may have been accepted.
    pub fn envelope_id(&self) -> Option<&str> {
        self.envelope_id.as_deref()
    }

    /// Returns true if a retry can help.
    ///
    /// It cannot if the entry itself is invalid or not allowed (`InvalidArgument`, `MalformedDetail`, `RedactionFailure`,
    /// `AccessDeniedException`, `InvalidAccountIdException`, `NotAuthorized…`). It can for throttling, for failures of
    /// EventBridge itself, and for an unknown code. Bound the number of retries.
    pub fn is_retryable(&self) -> bool {
        !PERMANENT_ERRORS.contains(&self.code.as_str()) && !self.code.starts_with("NotAuthorized")
    }

    /// Returns the entry by value.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

impl fmt::Display for FailedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = &self.entry;
        write!(f, "{} {} was not accepted: {}", entry.detail_type(), entry.event_id(), self.code)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

/// A response whose number of results differs from the number of entries. It holds the batch: it is unknown which
/// of its entries were accepted.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// use event_contract::publish::{PutResult, ResponseError};
/// # use event_contract::publish::{BatchPlan, Bus, SizeLimit};
/// # let event = Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse()?);
/// # let batch = BatchPlan::new([Bus::external().entry(&event)?], SizeLimit::MIB_1).into_parts().0.remove(0);
/// let error: ResponseError = batch.match_response(Vec::<PutResult>::new()).unwrap_err();
/// assert_eq!(error.to_string(), "expected 1 result, found 0");
/// assert_eq!(error.into_batch().entries().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected {} result{}, found {answered}",
    .batch.entries().len(),
    if .batch.entries().len() == 1 { "" } else { "s" }
)]
pub struct ResponseError {
    batch: Batch,
    answered: usize,
}

impl ResponseError {
    /// Returns the batch that was sent.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Returns the batch by value.
    pub fn into_batch(self) -> Batch {
        self.batch
    }
}
