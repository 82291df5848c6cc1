//! The types of a contract: their versions, sides and owners, their schemas, and who makes which of which.
//!
//! A [`Catalog`] is the explicit list of the payload types of a subsystem, or of a whole system. A type stands in it in
//! its newest version; the older ones come with it, by the chain that the compiler has checked.
//!
//! ```
//! use event_contract::catalog;
//! use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
//!
//! let catalog = catalog![
//!     ORDER_SERVICE => [order::OrderCreated, order::OrderUpdated, order::OrderPlaced],
//!     DELIVERY_SERVICE => [delivery::DeliveryUpdated],
//! ]?
//! .with_gateway(&order::gateway::egress());
//!
//! let created = catalog.find("Order.Created").expect("it is in the list");
//! assert_eq!(created.owner(), &ORDER_SERVICE);
//! assert_eq!(created.versions().len(), 3);
//! println!("{}", created.versions()[0].writer_schema());
//! # Ok::<(), event_contract::catalog::CatalogError>(())
//! ```
//!
//! What stands in a catalog can be read by it, whichever type it is: [`Catalog::read_all`].

mod chain;
mod read;

use std::fmt;

#[cfg(feature = "record")]
use serde_json::Value;

use crate::gateway::{Gateway, TypeMapping};
use crate::lifecycle::Lifecycle;
#[cfg(feature = "record")]
use crate::name::PartitionKey;
use crate::name::{EventType, SubsystemName, Version};
#[cfg(feature = "record")]
use crate::payload::Payload;
#[cfg(feature = "record")]
use crate::read::{Observation, ReadError, Reader};
use crate::schema::Schema;
use crate::side::{Side, SideKind};
#[cfg(feature = "record")]
use crate::wire::Delivery;

pub use chain::Described;
pub use read::{AnyEvent, Catalogued};

/// Makes a [`Catalog`] of subsystems and the newest versions of the payload types that they own.
///
/// ```
/// # use event_contract::catalog;
/// # use event_contract::contract::{ORDER_SERVICE, order};
/// let catalog = catalog![ORDER_SERVICE => [order::OrderCreated, order::OrderUpdated]]?;
/// assert_eq!(catalog.types().len(), 2);
///
/// let twice = catalog![ORDER_SERVICE => [order::OrderCreated, order::v2::OrderCreated]];
/// assert_eq!(
///     twice.unwrap_err().to_string(),
///     "two types of the catalog are called Order.Created: list a type once, in its newest version; the older ones come with it",
/// );
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[macro_export]
macro_rules! catalog {
    ($($owner:expr => [$($payload:ty),* $(,)?]),* $(,)?) => {
        ::core::result::Result::Ok::<_, $crate::catalog::CatalogError>($crate::catalog::Catalog::default())
            $($(.and_then(|catalog| catalog.with::<$payload>($owner)))*)*
    };
}

/// The payload types of a contract. Made by [`catalog!`](crate::catalog!).
///
/// Types stand in the order in which they were listed.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    types: Vec<CatalogType>,
    links: Vec<CatalogLink>,
}

/// One event type, in all its versions.
#[derive(Clone)]
pub struct CatalogType {
    name: EventType,
    side: SideKind,
    owner: SubsystemName,
    versions: Vec<CatalogVersion>,
    reads: read::Reads,
}

/// One version of an event type.
#[derive(Clone)]
pub struct CatalogVersion {
    version: Version,
    lifecycle: Lifecycle,
    writer: fn() -> Schema,
    reader: fn() -> Schema,
    #[cfg(feature = "record")]
    again: fn(&Delivery<'_>) -> Result<Again, ReadError>,
}

/// What becomes of an event that is read as the version it says it is, and written again.
#[cfg(feature = "record")]
pub(crate) struct Again {
    pub(crate) observations: Vec<Observation>,
    pub(crate) payload: serde_json::Result<Value>,
    pub(crate) partition_key: Option<PartitionKey>,
}

#[cfg(feature = "record")]
impl Again {
    fn of<P: Payload>(delivery: &Delivery<'_>) -> Result<Self, ReadError> {
        let reading = Reader::<P>::default().read_delivery(delivery)?;
        let payload = reading.event().payload();
        Ok(Self {
            observations: reading.observations().to_vec(),
            payload: serde_json::to_value(payload),
            partition_key: payload.partition_key(),
        })
    }
}

/// That the gateway of a subsystem makes one type of another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogLink {
    /// Whose gateway it is.
    pub subsystem: SubsystemName,
    /// The side of what comes out: external for an egress, internal for an ingress.
    pub side: SideKind,
    /// Which type it makes of which.
    pub link: TypeMapping,
}

