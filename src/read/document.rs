//! Reading of one event: in one streaming pass, or from text if the streaming pass fails.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use json_document::Pointer;

use super::alias::Aliases;
use super::attribute::{in_encoded_data, observe_attributes, with_encoded_data};
use super::decode::{DecodedPayload, Decoder, map_mismatches, mismatches_under};
use super::error::{Mismatch, ReadErrorKind, Rejection};
use super::findings::{Findings, Retention, place};
use super::limits::Limits;
use super::locate::{Located, encrypted_fields, find_second_payload, locate, locate_member};
use super::metadata::{self, Context};
use super::observation::{ObservationKind, Origin};
use super::readable::{Draft, Readable, Unrecognised};
use super::reading::{Reading, RecognisedType};
use super::stream::{DeclaredType, PayloadStream, StreamedPayload};
use super::track::Note;
use super::value;
use crate::event::member;
use crate::name::{EventType, Version};
use crate::unknown_field::UnknownFields;
use crate::wire::facts::{self, Facts, Payload};
use crate::wire::{self, Deliveries, Scalar, Shape, Transport, WireErrorKind, inline_data, level};

/// A document and the metadata of the message that carried it.
#[derive(Clone, Copy)]
pub(super) struct Source<'t, 'a> {
    pub(super) text: &'a str,
    /// The text as it was delivered. It differs if the data of a CloudEvents document or a detail was decoded.
    pub(super) delivered: &'t str,
    /// The declared shape.
    pub(super) shape: Option<Shape>,
    pub(super) transport: &'t Transport,
}

/// Reason for which a document is not read as one event.
pub(super) enum Failure<'a> {
    Error(Rejection),
    Batch(Deliveries<'a>),
}

impl From<Rejection> for Failure<'_> {
    fn from(rejection: Rejection) -> Self {
        Self::Error(rejection)
    }
}

impl From<ReadErrorKind> for Failure<'_> {
    fn from(kind: ReadErrorKind) -> Self {
        Self::Error(kind.into())
    }
}

impl From<WireErrorKind> for Failure<'_> {
    fn from(kind: WireErrorKind) -> Self {
        ReadErrorKind::from(kind).into()
    }
}

struct ReadPayload<E> {
    draft: Draft<E>,
    /// The version that the writer declared, or the first one.
    declared: Version,
    /// The version that it was read as.
    version: Version,
    notes: Vec<Note>,
    place: Pointer,
}

enum TypeMatch<E> {
    /// Index into the types of the reader.
    Index(usize),
    Unrecognised(Box<E>),
}

/// Reads documents that hold one event.
pub(super) struct DocumentReader<T> {
    pub(super) retention: Retention,
    pub(super) limits: Limits,
    pub(super) received_at: Option<DateTime<Utc>>,
    aliases: Arc<Aliases>,
    reads: PhantomData<fn() -> T>,
}

impl<T> Clone for DocumentReader<T> {
    fn clone(&self) -> Self {
        Self { aliases: Arc::clone(&self.aliases), ..*self }
    }
}

impl<T: Readable> DocumentReader<T> {
    pub(super) fn new(retention: Retention) -> Self {
        Self {
            retention,
            limits: Limits::default(),
            received_at: None,
            aliases: Aliases::of_reader::<T>(),
            reads: PhantomData,
        }
    }

