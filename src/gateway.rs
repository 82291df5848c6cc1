//! External service gateways: the transforms at the boundary of a subsystem.
//!
//! On the way out, an [`Egress`] turns an internal event into the external events that the subsystem is willing to share.
//! On the way in, an [`Ingress`] turns another subsystem's external event into internal events of its own: the
//! anti-corruption layer. A [`Gateway`] holds the transforms of one direction and takes events or bytes.
//!
//! A transform turns one payload type into one other. It returns payloads only; the gateway sets their metadata. The id
//! derives from the id of the cause, the subsystem, the emitted type, and the number of events of that type that the
//! cause has emitted before. Correlation and time are those of the cause. So an event that is handled twice gives the
//! same events, also after transforms were added to the gateway, and neither tags nor unknown fields can cross. The
//! partition key of an external event is that of its payload. If the payload declares no key, it derives from the key of
//! the cause by a hash: the order is kept, and the key stays inside as far as it cannot be guessed. Ids cross unchanged,
//! so they must not contain secrets.
//!
//! A panic in a transform fails that event alone, as an error does: the other events of the batch cross, and a fault
//! holds the bytes. (With `panic = "abort"` the process aborts.)
//!
//! An external payload lists everything that is shared: one with `#[serde(flatten)]`, or with a field whose type is not
//! [`Shareable`](crate::Shareable), does not compile. An internal payload never is, however deep it is inside of a type,
//! and neither is a `serde_json::Value`, unless the field says `#[payload(unchecked)]`.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use event_contract::contract::ORDER_SERVICE;
//! use event_contract::gateway::{Egress, Emitter, Gateway};
//! use event_contract::{Event, Payload};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, Payload)]
//! #[payload(internal, name = "order-placed", version = 1, key = order)]
//! struct OrderPlaced { order: String, margin: i64 }
//!
//! #[derive(Serialize, Deserialize, Payload)]
//! #[payload(external, name = "Order.Created", version = 1, key = order)]
//! struct OrderCreated { order: String }
//!
//! struct ShareOrders;
//!
//! impl Egress for ShareOrders {
//!     type Internal = OrderPlaced;
//!     type External = OrderCreated;
//!     type Error = Infallible;
//!
//!     fn share(&self, event: &Event<OrderPlaced>, out: &mut Emitter<OrderCreated>) -> Result<(), Infallible> {
//!         // Field by field: a field that is not named here stays inside.
//!         out.add(OrderCreated { order: event.payload().order.clone() });
//!         Ok(())
//!     }
//! }
//!
//! let gateway = Gateway::egress(ORDER_SERVICE).with(ShareOrders);
//! let now = "2026-11-22T10:43:01Z".parse()?;
//! let placed = Event::new(OrderPlaced { order: "o-1".into(), margin: 410 }, ORDER_SERVICE, now);
//!
//! let crossing = gateway.cross_event(&placed)?;
//! let created: Event<OrderCreated> = crossing.events()[0].read()?;
//! assert_eq!(created.metadata().causation_id.as_ref(), Some(placed.id()));
//! assert!(!crossing.events()[0].detail().contains("margin"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod crossing;
mod error;
mod mapping;

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};

use crate::event::Event;
use crate::event::cause::Cause;
use crate::event::encode::EncodedEvent;
use crate::name::{EventType, SubsystemName};
use crate::payload::{ExternalPayload, InternalPayload, Payload};
use crate::read::{Limits, Reader};
use crate::side::{External, Internal, Side, SideKind};
use crate::wire::{self, Bytes, Collected, Delivery, Document, Origins, Shape, WireError};

use crossing::Passage;
pub use crossing::{Crossing, Crossings, Skipped};
pub use error::GatewayError;
use error::Kind;
pub use mapping::TypeMapping;

