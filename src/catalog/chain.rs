//! The chain of versions of a type, each with a schema.

use schemars::JsonSchema;

use super::version::CatalogVersion;
use crate::payload::{NoPrevious, Payload};

/// A payload that a [`Catalog`](super::Catalog) can list, because it and all its previous versions have a schema.
/// Implemented for every such payload.
///
/// ```
/// use event_contract::SubsystemName;
/// use event_contract::catalog::{Catalog, CatalogError, CatalogPayload};
///
/// fn add_type<P: CatalogPayload>(catalog: Catalog, owner: SubsystemName) -> Result<Catalog, CatalogError> {
///     catalog.with::<P>(owner)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be listed in a catalog",
    label = "a payload with a schema is needed here",
    note = "derive `schemars::JsonSchema` for it, and for every version before it"
)]
pub trait CatalogPayload: Payload + JsonSchema + Chain {}

#[diagnostic::do_not_recommend]
impl<P: Payload + JsonSchema + Chain> CatalogPayload for P {}

/// A version that can list itself and its previous versions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be listed in a catalog",
    label = "a payload with a schema is needed here",
    note = "derive `schemars::JsonSchema` for it, and for every version before it"
)]
pub trait Chain {
    #[doc(hidden)]
    fn add_to(versions: &mut Vec<CatalogVersion>);
}

#[diagnostic::do_not_recommend]
impl<P: Payload<Previous: Chain> + JsonSchema> Chain for P {
    fn add_to(versions: &mut Vec<CatalogVersion>) {
        P::Previous::add_to(versions);
        versions.push(CatalogVersion::new::<P>());
    }
}

impl Chain for NoPrevious {
    fn add_to(_: &mut Vec<CatalogVersion>) {}
}

/// Lists the versions of a type, from the first to the newest.
pub(super) fn versions<P: Chain>() -> Vec<CatalogVersion> {
    let mut versions = Vec::new();
    P::add_to(&mut versions);
    versions
}
