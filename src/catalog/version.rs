//! A version of an event type, with its payload type erased.

use std::fmt;

use schemars::JsonSchema;
#[cfg(feature = "record")]
use serde_json::Value;

#[cfg(feature = "check")]
use super::program::PayloadProgram;
use crate::lifecycle::Lifecycle;
#[cfg(feature = "record")]
use crate::name::PartitionKey;
use crate::name::Version;
use crate::payload::Payload;
#[cfg(feature = "record")]
use crate::read::{Observation, ReadError, Reader};
use crate::schema::Schema;
#[cfg(feature = "record")]
use crate::wire::Delivery;

/// A version of an event type.
///
/// ```
/// use event_contract::{Lifecycle, contract};
///
/// let catalog = contract::catalog()?;
/// let newest = catalog.find("Order.Created").and_then(|order| order.versions().last()).expect("in the contract");
/// assert_eq!(newest.lifecycle(), Lifecycle::LIVE);
/// // A reader accepts more than a writer writes: also unknown values of an open enumeration.
/// assert_ne!(newest.reader_schema().as_value(), newest.writer_schema().as_value());
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Clone)]
pub struct CatalogVersion {
    version: Version,
    lifecycle: Lifecycle,
    writer: fn() -> Schema,
    reader: fn() -> Schema,
    #[cfg(feature = "record")]
    round_trip: fn(&Delivery<'_>) -> Result<RoundTrip, ReadError>,
    #[cfg(feature = "check")]
    program: PayloadProgram,
    #[cfg(feature = "check")]
    location: Option<TypeLocation>,
}

/// The place in Rust code at which a type derives `Payload`.
#[cfg(feature = "check")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeLocation {
    /// The file, relative to the root of the workspace that was compiled.
    pub(crate) file: &'static str,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// An event that was read in its own version and serialized again.
#[cfg(feature = "record")]
pub(crate) struct RoundTrip {
    pub(crate) observations: Vec<Observation>,
    pub(crate) payload: serde_json::Result<Value>,
    pub(crate) partition_key: Option<PartitionKey>,
}

#[cfg(feature = "record")]
impl RoundTrip {
    fn run<P: Payload>(delivery: &Delivery<'_>) -> Result<Self, ReadError> {
        let reading = Reader::<P>::default().read_delivery(delivery)?;
        let payload = reading.event().payload();
        Ok(Self {
            observations: reading.observations().to_vec(),
            payload: serde_json::to_value(payload),
            partition_key: payload.partition_key(),
        })
    }
}

impl CatalogVersion {
    pub(super) fn new<P: Payload + JsonSchema>() -> Self {
        Self {
            version: P::VERSION,
            lifecycle: P::LIFECYCLE,
            writer: Schema::writer::<P>,
            reader: Schema::reader::<P>,
            #[cfg(feature = "record")]
            round_trip: RoundTrip::run::<P>,
            #[cfg(feature = "check")]
            program: PayloadProgram::new::<P>(),
            #[cfg(feature = "check")]
            location: P::LOCATION.map(|(file, line)| TypeLocation { file, line }),
        }
    }

    /// Returns the number of the version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the deprecation and the sunset.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// Generates the schema of the payloads that a writer of this version writes.
    pub fn writer_schema(&self) -> Schema {
        (self.writer)()
    }

    /// Generates the schema of the payloads that a reader of this version accepts.
    pub fn reader_schema(&self) -> Schema {
        (self.reader)()
    }

    #[cfg(feature = "check")]
    pub(crate) fn location(&self) -> Option<TypeLocation> {
        self.location
    }

    #[cfg(feature = "check")]
    pub(crate) fn program(&self) -> PayloadProgram {
        self.program
    }

    #[cfg(feature = "record")]
    pub(crate) fn round_trip(&self, delivery: &Delivery<'_>) -> Result<RoundTrip, ReadError> {
        (self.round_trip)(delivery)
    }
}

impl fmt::Debug for CatalogVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogVersion").field("version", &self.version).finish_non_exhaustive()
    }
}
