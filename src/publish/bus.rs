//! A bus, and which events go out on it.

use std::fmt;
use std::marker::PhantomData;

use super::batch_plan::SizeLimit;
use super::entry::{Entry, EntryError};
use crate::event::{EncodedEvent, Event};
use crate::fault::Fault;
use crate::name::{EventId, SubsystemName};
use crate::payload::{ExternalPayload, InternalPayload, Payload};
use crate::side::{External, Internal, Side};

/// The `Source` by which routing rules know external events on a hub that carries both sides.
const MARK: &str = "external";

/// A bus on EventBridge for events of one [`Side`]: a bus of external events takes no internal one, and the other way
/// round.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// use event_contract::publish::Bus;
///
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1, key = order)]
/// struct OrderCreated { order: String }
///
/// const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// let event = Event::new(OrderCreated { order: "o-1".into() }, SHOP, "2026-11-22T10:43:01Z".parse()?);
///
/// let entry = Bus::external().named("backbone").entry(&event)?;
/// assert_eq!((entry.source(), entry.detail_type()), ("shop", "Order.Created"));
/// assert_eq!(entry.event_bus_name(), Some("backbone"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An internal event does not get out:
///
/// ```compile_fail,E0277
/// use event_contract::Event;
/// use event_contract::contract::order::OrderPlaced;
/// use event_contract::publish::Bus;
///
/// fn leak(event: &Event<OrderPlaced>) {
///     let _ = Bus::external().entry(event); // error: `OrderPlaced` is not external: it cannot leave its subsystem
/// }
/// ```
///
/// What goes out on a bus of external events has neither tags, which speak of accounts and functions, nor fields that a
/// reader did not know and kept. On a bus of internal ones both go on.
pub struct Bus<S: Side> {
    name: Option<String>,
    source: Sender,
    trace_header: Option<String>,
    resources: Vec<String>,
    side: PhantomData<fn() -> S>,
}

/// What an entry says as its `Source`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sender {
    Event,
    Subsystem(SubsystemName),
    Mark,
}

impl Bus<External> {
    /// A bus of external events: the default bus of the account, unless it is [named](Bus::named).
    #[must_use]
    pub fn external() -> Self {
        Self::new()
    }

    /// Entries have `external` as their `Source`, the mark by which the rules of an event hub that carries both sides
    /// know what may leave. The event itself goes on saying from whom it is.
    #[must_use]
    pub fn marked_external(self) -> Self {
        Self { source: Sender::Mark, ..self }
    }

    /// The entry for an external event.
    pub fn entry<P: ExternalPayload>(&self, event: &Event<P>) -> Result<Entry, EntryError> {
        let detail = serde_json::to_string(&event.shared()).map_err(|error| EntryError::payload(event.id(), error))?;
        self.put(event, detail)
    }
}

impl Bus<Internal> {
    /// A bus of internal events, such as the event hub of a subsystem: the default bus of the account, unless it is
    /// [named](Bus::named).
    #[must_use]
    pub fn internal() -> Self {
        Self::new()
    }

    /// The entry for an internal event.
    pub fn entry<P: InternalPayload>(&self, event: &Event<P>) -> Result<Entry, EntryError> {
        let write = |error| EntryError::payload(event.id(), error);
        let detail = serde_json::to_string(event).map_err(write)?;
        if event.unknown_fields().next().is_some() {
            // What was kept stands behind the payload: see whether that is an object where it stands last.
            let shared = serde_json::to_string(&event.shared()).map_err(write)?;
            self.put(event, shared)?.with_detail(detail)
        } else {
            self.put(event, detail)
        }
    }

