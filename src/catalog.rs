//! The event types of a contract, with versions, sides, owners, schemas and gateways.
//!
//! A [`Catalog`] is the explicit list of the payload types of a subsystem, or of a whole system. It lists a
//! type in its newest version; the chain of versions, which the compiler checks, adds the older ones.
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
//! let created = catalog.find("Order.Created").expect("listed above");
//! assert_eq!(created.owner(), &ORDER_SERVICE);
//! assert_eq!(created.versions().len(), 3);
//! println!("{}", created.versions()[0].writer_schema());
//! # Ok::<(), event_contract::catalog::CatalogError>(())
//! ```
//!
//! A catalog also reads events of all its types: [`Catalog::read_all`].

mod chain;
mod event_type;
#[cfg(feature = "check")]
pub(crate) mod program;
mod read;
mod version;

use std::borrow::Cow;

use crate::gateway::{Gateway, TypeMapping};
use crate::name::{EventType, SubsystemName};
use crate::read::{ReadError, ReadErrorKind, Reader, Reading};
use crate::side::Side;
use crate::wire::{self, Bytes, Collected, Delivery, Document, WireError, WireErrorKind};

pub use chain::CatalogPayload;
pub use event_type::CatalogType;
pub use read::{AnyEvent, CatalogEvent};
use read::{NoType, TypeReader};
pub use version::CatalogVersion;
#[cfg(feature = "check")]
pub(crate) use version::TypeLocation;

/// Creates a [`Catalog`] from subsystems and the newest versions of the payload types that they own.
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
///     "duplicate type Order.Created in the catalog: list only its newest version",
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

/// The event types of a contract, in the order in which they were listed. See [`catalog!`](crate::catalog!).
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    types: Vec<CatalogType>,
    mappings: Vec<TypeMapping>,
}

impl Catalog {
    /// Adds the type of `P` with all its versions, owned by `owner`.
    ///
    /// # Errors
    ///
    /// The name of the type or of the owner
    ///
    /// * is a duplicate (types only), or differs from another one by case only, which some file systems ignore,
    /// * has characters other than letters, digits, `.`, `-` and `_`: Glue accepts `[A-Za-z0-9-_$#.]`, EventBridge
    ///   `[A-Za-z0-9-_.@]`,
    /// * or is reserved by a file system, such as `con`.
    pub fn with<P: CatalogPayload>(mut self, owner: SubsystemName) -> Result<Self, CatalogError> {
        let name = EventType::from_static(P::NAME);
        for text in [name.as_str(), owner.as_str()] {
            if !is_portable(text) {
                return Err(CatalogErrorKind::Name { name: text.to_owned() }.into());
            }
        }
        self.check_names(&name, &owner)?;
        let (side, versions) = (<P::Side as Side>::KIND, chain::versions::<P>());
        self.types.push(CatalogType { name, side, owner, versions, reader: TypeReader::new::<P>() });
        Ok(self)
    }

    /// Adds the types and gateways of another catalog: the catalog of a system consists of those of its subsystems.
    ///
    /// ```
    /// use event_contract::catalog;
    /// use event_contract::contract::{DELIVERY_SERVICE, ORDER_SERVICE, delivery, order};
    ///
    /// let orders = catalog![ORDER_SERVICE => [order::OrderCreated, order::OrderUpdated]]?;
    /// let deliveries = catalog![DELIVERY_SERVICE => [delivery::DeliveryUpdated]]?;
    /// assert_eq!(orders.with_catalog(deliveries)?.types().len(), 3);
    /// # Ok::<(), event_contract::catalog::CatalogError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See [`with`](Self::with).
    pub fn with_catalog(mut self, other: Self) -> Result<Self, CatalogError> {
        self.mappings.extend(other.mappings);
        for other in other.types {
            self.check_names(&other.name, &other.owner)?;
            self.types.push(other);
        }
        Ok(self)
    }

    /// Adds the transforms of a gateway.
    #[must_use]
    pub fn with_gateway<S: Side>(mut self, gateway: &Gateway<S>) -> Self {
        self.mappings.extend_from_slice(gateway.mappings());
        self
    }

    fn check_names(&self, name: &EventType, owner: &SubsystemName) -> Result<(), CatalogError> {
        let differ_by_case = |other: &str, text: &str| other != text && other.eq_ignore_ascii_case(text);
        if let Some(other) = self.types.iter().find(|other| differ_by_case(other.owner.as_str(), owner.as_str())) {
            return Err(CatalogErrorKind::Case { name: owner.to_string(), other: other.owner.to_string() }.into());
        }
        match self.types.iter().find(|other| other.name.as_str().eq_ignore_ascii_case(name.as_str())) {
            None => Ok(()),
            Some(other) if other.name == *name => Err(CatalogErrorKind::Duplicate { name: name.clone() }.into()),
            Some(other) => Err(CatalogErrorKind::Case { name: name.to_string(), other: other.name.to_string() }.into()),
        }
    }

    /// Returns the types in the order of the list.
    pub fn types(&self) -> &[CatalogType] {
        &self.types
    }

    /// Finds a type by its name.
    pub fn find(&self, name: &str) -> Option<&CatalogType> {
        self.types.iter().find(|found| found.name == *name)
    }

    /// Returns the transforms of the gateways.
    pub fn mappings(&self) -> &[TypeMapping] {
        &self.mappings
    }

