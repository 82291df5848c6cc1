//! The boundary of the Delivery service.

use std::convert::Infallible;

use super::{DeliveryPlanned, DeliveryProgressed, DeliveryStatus, DeliveryUpdated};
use crate::contract::order::OrderCreated;
use crate::contract::subsystem::DELIVERY_SERVICE;
use crate::contract::value::DeliveryId;
use crate::gateway::{Egress, Emitter, Gateway, Ingress};
use crate::{Event, External, Internal};

/// Creates the egress gateway: `delivery-planned` and `delivery-progressed` → `Delivery.Updated`.
pub fn egress() -> Gateway<External> {
    Gateway::egress(DELIVERY_SERVICE).with(SharePlanned).with(ShareProgressed)
}

/// Creates the ingress gateway: `Order.Created` → `delivery-planned`.
pub fn ingress() -> Gateway<Internal> {
    Gateway::ingress(DELIVERY_SERVICE).with(PlanDelivery)
}

/// `delivery-planned` → `Delivery.Updated`, without street, contact, carrier account, cost and notes.
#[derive(Debug, Clone, Copy)]
struct SharePlanned;

impl Egress for SharePlanned {
    type Internal = DeliveryPlanned;
    type External = DeliveryUpdated;
    type Error = Infallible;

    fn share(&self, event: &Event<DeliveryPlanned>, out: &mut Emitter<DeliveryUpdated>) -> Result<(), Infallible> {
        let planned = event.payload();
        out.add(DeliveryUpdated {
            order_id: planned.order_id,
            order_placed_at: planned.order_placed_at,
            delivery_id: planned.delivery_id,
            updated_at: planned.planned_at,
            status: DeliveryStatus::Planned.into(),
            carrier: planned.carrier.clone(),
            tracking_number: None,
            window: planned.window,
            delivered_at: None,
            delivered_to: None,
        });
        Ok(())
    }
}

/// `delivery-progressed` → `Delivery.Updated`, without carrier account, cost and notes.
#[derive(Debug, Clone, Copy)]
struct ShareProgressed;

impl Egress for ShareProgressed {
    type Internal = DeliveryProgressed;
    type External = DeliveryUpdated;
    type Error = Infallible;

    fn share(&self, event: &Event<DeliveryProgressed>, out: &mut Emitter<DeliveryUpdated>) -> Result<(), Infallible> {
        let progressed = event.payload();
        out.add(DeliveryUpdated {
            order_id: progressed.order_id,
            order_placed_at: progressed.order_placed_at,
            delivery_id: progressed.delivery_id,
            updated_at: progressed.progressed_at,
            status: progressed.status.clone(),
            carrier: progressed.carrier.clone(),
            tracking_number: progressed.tracking_number.clone(),
            window: progressed.window,
            delivered_at: progressed.delivered_at,
            delivered_to: progressed.delivered_to.clone(),
        });
        Ok(())
    }
}

/// `Order.Created` → `delivery-planned`: one delivery for an order, under an id that derives from it.
#[derive(Debug, Clone, Copy)]
struct PlanDelivery;

impl Ingress for PlanDelivery {
    type External = OrderCreated;
    type Internal = DeliveryPlanned;
    type Error = Infallible;

    fn take_in(&self, event: &Event<OrderCreated>, into: &mut Emitter<DeliveryPlanned>) -> Result<(), Infallible> {
        let created = event.payload();
        into.add(DeliveryPlanned {
            delivery_id: DeliveryId::derived(created.order_id, 0),
            order_id: created.order_id,
            order_placed_at: created.placed_at,
            planned_at: event.time(),
            recipient: created.customer.clone(),
            destination: created.ship_to.clone(),
            address: None,
            contact: None,
            carrier: None,
            carrier_account: None,
            cost: None,
            window: None,
            operator_notes: Vec::new(),
        });
        Ok(())
    }
}
