//! The boundary of the Order service.

use std::convert::Infallible;

use super::{OrderCreated, OrderPlaced, OrderProgressed, OrderStatus, OrderUpdated, v3};
use crate::contract::delivery::{DeliveryStatus, DeliveryUpdated};
use crate::contract::subsystem::ORDER_SERVICE;
use crate::contract::value::Address;
use crate::gateway::{Egress, Emitter, Gateway, Ingress};
use crate::{Event, External, Internal, Open};

/// Creates the egress gateway: `order-placed` → `Order.Created`, `order-progressed` → `Order.Updated`.
pub fn egress() -> Gateway<External> {
    Gateway::egress(ORDER_SERVICE).with(ShareCreated).with(ShareUpdated)
}

/// Creates the ingress gateway: `Delivery.Updated` → `order-progressed`.
pub fn ingress() -> Gateway<Internal> {
    Gateway::ingress(ORDER_SERVICE).with(FollowDelivery)
}

/// `order-placed` → `Order.Created`, without contact, street, cost, margin, fraud score and notes.
#[derive(Debug, Clone, Copy)]
struct ShareCreated;

impl Egress for ShareCreated {
    type Internal = OrderPlaced;
    type External = OrderCreated;
    type Error = Infallible;

    fn share(&self, event: &Event<OrderPlaced>, out: &mut Emitter<OrderCreated>) -> Result<(), Infallible> {
        let placed = event.payload();
        let lines = placed.lines.iter().map(|line| v3::Line {
            sku: line.sku.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        });
        out.add(OrderCreated {
            order_id: placed.order_id,
            placed_at: placed.placed_at,
            customer: placed.contact.name.clone(),
            lines: lines.collect(),
            total: Some(placed.total),
            channel: placed.channel.clone(),
            ship_to: placed.address.as_ref().map(Address::destination),
        });
        Ok(())
    }
}

/// `order-progressed` → `Order.Updated`, without the cost of delivery, fraud score and notes.
#[derive(Debug, Clone, Copy)]
struct ShareUpdated;

impl Egress for ShareUpdated {
    type Internal = OrderProgressed;
    type External = OrderUpdated;
    type Error = Infallible;

    fn share(&self, event: &Event<OrderProgressed>, out: &mut Emitter<OrderUpdated>) -> Result<(), Infallible> {
        let progressed = event.payload();
        out.add(OrderUpdated {
            order_id: progressed.order_id,
            placed_at: progressed.placed_at,
            updated_at: progressed.progressed_at,
            status: progressed.status.clone(),
            delivery_id: progressed.delivery_id,
            delivered_at: progressed.delivered_at,
            total: progressed.total,
        });
        Ok(())
    }
}

/// `Delivery.Updated` → `order-progressed`: the status of a delivery as a status of its order.
#[derive(Debug, Clone, Copy)]
struct FollowDelivery;

impl Ingress for FollowDelivery {
    type External = DeliveryUpdated;
    type Internal = OrderProgressed;
    type Error = Infallible;

    fn take_in(&self, event: &Event<DeliveryUpdated>, into: &mut Emitter<OrderProgressed>) -> Result<(), Infallible> {
        let updated = event.payload();
        into.add(OrderProgressed {
            order_id: updated.order_id,
            placed_at: updated.order_placed_at,
            progressed_at: updated.updated_at,
            status: to_order_status(&updated.status),
            delivery_id: Some(updated.delivery_id),
            delivered_at: updated.delivered_at,
            total: None,
            delivery_cost: None,
            fraud_score: None,
            operator_notes: Vec::new(),
        });
        Ok(())
    }
}

/// Converts the status of a delivery to the status of its order. A planned delivery and a failed attempt do not change the
/// order. An unknown status gets a prefix, since it may also be a status of orders with another meaning.
fn to_order_status(status: &Open<DeliveryStatus>) -> Open<OrderStatus> {
    match status {
        Open::Known(DeliveryStatus::Planned) => OrderStatus::Placed.into(),
        Open::Known(
            DeliveryStatus::PickedUp
            | DeliveryStatus::InTransit
            | DeliveryStatus::OutForDelivery
            | DeliveryStatus::Failed,
        ) => OrderStatus::Shipped.into(),
        Open::Known(DeliveryStatus::Delivered) => OrderStatus::Delivered.into(),
        Open::Known(DeliveryStatus::Returned) => OrderStatus::Returned.into(),
        Open::Unknown(word) => Open::Unknown(format!("delivery:{word}")),
    }
}
