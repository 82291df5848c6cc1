//! Substitutions that let a payload be deserialized past its mismatches.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};

use json_document::Pointer;

use super::discovery::{Buffered, Discovery, JsonKind, KeyRequest};
use super::mismatch::{ErrorKind, ExactError};
use super::notation::IntegerNotation;
#[cfg(feature = "schema")]
use super::placeholder::UNKNOWN_VARIANT;
use super::placeholder::{Offer, offer};
use super::substitution::{Choice, Placeholder, Substitutions, Wanted};
use crate::read::error::Mismatch;

/// Maximum number of values visited in all passes together. It allows one pass over a document of the default maximum size
/// and some for its mismatches; over a small document, as many as needed. Every 32 bytes of its pointer count as one more
/// value.
const MAX_WORK: usize = 3_000_000;

/// Maximum number of values in buffers of serde that are recorded, which bounds the memory of a search.
pub(super) const MAX_BUFFERED: usize = 10_000;

/// State of repeated deserialization: the substitutions for the next pass, and the records of the last one.
#[derive(Debug, Clone)]
pub(in crate::read) struct Replay {
    pub(super) substitutions: Substitutions,
    mode: Mode,
    work: Cell<usize>,
}

#[derive(Debug, Clone)]
enum Mode {
    /// Reads a document.
    Document {
        /// Numbers in another notation that were read as integers.
        coerced: RefCell<BTreeMap<Pointer, IntegerNotation>>,
        /// The last pass has met a value that serde buffers.
        has_buffered: Cell<bool>,
        /// The enums for which the last pass has chosen a variant.
        chosen: RefCell<Vec<Choice>>,
        /// The values that serde buffers in this pass, if they are recorded.
        buffered: Option<Box<RefCell<Vec<Buffered>>>>,
    },
    /// Explores a type: everything is a placeholder.
    Exploration {
        discovery: Box<RefCell<Discovery>>,
        probe: Probe,
        /// Objects that are read by a struct with flattened fields, in this or an earlier pass: they are not maps.
        with_flatten: RefCell<HashSet<Pointer>>,
    },
}

impl Mode {
    fn exploration(probe: Probe) -> Self {
        Self::Exploration { discovery: Box::default(), probe, with_flatten: RefCell::default() }
    }
}

/// The key of an entry that an exploration shows a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryKey {
    Given(String),
    /// A candidate of the kind that the type asks for.
    Requested,
}

/// The segment of the value of an entry that is shown, whatever its key.
pub(crate) const ENTRY: &str = "*";

/// An irregularity that is shown to one struct or enum of a type. The error that it causes describes the type.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "some probes serve schemas only"))]
pub(in crate::read) enum Probe {
    None,
    /// Shows a duplicate member: the error names the field that the member belongs to.
    Duplicate {
        object: Pointer,
        member: Duplicate,
    },
    /// Omits the fields at these positions: the error names a required one.
    Omission {
        object: Pointer,
        positions: Vec<usize>,
    },
    /// Shows an enum a variant that it lacks: an error unless it has `#[serde(other)]`.
    UnknownVariant {
        at: Pointer,
    },
    /// Shows NaN for floating-point numbers: a type may write it as something else than null.
    #[cfg(feature = "check")]
    NonFinite,
    /// Shows each map one entry, so that its type asks for a key. The map at this pointer gets the key in this text.
    MapEntry {
        shown: Option<(Pointer, String)>,
    },
}

/// The member that [`Probe::Duplicate`] duplicates.
#[derive(Debug, Clone, Copy)]
pub(in crate::read) enum Duplicate {
    /// The field at a position.
    Field(usize),
    Name(&'static str),
}

/// Result of [`Replay::apply`].
#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) enum Step {
    /// The next pass gets further.
    Again,
    /// No substitution is left to try.
    Stuck,
}

