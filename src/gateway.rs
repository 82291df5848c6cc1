//! The boundary of a subsystem: what it shares, and what it takes in.
//!
//! On the way out, an [`Egress`] turns an internal event into the external ones that the subsystem is willing to share.
//! On the way in, an [`Ingress`] turns another subsystem's external event into internal ones of its own: the
//! anti-corruption layer. A [`Gateway`] holds the transforms of one direction and is given events or bytes.
//!
//! A transform says payloads and nothing else. The metadata of what comes out is the gateway's: an id that derives from
//! the cause, its correlation, its time, a partition key. So the same event handled twice gives the same events, and
//! neither tags nor fields that a reader kept can cross. Two things of the cause do, and so are not for secrets: its
//! correlation id, and its partition key where the payload that follows names none. And which id an event gets depends on
//! the order of the transforms of one type: do not change it while events are under way, and have one gateway for a
//! direction.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use event_contract::contract::ORDER_SERVICE;
//! use event_contract::gateway::{Egress, Following, Gateway};
//! use event_contract::{Event, External, Payload};
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
//!     type Payload = OrderPlaced;
//!     type Error = Infallible;
//!
//!     fn share(&self, event: &Event<OrderPlaced>, out: &mut Following<External>) -> Result<(), Infallible> {
//!         // Field by field: what is not named here stays inside.
//!         out.share(OrderCreated { order: event.payload().order.clone() });
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

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::event::{Cause, Event, Written};
use crate::fault::{Fault, FaultSite};
use crate::name::SubsystemName;
use crate::payload::{ExternalPayload, InternalPayload, Payload};
use crate::read::{Limits, Observation, ReadError, Reader, Reading};
use crate::side::{External, Internal, Side};
use crate::wire::{self, Delivery, Envelope, WireError};

/// How a subsystem turns an internal event into external ones: none, one, or many.
///
/// It is pure: what it says depends on the event alone. It has no say in metadata, and no way to hand on what it does
/// not name.
pub trait Egress: Send + Sync + 'static {
    /// What it is given.
    type Payload: InternalPayload;
    /// Why it can fail.
    type Error: Error + Send + Sync + 'static;

    /// Says to `out` what is to be shared of `event`.
    fn share(&self, event: &Event<Self::Payload>, out: &mut Following<External>) -> Result<(), Self::Error>;
}

/// How a subsystem turns another's external event into internal ones of its own: none, one, or many.
///
/// It is pure, as an [`Egress`] is.
pub trait Ingress: Send + Sync + 'static {
    /// What it is given.
    type Payload: ExternalPayload;
    /// Why it can fail.
    type Error: Error + Send + Sync + 'static;

    /// Says to `into` what `event` means in the subsystem's own words.
    fn take_in(&self, event: &Event<Self::Payload>, into: &mut Following<Internal>) -> Result<(), Self::Error>;
}

/// The events that follow from one, on the side `S`: what a transform says goes here.
#[derive(Debug)]
pub struct Following<S: Side> {
    cause: Cause,
    events: Vec<Written<S>>,
    failed: Option<serde_json::Error>,
}

impl Following<External> {
    /// Shares an external event.
    pub fn share<P: ExternalPayload>(&mut self, payload: P) {
        self.event(payload);
    }
}

impl Following<Internal> {
    /// Takes in an internal event.
    pub fn take_in<P: InternalPayload>(&mut self, payload: P) {
        self.event(payload);
    }
}