/// A transform from an internal event to any number of external events of one type.
///
/// It must be pure: its output depends on the event alone, so that a second delivery gives the same events. It has no
/// access to metadata. An event from which several types follow has one transform for each.
pub trait Egress: Send + Sync + 'static {
    /// The payload that it reads.
    type Internal: InternalPayload;
    /// The payload that it emits.
    type External: ExternalPayload;
    /// The error of a failed transform; [`Infallible`](std::convert::Infallible) where it cannot fail.
    type Error: Error + Send + Sync + 'static;

    /// Emits to `out` the payloads that are shared of `event`.
    fn share(&self, event: &Event<Self::Internal>, out: &mut Emitter<Self::External>) -> Result<(), Self::Error>;
}

/// A transform from another subsystem's external event to any number of internal events of one type.
///
/// It must be pure, as an [`Egress`] must.
pub trait Ingress: Send + Sync + 'static {
    /// The payload that it reads.
    type External: ExternalPayload;
    /// The payload that it emits.
    type Internal: InternalPayload;
    /// The error of a failed transform; [`Infallible`](std::convert::Infallible) where it cannot fail.
    type Error: Error + Send + Sync + 'static;

    /// Emits to `into` the payloads that `event` means for the subsystem.
    fn take_in(&self, event: &Event<Self::External>, into: &mut Emitter<Self::Internal>) -> Result<(), Self::Error>;
}

/// The output of a transform: events of one type that follow from one cause.
pub struct Emitter<P: Payload> {
    cause: Cause,
    events: Vec<EncodedEvent<P::Side>>,
    failed: Option<serde_json::Error>,
}

impl<P: Payload> Emitter<P> {
    /// Adds an event with this payload. A payload that cannot be serialized fails the transform.
    pub fn add(&mut self, payload: P) {
        match EncodedEvent::new(&self.cause.event(payload)) {
            Ok(event) => self.events.push(event),
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }
}

impl<P: Payload> fmt::Debug for Emitter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").field("cause", &self.cause).field("events", &self.events).finish_non_exhaustive()
    }
}

/// The transforms of one direction of a subsystem's boundary; `S` is the side of the events that they emit.
pub struct Gateway<S: Side> {
    subsystem: SubsystemName,
    accounts: Vec<String>,
    limits: Limits,
    routes: Vec<Box<dyn Route<S>>>,
    mappings: Vec<TypeMapping>,
}

/// The transforms of one payload type.
struct Transforms<P: Payload, S: Side> {
    reader: Reader<P>,
    transforms: Vec<Box<dyn Transform<P, S>>>,
}

/// A transform with its error type erased; it appends the emitted events.
trait Transform<P, S: Side>:
    Fn(&SubsystemName, &Event<P>, &mut Vec<EncodedEvent<S>>) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync
{
}

impl<P, S: Side, F> Transform<P, S> for F where
    F: Fn(&SubsystemName, &Event<P>, &mut Vec<EncodedEvent<S>>) -> Result<(), Box<dyn Error + Send + Sync>>
        + Send
        + Sync
{
}

/// The transforms of one payload type, with that type erased.
trait Route<S: Side>: Send + Sync {
    fn event_type(&self) -> &'static str;

    /// Reads a delivery and transforms its event.
    fn cross_delivery(
        &self,
        gateway: &Gateway<S>,
        delivery: &Delivery<'_>,
        passage: &mut Passage<S>,
    ) -> Result<(), Kind>;

    /// Transforms an event of the payload type; `None` for another type, such as an older version.
    fn cross_event(&self, gateway: &Gateway<S>, event: &dyn Any, passage: &mut Passage<S>) -> Option<Result<(), Kind>>;

    fn as_any(&mut self) -> &mut dyn Any;
}

