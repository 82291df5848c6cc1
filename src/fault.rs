//! Faults: what could not be read or handled, with its bytes.
//!
//! A fault is an event of type `fault`, in the form that event hubs built with aws-lambda-stream have: they log it
//! apart from the others, and their tools resubmit it. It says where and why something failed and holds the bytes that
//! failed.
//!
//! ```
//! use event_contract::contract::order::OrderCreated;
//! use event_contract::fault::{Fault, FaultSite};
//! use event_contract::{Reader, SubsystemName};
//!
//! const SHOP: SubsystemName = SubsystemName::from_static("shop");
//! let site = FaultSite::new("orders", "shop-listener", SHOP)?;
//!
//! let bytes = br#"{"id":"1","type":"Order.Created","version":3,"timestamp":1795344181000,"data":{}}"#;
//! let error = Reader::<OrderCreated>::default().read(bytes).unwrap_err();
//! let fault = Fault::from_read_error(&error, &site, "2026-11-22T10:43:01Z".parse()?);
//!
//! // Put this on the hub …
//! let json = fault.to_json();
//! // … and when the reader has been mended:
//! assert_eq!(Fault::read(json.as_bytes())?.resubmit(), Some(&bytes[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # On the wire
//!
//! ```json
//! {"id": "…", "partitionKey": "…", "type": "fault", "timestamp": 1795344181000,
//!  "tags": {"functionname": "shop-listener", "pipeline": "orders", "source": "shop"},
//!  "err": {"name": "ReadError", "message": "/data/orderId: expected …", "stack": "ReadError: …",
//!          "mismatches": [{"pointer": "/data/orderId", "expected": "…", "found": "…"}]},
//!  "uow": {"pipeline": "orders", "record": {"eventSource": "aws:kinesis", "kinesis": {"data": "<base64>"}},
//!          "event": {"id": "1"}}}
//! ```
//!
//! `uow.record` holds the bytes exactly, whatever they are, as a Kinesis record would: a tool that hands the records of
//! faults to their functions again, as `{"Records": [uow.record]}`, hands over a delivery that a [`Reader`] takes
//! ([`Fault::to_invocation`]). What the message said that carried the bytes, from Kinesis or SQS, stands there too, where
//! it said something: its id as `eventID`, its time, in seconds, as `kinesis.approximateArrivalTimestamp`, and
//! `kinesis.partitionKey` and `kinesis.sequenceNumber`. So an event that takes its id, its time or its partition key from
//! the message gets the same again.
//! The data of a record that was no base64 stands there as it stood in the record.
//! `uow.event` is the same document for people and for rules, where it is JSON. There are also `uow.redacted`, where
//! personal values were replaced, and `uow.dropped`: what is not there, and why.
//!
//! [`Reader`]: crate::Reader

mod censor;
mod document;
mod dropped;
mod failing;
mod parse;
mod partitioned;
mod redaction;
mod site;
mod write;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

pub use dropped::{DropReason, Dropped, FaultPart};
use failing::{FailingDocument, Said, covered, stack};
pub use parse::FaultError;
pub use partitioned::Partitioned;
pub use redaction::Redaction;
pub use site::FaultSite;
pub use write::FaultTooLarge;

use crate::event::to_milliseconds;
use crate::name::{EventId, PartitionKey};
use crate::read::{Mismatch, ReadError};
use crate::tags::Tags;
use crate::wire::{Delivery, Transport};

