//! The canonical detail of an event.

use std::fmt;
use std::marker::PhantomData;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::metadata::Metadata;
use super::{Event, member};
use crate::payload::Payload;
use crate::side::Side;

/// A serialized event of any payload type. `S` is its side.
///
/// Gateways return events in this form, because their transforms produce payloads of several types.
pub struct EncodedEvent<S: Side> {
    metadata: Metadata,
    detail: Box<RawValue>,
    side: PhantomData<fn() -> S>,
}

impl<S: Side> EncodedEvent<S> {
    /// Serializes an event that a gateway has created. Such an event has neither tags nor unknown fields.
    pub(crate) fn new<P: Payload<Side = S>>(event: &Event<P>) -> Result<Self, serde_json::Error> {
        let detail = serde_json::value::to_raw_value(event)?;
        Ok(Self { metadata: event.metadata.clone(), detail, side: PhantomData })
    }

    /// Returns the metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Returns the canonical detail, as JSON.
    pub fn detail(&self) -> &str {
        self.detail.get()
    }
}

impl<S: Side> fmt::Debug for EncodedEvent<S> {
    /// Omits the detail: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = format_args!("<{} bytes>", self.detail.get().len());
        f.debug_struct("EncodedEvent")
            .field("event_type", &self.metadata.event_type)
            .field("version", &self.metadata.version)
            .field("id", &self.metadata.id)
            .field("detail", &detail)
            .finish_non_exhaustive()
    }
}

impl<S: Side> Clone for EncodedEvent<S> {
    fn clone(&self) -> Self {
        Self { metadata: self.metadata.clone(), detail: self.detail.clone(), side: PhantomData }
    }
}

impl<S: Side> PartialEq for EncodedEvent<S> {
    fn eq(&self, other: &Self) -> bool {
        self.detail.get() == other.detail.get()
    }
}

impl<S: Side> Serialize for EncodedEvent<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        self.detail.serialize(serializer)
    }
}

impl<P: Payload> Event<P> {
    /// Returns the canonical detail for other subsystems: without tags, which name accounts and functions, and without
    /// unknown fields, whose content the subsystem cannot check.
    pub(crate) fn shared_detail(&self) -> SharedDetail<'_, P> {
        SharedDetail(self)
    }

    /// Writes the metadata except the tags.
    fn write_metadata<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let metadata = &self.metadata;
        map.serialize_entry(member::ID, &metadata.id)?;
        map.serialize_entry(member::TYPE, P::NAME)?;
        map.serialize_entry(member::VERSION, &P::VERSION)?;
        map.serialize_entry(member::TIMESTAMP, &metadata.time.timestamp_millis())?;
        map.serialize_entry(member::PARTITION_KEY, &metadata.partition_key)?;
        if let Some(source) = &metadata.source {
            map.serialize_entry(member::SOURCE, source)?;
        }
        if let Some(id) = &metadata.correlation_id {
            map.serialize_entry(member::CORRELATION_ID, id)?;
        }
        if let Some(id) = &metadata.causation_id {
            map.serialize_entry(member::CAUSATION_ID, id)?;
        }
        Ok(())
    }
}

impl<P: Payload> Serialize for Event<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write_metadata(&mut map)?;
        if !self.metadata.tags.is_empty() {
            map.serialize_entry(member::TAGS, &self.metadata.tags)?;
        }
        if self.unknown_fields.is_empty() {
            map.serialize_entry(member::DATA, &self.payload)?;
        } else {
            let data = serde_json::to_string(&self.payload).map_err(S::Error::custom)?;
            let placement = self.unknown_fields.place(&data).map_err(S::Error::custom)?;
            map.serialize_entry(member::DATA, &placement.payload)?;
            for (name, value) in &placement.beside_payload {
                map.serialize_entry(name, value)?;
            }
            if !placement.unplaced.is_empty() {
                map.serialize_entry(member::KEPT, &placement.unplaced)?;
            }
        }
        map.end()
    }
}

/// See [`Event::shared_detail`]. The payload is the last member.
pub(crate) struct SharedDetail<'a, P>(&'a Event<P>);

impl<P: Payload> Serialize for SharedDetail<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.write_metadata(&mut map)?;
        map.serialize_entry(member::DATA, &self.0.payload)?;
        map.end()
    }
}
