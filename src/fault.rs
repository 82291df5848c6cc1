//! Faults: events that could not be read or handled, with their bytes.
//!
//! A fault is an event of type `fault` in the form of event hubs that are built with aws-lambda-stream: they log faults
//! separately, and their tools resubmit them. It has the place and the cause of the failure and holds the failed bytes.
//!
//! ```
//! use event_contract::contract::order::OrderCreated;
//! use event_contract::fault::{Fault, FaultSite};
//! use event_contract::{Reader, SubsystemName};
//!
//! const SHOP: SubsystemName = SubsystemName::from_static("shop");
//! let site = FaultSite::new(SHOP, "shop-listener")?.with_pipeline("orders")?;
//!
//! let bytes = br#"{"id":"1","type":"Order.Created","version":3,"timestamp":1795344181000,"data":{}}"#;
//! let error = Reader::<OrderCreated>::default().read(bytes).unwrap_err();
//! let fault = Fault::from_read_error(&error, &site, "2026-11-22T10:43:01Z".parse()?);
//!
//! // Put this on the hub …
//! let json = fault.to_json();
//! // … and resubmit its bytes once the reader has been fixed:
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
//! `uow.record` holds the exact bytes in the form of a Kinesis record: a tool that invokes a function with
//! `{"Records": [uow.record]}` passes a delivery that a [`Reader`] reads ([`Fault::to_invocation`]). It also has the
//! attributes of the message (Kinesis or SQS) that carried the bytes: its id as `eventID`, its time in seconds as
//! `kinesis.approximateArrivalTimestamp`, `kinesis.partitionKey` and `kinesis.sequenceNumber`. So an event that takes its
//! id, time or partition key from the message gets the same ones when it is resubmitted. Data of a record that was not
//! base64 is copied unchanged.
//!
//! Bytes that do not fit a size limit are compressed ([`Fault::to_json_within`]): `kinesis.gzip` instead of `kinesis.data` is
//! base64 of gzip of the bytes. A [`Reader`] reads it like the data, and `{"Records": [uow.record]}` is still a delivery. A
//! tool that does not know the member finds no data, instead of other bytes than those that failed.
//!
//! `uow.event` is the same document for people and rules, if it is JSON. `uow.redacted` is set if personal values were
//! replaced, and `uow.dropped` lists the omitted parts with reasons.
//!
//! [`Reader`]: crate::Reader

mod censor;
mod document;
mod dropped;
mod error;
mod failing;
mod parse;
mod partitioned;
mod redaction;
mod site;
mod view;
mod write;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

pub use dropped::{DropReason, DroppedPart, FaultPart};
pub(crate) use error::FailedBytes;
pub use error::FaultError;
use error::FaultErrorKind;
use failing::{FailingDocument, OwnMetadata, redact_mismatch, stack};
pub use partitioned::Partitioned;
pub use redaction::Redaction;
pub use site::FaultSite;

use crate::event::metadata::truncate_to_milliseconds;
use crate::name::{EventId, PartitionKey};
use crate::read::{Mismatch, ReadError};
use crate::tags::Tags;
use crate::wire::{Delivery, Transport};

/// An event that could not be read or handled: place, cause and bytes.
///
/// The id derives from the site, the bytes and the error, and, if the bytes contain no id, from that of the message which
/// carried them. So a failure that is handled twice gives the same fault, and a hub that deduplicates by id stores it
/// once.
///
/// `Display` and `Debug` are for logs: both omit the bytes, the event and personal values.
///
/// ```
/// use event_contract::SubsystemName;
/// use event_contract::fault::{Fault, FaultSite};
///
/// let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
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
    /// The attributes of the message that carried the bytes.
    transport: Transport,
    event: Option<Box<RawValue>>,
    redacted: bool,
    /// True if the bytes were compressed in the JSON that was read.
    compressed: bool,
    dropped: Vec<DroppedPart>,
}

/// The failed bytes with the attributes of their message.
#[derive(Clone, Copy)]
struct Input<'b> {
    bytes: &'b [u8],
    transport: &'b Transport,
}

