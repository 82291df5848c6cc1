//! What `PutEvents` answers, matched back to what was put.

use std::fmt;

use serde::Deserialize;

use super::batch_plan::Batch;
use super::entry::Entry;

/// What `PutEvents` says of one entry: the id that its envelope got, or why it was not taken. Complete: EventBridge has
/// no other field, and this may be made of the types of any client.
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
    /// The id of the envelope, where the entry was taken.
    pub event_id: Option<String>,
    /// The code of the error, where it was not.
    pub error_code: Option<String>,
    /// The error in words.
    pub error_message: Option<String>,
}

/// The answer to a request to `PutEvents`, as it comes over the wire. It is an answer also where every entry failed.
///
/// ```
/// use event_contract::publish::PutEventsResponse;
///
/// let answer: PutEventsResponse = serde_json::from_str(
///     r#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"InternalFailure","ErrorMessage":"…"}]}"#,
/// )?;
/// assert_eq!(answer.results()[1].error_code.as_deref(), Some("InternalFailure"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `FailedEntryCount` is not read: each result says of its entry whether it was taken, and a count that says otherwise
/// changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PutEventsResponse {
    #[serde(rename = "Entries")]
    results: Vec<PutResult>,
}

impl PutEventsResponse {
    /// A result for each entry, in order.
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
    /// Matches the answer to what was put: a [`PutEventsResponse`], or any other sequence of a result for each entry.
    ///
    /// Every entry is accepted or failed. It is accepted where its result has an id and no error. Where it has both, it
    /// has failed with that error; where it has neither, with [`Failed::NO_ANSWER`]. What is empty is not there. Only
    /// where there are more results than entries, or fewer, is it unknown which belongs to which: then the answer is not
    /// one to this batch, and the error holds the batch.
    pub fn match_response<R>(self, results: R) -> Result<BatchOutcome, ResponseError>
    where
        R: IntoIterator,
        R::Item: Into<PutResult>,
    {
        let results: Vec<PutResult> = results.into_iter().map(Into::into).collect();
        if results.len() != self.entries().len() {
            return Err(ResponseError { batch: self, answered: results.len() });
        }
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let mut outcome = BatchOutcome { accepted: Vec::new(), failed: Vec::new() };
        for (entry, result) in self.into_entries().into_iter().zip(results) {
            let PutResult { event_id, error_code, error_message: message } = result;
            match (said(event_id), said(error_code)) {
                (Some(envelope_id), None) => outcome.accepted.push(Accepted { entry, envelope_id }),
                (envelope_id, code) => {
                    let code = code.unwrap_or_else(|| Failed::NO_ANSWER.to_owned());
                    outcome.failed.push(Failed { entry, code, message, envelope_id });
                }
            }
        }
        Ok(outcome)
    }
}

/// What came of a batch: each of its entries is accepted or failed.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// # use event_contract::publish::{BatchPlan, Bus, PutEventsResponse, SizeLimit};
/// # let event = || Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse().unwrap());
/// # let entries = [Bus::external().entry(&event())?, Bus::external().entry(&event())?];
/// # let batch = BatchPlan::new(entries, SizeLimit::MIB_1).into_parts().0.remove(0);
/// let answer: PutEventsResponse = serde_json::from_str(
///     r#"{"Entries":[{"EventId":"1"},{"ErrorCode":"ThrottlingException","ErrorMessage":"Rate exceeded"}]}"#,
/// )?;
/// let outcome = batch.match_response(answer)?;
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
    accepted: Vec<Accepted>,
    failed: Vec<Failed>,
}

impl BatchOutcome {
    /// What was taken, in order.
    pub fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    /// What was not taken, in order.
    pub fn failed(&self) -> &[Failed] {
        &self.failed
    }

    /// What was taken, and what was not.
    pub fn into_parts(self) -> (Vec<Accepted>, Vec<Failed>) {
        (self.accepted, self.failed)
    }

    /// Of what was not taken: the entries that may be taken if they are put again, to be planned anew; and the failures
    /// for which that cannot help. Both in order.
    pub fn into_entries_to_retry(self) -> (Vec<Entry>, Vec<Failed>) {
        let (again, given_up): (Vec<_>, Vec<_>) = self.failed.into_iter().partition(Failed::is_retryable);
        (again.into_iter().map(Failed::into_entry).collect(), given_up)
    }
}

/// An entry that EventBridge has taken. See [`BatchOutcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    entry: Entry,
    envelope_id: String,
}

impl Accepted {
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The id that its envelope got: that of this put, not of the event.
    pub fn envelope_id(&self) -> &str {
        &self.envelope_id
    }

    /// The entry again.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

/// An entry that EventBridge has not taken. See [`BatchOutcome`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    entry: Entry,
    code: String,
    message: Option<String>,
    envelope_id: Option<String>,
}

/// The codes for which EventBridge says that putting the same again does not help. Those that begin with
/// `NotAuthorized` are more than one.
const FOR_GOOD: [&str; 5] =
    ["AccessDeniedException", "InvalidAccountIdException", "InvalidArgument", "MalformedDetail", "RedactionFailure"];

impl Failed {
    /// The code of an entry of which the answer says neither that it was taken nor that it was not. EventBridge has no
    /// such code. To be put again: an entry may so be put twice, and is not lost.
    pub const NO_ANSWER: &str = "NoAnswer";

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Why, as a code: `ThrottlingException`, `InternalFailure`, `MalformedDetail` …, or [`Failed::NO_ANSWER`].
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Why, in words.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The id of an envelope, where the answer gives one beside the error: the entry may have been taken all the same.
    pub fn envelope_id(&self) -> Option<&str> {
        self.envelope_id.as_deref()
    }

    /// Whether putting the same entry again can help. It cannot where the entry itself is wrong or not allowed
    /// (`InvalidArgument`, `MalformedDetail`, `RedactionFailure`, `AccessDeniedException`, `InvalidAccountIdException`,
    /// `NotAuthorized…`). It can for throttling and failures of EventBridge's own, and for a code that is not known here:
    /// that may pass. Bound how often you try.
    pub fn is_retryable(&self) -> bool {
        !FOR_GOOD.contains(&self.code.as_str()) && !self.code.starts_with("NotAuthorized")
    }

    /// The entry again.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = &self.entry;
        write!(f, "the {} {} was not taken: {}", entry.detail_type(), entry.event_id(), self.code)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

/// An answer is not one to the batch: it has more results than the batch has entries, or fewer. It holds the batch:
/// nothing of it is known to have been taken, and nothing is known not to have been.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// # use event_contract::publish::{BatchPlan, Bus, PutResult, SizeLimit};
/// # let event = Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse()?);
/// # let batch = BatchPlan::new([Bus::external().entry(&event)?], SizeLimit::MIB_1).into_parts().0.remove(0);
/// let error = batch.match_response(Vec::<PutResult>::new()).unwrap_err();
/// assert_eq!(error.to_string(), "1 entry was put, and the answer has 0 results");
/// assert_eq!(error.into_batch().entries().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} put, and the answer has {}",
    counted(.batch.entries().len(), "entry was", "entries were"),
    counted(*.answered, "result", "results")
)]
pub struct ResponseError {
    batch: Batch,
    answered: usize,
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

impl ResponseError {
    /// The batch that was put.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The batch again.
    pub fn into_batch(self) -> Batch {
        self.batch
    }
}
