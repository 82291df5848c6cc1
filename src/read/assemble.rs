//! Metadata out of what a delivery says, and what has to be said of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::error::Mismatch;
use super::limits;
use super::observation::{Observation, ObservationKind, Origin};
use super::readable::TypeInfo;
use super::track::{Note, NoteKind};
use crate::event::member;
use crate::event::metadata::{Metadata, default_partition_key, truncate_to_milliseconds};
use crate::name::{EventId, EventType, PartitionKey, SubsystemName, Version};
use crate::tags::Tags;
use crate::unknown_field::UnknownFields;
use crate::wire::facts::Facts;
use crate::wire::{Scalar, Shape, Transport};
use json_document::{Pointer, parse_members};

/// Collects what is observed and what is wrong while an event is put together.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) observations: Vec<Observation>,
    pub(super) mismatches: Vec<Mismatch>,
}

impl Findings {
    pub(super) fn observe(&mut self, at: impl Into<Pointer>, kind: ObservationKind) {
        self.observations.push(Observation { kind, pointer: at.into(), value: None });
    }

    fn mismatch(&mut self, at: impl Into<Pointer>, expected: &str, found: impl Into<String>) {
        self.mismatches.push(Mismatch::new(at.into(), expected, found));
    }

    /// What was let pass in the payload at `place`; what of it is kept goes to `kept`.
    pub(super) fn notes(
        &mut self,
        notes: Vec<Note>,
        place: &Pointer,
        keep: bool,
        values: bool,
        kept: &mut UnknownFields,
    ) {
        let aliases: BTreeMap<Pointer, &'static str> = notes
            .iter()
            .filter_map(|note| match note.kind {
                NoteKind::Alias(field) => Some((note.at.clone(), field)),
                NoteKind::Unknown { .. } | NoteKind::Defaulted | NoteKind::Variant | NoteKind::Repeated => None,
            })
            .collect();
        let data = Pointer::ROOT.join(member::DATA);
        for Note { at, kind } in notes {
            let pointer = place.concat(&at);
            let (kind, value) = match kind {
                NoteKind::Unknown { raw, sure } => {
                    let value = if values { raw.clone() } else { None };
                    if keep && let Some(raw) = raw {
                        match (sure, aliases.is_empty()) {
                            (true, true) => kept.push_in_payload(data.concat(&at), None, raw),
                            (true, false) => {
                                kept.push_in_payload(data.concat(&as_written(&at, &aliases)), Some(at), raw);
                            }
                            (false, _) => kept.push_unplaced(data.concat(&at), raw),
                        }
                    }
                    (ObservationKind::UnknownField { kept: keep }, value)
                }
                NoteKind::Defaulted => (ObservationKind::Defaulted, None),
                NoteKind::Alias(field) => (ObservationKind::Alias { field: field.to_owned() }, None),
                NoteKind::Variant => (ObservationKind::UnknownValue, None),
                NoteKind::Repeated => (ObservationKind::Repeated, None),
            };
            self.observations.push(Observation { kind, pointer, value });
        }
    }
}

/// The place that a field has where the event is written: there, no field stands under an alias.
fn as_written(at: &Pointer, aliases: &BTreeMap<Pointer, &'static str>) -> Pointer {
    let (mut sent, mut written) = (Pointer::ROOT, Pointer::ROOT);
    for segment in at.segments() {
        sent.push_name(&segment);
        written.push_name(aliases.get(&sent).copied().unwrap_or(&segment));
    }
    written
}

/// What is known beside the facts.
pub(super) struct Context<'c> {
    pub(super) transport: &'c Transport,
    /// The text of the document.
    pub(super) text: &'c str,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) info: &'c TypeInfo,
    /// What the payload says, if it could be read.
    pub(super) payload: Option<(&'c Option<PartitionKey>, &'c Option<DateTime<Utc>>)>,
}

/// A member of the detail: a pointer that is not written out before there is something to say.
#[derive(Clone, Copy)]
pub(super) struct Place<'n> {
    prefix: &'static str,
    name: &'n str,
}

impl From<Place<'_>> for Pointer {
    fn from(place: Place<'_>) -> Self {
        root_of(place.prefix).join(place.name)
    }
}

pub(super) fn place<'n, X>(facts: &Facts<'_, X>, name: &'n str) -> Place<'n> {
    Place { prefix: facts.prefix, name }
}

pub(super) fn root_of(prefix: &str) -> Pointer {
    prefix.split('/').skip(1).collect()
}

