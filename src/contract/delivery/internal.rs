//! What the Delivery service keeps to itself: addresses and contacts, carrier accounts, cost, notes.
//!
//! What it also shares, it says here in the words of the newest external version, so that an external event is made
//! field by field.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v3::DeliveryStatus;
use crate::contract::value::{Address, Contact, DeliveryId, Destination, Money, OrderId, PersonName, Window};
use crate::{Open, Payload};

/// The Delivery service has taken an order and planned its delivery. It is made of `Order.Created`, and the first
/// `Delivery.Updated` is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "delivery-planned", version = 1, key = order_id, time = planned_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryPlanned {
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// Which order it brings.
    pub order_id: OrderId,
    /// When that order was placed.
    pub order_placed_at: DateTime<Utc>,
    /// When the delivery was planned.
    pub planned_at: DateTime<Utc>,
    /// The name on the parcel. Not shared.
    pub recipient: Option<PersonName>,
    /// Where it goes, as far as the Order service says. Not shared.
    pub destination: Option<Destination>,
    /// Where it goes, to the door, once the customer has said so to the Delivery service. Not shared.
    pub address: Option<Address>,
    /// How to reach the customer on the day. Not shared.
    pub contact: Option<Contact>,
    /// Who is to carry it.
    pub carrier: Option<String>,
    /// Our account with the carrier. Not shared.
    pub carrier_account: Option<String>,
    /// What it will cost us. Not shared.
    pub cost: Option<Money>,
    /// When it is to be expected.
    pub window: Option<Window>,
    /// What the people at the desk wrote about it. Not shared.
    pub operator_notes: Vec<String>,
}

/// The carrier says how far a delivery has come. `Delivery.Updated` is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "delivery-progressed", version = 1,
    key = order_id, time = progressed_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryProgressed {
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// Which order it brings.
    pub order_id: OrderId,
    /// When that order was placed.
    pub order_placed_at: DateTime<Utc>,
    /// When it came this far.
    pub progressed_at: DateTime<Utc>,
    /// How far it has come.
    pub status: Open<DeliveryStatus>,
    /// Who carries it.
    pub carrier: Option<String>,
    /// Our account with the carrier. Not shared.
    pub carrier_account: Option<String>,
    /// Under which number the carrier knows the parcel.
    pub tracking_number: Option<String>,
    /// When it is to be expected.
    pub window: Option<Window>,
    /// When it was delivered; null until it is.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Who took it: a name, or a place such as a parcel shop.
    pub delivered_to: Option<String>,
    /// What the carrier bills us. Not shared.
    pub cost: Option<Money>,
    /// What the driver wrote about it. Not shared.
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
