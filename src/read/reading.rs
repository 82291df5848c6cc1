//! Results of the reader.

use json_document::Pointer;

use super::observation::{Observation, ObservationKind};
use crate::name::{EventType, Version};
use crate::side::SideKind;
use crate::wire::{Envelope, Shape};

/// An event that was read, with its observations.
#[derive(Debug)]
pub struct Reading<'a, E> {
    pub(super) event: E,
    pub(super) observations: Vec<Observation>,
    pub(super) shape: Shape,
    /// Boxed: it is large, and a batch has a result for each event.
    pub(super) envelope: Option<Box<Envelope<'a>>>,
    pub(super) recognised: Option<RecognisedType>,
}

/// The type of an event that the reader has recognised.
///
/// ```
/// use event_contract::RecognisedType;
///
/// fn was_upcast(recognised: &RecognisedType) -> bool {
///     recognised.version_read < recognised.version
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecognisedType {
    /// The event type.
    pub event_type: EventType,
    /// The side of the type.
    pub side: SideKind,
    /// The version that the writer declared, or the first one.
    pub version_written: Version,
    /// The version that the payload was read as, before it was upcast: another one than the written one only if that is
    /// newer than every version of the reader.
    pub version_read: Version,
    /// The newest version, to which the event was upcast.
    pub version: Version,
}

impl<'a, E> Reading<'a, E> {
    /// Returns the event, upcast to the newest version.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// Returns the event, and drops the observations.
    pub fn into_event(self) -> E {
        self.event
    }

    /// Returns the tolerated deviations; empty for an event in the canonical form of its newest version.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Adds an observation of the document as a whole.
    pub(super) fn observe(&mut self, pointer: Pointer, kind: ObservationKind) {
        self.observations.insert(0, Observation { pointer, kind, value: None });
    }

    /// Returns the shape in which the event was delivered.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the EventBridge envelope around the event.
    pub fn envelope(&self) -> Option<&Envelope<'a>> {
        self.envelope.as_deref()
    }

    /// Returns the type of the event; `None` for an [`Unrecognised`](crate::Unrecognised) one.
    pub fn recognised(&self) -> Option<&RecognisedType> {
        self.recognised.as_ref()
    }

    /// Converts the event.
    #[cfg(feature = "schema")]
    pub(crate) fn map<F>(self, convert: impl FnOnce(E) -> F) -> Reading<'a, F> {
        let Self { event, observations, shape, envelope, recognised } = self;
        Reading { event: convert(event), observations, shape, envelope, recognised }
    }

    /// Copies the borrowed parts of the envelope.
    pub fn into_owned(self) -> Reading<'static, E> {
        Reading {
            event: self.event,
            observations: self.observations,
            shape: self.shape,
            envelope: self.envelope.map(|envelope| Box::new(envelope.into_owned())),
            recognised: self.recognised,
        }
    }
}
