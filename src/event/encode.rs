//! The canonical detail of an event.

use std::fmt;
use std::marker::PhantomData;

use json_document::Pointer;
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::metadata::Metadata;
use super::walk::find_non_finite;
use super::{Event, member};
use crate::payload::Payload;
use crate::side::{Side, SideKind};

/// The error of an event whose payload has an empty partition key.
pub(crate) const EMPTY_KEY: &str =
    "the field of its partition key is empty: fill it, or use `Event::with_partition_key`";

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
        if event.has_empty_key() {
            return Err(serde_json::Error::custom(EMPTY_KEY));
        }
        let detail = serde_json::value::to_raw_value(event)?;
        if let Some(pointer) = event.find_non_finite(detail.get()) {
            return Err(serde_json::Error::custom(format_args!(
                "{pointer} is NaN or infinite, which JSON cannot represent: omit it, or use a string"
            )));
        }
        Ok(Self { metadata: event.metadata.clone(), detail, side: PhantomData })
    }

    /// Returns the metadata of the event, equal to that in the canonical detail.
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
    /// Returns the canonical detail with everything that the event holds, for use inside a subsystem.
    ///
    /// An internal event is serialized so anyway. For an external event, it adds what must not leave the subsystem: the
    /// tags, and the fields that the reader did not know. A relay, an outbox or an archive inside the subsystem loses
    /// nothing by it:
    ///
    /// ```
    /// use event_contract::Reader;
    /// use event_contract::contract::order::OrderCreated;
    ///
    /// let delivered = br#"{"id":"e-1","type":"Order.Created","version":1,"timestamp":1700000000000,
    ///     "tags":{"account":"123456789012"},"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ///     "createdAt":1700000000000,"gift":true}}"#;
    /// let event = Reader::<OrderCreated>::default().read(delivered)?.into_event();
    ///
    /// let shared = serde_json::to_string(&event)?;
    /// assert!(!shared.contains("123456789012") && !shared.contains("gift"));
    /// let internal = serde_json::to_string(&event.internal_detail())?;
    /// assert!(internal.contains("123456789012") && internal.contains("gift"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A golden event of an external type is not written in this form: it is published, too.
    pub fn internal_detail(&self) -> impl Serialize {
        InternalDetail(self)
    }

    /// Returns the canonical detail for other subsystems: without tags, which name accounts and functions, and without
    /// unknown fields, whose content the subsystem cannot check.
    pub(crate) fn shared_detail(&self) -> SharedDetail<'_, P> {
        SharedDetail(self)
    }

    /// Returns true for a new event whose payload has an empty partition key.
    pub(crate) fn has_empty_key(&self) -> bool {
        self.has_empty_key
    }

    /// Returns the place in the detail of a number of the payload that JSON has no text for, and that is `null` there.
    pub(crate) fn find_non_finite(&self, detail: &str) -> Option<Pointer> {
        // The cheap test spares nearly every event the walk.
        let pointer = if detail.contains("null") { find_non_finite(&self.payload)? } else { return None };
        Some(Pointer::ROOT.join(member::DATA).concat(&pointer))
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

/// Gives what may go where the event goes: of an external event the shared detail, of an internal one everything.
impl<P: Payload> Serialize for Event<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match <P::Side as Side>::KIND {
            SideKind::External => self.shared_detail().serialize(serializer),
            SideKind::Internal => InternalDetail(self).serialize(serializer),
        }
    }
}

/// See [`Event::internal_detail`].
struct InternalDetail<'a, P>(&'a Event<P>);

impl<P: Payload> Serialize for InternalDetail<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event { metadata, payload, unknown_fields, has_empty_key: _ } = self.0;
        let mut map = serializer.serialize_map(None)?;
        self.0.write_metadata(&mut map)?;
        if !metadata.tags.is_empty() {
            map.serialize_entry(member::TAGS, &metadata.tags)?;
        }
        if unknown_fields.is_empty() {
            map.serialize_entry(member::DATA, payload)?;
        } else {
            let data = serde_json::to_string(payload).map_err(S::Error::custom)?;
            let placement = unknown_fields.place(&data).map_err(S::Error::custom)?;
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
