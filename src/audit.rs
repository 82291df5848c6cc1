//! Audit of an event lake: counts of events by type and version, of tolerated observations, and of unreadable events.
//!
//! A [`Summary`] has bounded memory, whatever the number of events. Parts of a lake can be audited separately, on different
//! machines: their summaries, as JSON, [merge](Summary::merge) into that of the whole in any order.
//!
//! ```
//! use event_contract::audit::{Place, Summary};
//! use event_contract::contract;
//!
//! let catalog = contract::catalog()?;
//! let lake = [
//!     r#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{
//!         "orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#,
//!     r#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{
//!         "orderId":7,"createdAt":1700000000000},"meta":{}}}"#,
//! ];
//! let mut summary = Summary::default();
//! for (line, number) in lake.iter().zip(1..) {
//!     summary.add_line(&catalog, Place { file: "orders.jsonl", line: number }, line.as_bytes());
//! }
//!
//! let [created] = summary.types() else { panic!("one type, in one version") };
//! assert_eq!((created.event_type(), created.version().get(), created.events()), ("Order.Created", 1, 1));
//! let (unread, _) = &summary.unread().listed()[0];
//! assert_eq!((unread.file(), unread.line()), ("orders.jsonl", 2));
//! assert_eq!(
//!     unread.message(),
//!     "/detail/data/orderId: expected an order id, which is a hyphenated UUID, found an integer; \
//!      /detail/version: no version, read as v1",
//! );
//!
//! let part = Summary::from_json(&summary.to_json())?;
//! summary.merge(part);
//! assert_eq!(summary.events(), 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod seen;
mod tally;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use document::SummaryError;
use seen::names;
pub use seen::{ObservationLabel, ReadFailure, TypeCount, UnreadRemainder};
pub use tally::Tally;

use crate::catalog::{Catalog, CatalogEvent};
use crate::name::Version;
use crate::read::{Limits, ReadError, ReadErrorKind, Reading};
use crate::wire::{Delivery, WireErrorKind};

/// Maximum number of versions of a type that are listed, the oldest ones: a lake may declare any number of them.
const MAX_VERSIONS: usize = 200;

/// Counts of a lake, or of a part of one.
///
/// Merging is associative and commutative: neither the division of a lake nor the order of its parts matters. So counts
/// saturate at `u64::MAX`, and of unbounded sets the smallest keys are listed and the others only counted, see [`Tally`].
/// The types of the contract are all listed, each with its 200 oldest versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary(Counts);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Counts {
    lines: u64,
    bytes: u64,
    /// Time of the earliest event, in milliseconds since the epoch.
    first: Option<i64>,
    last: Option<i64>,
    /// Sorted, each once.
    types: Vec<TypeCount>,
    /// Events of versions that are not listed, by type.
    #[serde(with = "names", default)]
    later_versions: Tally<Option<String>, 200>,
    #[serde(with = "names")]
    foreign: Tally<Option<String>, 200>,
    #[serde(with = "names")]
    sources: Tally<Option<String>, 200>,
    unread: Tally<ReadFailure, 1000>,
    incomplete: Tally<UnreadRemainder, 1000>,
}

/// Location of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// The number of the line in it, from 1.
    pub line: u64,
}

impl Summary {
    /// Limit on the bytes of a line without its terminator: the default of [`Limits::bytes`].
    pub const MAX_LINE_BYTES: usize = Limits::DEFAULT.bytes;

    /// Reads and counts a line: an event in any delivery shape, or a batch. The terminator is optional; blank lines are
    /// skipped.
    pub fn add_line(&mut self, catalog: &Catalog, at: Place<'_>, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > Self::MAX_LINE_BYTES {
            return self.add_too_long(at, line.len() as u64);
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
        if text.is_empty() {
            return;
        }
        self.add_length(line.len() as u64);
        match catalog.read_delivery(&Delivery::new(text)) {
            Ok(reading) => self.add_reading(&reading),
            Err(error) if matches!(error.kind(), ReadErrorKind::Delivery(_)) => {
                // One by one: a batch may have more events than fit in memory at once.
                let mut add = |answer: &Result<_, ReadError>, number| match answer {
                    Ok(reading) => self.add_reading(reading),
                    Err(error) => self.add_unread(at, number, error),
                };
                let (mut first, mut count) = (None, 0);
                catalog.read_each(text, |answer| {
                    count += 1;
                    if count == 1 {
                        first = Some(answer);
                        return;
                    }
                    if let Some(first) = first.take() {
                        add(&first, 1);
                    }
                    add(&answer, count);
                });
                // The only event of a line has no number.
                if let Some(only) = first {
                    add(&only, 0);
                }
            }
            Err(error) => self.add_unread(at, 0, &error),
        }
    }

    /// Counts a line of more than [`MAX_LINE_BYTES`](Self::MAX_LINE_BYTES) bytes as a failure, without
    /// its text.
    pub fn add_too_long(&mut self, at: Place<'_>, bytes: u64) {
        self.add_length(bytes);
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.add_unread(at, 0, &WireErrorKind::TooLarge { length, limit: Self::MAX_LINE_BYTES });
    }

    /// Records a file that could not be read to its end.
    pub fn add_incomplete(&mut self, remainder: UnreadRemainder) {
        self.0.incomplete.add(remainder.with_short_message(), 1);
    }

