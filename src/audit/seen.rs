//! The entries of a summary: counts by type and version, labels, tolerated observations, and failures.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::name::Version;
use crate::read::Observation;
use crate::severity::Severity;

/// Limit on the characters of a text from an event (a name, a pointer, a message), which bounds the memory of a summary.
const MAX_TEXT_CHARS: usize = 500;

/// Number of events of one type and version, with the observations that were tolerated in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeCount {
    #[serde(rename = "type")]
    pub(super) event_type: String,
    pub(super) version: Version,
    pub(super) events: u64,
    pub(super) tolerated: Tally<ObservationLabel, 200>,
}

impl TypeCount {
    pub(super) fn new(event_type: &str, version: Version) -> Self {
        Self { event_type: event_type.to_owned(), version, events: 0, tolerated: Tally::default() }
    }

    /// Returns the event type.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Returns the version that the events declare.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the number of events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Returns the tolerated observations, the most severe first.
    pub fn tolerated(&self) -> &Tally<ObservationLabel, 200> {
        &self.tolerated
    }

    pub(super) fn order(&self, event_type: &str, version: Version) -> Ordering {
        (self.event_type.as_str(), self.version).cmp(&(event_type, version))
    }

    pub(super) fn observe(&mut self, seen: &Observation) {
        let (severity, kind) = (Reverse(seen.severity()), seen.kind.name());
        let pointer = without_indices(seen.pointer.as_str());
        let pointer = shortened(&pointer);
        self.tolerated.count(
            |listed| (listed.severity, &*listed.kind, &*listed.pointer).cmp(&(severity, kind, &*pointer)),
            || ObservationLabel { severity, kind: Cow::Borrowed(kind), pointer: pointer.clone().into_owned() },
        );
    }
}

/// A kind of observation at one location, such as an unknown field at `/data/lines/*/price`.
///
/// ```
/// use event_contract::audit::{Place, Summary, ObservationLabel};
/// use event_contract::{Severity, contract};
///
/// let mut summary = Summary::default();
/// let line = br#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{
///     "orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000,"gift":true},"meta":{}}}"#;
/// summary.add_line(&contract::catalog()?, Place { file: "orders.jsonl", line: 1 }, line);
///
/// let tolerated: &[(ObservationLabel, u64)] = summary.types()[0].tolerated().listed();
/// let (gift, count) = tolerated.iter().find(|(seen, _)| seen.pointer() == "/detail/data/gift").expect("unknown");
/// assert_eq!((gift.kind(), gift.severity(), *count), ("unknown-field", Severity::Info, 1));
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObservationLabel {
    #[serde(with = "severity")]
    severity: Reverse<Severity>,
    kind: Cow<'static, str>,
    pointer: String,
}

impl ObservationLabel {
    /// Returns the severity of the observation.
    pub fn severity(&self) -> Severity {
        self.severity.0
    }

    /// Returns the [name](crate::ObservationKind::name) of the kind of observation.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the [pointer](Observation::pointer) of the observation, with `*` for every array index.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl<const MAX: usize> Tally<Option<String>, MAX> {
    /// Counts a name as events give it, shortened, or its absence.
    pub(super) fn count_name(&mut self, name: Option<&str>) {
        let name = name.map(shortened);
        let name = name.as_deref();
        self.count(|listed| listed.as_deref().cmp(&name), || name.map(str::to_owned));
    }
}

/// An event that could not be read, with its location and the error.
///
/// ```
/// use event_contract::audit::{Place, ReadFailure, Summary};
/// use event_contract::contract;
///
/// let mut summary = Summary::default();
/// summary.add_line(&contract::catalog()?, Place { file: "orders.jsonl", line: 7 }, b"no JSON");
///
/// let (failure, _): &(ReadFailure, u64) = &summary.unread().listed()[0];
/// assert_eq!((failure.file(), failure.line(), failure.event()), ("orders.jsonl", 7, None));
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReadFailure {
    file: String,
    line: u64,
    event: u64,
    message: String,
}