/// What could not be read or handled: where, why, and the bytes.
///
/// The id derives from the site, the bytes and the error, and, where the bytes say no id, from that of the message which
/// carried them. So a failure that is handled twice is the same fault, and a hub that keeps each id once keeps it once.
///
/// `Display` and `Debug` are for logs: neither shows the bytes, the event, or what is personal.
///
/// ```
/// use event_contract::SubsystemName;
/// use event_contract::fault::{Fault, FaultSite};
///
/// let site = FaultSite::new("orders", "shop-listener", SubsystemName::from_static("shop"))?;
/// let error = std::io::Error::other("no such order");
///
/// let bytes = br#"{"type":"order-placed","partitionKey":"o-1"}"#;
/// let fault = Fault::from_error(&error, bytes, &site, "2026-11-22T10:43:01Z".parse()?);
/// assert_eq!(
///     fault.to_string(),
///     format!("fault {} in orders of shop-listener: HandlingError: no such order", fault.id()),
/// );
/// assert_eq!(fault.partition_key(), "o-1");
/// assert_eq!(fault.resubmit(), Some(&bytes[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Fault {
    id: EventId,
    partition_key: PartitionKey,
    time: DateTime<Utc>,
    tags: Tags,
    pipeline: Option<String>,
    name: String,
    message: String,
    stack: Option<String>,
    mismatches: Vec<Mismatch>,
    failing: Failing,
    /// What the message said that carried the bytes.
    transport: Transport,
    event: Option<Box<RawValue>>,
    redacted: bool,
    dropped: Vec<Dropped>,
}

/// What a fault is made of.
#[derive(Clone, Copy)]
struct Failed<'b> {
    bytes: &'b [u8],
    transport: &'b Transport,
}

/// What failed, as far as it is there.
#[derive(Clone)]
enum Failing {
    /// These bytes.
    Exact(Vec<u8>),
    /// What stands as the readable event, as the hub wrote it.
    Event,
    /// These records, in a delivery made of them.
    Records { records: Vec<Box<RawValue>>, delivery: String },
    /// Dropped, or never there.
    Gone,
}

impl Fault {
    /// The event type of every fault.
    pub const TYPE: &'static str = "fault";

    /// The fault of a delivery that could not be read.
    pub fn from_read_error(error: &ReadError, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let failed = Failed { bytes: error.bytes(), transport: error.transport() };
        Self::new("ReadError", error, error.mismatches(), failed, site, time)
    }

    /// The fault of an event that was read and could not be handled. `bytes` is what the event was read from.
    ///
    /// What the error and its causes say of themselves becomes part of the fault. What a message around the bytes said is
    /// not: where there is one, [`Fault::of_delivery`] has it.
    pub fn from_error(error: &dyn Error, bytes: &[u8], site: &FaultSite, time: DateTime<Utc>) -> Self {
        let failed = Failed { bytes, transport: &Transport::default() };
        Self::new("HandlingError", error, &[], failed, site, time)
    }

    /// The fault of an event that was read from a delivery and could not be handled, with what the message around it
    /// said.
    ///
    /// ```
    /// use event_contract::fault::{Fault, FaultSite};
    /// use event_contract::{SubsystemName, wire};
    ///
    /// let site = FaultSite::new("orders", "shop-listener", SubsystemName::from_static("shop"))?;
    /// let batch = br#"{"Records":[{"messageId":"m-1","body":"{\"type\":\"order-placed\",\"data\":{}}"}]}"#;
    /// for delivery in wire::deliveries(batch)? {
    ///     let error = std::io::Error::other("no such order");
    ///     let fault = Fault::of_delivery(&error, &delivery, &site, "2026-11-22T10:43:01Z".parse()?);
    ///     assert_eq!(fault.resubmit(), Some(&br#"{"type":"order-placed","data":{}}"#[..]));
    ///     assert!(fault.to_invocation().unwrap().contains(r#""eventID":"m-1""#));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The shape is not part of it: what was named with a function of [`wire`](crate::wire), and would be recognised as
    /// another shape, is to be named again.
    pub fn of_delivery(error: &dyn Error, delivery: &Delivery<'_>, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let failed = Failed { bytes: delivery.bytes(), transport: delivery.transport() };
        Self::new("HandlingError", error, &[], failed, site, time)
    }

    /// The same of a delivery that could not be read.
    pub(crate) fn of_unread(error: &dyn Error, delivery: &Delivery<'_>, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let failed = Failed { bytes: delivery.bytes(), transport: delivery.transport() };
        Self::new("ReadError", error, &[], failed, site, time)
    }

