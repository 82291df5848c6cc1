//! Deserialization of a payload from its text: directly, or by the exact pass if that fails.

use std::collections::{BTreeMap, HashMap, HashSet};

use json_document::Pointer;
use json_document::exact::Decimal;
use json_document::text::{Member, SyntaxErrorKind, Tree, Value};
use serde_json::value::RawValue;

use super::alias::Aliases;
use super::canonical::{drop_canonical, parse, parse_replacing, parse_within};
use super::error::{Mismatch, ReadErrorKind};
use super::exact::{ExactDeserializer, ExactError, IntegerNotation, ReadOutcome, read_collecting};
use super::limits::{count_values, depth};
use super::readable::{Draft, Readable};
use super::track::{Note, NoteKind, Tracked, Tracker};
use crate::name::Version;
use crate::payload::{DecodeError, Payload, PayloadSource};
use crate::wire::WireErrorKind;

/// Number of values up to which every payload is read exactly, whatever its length is: those of an event of 1 MiB.
const MIN_MAX_VALUES: usize = 100_000;

/// A payload and its deviations from its type.
pub(super) struct DecodedPayload<E> {
    pub(super) draft: Draft<E>,
    pub(super) notes: Vec<Note>,
    /// Numbers in another notation that were read as integers.
    pub(super) coerced: BTreeMap<Pointer, IntegerNotation>,
}

/// Settings for the payloads of one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoder<'a> {
    /// Keep the text of unknown fields.
    pub(super) keep_unknown: bool,
    /// Maximum depth of the payload.
    pub(super) max_depth: usize,
    /// Maximum depth of the document, for messages.
    pub(super) limit: usize,
    pub(super) aliases: &'a Aliases,
}

impl<'a> Decoder<'a> {
    pub(super) fn tracker<'de>(&self) -> Tracker<'de, 'a> {
        Tracker::new(self.keep_unknown, self.max_depth, self.aliases)
    }

    /// Decodes a payload of this version. Pointers are relative to the payload.
    pub(super) fn decode<T: Readable>(
        &self,
        index: usize,
        version: Version,
        raw: &RawValue,
    ) -> Result<DecodedPayload<T::Event>, ReadErrorKind> {
        let tracker = self.tracker();
        let fast = T::decode(index, version, FastSource { json: raw.get(), tracker: &tracker });
        if tracker.is_full() {
            return Err(WireErrorKind::TooManyObservations.into());
        }
        if let Ok(draft) = fast
            && tracker.take_buffered().is_empty()
        {
            return Ok(DecodedPayload { draft, notes: tracker.into_notes(), coerced: BTreeMap::new() });
        }
        self.decode_exactly::<T>(index, version, raw)
    }

    fn decode_exactly<T: Readable>(
        &self,
        index: usize,
        version: Version,
        raw: &RawValue,
    ) -> Result<DecodedPayload<T::Event>, ReadErrorKind> {
        if depth(raw.get()) > self.max_depth {
            return Err(WireErrorKind::TooDeep { limit: self.limit }.into());
        }
        // A tree of more values would take more than three times the memory of the payload.
        let max_values = (raw.get().len() / 32).max(MIN_MAX_VALUES);
        if count_values(raw.get()) > max_values {
            return Err(WireErrorKind::TooManyValues { limit: max_values }.into());
        }
        let node = parse_within(raw.get(), self.max_depth).or_else(|error| match error.kind {
            // Half of a surrogate pair is a mismatch where it is read.
            SyntaxErrorKind::InvalidEscape => parse_replacing(raw.get(), self.max_depth),
            _ => Err(error),
        });
        let node = node.map_err(|error| match error.kind {
            SyntaxErrorKind::TooDeep => WireErrorKind::TooDeep { limit: self.limit },
            _ => WireErrorKind::NotJson { message: error.to_string() },
        })?;

        let outcome = read_collecting(&node, |deserializer| {
            let tracker = self.tracker();
            match T::decode(index, version, ExactSource { deserializer, node: &node, tracker: &tracker }) {
                _ if tracker.is_full() => Ok(Err(WireErrorKind::TooManyObservations.into())),
                Ok(draft) => Ok(Ok((draft, tracker.into_notes()))),
                Err(DecodeError::Source(error)) => Err(error),
                Err(DecodeError::Upcast(error)) => Ok(Err(ReadErrorKind::Upcast(error))),
                Err(DecodeError::NoSuchVersion) => Ok(Err(ReadErrorKind::NoSuchVersion { version })),
            }
        });
        match outcome {
            ReadOutcome::Read { value: Ok((draft, notes)), coerced } => Ok(DecodedPayload { draft, notes, coerced }),
            ReadOutcome::Read { value: Err(kind), .. } => Err(kind),
            ReadOutcome::Exhausted => Err(WireErrorKind::TooMuchWork.into()),
            ReadOutcome::Mismatches { mismatches, and_more } => Err(ReadErrorKind::Mismatch { mismatches, and_more }),
        }
    }

    /// Decodes a payload of an unknown, newer version as the newest known version that accepts it.
    pub(super) fn decode_newer<T: Readable>(
        &self,
        index: usize,
        raw: &RawValue,
    ) -> Result<(DecodedPayload<T::Event>, Version), ReadErrorKind> {
        let newest = T::TYPES[index].newest;
        let refusal = match self.decode::<T>(index, newest, raw) {
            Ok(decoded) => return Ok((decoded, newest)),
            Err(refusal) => refusal,
        };
        (1..newest.get())
            .rev()
            .filter_map(|version| Version::new(version).ok())
            .find_map(|version| Some((self.decode::<T>(index, version, raw).ok()?, version)))
            .ok_or(refusal)
    }
}

