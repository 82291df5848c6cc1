//! The boundary of a subsystem: what it shares, and what it takes in.
//!
//! On the way out, an [`Egress`] turns an internal event into the external ones that the subsystem is willing to share.
//! On the way in, an [`Ingress`] turns another subsystem's external event into internal ones of its own: the
//! anti-corruption layer. A [`Gateway`] holds the transforms of one direction and is given events or bytes.
//!
//! A transform makes one type of another. It says payloads and nothing else: the metadata of what comes out is the
//! gateway's. An id derives from the id of the cause, the subsystem, the type that is made and how many of it the cause
//! has made before; correlation and time are those of the cause. So the same event handled twice gives the same events,
//! whatever else the gateway has learned to do since, and neither tags nor fields that a reader kept can cross. The
//! partition key of what is shared is its payload's. Where the payload names none, it derives from that of the cause: the
//! order is kept, and the key stays inside, as far as it cannot be guessed. The ids cross as they are, and so are not for
//! secrets.
//!
//! A transform that panics fails for the one event, as with an error: the others of the batch cross, and a fault holds the
//! bytes. (What is built with `panic = "abort"` aborts.)
//!
//! An external payload is the list of what is shared: one with `#[serde(flatten)]`, or with a field that is an internal
//! payload, does not compile. The compiler looks no deeper: a type of your own that has an internal payload inside, or a
//! `serde_json::Value`, can carry more than is written there.
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
//!         // Field by field: what is not named here stays inside.
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
//! assert_eq!(created.causation_id(), Some(placed.id()));
//! assert!(!crossing.events()[0].detail().contains("margin"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod crossing;
mod error;

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};

use crate::event::{Cause, EncodedEvent, Event};
use crate::name::{EventType, SubsystemName, Version};
use crate::payload::{ExternalPayload, InternalPayload, Payload};
use crate::read::{Limits, Observation, Reader};
use crate::side::{External, Internal, Side, SideKind};
use crate::wire::{self, Delivery, Envelope, WireError};

pub use crossing::{Crossing, Crossings, Skipped};
pub use error::GatewayError;
use error::Kind;

/// How a subsystem turns an internal event into external ones of one type: none, one, or many.
///
/// It is pure: what it says depends on the event alone. It has no say in metadata, and no way to hand on what it does
/// not name. An event from which several types follow has a transform for each.
pub trait Egress: Send + Sync + 'static {
    /// What it is given.
    type Internal: InternalPayload;
    /// What it shares.
    type External: ExternalPayload;
    /// Why it can fail.
    type Error: Error + Send + Sync + 'static;

    /// Adds to `out` what is to be shared of `event`.
    fn share(&self, event: &Event<Self::Internal>, out: &mut Emitter<Self::External>) -> Result<(), Self::Error>;
}

/// How a subsystem turns another's external event into internal ones of its own, of one type: none, one, or many.
///
/// It is pure, as an [`Egress`] is.
pub trait Ingress: Send + Sync + 'static {
    /// What it is given.
    type External: ExternalPayload;
    /// What it takes in.
    type Internal: InternalPayload;
    /// Why it can fail.
    type Error: Error + Send + Sync + 'static;

    /// Adds to `into` what `event` means in the subsystem's own words.
    fn take_in(&self, event: &Event<Self::External>, into: &mut Emitter<Self::Internal>) -> Result<(), Self::Error>;
}

/// The events of one type that follow from another event: what a transform says goes here.
pub struct Emitter<P: Payload> {
    cause: Cause,
    events: Vec<EncodedEvent<P::Side>>,
    failed: Option<serde_json::Error>,
}

impl<P: Payload> Emitter<P> {
    /// The next event that follows.
    pub fn add(&mut self, payload: P) {
        match EncodedEvent::new(&self.cause.event(payload)) {
            Ok(written) => self.events.push(written),
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }
}

impl<P: Payload> fmt::Debug for Emitter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").field("cause", &self.cause).field("events", &self.events).finish_non_exhaustive()
    }
}

