//! The two subsystems of the contract.

use crate::name::SubsystemName;

/// The subsystem that takes orders.
pub const ORDER_SERVICE: SubsystemName = SubsystemName::from_static("order-service");

/// The subsystem that delivers them.
pub const DELIVERY_SERVICE: SubsystemName = SubsystemName::from_static("delivery-service");
