//! The reader itself.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::alias::Aliases;
use super::assemble::{self, Context, Findings, place};
use super::decode::{DecodedPayload, Decoder, mismatches_under};
use super::error::{Mismatch, ReadError, ReadErrorKind};
use super::exact::{ExactDeserializer, ExactError};
use super::limits::Limits;
use super::locate::{Located, encrypted_fields, locate};
use super::observation::{ObservationKind, Origin};
use super::readable::{Draft, Readable, Unrecognised};
use super::reading::{Known, Reading};
use super::stream::{PayloadStream, Said, StreamedPayload};
use super::track::Note;
use crate::event::encode::EncodedEvent;
use crate::event::{Event, member};
use crate::name::{EventType, Version};
use crate::payload::{DecodeError, Payload, PayloadSource};
use crate::side::Side;
use crate::unknown_field::UnknownFields;
use crate::wire::facts::{self, Facts};
use crate::wire::{self, Delivery, Document, Scalar, Shape, Transport, WireErrorKind, level};
use json_document::Pointer;

/// Reads events of the type `T`: of one [payload](crate::Payload) in all its versions, or of an enum of several types.
///
/// ```
/// use event_contract::Reader;
/// use event_contract::contract::order::OrderCreated;
///
/// // The oldest form there is: version 1, without any metadata.
/// let bytes = br#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}"#;
///
/// let reading = Reader::<OrderCreated>::default().read(bytes)?;
/// for seen in reading.observations() {
///     println!("{}: {seen}", seen.severity());
/// }
/// let event = reading.into_event();
/// assert_eq!(event.metadata().version.get(), 3);
/// assert_eq!(event.partition_key(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
/// # Ok::<(), event_contract::ReadError>(())
/// ```
///
/// Make one and keep it: it is cheap to clone and to share, and cheap, not free, to make.
pub struct Reader<T: Readable> {
    keep: bool,
    values: bool,
    limits: Limits,
    received_at: Option<DateTime<Utc>>,
    aliases: Arc<Aliases>,
    reads: PhantomData<fn() -> T>,
}

impl<T: Readable> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Self { aliases: Arc::clone(&self.aliases), ..*self }
    }
}

impl<T: Readable> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<_> = T::TYPES.iter().map(|info| format!("{} {}", info.name, info.newest)).collect();
        f.debug_struct("Reader")
            .field("types", &types)
            .field("keep", &self.keep)
            .field("values", &self.values)
            .field("limits", &self.limits)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

impl<T: Readable> Default for Reader<T> {
    /// Keeps unknown fields, shows no values, with the default [`Limits`].
    fn default() -> Self {
        Self {
            keep: true,
            values: false,
            limits: Limits::default(),
            received_at: None,
            aliases: aliases_of::<T>(),
            reads: PhantomData,
        }
    }
}

impl<T: Readable> Reader<T> {
    /// Unknown fields are observed and dropped, not kept.
    #[must_use]
    pub fn ignoring_unknown_fields(mut self) -> Self {
        self.keep = false;
        self
    }

    /// Observations hold the value that they are about. Mind where they go.
    #[must_use]
    pub fn with_values(mut self) -> Self {
        self.values = true;
        self
    }

    /// Other limits than the default ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The time of an event that says none, and around which nothing says one either. Without it such an event is not
    /// read: the library does not look at a clock.
    #[must_use]
    pub fn received_at(mut self, time: DateTime<Utc>) -> Self {
        self.received_at = Some(time);
        self
    }