    fn decoder(&self, max_depth: usize) -> Decoder<'_> {
        let keep_unknown = self.retention.keep_unknown || self.retention.show_values;
        Decoder { keep_unknown, max_depth, limit: self.limits.depth, aliases: &self.aliases }
    }

    /// Reads an event in one pass, without a tree.
    ///
    /// Unknown fields, defaults and aliases are observed on the way. Returns `None` on any other deviation from the canonical
    /// form: [`Self::read_text`] then reads the event, or reports the error.
    pub(super) fn read_streaming<'a>(&self, source: Source<'_, 'a>) -> Option<Reading<'a, T::Event>> {
        // Envelope and detail have a level each.
        let tracker = self.decoder(self.limits.depth.saturating_sub(2)).tracker();
        let stream = PayloadStream::<T> { tracker: &tracker, reads: PhantomData };
        let level = level::stream(source.text, stream).ok()?;
        let mut facts = facts::interpret(level, source.shape).ok()?;
        let Payload::Streamed(streamed) = std::mem::replace(&mut facts.payload, Payload::Missing) else {
            return None;
        };
        if !tracker.take_buffered().is_empty() || encrypted_fields(&facts).is_some() {
            return None;
        }
        let mut findings = Findings::default();
        observe_contradiction(&facts, &mut findings);
        let StreamedPayload { draft, declared: DeclaredType { index, version } } = streamed;
        let newest = T::TYPES[index].newest;
        if find_second_payload(&facts, &T::TYPES[index]).is_some() {
            return None;
        }
        if version != newest {
            let at = place(&facts, member::VERSION);
            findings.observe(at, ObservationKind::Upcast { from: version, to: newest });
        }
        let notes = tracker.into_notes();
        // The pointer is needed only for notes.
        let place = if notes.is_empty() { Pointer::ROOT } else { place(&facts, member::DATA).into() };
        let read = ReadPayload { draft, declared: version, version, notes, place };
        self.finish(*facts, index, read, source, findings).ok()
    }

    /// Reads an event of any shape, member by member.
    pub(super) fn read_text<'a>(&self, source: Source<'_, 'a>) -> Result<Reading<'a, T::Event>, Rejection> {
        let may_be_cloud_event = matches!(source.shape, None | Some(Shape::CloudEvent));
        let Some((text, encoding)) = may_be_cloud_event.then(|| inline_data(source.text)).flatten() else {
            return self.read_members(source);
        };
        let decoded = Source { text: &text, shape: Some(Shape::CloudEvent), ..source };
        match self.read_members(decoded) {
            Ok(reading) => Ok(with_encoded_data(reading.into_owned(), encoding)),
            Err(rejection) => Err(rejection.map(|kind| {
                map_mismatches(kind, |mismatch| Mismatch {
                    pointer: in_encoded_data(mismatch.pointer, encoding),
                    ..mismatch
                })
            })),
        }
    }

    fn read_members<'a>(&self, source: Source<'_, 'a>) -> Result<Reading<'a, T::Event>, Rejection> {
        let root = wire::parse_root(source.text);
        let facts = root.and_then(|root| facts::interpret_text(root, source.shape));
        let mut facts = *facts.map_err(ReadErrorKind::Delivery)?;
        let mut findings = Findings::default();
        observe_contradiction(&facts, &mut findings);
        for name in std::mem::take(&mut facts.taken_from_envelope) {
            findings.observe(place(&facts, name), ObservationKind::Substituted { from: Origin::Envelope });
        }
        observe_attributes(&mut facts, &mut findings);
        for name in std::mem::take(&mut facts.taken_from_metadata) {
            findings.observe(place(&facts, name), ObservationKind::Substituted { from: Origin::Metadata });
        }
        let index = match Self::find_type(&mut facts, source.delivered, &mut findings)? {
            TypeMatch::Index(index) => index,
            TypeMatch::Unrecognised(event) => return Ok(Self::unrecognised_reading(*event, facts)),
        };
        if let Some(read) = self.read_entity_beside_data(&mut facts, index, &mut findings)? {
            return self.finish(facts, index, read, source, findings);
        }
        let version = metadata::take_version(&mut facts, &mut findings);
        let payload = locate(&mut facts, &T::TYPES[index], self.limits.bytes, &mut findings)?;
        let payload_at = payload.as_ref().map(|located| located.place.clone());
        let decoded = match (payload, version) {
            (Some(located), Some(version)) => {
                Some(self.decode(&facts, DeclaredType { index, version }, &located, &mut findings))
            }
            _ => None,
        };
        let (of_payload, and_more) = match decoded {
            Some(Ok(read)) => return self.finish(facts, index, read, source, findings),
            Some(Err(ReadErrorKind::Mismatch { mismatches, and_more })) => (mismatches, and_more),
            Some(Err(kind)) => return Err(Rejection { kind, observations: findings.observations }),
            None => (Vec::new(), false),
        };
        // Without a value of the right kind, the version made no difference.
        if !of_payload.iter().any(|mismatch| Some(&mismatch.pointer) != payload_at.as_ref()) {
            findings.observations.retain(|seen| seen.kind != ObservationKind::VersionAssumed);
        }
        // Report the mismatches of the metadata together with those of the payload.
        let context = Context {
            transport: source.transport,
            text: source.delivered,
            received_at: self.received_at,
            info: &T::TYPES[index],
            payload: None,
        };
        metadata::assemble(&mut facts, &context, &mut findings);
        let Findings { observations, mut mismatches } = findings;
        mismatches.extend(of_payload);
        Err(Rejection { kind: ReadErrorKind::Mismatch { mismatches, and_more }, observations })
    }

    /// Finds the type of the event among those of the reader.
    fn find_type<X>(
        facts: &mut Facts<'_, X>,
        delivered: &str,
        findings: &mut Findings,
    ) -> Result<TypeMatch<T::Event>, ReadErrorKind> {
        let declared = match facts.event_type.take() {
            Some(Scalar::String(declared)) => Some(declared.into_owned()),
            Some(other) => {
                let mismatch = Mismatch::new(place(facts, member::TYPE).into(), "a string", other.describe());
                return Err(ReadErrorKind::Mismatch { mismatches: vec![mismatch], and_more: false });
            }
            None => {
                let envelope = facts.envelope.as_ref();
                envelope.and_then(|envelope| envelope.detail_type.as_deref()).map(str::to_owned)
            }
        };
        let index = match &declared {
            Some(declared) => T::TYPES.iter().position(|info| info.name == declared),
            None if T::TYPES.len() == 1 => {
                let event_type = EventType::from_static(T::TYPES[0].name);
                findings.observe(place(facts, member::TYPE), ObservationKind::TypeAssumed { event_type });
                Some(0)
            }
            None => None,
        };
        if let Some(index) = index {
            return Ok(TypeMatch::Index(index));
        }
        let unrecognised = Unrecognised { event_type: declared, bytes: delivered.as_bytes().to_vec() };
        match T::unrecognised(unrecognised) {
            Ok(event) => Ok(TypeMatch::Unrecognised(Box::new(event))),
            Err(unrecognised) => Err(ReadErrorKind::OtherType {
                expected: T::TYPES[0].name,
                found: unrecognised.event_type.unwrap_or_default(),
            }),
        }
    }

    /// Reads the entity of a detail that has `data` as well, as the first version. Returns `None` if it does not fit.
    ///
    /// `{...event, ...toEvent()}` of aws-lambda-stream copies `data` and `version` of the event that caused this one: they
    /// belong to another type. If the entity does not fit, it belongs to somebody else, and `data` is taken.
    fn read_entity_beside_data(
        &self,
        facts: &mut Facts<'_, Infallible>,
        index: usize,
        findings: &mut Findings,
    ) -> Result<Option<ReadPayload<T::Event>>, ReadErrorKind> {
        let Some(position) = find_second_payload(facts, &T::TYPES[index]) else { return Ok(None) };
        let entity = facts.unknown_members[position].clone();
        let located = locate_member(facts, &entity, self.limits.bytes)?;
        let mut of_entity = Findings::default();
        let declared = DeclaredType { index, version: Version::FIRST };
        let read = self.decode(facts, declared, &located, &mut of_entity).ok();
        let (mut taken, mut ignored) = (member::DATA.to_owned(), entity.0.into_owned());
        if read.is_some() {
            (taken, ignored) = (ignored, taken);
            facts.unknown_members.remove(position);
            if let Payload::Raw(Some(name), raw) = std::mem::replace(&mut facts.payload, Payload::Missing) {
                facts.unknown_members.push((name.into(), raw));
            }
        }
        let at = Pointer::from(place(facts, member::DATA));
        findings.observe(at, ObservationKind::TwoPayloads { taken, ignored });
        findings.observations.append(&mut of_entity.observations);
        Ok(read)
    }

    fn decode<X>(
        &self,
        facts: &Facts<'_, X>,
        declared: DeclaredType,
        located: &Located<'_>,
        findings: &mut Findings,
    ) -> Result<ReadPayload<T::Event>, ReadErrorKind> {
        let DeclaredType { index, version } = declared;
        let newest = T::TYPES[index].newest;
        let payload_at = &located.place;
        let decoder = self.decoder(self.limits.depth.saturating_sub(payload_at.segments().count()));
        let version_at = place(facts, member::VERSION);
        let result = if version > newest {
            decoder.decode_newer::<T>(index, &located.raw)
        } else {
            decoder.decode::<T>(index, version, &located.raw).map(|payload| (payload, version))
        };
        let (DecodedPayload { draft, notes, coerced }, read) = result.map_err(|kind| {
            if version > newest {
                let read = newest;
                findings.observe(version_at, ObservationKind::NewerVersion { declared: version, read });
            }
            mismatches_under(kind, payload_at)
        })?;
        if version > newest {
            findings.observe(version_at, ObservationKind::NewerVersion { declared: version, read });
        }
        if read != newest {
            findings.observe(version_at, ObservationKind::Upcast { from: read, to: newest });
        }
        for (at, notation) in coerced {
            let (from, to) = notation.describe();
            findings.observe(payload_at.concat(&at), ObservationKind::Coerced { from, to });
        }
        Ok(ReadPayload { draft, declared: version, version: read, notes, place: payload_at.clone() })
    }

    /// Completes an event with its metadata and unknown fields.
    fn finish<'a, X>(
        &self,
        mut facts: Facts<'a, X>,
        index: usize,
        read: ReadPayload<T::Event>,
        source: Source<'_, 'a>,
        mut findings: Findings,
    ) -> Result<Reading<'a, T::Event>, Rejection> {
        let info = &T::TYPES[index];
        let Draft { partition_key, occurred_at, finish } = read.draft;
        let context = Context {
            transport: source.transport,
            text: source.delivered,
            received_at: self.received_at,
            info,
            payload: Some((&partition_key, &occurred_at)),
        };
        let Some(metadata) = metadata::assemble(&mut facts, &context, &mut findings) else {
            let Findings { observations, mismatches } = findings;
            return Err(Rejection { kind: ReadErrorKind::Mismatch { mismatches, and_more: false }, observations });
        };
        let mut unknown = UnknownFields::default();
        let max_depth = self.limits.depth.saturating_sub(facts.prefix.matches('/').count() + 1);
        if !findings.observe_unknown_members(&mut facts, self.retention, max_depth, &mut unknown) {
            return Err(ReadErrorKind::from(WireErrorKind::TooDeep { limit: self.limits.depth }).into());
        }
        findings.observe_notes(read.notes, &read.place, self.retention, &mut unknown);
        if read.version != info.newest {
            unknown.mark_unplaced();
        }
        if unknown.needs_source() {
            unknown.set_source(source.text, read.place);
        }
        let mut observations = findings.observations;
        if self.retention.show_values {
            value::fill_values(source.text, &mut observations);
        }
        let recognised = RecognisedType {
            event_type: EventType::from_static(info.name),
            side: info.side,
            version_written: read.declared,
            version_read: read.version,
            version: info.newest,
        };
        Ok(Reading {
            event: finish(metadata, unknown),
            observations,
            shape: facts.shape,
            envelope: facts.envelope.map(Box::new),
            recognised: Some(recognised),
        })
    }

    fn unrecognised_reading(event: T::Event, facts: Facts<'_, Infallible>) -> Reading<'_, T::Event> {
        let envelope = facts.envelope.map(Box::new);
        Reading { event, observations: Vec::new(), shape: facts.shape, envelope, recognised: None }
    }
}

/// Observes an envelope with another type than the event in it.
fn observe_contradiction<X>(facts: &Facts<'_, X>, findings: &mut Findings) {
    if let (Some(Scalar::String(own)), Some(outer)) =
        (&facts.event_type, facts.envelope.as_ref().and_then(|envelope| envelope.detail_type.as_deref()))
        && own != outer
    {
        let at = if facts.shape == Shape::CloudEvent { "type" } else { "detail-type" };
        findings.observe(Pointer::ROOT.join(at), ObservationKind::Contradicted);
    }
}
