//! What is counted.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::name::Version;
use crate::read::Observation;
use crate::severity::Severity;

/// How many characters of a text are kept that others have chosen: a name, a pointer, a message.
const CHARACTERS: usize = 500;

/// The events of one type and version, and what was tolerated in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    #[serde(rename = "type")]
    pub(super) event_type: String,
    pub(super) version: Version,
    pub(super) events: u64,
    pub(super) tolerated: Tally<Tolerated, 200>,
}

impl Counted {
    pub(super) fn new(event_type: &str, version: Version) -> Self {
        Self { event_type: event_type.to_owned(), version, events: 0, tolerated: Tally::default() }
    }

    /// The type.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The version as which they were read.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How many there are.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// What was tolerated in them, the most severe first.
    pub fn tolerated(&self) -> &Tally<Tolerated, 200> {
        &self.tolerated
    }

    pub(super) fn order(&self, event_type: &str, version: Version) -> Ordering {
        (self.event_type.as_str(), self.version).cmp(&(event_type, version))
    }

    pub(super) fn observe(&mut self, seen: &Observation) {
        let (severity, kind) = (Reverse(seen.severity()), seen.kind().name());
        let pointer = without_indices(seen.pointer().as_str());
        let pointer = shortened(&pointer);
        self.tolerated.count(
            |listed| (listed.severity, &*listed.kind, &*listed.pointer).cmp(&(severity, kind, &*pointer)),
            || Tolerated { severity, kind: Cow::Borrowed(kind), pointer: pointer.clone().into_owned() },
        );
    }
}

/// One kind of thing that was tolerated at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tolerated {
    #[serde(with = "severity")]
    severity: Reverse<Severity>,
    kind: Cow<'static, str>,
    pointer: String,
}

impl Tolerated {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.severity.0
    }

    /// What it is: the [name](crate::ObservationKind::name) of an observation.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where it stands, as an [observation](Observation::pointer) says it, with `*` in the place of each index.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

/// The type or the source that events name, if they name one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    name: Option<String>,
}

impl Name {
    /// The name, shortened where it is very long.
    pub fn as_deref(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl<const MOST: usize> Tally<Name, MOST> {
    pub(super) fn count_name(&mut self, name: Option<&str>) {
        let name = name.map(shortened);
        let name = name.as_deref();
        self.count(|listed| listed.as_deref().cmp(&name), || Name { name: name.map(str::to_owned) });
    }
}

/// Something that could not be read as an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    file: String,
    line: u64,
    event: u64,
    message: String,
}

impl Unread {
    pub(super) fn new(file: &str, line: u64, event: u64, message: &str) -> Self {
        Self { file: file.to_owned(), line, event, message: shortened(message).into_owned() }
    }

    /// The file it stands in.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its line there, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Which event of a batch it is, from 1; `None` where the line is no batch.
    pub fn event(&self) -> Option<u64> {
        (self.event > 0).then_some(self.event)
    }

    /// Why it could not be read. It holds no value of the event.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// A file that could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Incomplete {
    file: String,
    message: String,
}

impl Incomplete {
    pub(super) fn new(file: &str, message: &str) -> Self {
        Self { file: file.to_owned(), message: shortened(message).into_owned() }
    }

    /// The file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What is the matter with it, and with which.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The pointer with `*` for each segment that is a number.
fn without_indices(pointer: &str) -> Cow<'_, str> {
    let is_index = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    if !pointer.split('/').any(is_index) {
        return pointer.into();
    }
    let segments: Vec<_> = pointer.split('/').map(|segment| if is_index(segment) { "*" } else { segment }).collect();
    segments.join("/").into()
}

/// The text, or its beginning with an ellipsis.
fn shortened(text: &str) -> Cow<'_, str> {
    // As many bytes are no more characters.
    if text.len() <= CHARACTERS || text.chars().nth(CHARACTERS).is_none() {
        return text.into();
    }
    text.chars().take(CHARACTERS - 1).chain(['…']).collect::<String>().into()
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
        known.map(Reverse).ok_or_else(|| D::Error::custom("a severity is `info`, `notice` or `warning`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_stars() {
        for (pointer, expected) in
            [("", ""), ("/a/b", "/a/b"), ("/a/0/b/12", "/a/*/b/*"), ("/0", "/*"), ("//1a/-1/~01", "//1a/-1/~01")]
        {
            assert_eq!(without_indices(pointer), expected, "{pointer}");
        }
    }

    #[test]
    fn what_is_long_is_shortened_once() {
        let long = "ä".repeat(CHARACTERS + 1);
        let short = shortened(&long);
        assert_eq!((short.chars().count(), short.chars().last()), (CHARACTERS, Some('…')));
        assert_eq!(shortened(&short), short);
        let just = "ä".repeat(CHARACTERS);
        assert_eq!(shortened(&just), just);
    }
}