impl<S: Side> Following<S> {
    fn event<P: Payload<Side = S>>(&mut self, payload: P) {
        match Written::new(&self.cause.event(payload)) {
            Ok(written) => self.events.push(written),
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }
}

/// The transforms of one direction of a subsystem's boundary; `S` is the side of what comes out.
pub struct Gateway<S: Side> {
    subsystem: SubsystemName,
    accounts: Vec<String>,
    limits: Limits,
    routes: Vec<Route<S>>,
}

struct Route<S: Side> {
    event_type: &'static str,
    /// Reads a delivery and transforms what it read.
    delivery: Box<dyn OfDelivery<S>>,
    /// Transforms an event of its own type; `None` for another, such as an older version.
    event: Box<dyn OfEvent<S>>,
}

trait OfDelivery<S: Side>: Fn(&Gateway<S>, &Delivery<'_>, &mut Passage<S>) -> Result<(), Kind> + Send + Sync {}

impl<S: Side, F> OfDelivery<S> for F where
    F: Fn(&Gateway<S>, &Delivery<'_>, &mut Passage<S>) -> Result<(), Kind> + Send + Sync
{
}

trait OfEvent<S: Side>: Fn(&Gateway<S>, &dyn Any, &mut Passage<S>) -> Option<Result<(), Kind>> + Send + Sync {}

impl<S: Side, F> OfEvent<S> for F where
    F: Fn(&Gateway<S>, &dyn Any, &mut Passage<S>) -> Option<Result<(), Kind>> + Send + Sync
{
}

/// What has come of one event so far.
struct Passage<S: Side> {
    following: Option<Following<S>>,
    observations: Vec<Observation>,
    own: bool,
}

impl<S: Side> Passage<S> {
    fn new() -> Self {
        Self { following: None, observations: Vec::new(), own: false }
    }
}

impl Gateway<External> {
    /// The way out of `subsystem`.
    pub fn egress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// The same with one transform more. Several transforms of one type are all applied, in this order.
    #[must_use]
    pub fn with<T: Egress>(self, transform: T) -> Self {
        self.route(move |event: &Event<T::Payload>, following| transform.share(event, following).map_err(Into::into))
    }
}

impl Gateway<Internal> {
    /// The way into `subsystem`. What the subsystem itself has published is not taken in again.
    pub fn ingress(subsystem: SubsystemName) -> Self {
        Self::new(subsystem)
    }

    /// The subsystem's own AWS account. Envelopes that name it are those of its own events: the account stays that of the
    /// first put, wherever an event is forwarded. Say it where events come that do not name their source.
    #[must_use]
    pub fn own_account(mut self, account: impl Into<String>) -> Self {
        self.accounts.push(account.into());
        self
    }

    /// The same with one transform more. Several transforms of one type are all applied, in this order.
    #[must_use]
    pub fn with<T: Ingress>(self, transform: T) -> Self {
        self.route(move |event: &Event<T::Payload>, following| transform.take_in(event, following).map_err(Into::into))
    }
}

type Transformed = Result<(), Box<dyn Error + Send + Sync>>;

impl<S: Side> Gateway<S> {
    fn new(subsystem: SubsystemName) -> Self {
        Self { subsystem, accounts: Vec::new(), limits: Limits::default(), routes: Vec::new() }
    }

    /// Other limits than the default ones for what is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    fn route<P: Payload>(
        mut self,
        transform: impl Fn(&Event<P>, &mut Following<S>) -> Transformed + Send + Sync + 'static,
    ) -> Self {
        let transform = std::sync::Arc::new(transform);
        let of_delivery = std::sync::Arc::clone(&transform);
        let reader = Reader::<P>::default().ignoring_unknown_fields();
        self.routes.push(Route {
            event_type: P::NAME,
            delivery: Box::new(move |gateway, delivery, passage| {
                let reading = reader.clone().limits(gateway.limits).read_delivery(delivery).map_err(Kind::Read)?;
                if gateway.is_own(&reading) {
                    passage.own = true;
                    return Ok(());
                }
                if passage.following.is_none() {
                    passage.observations = reading.observations().to_vec();
                }
                gateway.transform(reading.event(), passage, &*of_delivery)
            }),
            event: Box::new(move |gateway, event, passage| {
                let event = event.downcast_ref::<Event<P>>()?;
                if gateway.came_from_here(event) {
                    passage.own = true;
                    return Some(Ok(()));
                }
                Some(gateway.transform(event, passage, &*transform))
            }),
        });
        self
    }

    fn transform<P: Payload>(
        &self,
        event: &Event<P>,
        passage: &mut Passage<S>,
        transform: &dyn Fn(&Event<P>, &mut Following<S>) -> Transformed,
    ) -> Result<(), Kind> {
        // One cause for all transforms of an event: it counts what it has made, so that no two share an id.
        let following = passage.following.get_or_insert_with(|| Following {
            cause: Cause::of(event, self.subsystem.clone(), "gateway"),
            events: Vec::new(),
            failed: None,
        });
        transform(event, following).map_err(|cause| Kind::Transform { event_type: P::NAME, cause })?;
        match following.failed.take() {
            Some(error) => Err(Kind::Transform { event_type: P::NAME, cause: error.into() }),
            None => Ok(()),
        }
    }

    /// Whether the subsystem itself has published an external event: only what comes in can be that.
    fn came_from_here<P: Payload>(&self, event: &Event<P>) -> bool {
        matches!(S::KIND, crate::side::SideKind::Internal) && event.source() == Some(&self.subsystem)
    }

    fn is_own<P: Payload>(&self, reading: &Reading<'_, Event<P>>) -> bool {
        let account = reading.envelope().and_then(Envelope::account);
        self.came_from_here(reading.event())
            || account.is_some_and(|account| self.accounts.iter().any(|own| own == account))
    }

    /// Takes one event across. An event without a transform gives nothing, and is not an error.
    pub fn cross_event<P: Payload>(&self, event: &Event<P>) -> Result<Crossing<S>, GatewayError> {
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| route.event_type == P::NAME) {
            has_transform = true;
            let bytes = || serde_json::to_vec(event).unwrap_or_default();
            let result = (route.event)(self, event, &mut passage).unwrap_or_else(|| {
                // Another version than the transform's: what its bytes say can be read as that.
                (route.delivery)(self, &wire::detail::delivery(&bytes()), &mut passage)
            });
            result.map_err(|kind| GatewayError { kind, bytes: bytes() })?;
        }
        Ok(Crossing::new(passage, has_transform, Some(P::NAME.to_owned())))
    }

    /// Takes one delivery across. A type without a transform gives nothing, and is not an error.
    pub fn cross(&self, delivery: &Delivery<'_>) -> Result<Crossing<S>, GatewayError> {
        let fail = |kind| GatewayError { kind, bytes: delivery.bytes().to_vec() };
        let wire = |error: WireError| fail(Kind::Wire(error));
        delivery.text().map_err(wire)?;
        let route = wire::route(delivery.bytes()).map_err(wire)?;
        let event_type = Some(route.event_type.ok_or_else(|| fail(Kind::NoType))?.into_owned());
        let mut passage = Passage::new();
        let mut has_transform = false;
        for route in self.routes.iter().filter(|route| Some(route.event_type) == event_type.as_deref()) {
            has_transform = true;
            (route.delivery)(self, delivery, &mut passage).map_err(fail)?;
        }
        Ok(Crossing::new(passage, has_transform, event_type))
    }

    /// Takes a batch across, in any shape that [`wire::deliveries`] takes apart. Every delivery is accounted for: it has
    /// crossed, was passed over, or has failed and is there with its bytes.
    pub fn cross_all(&self, bytes: &[u8]) -> Crossings<S> {
        let mut crossings = Crossings { crossed: Vec::new(), passed_over: BTreeMap::new(), own: 0, failed: Vec::new() };
        let deliveries = match wire::deliveries(bytes) {
            Ok(deliveries) => deliveries,
            Err(error) => {
                crossings.failed.push((0, GatewayError { kind: Kind::Wire(error), bytes: bytes.to_vec() }));
                return crossings;
            }
        };
        for (index, delivery) in deliveries.iter().enumerate() {
            match self.cross(delivery) {
                Ok(crossing) => match &crossing.passed_over {
                    None => crossings.crossed.push((index, crossing)),
                    Some(PassedOver::Own) => crossings.own += 1,
                    Some(PassedOver::NoTransform { event_type }) => {
                        *crossings.passed_over.entry(event_type.clone().unwrap_or_default()).or_insert(0) += 1;
                    }
                },
                Err(error) => crossings.failed.push((index, error)),
            }
        }
        crossings
    }
}

impl<S: Side> fmt::Debug for Gateway<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<_> = self.routes.iter().map(|route| route.event_type).collect();
        f.debug_struct("Gateway")
            .field("subsystem", &self.subsystem)
            .field("transforms", &types)
            .finish_non_exhaustive()
    }
}