impl<P: Payload, S: Side> Route<S> for Transforms<P, S> {
    fn event_type(&self) -> &'static str {
        P::NAME
    }

    fn cross_delivery(
        &self,
        gateway: &Gateway<S>,
        delivery: &Delivery<'_>,
        passage: &mut Passage<S>,
    ) -> Result<(), Kind> {
        let reading = match self.reader.clone().limits(gateway.limits).read_delivery(delivery) {
            Ok(reading) => reading,
            // The subsystem's own event may have a newer version than its gateway reads: skip it, it is not a failure.
            Err(_) if gateway.is_own_delivery(delivery) => {
                passage.is_own_event = true;
                return Ok(());
            }
            Err(error) => return Err(Kind::Read(error)),
        };
        let account = reading.envelope().and_then(|envelope| envelope.account.as_deref());
        if gateway.is_own_event(reading.event()) || account.is_some_and(|account| gateway.is_own_account(account)) {
            passage.is_own_event = true;
            return Ok(());
        }
        passage.observations.extend_from_slice(reading.observations());
        self.transform(gateway, reading.event(), passage)
    }

    fn cross_event(&self, gateway: &Gateway<S>, event: &dyn Any, passage: &mut Passage<S>) -> Option<Result<(), Kind>> {
        let event = event.downcast_ref::<Event<P>>()?;
        if gateway.is_own_event(event) {
            passage.is_own_event = true;
            return Some(Ok(()));
        }
        Some(self.transform(gateway, event, passage))
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl<P: Payload, S: Side> Transforms<P, S> {
    fn transform(&self, gateway: &Gateway<S>, event: &Event<P>, passage: &mut Passage<S>) -> Result<(), Kind> {
        self.transforms
            .iter()
            .try_for_each(|transform| transform(&gateway.subsystem, event, &mut passage.events))
            .map_err(|cause| Kind::Transform { event_type: P::NAME, cause })
    }
}

impl Gateway<External> {
    /// Creates a gateway that turns internal events of `subsystem` into external ones.
    pub fn egress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// Adds a transform. Transforms of the same type are all applied, in the order in which they were added.
    ///
    /// # Panics
    ///
    /// If another transform has the same input and output types, since their events would get the same ids; or if another
    /// transform reads the same type in another version, since a gateway reads an event once.
    #[must_use]
    #[track_caller]
    pub fn with<T: Egress>(self, transform: T) -> Self {
        self.route(move |event, out: &mut Emitter<T::External>| transform.share(event, out))
    }

    /// Transforms one event. An event without a transform is skipped, which is not an error.
    pub fn cross_event<P: InternalPayload>(&self, event: &Event<P>) -> Result<Crossing<External>, GatewayError> {
        self.cross_one(event)
    }
}

impl Gateway<Internal> {
    /// Creates a gateway that turns external events of others into internal ones of `subsystem`. Events that the
    /// subsystem published itself are skipped.
    pub fn ingress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// Declares an AWS account of the subsystem itself: events of that account are the subsystem's own and are skipped.
    ///
    /// The account is read from the envelope, where it stays that of the first put when rules forward an event, or from
    /// the tag `account` of an event hub. Needed where events do not name their source.
    #[must_use]
    pub fn subsystem_account(mut self, account: impl Into<String>) -> Self {
        self.accounts.push(account.into());
        self
    }

    /// Adds a transform. Transforms of the same type are all applied, in the order in which they were added.
    ///
    /// # Panics
    ///
    /// If another transform has the same input and output types, since their events would get the same ids; or if another
    /// transform reads the same type in another version, since a gateway reads an event once.
    #[must_use]
    #[track_caller]
    pub fn with<T: Ingress>(self, transform: T) -> Self {
        self.route(move |event, into: &mut Emitter<T::Internal>| transform.take_in(event, into))
    }

    /// Transforms one event. An event without a transform is skipped, which is not an error.
    ///
    /// An event of the subsystem itself is recognised by its source and tags only: an event that was read no longer has
    /// its envelope.
    pub fn cross_event<P: ExternalPayload>(&self, event: &Event<P>) -> Result<Crossing<Internal>, GatewayError> {
        self.cross_one(event)
    }
}

impl<S: Side> Gateway<S> {
    fn new(subsystem: SubsystemName) -> Self {
        Self { subsystem, accounts: Vec::new(), limits: Limits::default(), routes: Vec::new(), mappings: Vec::new() }
    }

    /// Sets the limits for reading deliveries.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the subsystem whose boundary this is.
    pub fn subsystem(&self) -> &SubsystemName {
        &self.subsystem
    }

    /// Returns the input and output type of each transform, in the order in which they were added.
    pub fn mappings(&self) -> &[TypeMapping] {
        &self.mappings
    }

    /// Adds a transform from `P` to `Q`.
    #[track_caller]
    fn route<P: Payload, Q: Payload<Side = S>, E: Error + Send + Sync + 'static>(
        mut self,
        transform: impl Fn(&Event<P>, &mut Emitter<Q>) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        let mapping = TypeMapping {
            subsystem: self.subsystem.clone(),
            side: S::KIND,
            from: EventType::from_static(P::NAME),
            from_version: P::VERSION,
            to: EventType::from_static(Q::NAME),
            to_version: Q::VERSION,
        };
        assert!(
            self.mappings.iter().all(|other| (&other.from, &other.to) != (&mapping.from, &mapping.to)),
            "the gateway already has a transform from `{}` to `{}`: merge both, their events would get the same ids",
            mapping.from,
            mapping.to,
        );
        if let Some(other) = self.mappings.iter().find(|other| other.from == mapping.from) {
            assert!(
                other.from_version == mapping.from_version,
                "the gateway already reads `{}` as {}, found a transform of {}: let all transforms read the newest version",
                mapping.from,
                other.from_version,
                mapping.from_version,
            );
        }
        self.mappings.push(mapping);
        let transform = move |subsystem: &SubsystemName, event: &Event<P>, events: &mut Vec<EncodedEvent<S>>| {
            let cause = Cause::at_boundary(event, subsystem.clone());
            let mut emitter = Emitter { cause, events: std::mem::take(events), failed: None };
            let result = transform(event, &mut emitter);
            *events = emitter.events;
            result?;
            emitter.failed.map_or(Ok(()), |error| Err(error.into()))
        };
        if let Some(existing) =
            self.routes.iter_mut().find_map(|route| route.as_any().downcast_mut::<Transforms<P, S>>())
        {
            existing.transforms.push(Box::new(transform));
        } else {
            let reader = Reader::<P>::default().ignoring_unknown_fields();
            self.routes.push(Box::new(Transforms { reader, transforms: vec![Box::new(transform)] }));
        }
        self
    }

    /// Returns true if `source` names the subsystem itself; always false for an egress, which reads own events only. The
    /// source of a `CloudEvents` event is a URI reference, which may begin with a slash.
    fn is_own_source(&self, source: &str) -> bool {
        let own = self.subsystem.as_str();
        matches!(S::KIND, SideKind::Internal) && (source == own || source.strip_prefix('/') == Some(own))
    }

    /// Returns true if `account` is one of the subsystem's own; always false for an egress.
    fn is_own_account(&self, account: &str) -> bool {
        matches!(S::KIND, SideKind::Internal) && self.accounts.iter().any(|own| own == account)
    }

    /// Returns true if the subsystem itself published an event, by its source and tags: there is no envelope any more.
    fn is_own_event<P: Payload>(&self, event: &Event<P>) -> bool {
        event.metadata().source.as_ref().is_some_and(|source| self.is_own_source(source.as_str()))
            || event.metadata().tags.get_str("account").is_some_and(|account| self.is_own_account(&account))
    }

    /// Returns true if the subsystem itself published a delivery that could not be read.
    fn is_own_delivery(&self, delivery: &Delivery<'_>) -> bool {
        let Origins { sources, accounts } = delivery.origins();
        sources.iter().any(|source| self.is_own_source(source))
            || accounts.iter().any(|account| self.is_own_account(account))
    }

    fn cross_one<P: Payload>(&self, event: &Event<P>) -> Result<Crossing<S>, GatewayError> {
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| route.event_type() == P::NAME) {
            has_transform = true;
            let bytes = || serde_json::to_vec(&event.internal_detail()).unwrap_or_default();
            let result = catch_panic(P::NAME, || {
                route.cross_event(self, event, &mut passage).unwrap_or_else(|| {
                    // Another version of the type: encode the event and read it in the version of the transforms.
                    route.cross_delivery(self, &Delivery::with_shape(bytes(), Shape::Detail), &mut passage)
                })
            });
            result.map_err(|kind| GatewayError::new(kind, &Delivery::with_shape(bytes(), Shape::Detail)))?;
        }
        Ok(Crossing::new(passage, has_transform, P::NAME))
    }

    /// Reads and transforms one delivery. A type without a transform is skipped, which is not an error.
    pub fn cross(&self, delivery: &Delivery<'_>) -> Result<Crossing<S>, GatewayError> {
        let fail = |kind| GatewayError::new(kind, delivery);
        let wire = |error: WireError| fail(Kind::Wire(delivery.explain(error)));
        let text = delivery.text().map_err(wire)?;
        let mut event_type = wire::route(text.as_bytes()).ok().and_then(|route| route.event_type);
        if !self.has_transform(event_type.as_deref()) {
            // Read all of it before skipping it: an event may be wrapped, and its envelope name another type.
            event_type = delivery.event_type().map_err(wire)?.map(Cow::Owned);
        }
        let event_type = event_type.ok_or_else(|| fail(Kind::NoType))?;
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| route.event_type() == event_type) {
            has_transform = true;
            catch_panic(route.event_type(), || route.cross_delivery(self, delivery, &mut passage)).map_err(fail)?;
        }
        Ok(Crossing::new(passage, has_transform, &event_type))
    }

    fn has_transform(&self, event_type: Option<&str>) -> bool {
        self.routes.iter().any(|route| Some(route.event_type()) == event_type)
    }

    /// Reads and transforms a batch in any shape that [`wire::deliveries`] splits. Every delivery is accounted for: it has
    /// crossed, was skipped, or failed and is returned with its bytes.
    ///
    /// Deliveries are taken one by one. A batch with more of them than any real one (see [`wire::deliveries`]) fails as a
    /// whole.
    pub fn cross_all(&self, bytes: &[u8]) -> Crossings<S> {
        self.cross_each(bytes).unwrap_or_else(|error| {
            let mut crossings = Crossings::new();
            crossings.add(Err(GatewayError::new(Kind::Wire(error), &Delivery::new(bytes))));
            crossings
        })
    }

    fn cross_each(&self, bytes: &[u8]) -> Result<Crossings<S>, WireError> {
        let mut crossings = Crossings::new();
        let mut deliveries = match Document::parse(Bytes::Borrowed(bytes))? {
            Document::Event(event) => {
                crossings.add(self.cross(&Delivery::new(bytes).with_bytes(event)));
                return Ok(crossings);
            }
            Document::Batch(deliveries) => deliveries,
        };
        let mut counted = Collected::new(bytes.len());
        while let Some(delivery) = deliveries.next() {
            counted.push((), &deliveries)?;
            crossings.add(self.cross(&delivery));
        }
        Ok(crossings)
    }
}

/// Turns a panic in the user's code into a failure of the one event. `AssertUnwindSafe` is sound: a transform has no
/// shared mutable state of ours, and the events that it had emitted are dropped with the failure.
fn catch_panic(event_type: &'static str, cross: impl FnOnce() -> Result<(), Kind>) -> Result<(), Kind> {
    panic::catch_unwind(AssertUnwindSafe(cross)).unwrap_or_else(|payload| Err(Kind::panic(event_type, &*payload)))
}

impl<S: Side> fmt::Debug for Gateway<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("subsystem", &self.subsystem)
            .field("mappings", &self.mappings)
            .finish_non_exhaustive()
    }
}