    fn new(
        name: &str,
        error: &dyn Error,
        mismatches: &[Mismatch],
        failed: Failed<'_>,
        site: &FaultSite,
        time: DateTime<Utc>,
    ) -> Self {
        let Failed { bytes, transport } = failed;
        let said = Said::by(bytes);
        let message = error.to_string();
        let stack = stack(name, &message, error);
        let parts = [site.subsystem().as_str(), site.function(), site.pipeline(), name, &stack];
        let id = EventId::derived(
            std::iter::once(Self::TYPE.as_bytes())
                .chain(parts.into_iter().map(str::as_bytes))
                .chain([bytes])
                // Two events of the same bytes are told apart by their messages alone.
                .chain(transport.id.as_ref().filter(|_| !said.has_id).map(String::as_bytes)),
        );
        let failing = FailingDocument::of(bytes, site.redaction());
        let censor = failing.censor.as_ref();
        // Where personal values cannot be found, all that may hold one is covered.
        let blind = failing.blind;
        let cover = |text: String| match censor {
            Some(censor) => censor.cover(&text).into_owned(),
            None if blind => "[redacted]".to_owned(),
            None => text,
        };
        let mismatches = if blind { &[] } else { mismatches };
        let key = said
            .partition_key
            .or_else(|| transport.partition_key.clone())
            .filter(|_| failing.searched)
            .filter(|key| censor.is_none_or(|censor| censor.cover(key) == key.as_str()));
        let key = key.and_then(|key| PartitionKey::new(key).ok());
        Self {
            partition_key: key.unwrap_or_else(|| crate::event::key_of(&id)),
            id,
            time: to_milliseconds(time),
            tags: site.tags(),
            pipeline: Some(site.pipeline().to_owned()),
            name: name.to_owned(),
            message: cover(message),
            stack: Some(cover(stack)),
            mismatches: mismatches.iter().map(|mismatch| covered(mismatch, censor)).collect(),
            redacted: censor.is_some() || blind,
            failing: Failing::Exact(bytes.to_vec()),
            transport: transport.clone(),
            event: failing.readable.filter(|_| !transport.is_not_base64),
            dropped: failing.dropped.into_iter().collect(),
        }
    }

    /// The same fault without the bytes that failed: for where it goes further than the subsystem, or lives longer
    /// than what is personal may. It cannot be resubmitted. Their length and a digest stay, as [`Fault::dropped`].
    #[must_use]
    pub fn without_bytes(mut self) -> Self {
        if let Some(bytes) = self.resubmit() {
            let dropped = Dropped::bytes(bytes, DropReason::Asked);
            self.dropped.push(dropped);
            self.failing = Failing::Gone;
            self.transport = Transport::default();
        }
        self
    }

    /// The bytes that failed, to be handed in again where they came in. What a message around them said is not among
    /// them: [`Fault::to_invocation`] has it.
    ///
    /// They are the very bytes where [`Fault::is_exact`] says so. Of a fault of another library they may be what it
    /// holds of the event: the event as the hub wrote it again, or records, as `{"Records": […]}`. They are never a
    /// document in which something was redacted. `None` where they were dropped, which [`Fault::dropped`] says, or
    /// where the fault of another library holds no event.
    pub fn resubmit(&self) -> Option<&[u8]> {
        match &self.failing {
            Failing::Exact(bytes) => Some(bytes),
            Failing::Records { delivery, .. } => Some(delivery.as_bytes()),
            Failing::Event => self.event().map(str::as_bytes),
            Failing::Gone => None,
        }
    }