/// Prefixes the pointers of mismatches.
pub(super) fn mismatches_under(kind: ReadErrorKind, parent: &Pointer) -> ReadErrorKind {
    map_mismatches(kind, |mismatch| mismatch.under(parent))
}

/// Converts the mismatches of an error.
pub(super) fn map_mismatches(kind: ReadErrorKind, convert: impl FnMut(Mismatch) -> Mismatch) -> ReadErrorKind {
    match kind {
        ReadErrorKind::Mismatch { mismatches, and_more } => {
            ReadErrorKind::Mismatch { mismatches: mismatches.into_iter().map(convert).collect(), and_more }
        }
        kind => kind,
    }
}

/// Returns true for a number with more digits than serde passes to a value of any type: a 64-bit integer or an `f64`.
fn is_rounded(number: &str) -> bool {
    // So many digits are exact as an `f64`; an exponent may make them less than the smallest one.
    const EXACT_DIGITS: usize = 15;
    if number.len() <= EXACT_DIGITS && !number.contains(['e', 'E']) {
        return false;
    }
    let read = serde_json::from_str::<serde_json::Number>(number).ok();
    read.is_some_and(|read| Decimal::parse(&read.to_string()) != Decimal::parse(number))
}

struct FastSource<'s, 'de, 'a> {
    json: &'de str,
    tracker: &'s Tracker<'de, 'a>,
}

impl<'de> PayloadSource<'de> for FastSource<'_, 'de, '_> {
    type Error = serde_json::Error;

    fn deserialize<P: Payload>(self) -> Result<P, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(self.json);
        let payload = P::deserialize(Tracked::new(&mut deserializer, self.tracker))?;
        // The text is known.
        let _ = drop_canonical(&payload, Some(self.json), self.tracker);
        Ok(payload)
    }
}

struct ExactSource<'s, 'n, 'de, 'a> {
    deserializer: ExactDeserializer<'n, 'de>,
    node: &'n Tree<'de>,
    tracker: &'s Tracker<'de, 'a>,
}

impl<'de> PayloadSource<'de> for ExactSource<'_, '_, 'de, '_> {
    type Error = ExactError;

    fn deserialize<P: Payload>(self) -> Result<P, ExactError> {
        let has_substitutions = self.deserializer.has_substitutions();
        let payload = P::deserialize(Tracked::new(self.deserializer, self.tracker))?;
        if has_substitutions {
            // A payload with placeholders must not reach the upcasts of the user.
            return Err(ExactError::complete());
        }
        // The text is known.
        let _ = drop_canonical(&payload, Some(self.node.raw), self.tracker);
        let buffered: HashSet<Pointer> = self.tracker.take_buffered().into_iter().collect();
        if !buffered.is_empty() {
            // Serde ignores unknown fields of a buffered value unseen: they are missing in the serialized payload.
            if let Ok(written) = serde_json::value::to_raw_value(&payload)
                && let Ok(written) = parse(written.get())
            {
                let noted = self.tracker.noted();
                let search = Search { buffered, noted, tracker: self.tracker };
                search.compare(self.node, Some(&written), &Pointer::ROOT, false);
            }
        }
        Ok(payload)
    }
}

/// The search for ignored fields in buffered values.
struct Search<'s, 'de, 'a> {
    buffered: HashSet<Pointer>,
    noted: HashSet<Pointer>,
    tracker: &'s Tracker<'de, 'a>,
}

impl Search<'_, '_, '_> {
    /// Compares a value with its counterpart in the serialized payload. `is_buffered` is set inside a buffered value.
    fn compare(&self, read: &Tree<'_>, written: Option<&Tree<'_>>, at: &Pointer, is_buffered: bool) {
        let is_buffered = is_buffered || self.buffered.contains(at);
        if self.noted.contains(at) {
            return;
        }
        let Some(written) = written else {
            if is_buffered && read.raw != "null" {
                // The text of a value that was parsed is JSON.
                let raw = || RawValue::from_string(read.raw.to_owned()).ok();
                let raw = if self.tracker.keeps_unknown() { raw() } else { None };
                self.tracker.push(at.clone(), NoteKind::Unknown { raw, is_certain: false });
                return;
            }
            return self.descend(read, None, at, is_buffered);
        };
        if is_buffered
            && let (Value::Number(read), Value::Number(_)) = (&read.value, &written.value)
            && is_rounded(read)
        {
            self.tracker.push(at.clone(), NoteKind::Imprecise);
        }
        self.descend(read, Some(written), at, is_buffered);
    }

    fn descend(&self, read: &Tree<'_>, written: Option<&Tree<'_>>, at: &Pointer, is_buffered: bool) {
        if !read.members().is_empty() {
            let members = written.map_or(&[][..], Tree::members);
            let written: HashMap<&str, &Tree<'_>> =
                members.iter().map(|member| (&*member.name, &member.tree)).collect();
            let mut counts: HashMap<&str, usize> = HashMap::new();
            for Member { name, .. } in read.members() {
                *counts.entry(name).or_insert(0) += 1;
            }
            for Member { name, tree, .. } in read.members() {
                let (at, written) = (at.join(name), written.get(&**name).copied());
                let following = counts.get_mut(&**name).map_or(0, |count| {
                    *count -= 1;
                    *count
                });
                if is_buffered && following > 0 && written.is_some() {
                    // Serde takes the last of the values, without an error.
                    if following == 1 {
                        self.tracker.push(at, NoteKind::Repeated);
                    }
                    continue;
                }
                self.compare(tree, written, &at, is_buffered);
            }
        }
        let written = written.map_or(&[][..], Tree::items);
        for (index, node) in read.items().iter().enumerate() {
            self.compare(node, written.get(index), &at.join(index), is_buffered);
        }
    }
}