/// What came of one event at a boundary.
#[derive(Debug)]
pub struct Crossing<S: Side> {
    events: Vec<Written<S>>,
    observations: Vec<Observation>,
    passed_over: Option<PassedOver>,
}

impl<S: Side> Crossing<S> {
    fn new(passage: Passage<S>, has_transform: bool, event_type: Option<String>) -> Self {
        let passed_over = match (passage.own, has_transform) {
            (true, _) => Some(PassedOver::Own),
            (false, false) => Some(PassedOver::NoTransform { event_type }),
            (false, true) => None,
        };
        let events = passage.following.map(|following| following.events).unwrap_or_default();
        Self { events, observations: passage.observations, passed_over }
    }

    /// The events on the other side, in the order in which the transforms said them.
    pub fn events(&self) -> &[Written<S>] {
        &self.events
    }

    /// The events, without the rest.
    pub fn into_events(self) -> Vec<Written<S>> {
        self.events
    }

    /// What the reader let pass; nothing for an event that was not read here.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Why no transform was asked.
    pub fn passed_over(&self) -> Option<&PassedOver> {
        self.passed_over.as_ref()
    }
}

/// Why an event was passed over at a boundary. Neither is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PassedOver {
    /// No transform is interested in the type.
    NoTransform {
        /// The type, if the event says one.
        event_type: Option<String>,
    },
    /// The subsystem itself has published it: taking it in would be a loop.
    Own,
}

