//! Events: a payload with its metadata.

pub(crate) mod cause;
pub(crate) mod downcast;
pub(crate) mod encode;
pub(crate) mod member;
pub(crate) mod metadata;
pub(crate) mod walk;

use std::fmt;

use chrono::{DateTime, Utc};
use json_document::Pointer;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::name::{EventId, PartitionKey, SubsystemName};
use crate::payload::Payload;
use crate::unknown_field::UnknownFields;
use metadata::Metadata;

/// A fact about the past: a [payload](Payload) with its [metadata](Metadata).
///
/// An event is serialized as the canonical detail: metadata at the root, the payload under `data`, the time as epoch
/// milliseconds, the version as an integer. Of an external event that is what may leave the subsystem: tags, which name
/// accounts and functions, and unknown fields, which the subsystem did not understand, are left out.
/// [`internal_detail`](Event::internal_detail) has them.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1, key = order_id)]
/// #[serde(rename_all = "camelCase")]
/// struct OrderCreated { order_id: String }
///
/// const ORDER: SubsystemName = SubsystemName::from_static("order-service");
///
/// let now = "2026-11-22T10:43:01Z".parse()?;
/// let event = Event::new(OrderCreated { order_id: "o-1".into() }, ORDER, now).with_tag("stage", "prd");
/// assert_eq!(event.partition_key(), "o-1");
///
/// let detail = serde_json::to_string(&event)?;
/// assert!(detail.contains(r#""type":"Order.Created","version":1,"timestamp":1795344181000,"partitionKey":"o-1""#));
/// assert!(detail.ends_with(r#""source":"order-service","data":{"orderId":"o-1"}}"#));
/// let detail = serde_json::to_string(&event.internal_detail())?;
/// assert!(detail.ends_with(r#""tags":{"stage":"prd"},"data":{"orderId":"o-1"}}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An event always has an id, a time and a partition key. [`Cause`](crate::Cause) creates events that follow from another.
/// An event is read by a [`Reader`](crate::Reader), and has no `Deserialize`: tolerance without observations would hide
/// errors.
#[derive(Clone)]
pub struct Event<P> {
    metadata: Metadata,
    payload: P,
    unknown_fields: UnknownFields,
    /// Set for a new event whose payload has an empty partition key, until the caller sets one.
    has_empty_key: bool,
}

/// Compares metadata, payload and unknown fields.
impl<P: PartialEq> PartialEq for Event<P> {
    fn eq(&self, other: &Self) -> bool {
        let Self { metadata, payload, unknown_fields, has_empty_key: _ } = self;
        *metadata == other.metadata && *payload == other.payload && *unknown_fields == other.unknown_fields
    }
}

impl<P: Payload> Event<P> {
    /// Creates an event that no other event caused, with a new unique id.
    ///
    /// The partition key is that of the payload, or else the id. The time is truncated to milliseconds. An event whose
    /// payload has an empty partition key cannot be published before [`with_partition_key`](Self::with_partition_key).
    pub fn new(payload: P, source: SubsystemName, time: DateTime<Utc>) -> Self {
        let metadata = Metadata::new(&payload, source, time);
        Self::from_new(metadata, payload)
    }

    /// Creates an event that was not read. `metadata` must have the type and the version of `P`.
    fn from_new(metadata: Metadata, payload: P) -> Self {
        let has_empty_key = P::HAS_KEY && payload.partition_key().is_none();
        Self { has_empty_key, ..Self::from_parts(metadata, payload, UnknownFields::default()) }
    }

    /// `metadata` must have the type and the version of `P`.
    pub(crate) fn from_parts(metadata: Metadata, payload: P, unknown_fields: UnknownFields) -> Self {
        Self { metadata, payload, unknown_fields, has_empty_key: false }
    }

    /// Replaces the id, for example by one that an outbox has assigned.
    #[must_use]
    pub fn with_id(mut self, id: EventId) -> Self {
        self.metadata.id = id;
        self
    }

    /// Replaces the partition key.
    #[must_use]
    pub fn with_partition_key(mut self, key: PartitionKey) -> Self {
        self.metadata.partition_key = key;
        self.has_empty_key = false;
        self
    }

    /// Sets the id that all events of one process share, such as the id of the request that started it.
    #[must_use]
    pub fn with_correlation_id(mut self, id: EventId) -> Self {
        self.metadata.correlation_id = Some(id);
        self
    }

    /// Adds or replaces a tag: metadata for operations, such as stage or function. Tags never leave the subsystem.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.tags.insert(name.into(), &value.into());
        self
    }

    /// Returns all fields of the event except the payload and the unknown fields.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Returns the id, which is the same in every delivery of the event.
    pub fn id(&self) -> &EventId {
        &self.metadata.id
    }

    /// Returns the time at which the event happened, with millisecond precision.
    pub fn time(&self) -> DateTime<Utc> {
        self.metadata.time
    }

    /// Returns the ordering key: events with the same key keep their order.
    pub fn partition_key(&self) -> &PartitionKey {
        &self.metadata.partition_key
    }

    /// Returns the payload.
    pub fn payload(&self) -> &P {
        &self.payload
    }

    /// Returns the payload, and drops the metadata and the unknown fields.
    pub fn into_payload(self) -> P {
        self.payload
    }

    /// Iterates over the unknown fields that the reader kept, with their pointers into the canonical detail.
    ///
    /// They are written again with the [internal detail](Event::internal_detail), so that a relay inside the subsystem
    /// does not lose them. They do not leave it.
    pub fn unknown_fields(&self) -> impl Iterator<Item = (&Pointer, &RawValue)> {
        self.unknown_fields.iter()
    }

    /// Drops the unknown fields.
    #[must_use]
    pub fn without_unknown_fields(mut self) -> Self {
        self.unknown_fields = UnknownFields::default();
        self
    }
}

impl<P> fmt::Debug for Event<P> {
    /// Omits the payload, the unknown fields and the tags: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.metadata.event_type)
            .field("version", &self.metadata.version)
            .field("id", &self.metadata.id)
            .finish_non_exhaustive()
    }
}