    /// Reads one event, in whatever shape it was delivered. A batch that holds one event is read as that event.
    pub fn read<'a>(&self, bytes: &'a [u8]) -> Result<Reading<'a, T::Event>, ReadError> {
        let kind = match self.read_bytes(bytes, None, &Transport::default()) {
            Ok(reading) => return Ok(reading),
            Err(Outcome::Failed(kind)) => kind,
            Err(Outcome::Batch(deliveries)) => match &deliveries[..] {
                [delivery] => match self.read_delivery(delivery) {
                    Ok(reading) => return Ok(reading.into_owned()),
                    Err(error) => error.into_kind(),
                },
                several => several_of(several.len()),
            },
        };
        Err(ReadError::new(kind, bytes))
    }

    /// Reads every event in a batch, an array or a text of one event a line: as many answers as there are events, in
    /// their order. Batches in messages are taken apart, too; a batch of nothing is one error.
    pub fn read_all<'a>(&self, bytes: &'a [u8]) -> Vec<Result<Reading<'a, T::Event>, ReadError>> {
        if bytes.len() > self.limits.bytes {
            return vec![Err(ReadError::new(self.too_large(bytes).into(), bytes))];
        }
        // Lines of a lake that are as they should be need not be taken apart first. Where the first line is an event,
        // what follows can only be lines, too.
        let lines = || bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        if let Some(first) = lines().next().and_then(|line| self.read_line(line)) {
            let rest = lines().skip(1).flat_map(|line| match self.read_line(line) {
                Some(reading) => vec![Ok(reading)],
                None => self.read_parts(line),
            });
            return std::iter::once(Ok(first)).chain(rest).collect();
        }
        self.read_parts(bytes)
    }

    /// Reads an event that is just as expected; `None` for all else.
    fn read_line<'a>(&self, line: &'a [u8]) -> Option<Reading<'a, T::Event>> {
        self.read_streaming(std::str::from_utf8(line).ok()?, None, &Transport::default())
    }

    fn read_parts<'a>(&self, bytes: &'a [u8]) -> Vec<Result<Reading<'a, T::Event>, ReadError>> {
        match wire::deliveries(bytes) {
            Ok(deliveries) => {
                let read = |delivery: &Delivery<'_>| self.read_delivery(delivery).map(Reading::into_owned);
                deliveries.iter().map(read).collect()
            }
            Err(error) => vec![Err(ReadError::new(ReadErrorKind::Delivery(error), bytes))],
        }
    }

    /// Reads an event whose shape is known, or that was taken out of a batch.
    pub fn read_delivery<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, T::Event>, ReadError> {
        let kind = match delivery.text() {
            Ok(_) => match self.read_bytes(delivery.bytes(), delivery.declared_shape(), delivery.transport()) {
                Ok(reading) => return Ok(reading),
                Err(Outcome::Failed(kind)) => kind,
                Err(Outcome::Batch(_)) => {
                    let hint = "it is a batch inside a message: take it apart with `wire::deliveries`";
                    WireErrorKind::NotAnEvent { hint }.into()
                }
            },
            Err(error) => ReadErrorKind::Delivery(error),
        };
        Err(ReadError::of_delivery(kind, delivery))
    }

    fn too_large(&self, bytes: &[u8]) -> WireErrorKind {
        WireErrorKind::TooLarge { length: bytes.len(), limit: self.limits.bytes }
    }

    fn decoder(&self, depth: usize) -> Decoder<'_> {
        Decoder { keep: self.keep || self.values, depth, limit: self.limits.depth, aliases: &self.aliases }
    }

    fn read_bytes<'a>(
        &self,
        bytes: &'a [u8],
        named: Option<Shape>,
        transport: &Transport,
    ) -> Result<Reading<'a, T::Event>, Outcome<'a>> {
        if bytes.len() > self.limits.bytes {
            return Err(self.too_large(bytes).into());
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Outcome::from(WireErrorKind::NotUtf8 { at: error.valid_up_to() }))?;
        if matches!(named, None | Some(Shape::EventBridge | Shape::Detail))
            && let Some(reading) = self.read_streaming(text, named, transport)
        {
            return Ok(reading);
        }
        self.read_text(text, named, transport)
    }

    /// Reads what is as expected in one pass. `None` at the first surprise.
    fn read_streaming<'a>(
        &self,
        text: &'a str,
        named: Option<Shape>,
        transport: &Transport,
    ) -> Option<Reading<'a, T::Event>> {
        let text = wire::without_byte_order_mark(text);
        // The envelope, the detail, the payload.
        let tracker = self.decoder(self.limits.depth.saturating_sub(2)).tracker();
        let level = level::stream(text, PayloadStream::<T> { tracker: &tracker, reads: PhantomData }).ok()?;
        let mut facts = facts::interpret(level, named).ok()?;
        let facts::Payload::Streamed(streamed) = std::mem::replace(&mut facts.payload, facts::Payload::Missing) else {
            return None;
        };
        if !tracker.take_buffered().is_empty() || encrypted_fields(&facts).is_some() {
            return None;
        }
        let mut findings = Findings::default();
        contradiction(&facts, &mut findings);
        let StreamedPayload { draft, said: Said { index, version } } = streamed;
        let newest = T::TYPES[index].newest;
        if version != newest {
            let at = place(&facts, member::VERSION);
            findings.observe(at, ObservationKind::Upcast { from: version, to: newest });
        }
        let notes = tracker.into_notes();
        // Written out only where there is something to say.
        let place = if notes.is_empty() { Pointer::ROOT } else { place(&facts, member::DATA).into() };
        let read = ReadPayload { draft, version, notes, place };
        self.finish(*facts, index, read, Input { text, transport }, findings).ok()
    }

    /// Reads a document that is somehow out of the ordinary.
    fn read_text<'a>(
        &self,
        text: &'a str,
        named: Option<Shape>,
        transport: &Transport,
    ) -> Result<Reading<'a, T::Event>, Outcome<'a>> {
        let text = wire::without_byte_order_mark(text);
        let root = match named {
            Some(_) => wire::parse_root(text),
            None => match Document::parse(text.as_bytes()) {
                Ok(Document::Event { root, .. }) => Ok(root),
                Ok(Document::Batch(deliveries)) => return Err(Outcome::Batch(deliveries)),
                Err(error) => Err(error),
            },
        };
        let facts = root.and_then(|root| facts::interpret_text(root, named));
        let mut facts = *facts.map_err(|error| Outcome::Failed(ReadErrorKind::Delivery(error)))?;
        let mut findings = Findings::default();
        contradiction(&facts, &mut findings);
        for name in std::mem::take(&mut facts.taken_from_envelope) {
            findings.observe(place(&facts, name), ObservationKind::Substituted { from: Origin::Envelope });
        }
        let index = match Self::find_type(&mut facts, text, &mut findings)? {
            Found::Index(index) => index,
            Found::Unrecognised(event) => return Ok(Self::unrecognised_reading(*event, facts)),
        };
        let version = assemble::version(&mut facts, &mut findings);
        let payload =
            locate(&mut facts, &T::TYPES[index], self.limits.bytes, &mut findings).map_err(Outcome::Failed)?;
        let decoded = match (payload, version) {
            (Some(located), Some(version)) => {
                Some(self.decode(&facts, Said { index, version }, &located, &mut findings))
            }
            _ => None,
        };
        match decoded {
            Some(Ok(read)) => {
                self.finish(facts, index, read, Input { text, transport }, findings).map_err(Outcome::Failed)
            }
            failed => {
                // Whatever else is wrong is said with it.
                let context =
                    Context { transport, text, received_at: self.received_at, info: &T::TYPES[index], payload: None };
                assemble::metadata(&mut facts, &context, &mut findings);
                let mut mismatches = findings.mismatches;
                let mut more = false;
                match failed {
                    Some(Err(ReadErrorKind::Mismatch { mismatches: of_payload, and_more })) => {
                        mismatches.extend(of_payload);
                        more = and_more;
                    }
                    Some(Err(other)) => return Err(Outcome::Failed(other)),
                    _ => {}
                }
                Err(Outcome::Failed(ReadErrorKind::Mismatch { mismatches, and_more: more }))
            }
        }
    }

    /// Which of the types it is.
    fn find_type<X>(
        facts: &mut Facts<'_, X>,
        text: &str,
        findings: &mut Findings,
    ) -> Result<Found<T::Event>, Outcome<'static>> {
        let said = match facts.event_type.take() {
            Some(Scalar::String(said)) => Some(said.into_owned()),
            Some(other) => {
                let mismatch = Mismatch::new(place(facts, member::TYPE).into(), "a string", other.describe());
                let mismatches = vec![mismatch];
                return Err(Outcome::Failed(ReadErrorKind::Mismatch { mismatches, and_more: false }));
            }
            None => facts.envelope.as_ref().and_then(|envelope| envelope.detail_type.as_deref()).map(str::to_owned),
        };
        let index = match &said {
            Some(said) => T::TYPES.iter().position(|info| info.name == said),
            None if T::TYPES.len() == 1 => {
                let event_type = EventType::from_static(T::TYPES[0].name);
                findings.observe(place(facts, member::TYPE), ObservationKind::TypeAssumed { event_type });
                Some(0)
            }
            None => None,
        };
        if let Some(index) = index {
            return Ok(Found::Index(index));
        }
        let unrecognised = Unrecognised { event_type: said, bytes: text.as_bytes().to_vec() };
        match T::unrecognised(unrecognised) {
            Ok(event) => Ok(Found::Unrecognised(Box::new(event))),
            Err(unrecognised) => Err(Outcome::Failed(ReadErrorKind::OtherType {
                expected: T::TYPES[0].name,
                found: unrecognised.event_type.unwrap_or_default(),
            })),
        }
    }

    /// Reads the payload and says how.
    fn decode<X>(
        &self,
        facts: &Facts<'_, X>,
        said: Said,
        located: &Located<'_>,
        findings: &mut Findings,
    ) -> Result<ReadPayload<T::Event>, ReadErrorKind> {
        let Said { index, version } = said;
        let newest = T::TYPES[index].newest;
        let place = &located.place;
        let decoder = self.decoder(self.limits.depth.saturating_sub(place.segments().count()));
        let at = assemble::place(facts, member::VERSION);
        let result = if version > newest {
            decoder.decode_newer::<T>(index, &located.raw)
        } else {
            decoder.decode::<T>(index, version, &located.raw).map(|payload| (payload, version))
        };
        let (DecodedPayload { draft, notes, coerced }, read) = result.map_err(|kind| mismatches_under(kind, place))?;
        if version > newest {
            findings.observe(at, ObservationKind::NewerVersion { said: version, read });
        }
        if read != newest {
            findings.observe(at, ObservationKind::Upcast { from: read, to: newest });
        }
        for coerced in coerced {
            let kind = ObservationKind::Coerced { from: "a number with a fraction of zero", to: "an integer" };
            findings.observe(place.concat(&coerced), kind);
        }
        Ok(ReadPayload { draft, version: read, notes, place: place.clone() })
    }

    /// Makes an event of a payload that was read.
    fn finish<'a, X>(
        &self,
        mut facts: Facts<'a, X>,
        index: usize,
        read: ReadPayload<T::Event>,
        document: Input<'_>,
        mut findings: Findings,
    ) -> Result<Reading<'a, T::Event>, ReadErrorKind> {
        let Draft { partition_key, occurred_at, finish } = read.draft;
        let context = Context {
            transport: document.transport,
            text: document.text,
            received_at: self.received_at,
            info: &T::TYPES[index],
            payload: Some((&partition_key, &occurred_at)),
        };
        let Some(metadata) = assemble::metadata(&mut facts, &context, &mut findings) else {
            return Err(ReadErrorKind::Mismatch { mismatches: findings.mismatches, and_more: false });
        };
        let mut kept = UnknownFields::default();
        let depth = self.limits.depth.saturating_sub(facts.prefix.matches('/').count() + 1);
        if !assemble::leftovers(&mut facts, self.keep, self.values, depth, &mut kept, &mut findings) {
            return Err(WireErrorKind::TooDeep { limit: self.limits.depth }.into());
        }
        findings.notes(read.notes, &read.place, self.keep, self.values, &mut kept);
        if read.version != T::TYPES[index].newest {
            kept.mark_unplaced();
        }
        if kept.needs_source() {
            kept.set_source(document.text, read.place);
        }
        let mut observations = findings.observations;
        if self.values {
            assemble::fill_values(document.text, &mut observations);
        }
        let info = &T::TYPES[index];
        Ok(Reading {
            event: finish(metadata, kept),
            observations,
            shape: facts.shape,
            envelope: facts.envelope,
            known: Some(Known { event_type: info.name, side: info.side, version: read.version, newest: info.newest }),
        })
    }

    fn unrecognised_reading(event: T::Event, facts: Facts<'_, Infallible>) -> Reading<'_, T::Event> {
        Reading { event, observations: Vec::new(), shape: facts.shape, envelope: facts.envelope, known: None }
    }
}

