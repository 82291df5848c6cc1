//! One entry of a request to `PutEvents`.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::batch_plan::SizeLimit;
use crate::event::{EncodedEvent, Event};
use crate::fault::Fault;
use crate::name::{EventId, EventType};
use crate::payload::Payload;
use crate::side::Side;
use crate::wire::kinesis::Seconds;
use json_document::{Pointer, find_integer_beyond_i64};

/// What the time of an entry counts, whatever it is.
const BYTES_OF_TIME: usize = 14;

/// An event as `PutEvents` takes it. A [`Bus`](super::Bus) makes it.
///
/// Serialized, it is an entry as the API has it in a request: the time is a number of seconds since 1970, with as many as
/// three decimals. The command line of AWS (`put-events --cli-input-json`) takes that too. An SDK has types of its own
/// (for that of Rust: the feature `aws-sdk`).
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Created", version = 1, key = order)]
/// # struct OrderCreated { order: String }
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// use event_contract::publish::Bus;
///
/// # let order = OrderCreated { order: "o-1".into() };
/// let event = Event::new(order, SHOP, "2026-11-22T10:43:01Z".parse()?).with_id("e-1".parse()?);
/// let entry = Bus::external().entry(&event)?;
/// assert_eq!(entry.to_json(), concat!(
///     r#"{"Source":"shop","DetailType":"Order.Created","#,
///     r#""Detail":"{\"id\":\"e-1\",\"type\":\"Order.Created\",\"version\":1,\"timestamp\":1795344181000,"#,
///     r#"\"partitionKey\":\"o-1\",\"source\":\"shop\",\"data\":{\"order\":\"o-1\"}}","#,
///     r#""Time":1795344181}"#,
/// ));
/// assert_eq!(entry.size(), 14 + "shop".len() + "Order.Created".len() + entry.detail().len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// Small, so that a plan of many moves little and need not look into each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    size: usize,
    parts: Box<Parts>,
}

/// What an entry says.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Parts {
    event_id: EventId,
    pub(super) source: String,
    pub(super) detail_type: EventType,
    pub(super) detail: String,
    pub(super) time: DateTime<Utc>,
    pub(super) resources: Vec<String>,
    pub(super) event_bus_name: Option<String>,
    pub(super) trace_header: Option<String>,
}

impl fmt::Debug for Parts {
    /// Without the detail: it is an event, and nobody's business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event_id, source, detail_type, detail, time, resources, event_bus_name, trace_header } = self;
        f.debug_struct("Parts")
            .field("event_id", event_id)
            .field("source", source)
            .field("detail_type", detail_type)
            .field("detail", &format_args!("<{} bytes>", detail.len()))
            .field("time", time)
            .field("resources", resources)
            .field("event_bus_name", event_bus_name)
            .field("trace_header", trace_header)
            .finish()
    }
}

impl Parts {
    fn size(&self) -> usize {
        let resources: usize = self.resources.iter().map(String::len).sum();
        BYTES_OF_TIME + self.source.len() + self.detail_type.as_str().len() + self.detail.len() + resources
    }
}

impl Entry {
    /// An entry with a detail whose last member is the payload.
    pub(super) fn new<P: Payload>(event: &Event<P>, source: String, detail: String) -> Result<Self, EntryError> {
        Self::checked(event.id(), event.event_type(), event.time(), source, detail)
    }

    /// The entry for an event that is written down already; nothing of what a gateway writes stands behind the payload.
    pub(super) fn from_encoded<S: Side>(written: &EncodedEvent<S>, source: String) -> Result<Self, EntryError> {
        let detail = written.detail().to_owned();
        Self::checked(written.id(), written.event_type(), written.time(), source, detail)
    }

    /// The entry for a fault: its detail ends with a unit of work, which is an object.
    pub(super) fn of_fault(fault: &Fault, source: String, detail: String) -> Result<Self, EntryError> {
        Self::checked(fault.id(), EventType::from_static(Fault::TYPE), fault.time(), source, detail)
    }

