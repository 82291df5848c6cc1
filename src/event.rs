//! An event: its metadata, its payload, and what a reader kept for the next in line.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::name::{EventId, EventType, PartitionKey, SubsystemName, Version};
use crate::payload::Payload;
use crate::side::Side;
use crate::tags::Tags;
use crate::unknown_field::UnknownFields;
use json_document::Pointer;

/// The members of the canonical detail. Metadata stands flat at its root, so that routing rules reach it.
pub(crate) mod member {
    pub(crate) const ID: &str = "id";
    pub(crate) const TYPE: &str = "type";
    pub(crate) const VERSION: &str = "version";
    pub(crate) const TIMESTAMP: &str = "timestamp";
    pub(crate) const PARTITION_KEY: &str = "partitionKey";
    pub(crate) const SOURCE: &str = "source";
    pub(crate) const CORRELATION_ID: &str = "correlationId";
    pub(crate) const CAUSATION_ID: &str = "causationId";
    pub(crate) const TAGS: &str = "tags";
    pub(crate) const DATA: &str = "data";
    pub(crate) const KEPT: &str = "kept";
}

/// One thing that happened: who says so, when, about what, and the [payload](Payload) that says what.
///
/// Serialized, it is the canonical detail: metadata flat at the root, the payload under `data`, the time as epoch
/// milliseconds, the version as an integer.
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
/// assert!(detail.ends_with(r#""tags":{"stage":"prd"},"data":{"orderId":"o-1"}}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// There is no `Default` and no way to leave the id, the time or the key empty. An event that follows from another is
/// made by its [`Cause`].
#[derive(Debug, Clone, PartialEq)]
pub struct Event<P> {
    metadata: Metadata,
    payload: P,
    kept: UnknownFields,
}

/// What an event says of itself, whatever its payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metadata {
    pub(crate) id: EventId,
    pub(crate) time: DateTime<Utc>,
    pub(crate) partition_key: PartitionKey,
    pub(crate) source: Option<SubsystemName>,
    pub(crate) correlation_id: Option<EventId>,
    pub(crate) causation_id: Option<EventId>,
    pub(crate) tags: Tags,
}

impl<P: Payload> Event<P> {
    /// A new event that no other caused. Its id is new and unique; its partition key is the payload's, or the id where
    /// the payload names none. `time` is kept to the millisecond, as the wire has it.
    pub fn new(payload: P, source: SubsystemName, time: DateTime<Utc>) -> Self {
        let id = EventId::unique(time);
        let partition_key = payload.partition_key().unwrap_or_else(|| key_of(&id));
        let metadata = Metadata {
            id,
            time: to_milliseconds(time),
            partition_key,
            source: Some(source),
            correlation_id: None,
            causation_id: None,
            tags: Tags::default(),
        };
        Self::from_parts(metadata, payload, UnknownFields::default())
    }

    pub(crate) fn from_parts(metadata: Metadata, payload: P, kept: UnknownFields) -> Self {
        Self { metadata, payload, kept }
    }

    /// The same event under another id: for an outbox that has handed one out already.
    #[must_use]
    pub fn with_id(mut self, id: EventId) -> Self {
        self.metadata.id = id;
        self
    }

    /// The same event under another partition key.
    #[must_use]
    pub fn with_partition_key(mut self, key: PartitionKey) -> Self {
        self.metadata.partition_key = key;
        self
    }

    /// The same event as part of a wider story, such as the request that began it.
    #[must_use]
    pub fn with_correlation_id(mut self, id: EventId) -> Self {
        self.metadata.correlation_id = Some(id);
        self
    }