/// Puts the metadata together. `None` where something is wrong with it, or where the payload has failed: then only
/// what is wrong is wanted.
pub(super) fn metadata<X>(
    facts: &mut Facts<'_, X>,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Metadata> {
    for (name, found) in std::mem::take(&mut facts.not_scalars) {
        findings.mismatch(place(facts, name), "a string or a number", found);
    }
    let id = id(facts, context, findings);
    let time = time(facts, context, findings);
    let tags = tags(facts, findings);
    let partition_key = partition_key(facts, context, id.as_ref(), findings);
    let source = source(facts, &tags, findings);
    let correlation_id = optional_id(facts.correlation_id.take(), place(facts, member::CORRELATION_ID), findings);
    let causation_id = optional_id(facts.causation_id.take(), place(facts, member::CAUSATION_ID), findings);
    if !findings.mismatches.is_empty() || context.payload.is_none() {
        return None;
    }
    Some(Metadata {
        id: id?,
        event_type: EventType::from_static(context.info.name),
        version: context.info.newest,
        time: time?,
        partition_key: partition_key?,
        source,
        correlation_id,
        causation_id,
        tags,
    })
}

fn id<X>(facts: &mut Facts<'_, X>, context: &Context<'_>, findings: &mut Findings) -> Option<EventId> {
    let at = place(facts, member::ID);
    match facts.id.take() {
        Some(Scalar::String(text)) if !text.is_empty() => {
            return EventId::new(text.into_owned()).ok();
        }
        None | Some(Scalar::Null | Scalar::String(_)) => {}
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            return None;
        }
    }
    let of_envelope =
        facts.envelope.as_ref().and_then(|envelope| envelope.id.as_deref()).map(|id| (id.to_owned(), Origin::Envelope));
    let of_transport = context.transport.id.clone().map(|id| (id, Origin::Transport));
    let known = of_envelope.or(of_transport).and_then(|(id, from)| Some((EventId::new(id).ok()?, from)));
    let (id, from) = known.unwrap_or_else(|| (EventId::derived([context.text.trim_ascii()]), Origin::Content));
    findings.observe(at, ObservationKind::Substituted { from });
    Some(id)
}

fn time<X>(facts: &mut Facts<'_, X>, context: &Context<'_>, findings: &mut Findings) -> Option<DateTime<Utc>> {
    let is_cloud_event = facts.shape == Shape::CloudEvent && facts.prefix.is_empty();
    let at = place(facts, if is_cloud_event { "time" } else { member::TIMESTAMP });
    let said = match facts.timestamp.take() {
        None | Some(Scalar::Null) => None,
        Some(scalar) => Some(scalar),
    };
    if let Some(scalar) = said {
        let expected = if is_cloud_event { "a date and time as RFC 3339 has it" } else { "epoch milliseconds" };
        let Some((time, spelling)) = read_time(&scalar) else {
            findings.mismatch(at, expected, format!("{} that is no time", scalar.describe()));
            return None;
        };
        match spelling {
            Spelling::Milliseconds => {}
            Spelling::Rfc3339 if is_cloud_event => {}
            Spelling::Rfc3339 => {
                findings.observe(at, ObservationKind::Coerced { from: "a date and time", to: "epoch milliseconds" });
            }
            Spelling::Seconds => {
                findings.observe(at, ObservationKind::Coerced { from: "epoch seconds", to: "epoch milliseconds" });
            }
            Spelling::Text => {
                findings.observe(at, ObservationKind::Coerced { from: "a number as text", to: "epoch milliseconds" });
            }
        }
        return Some(truncate_to_milliseconds(time));
    }
    let of_payload = context.payload.and_then(|(_, time)| *time).map(|time| (time, Origin::Payload));
    let of_envelope = || {
        let time = facts.envelope.as_ref()?.time.as_deref()?;
        Some((DateTime::parse_from_rfc3339(time).ok()?.to_utc(), Origin::Envelope))
    };
    let of_transport = || context.transport.time.map(|time| (time, Origin::Transport));
    let of_caller = || context.received_at.map(|time| (time, Origin::Caller));
    if let Some((time, from)) = of_payload.or_else(of_envelope).or_else(of_transport).or_else(of_caller) {
        findings.observe(at, ObservationKind::Substituted { from });
        return Some(truncate_to_milliseconds(time));
    }
    if context.payload.is_some() && findings.mismatches.iter().all(|mismatch| *mismatch.pointer() != Pointer::from(at))
    {
        let expected = "the time of the event, which is said nowhere (`Reader::received_at` can give one)";
        findings.mismatch(at, expected, "nothing");
    }
    None
}

pub(crate) enum Spelling {
    Milliseconds,
    Seconds,
    Text,
    Rfc3339,
}