/// Says where the envelope names another type than the event in it.
fn contradiction<X>(facts: &Facts<'_, X>, findings: &mut Findings) {
    if let (Some(Scalar::String(own)), Some(outer)) =
        (&facts.event_type, facts.envelope.as_ref().and_then(|envelope| envelope.detail_type.as_deref()))
        && own != outer
    {
        let at = if facts.shape == Shape::CloudEvent { "type" } else { "detail-type" };
        findings.observe(Pointer::ROOT.join(at), ObservationKind::Contradicted);
    }
}

fn several_of(count: usize) -> ReadErrorKind {
    WireErrorKind::Several { count }.into()
}

/// The document that is read, and what came with it.
#[derive(Clone, Copy)]
struct Input<'d> {
    text: &'d str,
    transport: &'d Transport,
}

struct ReadPayload<E> {
    draft: Draft<E>,
    /// The version that was read.
    version: Version,
    notes: Vec<Note>,
    place: Pointer,
}

enum Found<E> {
    Index(usize),
    Unrecognised(Box<E>),
}

/// Why a document did not come out as an event.
enum Outcome<'a> {
    Failed(ReadErrorKind),
    /// It holds events, but is none.
    Batch(Vec<Delivery<'a>>),
}

impl From<WireErrorKind> for ReadErrorKind {
    fn from(kind: WireErrorKind) -> Self {
        Self::Delivery(kind.into())
    }
}