    fn checked(
        event_id: &EventId,
        detail_type: EventType,
        time: DateTime<Utc>,
        source: String,
        detail: String,
    ) -> Result<Self, EntryError> {
        let time = in_rfc3339(event_id, time)?;
        // The writer puts no white space between the end of the payload and the end of the detail.
        if !detail.ends_with("}}") {
            return Err(EntryError::not_an_object(event_id));
        }
        check_integers(event_id, &detail)?;
        Ok(Self::of(Parts {
            event_id: event_id.clone(),
            source,
            detail_type,
            detail,
            time,
            resources: Vec::new(),
            event_bus_name: None,
            trace_header: None,
        }))
    }

    fn of(parts: Parts) -> Self {
        Self { size: parts.size(), parts: Box::new(parts) }
    }

    pub(super) fn on(self, bus: Option<String>, trace_header: Option<String>, resources: Vec<String>) -> Self {
        Self::of(Parts { event_bus_name: bus, trace_header, resources, ..*self.parts })
    }

    /// The same entry with another detail, in which the payload may stand anywhere.
    pub(super) fn with_detail(self, detail: String) -> Result<Self, EntryError> {
        check_integers(&self.parts.event_id, &detail)?;
        Ok(Self::of(Parts { detail, ..*self.parts }))
    }

    /// The same entry with one resource more that the event concerns, as an ARN.
    #[must_use]
    pub fn with_resource(mut self, arn: impl Into<String>) -> Self {
        let arn = arn.into();
        self.size += arn.len();
        self.parts.resources.push(arn);
        self
    }

    /// The same entry under another X-Ray trace header.
    #[must_use]
    pub fn with_trace_header(mut self, header: impl Into<String>) -> Self {
        self.parts.trace_header = Some(header.into());
        self
    }

    /// The id of the event; EventBridge gives its envelope another with every put.
    pub fn event_id(&self) -> &EventId {
        &self.parts.event_id
    }

    /// What rules match as the source.
    pub fn source(&self) -> &str {
        &self.parts.source
    }

    /// What rules match as the type.
    pub fn detail_type(&self) -> &str {
        self.parts.detail_type.as_str()
    }

    /// The event, as the text of a JSON object.
    pub fn detail(&self) -> &str {
        &self.parts.detail
    }

    /// When the event happened. It is always said.
    pub fn time(&self) -> DateTime<Utc> {
        self.parts.time
    }

    /// What the event concerns, as ARNs.
    pub fn resources(&self) -> &[String] {
        &self.parts.resources
    }

    /// The bus, by name or ARN; without one it is the default bus of the account.
    pub fn event_bus_name(&self) -> Option<&str> {
        self.parts.event_bus_name.as_deref()
    }

    /// The X-Ray trace header.
    pub fn trace_header(&self) -> Option<&str> {
        self.parts.trace_header.as_deref()
    }

    /// The size as EventBridge counts it, in bytes: 14 for the time, and the UTF-8 of the source, the type, the detail
    /// and each resource. The name of the bus and the trace header count nothing.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The entry as a request has it.
    ///
    /// # Panics
    /// Never: an entry holds only what can be written.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an entry is made of texts")
    }

    #[cfg(feature = "aws-sdk")]
    pub(super) fn into_parts(self) -> Parts {
        *self.parts
    }
}

/// The time of an event, if RFC 3339 can write it.
pub(super) fn in_rfc3339(event_id: &EventId, time: DateTime<Utc>) -> Result<DateTime<Utc>, EntryError> {
    if (0..=9999).contains(&time.year()) {
        Ok(time)
    } else {
        Err(EntryError { event_id: event_id.clone(), kind: EntryErrorKind::Time(time) })
    }
}