/// The failed input, as far as the fault holds it.
#[derive(Clone)]
enum Failing {
    /// The exact bytes.
    Exact(Vec<u8>),
    /// The readable event only, as another hub serialized it, or in place of bytes that did not fit.
    Event,
    /// The records of another hub, and the delivery built from them.
    Records { records: Vec<Box<RawValue>>, delivery: String },
    /// Dropped, stored elsewhere, or never present.
    Missing,
}

impl Fault {
    /// The event type of every fault.
    pub const TYPE: &'static str = "fault";

    /// Creates the fault for a delivery that could not be read.
    pub fn from_read_error(error: &ReadError, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let input = Input { bytes: error.bytes(), transport: error.transport() };
        Self::new("ReadError", error, error.mismatches(), input, site, time)
    }

    /// Creates the fault for an event that was read from `bytes` and could not be handled.
    ///
    /// The messages of the error and its causes become part of the fault. The attributes of a message around the bytes do
    /// not: [`Fault::from_delivery`] includes them.
    pub fn from_error(error: &dyn Error, bytes: &[u8], site: &FaultSite, time: DateTime<Utc>) -> Self {
        let input = Input { bytes, transport: &Transport::default() };
        Self::new("HandlingError", error, &[], input, site, time)
    }

    /// Creates the fault for an event that was read from a delivery and could not be handled, with the attributes of the
    /// message around it.
    ///
    /// ```
    /// use event_contract::fault::{Fault, FaultSite};
    /// use event_contract::{SubsystemName, wire};
    ///
    /// let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
    /// let batch = br#"{"Records":[{"messageId":"m-1","body":"{\"type\":\"order-placed\",\"data\":{}}"}]}"#;
    /// for delivery in wire::deliveries(batch)? {
    ///     let error = std::io::Error::other("no such order");
    ///     let fault = Fault::from_delivery(&error, &delivery, &site, "2026-11-22T10:43:01Z".parse()?);
    ///     assert_eq!(fault.resubmit(), Some(&br#"{"type":"order-placed","data":{}}"#[..]));
    ///     assert!(fault.to_invocation().unwrap().contains(r#""eventID":"m-1""#));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The shape of the delivery is not recorded: a shape that was forced by a function of [`wire`](crate::wire) must be
    /// forced again when the fault is resubmitted.
    pub fn from_delivery(error: &dyn Error, delivery: &Delivery<'_>, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let input = Input { bytes: delivery.bytes(), transport: delivery.transport() };
        Self::new("HandlingError", error, &[], input, site, time)
    }

    /// Creates the fault for a delivery that could not be read by a gateway.
    pub(crate) fn from_unread_delivery(
        error: &dyn Error,
        delivery: &Delivery<'_>,
        site: &FaultSite,
        time: DateTime<Utc>,
    ) -> Self {
        let input = Input { bytes: delivery.bytes(), transport: delivery.transport() };
        Self::new("ReadError", error, &[], input, site, time)
    }

    fn new(
        name: &str,
        error: &dyn Error,
        mismatches: &[Mismatch],
        input: Input<'_>,
        site: &FaultSite,
        time: DateTime<Utc>,
    ) -> Self {
        let Input { bytes, transport } = input;
        let own = OwnMetadata::read(bytes);
        let message = error.to_string();
        let stack = stack(name, &message, error);
        let parts = [site.subsystem().as_str(), site.function(), site.pipeline(), name, &stack];
        let id = EventId::derived(
            std::iter::once(Self::TYPE.as_bytes())
                .chain(parts.into_iter().map(str::as_bytes))
                .chain([bytes])
                // Only the ids of their messages distinguish two events with the same bytes.
                .chain(transport.id.as_ref().filter(|_| !own.has_id).map(String::as_bytes)),
        );
        let failing = FailingDocument::new(bytes, site.redaction());
        let censor = failing.censor.as_ref();
        // If personal values cannot be located, everything that may contain one is redacted.
        let blind = failing.blind;
        let cover = |text: String| match censor {
            Some(censor) => censor.cover(&text).into_owned(),
            None if blind => "[redacted]".to_owned(),
            None => text,
        };
        let mismatches = if blind { &[] } else { mismatches };
        let key = own
            .partition_key
            .or_else(|| transport.partition_key.clone())
            .filter(|_| failing.searched)
            .filter(|key| censor.is_none_or(|censor| censor.cover(key) == key.as_str()));
        let key = key.and_then(|key| PartitionKey::new(key).ok());
        Self {
            partition_key: key.unwrap_or_else(|| crate::event::metadata::default_partition_key(&id)),
            id,
            time: truncate_to_milliseconds(time),
            tags: site.tags(),
            pipeline: Some(site.pipeline().to_owned()),
            name: name.to_owned(),
            message: cover(message),
            stack: Some(cover(stack)),
            mismatches: mismatches.iter().map(|mismatch| redact_mismatch(mismatch, censor)).collect(),
            redacted: censor.is_some() || blind,
            compressed: false,
            failing: Failing::Exact(bytes.to_vec()),
            transport: transport.clone(),
            event: failing.readable.filter(|_| !transport.is_not_base64),
            dropped: failing.dropped.into_iter().collect(),
        }
    }