    /// Adds the counts of another summary.
    pub fn merge(&mut self, other: Self) {
        let (counts, other) = (&mut self.0, other.0);
        counts.lines = counts.lines.saturating_add(other.lines);
        counts.bytes = counts.bytes.saturating_add(other.bytes);
        counts.extend_times(other.first);
        counts.extend_times(other.last);
        counts.types.extend(other.types);
        // Two sorted runs: the stable sort merges them in one pass.
        counts.types.sort_by(|one, other| one.order(&other.event_type, other.version));
        counts.types.dedup_by(|next, kept| {
            let is_same = next.order(&kept.event_type, kept.version).is_eq();
            if is_same {
                kept.events = kept.events.saturating_add(next.events);
                kept.tolerated.merge(std::mem::take(&mut next.tolerated));
            }
            is_same
        });
        counts.later_versions.merge(other.later_versions);
        counts.drop_later_versions();
        counts.foreign.merge(other.foreign);
        counts.sources.merge(other.sources);
        counts.unread.merge(other.unread);
        counts.incomplete.merge(other.incomplete);
    }

    fn add_length(&mut self, bytes: u64) {
        self.0.lines = self.0.lines.saturating_add(1);
        self.0.bytes = self.0.bytes.saturating_add(bytes);
    }

    fn add_reading(&mut self, reading: &Reading<'_, CatalogEvent>) {
        let counts = &mut self.0;
        let event = match reading.event() {
            CatalogEvent::Event(event) => event,
            CatalogEvent::Other(other) => return counts.foreign.count_name(other.event_type.as_deref()),
        };
        let Some(recognised) = reading.recognised() else {
            unreachable!("an event of the catalog is of a type of the catalog")
        };
        counts.sources.count_name(event.metadata().source.as_ref().map(AsRef::as_ref));
        counts.extend_times(Some(event.metadata().time.timestamp_millis()));
        let event_type = recognised.event_type.as_str();
        match counts.type_count(event_type, recognised.version_written) {
            Some(of_type) => {
                of_type.events = of_type.events.saturating_add(1);
                reading.observations().iter().for_each(|seen| of_type.observe(seen));
            }
            None => counts.later_versions.count_name(Some(event_type)),
        }
    }

    fn add_unread(&mut self, at: Place<'_>, event: u64, error: &dyn fmt::Display) {
        self.0.unread.add(ReadFailure::new(at.file, at.line, event, &error.to_string()), 1);
    }
}

/// Accessors.
impl Summary {
    /// Returns the number of lines that are not blank.
    pub fn lines(&self) -> u64 {
        self.0.lines
    }

    /// Returns the number of bytes of these lines, without terminators.
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Returns the number of all events: of the contract, of other types, and unreadable ones.
    pub fn events(&self) -> u64 {
        let others = [self.0.later_versions.total(), self.0.foreign.total(), self.0.unread.total()];
        self.0.types.iter().map(TypeCount::events).chain(others).fold(0, u64::saturating_add)
    }

    /// Returns the times of the earliest and the latest event of the contract, in milliseconds.
    pub fn times(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((DateTime::from_timestamp_millis(self.0.first?)?, DateTime::from_timestamp_millis(self.0.last?)?))
    }

    /// Returns the counts of the events of the contract, sorted by type and version: the one that the writer declared, which
    /// may be newer than those of the contract.
    pub fn types(&self) -> &[TypeCount] {
        &self.0.types
    }

    /// Returns the types with more than 200 versions, each with its number of events of later ones. Their observations are
    /// not listed.
    pub fn later_versions(&self) -> &Tally<Option<String>, 200> {
        &self.0.later_versions
    }

    /// Returns the types of events that are not in the contract, truncated to 500 characters; `None` for events without a
    /// type.
    pub fn foreign(&self) -> &Tally<Option<String>, 200> {
        &self.0.foreign
    }

    /// Returns the sources of the events of the contract, truncated to 500 characters; `None` for events without a source.
    pub fn sources(&self) -> &Tally<Option<String>, 200> {
        &self.0.sources
    }

    /// Returns the events that could not be read.
    pub fn unread(&self) -> &Tally<ReadFailure, 1000> {
        &self.0.unread
    }

    /// Returns the files that could not be read completely; the events in the unread part are not counted.
    pub fn incomplete(&self) -> &Tally<UnreadRemainder, 1000> {
        &self.0.incomplete
    }
}

impl Counts {
    /// Returns the count of a version; `None` if it is later than those that are listed.
    fn type_count(&mut self, event_type: &str, version: Version) -> Option<&mut TypeCount> {
        let at = match self.types.binary_search_by(|of_type| of_type.order(event_type, version)) {
            Ok(at) => at,
            Err(at) => {
                let end = at + self.types[at..].partition_point(|of_type| of_type.event_type == event_type);
                let count =
                    self.types[..end].iter().rev().take_while(|of_type| of_type.event_type == event_type).count();
                if count >= MAX_VERSIONS {
                    if at == end {
                        return None;
                    }
                    let latest = self.types.remove(end - 1);
                    self.later_versions.add(Some(latest.event_type), latest.events);
                }
                self.types.insert(at, TypeCount::new(event_type, version));
                at
            }
        };
        self.types.get_mut(at)
    }

    /// Drops the versions of each type beyond the oldest [`MAX_VERSIONS`], and counts their events.
    fn drop_later_versions(&mut self) {
        let mut listed: Vec<TypeCount> = Vec::with_capacity(self.types.len());
        let mut count = 0;
        for of_type in std::mem::take(&mut self.types) {
            let is_same = listed.last().is_some_and(|last| last.event_type == of_type.event_type);
            count = if is_same { count + 1 } else { 1 };
            if count > MAX_VERSIONS {
                self.later_versions.add(Some(of_type.event_type), of_type.events);
            } else {
                listed.push(of_type);
            }
        }
        self.types = listed;
    }

    fn extend_times(&mut self, time: Option<i64>) {
        self.first = [self.first, time].into_iter().flatten().min();
        self.last = self.last.max(time);
    }
}
