//! Conversions to and from the types of `aws-sdk-eventbridge`.

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};

use super::entry::{Entry, Parts};
use super::response::PutResult;

/// ```
/// # use event_contract::contract::{ORDER_SERVICE, order::OrderCreated};
/// use aws_sdk_eventbridge::types::PutEventsRequestEntry;
/// use event_contract::publish::Batch;
///
/// fn request(batch: &Batch) -> Vec<PutEventsRequestEntry> {
///     batch.entries().iter().map(PutEventsRequestEntry::from).collect()
/// }
/// ```
impl From<&Entry> for PutEventsRequestEntry {
    fn from(entry: &Entry) -> Self {
        entry.clone().into()
    }
}

impl From<Entry> for PutEventsRequestEntry {
    fn from(entry: Entry) -> Self {
        let Parts { source, detail_type, detail, time, resources, event_bus_name, trace_header, .. } =
            entry.into_parts();
        Self::builder()
            .source(source)
            .detail_type(detail_type.as_str())
            .detail(detail)
            .time(DateTime::from_millis(time.timestamp_millis()))
            .set_resources((!resources.is_empty()).then_some(resources))
            .set_event_bus_name(event_bus_name)
            .set_trace_header(trace_header)
            .build()
    }
}

impl From<PutEventsResultEntry> for PutResult {
    fn from(result: PutEventsResultEntry) -> Self {
        let PutEventsResultEntry { event_id, error_code, error_message, .. } = result;
        Self { event_id, error_code, error_message }
    }
}