    /// Drops the failed bytes, for a fault that outlives the retention of personal data.
    ///
    /// It can no longer be resubmitted. The length of the bytes and a digest stay in [`Fault::dropped`]. The fault is still
    /// internal: [`Fault::event`] has all that is not redacted of the event, with its tags.
    #[must_use]
    pub fn without_bytes(mut self) -> Self {
        if let Some(bytes) = self.resubmit() {
            let dropped = DroppedPart::bytes(bytes, DropReason::Requested);
            // The document of bytes that did not fit: the length and the digest stay those of the bytes.
            let dropped = self.take_dropped_bytes().map_or(dropped, |before| before.with_reason(DropReason::Requested));
            self.dropped.push(dropped);
            self.failing = Failing::Missing;
            self.transport = Transport::default();
        }
        self
    }

    /// Replaces the failed bytes by a reference to a place where the caller has stored them, such as a URL.
    ///
    /// For a fault that exceeds a size limit: [`FaultError::bytes`] and [`EntryError::bytes`] are the bytes to store.
    /// [`Fault::dropped`] has the reference, their length and a digest. Before the fault is resubmitted,
    /// [`Fault::restore_bytes`] takes what was fetched from there.
    ///
    /// The attributes of the message stay in the fault; its partition key only if it has no personal value.
    ///
    /// ```
    /// use event_contract::fault::{DropReason, Fault, FaultSite};
    /// # use event_contract::SubsystemName;
    /// # let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?;
    /// # let error = std::io::Error::other("no such order");
    /// # let now = "2026-11-22T10:43:01Z".parse()?;
    /// # let mut bucket = Vec::new();
    /// let bytes: Vec<u8> = (0..4_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    /// let fault = Fault::from_error(&error, &bytes, &site, now);
    ///
    /// let error = fault.to_json_within(8 * 1024).unwrap_err();
    /// bucket.extend_from_slice(error.bytes().unwrap()); // in a service: `s3.put_object().…send().await?`
    /// let json = fault.with_bytes_at("s3://faults/1").to_json_within(8 * 1024)?;
    ///
    /// let fault = Fault::read(json.as_bytes())?;
    /// let stored = &fault.dropped()[0];
    /// assert_eq!((stored.reason(), stored.reference()), (DropReason::Stored, Some("s3://faults/1")));
    /// let fault = fault.restore_bytes(bucket)?;
    /// assert_eq!(fault.resubmit(), Some(&bytes[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [`EntryError::bytes`]: crate::publish::EntryError::bytes
    #[must_use]
    pub fn with_bytes_at(mut self, reference: impl Into<String>) -> Self {
        if let Some(bytes) = self.resubmit() {
            let stored = DroppedPart::stored(bytes, reference.into());
            self.take_dropped_bytes();
            self.dropped.push(stored);
            self.failing = Failing::Missing;
            if self.redacted {
                let own = self.partition_key.as_str();
                self.transport.partition_key = self.transport.partition_key.take().filter(|key| key == own);
            }
        }
        self
    }

