//! The contract of a post office: one event type in two versions.
//!
//! `docs/guide/publish-schemas.md` explains it.

pub mod v1;

use event_contract::catalog::{Catalog, CatalogError};
use event_contract::{Open, Payload, SubsystemName, ValueType, catalog};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The subsystem that sends parcels.
pub const POST: SubsystemName = SubsystemName::from_static("post");

/// A parcel is on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Payload)]
#[payload(external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel)]
#[serde(rename_all = "camelCase")]
pub struct ParcelSent {
    /// The number of the parcel.
    pub parcel: String,
    /// The carrier. More carriers may be added.
    pub carrier: Open<Carrier>,
    /// The weight, if the parcel was weighed.
    pub weight_in_grams: Option<u32>,
}

/// A carrier of parcels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, ValueType)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// By air, up to 75 g.
    Pigeon,
    /// By sea.
    Ship,
}

impl From<v1::ParcelSent> for ParcelSent {
    fn from(older: v1::ParcelSent) -> Self {
        let carrier = match older.carrier.as_str() {
            "pigeon" => Carrier::Pigeon.into(),
            "ship" => Carrier::Ship.into(),
            _ => Open::Unknown(older.carrier),
        };
        Self { parcel: older.parcel, carrier, weight_in_grams: None }
    }
}

/// The catalog of this contract.
pub fn catalog() -> Result<Catalog, CatalogError> {
    catalog![POST => [ParcelSent]]
}
