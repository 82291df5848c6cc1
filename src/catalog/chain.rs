//! The versions of a type, one after the other.

use schemars::JsonSchema;

use super::CatalogVersion;
use crate::payload::{NoPrevious, Payload};
use crate::schema::Schema;

/// A payload that a [`Catalog`](super::Catalog) can list: it and all the versions before it have a schema. Implemented
/// for every payload for which that is so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be listed in a catalog",
    label = "a payload with a schema is needed here",
    note = "derive `schemars::JsonSchema` for it, and for every version before it"
)]
pub trait Described: Payload + JsonSchema + Chain {}

#[diagnostic::do_not_recommend]
impl<P: Payload + JsonSchema + Chain> Described for P {}

/// A version and those before it, as a catalog has them.
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
        versions.push(CatalogVersion {
            version: P::VERSION,
            lifecycle: P::LIFECYCLE,
            writer: Schema::writer::<P>,
            reader: Schema::reader::<P>,
            #[cfg(feature = "record")]
            again: super::Again::of::<P>,
        });
    }
}

impl Chain for NoPrevious {
    fn add_to(_: &mut Vec<CatalogVersion>) {}
}

/// The versions of a type, from the first to the newest.
pub(super) fn versions<P: Chain>() -> Vec<CatalogVersion> {
    let mut versions = Vec::new();
    P::add_to(&mut versions);
    versions
}
