//! Internal payloads of the Delivery service: addresses and contacts, carrier accounts, cost, notes.
//!
//! Shared fields have the types of the newest external version, so that an external event is built
//! field by field.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v3::DeliveryStatus;
use crate::contract::value::{Address, Contact, DeliveryId, Destination, Money, OrderId, PersonName, Window};
use crate::{Open, Payload};

/// The Delivery service planned the delivery of an order. It derives from `Order.Created`, and the first
/// `Delivery.Updated` derives from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "delivery-planned", version = 1, key = order_id, time = planned_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryPlanned {
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// The id of the order that it delivers.
    pub order_id: OrderId,
    /// Time of the order.
    pub order_placed_at: DateTime<Utc>,
    /// Time of the planning.
    pub planned_at: DateTime<Utc>,
    /// The name on the parcel. Not shared.
    pub recipient: Option<PersonName>,
    /// The destination as given by the Order service. Not shared.
    pub destination: Option<Destination>,
    /// The delivery address, once the customer has given it to the Delivery service. Not shared.
    pub address: Option<Address>,
    /// Contact data of the customer. Not shared.
    pub contact: Option<Contact>,
    /// The name of the carrier.
    pub carrier: Option<String>,
    /// Our account with the carrier. Not shared.
    pub carrier_account: Option<String>,
    /// The expected cost. Not shared.
    pub cost: Option<Money>,
    /// The expected time window.
    pub window: Option<Window>,
    /// Notes of the service desk. Not shared.
    pub operator_notes: Vec<String>,
}

/// The carrier reported the status of a delivery. `Delivery.Updated` derives from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "delivery-progressed", version = 1,
    key = order_id, time = progressed_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryProgressed {
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// The id of the order that it delivers.
    pub order_id: OrderId,
    /// Time of the order.
    pub order_placed_at: DateTime<Utc>,
    /// Time of the change.
    pub progressed_at: DateTime<Utc>,
    /// The status.
    pub status: Open<DeliveryStatus>,
    /// The name of the carrier.
    pub carrier: Option<String>,
    /// Our account with the carrier. Not shared.
    pub carrier_account: Option<String>,
    /// The tracking number of the carrier.
    pub tracking_number: Option<String>,
    /// The expected time window.
    pub window: Option<Window>,
    /// Time of delivery; null before.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The recipient: a name, or a place such as a parcel shop.
    pub delivered_to: Option<String>,
    /// The price of the carrier. Not shared.
    pub cost: Option<Money>,
    /// Notes of the driver. Not shared.
    pub driver_notes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    fn planned() -> impl Strategy<Value = DeliveryPlanned> {
        let ids = (strategy::delivery_id(), strategy::order_id());
        let times = (strategy::time(), strategy::time(), option::of(strategy::window()));
        let who = (option::of(strategy::name()), option::of(strategy::contact()));
        let place = (option::of(strategy::destination()), option::of(strategy::address()));
        let rest = (any::<[Option<String>; 2]>(), strategy::notes());
        (ids, times, who, place, option::of(strategy::money()), rest).prop_map(
            |(ids, times, who, place, cost, rest)| {
                let ([carrier, carrier_account], operator_notes) = rest;
                DeliveryPlanned {
                    delivery_id: ids.0,
                    order_id: ids.1,
                    order_placed_at: times.0,
                    planned_at: times.1,
                    recipient: who.0,
                    destination: place.0,
                    address: place.1,
                    contact: who.1,
                    carrier,
                    carrier_account,
                    cost,
                    window: times.2,
                    operator_notes,
                }
            },
        )
    }

    fn progressed() -> impl Strategy<Value = DeliveryProgressed> {
        let ids = (strategy::delivery_id(), strategy::order_id());
        let times = (strategy::time(), strategy::time(), option::of(strategy::time()), option::of(strategy::window()));
        let status = strategy::open(&[DeliveryStatus::PickedUp, DeliveryStatus::Failed]);
        let rest = (any::<[Option<String>; 4]>(), strategy::notes());
        (ids, times, status, option::of(strategy::money()), rest).prop_map(|(ids, times, status, cost, rest)| {
            let ([carrier, carrier_account, tracking_number, delivered_to], driver_notes) = rest;
            DeliveryProgressed {
                delivery_id: ids.0,
                order_id: ids.1,
                order_placed_at: times.0,
                progressed_at: times.1,
                status,
                carrier,
                carrier_account,
                tracking_number,
                window: times.3,
                delivered_at: times.2,
                delivered_to,
                cost,
                driver_notes,
            }
        })
    }

    proptest! {
        #[test]
        fn the_newest_comes_back(planned in planned(), progressed in progressed()) {
            strategy::comes_back(&planned)?;
            strategy::comes_back(&progressed)?;
        }
    }

    #[test]
    fn they_stay_with_their_order() {
        let planned: DeliveryPlanned = serde_json::from_str(
            r#"{"deliveryId":"0b2a1c8e-95f4-4f0e-8a53-6d5c4c3f1e22","orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "orderPlacedAt":"2026-11-22T10:43:01Z","plannedAt":"2026-11-22T10:43:02Z","operatorNotes":[]}"#,
        )
        .unwrap();
        assert_eq!(planned.partition_key().unwrap(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
        assert_eq!(planned.occurred_at(), Some(planned.planned_at));
    }
}