/// Reads a time in any of the spellings that are seen in hubs. Numbers below 10^11 are seconds: as milliseconds they
/// would lie before 1973-03-03, as seconds they reach to the year 5138.
pub(crate) fn read_time(scalar: &Scalar<'_>) -> Option<(DateTime<Utc>, Spelling)> {
    const SECONDS_BELOW: i64 = 100_000_000_000;
    let of_integer = |number: i64| {
        if number.abs() < SECONDS_BELOW {
            Some((DateTime::from_timestamp(number, 0)?, Spelling::Seconds))
        } else {
            Some((DateTime::from_timestamp_millis(number)?, Spelling::Milliseconds))
        }
    };
    match scalar {
        Scalar::Unsigned(number) => of_integer(i64::try_from(*number).ok()?),
        Scalar::Signed(number) => of_integer(*number),
        Scalar::Float(number) =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and what is beyond is no time")]
            #[expect(clippy::cast_precision_loss, reason = "10^11 is a double")]
            if number.abs() < SECONDS_BELOW as f64 {
                Some((DateTime::from_timestamp_millis((number * 1000.0).round() as i64)?, Spelling::Seconds))
            } else {
                Some((DateTime::from_timestamp_millis(*number as i64)?, Spelling::Milliseconds))
            }
        }
        Scalar::String(text) => {
            if let Ok(number) = text.parse::<i64>() {
                let (time, _) = of_integer(number)?;
                return Some((time, Spelling::Text));
            }
            Some((DateTime::parse_from_rfc3339(text).ok()?.to_utc(), Spelling::Rfc3339))
        }
        Scalar::Null | Scalar::Boolean => None,
    }
}

fn tags<X>(facts: &Facts<'_, X>, findings: &mut Findings) -> Tags {
    match facts.tags {
        None => Tags::default(),
        Some(raw) if raw.get() == "null" => Tags::default(),
        Some(raw) => serde_json::from_str(raw.get()).unwrap_or_else(|_| {
            findings.mismatch(place(facts, member::TAGS), "an object", "another value");
            Tags::default()
        }),
    }
}

fn partition_key<X>(
    facts: &mut Facts<'_, X>,
    context: &Context<'_>,
    id: Option<&EventId>,
    findings: &mut Findings,
) -> Option<PartitionKey> {
    let at = place(facts, member::PARTITION_KEY);
    match facts.partition_key.take() {
        Some(Scalar::String(text)) if !text.is_empty() => match PartitionKey::new(text.into_owned()) {
            Ok(key) => return Some(key),
            Err(error) => {
                findings.mismatch(at, "a partition key", format!("a string that is none: {error}"));
                return None;
            }
        },
        None | Some(Scalar::Null | Scalar::String(_)) => {}
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            return None;
        }
    }
    let of_payload = context.payload.and_then(|(key, _)| key.clone()).map(|key| (key, Origin::Payload));
    let of_transport = || {
        let key = context.transport.partition_key.clone()?;
        Some((PartitionKey::new(key).ok()?, Origin::Transport))
    };
    let (key, from) = of_payload.or_else(of_transport).or_else(|| Some((default_partition_key(id?), Origin::Id)))?;
    findings.observe(at, ObservationKind::Substituted { from });
    Some(key)
}

fn source<X>(facts: &mut Facts<'_, X>, tags: &Tags, findings: &mut Findings) -> Option<SubsystemName> {
    let at = place(facts, member::SOURCE);
    let mut said = facts.source.take();
    if matches!(&said, Some(Scalar::String(text)) if text.is_empty() || text == "external") {
        findings.observe(at, ObservationKind::Coerced { from: "a mark that names no subsystem", to: "no source" });
        said = None;
    }
    match said {
        Some(Scalar::String(text)) => match SubsystemName::new(text.into_owned()) {
            Ok(name) => return Some(name),
            Err(error) => findings.mismatch(at, "the name of a subsystem", format!("a string that is none: {error}")),
        },
        None | Some(Scalar::Null) => {
            let of_tags = tags.get_str("source").map(|name| (name.into_owned(), Origin::Tags));
            let of_envelope = facts
                .envelope
                .as_ref()
                .and_then(|envelope| envelope.source.as_deref())
                .map(|name| (name.to_owned(), Origin::Envelope));
            // What is no name, such as the mark `external`, names nobody.
            let named = [of_tags, of_envelope]
                .into_iter()
                .flatten()
                .find_map(|(name, from)| Some((SubsystemName::new(name).ok()?, from)));
            if let Some((name, from)) = named {
                findings.observe(at, ObservationKind::Substituted { from });
                return Some(name);
            }
        }
        Some(other) => findings.mismatch(at, "a string", other.describe()),
    }
    None
}

fn optional_id(said: Option<Scalar<'_>>, at: Place<'_>, findings: &mut Findings) -> Option<EventId> {
    match said {
        Some(Scalar::String(text)) if !text.is_empty() => EventId::new(text.into_owned()).ok(),
        None | Some(Scalar::Null | Scalar::String(_)) => None,
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            None
        }
    }
}