    /// The entry for a fault, for the hub to log. A fault stays inside: on a bus of external events there is no such
    /// method.
    ///
    /// Its `DetailType` is `fault`, its `Source` the subsystem in which it happened, unless the bus has another. Within
    /// `limit`, the entry is as large as it may be: what does not fit is dropped as [`Fault::to_json_within`] says, with
    /// what the entry counts beside the detail taken off. So a [`BatchPlan`](super::BatchPlan) of that limit takes it, along with
    /// other entries. A resource that is added later is not counted.
    ///
    /// ```
    /// use event_contract::SubsystemName;
    /// use event_contract::fault::{Fault, FaultSite};
    /// use event_contract::publish::{BatchPlan, Bus, SizeLimit};
    ///
    /// let site = FaultSite::new("orders", "shop-listener", SubsystemName::from_static("shop"))?;
    /// let error = std::io::Error::other("no such order");
    /// let bytes = vec![b'x'; 300_000]; // more, in base64, than a request of 256 KiB may have
    /// let fault = Fault::from_error(&error, &bytes, &site, "2026-11-22T10:43:01Z".parse()?);
    ///
    /// let entry = Bus::internal().named("hub").fault(&fault, SizeLimit::KIB_256)?;
    /// assert_eq!((entry.source(), entry.detail_type()), ("shop", "fault"));
    /// assert!(entry.size() <= SizeLimit::KIB_256.get());
    /// let whole = Bus::internal().named("hub").fault(&fault, SizeLimit::MIB_1)?;
    /// assert_eq!(Fault::read(whole.detail().as_bytes())?.resubmit(), Some(&bytes[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// ```compile_fail,E0599
    /// use event_contract::fault::Fault;
    /// use event_contract::publish::{Bus, SizeLimit};
    ///
    /// fn leak(fault: &Fault) {
    ///     let _ = Bus::external().fault(fault, SizeLimit::MIB_1); // error: a bus of external events has no `fault`
    /// }
    /// ```
    pub fn fault(&self, fault: &Fault, limit: SizeLimit) -> Result<Entry, EntryError> {
        let subsystem = fault.subsystem().and_then(|name| SubsystemName::new(name).ok());
        let source = self.source_of(fault.id(), subsystem.as_ref())?;
        // All that the entry counts beside the detail.
        let around = Entry::of_fault(fault, source.clone(), "{}}".to_owned()).map(|entry| self.sent(entry))?;
        let around = around.size() - "{}}".len();
        let room = limit.get().saturating_sub(around);
        let detail = fault
            .to_json_within(room)
            .map_err(|error| EntryError::fault_too_large(fault.id(), around + error.least(), limit))?;
        Entry::of_fault(fault, source, detail).map(|entry| self.sent(entry))
    }
}

impl<S: Side> Bus<S> {
    fn new() -> Self {
        Self { name: None, source: Sender::Event, trace_header: None, resources: Vec::new(), side: PhantomData }
    }

    /// The name of the bus or its ARN, as EventBridge knows it.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The `Source` of entries, in place of the subsystem that each event names. The event itself goes on saying from
    /// whom it is.
    #[must_use]
    pub fn source(self, source: SubsystemName) -> Self {
        Self { source: Sender::Subsystem(source), ..self }
    }

    /// The X-Ray trace header of entries.
    #[must_use]
    pub fn trace_header(self, header: impl Into<String>) -> Self {
        Self { trace_header: Some(header.into()), ..self }
    }

    /// One resource more, as an ARN, that all entries concern. For those of one entry there is
    /// [`Entry::with_resource`].
    #[must_use]
    pub fn resource(mut self, arn: impl Into<String>) -> Self {
        self.resources.push(arn.into());
        self
    }

    /// The entry for what has crossed a [`Gateway`](crate::gateway::Gateway).
    pub fn encoded_entry(&self, event: &EncodedEvent<S>) -> Result<Entry, EntryError> {
        let source = self.source_of(event.id(), event.source())?;
        Entry::from_encoded(event, source).map(|entry| self.sent(entry))
    }

    /// The entry with a detail whose last member is the payload.
    fn put<P: Payload>(&self, event: &Event<P>, detail: String) -> Result<Entry, EntryError> {
        let source = self.source_of(event.id(), event.source())?;
        Entry::new(event, source, detail).map(|entry| self.sent(entry))
    }

    fn source_of(&self, id: &EventId, of_event: Option<&SubsystemName>) -> Result<String, EntryError> {
        Ok(match &self.source {
            Sender::Mark => MARK.to_owned(),
            Sender::Subsystem(name) => name.as_str().to_owned(),
            Sender::Event => of_event.ok_or_else(|| EntryError::no_source(id))?.as_str().to_owned(),
        })
    }

    fn sent(&self, entry: Entry) -> Entry {
        entry.on(self.name.clone(), self.trace_header.clone(), self.resources.clone())
    }
}

// By hand: a derive would ask the same of the side, which has no values.
impl<S: Side> Clone for Bus<S> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            source: self.source.clone(),
            trace_header: self.trace_header.clone(),
            resources: self.resources.clone(),
            side: PhantomData,
        }
    }
}

impl<S: Side> fmt::Debug for Bus<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("side", &S::KIND)
            .field("name", &self.name)
            .field("source", &self.source)
            .field("trace_header", &self.trace_header)
            .field("resources", &self.resources)
            .finish()
    }
}