impl Replay {
    pub(super) fn of_document() -> Self {
        Self::new(Mode::Document {
            coerced: RefCell::default(),
            has_buffered: Cell::default(),
            chosen: RefCell::default(),
            buffered: None,
        })
    }

    /// Explores a type, with the variant at this position for each of these enums.
    pub(in crate::read) fn of_type(variants: &[(Pointer, usize)], probe: Probe) -> Self {
        let mut replay = Self::new(Mode::exploration(probe));
        let variants = variants.iter().map(|(at, variant)| (at.clone(), (*variant).into()));
        replay.substitutions.placeholders = variants.collect();
        replay
    }

    fn new(mode: Mode) -> Self {
        Self { substitutions: Substitutions::default(), mode, work: Cell::default() }
    }

    /// Clears the records of the last pass.
    pub(super) fn start_pass(&self) {
        match &self.mode {
            Mode::Document { coerced, has_buffered, chosen, .. } => {
                coerced.borrow_mut().clear();
                chosen.borrow_mut().clear();
                has_buffered.set(false);
            }
            Mode::Exploration { discovery, .. } => *discovery.borrow_mut() = Discovery::default(),
        }
    }

    /// Adds the substitution that gets the next pass past `error`, and its mismatch unless it is known.
    pub(in crate::read) fn apply(&mut self, error: &ExactError, mismatches: &mut Vec<Mismatch>) -> Step {
        let at = error.at.clone().unwrap_or_default();
        let is_silent = error.in_placeholder || error.is_hypothetical || self.substitutions.cause(error);
        let mut report = |at: &Pointer, expected: String, found: String| {
            if !is_silent && !mismatches.iter().any(|known| known.pointer == *at) {
                mismatches.push(Mismatch::new(at.clone(), expected, found));
            }
        };
        match error.kind.clone() {
            ErrorKind::Complete | ErrorKind::Exhausted => Step::Stuck,
            ErrorKind::Missing(field) => {
                let place = at.join(&field);
                report(&place, "a value (the field is required)".to_owned(), "nothing".to_owned());
                let added = self.substitutions.added.entry(at).or_default();
                if added.contains(&field) {
                    // The type does not accept the member that was added.
                    return Step::Stuck;
                }
                added.push(field);
                Step::Again
            }
            ErrorKind::Duplicate(field) => {
                let place = at.join(&field);
                report(&place, "one value".to_owned(), "a duplicate of the field, possibly under an alias".to_owned());
                self.limit_occurrences(place, 1, at)
            }
            ErrorKind::Unknown(field, expected) => {
                let place = at.join(&field);
                report(&place, expected, "an unknown field".to_owned());
                self.limit_occurrences(place, 0, at)
            }
            ErrorKind::Wrong { expected, found } => {
                let (expected, found) = match expected.as_str() {
                    // The type of the whole payload has rejected it.
                    "" => ("a valid payload".to_owned(), "one that its type rejects".to_owned()),
                    _ => (expected, found),
                };
                let wanted = expected.clone();
                report(&at, expected, found);
                if self.substitutions.offer_next(&at, error, &wanted) || self.substitutions.deferred.insert(at) {
                    Step::Again
                } else {
                    Step::Stuck
                }
            }
        }
    }

    fn limit_occurrences(&mut self, member: Pointer, count: usize, object: Pointer) -> Step {
        let Substitutions { occurrences, deferred, .. } = &mut self.substitutions;
        if occurrences.insert(member, count).is_none() {
            return Step::Again;
        }
        // The duplicates have different names, and the error names only one of them: defer the whole object.
        if deferred.insert(object) { Step::Again } else { Step::Stuck }
    }

    /// Returns the number of the candidate for the placeholder at `at`.
    pub(super) fn placeholder(&self, at: &Pointer) -> Option<usize> {
        self.substitutions.placeholders.get(at).map(|placeholder| placeholder.attempt)
    }

