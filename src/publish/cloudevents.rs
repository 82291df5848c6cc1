//! Conversion of external events to the type of `cloudevents-sdk`.

use cloudevents::{EventBuilder, EventBuilderV10};
use serde_json::Value;

use super::entry::{EntryError, check_time};
use crate::event::Event;
use crate::payload::ExternalPayload;

/// The payload is the data; the version, the partition key, the correlation and the causation are the extension
/// attributes `dataversion`, `partitionkey`, `correlationid` and `causationid`. Tags and unknown fields are omitted.
impl<P: ExternalPayload> TryFrom<&Event<P>> for cloudevents::Event {
    type Error = EntryError;

    fn try_from(event: &Event<P>) -> Result<Self, EntryError> {
        let source = event.metadata().source.as_ref().ok_or_else(|| EntryError::no_source(event.id()))?;
        let data = serde_json::to_value(event.payload()).map_err(|error| EntryError::payload(event.id(), error))?;
        if !matches!(data, Value::Object(_)) {
            return Err(EntryError::not_an_object(event.id()));
        }
        let mut builder = EventBuilderV10::new()
            .id(event.id().as_str())
            .ty(P::NAME)
            .source(source.as_str())
            .time(check_time(event.id(), event.time())?)
            .data("application/json", data)
            .extension("dataversion", i64::from(P::VERSION.get()))
            .extension("partitionkey", event.partition_key().as_str());
        if let Some(id) = &event.metadata().correlation_id {
            builder = builder.extension("correlationid", id.as_str());
        }
        if let Some(id) = &event.metadata().causation_id {
            builder = builder.extension("causationid", id.as_str());
        }
        Ok(builder.build().expect("id, type and source are set and not empty"))
    }
}
