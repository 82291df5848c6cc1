//! What is in an event lake: how many events of each type and version, what was tolerated in them, what could not be
//! read.
//!
//! A [`Summary`] grows with what there is to say, not with the events, and to what it can grow is bounded. Parts of a
//! lake may be audited apart from each other, wherever they are: their summaries, as JSON, [merge](Summary::merge) into
//! that of the whole, in any order.
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
//!     "/detail/data/orderId: expected an order id, which is a hyphenated UUID, found an integer",
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
pub use seen::{Counted, Incomplete, Name, Tolerated, Unread};
pub use tally::Tally;

use crate::catalog::{Catalog, Catalogued};
use crate::name::Version;
use crate::read::{Limits, ReadErrorKind, Reading};
use crate::wire::{Delivery, WireErrorKind};

/// What was found in a lake, or in a part of one.
///
/// Summaries merge, and it does not matter how a lake was divided, nor in which order its parts are merged. For this a
/// count stops at `u64::MAX`, and of what may be of any number the first are listed, in the order of their names and
/// places, and the others only counted: see [`Tally`]. The types are those of the contract and are all listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary(Counts);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Counts {
    lines: u64,
    bytes: u64,
    /// Epoch milliseconds.
    first: Option<i64>,
    last: Option<i64>,
    /// Sorted, each once.
    types: Vec<Counted>,
    foreign: Tally<Name, 200>,
    sources: Tally<Name, 200>,
    unread: Tally<Unread, 1000>,
    incomplete: Tally<Incomplete, 1000>,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// The number of the line in it, from 1.
    pub line: u64,
}

impl Summary {
    /// The most bytes that a line may have, without its end: what a reader takes on by itself, see [`Limits::bytes`].
    pub const LONGEST_LINE: usize = Limits::DEFAULT.bytes;

    /// Counts what is on a line, given with or without its end: an event in any shape, or a batch of them. A line of
    /// white space is none.
    pub fn add_line(&mut self, catalog: &Catalog, at: Place<'_>, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > Self::LONGEST_LINE {
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
                let answers = catalog.read_all(text);
                let is_batch = answers.len() > 1;
                for (answer, event) in answers.iter().zip(1..) {
                    match answer {
                        Ok(reading) => self.add_reading(reading),
                        Err(error) => self.add_unread(at, if is_batch { event } else { 0 }, error),
                    }
                }
            }
            Err(error) => self.add_unread(at, 0, &error),
        }
    }

    /// Counts a line of more than [`LONGEST_LINE`](Self::LONGEST_LINE) bytes, which nobody needs to hold for that: it
    /// could not be read.
    pub fn add_too_long(&mut self, at: Place<'_>, bytes: u64) {
        self.add_length(bytes);
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.add_unread(at, 0, &WireErrorKind::TooLarge { length, limit: Self::LONGEST_LINE });
    }

    /// Notes that a file, or what is left of it, could not be read. The message is for people: it names the file, too.
    pub fn add_incomplete(&mut self, file: &str, message: &str) {
        self.0.incomplete.add(Incomplete::new(file, message), 1);
    }

    /// Adds what another summary has counted.
    pub fn merge(&mut self, other: Self) {
        let (counts, other) = (&mut self.0, other.0);
        counts.lines = counts.lines.saturating_add(other.lines);
        counts.bytes = counts.bytes.saturating_add(other.bytes);
        counts.saw_time(other.first);
        counts.saw_time(other.last);
        counts.types.extend(other.types);
        // Both are in order, or nearly so: this is one pass.
        counts.types.sort_by(|one, other| one.order(&other.event_type, other.version));
        counts.types.dedup_by(|next, kept| {
            let is_same = next.order(&kept.event_type, kept.version).is_eq();
            if is_same {
                kept.events = kept.events.saturating_add(next.events);
                kept.tolerated.merge(std::mem::take(&mut next.tolerated));
            }
            is_same
        });
        counts.foreign.merge(other.foreign);
        counts.sources.merge(other.sources);
        counts.unread.merge(other.unread);
        counts.incomplete.merge(other.incomplete);
    }

    fn add_length(&mut self, bytes: u64) {
        self.0.lines = self.0.lines.saturating_add(1);
        self.0.bytes = self.0.bytes.saturating_add(bytes);
    }

    fn add_reading(&mut self, reading: &Reading<'_, Catalogued>) {
        let counts = &mut self.0;
        let event = match reading.event() {
            Catalogued::Event(event) => event,
            Catalogued::Other(other) => return counts.foreign.count_name(other.event_type()),
        };
        let Some((event_type, version)) = reading.known() else {
            unreachable!("an event of the catalog is of a type of the catalog")
        };
        counts.sources.count_name(event.metadata().source.as_ref().map(AsRef::as_ref));
        counts.saw_time(Some(event.metadata().time.timestamp_millis()));
        let of_type = counts.of_type(event_type, version);
        of_type.events = of_type.events.saturating_add(1);
        reading.observations().iter().for_each(|seen| of_type.observe(seen));
    }

    fn add_unread(&mut self, at: Place<'_>, event: u64, error: &dyn fmt::Display) {
        self.0.unread.add(Unread::new(at.file, at.line, event, &error.to_string()), 1);
    }
}

/// What was counted.
impl Summary {
    /// Lines with something on them.
    pub fn lines(&self) -> u64 {
        self.0.lines
    }

    /// Bytes of these lines, without their ends.
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// All events: of the contract, not of it, and what could not be read.
    pub fn events(&self) -> u64 {
        let others = [self.0.foreign.total(), self.0.unread.total()];
        self.0.types.iter().map(Counted::events).chain(others).fold(0, u64::saturating_add)
    }

    /// When the first of the events of the contract happened, and when the last, to the millisecond.
    pub fn times(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((DateTime::from_timestamp_millis(self.0.first?)?, DateTime::from_timestamp_millis(self.0.last?)?))
    }

    /// The events of the contract, by type and version.
    pub fn types(&self) -> &[Counted] {
        &self.0.types
    }

    /// The types of events that are not of the contract.
    pub fn foreign(&self) -> &Tally<Name, 200> {
        &self.0.foreign
    }

    /// The subsystems that the events of the contract are from.
    pub fn sources(&self) -> &Tally<Name, 200> {
        &self.0.sources
    }

    /// What could not be read.
    pub fn unread(&self) -> &Tally<Unread, 1000> {
        &self.0.unread
    }

    /// The files that could not be read to their end, or not at all: what is in them was not counted, or not all of it.
    pub fn incomplete(&self) -> &Tally<Incomplete, 1000> {
        &self.0.incomplete
    }
}

impl Counts {
    fn of_type(&mut self, event_type: &str, version: Version) -> &mut Counted {
        let at = match self.types.binary_search_by(|of_type| of_type.order(event_type, version)) {
            Ok(at) => at,
            Err(at) => {
                self.types.insert(at, Counted::new(event_type, version));
                at
            }
        };
        &mut self.types[at]
    }

    fn saw_time(&mut self, time: Option<i64>) {
        self.first = [self.first, time].into_iter().flatten().min();
        self.last = self.last.max(time);
    }
}
