//! The position of a mismatch inside a value that serde buffers.
//!
//! Serde reads `flatten`, tagged and untagged enums from a buffer, so that an error in it has the position of the whole value,
//! the host. Its own position is found by experiments (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating
//! failure-inducing input", 2002): further passes are made with a change at some positions. A type that stops at its first
//! error does not see a change behind it. So, of the positions in the order in which they are read, the last one at which a
//! change makes another error is that of the mismatch. Changing all positions from one on makes the search binary.
//!
//! The changes and their positions depend on the error: a wrong value is replaced by values of other kinds, a missing member is
//! added, an unknown one is left out. The answer is verified, since keys and fields beside the buffer may be read in another
//! order.

use json_document::Pointer;

use super::discovery::Buffered;
use super::mismatch::{ErrorKind, ExactError, VARIANT, VARIANT_NAME};
use super::placeholder::UNKNOWN_VARIANT;
use super::replay::{MAX_BUFFERED, Replay, Step};
use super::substitution::{Choice, Placeholder, Poison, Substitutions};

/// Makes a pass, and returns its error.
pub(super) type Pass<'p> = &'p mut dyn FnMut(&Replay) -> Option<ExactError>;

/// Maximum number of answers of one search that are rejected.
const MAX_REJECTED: usize = 12;

/// Maximum number of places that are rejected because no repair has an effect.
const MAX_UNREPAIRED: usize = 3;

/// Maximum number of other mismatches that are passed in search of the same one under another variant.
const MAX_STEPS: usize = 20;

/// Maximum number of other variants that are tried.
const MAX_VARIANTS: usize = 6;

