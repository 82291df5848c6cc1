//! The shipped contract: the events between an Order service and a Delivery service.
//!
//! A contract to start from and to learn from. Its oldest versions are those of a published example of an
//! event backbone. The later versions make the changes that are hard in practice; each is documented at its type.
//!
//! # External events
//!
//! | event | version | changes |
//! |---|---|---|
//! | `Order.Created` | [1](order::v1::OrderCreated) | the order and when it was created, as epoch milliseconds |
//! | | [2](order::v2::OrderCreated) | added: the customer's name, the lines, the total as a JSON number of euro, a closed list of channels |
//! | | [3](order::OrderCreated) | `createdAt` is `placedAt`, in RFC 3339; the name is split; money is minor units and a currency; channels may grow |
//! | `Order.Updated` | [1](order::v1::OrderUpdated) | sent once, after delivery |
//! | | [2](order::v2::OrderUpdated) | sent at every change, with a closed status; `deliveredAt` may be null |
//! | | [3](order::OrderUpdated) | the status may grow; RFC 3339; money as above; names its delivery |
//! | `Delivery.Updated` | [1](delivery::v1::DeliveryUpdated) | sent once, after delivery; holds the whole order |
//! | | [2](delivery::v2::DeliveryUpdated) | names the order by `orderId`; a closed status; carrier and number in one text |
//! | | [3](delivery::DeliveryUpdated) | the status may grow; carrier and number are apart; a window; who received it |
//!
//! The newest of each is re-exported: [`order::OrderCreated`], [`order::OrderUpdated`], [`delivery::DeliveryUpdated`].
//!
//! A field that an older version lacks is null or empty in the newer one, never invented.
//!
//! # Internal events
//!
//! Each service also has internal events with confidential data: contacts, addresses, cost, margin, fraud
//! scores, notes. They are internal and cannot be published: [`order::OrderPlaced`], [`order::OrderProgressed`],
//! [`delivery::DeliveryPlanned`], [`delivery::DeliveryProgressed`].
//!
//! # The flow of events
//!
//! ```text
//!  Order service                                                    Delivery service
//!  order-placed      ──egress──►  Order.Created     ──ingress──►    delivery-planned
//!                                                                        │
//!  order-progressed  ◄──ingress── Delivery.Updated  ◄──egress──     delivery-progressed
//!        │
//!        └──egress──►  Order.Updated
//! ```
//!
//! Each contains everything that the next one needs, so that a transform never reads a database.

mod chain;
pub mod delivery;
pub mod order;
#[cfg(test)]
mod strategy;
mod subsystem;
pub mod value;

pub use chain::VersionError;
pub use subsystem::{DELIVERY_SERVICE, ORDER_SERVICE};

/// Builds the catalog of this contract: both services, both sides, and their gateways.
#[cfg(feature = "schema")]
pub fn catalog() -> Result<crate::catalog::Catalog, crate::catalog::CatalogError> {
    let catalog = crate::catalog![
        ORDER_SERVICE => [order::OrderCreated, order::OrderUpdated, order::OrderPlaced, order::OrderProgressed],
        DELIVERY_SERVICE => [delivery::DeliveryUpdated, delivery::DeliveryPlanned, delivery::DeliveryProgressed],
    ]?;
    Ok(catalog
        .with_gateway(&order::gateway::egress())
        .with_gateway(&delivery::gateway::ingress())
        .with_gateway(&delivery::gateway::egress())
        .with_gateway(&order::gateway::ingress()))
}
