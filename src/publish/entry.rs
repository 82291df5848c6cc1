//! One entry of a request to `PutEvents`.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::size_limit::SizeLimit;
use crate::event::Event;
use crate::event::encode::{EMPTY_KEY, EncodedEvent};
use crate::event::metadata::Metadata;
use crate::fault::{FailedBytes, Fault};
use crate::name::{EventId, EventType};
use crate::payload::Payload;
use crate::side::Side;
use crate::wire::EpochSeconds;
use json_document::{Pointer, find_integer_beyond_i64};

/// Size of the time of an entry as EventBridge counts it, in bytes: a constant.
const TIME_SIZE: usize = 14;

/// An entry of a `PutEvents` request. A [`Bus`](super::Bus) creates it.
///
/// Serializes as the API has it in a request: the time is a number of seconds since 1970 with up to three decimals. The
/// AWS command line (`put-events --cli-input-json`) takes the same form. The SDKs have types of their own (Rust: the
/// feature `aws-sdk`).
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
// A size and a pointer: planning moves entries and compares sizes without touching the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    size: usize,
    parts: Box<Parts>,
}

/// The fields of an entry.
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
    /// Omits the detail: payload data must not reach logs.
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
        TIME_SIZE + self.source.len() + self.detail_type.as_str().len() + self.detail.len() + resources
    }
}

impl Entry {
    /// Creates an entry with a detail whose last member is the payload.
    pub(super) fn new<P: Payload>(event: &Event<P>, source: String, detail: String) -> Result<Self, EntryError> {
        if event.has_empty_key() {
            return Err(EntryError { event_id: event.id().clone(), kind: EntryErrorKind::EmptyKey });
        }
        if let Some(pointer) = event.find_non_finite(&detail) {
            return Err(EntryError { event_id: event.id().clone(), kind: EntryErrorKind::NonFinite { pointer } });
        }
        Self::from_detail(event.metadata(), source, detail)
    }

    /// Creates the entry for an event that a gateway has encoded: the payload is the last member of its detail.
    pub(super) fn from_encoded<S: Side>(event: &EncodedEvent<S>, source: String) -> Result<Self, EntryError> {
        Self::from_detail(event.metadata(), source, event.detail().to_owned())
    }

    fn from_detail(metadata: &Metadata, source: String, detail: String) -> Result<Self, EntryError> {
        Self::checked(&metadata.id, metadata.event_type.clone(), metadata.time, source, detail)
    }

    /// Creates the entry for a fault: its detail ends with a unit of work, which is an object.
    pub(super) fn from_fault(fault: &Fault, source: String, detail: String) -> Result<Self, EntryError> {
        Self::checked(fault.id(), EventType::from_static(Fault::TYPE), fault.time(), source, detail)
    }

