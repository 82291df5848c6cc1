//! The types of a transform.

use crate::name::{EventType, SubsystemName, Version};
use crate::side::SideKind;

/// A transform of a gateway: the subsystem, the type that it reads and the type that it emits.
///
/// ```
/// use event_contract::SideKind;
/// use event_contract::contract::order;
/// use event_contract::gateway::TypeMapping;
///
/// let gateway = order::gateway::egress();
/// let mapping: &TypeMapping = &gateway.mappings()[0];
/// assert_eq!((mapping.from.as_str(), mapping.to.as_str()), ("order-placed", "Order.Created"));
/// assert_eq!((mapping.subsystem.as_str(), mapping.side), ("order-service", SideKind::External));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct TypeMapping {
    /// The subsystem of the gateway.
    pub subsystem: SubsystemName,
    /// The side of the emitted events: external for an egress, internal for an ingress.
    pub side: SideKind,
    /// The type that the transform reads.
    pub from: EventType,
    /// The version of `from`; older versions are upcast to it first.
    pub from_version: Version,
    /// The type that the transform emits.
    pub to: EventType,
    /// The version of `to`.
    pub to_version: Version,
}