    /// Returns the value to offer to a type that accepts any kind; `None` for every kind in turn.
    pub(super) fn offer(&self, at: &Pointer) -> Option<Offer> {
        self.chosen_placeholder(at).and_then(|placeholder| offer(&placeholder.wanted, placeholder.attempt))
    }

    /// Returns the name of the variant that the placeholder for a tag chooses.
    pub(super) fn variant(&self, at: &Pointer) -> Option<&'static str> {
        self.chosen_placeholder(at)?.variant_name()
    }

    /// Returns the placeholder at `at`, unless every kind is offered in turn, as in an exploration.
    fn chosen_placeholder(&self, at: &Pointer) -> Option<&Placeholder> {
        self.substitutions.placeholders.get(at).filter(|_| !self.is_exploration())
    }

    /// Returns true for a value that is wrong on purpose.
    pub(super) fn is_poison(&self, at: &Pointer) -> bool {
        self.chosen_placeholder(at).is_some_and(|placeholder| matches!(placeholder.wanted, Wanted::Poison(_)))
    }

    /// Records the choice of a variant.
    pub(super) fn record_choice(&self, at: &Pointer, names: &'static [&'static str], attempt: usize) {
        if let Mode::Document { chosen, .. } = &self.mode {
            chosen.borrow_mut().push(Choice { tag: at.clone(), names, chosen: attempt % names.len() });
        }
    }

    /// Returns the enums around `at` whose variant was chosen by a placeholder.
    pub(super) fn choices(&self, at: &Pointer) -> Vec<Choice> {
        let mut choices = self.substitutions.choices();
        if let Mode::Document { chosen, .. } = &self.mode {
            choices.extend(chosen.borrow().iter().cloned());
        }
        choices.retain(|choice| at.is_at_or_under(&choice.object()) && !at.is_at_or_under(&choice.tag));
        choices.sort();
        choices.dedup_by(|one, other| one.tag == other.tag);
        choices
    }

    /// Records a value that serde buffers.
    pub(super) fn record_buffered(&self, at: &Pointer, host: usize, kind: &'static str) {
        if let Mode::Document { has_buffered, buffered, .. } = &self.mode {
            has_buffered.set(true);
            if let Some(buffered) = buffered {
                let mut buffered = buffered.borrow_mut();
                if buffered.len() < MAX_BUFFERED {
                    buffered.push(Buffered { at: at.clone(), host, kind });
                }
            }
        }
    }

    /// Returns true if the last pass has met a value that serde buffers.
    pub(super) fn has_buffered(&self) -> bool {
        matches!(&self.mode, Mode::Document { has_buffered, .. } if has_buffered.get())
    }

    /// Copies the state for a pass that records the values that serde buffers.
    pub(super) fn recording_buffered(&self) -> Self {
        let mut copy = self.clone();
        if let Mode::Document { buffered, .. } = &mut copy.mode {
            *buffered = Some(Box::default());
        }
        copy
    }

    pub(super) fn take_buffered(&self) -> Vec<Buffered> {
        match &self.mode {
            Mode::Document { buffered: Some(buffered), .. } => buffered.take(),
            Mode::Document { buffered: None, .. } | Mode::Exploration { .. } => Vec::new(),
        }
    }

    /// Adds the work of a pass of a copy of this replay.
    pub(super) fn count_work_of(&self, copy: &Self) {
        self.work.set(self.work.get().max(copy.work.get()));
    }

    /// Returns true while there is work left for the search of a position.
    pub(super) fn may_search(&self) -> bool {
        self.work.get() < MAX_WORK / 2
    }

    /// Returns true if values were substituted: then the result must not be used.
    pub(super) fn has_substitutions(&self) -> bool {
        let Substitutions { placeholders, added, .. } = &self.substitutions;
        self.is_exploration() || !placeholders.is_empty() || !added.is_empty()
    }

    pub(super) fn added_members(&self, object: &Pointer) -> &[String] {
        self.substitutions.added.get(object).map_or(&[], Vec::as_slice)
    }

    /// Returns the maximum number of occurrences of a member. The pointer is computed only if any member is limited.
    pub(super) fn max_occurrences(&self, member: impl FnOnce() -> Pointer) -> Option<usize> {
        let occurrences = &self.substitutions.occurrences;
        if occurrences.is_empty() { None } else { occurrences.get(&member()).copied() }
    }

    /// Returns true if a member is read after its siblings.
    pub(super) fn is_deferred(&self, member: impl FnOnce() -> Pointer) -> bool {
        let deferred = &self.substitutions.deferred;
        if deferred.is_empty() {
            return false;
        }
        let member = member();
        deferred.iter().any(|deferred| deferred.is_at_or_under(&member))
    }

    pub(super) fn is_exploration(&self) -> bool {
        matches!(self.mode, Mode::Exploration { .. })
    }

    /// Records a number in another notation that was read as an integer.
    pub(super) fn record_coerced(&self, at: Pointer, notation: IntegerNotation) {
        if let Mode::Document { coerced, .. } = &self.mode {
            coerced.borrow_mut().insert(at, notation);
        }
    }

    pub(super) fn into_coerced(self) -> BTreeMap<Pointer, IntegerNotation> {
        match self.mode {
            Mode::Document { coerced, .. } => coerced.into_inner(),
            Mode::Exploration { .. } => BTreeMap::new(),
        }
    }

    /// Records a struct. Returns true if this pass has met it before: a type may contain itself.
    pub(super) fn record_struct(&self, at: &Pointer, name: &'static str, names: &'static [&'static str]) -> bool {
        let Mode::Exploration { discovery, .. } = &self.mode else { return false };
        let structs = &mut discovery.borrow_mut().structs;
        let is_known = structs.iter().any(|(_, other, others)| (*other, *others) == (name, names));
        structs.push((at.clone(), name, names));
        is_known
    }

    pub(super) fn record_enum(&self, at: &Pointer, variants: &'static [&'static str]) {
        if let Mode::Exploration { discovery, .. } = &self.mode {
            discovery.borrow_mut().enums.push((at.clone(), variants));
        }
    }

    /// Records the kind of JSON that the type asks for at a place.
    pub(super) fn record_request(&self, at: &Pointer, kind: Option<JsonKind>) {
        if let Mode::Exploration { discovery, .. } = &self.mode {
            discovery.borrow_mut().requests.push((at.clone(), kind));
        }
    }

    /// Records a field with `deserialize_with`.
    pub(super) fn record_adapter(&self, at: &Pointer) {
        if let Mode::Exploration { discovery, .. } = &self.mode {
            discovery.borrow_mut().adapters.push(at.clone());
        }
    }

    /// Removes and returns the structs and enums that the last pass has met.
    pub(in crate::read) fn take_discovery(&self) -> Discovery {
        match &self.mode {
            Mode::Document { .. } => Discovery::default(),
            Mode::Exploration { discovery, .. } => discovery.take(),
        }
    }

    fn probe(&self) -> &Probe {
        match &self.mode {
            Mode::Document { .. } => &Probe::None,
            Mode::Exploration { probe, .. } => probe,
        }
    }

    /// Returns the member of this object that is duplicated.
    pub(super) fn duplicate(&self, at: &Pointer) -> Option<Duplicate> {
        if let Probe::Duplicate { object, member } = self.probe()
            && object == at
        {
            return Some(*member);
        }
        None
    }

    /// Returns true if the field of this object at this position is omitted.
    pub(super) fn omits(&self, at: &Pointer, position: usize) -> bool {
        matches!(self.probe(), Probe::Omission { object, positions } if object == at && positions.contains(&position))
    }

    /// Returns true if floating-point numbers are NaN.
    #[cfg(feature = "check")]
    pub(super) fn is_non_finite(&self) -> bool {
        matches!(self.probe(), Probe::NonFinite)
    }

    #[cfg(not(feature = "check"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn is_non_finite(&self) -> bool {
        false
    }

    /// Returns true if this enum is shown a variant that it lacks.
    pub(super) fn has_unknown_variant(&self, at: &Pointer) -> bool {
        matches!(self.probe(), Probe::UnknownVariant { at: place } if place == at)
    }

    /// Copies the substitutions of an exploration, and omits the fields of a struct at these positions.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn omitting(&self, object: &Pointer, positions: impl IntoIterator<Item = usize>) -> Self {
        let mut substitutions = self.substitutions.clone();
        substitutions.added.remove(object);
        let probe = Probe::Omission { object: object.clone(), positions: positions.into_iter().collect() };
        Self { substitutions, mode: Mode::exploration(probe), work: Cell::default() }
    }

    /// Copies the substitutions of an exploration, and shows a struct a field that it lacks.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn showing_unknown_field(&self, object: &Pointer) -> Self {
        let probe = Probe::Duplicate { object: object.clone(), member: Duplicate::Name(UNKNOWN_VARIANT) };
        Self { substitutions: self.substitutions.clone(), mode: Mode::exploration(probe), work: Cell::default() }
    }

    /// Copies the substitutions of an exploration with [`Probe::MapEntry`], and shows the map, or the struct with flattened
    /// fields, at `map` an entry with this key. `attempt` is the candidate for its value.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn showing_key(&self, map: &Pointer, key: &str, attempt: Option<usize>) -> Self {
        let mut copy = self.clone();
        if let Some(attempt) = attempt {
            copy.substitutions.placeholders.insert(map.join(ENTRY), attempt.into());
        }
        if let Mode::Exploration { probe, .. } = &mut copy.mode {
            *probe = Probe::MapEntry { shown: Some((map.clone(), key.to_owned())) };
        }
        copy.work = Cell::default();
        copy
    }

    /// Shows one of the omitted fields again: the first for which `is_wanted` returns `true`.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn restore_field(&mut self, is_wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let Mode::Exploration { probe: Probe::Omission { positions, .. }, .. } = &mut self.mode else { return None };
        let index = positions.iter().position(|position| is_wanted(*position))?;
        Some(positions.remove(index))
    }

    /// Records that the type asks for the contents of a variant.
    pub(super) fn record_contents(&self, at: &Pointer, variant: &str) {
        if let Mode::Exploration { discovery, .. } = &self.mode {
            discovery.borrow_mut().variants_with_contents.push((at.clone(), variant.to_owned()));
        }
    }

    /// Returns the key of the entry that is shown to the map at `at`.
    pub(super) fn map_entry(&self, at: &Pointer) -> Option<EntryKey> {
        let Mode::Exploration { probe: Probe::MapEntry { shown }, with_flatten, .. } = &self.mode else { return None };
        match shown {
            Some((map, key)) if map == at => Some(EntryKey::Given(key.clone())),
            _ => (!with_flatten.borrow().contains(at)).then_some(EntryKey::Requested),
        }
    }

    /// Records the request for a key.
    pub(super) fn record_key(&self, at: &Pointer, request: KeyRequest) {
        if let Mode::Exploration { discovery, with_flatten, .. } = &self.mode {
            if request == KeyRequest::Field {
                with_flatten.borrow_mut().insert(at.clone());
            }
            discovery.borrow_mut().maps.push((at.clone(), request));
        }
    }

    /// Returns the structs with flattened fields of an exploration with [`Probe::MapEntry`], in order.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn structs_with_flatten(&self) -> std::collections::BTreeSet<Pointer> {
        match &self.mode {
            Mode::Exploration { with_flatten, .. } => with_flatten.borrow().iter().cloned().collect(),
            Mode::Document { .. } => std::collections::BTreeSet::new(),
        }
    }

    pub(super) fn add_work(&self, work: usize) {
        self.work.set(self.work.get().saturating_add(work));
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.work.get() > MAX_WORK
    }
}