/// The transforms of one direction of a subsystem's boundary; `S` is the side of what comes out.
pub struct Gateway<S: Side> {
    subsystem: SubsystemName,
    accounts: Vec<String>,
    limits: Limits,
    routes: Vec<Box<dyn Route<S>>>,
    links: Vec<Link>,
}

/// That a gateway makes one type of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Link {
    /// The type that goes in.
    pub from: EventType,
    /// In the version that the transform is given.
    pub from_version: Version,
    /// The type that comes out.
    pub to: EventType,
    /// In the version that the transform makes.
    pub to_version: Version,
}

/// The transforms of one payload type.
struct Transforms<P: Payload, S: Side> {
    reader: Reader<P>,
    transforms: Vec<Box<dyn Transform<P, S>>>,
}

/// Transforms an event; what comes out is added to the events.
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

/// The transforms of one payload type, whichever it is.
trait Route<S: Side>: Send + Sync {
    fn event_type(&self) -> &'static str;

    /// Reads a delivery and transforms what it reads.
    fn delivery(&self, gateway: &Gateway<S>, delivery: &Delivery<'_>, passage: &mut Passage<S>) -> Result<(), Kind>;

    /// Transforms an event of its own type; `None` for another, such as an older version.
    fn event(&self, gateway: &Gateway<S>, event: &dyn Any, passage: &mut Passage<S>) -> Option<Result<(), Kind>>;

    fn as_any(&mut self) -> &mut dyn Any;
}

impl<P: Payload, S: Side> Route<S> for Transforms<P, S> {
    fn event_type(&self) -> &'static str {
        P::NAME
    }

    fn delivery(&self, gateway: &Gateway<S>, delivery: &Delivery<'_>, passage: &mut Passage<S>) -> Result<(), Kind> {
        let reading = match self.reader.clone().limits(gateway.limits).read_delivery(delivery) {
            Ok(reading) => reading,
            // An own event may be newer than what the subsystem reads of others: it is none of the gateway's business.
            Err(_) if gateway.published(delivery) => {
                passage.own = true;
                return Ok(());
            }
            Err(error) => return Err(Kind::Read(error)),
        };
        let account = reading.envelope().and_then(Envelope::account);
        if gateway.has_made(reading.event()) || account.is_some_and(|account| gateway.is_own_account(account)) {
            passage.own = true;
            return Ok(());
        }
        passage.observations.extend_from_slice(reading.observations());
        self.transform(gateway, reading.event(), passage)
    }