    /// The same event with one tag more.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.tags.insert(name.into(), &value.into());
        self
    }

    /// The identity of the event: the same in every delivery of it.
    pub fn id(&self) -> &EventId {
        &self.metadata.id
    }

    /// The event type; always that of `P`.
    pub fn event_type(&self) -> EventType {
        EventType::from_static(P::NAME)
    }

    /// The version of the payload; always that of `P`.
    pub fn version(&self) -> Version {
        P::VERSION
    }

    /// When it happened, to the millisecond.
    pub fn time(&self) -> DateTime<Utc> {
        self.metadata.time
    }

    /// Events of one key keep their order among themselves.
    pub fn partition_key(&self) -> &PartitionKey {
        &self.metadata.partition_key
    }

    /// The subsystem that says so. `None` only where an event was read that names none.
    pub fn source(&self) -> Option<&SubsystemName> {
        self.metadata.source.as_ref()
    }

    /// What all events of one story share: the id of the first, unless it was given another.
    pub fn correlation_id(&self) -> Option<&EventId> {
        self.metadata.correlation_id.as_ref()
    }

    /// The event that caused this one.
    pub fn causation_id(&self) -> Option<&EventId> {
        self.metadata.causation_id.as_ref()
    }

    /// The tags.
    pub fn tags(&self) -> &Tags {
        &self.metadata.tags
    }

    /// What happened.
    pub fn payload(&self) -> &P {
        &self.payload
    }

    /// What happened, without the metadata and without what was kept.
    pub fn into_payload(self) -> P {
        self.payload
    }

    /// The fields that a reader did not know and kept. They come out again where the event is serialized.
    pub fn unknown_fields(&self) -> impl Iterator<Item = (&Pointer, &RawValue)> {
        self.kept.iter()
    }

    /// The same event without what a reader kept.
    #[must_use]
    pub fn without_unknown_fields(mut self) -> Self {
        self.kept = UnknownFields::default();
        self
    }

    /// This event as the version before would have said it, with a list of what that loses.
    ///
    /// The losses are found, not promised: the older payload is upcast again, and what does not come back as it was is
    /// lost.
    ///
    /// ```
    /// use event_contract::{Event, Payload, SubsystemName};
    /// use event_contract::contract::order::{OrderCreated, v2};
    /// # fn show(event: Event<OrderCreated>) -> Result<(), event_contract::DowncastError> {
    /// let downcast = event.downcast()?;
    /// for loss in &downcast.lost {
    ///     eprintln!("version 2 cannot say {loss}");
    /// }
    /// let older: Event<v2::OrderCreated> = downcast.event;
    /// # Ok(())
    /// # }
    /// ```
    pub fn downcast(&self) -> Result<Downcast<P::Previous>, DowncastError>
    where
        P::Previous: Payload + for<'a> TryFrom<&'a P, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let fail = |cause| DowncastError { name: P::NAME, from: P::VERSION, cause };
        let older = P::Previous::try_from(&self.payload).map_err(|cause| fail(cause.into()))?;
        let again = P::Previous::try_from(&self.payload).map_err(|cause| fail(cause.into()))?;
        let again = P::upcast(again).map_err(|cause| fail(Box::new(cause)))?;
        let sent = serde_json::to_value(&self.payload).map_err(|cause| fail(Box::new(cause)))?;
        let back = serde_json::to_value(&again).map_err(|cause| fail(Box::new(cause)))?;
        let mut lost = Vec::new();
        differences(&sent, &back, &Pointer::ROOT.join(member::DATA), &mut lost);
        let mut kept = self.kept.clone();
        kept.mark_unplaced();
        let event = Event { metadata: self.metadata.clone(), payload: older, kept };
        Ok(Downcast { event, lost })
    }
}

/// An event as the version before would have said it.
#[derive(Debug, Clone, PartialEq)]
pub struct Downcast<P> {
    /// The event.
    pub event: Event<P>,
    /// The fields of the newer version, as pointers into the canonical detail, that the older one cannot say, or says
    /// otherwise.
    pub lost: Vec<Pointer>,
}

