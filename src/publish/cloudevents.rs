//! Conversion of external events to the type of `cloudevents-sdk`.

use cloudevents::{EventBuilder, EventBuilderV10};
use serde_json::Value;

use super::entry::{EntryError, check_time};
use crate::event::encode::EncodedEvent;
use crate::event::metadata::Metadata;
use crate::event::{Event, member};
use crate::payload::ExternalPayload;
use crate::side::External;
use crate::wire::DataSchema;

/// The payload is the data; `dataschema` is the URN of its schema. The version, the partition key, the correlation and the
/// causation are the extension attributes `dataversion`, `partitionkey`, `correlationid` and `causationid`. Tags and unknown
/// fields are omitted.
impl<P: ExternalPayload> TryFrom<&Event<P>> for cloudevents::Event {
    type Error = EntryError;

    fn try_from(event: &Event<P>) -> Result<Self, EntryError> {
        let event = EncodedEvent::new(event).map_err(|error| EntryError::payload(event.id(), error))?;
        Self::try_from(&event)
    }
}

/// Converts an event that a [`Gateway`](crate::gateway::Gateway) emitted, like an [`Event`] of its type.
impl TryFrom<&EncodedEvent<External>> for cloudevents::Event {
    type Error = EntryError;

    fn try_from(event: &EncodedEvent<External>) -> Result<Self, EntryError> {
        let metadata = event.metadata();
        let mut detail: Value =
            serde_json::from_str(event.detail()).map_err(|error| EntryError::payload(&metadata.id, error))?;
        match detail.get_mut(member::DATA).map(Value::take) {
            Some(data @ Value::Object(_)) => convert(metadata, data),
            _ => Err(EntryError::not_an_object(&metadata.id)),
        }
    }
}

fn convert(metadata: &Metadata, data: Value) -> Result<cloudevents::Event, EntryError> {
    let Metadata { id, event_type, version, .. } = metadata;
    let source = metadata.source.as_ref().ok_or_else(|| EntryError::no_source(id))?;
    let schema = DataSchema { event_type: event_type.as_str().to_owned(), version: version.get() };
    let mut builder = EventBuilderV10::new()
        .id(id.as_str())
        .ty(event_type.as_str())
        .source(source.as_str())
        .time(check_time(id, metadata.time)?)
        .data_with_schema("application/json", schema.to_urn(), data)
        .extension("dataversion", i64::from(version.get()))
        .extension("partitionkey", metadata.partition_key.as_str());
    if let Some(id) = &metadata.correlation_id {
        builder = builder.extension("correlationid", id.as_str());
    }
    if let Some(id) = &metadata.causation_id {
        builder = builder.extension("causationid", id.as_str());
    }
    Ok(builder.build().expect("id, type and source are set and not empty"))
}