    /// Restores bytes that were stored, dropped, or replaced by the document: the fault can be resubmitted again.
    ///
    /// # Errors
    ///
    /// The bytes have another digest than [`Fault::dropped`] names, or it names none.
    pub fn restore_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Result<Self, FaultError> {
        let bytes = bytes.into();
        let dropped = self.dropped.iter().find(|dropped| dropped.part() == FaultPart::Bytes);
        let expected = dropped.and_then(DroppedPart::digest).ok_or(FaultErrorKind::NoDigest)?;
        let found = DroppedPart::digest_of(&bytes);
        if *expected != found {
            return Err(FaultErrorKind::OtherBytes { expected: expected.clone(), found }.into());
        }
        self.take_dropped_bytes();
        self.failing = Failing::Exact(bytes);
        Ok(self)
    }

    /// Removes the entry of the bytes from the dropped parts.
    fn take_dropped_bytes(&mut self) -> Option<DroppedPart> {
        let index = self.dropped.iter().position(|dropped| dropped.part() == FaultPart::Bytes)?;
        Some(self.dropped.remove(index))
    }

    /// Returns the failed bytes for another attempt, without the attributes of the message around them, which
    /// [`Fault::to_invocation`] includes.
    ///
    /// The bytes are the original ones if [`Fault::is_exact`]. If they did not fit, even compressed, they are the document
    /// [`Fault::event`]. The fault of another library may hold the event as its hub serialized it, or records, returned as
    /// `{"Records": […]}`. A redacted document is never returned. `None` if the bytes were dropped or stored elsewhere (see
    /// [`Fault::dropped`]) or the fault of another library holds no event.
    pub fn resubmit(&self) -> Option<&[u8]> {
        match &self.failing {
            Failing::Exact(bytes) => Some(bytes),
            Failing::Records { delivery, .. } => Some(delivery.as_bytes()),
            Failing::Event => self.event().map(str::as_bytes),
            Failing::Missing => None,
        }
    }

    /// Returns true if [`Fault::resubmit`] returns exactly the failed bytes: true for every fault of this library that
    /// holds them, compressed or not, and for faults of others with a Kinesis record.
    pub fn is_exact(&self) -> bool {
        matches!(self.failing, Failing::Exact(_))
    }

    /// Returns the id of the fault.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// Returns the partition key of the failed event or of its message, unless it is personal; otherwise the id.
    pub fn partition_key(&self) -> &PartitionKey {
        &self.partition_key
    }

    /// Returns the time of the failure, in milliseconds.
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// Returns the tags: those of the site, with its function, pipeline and subsystem.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Returns the pipeline in which it failed. Faults of this library always have a pipeline, function and subsystem.
    pub fn pipeline(&self) -> Option<Cow<'_, str>> {
        self.pipeline.as_deref().map(Cow::Borrowed).or_else(|| self.tag(site::tag::PIPELINE))
    }

    /// Returns the function in which it failed.
    pub fn function(&self) -> Option<Cow<'_, str>> {
        self.tag(site::tag::FUNCTION)
    }

    /// Returns the subsystem in which it failed.
    pub fn subsystem(&self) -> Option<Cow<'_, str>> {
        self.tag(site::tag::SOURCE)
    }

    fn tag(&self, name: &str) -> Option<Cow<'_, str>> {
        self.tags.get_str(name)
    }

    /// Returns the name of the error: `ReadError` or `HandlingError` for faults of this library.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the message of the error, redacted.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the error and its causes, one line each, redacted.
    pub fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// Returns the mismatches of a read error, redacted.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }

    /// Returns the failed document as redacted JSON for people, if it is JSON.
    ///
    /// Not for resubmitting: white space is removed and integers beyond an `i64` are doubles. Members keep their order.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref().map(RawValue::get)
    }

    /// Returns true if personal values were found and replaced. The exact bytes, if present, still contain them.
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }

    /// Returns true if the bytes were compressed in the JSON that was read.
    #[cfg(feature = "cli")]
    pub(crate) fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// Returns the omitted parts with the reasons.
    pub fn dropped(&self) -> &[DroppedPart] {
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