impl ReadFailure {
    pub(super) fn new(file: &str, line: u64, event: u64, message: &str) -> Self {
        Self { file: file.to_owned(), line, event, message: shortened(message).into_owned() }
    }

    /// Returns the name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the line number, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns the position in a batch, from 1; `None` if the line is not a batch.
    pub fn event(&self) -> Option<u64> {
        (self.event > 0).then_some(self.event)
    }

    /// Returns the message of the error. It contains no values of the event.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// A file that could not be read completely.
///
/// ```
/// use event_contract::audit::{UnreadRemainder, Summary};
///
/// let mut summary = Summary::default();
/// let message = "orders.jsonl.gz: unexpected end of file".to_owned();
/// summary.add_incomplete(UnreadRemainder { file: "orders.jsonl.gz".to_owned(), message });
///
/// let (incomplete, _): &(UnreadRemainder, u64) = &summary.incomplete().listed()[0];
/// assert_eq!(incomplete.file, "orders.jsonl.gz");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadRemainder {
    /// The name of the file.
    pub file: String,
    /// The error message, which names the file, too. A long one is shortened when it is counted.
    pub message: String,
}

impl UnreadRemainder {
    pub(super) fn with_short_message(self) -> Self {
        Self { message: shortened(&self.message).into_owned(), ..self }
    }
}

/// Replaces each numeric segment of a pointer by `*`.
fn without_indices(pointer: &str) -> Cow<'_, str> {
    let is_index = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    if !pointer.split('/').any(is_index) {
        return pointer.into();
    }
    let segments: Vec<_> = pointer.split('/').map(|segment| if is_index(segment) { "*" } else { segment }).collect();
    segments.join("/").into()
}

/// Truncates a text to [`MAX_TEXT_CHARS`], with an ellipsis.
fn shortened(text: &str) -> Cow<'_, str> {
    // A text has at most as many characters as bytes: most texts need no counting.
    if text.len() <= MAX_TEXT_CHARS || text.chars().nth(MAX_TEXT_CHARS).is_none() {
        return text.into();
    }
    text.chars().take(MAX_TEXT_CHARS - 1).chain(['…']).collect::<String>().into()
}

/// The JSON form of a tally of names: the key is an object, `{"name": "web", "count": 3}`.
pub(super) mod names {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Tally;

    #[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Name {
        name: Option<String>,
    }

    pub(in crate::audit) fn serialize<S: Serializer, const MAX: usize>(
        tally: &Tally<Option<String>, MAX>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        tally.clone().map_keys(|name| Name { name }).serialize(serializer)
    }

    pub(in crate::audit) fn deserialize<'de, D: Deserializer<'de>, const MAX: usize>(
        deserializer: D,
    ) -> Result<Tally<Option<String>, MAX>, D::Error> {
        Ok(Tally::<Name, MAX>::deserialize(deserializer)?.map_keys(|Name { name }| name))
    }
}

mod severity {
    use std::cmp::Reverse;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::severity::Severity;

    const ALL: [Severity; 3] = [Severity::Info, Severity::Notice, Severity::Warning];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub(super) fn serialize<S: Serializer>(severity: &Reverse<Severity>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&severity.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reverse<Severity>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = ALL.into_iter().find(|severity| severity.to_string() == text);
        known.map(Reverse).ok_or_else(|| D::Error::custom("invalid severity: expected `info`, `notice` or `warning`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_indices_are_replaced_by_stars() {
        for (pointer, expected) in
            [("", ""), ("/a/b", "/a/b"), ("/a/0/b/12", "/a/*/b/*"), ("/0", "/*"), ("//1a/-1/~01", "//1a/-1/~01")]
        {
            assert_eq!(without_indices(pointer), expected, "{pointer}");
        }
    }

    #[test]
    fn truncation_is_idempotent() {
        let long = "ä".repeat(MAX_TEXT_CHARS + 1);
        let short = shortened(&long);
        assert_eq!((short.chars().count(), short.chars().last()), (MAX_TEXT_CHARS, Some('…')));
        assert_eq!(shortened(&short), short);
        let just = "ä".repeat(MAX_TEXT_CHARS);
        assert_eq!(shortened(&just), just);
    }
}