/// A change of the document for one pass.
#[derive(Clone, Copy)]
enum Change<'c> {
    Replace(Poison),
    Remove,
    AddMember(&'c str),
    RemoveMember(&'c str),
    /// Leaves out all members of this name but one.
    LimitMember(&'c str),
}

impl Change<'_> {
    fn make(self, at: &Pointer, substitutions: &mut Substitutions) {
        match self {
            Self::Replace(poison) => {
                substitutions.placeholders.insert(at.clone(), Placeholder::poison(poison));
            }
            Self::Remove => {
                substitutions.occurrences.insert(at.clone(), 0);
            }
            Self::AddMember(name) => substitutions.added.entry(at.clone()).or_default().push(name.to_owned()),
            Self::RemoveMember(name) => {
                substitutions.occurrences.insert(at.join(name), 0);
            }
            Self::LimitMember(name) => {
                substitutions.occurrences.insert(at.join(name), 1);
            }
        }
    }
}

/// Result of a pass with a change.
enum Outcome {
    /// The change has no effect on the error.
    Same,
    /// Another error, or none.
    Other(Option<ExactError>),
}

/// Sets the position of an error of the last pass, if it is inside a value that serde buffers.
pub(super) fn locate(replay: &Replay, mut error: ExactError, pass: Pass<'_>) -> ExactError {
    if !replay.has_buffered() || !replay.may_search() {
        return error;
    }
    let Some(host) = error.at.clone() else { return error };
    let recording = replay.recording_buffered();
    let again = pass(&recording);
    replay.count_work_of(&recording);
    if !again.is_some_and(|again| again.is_same(&error)) {
        return error;
    }
    let mut buffered = recording.take_buffered();
    if buffered.len() >= MAX_BUFFERED {
        return error;
    }
    buffered.retain(|buffered| buffered.host == host.as_str().len() && buffered.at.is_at_or_under(&host));
    if buffered.is_empty() {
        return error;
    }
    let mut search = Search { replay, error: &error, host: &host, buffered, pass };
    let mut from_array = false;
    let found = match &error.kind {
        ErrorKind::Missing(field) => search.find_object_without(field).or_else(|| {
            // Serde reads a tag from the first item of an array.
            from_array = true;
            search.find_array()
        }),
        ErrorKind::Unknown(field, _) => search.find_object_with(field, Change::RemoveMember(field)),
        ErrorKind::Duplicate(field) => search.find_object_with(field, Change::LimitMember(field)),
        ErrorKind::Wrong { .. } if error.custom.is_some() => search.find_rejected(),
        ErrorKind::Wrong { expected, found } => search.find_wrong(expected, found),
        ErrorKind::Complete | ErrorKind::Exhausted => None,
    };
    if let Some(at) = found {
        let kind = search.buffered.iter().find(|buffered| buffered.at == at).map(|buffered| buffered.kind);
        if let (ErrorKind::Wrong { found, .. }, Some(_), Some(kind)) = (&mut error.kind, &error.custom, kind) {
            *found = format!("{kind} that its type rejects");
        }
        if from_array {
            error.kind = ErrorKind::Wrong { expected: "an object".to_owned(), found: "an array".to_owned() };
        }
        error.is_buffered = at != host || kind.is_some();
        error.in_placeholder |= replay.substitutions.covers(&at);
        error.at = Some(at);
    }
    error
}

/// Returns true if the error does not occur with another variant for an enum whose tag is a placeholder.
pub(super) fn is_hypothetical(replay: &Replay, error: &ExactError, pass: Pass<'_>) -> bool {
    let place = error.place();
    replay.choices(&place).into_iter().any(|Choice { tag, names, chosen }| {
        let others = (0..names.len()).filter(|other| *other != chosen);
        others.take(MAX_VARIANTS).any(|other| {
            let mut trial = replay.clone();
            trial.substitutions.placeholders.insert(tag.clone(), Placeholder::variant(names, other));
            let occurs = occurs(&mut trial, error, &tag, pass);
            replay.count_work_of(&trial);
            !occurs
        })
    })
}

/// Returns true if the error occurs in this or a later pass, before all of the object that holds the tag is read.
fn occurs(trial: &mut Replay, wanted: &ExactError, tag: &Pointer, pass: Pass<'_>) -> bool {
    let object = Choice { tag: tag.clone(), names: &[], chosen: 0 }.object();
    for _ in 0..MAX_STEPS {
        let Some(error) = pass(trial) else { return false };
        let error = locate(trial, error, pass);
        if error.place() == wanted.place() && error.kind == wanted.kind {
            return true;
        }
        if !error.place().is_at_or_under(&object) {
            return false;
        }
        if !trial.may_search() || trial.apply(&error, &mut Vec::new()) == Step::Stuck {
            return true;
        }
    }
    true
}

struct Search<'s, 'p> {
    replay: &'s Replay,
    error: &'s ExactError,
    host: &'s Pointer,
    /// The values in the buffer, in the order in which they are read.
    buffered: Vec<Buffered>,
    pass: Pass<'p>,
}

impl Search<'_, '_> {
    fn try_changes(&mut self, places: &[Pointer], change: Change<'_>) -> Outcome {
        if !self.replay.may_search() {
            return Outcome::Same;
        }
        let mut trial = self.replay.clone();
        for at in places {
            change.make(at, &mut trial.substitutions);
        }
        trial.add_work(places.len());
        self.run(&trial)
    }

    fn run(&mut self, trial: &Replay) -> Outcome {
        let outcome = (self.pass)(trial);
        self.replay.count_work_of(trial);
        match outcome {
            Some(error) if error.is_same(self.error) || error.is_exhausted() => Outcome::Same,
            other => Outcome::Other(other),
        }
    }

    fn has_effect(&mut self, places: &[Pointer], changes: &[Change<'_>]) -> bool {
        changes.iter().any(|change| matches!(self.try_changes(places, *change), Outcome::Other(_)))
    }

    /// Returns the index of the last place at which one of the changes has an effect.
    fn last_with_effect(&mut self, places: &[Pointer], changes: &[Change<'_>]) -> Option<usize> {
        if places.is_empty() || !self.has_effect(places, changes) {
            return None;
        }
        let (mut first, mut end) = (0, places.len());
        while end - first > 1 {
            let middle = first.midpoint(end);
            if self.has_effect(&places[middle..], changes) { first = middle } else { end = middle }
        }
        Some(first)
    }

    /// Returns the last place at which one of the changes has an effect, and which is accepted.
    fn find(
        &mut self,
        mut places: Vec<Pointer>,
        changes: &[Change<'_>],
        mut is_accepted: impl FnMut(&mut Self, &Pointer) -> bool,
    ) -> Option<Pointer> {
        for _ in 0..MAX_REJECTED {
            let index = self.last_with_effect(&places, changes)?;
            let place = places.remove(index);
            if is_accepted(self, &place) {
                return Some(place);
            }
        }
        None
    }

    fn places(&self, is_wanted: impl Fn(&Buffered) -> bool) -> Vec<Pointer> {
        self.buffered.iter().filter(|buffered| is_wanted(buffered)).map(|buffered| buffered.at.clone()).collect()
    }

    fn has_member(&self, object: &Pointer, name: &str) -> bool {
        let member = object.join(name);
        self.buffered.iter().any(|buffered| buffered.at == member)
    }

    fn find_wrong(&mut self, expected: &str, found: &str) -> Option<Pointer> {
        let kind = kind_of(found);
        let is_enum = !self.error.variants.is_empty();
        let same_kind = self.places(|buffered| match kind {
            // The name of a variant is a string, or the name of the only member of an object.
            Some(kind) => buffered.kind == kind || (is_enum && buffered.kind == "an object"),
            None => true,
        });
        let changes = [Poison::Text, Poison::Number].map(Change::Replace);
        let is_length = found.ends_with(" items");
        // Flattened fields are not read in the order of the document, so that a place behind the mismatch may have an effect, too.
        let (mut last, mut tries) = (None, 0);
        let repaired = self.find(same_kind, &changes, |search, place| {
            let is_read =
                is_length || if is_enum { search.reads_variant(place) } else { search.expects(place, expected) };
            if is_read {
                last.get_or_insert_with(|| place.clone());
                tries += 1;
            }
            is_read && (tries > MAX_UNREPAIRED || search.is_repaired(place, expected))
        });
        if tries > MAX_UNREPAIRED { last } else { repaired.or(last) }
    }

    /// Returns true if a value that the type expects at this place has an effect. With a second mismatch like it, none has.
    fn is_repaired(&mut self, place: &Pointer, expected: &str) -> bool {
        (0..3).any(|attempt| {
            let mut trial = self.replay.clone();
            let placeholder = Placeholder::expected(self.error, expected, attempt);
            trial.substitutions.placeholders.insert(place.clone(), placeholder);
            matches!(self.run(&trial), Outcome::Other(_))
        })
    }

    /// Returns true if a wrong value of another kind at this place is rejected with the same expectation.
    fn expects(&mut self, place: &Pointer, expected: &str) -> bool {
        [Poison::Text, Poison::Number, Poison::Boolean].into_iter().any(|poison| {
            let outcome = self.try_changes(std::slice::from_ref(place), Change::Replace(poison));
            let Outcome::Other(Some(error)) = outcome else { return false };
            matches!(&error.kind, ErrorKind::Wrong { expected: other, .. } if other == expected)
        })
    }

    /// Returns true if a number at this place is rejected with the expectation of an enum.
    fn reads_variant(&mut self, place: &Pointer) -> bool {
        let outcome = self.try_changes(std::slice::from_ref(place), Change::Replace(Poison::Number));
        let Outcome::Other(Some(error)) = outcome else { return false };
        matches!(&error.kind, ErrorKind::Wrong { expected, .. } if [VARIANT, VARIANT_NAME].contains(&expected.as_str()))
    }

    /// Finds the value that its type rejects by code, or that no variant of an untagged enum accepts.
    fn find_rejected(&mut self) -> Option<Pointer> {
        let poisons = [Poison::Text, Poison::Number].map(Change::Replace);
        let [text, number] = poisons;
        if self.buffered.first().is_some_and(|first| first.at == *self.host) && self.is_opaque(self.host) {
            return Some(self.host.clone());
        }
        let places = self.places(|_| true);
        let mut found = self.find(places, &[text, number, Change::Remove], |search, place| {
            // A value that is read by its name, such as a tag behind the mismatch.
            let outcome = search.try_changes(std::slice::from_ref(place), text);
            !matches!(outcome, Outcome::Other(Some(error)) if !error.variants.is_empty())
        })?;
        // The rejected value may be accepted without one of its members.
        while let Some((parent, _)) = found.as_str().rsplit_once('/') {
            let parent = Pointer::parse(parent);
            if !self.buffered.iter().any(|buffered| buffered.at == parent) || !self.is_opaque(&parent) {
                break;
            }
            found = parent;
        }
        Some(found)
    }

    /// Returns true if another value at this place is rejected with the same message.
    fn is_opaque(&mut self, place: &Pointer) -> bool {
        let place = std::slice::from_ref(place);
        let poisons = [Poison::Text, Poison::Number].map(Change::Replace);
        poisons.iter().any(|poison| matches!(self.try_changes(place, *poison), Outcome::Same))
    }

    fn find_object_with(&mut self, field: &str, change: Change<'_>) -> Option<Pointer> {
        let mut places = self.objects();
        places.retain(|place| self.has_member(place, field));
        self.find(places, &[change], |search, place| {
            let outcome = search.try_changes(std::slice::from_ref(place), change);
            !matches!(outcome, Outcome::Other(Some(error)) if matches!(&error.kind, ErrorKind::Missing(missing) if missing == field))
        })
    }

    fn find_object_without(&mut self, field: &str) -> Option<Pointer> {
        // A missing member is found at the end of its object: the order is that of the ends.
        let mut places = self.objects_by_end();
        places.retain(|place| !self.has_member(place, field));
        let change = Change::AddMember(field);
        self.find(places, &[change], |search, place| {
            let place = std::slice::from_ref(place);
            let outcome = search.try_changes(place, change);
            if matches!(&outcome, Outcome::Other(Some(error)) if matches!(&error.kind,
                ErrorKind::Unknown(name, _) | ErrorKind::Duplicate(name) if name == field))
            {
                return false;
            }
            // A map reads the value of any key.
            let other = search.try_changes(place, Change::AddMember(UNKNOWN_VARIANT));
            !matches!(other, Outcome::Other(Some(error)) if !matches!(error.kind, ErrorKind::Unknown(..)))
        })
    }

    fn find_array(&mut self) -> Option<Pointer> {
        let arrays = self.places(|buffered| buffered.kind == "an array");
        self.find(arrays, &[Poison::Text, Poison::Number].map(Change::Replace), |_, _| true)
    }

    fn objects(&self) -> Vec<Pointer> {
        let mut objects = self.places(|buffered| buffered.kind == "an object");
        if objects.first() != Some(self.host) {
            objects.insert(0, self.host.clone());
        }
        objects
    }

    fn objects_by_end(&self) -> Vec<Pointer> {
        let (mut ended, mut open): (Vec<Pointer>, Vec<Pointer>) = (Vec::new(), Vec::new());
        for object in self.objects() {
            while let Some(last) = open.pop_if(|last| !object.is_at_or_under(last)) {
                ended.push(last);
            }
            open.push(object);
        }
        ended.extend(open.into_iter().rev());
        ended
    }
}

/// Returns the kind of JSON in the description of a wrong value.
fn kind_of(found: &str) -> Option<&'static str> {
    ["a string", "null", "a boolean", "an object", "an array", "a number"]
        .into_iter()
        .find(|kind| found.starts_with(kind))
        .or_else(|| (found == "another string").then_some("a string"))
        .or_else(|| found.starts_with("an integer").then_some("a number"))
        .or_else(|| found.ends_with(" items").then_some("an array"))
}