    /// Reads one event of any type of the catalog, in its newest version.
    ///
    /// # Errors
    ///
    /// The event is of a type of the catalog and cannot be read, or the delivery is not an event. An event of another
    /// type is [`CatalogEvent::Other`].
    pub fn read_delivery<'d>(&self, delivery: &'d Delivery<'_>) -> Result<Reading<'d, CatalogEvent>, ReadError> {
        let text = delivery.text().ok();
        let event_type = text.as_ref().and_then(|text| wire::route(text.as_bytes()).ok()?.event_type);
        // The type may be in a detail that is a string, or in its metadata.
        let event_type = event_type.or_else(|| delivery.event_type().ok()?.map(Cow::Owned));
        match event_type.and_then(|name| self.find(&name)) {
            Some(found) => found.reader.read(delivery),
            None => Ok(Reader::<NoType>::default().read_delivery(delivery)?.map(CatalogEvent::Other)),
        }
    }

    /// Reads every event of a batch, an array or JSON lines, as [`Reader::read_all`] does: one result for each event, in
    /// order.
    ///
    /// ```
    /// use event_contract::catalog::CatalogEvent;
    /// use event_contract::contract;
    ///
    /// let catalog = contract::catalog()?;
    /// let results = catalog.read_all(
    ///     br#"[{"detail-type":"Order.Created","source":"order-service","detail":{"data":{
    ///             "orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}},
    ///         {"detail-type":"Parcel.Sent","source":"post","detail":{"data":{},"meta":{}}}]"#,
    /// );
    /// let CatalogEvent::Event(created) = results[0].as_ref().unwrap().event() else { panic!("a type of the catalog") };
    /// assert_eq!(created.metadata().source.as_ref().unwrap(), "order-service");
    /// let CatalogEvent::Other(parcel) = results[1].as_ref().unwrap().event() else { panic!("another type") };
    /// assert_eq!(parcel.event_type.as_deref(), Some("Parcel.Sent"));
    /// # Ok::<(), event_contract::catalog::CatalogError>(())
    /// ```
    pub fn read_all(&self, bytes: &[u8]) -> Vec<Result<Reading<'static, CatalogEvent>, ReadError>> {
        let parts = || {
            let mut collected = Collected::new(bytes.len());
            let mut deliveries = match Document::parse(Bytes::Borrowed(bytes))? {
                Document::Batch(deliveries) => deliveries,
                Document::Event(_) => return Ok(vec![self.read_part(&Delivery::new(bytes))]),
            };
            while let Some(delivery) = deliveries.next() {
                collected.push(self.read_part(&delivery), &deliveries)?;
            }
            Ok::<_, WireError>(collected.results)
        };
        parts().unwrap_or_else(|error| vec![Err(ReadError::new(ReadErrorKind::Delivery(error), bytes))])
    }

    /// Like [`Catalog::read_all`], but gives each result to `take` instead of keeping all of them.
    pub(crate) fn read_each(
        &self,
        bytes: &[u8],
        mut take: impl FnMut(Result<Reading<'static, CatalogEvent>, ReadError>),
    ) {
        let limit = wire::max_events(bytes.len());
        // Counted first, so that a batch beyond the limit is one error and not as many results as fit.
        if let Ok(Document::Batch(deliveries)) = Document::parse(Bytes::Borrowed(bytes))
            && deliveries.take(limit + 1).count() > limit
        {
            let error = WireError::from(WireErrorKind::TooManyEvents { limit });
            return take(Err(ReadError::new(ReadErrorKind::Delivery(error), bytes)));
        }
        self.for_each(bytes, |result| {
            take(result);
            true
        });
    }

    /// Reads every event of a batch, whatever their number is, one by one, while `take` returns true.
    pub(crate) fn for_each(
        &self,
        bytes: &[u8],
        mut take: impl FnMut(Result<Reading<'static, CatalogEvent>, ReadError>) -> bool,
    ) {
        match Document::parse(Bytes::Borrowed(bytes)) {
            Ok(Document::Batch(mut deliveries)) => {
                while deliveries.next().is_some_and(|part| take(self.read_part(&part))) {}
            }
            Ok(Document::Event(_)) => {
                take(self.read_part(&Delivery::new(bytes)));
            }
            Err(error) => {
                take(Err(ReadError::new(ReadErrorKind::Delivery(error), bytes)));
            }
        }
    }

    fn read_part(&self, delivery: &Delivery<'_>) -> Result<Reading<'static, CatalogEvent>, ReadError> {
        self.read_delivery(delivery).map(Reading::into_owned)
    }
}

/// Returns true if a name is valid in every registry and in every file system. Windows reserves names of devices.
fn is_portable(text: &str) -> bool {
    let is_portable = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let stem = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
    text.bytes().all(is_portable)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !is_device
        && !text.eq_ignore_ascii_case("index.json")
}

/// Error of a list of types with a duplicate or an invalid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CatalogError {
    kind: CatalogErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CatalogErrorKind {
    #[error("duplicate type {name} in the catalog: list only its newest version")]
    Duplicate { name: EventType },
    #[error("{name} and {other} differ only by case, which some file systems ignore: rename one of them")]
    Case { name: String, other: String },
    #[error(
        "{name:?} is not a valid name in every registry and file system\nuse letters, digits, `.`, `-` and `_`, without `.` at the ends, and not the name of a device such as `con`"
    )]
    Name { name: String },
}

impl From<CatalogErrorKind> for CatalogError {
    fn from(kind: CatalogErrorKind) -> Self {
        Self { kind }
    }
}
