//! Version 1, as in a published example of an event backbone: times are epoch milliseconds.
//!
//! ```
//! use event_contract::contract::order::v1::OrderCreated;
//!
//! let data = r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000}"#;
//! let created: OrderCreated = serde_json::from_str(data)?;
//! assert_eq!(serde_json::to_string(&created)?, data);
//! # Ok::<(), serde_json::Error>(())
//! ```

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Payload;
#[cfg(feature = "schema")]
use crate::contract::chain;
use crate::contract::value::OrderId;

/// An order was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Created", version = 1, deprecated = "2025-06-30", sunset = "2025-12-31", key = order_id, time = created_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderCreated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub created_at: DateTime<Utc>,
}

/// An order was delivered. This version was sent once, after delivery; later versions are sent at every change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Updated", version = 1, deprecated = "2025-06-30", sunset = "2025-12-31", key = order_id, time = updated_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderUpdated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub created_at: DateTime<Utc>,
    /// Time of delivery.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub delivered_at: DateTime<Utc>,
    /// Time at which the Order service recorded it.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::order;

    const ORDER_ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    #[test]
    fn created_becomes_the_newest() {
        let data = format!(r#"{{"orderId":"{ORDER_ID}","createdAt":1700000000000}}"#);
        let oldest: OrderCreated = serde_json::from_str(&data).unwrap();
        assert_eq!(serde_json::to_string(&oldest).unwrap(), data);
        assert_eq!(oldest.partition_key().unwrap(), ORDER_ID);
        assert_eq!(oldest.occurred_at().unwrap().timestamp_millis(), 1_700_000_000_000);

        let newest = order::OrderCreated::upcast(order::v2::OrderCreated::from(oldest)).unwrap();
        assert_eq!(
            serde_json::to_value(&newest).unwrap(),
            serde_json::json!({
                "orderId": ORDER_ID,
                "placedAt": "2023-11-14T22:13:20Z",
                "customer": null,
                "lines": [],
                "total": null,
                "channel": null,
                "shipTo": null,
            })
        );
    }

    #[test]
    fn updated_becomes_the_newest() {
        let data = format!(
            r#"{{"orderId":"{ORDER_ID}","createdAt":1700000000000,"deliveredAt":1700000005000,"updatedAt":1700000006000}}"#
        );
        let oldest: OrderUpdated = serde_json::from_str(&data).unwrap();
        assert_eq!(serde_json::to_string(&oldest).unwrap(), data);
        assert_eq!(oldest.partition_key().unwrap(), ORDER_ID);
        assert_eq!(oldest.occurred_at().unwrap().timestamp_millis(), 1_700_000_006_000);

        let newest = order::OrderUpdated::upcast(order::v2::OrderUpdated::from(oldest)).unwrap();
        assert_eq!(
            serde_json::to_value(&newest).unwrap(),
            serde_json::json!({
                "orderId": ORDER_ID,
                "placedAt": "2023-11-14T22:13:20Z",
                "updatedAt": "2023-11-14T22:13:26Z",
                "status": "delivered",
                "deliveryId": null,
                "deliveredAt": "2023-11-14T22:13:25Z",
                "total": null,
            })
        );
    }
}