    fn event(&self, gateway: &Gateway<S>, event: &dyn Any, passage: &mut Passage<S>) -> Option<Result<(), Kind>> {
        let event = event.downcast_ref::<Event<P>>()?;
        if gateway.has_made(event) {
            passage.own = true;
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

/// What has come of one event so far.
struct Passage<S: Side> {
    events: Vec<EncodedEvent<S>>,
    observations: Vec<Observation>,
    own: bool,
}

impl<S: Side> Passage<S> {
    fn new() -> Self {
        Self { events: Vec::new(), observations: Vec::new(), own: false }
    }
}

impl Gateway<External> {
    /// The way out of `subsystem`.
    pub fn egress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// The same with one transform more. Several transforms of one type are all applied, in this order.
    ///
    /// # Panics
    ///
    /// If the gateway makes the same type of the same type already: their events would have the same ids. And if it is
    /// given the same type in another version: a gateway reads an event once.
    #[must_use]
    #[track_caller]
    pub fn with<T: Egress>(self, transform: T) -> Self {
        self.route(Cause::hiding_its_key, move |event, following: &mut Emitter<T::External>| {
            transform.share(event, following)
        })
    }

    /// Takes one event across. An event without a transform gives nothing, and is not an error.
    pub fn cross_event<P: InternalPayload>(&self, event: &Event<P>) -> Result<Crossing<External>, GatewayError> {
        self.cross_one(event)
    }
}

impl Gateway<Internal> {
    /// The way into `subsystem`. What the subsystem itself has published is not taken in again.
    pub fn ingress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// The subsystem's own AWS account. What names it is the subsystem's own: in the envelope, where the account stays
    /// that of the first put, wherever an event is forwarded, or in the tag `account` of an event hub. Say it where events
    /// come that do not name their source.
    #[must_use]
    pub fn own_account(mut self, account: impl Into<String>) -> Self {
        self.accounts.push(account.into());
        self
    }

    /// The same with one transform more. Several transforms of one type are all applied, in this order.
    ///
    /// # Panics
    ///
    /// If the gateway makes the same type of the same type already: their events would have the same ids. And if it is
    /// given the same type in another version: a gateway reads an event once.
    #[must_use]
    #[track_caller]
    pub fn with<T: Ingress>(self, transform: T) -> Self {
        self.route(std::convert::identity, move |event, following: &mut Emitter<T::Internal>| {
            transform.take_in(event, following)
        })
    }

    /// Takes one event across. An event without a transform gives nothing, and is not an error. Whether it is the
    /// subsystem's own is seen by its source and its tags alone: an event that was read has left its envelope behind.
    pub fn cross_event<P: ExternalPayload>(&self, event: &Event<P>) -> Result<Crossing<Internal>, GatewayError> {
        self.cross_one(event)
    }
}

impl<S: Side> Gateway<S> {
    fn new(subsystem: SubsystemName) -> Self {
        Self { subsystem, accounts: Vec::new(), limits: Limits::default(), routes: Vec::new(), links: Vec::new() }
    }

    /// Other limits than the default ones for what is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The subsystem whose boundary this is.
    pub fn subsystem(&self) -> &SubsystemName {
        &self.subsystem
    }

    /// Which types are made of which, in the order in which the transforms were given.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Adds a transform of `P` that makes `Q`, of a cause that `prepare` has prepared.
    #[track_caller]
    fn route<P: Payload, Q: Payload<Side = S>, E: Error + Send + Sync + 'static>(
        mut self,
        prepare: fn(Cause) -> Cause,
        transform: impl Fn(&Event<P>, &mut Emitter<Q>) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        let link = Link {
            from: EventType::from_static(P::NAME),
            from_version: P::VERSION,
            to: EventType::from_static(Q::NAME),
            to_version: Q::VERSION,
        };
        assert!(
            self.links.iter().all(|other| (&other.from, &other.to) != (&link.from, &link.to)),
            "the gateway makes `{}` of `{}` already: what both made would have the same ids, so make them one transform",
            link.to,
            link.from,
        );
        if let Some(other) = self.links.iter().find(|other| other.from == link.from) {
            assert!(
                other.from_version == link.from_version,
                "the gateway is given `{}` as {} already, and here as {}: give all its transforms the newest",
                link.from,
                other.from_version,
                link.from_version,
            );
        }
        self.links.push(link);
        let transform = move |subsystem: &SubsystemName, event: &Event<P>, events: &mut Vec<EncodedEvent<S>>| {
            let cause = prepare(Cause::at_boundary(event, subsystem.clone()));
            let mut following = Emitter { cause, events: std::mem::take(events), failed: None };
            let result = transform(event, &mut following);
            *events = following.events;
            result?;
            following.failed.map_or(Ok(()), |error| Err(error.into()))
        };
        if let Some(of_type) =
            self.routes.iter_mut().find_map(|route| route.as_any().downcast_mut::<Transforms<P, S>>())
        {
            of_type.transforms.push(Box::new(transform));
        } else {
            let reader = Reader::<P>::default().ignoring_unknown_fields();
            self.routes.push(Box::new(Transforms { reader, transforms: vec![Box::new(transform)] }));
        }
        self
    }

    /// Whether the subsystem itself is the source of external events: only what comes in can be its own. A source of
    /// `CloudEvents` is a reference to a URI, which may begin with a slash.
    fn is_own_source(&self, source: &str) -> bool {
        let own = self.subsystem.as_str();
        matches!(S::KIND, SideKind::Internal) && (source == own || source.strip_prefix('/') == Some(own))
    }

    /// Whether external events of this account are the subsystem's own.
    fn is_own_account(&self, account: &str) -> bool {
        matches!(S::KIND, SideKind::Internal) && self.accounts.iter().any(|own| own == account)
    }

    /// Whether the subsystem itself has published an event, as far as that can be seen without its envelope.
    fn has_made<P: Payload>(&self, event: &Event<P>) -> bool {
        event.source().is_some_and(|source| self.is_own_source(source.as_str()))
            || event.tags().text("account").is_some_and(|account| self.is_own_account(&account))
    }

    /// The same of a delivery that could not be read.
    fn published(&self, delivery: &Delivery<'_>) -> bool {
        let (sources, accounts) = delivery.origin();
        sources.iter().any(|source| self.is_own_source(source))
            || accounts.iter().any(|account| self.is_own_account(account))
    }

    fn cross_one<P: Payload>(&self, event: &Event<P>) -> Result<Crossing<S>, GatewayError> {
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| route.event_type() == P::NAME) {
            has_transform = true;
            let bytes = || serde_json::to_vec(event).unwrap_or_default();
            let result = unwound(P::NAME, || {
                route.event(self, event, &mut passage).unwrap_or_else(|| {
                    // Another version than the transform's: what its bytes say can be read as that.
                    route.delivery(self, &wire::detail::delivery(&bytes()), &mut passage)
                })
            });
            result.map_err(|kind| GatewayError::new(kind, &wire::detail::delivery(&bytes())))?;
        }
        Ok(Crossing::new(passage, has_transform, P::NAME))
    }

    /// Takes one delivery across. A type without a transform gives nothing, and is not an error.
    pub fn cross(&self, delivery: &Delivery<'_>) -> Result<Crossing<S>, GatewayError> {
        let fail = |kind| GatewayError::new(kind, delivery);
        let wire = |error: WireError| fail(Kind::Wire(error));
        delivery.text().map_err(wire)?;
        let route = wire::route(delivery.bytes()).map_err(wire)?;
        let mut event_type = route.event_type.map(Cow::into_owned);
        if !self.takes(event_type.as_deref()) {
            // Before it is passed over all of it is looked at: there might be more to it than its type.
            event_type = delivery.event_type().map_err(wire)?;
        }
        let event_type = event_type.ok_or_else(|| fail(Kind::NoType))?;
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| route.event_type() == event_type) {
            has_transform = true;
            unwound(route.event_type(), || route.delivery(self, delivery, &mut passage)).map_err(fail)?;
        }
        Ok(Crossing::new(passage, has_transform, &event_type))
    }