impl From<WireErrorKind> for Outcome<'_> {
    fn from(kind: WireErrorKind) -> Self {
        Self::Failed(kind.into())
    }
}

impl<S: Side> EncodedEvent<S> {
    /// Reads the event back, as one of this payload.
    pub fn read<P: Payload<Side = S>>(&self) -> Result<Event<P>, ReadError> {
        Reader::<P>::default().read(self.detail().as_bytes()).map(Reading::into_event)
    }
}

/// Finds the aliases of all the types and versions that come out of a reader.
fn aliases_of<T: Readable>() -> Arc<Aliases> {
    struct Explore<'n>(ExactDeserializer<'n, 'static>);

    impl PayloadSource<'static> for Explore<'_> {
        type Error = ExactError;

        fn deserialize<P: Payload>(self) -> Result<P, ExactError> {
            // Stand-ins go no further: neither the user's upcast nor anything else gets to see them.
            P::deserialize(self.0).and(Err(ExactError::done()))
        }
    }

    Aliases::of_type::<T>(|aliases| {
        for (index, info) in T::TYPES.iter().enumerate() {
            for version in (1..=info.newest.get()).filter_map(|version| Version::new(version).ok()) {
                aliases.explore(&|deserializer| match T::decode(index, version, Explore(deserializer)) {
                    Err(DecodeError::Source(error)) => Err(error),
                    // Whether stand-ins can be upcast is of no interest.
                    Ok(_) | Err(DecodeError::Upcast(_) | DecodeError::NoSuchVersion) => Ok(()),
                });
            }
        }
    })
}
