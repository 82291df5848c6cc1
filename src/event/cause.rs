//! Events that follow from another event.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Event;
use super::metadata::{Metadata, default_partition_key, truncate_to_milliseconds};
use crate::name::{EventId, EventType, PartitionKey, SubsystemName};
use crate::payload::Payload;
use crate::side::{Side, SideKind};
use crate::tags::Tags;

/// The cause of events that follow from another event.
///
/// An event that follows has the correlation id of its cause, the id of its cause as causation id, the time of its cause,
/// and its partition key unless the payload has one; an external event that follows from an internal one has a key derived
/// from it, so that the events keep their order and the key stays inside the subsystem. Its id derives from that of its cause: handling an event twice
/// gives the same events, which consumers can recognise as duplicates.
///
/// ```
/// # use event_contract::{Cause, Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(internal, name = "order-placed", version = 1)]
/// # struct OrderPlaced {}
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(internal, name = "parcel-packed", version = 1)]
/// # struct ParcelPacked { parcel: u8 }
/// # const ORDER: SubsystemName = SubsystemName::from_static("order-service");
/// # let placed = Event::new(OrderPlaced {}, ORDER, "2026-11-22T10:43:01Z".parse().unwrap());
/// let mut cause = Cause::from_event(&placed, ORDER, "pack");
/// let first = cause.event(ParcelPacked { parcel: 1 });
/// let second = cause.event(ParcelPacked { parcel: 2 });
///
/// assert_eq!(first.metadata().causation_id.as_ref(), Some(placed.id()));
/// assert_eq!(first.metadata().correlation_id.as_ref(), Some(placed.id()));
/// assert_ne!(first.id(), second.id());
/// assert_eq!(Cause::from_event(&placed, ORDER, "pack").event(ParcelPacked { parcel: 1 }).id(), first.id());
/// assert_ne!(Cause::from_event(&placed, ORDER, "repack").event(ParcelPacked { parcel: 1 }).id(), first.id());
/// ```
#[derive(Debug)]
pub struct Cause {
    id: EventId,
    correlation_id: EventId,
    partition_key: PartitionKey,
    /// The side of the event, and so of its partition key.
    side: SideKind,
    time: DateTime<Utc>,
    source: SubsystemName,
    /// `None` for a gateway. No handler can have the same derived ids.
    handler: Option<String>,
    /// Number of events created so far, by type.
    counts: BTreeMap<&'static str, u64>,
}

impl Cause {
    /// Creates the cause of the events that a handler in the subsystem `source` derives from `event`.
    ///
    /// `handler` is a stable name for the handler. Two handlers with the same name would give their events the same ids, and
    /// renaming a handler changes the ids of its events.
    pub fn from_event<P: Payload>(event: &Event<P>, source: SubsystemName, handler: impl Into<String>) -> Self {
        Self::new(event, source, Some(handler.into()))
    }

    /// Creates the cause of the events that a gateway of the subsystem `source` derives from `event`.
    pub(crate) fn at_boundary<P: Payload>(event: &Event<P>, source: SubsystemName) -> Self {
        Self::new(event, source, None)
    }

    fn new<P: Payload>(event: &Event<P>, source: SubsystemName, handler: Option<String>) -> Self {
        let metadata = event.metadata();
        Self {
            id: metadata.id.clone(),
            correlation_id: metadata.correlation_id.as_ref().unwrap_or(&metadata.id).clone(),
            partition_key: metadata.partition_key.clone(),
            side: P::Side::KIND,
            time: metadata.time,
            source,
            handler,
            counts: BTreeMap::new(),
        }
    }

    /// Sets the time of the events that follow, instead of the time of the cause.
    ///
    /// It is truncated to milliseconds, as all times of events.
    ///
    /// ```
    /// # use event_contract::{Cause, Event, Payload, SubsystemName};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, Payload)]
    /// # #[payload(internal, name = "order-placed", version = 1)]
    /// # struct OrderPlaced {}
    /// # const ORDER: SubsystemName = SubsystemName::from_static("order-service");
    /// # let placed = Event::new(OrderPlaced {}, ORDER, "2026-11-22T10:43:01Z".parse()?);
    /// let packed_at = "2026-11-22T11:00:00Z".parse()?;
    /// let mut cause = Cause::from_event(&placed, ORDER, "pack").with_time(packed_at);
    /// assert_eq!(cause.event(OrderPlaced {}).time(), packed_at);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_time(mut self, time: DateTime<Utc>) -> Self {
        self.time = truncate_to_milliseconds(time);
        self
    }

    /// Returns the partition key of an event on `side` whose payload has none. The key of an internal event does not leave
    /// its subsystem.
    fn inherited_partition_key(&self, side: SideKind) -> PartitionKey {
        match (self.side, side) {
            (SideKind::Internal, SideKind::External) => default_partition_key(&EventId::derived([
                "partition-key",
                self.source.as_str(),
                self.partition_key.as_str(),
            ])),
            (SideKind::Internal, SideKind::Internal) | (SideKind::External, _) => self.partition_key.clone(),
        }
    }

    /// Creates the next event that follows.
    ///
    /// Its id derives from the id of the cause, the subsystem, the handler, the event type, and the number of events of
    /// that type created before.
    #[must_use = "the event is not published anywhere yet"]
    pub fn event<P: Payload>(&mut self, payload: P) -> Event<P> {
        let count = self.counts.entry(P::NAME).or_insert(0);
        let ordinal = count.to_be_bytes();
        *count += 1;
        let (id, source) = (self.id.as_str().as_bytes(), self.source.as_str().as_bytes());
        let parts = [id, source].into_iter().chain(self.handler.as_deref().map(str::as_bytes));
        let parts = parts.chain([P::NAME.as_bytes(), &ordinal]);
        let metadata = Metadata {
            id: EventId::derived(parts),
            event_type: EventType::from_static(P::NAME),
            version: P::VERSION,
            time: self.time,
            partition_key: payload.partition_key().unwrap_or_else(|| self.inherited_partition_key(P::Side::KIND)),
            source: Some(self.source.clone()),
            correlation_id: Some(self.correlation_id.clone()),
            causation_id: Some(self.id.clone()),
            tags: Tags::default(),
        };
        Event::from_new(metadata, payload)
    }
}
