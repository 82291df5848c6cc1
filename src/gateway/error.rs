//! Errors of a gateway.

use std::any::Any;
use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::fault::{Fault, FaultSite};
use crate::read::ReadError;
use crate::wire::{Delivery, WireError};

/// A delivery that could not be read or transformed, with its bytes.
///
/// Its message repeats the message of the transform's error, which may contain payload values; only
/// [`to_fault`](Self::to_fault) redacts personal data.
///
/// ```
/// use event_contract::contract::order;
/// use event_contract::fault::FaultSite;
/// use event_contract::gateway::GatewayError;
/// use event_contract::{SubsystemName, wire::Delivery};
///
/// let bytes = br#"{"id":"1","type":"Delivery.Updated","version":3,"source":"delivery-service","data":{}}"#;
/// let error: GatewayError = order::gateway::ingress().cross(&Delivery::new(bytes)).unwrap_err();
/// assert!(!error.read_error().expect("it cannot be read").mismatches().is_empty());
/// assert_eq!(error.event_type(), None); // it did not reach a transform
///
/// let site = FaultSite::new(SubsystemName::from_static("order-service"), "order-listener")?.with_pipeline("orders")?;
/// let fault = error.to_fault(&site, "2026-11-22T10:43:01Z".parse()?);
/// assert_eq!(fault.resubmit(), Some(&bytes[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// Takes the message from the payload of a panic.
    pub(super) fn panic(event_type: &'static str, payload: &(dyn Any + Send)) -> Self {
        let text =
            payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::Panic { event_type, message: text.unwrap_or("no message").to_owned() }
    }
}

impl GatewayError {
    pub(super) fn new(kind: Kind, delivery: &Delivery<'_>) -> Self {
        // The error of the reader has the bytes already: both share them.
        let bytes = match &kind {
            Kind::Read(error) => error.shared_bytes(),
            Kind::Wire(_) | Kind::NoType | Kind::Transform { .. } | Kind::Panic { .. } => delivery.shared_bytes(),
        };
        Self { kind: Box::new(kind), delivery: Box::new(delivery.with_bytes(bytes)) }
    }

    /// Returns the bytes of the delivery, exactly as delivered; for an event that was given as a value, its encoding.
    pub fn bytes(&self) -> &[u8] {
        self.delivery.bytes()
    }

    /// Returns the identifier of the record for the `batchItemFailures` of a Lambda function: see
    /// [`Delivery::item_identifier`].
    pub fn item_identifier(&self) -> Option<&str> {
        self.delivery.item_identifier()
    }

    /// Returns the type of the event whose transform failed or panicked; `None` if the delivery was not read.
    pub fn event_type(&self) -> Option<&'static str> {
        match &*self.kind {
            Kind::Transform { event_type, .. } | Kind::Panic { event_type, .. } => Some(event_type),
            Kind::Wire(_) | Kind::NoType | Kind::Read(_) => None,
        }
    }

    /// Converts the error to a fault with the bytes and the attributes of the message around them, which the event hub can
    /// log and resubmit.
    pub fn to_fault(&self, site: &FaultSite, time: DateTime<Utc>) -> Fault {
        match &*self.kind {
            Kind::Read(error) => Fault::from_read_error(error, site, time),
            Kind::Wire(_) | Kind::NoType => Fault::from_unread_delivery(self, &self.delivery, site, time),
            Kind::Transform { .. } | Kind::Panic { .. } => Fault::from_delivery(self, &self.delivery, site, time),
        }
    }

    /// Returns the error of the transform, if it failed.
    pub fn transform_error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &*self.kind {
            Kind::Transform { cause, .. } => Some(&**cause),
            Kind::Wire(_) | Kind::NoType | Kind::Read(_) | Kind::Panic { .. } => None,
        }
    }

    /// Returns the error of the reader, if reading failed.
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
                "missing event type, no transform can be selected: read it with a `Reader` and call `cross_event`",
            ),
            Kind::Read(error) => error.fmt(f),
            Kind::Transform { event_type, cause } => write!(f, "cannot transform {event_type}: {cause}"),
            Kind::Panic { event_type, message } => {
                write!(f, "cannot transform {event_type}: the transform panicked: {message}")
            }
        }
    }
}

impl Error for GatewayError {
    /// Returns the source of the error in it, whose own message is part of this one.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &*self.kind {
            Kind::Wire(error) => error.source(),
            Kind::NoType | Kind::Panic { .. } => None,
            Kind::Read(error) => error.source(),
            Kind::Transform { cause, .. } => cause.source(),
        }
    }
}