    fn takes(&self, event_type: Option<&str>) -> bool {
        self.routes.iter().any(|route| Some(route.event_type()) == event_type)
    }

    /// Takes a batch across, in any shape that [`wire::deliveries`] takes apart. Every delivery is accounted for: it has
    /// crossed, was passed over, or has failed and is there with its bytes.
    pub fn cross_all(&self, bytes: &[u8]) -> Crossings<S> {
        let mut crossings =
            Crossings { crossed: Vec::new(), skipped: BTreeMap::new(), own: 0, failed: Vec::new(), count: 0 };
        let deliveries = match wire::deliveries(bytes) {
            Ok(deliveries) => deliveries,
            Err(error) => {
                crossings.add(Err(GatewayError::new(Kind::Wire(error), &Delivery::new(bytes, None))));
                return crossings;
            }
        };
        for delivery in &deliveries {
            crossings.add(self.cross(delivery));
        }
        crossings
    }
}

/// A panic in code of the user's, as a failure of the one event. Nothing is left half done: a transform changes nothing
/// that it shares, and what it has made so far goes with the failure.
fn unwound(event_type: &'static str, cross: impl FnOnce() -> Result<(), Kind>) -> Result<(), Kind> {
    panic::catch_unwind(AssertUnwindSafe(cross)).unwrap_or_else(|payload| Err(Kind::panic(event_type, &*payload)))
}

impl<S: Side> fmt::Debug for Gateway<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("subsystem", &self.subsystem)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}