/// Why a payload could not be said in the version before.
#[derive(Debug, thiserror::Error)]
#[error("{name} {from} cannot be said in the version before: {cause}")]
pub struct DowncastError {
    name: &'static str,
    from: Version,
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

fn differences(sent: &Value, back: &Value, at: &Pointer, lost: &mut Vec<Pointer>) {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            for (name, value) in sent {
                match back.get(name) {
                    Some(other) => differences(value, other, &at.join(name), lost),
                    None => lost.push(at.join(name)),
                }
            }
        }
        (Value::Array(sent), Value::Array(back)) => {
            for (index, value) in sent.iter().enumerate() {
                match back.get(index) {
                    Some(other) => differences(value, other, &at.join(index), lost),
                    None => lost.push(at.join(index)),
                }
            }
        }
        (sent, back) if sent == back => {}
        _ => lost.push(at.clone()),
    }
}

/// The event that others follow from. What it makes carries its correlation and its id as the cause, in its partition
/// unless the payload has one of its own, at its time, under an id derived from it: the same event handled twice gives
/// the same events.
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
/// assert_eq!(first.causation_id(), Some(placed.id()));
/// assert_eq!(first.correlation_id(), Some(placed.id()));
/// assert_ne!(first.id(), second.id());
/// assert_eq!(Cause::from_event(&placed, ORDER, "pack").event(ParcelPacked { parcel: 1 }).id(), first.id());
/// assert_ne!(Cause::from_event(&placed, ORDER, "repack").event(ParcelPacked { parcel: 1 }).id(), first.id());
/// ```
#[derive(Debug)]
pub struct Cause {
    id: EventId,
    correlation_id: EventId,
    partition_key: PartitionKey,
    time: DateTime<Utc>,
    source: SubsystemName,
    /// `None` at the boundary of a subsystem, which no handler can be called like.
    handler: Option<String>,
    made: BTreeMap<&'static str, u64>,
}

impl Cause {
    /// `event` as the cause of what a handler in the subsystem `source` makes of it.
    ///
    /// `handler` names the code that does so, once for all: two handlers of one event may make events of one type, and
    /// would give them the same ids if they had one name. Renaming a handler gives what it makes other ids.
    pub fn from_event<P: Payload>(event: &Event<P>, source: SubsystemName, handler: impl Into<String>) -> Self {
        Self::by(event, source, Some(handler.into()))
    }

    /// `event` as the cause of what a gateway of the subsystem `source` makes of it.
    pub(crate) fn at_boundary<P: Payload>(event: &Event<P>, source: SubsystemName) -> Self {
        Self::by(event, source, None)
    }

    fn by<P: Payload>(event: &Event<P>, source: SubsystemName, handler: Option<String>) -> Self {
        let metadata = &event.metadata;
        Self {
            id: metadata.id.clone(),
            correlation_id: metadata.correlation_id.as_ref().unwrap_or(&metadata.id).clone(),
            partition_key: metadata.partition_key.clone(),
            time: metadata.time,
            source,
            handler,
            made: BTreeMap::new(),
        }
    }

    /// The time of what follows, where it is not that of the cause.
    #[must_use]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.time = to_milliseconds(time);
        self
    }

    /// The same cause for events that leave the subsystem: those whose payload names no partition key get one that
    /// derives from that of the cause, which so keeps their order and stays inside.
    pub(crate) fn hiding_its_key(mut self) -> Self {
        let parts = ["partition-key", self.source.as_str(), self.partition_key.as_str()];
        self.partition_key = key_of(&EventId::derived(parts));
        self
    }

    /// The next event that follows. Its id derives from the id of the cause, the subsystem, the handler, the type, and how
    /// many events of this type this cause has made before.
    #[must_use = "the event is made, and not put anywhere"]
    pub fn event<P: Payload>(&mut self, payload: P) -> Event<P> {
        let made = self.made.entry(P::NAME).or_insert(0);
        let ordinal = made.to_be_bytes();
        *made += 1;
        let (id, source) = (self.id.as_str().as_bytes(), self.source.as_str().as_bytes());
        let parts = [id, source].into_iter().chain(self.handler.as_deref().map(str::as_bytes));
        let parts = parts.chain([P::NAME.as_bytes(), &ordinal]);
        let metadata = Metadata {
            id: EventId::derived(parts),
            time: self.time,
            partition_key: payload.partition_key().unwrap_or_else(|| self.partition_key.clone()),
            source: Some(self.source.clone()),
            correlation_id: Some(self.correlation_id.clone()),
            causation_id: Some(self.id.clone()),
            tags: Tags::default(),
        };
        Event::from_parts(metadata, payload, UnknownFields::default())
    }
}