    /// What failed, as a function of the hub is invoked with it: `{"Records": […]}`, which a [`Reader`](crate::Reader) and
    /// [`wire::deliveries`](crate::wire::deliveries) take.
    ///
    /// An event is read of it as it was of the delivery that failed, with the same id, time and partition key, also where
    /// only the message around the event said them. `None` where [`Fault::resubmit`] is.
    ///
    /// ```
    /// # use event_contract::contract::order::{OrderCreated, OrderUpdated};
    /// # use event_contract::fault::{Fault, FaultSite};
    /// # use event_contract::{Reader, SubsystemName};
    /// # let site = FaultSite::new("orders", "shop-listener", SubsystemName::from_static("shop"))?;
    /// let batch = br#"{"Records":[{"messageId":"m-1","attributes":{"SentTimestamp":"1795344181000"},
    ///     "body":"{\"data\":{\"orderId\":\"7c9e6679-7425-40de-944b-e07fc1f90ae7\",\"createdAt\":1700000000000}}"}]}"#;
    /// let error = Reader::<OrderUpdated>::default().read_all(batch).remove(0).unwrap_err();
    /// let fault = Fault::from_read_error(&error, &site, "2026-11-22T10:43:01Z".parse()?);
    ///
    /// let again = fault.to_invocation().unwrap();
    /// let event = Reader::<OrderCreated>::default().read(again.as_bytes())?.into_event();
    /// assert_eq!(event.id().as_str(), "m-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_invocation(&self) -> Option<String> {
        match &self.failing {
            Failing::Exact(bytes) => Some(write::invocation(bytes, &self.transport)),
            Failing::Event => self.event().map(|event| write::invocation(event.as_bytes(), &self.transport)),
            Failing::Records { delivery, .. } => Some(delivery.clone()),
            Failing::Gone => None,
        }
    }

    /// Whether [`Fault::resubmit`] gives exactly the bytes that failed. So it is with every fault made here, and with
    /// those of others that hold a Kinesis record.
    pub fn is_exact(&self) -> bool {
        matches!(self.failing, Failing::Exact(_))
    }

    /// The identity of the fault.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// The partition key of the event that failed, where it or else the message around it says one and it is not
    /// personal; else the id.
    pub fn partition_key(&self) -> &PartitionKey {
        &self.partition_key
    }

    /// When it failed, to the millisecond.
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// The tags: those of the site, and where it is.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The pipeline in which it failed. Faults made here always say one, as also the function and the subsystem.
    pub fn pipeline(&self) -> Option<Cow<'_, str>> {
        self.pipeline.as_deref().map(Cow::Borrowed).or_else(|| self.tag(site::tag::PIPELINE))
    }

    /// The function in which it failed.
    pub fn function(&self) -> Option<Cow<'_, str>> {
        self.tag(site::tag::FUNCTION)
    }

    /// The subsystem in which it failed.
    pub fn subsystem(&self) -> Option<Cow<'_, str>> {
        self.tag(site::tag::SOURCE)
    }

    fn tag(&self, name: &str) -> Option<Cow<'_, str>> {
        self.tags.text(name)
    }

    /// The name of the error: `ReadError` and `HandlingError` for faults made here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the error says.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The error and its causes, a line each.
    pub fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// What does not fit, each with its place.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }

    /// The document that failed, as JSON that people can read, redacted; where it is JSON.
    ///
    /// Not for resubmitting: white space is gone, integers beyond an `i64` are doubles. Members keep their order.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref().map(RawValue::get)
    }

    /// Whether something personal was found and replaced. Then the exact bytes, if they are there, still hold it.
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }

    /// What the fault does not hold, and why.
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.id)?;
        if let Some(pipeline) = self.pipeline() {
            write!(f, " in {pipeline}")?;
        }
        if let Some(function) = self.function() {
            write!(f, " of {function}")?;
        }
        write!(f, ": {}: {}", self.name, self.message)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("id", &self.id.as_str())
            .field("time", &self.time)
            .field("pipeline", &self.pipeline())
            .field("function", &self.function())
            .field("subsystem", &self.subsystem())
            .field("name", &self.name)
            .field("message", &self.message)
            .field("bytes", &self.resubmit().map(<[u8]>::len))
            .field("redacted", &self.redacted)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}
