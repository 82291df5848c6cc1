//! Payloads of the Delivery service.
//!
//! The newest version of each payload is re-exported here, the older ones are in [`v2`] and [`v1`].

pub mod gateway;
mod internal;
pub mod v1;
pub mod v2;
mod v3;

pub use internal::{DeliveryPlanned, DeliveryProgressed};
pub use v3::{DeliveryStatus, DeliveryUpdated};
