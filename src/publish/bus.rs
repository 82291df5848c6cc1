//! A bus and the side of the events that it carries.

use std::fmt;
use std::marker::PhantomData;

use super::entry::{Entry, EntryError};
use super::size_limit::SizeLimit;
use crate::event::Event;
use crate::event::encode::EncodedEvent;
use crate::fault::Fault;
use crate::name::{EventId, SubsystemName};
use crate::payload::{ExternalPayload, InternalPayload, Payload};
use crate::side::{External, Internal, Side};

/// The `Source` that marks external events on an event hub that carries both sides.
const MARK: &str = "external";

/// An EventBridge bus for events of one [`Side`]; an event of the other side does not compile.
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
/// An internal event on an external bus is a compile error:
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
/// An entry contains what the event is serialized to: on an external bus neither tags, which name accounts and functions,
/// nor unknown fields that a reader kept; on an internal bus both.
pub struct Bus<S: Side> {
    name: Option<String>,
    source: Sender,
    trace_header: Option<String>,
    resources: Vec<String>,
    side: PhantomData<fn() -> S>,
}

/// The origin of the `Source` of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sender {
    Event,
    Subsystem(SubsystemName),
    Mark,
}

impl Bus<External> {
    /// Creates a bus of external events: the default bus of the account, unless it is [named](Bus::named).
    #[must_use]
    pub fn external() -> Self {
        Self::new()
    }

    /// Sets the `Source` of entries to `external`, by which the rules of an event hub that carries both sides select the
    /// events that may leave. The event's own `source` is unchanged.
    #[must_use]
    pub fn marked_external(self) -> Self {
        Self { source: Sender::Mark, ..self }
    }

    /// Creates the entry for an external event.
    pub fn entry<P: ExternalPayload>(&self, event: &Event<P>) -> Result<Entry, EntryError> {
        let detail =
            serde_json::to_string(&event.shared_detail()).map_err(|error| EntryError::payload(event.id(), error))?;
        self.put(event, detail)
    }
}

impl Bus<Internal> {
    /// Creates a bus of internal events, such as the event hub of a subsystem: the default bus of the account, unless it
    /// is [named](Bus::named).
    #[must_use]
    pub fn internal() -> Self {
        Self::new()
    }

    /// Creates the entry for an internal event.
    pub fn entry<P: InternalPayload>(&self, event: &Event<P>) -> Result<Entry, EntryError> {
        let write = |error| EntryError::payload(event.id(), error);
        let detail = serde_json::to_string(event).map_err(write)?;
        if event.unknown_fields().next().is_some() {
            // Unknown fields follow the payload. The check for an object needs the payload as the last member.
            let shared = serde_json::to_string(&event.shared_detail()).map_err(write)?;
            self.put(event, shared)?.with_detail(detail)
        } else {
            self.put(event, detail)
        }
    }

    /// Creates the entry for a fault, which the event hub logs. Faults are internal: an external bus has no such method.
    ///
    /// The `DetailType` is `fault`, the `Source` the subsystem in which it happened, unless the bus has another. The entry
    /// is at most `limit` in size, so that a [`BatchPlan`](super::BatchPlan) of that limit takes it; parts that do not fit
    /// are dropped in the order of [`Fault::to_json_within`], and the bytes are compressed. If they do not fit at all, the
    /// error has them ([`EntryError::bytes`]). A resource that is added later is not counted.
    ///
    /// ```
    /// use event_contract::SubsystemName;
    /// use event_contract::fault::{Fault, FaultSite};
    /// use event_contract::publish::{BatchPlan, Bus, SizeLimit};
    ///
    /// let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
    /// let error = std::io::Error::other("no such order");
    /// let bytes = vec![b'x'; 300_000]; // in base64 larger than 256 KiB
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
    ///     let _ = Bus::external().fault(fault, SizeLimit::MIB_1); // error: an external bus has no `fault`
    /// }
    /// ```
    pub fn fault(&self, fault: &Fault, limit: SizeLimit) -> Result<Entry, EntryError> {
        let subsystem = fault.subsystem().and_then(|name| SubsystemName::new(name).ok());
        let source = self.source_of(fault.id(), subsystem.as_ref())?;
        // The size of the entry without its detail.
        let around = Entry::from_fault(fault, source.clone(), "{}}".to_owned()).map(|entry| self.address(entry))?;
        let around = around.size() - "{}}".len();
        let budget = limit.get().saturating_sub(around);
        let detail =
            fault.fit(budget).map_err(|min_size| EntryError::fault_too_large(fault, around + min_size, limit))?;
        Entry::from_fault(fault, source, detail).map(|entry| self.address(entry))
    }