/// EventBridge refuses an entry with an integer beyond the range of an i64.
fn check_integers(event_id: &EventId, detail: &str) -> Result<(), EntryError> {
    find_integer_beyond_i64(detail)
        .map_or(Ok(()), |(pointer, number)| Err(EntryError::integer(event_id, pointer, number)))
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = &self.parts;
        let optional = [!parts.resources.is_empty(), parts.event_bus_name.is_some(), parts.trace_header.is_some()];
        let mut entry = serializer.serialize_struct("Entry", 4 + optional.iter().filter(|some| **some).count())?;
        entry.serialize_field("Source", &parts.source)?;
        entry.serialize_field("DetailType", &parts.detail_type)?;
        entry.serialize_field("Detail", &parts.detail)?;
        entry.serialize_field("Time", &Seconds(parts.time))?;
        if !parts.resources.is_empty() {
            entry.serialize_field("Resources", &parts.resources)?;
        }
        if let Some(name) = &parts.event_bus_name {
            entry.serialize_field("EventBusName", name)?;
        }
        if let Some(header) = &parts.trace_header {
            entry.serialize_field("TraceHeader", header)?;
        }
        entry.end()
    }
}

/// Why an event cannot be put on a bus.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// use event_contract::publish::Bus;
///
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Counted", version = 1)]
/// struct OrderCounted(u32); // as JSON a number
///
/// const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// let event = Event::new(OrderCounted(3), SHOP, "2026-11-22T10:43:01Z".parse()?).with_id("e-1".parse()?);
/// assert_eq!(
///     Bus::external().entry(&event).unwrap_err().to_string(),
///     "the event e-1 cannot be put on a bus: its payload is not a JSON object, and no reader would take it",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the event {event_id} cannot be put on a bus: {kind}")]
pub struct EntryError {
    event_id: EventId,
    #[source]
    kind: EntryErrorKind,
}

#[derive(Debug, thiserror::Error)]
enum EntryErrorKind {
    #[error("it names no subsystem as its source: `Bus::source` gives it one")]
    NoSource,
    #[error("its payload cannot be written as JSON: {0}")]
    Payload(#[source] serde_json::Error),
    #[error("its payload is not a JSON object, and no reader would take it")]
    NotAnObject,
    #[error("its time, {0}, is not in the years 0 to 9999 that RFC 3339 can write")]
    Time(DateTime<Utc>),
    #[error("{pointer} is {number}, and EventBridge takes no integer that an i64 cannot hold: say it as a string")]
    Integer { pointer: Pointer, number: String },
    #[error("as an entry it has {size} bytes when all is dropped that can be, more than the {} that a request may have", .limit.get())]
    FaultTooLarge { size: usize, limit: SizeLimit },
}

impl EntryError {
    pub(super) fn no_source(event_id: &EventId) -> Self {
        Self { event_id: event_id.clone(), kind: EntryErrorKind::NoSource }
    }

    pub(super) fn payload(event_id: &EventId, error: serde_json::Error) -> Self {
        Self { event_id: event_id.clone(), kind: EntryErrorKind::Payload(error) }
    }

    pub(super) fn not_an_object(event_id: &EventId) -> Self {
        Self { event_id: event_id.clone(), kind: EntryErrorKind::NotAnObject }
    }

    /// `number` is made of digits; a long one is cut.
    fn integer(event_id: &EventId, pointer: Pointer, number: &str) -> Self {
        const MOST: usize = 40;
        let number = if number.len() > MOST { format!("{}…", &number[..MOST]) } else { number.to_owned() };
        Self { event_id: event_id.clone(), kind: EntryErrorKind::Integer { pointer, number } }
    }

    pub(super) fn fault_too_large(event_id: &EventId, size: usize, limit: SizeLimit) -> Self {
        Self { event_id: event_id.clone(), kind: EntryErrorKind::FaultTooLarge { size, limit } }
    }

    /// The event that it is about.
    pub fn event_id(&self) -> &EventId {
        &self.event_id
    }
}
