//! Metadata of an event.

use chrono::{DateTime, Utc};

use crate::name::{EventId, EventType, PartitionKey, SubsystemName, Version};
use crate::payload::Payload;
use crate::tags::Tags;

/// Metadata of an event. [`Event`](crate::Event) and [`EncodedEvent`](crate::EncodedEvent) share it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Metadata {
    /// Unique id of the event, the same in every delivery.
    pub id: EventId,
    /// Type of the event, from its payload.
    pub event_type: EventType,
    /// Version of the payload.
    pub version: Version,
    /// Time at which the event happened, with millisecond precision.
    pub time: DateTime<Utc>,
    /// Ordering key: events with the same key keep their order.
    pub partition_key: PartitionKey,
    /// The subsystem that published the event. `None` only for an event that was read without one.
    pub source: Option<SubsystemName>,
    /// Id that all events of one process share: by default the id of the first of them.
    pub correlation_id: Option<EventId>,
    /// Id of the event that caused this one.
    pub causation_id: Option<EventId>,
    /// Annotations that do not affect the meaning of the event.
    pub tags: Tags,
}

impl Metadata {
    /// Creates the metadata of an event that no other event caused.
    pub(super) fn new<P: Payload>(payload: &P, source: SubsystemName, time: DateTime<Utc>) -> Self {
        let id = EventId::unique(time);
        let partition_key = payload.partition_key().unwrap_or_else(|| default_partition_key(&id));
        Self {
            id,
            event_type: EventType::from_static(P::NAME),
            version: P::VERSION,
            time: truncate_to_milliseconds(time),
            partition_key,
            source: Some(source),
            correlation_id: None,
            causation_id: None,
            tags: Tags::default(),
        }
    }
}

/// Truncates a time to milliseconds, the precision of the canonical detail.
pub(crate) fn truncate_to_milliseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}

/// Returns the partition key of an event whose payload has none: its id, so that such events spread over all shards.
pub(crate) fn default_partition_key(id: &EventId) -> PartitionKey {
    let text: String = id.as_str().chars().take(PartitionKey::MAX_CHARACTERS).collect();
    PartitionKey::new(text).expect("an id is not empty")
}