/// An event as it is written, whatever its payload; `S` is its side.
pub struct EncodedEvent<S: Side> {
    event_type: &'static str,
    version: Version,
    metadata: Metadata,
    detail: Box<RawValue>,
    side: PhantomData<fn() -> S>,
}

impl<S: Side> EncodedEvent<S> {
    /// Writes down an event that a gateway has made: it has neither tags nor kept fields.
    pub(crate) fn new<P: Payload<Side = S>>(event: &Event<P>) -> Result<Self, serde_json::Error> {
        let detail = serde_json::value::to_raw_value(event)?;
        let metadata = event.metadata.clone();
        Ok(Self { event_type: P::NAME, version: P::VERSION, metadata, detail, side: PhantomData })
    }

    /// The id of the event.
    pub fn id(&self) -> &EventId {
        &self.metadata.id
    }

    /// The type of the event.
    pub fn event_type(&self) -> EventType {
        EventType::from_static(self.event_type)
    }

    /// The version of its payload.
    pub fn version(&self) -> Version {
        self.version
    }

    /// When it happened.
    pub fn time(&self) -> DateTime<Utc> {
        self.metadata.time
    }

    /// Its partition key.
    pub fn partition_key(&self) -> &PartitionKey {
        &self.metadata.partition_key
    }

    /// The subsystem that says so.
    pub fn source(&self) -> Option<&SubsystemName> {
        self.metadata.source.as_ref()
    }

    /// What all events of one story share.
    pub fn correlation_id(&self) -> Option<&EventId> {
        self.metadata.correlation_id.as_ref()
    }

    /// The event that caused it.
    pub fn causation_id(&self) -> Option<&EventId> {
        self.metadata.causation_id.as_ref()
    }

    /// The canonical detail, as JSON.
    pub fn detail(&self) -> &str {
        self.detail.get()
    }
}

impl<S: Side> fmt::Debug for EncodedEvent<S> {
    /// Without what it says: that is nobody's business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = format_args!("<{} bytes>", self.detail.get().len());
        f.debug_struct("EncodedEvent")
            .field("event_type", &self.event_type)
            .field("version", &self.version)
            .field("id", &self.metadata.id)
            .field("detail", &detail)
            .finish_non_exhaustive()
    }
}

impl<S: Side> Clone for EncodedEvent<S> {
    fn clone(&self) -> Self {
        Self { metadata: self.metadata.clone(), detail: self.detail.clone(), ..*self }
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

/// The time as the wire has it.
pub(crate) fn to_milliseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}

/// A partition of its own for an event whose payload names none, so that such events spread over the shards.
pub(crate) fn key_of(id: &EventId) -> PartitionKey {
    let text: String = id.as_str().chars().take(PartitionKey::MAX_CHARACTERS).collect();
    PartitionKey::new(text).expect("an id is not empty")
}

impl<P: Payload> Event<P> {
    /// The canonical detail as it crosses the boundary of a subsystem: without tags, which speak of accounts and
    /// functions, and without what a reader kept, which nobody on this side has understood.
    pub(crate) fn shared(&self) -> Shared<'_, P> {
        Shared(self)
    }

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
        if self.kept.is_empty() {
            map.serialize_entry(member::DATA, &self.payload)?;
        } else {
            let data = serde_json::to_string(&self.payload).map_err(S::Error::custom)?;
            let placement = self.kept.place(&data).map_err(S::Error::custom)?;
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

/// See [`Event::shared`]. The payload is its last member.
pub(crate) struct Shared<'a, P>(&'a Event<P>);

impl<P: Payload> Serialize for Shared<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.write_metadata(&mut map)?;
        map.serialize_entry(member::DATA, &self.0.payload)?;
        map.end()
    }
}
