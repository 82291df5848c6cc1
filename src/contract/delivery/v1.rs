//! Version 1, as in a published example of an event backbone: times are epoch milliseconds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use crate::contract::chain;
use crate::contract::value::{DeliveryId, OrderId};
use crate::{Payload, ValueType};

/// An order was delivered. This version was sent once, after delivery; later versions are sent at every change.
///
/// It contains the complete order: every field that is added to an order would be added here, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Delivery.Updated", version = 1, deprecated = "2025-06-30", sunset = "2025-12-31",
    key = order.order_id, time = delivered_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryUpdated {
    /// The complete order.
    pub order: Order,
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// Time of delivery.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub delivered_at: DateTime<Utc>,
}

/// An order as in version 1 of `Order.Created`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::delivery;

    const ORDER_ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    const DELIVERY_ID: &str = "0b2a1c8e-95f4-4f0e-8a53-6d5c4c3f1e22";

    #[test]
    fn it_becomes_the_newest() {
        let data = format!(
            r#"{{"order":{{"orderId":"{ORDER_ID}","createdAt":1700000000000}},"deliveryId":"{DELIVERY_ID}","deliveredAt":1700000005000}}"#
        );
        let oldest: DeliveryUpdated = serde_json::from_str(&data).unwrap();
        assert_eq!(serde_json::to_string(&oldest).unwrap(), data);
        assert_eq!(oldest.partition_key().unwrap(), ORDER_ID);
        assert_eq!(oldest.occurred_at().unwrap().timestamp_millis(), 1_700_000_005_000);

        let newest = delivery::DeliveryUpdated::upcast(delivery::v2::DeliveryUpdated::from(oldest)).unwrap();
        assert_eq!(
            serde_json::to_value(&newest).unwrap(),
            serde_json::json!({
                "orderId": ORDER_ID,
                "orderPlacedAt": "2023-11-14T22:13:20Z",
                "deliveryId": DELIVERY_ID,
                "updatedAt": "2023-11-14T22:13:25Z",
                "status": "delivered",
                "carrier": null,
                "trackingNumber": null,
                "window": null,
                "deliveredAt": "2023-11-14T22:13:25Z",
                "deliveredTo": null,
            })
        );
    }
}