    /// Creates the entry for a fault like [`Bus::fault`], and stores the bytes elsewhere if they do not fit.
    ///
    /// `store` is called at most once. It returns a reference to the place, such as a URL, which the fault has instead of the
    /// bytes ([`Fault::with_bytes_at`]). Where storing is asynchronous, store [`EntryError::bytes`] of the error of
    /// [`Bus::fault`] instead.
    ///
    /// ```
    /// use event_contract::SubsystemName;
    /// use event_contract::fault::{Fault, FaultSite};
    /// use event_contract::publish::{Bus, EntryError, SizeLimit};
    ///
    /// let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?;
    /// let error = std::io::Error::other("no such order");
    /// # let mut state = 1_u32;
    /// # let mut random = || { state ^= state << 13; state ^= state >> 17; state ^= state << 5; state.to_le_bytes()[0] };
    /// let bytes: Vec<u8> = (0..1_000_000).map(|_| random()).collect(); // in base64 larger than 1 MiB
    /// let fault = Fault::from_error(&error, &bytes, &site, "2026-11-22T10:43:01Z".parse()?);
    ///
    /// let file = std::env::temp_dir().join(fault.id().as_str());
    /// let entry = Bus::internal().fault_with_store(&fault, SizeLimit::MIB_1, |bytes| {
    ///     std::fs::write(&file, bytes)?;
    ///     Ok::<_, Box<dyn std::error::Error>>(file.display().to_string())
    /// })?;
    ///
    /// let fault = Fault::read(entry.detail().as_bytes())?;
    /// let place = fault.dropped()[0].reference().unwrap();
    /// let stored = std::fs::read(place)?;
    /// # std::fs::remove_file(place)?;
    /// assert_eq!(fault.restore_bytes(stored)?.resubmit(), Some(&bytes[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// That of `store`, or that of [`Bus::fault`] for a fault that does not fit without its bytes.
    pub fn fault_with_store<E: From<EntryError>>(
        &self,
        fault: &Fault,
        limit: SizeLimit,
        store: impl FnOnce(&[u8]) -> Result<String, E>,
    ) -> Result<Entry, E> {
        let error = match self.fault(fault, limit) {
            Ok(entry) => return Ok(entry),
            Err(error) => error,
        };
        let Some(bytes) = error.bytes() else {
            return Err(error.into());
        };
        let reference = store(bytes)?;
        Ok(self.fault(&fault.clone().with_bytes_at(reference), limit)?)
    }
}

impl<S: Side> Bus<S> {
    fn new() -> Self {
        Self { name: None, source: Sender::Event, trace_header: None, resources: Vec::new(), side: PhantomData }
    }

    /// Sets the name or the ARN of the bus.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Sets the `Source` of entries, in place of the subsystem that each event names. The event's own `source` is
    /// unchanged.
    #[must_use]
    pub fn source(self, source: SubsystemName) -> Self {
        Self { source: Sender::Subsystem(source), ..self }
    }

    /// Sets the X-Ray trace header of entries.
    #[must_use]
    pub fn trace_header(self, header: impl Into<String>) -> Self {
        Self { trace_header: Some(header.into()), ..self }
    }

    /// Adds a resource, as an ARN, to all entries. [`Entry::with_resource`] adds one to a single entry.
    #[must_use]
    pub fn resource(mut self, arn: impl Into<String>) -> Self {
        self.resources.push(arn.into());
        self
    }

    /// Creates the entry for an event that a [`Gateway`](crate::gateway::Gateway) emitted.
    pub fn encoded_entry(&self, event: &EncodedEvent<S>) -> Result<Entry, EntryError> {
        let source = self.source_of(&event.metadata().id, event.metadata().source.as_ref())?;
        Entry::from_encoded(event, source).map(|entry| self.address(entry))
    }

    /// Creates the entry with a detail whose last member is the payload.
    fn put<P: Payload>(&self, event: &Event<P>, detail: String) -> Result<Entry, EntryError> {
        let source = self.source_of(&event.metadata().id, event.metadata().source.as_ref())?;
        Entry::new(event, source, detail).map(|entry| self.address(entry))
    }

    fn source_of(&self, id: &EventId, of_event: Option<&SubsystemName>) -> Result<String, EntryError> {
        Ok(match &self.source {
            Sender::Mark => MARK.to_owned(),
            Sender::Subsystem(name) => name.as_str().to_owned(),
            Sender::Event => of_event.ok_or_else(|| EntryError::no_source(id))?.as_str().to_owned(),
        })
    }

    fn address(&self, entry: Entry) -> Entry {
        entry.addressed_to(self.name.clone(), self.trace_header.clone(), self.resources.clone())
    }
}

// By hand: a derive would require `S: Clone`, and a side has no values.
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
