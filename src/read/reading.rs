//! What comes out of a reader.

use super::observation::Observation;
use crate::name::{EventType, Version};
use crate::side::SideKind;
use crate::wire::{Envelope, Shape};

/// An event that was read, with all that was let pass on the way.
#[derive(Debug)]
pub struct Reading<'a, E> {
    pub(super) event: E,
    pub(super) observations: Vec<Observation>,
    pub(super) shape: Shape,
    pub(super) envelope: Option<Envelope<'a>>,
    pub(super) known: Option<Known>,
}

/// What is known of an event of one of the types asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) event_type: &'static str,
    pub(super) side: SideKind,
    pub(super) version: Version,
    pub(super) newest: Version,
}

impl<'a, E> Reading<'a, E> {
    /// The event.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event, without the rest.
    pub fn into_event(self) -> E {
        self.event
    }

    /// What was let pass: nothing, for an event that is just as its newest version has it.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// The shape in which the event was delivered.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The envelope around the event, if there was one.
    pub fn envelope(&self) -> Option<&Envelope<'a>> {
        self.envelope.as_ref()
    }

    /// The type that was read; `None` for an unrecognised event.
    pub fn event_type(&self) -> Option<EventType> {
        self.known.map(|known| EventType::from_static(known.event_type))
    }

    /// The side that the type belongs to; `None` for an unrecognised event.
    pub fn side(&self) -> Option<SideKind> {
        self.known.map(|known| known.side)
    }

    /// The version that was read, before it was upcast; `None` for an unrecognised event.
    pub fn version_read(&self) -> Option<Version> {
        self.known.map(|known| known.version)
    }

    /// The version that is given: the newest; `None` for an unrecognised event.
    pub fn version_given(&self) -> Option<Version> {
        self.known.map(|known| known.newest)
    }

    /// The type and the version that were read.
    #[cfg(feature = "schema")]
    pub(crate) fn known(&self) -> Option<(&'static str, Version)> {
        self.known.map(|known| (known.event_type, known.version))
    }

    /// The same of what `of` makes of the event.
    #[cfg(feature = "schema")]
    pub(crate) fn map<F>(self, of: impl FnOnce(E) -> F) -> Reading<'a, F> {
        let Self { event, observations, shape, envelope, known } = self;
        Reading { event: of(event), observations, shape, envelope, known }
    }

    /// The same, holding on to nothing of the bytes it was read from.
    pub fn into_owned(self) -> Reading<'static, E> {
        Reading {
            event: self.event,
            observations: self.observations,
            shape: self.shape,
            envelope: self.envelope.map(Envelope::into_owned),
            known: self.known,
        }
    }
}
