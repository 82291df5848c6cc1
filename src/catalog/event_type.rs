//! An event type of a catalog.

use std::fmt;

use super::read::TypeReader;
use super::version::CatalogVersion;
use crate::name::{EventType, SubsystemName};
use crate::side::SideKind;

/// An event type with all its versions.
///
/// ```
/// use event_contract::{SideKind, contract};
///
/// let catalog = contract::catalog()?;
/// let created = catalog.find("Order.Created").expect("in the contract");
/// assert_eq!((created.side(), created.owner().as_str()), (SideKind::External, "order-service"));
/// let versions: Vec<u32> = created.versions().iter().map(|version| version.version().get()).collect();
/// assert_eq!(versions, [1, 2, 3]);
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Clone)]
pub struct CatalogType {
    pub(super) name: EventType,
    pub(super) side: SideKind,
    pub(super) owner: SubsystemName,
    pub(super) versions: Vec<CatalogVersion>,
    pub(super) reader: TypeReader,
}

impl CatalogType {
    /// Returns the name of the type.
    pub fn name(&self) -> &EventType {
        &self.name
    }

    /// Returns the side: internal events stay inside their subsystem.
    pub fn side(&self) -> SideKind {
        self.side
    }

    /// Returns the subsystem that publishes the events and is responsible for them.
    pub fn owner(&self) -> &SubsystemName {
        &self.owner
    }

    /// Returns the versions from the first to the newest; at least one.
    pub fn versions(&self) -> &[CatalogVersion] {
        &self.versions
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
