//! Version 1: the carrier is free text.

use event_contract::Payload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A parcel is on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Payload)]
#[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
pub struct ParcelSent {
    /// The number of the parcel.
    pub parcel: String,
    /// The carrier, as free text.
    pub carrier: String,
}
