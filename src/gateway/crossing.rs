//! Results of a gateway: crossed, skipped or failed.

use std::collections::BTreeMap;
use std::fmt;

use super::error::GatewayError;
use crate::event::encode::EncodedEvent;
use crate::read::Observation;
use crate::side::Side;

/// The output for one event so far.
pub(super) struct Passage<S: Side> {
    pub(super) events: Vec<EncodedEvent<S>>,
    pub(super) observations: Vec<Observation>,
    pub(super) is_own_event: bool,
}

impl<S: Side> Passage<S> {
    pub(super) fn new() -> Self {
        Self { events: Vec::new(), observations: Vec::new(), is_own_event: false }
    }
}

/// The result of a gateway for one event.
///
/// ```
/// use event_contract::contract::order;
/// use event_contract::gateway::{Crossing, Skipped};
/// use event_contract::{Internal, wire::Delivery};
///
/// // The gateway reads events of the Delivery service only.
/// let delivery = Delivery::new(br#"{"id":"1","type":"Parcel.Sent","version":1,"source":"post","data":{}}"#);
/// let crossing: Crossing<Internal> = order::gateway::ingress().cross(&delivery)?;
/// assert!(crossing.events().is_empty());
/// assert_eq!(crossing.skipped(), Some(&Skipped::NoTransform { event_type: "Parcel.Sent".to_owned() }));
/// # Ok::<(), event_contract::gateway::GatewayError>(())
/// ```
#[derive(Debug)]
pub struct Crossing<S: Side> {
    events: Vec<EncodedEvent<S>>,
    observations: Vec<Observation>,
    skipped: Option<Skipped>,
}

impl<S: Side> Crossing<S> {
    pub(super) fn new(passage: Passage<S>, has_transform: bool, event_type: &str) -> Self {
        let skipped = match (passage.is_own_event, has_transform) {
            (true, _) => Some(Skipped::OwnEvent),
            (false, false) => Some(Skipped::NoTransform { event_type: event_type.to_owned() }),
            (false, true) => None,
        };
        Self { events: passage.events, observations: passage.observations, skipped }
    }

    /// Returns the emitted events in the order of the transforms.
    pub fn events(&self) -> &[EncodedEvent<S>] {
        &self.events
    }

    /// Returns the emitted events by value.
    pub fn into_events(self) -> Vec<EncodedEvent<S>> {
        self.events
    }

    /// Returns the observations of the reader; empty where an event was given instead of a delivery.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Returns the reason why no transform was applied; `None` if one was.
    pub fn skipped(&self) -> Option<&Skipped> {
        self.skipped.as_ref()
    }
}

/// The reason why a gateway skipped an event, which is not an error.
///
/// ```
/// use event_contract::gateway::Skipped;
///
/// let skipped = Skipped::NoTransform { event_type: "Parcel.Sent".to_owned() };
/// assert_eq!(skipped.to_string(), "the gateway has no transform for Parcel.Sent");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// The gateway has no transform for the type.
    NoTransform {
        /// The type of the event.
        event_type: String,
    },
    /// The subsystem itself published the event: taking it in would create a loop.
    OwnEvent,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTransform { event_type } => write!(f, "the gateway has no transform for {event_type}"),
            Self::OwnEvent => f.write_str("the subsystem published the event itself"),
        }
    }
}

/// The result of a gateway for a batch. Every delivery is counted in exactly one of the four fields.
///
/// ```
/// use event_contract::Internal;
/// use event_contract::contract::order;
/// use event_contract::gateway::Crossings;
///
/// let batch = br#"[{"id":"1","type":"Parcel.Sent","version":1,"source":"post","data":{}},
///     {"id":"2","type":"Delivery.Updated","version":3,"source":"order-service","data":{}},
///     {"id":"3","type":"Delivery.Updated","version":3,"source":"delivery-service","data":{}}]"#;
/// let crossings: Crossings<Internal> = order::gateway::ingress().cross_all(batch);
/// assert_eq!(crossings.skipped["Parcel.Sent"], 1);
/// assert_eq!(crossings.own_events, 1); // the subsystem's own event came back
/// let (position, error) = &crossings.failed[0];
/// assert_eq!((*position, error.read_error().is_some()), (2, true));
/// ```
#[derive(Debug)]
#[must_use = "crossed events must be published, and failed deliveries handled"]
#[non_exhaustive]
pub struct Crossings<S: Side> {
    /// Crossed events with their positions in the batch.
    pub crossed: Vec<(usize, Crossing<S>)>,
    /// Number of deliveries without a transform, by event type.
    pub skipped: BTreeMap<String, usize>,
    /// Number of deliveries that the subsystem published itself.
    pub own_events: usize,
    /// Failed deliveries with their positions in the batch.
    pub failed: Vec<(usize, GatewayError)>,
    pub(super) count: usize,
}

impl<S: Side> Crossings<S> {
    pub(super) fn new() -> Self {
        Self { crossed: Vec::new(), skipped: BTreeMap::new(), own_events: 0, failed: Vec::new(), count: 0 }
    }

    /// Adds the result for the next delivery.
    pub(super) fn add(&mut self, result: Result<Crossing<S>, GatewayError>) {
        let index = self.count;
        self.count += 1;
        match result {
            Ok(crossing) => match &crossing.skipped {
                None => self.crossed.push((index, crossing)),
                Some(Skipped::OwnEvent) => self.own_events += 1,
                Some(Skipped::NoTransform { event_type }) => {
                    *self.skipped.entry(event_type.clone()).or_insert(0) += 1;
                }
            },
            Err(error) => self.failed.push((index, error)),
        }
    }
}