    fn checked(
        event_id: &EventId,
        detail_type: EventType,
        time: DateTime<Utc>,
        source: String,
        detail: String,
    ) -> Result<Self, EntryError> {
        let time = check_time(event_id, time)?;
        // The encoder writes no white space between the end of the payload and the end of the detail.
        if !detail.ends_with("}}") {
            return Err(EntryError::not_an_object(event_id));
        }
        check_integers(event_id, &detail)?;
        Ok(Self::from_parts(Parts {
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

    fn from_parts(parts: Parts) -> Self {
        Self { size: parts.size(), parts: Box::new(parts) }
    }

    pub(super) fn addressed_to(
        self,
        bus: Option<String>,
        trace_header: Option<String>,
        resources: Vec<String>,
    ) -> Self {
        Self::from_parts(Parts { event_bus_name: bus, trace_header, resources, ..*self.parts })
    }

    /// Replaces the detail; the payload may be any of its members.
    pub(super) fn with_detail(self, detail: String) -> Result<Self, EntryError> {
        check_integers(&self.parts.event_id, &detail)?;
        Ok(Self::from_parts(Parts { detail, ..*self.parts }))
    }

    /// Adds a resource that the event concerns, as an ARN.
    #[must_use]
    pub fn with_resource(mut self, arn: impl Into<String>) -> Self {
        let arn = arn.into();
        self.size += arn.len();
        self.parts.resources.push(arn);
        self
    }

    /// Sets the X-Ray trace header.
    #[must_use]
    pub fn with_trace_header(mut self, header: impl Into<String>) -> Self {
        self.parts.trace_header = Some(header.into());
        self
    }

    /// Returns the id of the event. EventBridge gives the envelope an id of its own with every put.
    pub fn event_id(&self) -> &EventId {
        &self.parts.event_id
    }

    /// Returns the `Source`, which rules match as `source`.
    pub fn source(&self) -> &str {
        &self.parts.source
    }

    /// Returns the `DetailType`, which rules match as `detail-type`.
    pub fn detail_type(&self) -> &str {
        self.parts.detail_type.as_str()
    }

    /// Returns the event as the text of a JSON object.
    pub fn detail(&self) -> &str {
        &self.parts.detail
    }

    /// Returns the time of the event.
    pub fn time(&self) -> DateTime<Utc> {
        self.parts.time
    }

    /// Returns the resources that the event concerns, as ARNs.
    pub fn resources(&self) -> &[String] {
        &self.parts.resources
    }

    /// Returns the name or ARN of the bus; `None` is the default bus of the account.
    pub fn event_bus_name(&self) -> Option<&str> {
        self.parts.event_bus_name.as_deref()
    }

    /// Returns the X-Ray trace header.
    pub fn trace_header(&self) -> Option<&str> {
        self.parts.trace_header.as_deref()
    }

    /// Returns the size in bytes as EventBridge counts it: 14 for the time, plus the UTF-8 lengths of the source, the
    /// type, the detail and each resource. The name of the bus and the trace header are not counted.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns the JSON of the entry in a request.
    ///
    /// # Panics
    /// Never: an entry can always be serialized.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("the keys of an entry are strings")
    }

    #[cfg(feature = "aws-sdk")]
    pub(super) fn into_parts(self) -> Parts {
        *self.parts
    }
}

/// Checks that RFC 3339 can represent the time: it has the years 0 to 9999.
pub(super) fn check_time(event_id: &EventId, time: DateTime<Utc>) -> Result<DateTime<Utc>, EntryError> {
    if (0..=9999).contains(&time.year()) {
        Ok(time)
    } else {
        Err(EntryError { event_id: event_id.clone(), kind: EntryErrorKind::Time(time) })
    }
}

/// Rejects integers beyond the range of an i64, as EventBridge does.
fn check_integers(event_id: &EventId, detail: &str) -> Result<(), EntryError> {
    find_integer_beyond_i64(detail).map_or(Ok(()), |(pointer, _)| Err(EntryError::integer(event_id, pointer)))
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = &self.parts;
        let optional = [!parts.resources.is_empty(), parts.event_bus_name.is_some(), parts.trace_header.is_some()];
        let mut entry = serializer.serialize_struct("Entry", 4 + optional.iter().filter(|some| **some).count())?;
        entry.serialize_field("Source", &parts.source)?;
        entry.serialize_field("DetailType", &parts.detail_type)?;
        entry.serialize_field("Detail", &parts.detail)?;
        entry.serialize_field("Time", &EpochSeconds(parts.time))?;
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

/// An event that cannot be converted to an entry.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// use event_contract::publish::{Bus, EntryError};
///
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Counted", version = 1)]
/// struct OrderCounted(u32); // as JSON a number
///
/// const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// let event = Event::new(OrderCounted(3), SHOP, "2026-11-22T10:43:01Z".parse()?).with_id("e-1".parse()?);
/// let error: EntryError = Bus::external().entry(&event).unwrap_err();
/// assert_eq!(error.to_string(), "cannot publish event e-1: expected a payload that is a JSON object");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("cannot publish event {event_id}: {kind}")]
pub struct EntryError {
    event_id: EventId,
    kind: EntryErrorKind,
}

#[derive(Debug, thiserror::Error)]
enum EntryErrorKind {
    #[error("missing source: set it on the event, or with `Bus::source`")]
    NoSource,
    #[error("cannot serialize its payload: {0}")]
    Payload(serde_json::Error),
    #[error("expected a payload that is a JSON object")]
    NotAnObject,
    #[error("{EMPTY_KEY}")]
    EmptyKey,
    #[error("expected a time in the years 0 to 9999 (RFC 3339), found {0}")]
    Time(DateTime<Utc>),
    #[error("{pointer} is an integer beyond 64 bits, which EventBridge rejects: use a string")]
    Integer { pointer: Pointer },
    #[error("{pointer} is NaN or infinite, which JSON cannot represent: omit it, or use a string")]
    NonFinite { pointer: Pointer },
    #[error("its smallest entry has {size} bytes, expected at most {}", .limit.get())]
    FaultTooLarge { size: usize, limit: SizeLimit, bytes: Option<FailedBytes> },
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

    /// Names the place of the number, not the number: payload data must not reach logs.
    fn integer(event_id: &EventId, pointer: Pointer) -> Self {
        Self { event_id: event_id.clone(), kind: EntryErrorKind::Integer { pointer } }
    }

    pub(super) fn fault_too_large(fault: &Fault, size: usize, limit: SizeLimit) -> Self {
        let bytes = fault.resubmit().map(FailedBytes::new);
        Self { event_id: fault.id().clone(), kind: EntryErrorKind::FaultTooLarge { size, limit, bytes } }
    }

    /// Returns the failed bytes of a fault that exceeds the size limit, to store them: see [`Fault::with_bytes_at`]. `None`
    /// for any other error, and for a fault without bytes.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.kind {
            EntryErrorKind::FaultTooLarge { bytes, .. } => bytes.as_ref().map(FailedBytes::as_bytes),
            EntryErrorKind::NoSource
            | EntryErrorKind::Payload(_)
            | EntryErrorKind::NotAnObject
            | EntryErrorKind::EmptyKey
            | EntryErrorKind::Time(_)
            | EntryErrorKind::Integer { .. }
            | EntryErrorKind::NonFinite { .. } => None,
        }
    }

    /// Returns the id of the event.
    pub fn event_id(&self) -> &EventId {
        &self.event_id
    }

    /// Returns the place in the detail of a number that EventBridge or JSON does not have; `None` for any other error.
    ///
    /// ```
    /// # use event_contract::publish::Bus;
    /// # use event_contract::{Event, Payload, SubsystemName};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, Payload)]
    /// # #[payload(external, name = "Order.Weighed", version = 1)]
    /// # struct OrderWeighed { kilograms: f64 }
    /// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
    /// let event = Event::new(OrderWeighed { kilograms: f64::NAN }, SHOP, "2026-11-22T10:43:01Z".parse()?);
    /// let error = Bus::external().entry(&event).unwrap_err();
    /// assert_eq!(error.pointer().unwrap().as_str(), "/data/kilograms");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pointer(&self) -> Option<&Pointer> {
        match &self.kind {
            EntryErrorKind::Integer { pointer } | EntryErrorKind::NonFinite { pointer } => Some(pointer),
            EntryErrorKind::NoSource
            | EntryErrorKind::Payload(_)
            | EntryErrorKind::NotAnObject
            | EntryErrorKind::EmptyKey
            | EntryErrorKind::Time(_)
            | EntryErrorKind::FaultTooLarge { .. } => None,
        }
    }
}