/// What came of a batch at a boundary. Every delivery is in exactly one of the four.
#[derive(Debug)]
#[non_exhaustive]
pub struct Crossings<S: Side> {
    /// What has crossed, with its position in the batch.
    pub crossed: Vec<(usize, Crossing<S>)>,
    /// How many were passed over for want of a transform, by type.
    pub passed_over: BTreeMap<String, usize>,
    /// How many were the subsystem's own.
    pub own: usize,
    /// What could not be read or transformed, with its position in the batch.
    pub failed: Vec<(usize, GatewayError)>,
}

/// Why an event could not cross. It holds the bytes of the delivery.
#[derive(Debug)]
pub struct GatewayError {
    kind: Kind,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    Wire(WireError),
    NoType,
    Read(ReadError),
    Transform { event_type: &'static str, cause: Box<dyn Error + Send + Sync> },
}

impl GatewayError {
    /// The bytes of the delivery, exactly as they came; for an event that was not read here, the event as it is written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The fault that says so, with the bytes, for the hub to log and to resubmit.
    pub fn to_fault(&self, site: &FaultSite, time: DateTime<Utc>) -> Fault {
        match &self.kind {
            Kind::Read(error) => Fault::of_read(error, site, time),
            Kind::Wire(_) | Kind::NoType | Kind::Transform { .. } => Fault::of_handling(self, &self.bytes, site, time),
        }
    }

    /// Why it could not be read, if that is what went wrong.
    pub fn read_error(&self) -> Option<&ReadError> {
        match &self.kind {
            Kind::Read(error) => Some(error),
            Kind::Wire(_) | Kind::NoType | Kind::Transform { .. } => None,
        }
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Wire(error) => error.fmt(f),
            Kind::NoType => f.write_str(
                "the delivery names no type, and so no transform can be found for it: read it with a `Reader` of one type",
            ),
            Kind::Read(error) => error.fmt(f),
            Kind::Transform { event_type, cause } => write!(f, "{event_type} could not be transformed: {cause}"),
        }
    }
}

impl Error for GatewayError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Wire(error) => Some(error),
            Kind::NoType => None,
            Kind::Read(error) => Some(error),
            Kind::Transform { cause, .. } => Some(&**cause),
        }
    }
}