/// The version that is said, and whether it is said as it should be. `None` where it is no version.
pub(super) fn version<X>(facts: &mut Facts<'_, X>, findings: &mut Findings) -> Option<Version> {
    let at = place(facts, member::VERSION);
    let scalar = match facts.version.take() {
        None | Some(Scalar::Null) => {
            findings.observe(at, ObservationKind::VersionAssumed);
            return Some(Version::FIRST);
        }
        Some(scalar) => scalar,
    };
    let number = match &scalar {
        Scalar::Unsigned(number) => u32::try_from(*number).ok(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
        Scalar::Float(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number) => {
            findings.observe(at, ObservationKind::Coerced { from: "a number", to: "an integer" });
            Some(*number as u32)
        }
        _ => None,
    };
    let version = number.and_then(|number| Version::new(number).ok());
    if version.is_none() {
        findings.mismatch(at, "an integer from 1 to 4294967295", scalar.describe());
    }
    version
}

/// Keeps what stands in the detail without a meaning. `false` where it is nested too deeply.
pub(super) fn leftovers<X>(
    facts: &mut Facts<'_, X>,
    keep: bool,
    values: bool,
    depth: usize,
    kept: &mut UnknownFields,
    findings: &mut Findings,
) -> bool {
    for name in std::mem::take(&mut facts.unknown_envelope_members) {
        findings.observe(Pointer::ROOT.join(name), ObservationKind::UnknownField { kept: false });
    }
    let mut take = |at: Pointer, place: Pointer, raw: &RawValue, from_kept: bool, findings: &mut Findings| {
        if limits::depth(raw.get()) > depth {
            return false;
        }
        let value = values.then(|| raw.to_owned());
        findings.observations.push(Observation {
            kind: ObservationKind::UnknownField { kept: keep },
            pointer: at,
            value,
        });
        if keep {
            if from_kept {
                kept.push_unplaced(place, raw.to_owned());
            } else {
                kept.push_beside_payload(place, raw.to_owned());
            }
        }
        true
    };
    for (name, raw) in std::mem::take(&mut facts.unknown_members) {
        if !take(place(facts, &name).into(), Pointer::ROOT.join(&name), raw, false, findings) {
            return false;
        }
    }
    if let Some(raw) = facts.kept.take() {
        let at = Pointer::from(place(facts, member::KEPT));
        match parse_members(raw.get()) {
            // Kept by a relay before us: each field goes on with its own place.
            Ok(fields) if fields.iter().all(|(name, _)| name.starts_with('/')) => {
                for (name, raw) in fields {
                    let place = Pointer::parse(&name);
                    if !take(at.join(&name), place, raw, true, findings) {
                        return false;
                    }
                }
            }
            _ => return take(at, Pointer::ROOT.join(member::KEPT), raw, false, findings),
        }
    }
    true
}

/// Fills in the values of the observations that have none yet, in one walk through the document.
pub(super) fn fill_values(text: &str, observations: &mut [Observation]) {
    let mut wanted: BTreeMap<Pointer, Vec<usize>> = BTreeMap::new();
    for (index, observation) in observations.iter().enumerate() {
        if observation.value.is_none() {
            wanted.entry(observation.pointer.clone()).or_default().push(index);
        }
    }
    let mut root = Wanted::default();
    for (pointer, indices) in wanted {
        root.insert(pointer.segments(), indices);
    }
    root.fill(text, observations, 0);
}

#[derive(Default)]
struct Wanted {
    here: Vec<usize>,
    below: BTreeMap<String, Wanted>,
}

impl Wanted {
    fn insert(&mut self, segments: impl Iterator<Item = String>, indices: Vec<usize>) {
        let mut branch = self;
        for segment in segments {
            branch = branch.below.entry(segment).or_default();
        }
        branch.here = indices;
    }

    fn fill(&mut self, text: &str, observations: &mut [Observation], depth: usize) {
        // A name that comes again is told of once.
        for index in std::mem::take(&mut self.here) {
            observations[index].value = RawValue::from_string(text.to_owned()).ok();
        }
        if self.below.is_empty() || depth > limits::Limits::DEEPEST {
            return;
        }
        let children: Vec<(Cow<'_, str>, &RawValue)> = match text.as_bytes().first() {
            Some(b'{') => parse_members(text).unwrap_or_default(),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
                items.into_iter().enumerate().map(|(index, item)| (index.to_string().into(), item)).collect()
            }
            _ => return,
        };
        for (name, value) in children {
            if let Some(branch) = self.below.get_mut(&*name) {
                branch.fill(value.get(), observations, depth + 1);
            }
        }
    }
}
