//! What comes of events at a boundary.

use std::collections::BTreeMap;

use super::{GatewayError, Passage};
use crate::event::EncodedEvent;
use crate::read::Observation;
use crate::side::Side;

/// What came of one event at a boundary.
#[derive(Debug)]
pub struct Crossing<S: Side> {
    events: Vec<EncodedEvent<S>>,
    observations: Vec<Observation>,
    skipped: Option<Skipped>,
}

impl<S: Side> Crossing<S> {
    pub(super) fn new(passage: Passage<S>, has_transform: bool, event_type: &str) -> Self {
        let skipped = match (passage.own, has_transform) {
            (true, _) => Some(Skipped::Own),
            (false, false) => Some(Skipped::NoTransform { event_type: event_type.to_owned() }),
            (false, true) => None,
        };
        Self { events: passage.events, observations: passage.observations, skipped }
    }

    /// The events on the other side, in the order in which the transforms said them.
    pub fn events(&self) -> &[EncodedEvent<S>] {
        &self.events
    }

    /// The events, without the rest.
    pub fn into_events(self) -> Vec<EncodedEvent<S>> {
        self.events
    }

    /// What the reader let pass; nothing for an event that was not read here.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Why no transform was asked.
    pub fn skipped(&self) -> Option<&Skipped> {
        self.skipped.as_ref()
    }
}

/// Why an event was passed over at a boundary. Neither is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// No transform is interested in the type.
    NoTransform {
        /// The type.
        event_type: String,
    },
    /// The subsystem itself has published it: taking it in would be a loop.
    Own,
}

/// What came of a batch at a boundary. Every delivery is in exactly one of the four.
#[derive(Debug)]
#[must_use = "events are to be put, and deliveries may have failed"]
#[non_exhaustive]
pub struct Crossings<S: Side> {
    /// What has crossed, with its position in the batch.
    pub crossed: Vec<(usize, Crossing<S>)>,
    /// How many were passed over for want of a transform, by type.
    pub skipped: BTreeMap<String, usize>,
    /// How many were the subsystem's own.
    pub own: usize,
    /// What could not be read or transformed, with its position in the batch.
    pub failed: Vec<(usize, GatewayError)>,
    pub(super) count: usize,
}

impl<S: Side> Crossings<S> {
    /// The next one.
    pub(super) fn add(&mut self, result: Result<Crossing<S>, GatewayError>) {
        let index = self.count;
        self.count += 1;
        match result {
            Ok(crossing) => match &crossing.skipped {
                None => self.crossed.push((index, crossing)),
                Some(Skipped::Own) => self.own += 1,
                Some(Skipped::NoTransform { event_type }) => {
                    *self.skipped.entry(event_type.clone()).or_insert(0) += 1;
                }
            },
            Err(error) => self.failed.push((index, error)),
        }
    }
}