impl Catalog {
    /// The same with one type more: `P` and all the versions before it, owned by `owner`.
    ///
    /// Refused are a second type of the name, one that differs from it only by upper and lower case (it could not be
    /// told apart in a file system), a name with other characters than letters, digits, `.`, `-` and `_`, which a
    /// schema registry would not take (Glue takes `[A-Za-z0-9-_$#.]`, EventBridge `[A-Za-z0-9-_.@]`), and one that some
    /// file system keeps for itself. The same goes for owners.
    pub fn with<P: Described>(mut self, owner: SubsystemName) -> Result<Self, CatalogError> {
        let name = EventType::from_static(P::NAME);
        for text in [name.as_str(), owner.as_str()] {
            if !is_portable(text) {
                return Err(CatalogErrorKind::Name { name: text.to_owned() }.into());
            }
        }
        self.room_for(&name, &owner)?;
        let (side, versions) = (<P::Side as Side>::KIND, chain::versions::<P>());
        self.types.push(CatalogType { name, side, owner, versions, reads: read::Reads::of::<P>() });
        Ok(self)
    }

    /// The same with all that another catalog has: a whole system of the catalogs of its subsystems.
    pub fn with_catalog(mut self, other: Self) -> Result<Self, CatalogError> {
        for of_other in other.types {
            self.room_for(&of_other.name, &of_other.owner)?;
            self.types.push(of_other);
        }
        self.links.extend(other.links);
        Ok(self)
    }

    /// The same with what a gateway makes of what.
    #[must_use]
    pub fn with_gateway<S: Side>(mut self, gateway: &Gateway<S>) -> Self {
        let of = |link: &TypeMapping| CatalogLink {
            subsystem: gateway.subsystem().clone(),
            side: S::KIND,
            link: link.clone(),
        };
        self.links.extend(gateway.mappings().iter().map(of));
        self
    }

    fn room_for(&self, name: &EventType, owner: &SubsystemName) -> Result<(), CatalogError> {
        let alike = |other: &str, text: &str| other != text && other.eq_ignore_ascii_case(text);
        if let Some(other) = self.types.iter().find(|other| alike(other.owner.as_str(), owner.as_str())) {
            return Err(CatalogErrorKind::Case { name: owner.to_string(), other: other.owner.to_string() }.into());
        }
        match self.types.iter().find(|other| other.name.as_str().eq_ignore_ascii_case(name.as_str())) {
            None => Ok(()),
            Some(other) if other.name == *name => Err(CatalogErrorKind::Twice { name: name.clone() }.into()),
            Some(other) => Err(CatalogErrorKind::Case { name: name.to_string(), other: other.name.to_string() }.into()),
        }
    }

    /// The types, in the order of the list.
    pub fn types(&self) -> &[CatalogType] {
        &self.types
    }

    /// The type of this name.
    pub fn find(&self, name: &str) -> Option<&CatalogType> {
        self.types.iter().find(|of| of.name == *name)
    }

    /// Which types the gateways make of which.
    pub fn links(&self) -> &[CatalogLink] {
        &self.links
    }
}

impl CatalogType {
    /// The name of the type.
    pub fn name(&self) -> &EventType {
        &self.name
    }

    /// Whether it stays inside its subsystem.
    pub fn side(&self) -> SideKind {
        self.side
    }

    /// The subsystem that makes such events and answers for them.
    pub fn owner(&self) -> &SubsystemName {
        &self.owner
    }

    /// Its versions from the first to the newest; at least one.
    pub fn versions(&self) -> &[CatalogVersion] {
        &self.versions
    }
}

impl CatalogVersion {
    /// Which version it is.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How long it is in use.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// What a writer of this version writes as the payload.
    pub fn writer_schema(&self) -> Schema {
        (self.writer)()
    }

    /// What a reader of this version takes as the payload.
    pub fn reader_schema(&self) -> Schema {
        (self.reader)()
    }

    #[cfg(feature = "record")]
    pub(crate) fn again(&self, delivery: &Delivery<'_>) -> Result<Again, ReadError> {
        (self.again)(delivery)
    }
}

impl fmt::Debug for CatalogType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogType")
            .field("name", &self.name)
            .field("side", &self.side)
            .field("owner", &self.owner)
            .field("versions", &self.versions)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CatalogVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogVersion").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Whether every registry and every file system takes a text as a name.
fn is_portable(text: &str) -> bool {
    let takes = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let stem = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
    text.bytes().all(takes)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !is_device
        && !text.eq_ignore_ascii_case("index.json")
}

/// Why a list of types is no catalog.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CatalogError {
    kind: CatalogErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CatalogErrorKind {
    #[error(
        "two types of the catalog are called {name}: list a type once, in its newest version; the older ones come with it"
    )]
    Twice { name: EventType },
    #[error("{name} and {other} differ only by upper and lower case: not every file system can tell them apart")]
    Case { name: String, other: String },
    #[error(
        "{name:?} is not a name that every registry takes: use letters, digits, `.`, `-` and `_`, no `.` at its ends, and no name of a device such as `con`"
    )]
    Name { name: String },
}

impl From<CatalogErrorKind> for CatalogError {
    fn from(kind: CatalogErrorKind) -> Self {
        Self { kind }
    }
}
