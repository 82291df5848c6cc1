//! Why an event does not cross.

use std::any::Any;
use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::fault::{Fault, FaultSite};
use crate::read::ReadError;
use crate::wire::{Delivery, WireError};

/// Why an event could not cross. It holds the bytes of the delivery.
///
/// Displayed, it says what the transform said, values and all; only [`to_fault`](Self::to_fault) covers what is personal.
#[derive(Debug)]
pub struct GatewayError {
    kind: Box<Kind>,
    delivery: Box<Delivery<'static>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Wire(WireError),
    NoType,
    Read(ReadError),
    Transform { event_type: &'static str, cause: Box<dyn Error + Send + Sync> },
    Panic { event_type: &'static str, message: String },
}

impl Kind {
    /// Of what a thread was panicking with.
    pub(super) fn panic(event_type: &'static str, payload: &(dyn Any + Send)) -> Self {
        let text =
            payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::Panic { event_type, message: text.unwrap_or("it does not say why").to_owned() }
    }
}

impl GatewayError {
    pub(super) fn new(kind: Kind, delivery: &Delivery<'_>) -> Self {
        Self { kind: Box::new(kind), delivery: Box::new(delivery.to_owned()) }
    }

    /// The bytes of the delivery, exactly as they came; for an event that was not read here, the event as it is written.
    pub fn bytes(&self) -> &[u8] {
        self.delivery.bytes()
    }

    /// What a Lambda function calls the record in which it was delivered, to name it among `batchItemFailures`: see
    /// [`Delivery::item_identifier`].
    pub fn item_identifier(&self) -> Option<&str> {
        self.delivery.item_identifier()
    }

    /// The fault that says so, with the bytes and what the message around them says, for the hub to log and to resubmit.
    pub fn to_fault(&self, site: &FaultSite, time: DateTime<Utc>) -> Fault {
        match &*self.kind {
            Kind::Read(error) => Fault::from_read_error(error, site, time),
            Kind::Wire(_) | Kind::NoType => Fault::of_unread(self, &self.delivery, site, time),
            Kind::Transform { .. } | Kind::Panic { .. } => Fault::of_delivery(self, &self.delivery, site, time),
        }
    }

    /// Why it could not be read, if that is what went wrong.
    pub fn read_error(&self) -> Option<&ReadError> {
        match &*self.kind {
            Kind::Read(error) => Some(error),
            Kind::Wire(_) | Kind::NoType | Kind::Transform { .. } | Kind::Panic { .. } => None,
        }
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Wire(error) => error.fmt(f),
            Kind::NoType => f.write_str(
                "the delivery names no type, and so no transform can be found for it: read it with a `Reader` of one type, and give the event to `cross_event`",
            ),
            Kind::Read(error) => error.fmt(f),
            Kind::Transform { event_type, cause } => write!(f, "{event_type} could not be transformed: {cause}"),
            Kind::Panic { event_type, message } => {
                write!(f, "{event_type} could not be transformed: the code for it panicked: {message}")
            }
        }
    }
}

impl Error for GatewayError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &*self.kind {
            Kind::Wire(error) => Some(error),
            Kind::NoType | Kind::Panic { .. } => None,
            Kind::Read(error) => Some(error),
            Kind::Transform { cause, .. } => Some(&**cause),
        }
    }
}
