//! Version 2: more fields, some of them with design mistakes.
//!
//! Amounts are JSON numbers, always in euro. A name is one string. The lists of channels and of statuses are closed: a
//! value that is not listed cannot be read. Version 3 corrects all three.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v1;
use crate::contract::VersionError;
#[cfg(feature = "schema")]
use crate::contract::chain;
use crate::contract::value::OrderId;
use crate::{Payload, ValueType};

/// An order was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Created", version = 2, deprecated = "2026-03-31", sunset = "2026-09-30", previous = v1::OrderCreated,
    key = order_id, time = created_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderCreated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub created_at: DateTime<Utc>,
    /// The full name of the customer.
    pub customer_name: Option<String>,
    /// The order lines; empty if unknown.
    pub lines: Vec<Line>,
    /// The total amount in euro.
    pub total: Option<f64>,
    /// The sales channel.
    pub channel: Option<Channel>,
}

/// One article of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The article number (stock-keeping unit).
    pub sku: String,
    /// The quantity.
    pub quantity: u32,
    /// The price per piece in euro.
    pub price: f64,
}

/// A sales channel. The list is closed: it is complete for this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// In the web shop.
    Web,
    /// Over the counter.
    Store,
}

/// An order has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Updated", version = 2, deprecated = "2026-03-31", sunset = "2026-09-30", previous = v1::OrderUpdated,
    key = order_id, time = updated_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderUpdated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub created_at: DateTime<Utc>,
    /// Time of the change.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub updated_at: DateTime<Utc>,
    /// The status.
    pub status: OrderStatus,
    /// Time of delivery; null before.
    #[serde(default, with = "chrono::serde::ts_milliseconds_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub delivered_at: Option<DateTime<Utc>>,
    /// The total amount in euro.
    pub total: Option<f64>,
}

/// The status of an order. The list is closed: it is complete for this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OrderStatus {
    /// It has been placed and is not yet on its way.
    Placed,
    /// It is on its way.
    Shipped,
    /// It has arrived.
    Delivered,
}

impl From<v1::OrderCreated> for OrderCreated {
    fn from(older: v1::OrderCreated) -> Self {
        Self {
            order_id: older.order_id,
            created_at: older.created_at,
            customer_name: None,
            lines: Vec::new(),
            total: None,
            channel: None,
        }
    }
}

impl From<&OrderCreated> for v1::OrderCreated {
    fn from(newer: &OrderCreated) -> Self {
        Self { order_id: newer.order_id, created_at: newer.created_at }
    }
}

/// The status is known: version 1 was sent after delivery only.
impl From<v1::OrderUpdated> for OrderUpdated {
    fn from(older: v1::OrderUpdated) -> Self {
        Self {
            order_id: older.order_id,
            created_at: older.created_at,
            updated_at: older.updated_at,
            status: OrderStatus::Delivered,
            delivered_at: Some(older.delivered_at),
            total: None,
        }
    }
}

/// Succeeds for delivered orders only: version 1 has no other status.
impl TryFrom<&OrderUpdated> for v1::OrderUpdated {
    type Error = VersionError;

    fn try_from(newer: &OrderUpdated) -> Result<Self, VersionError> {
        match newer.status {
            OrderStatus::Delivered => {}
            OrderStatus::Placed | OrderStatus::Shipped => return Err(VersionError::status()),
        }
        Ok(Self {
            order_id: newer.order_id,
            created_at: newer.created_at,
            delivered_at: newer.delivered_at.ok_or_else(|| VersionError::not_yet("deliveredAt"))?,
            updated_at: newer.updated_at,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    const CHANNELS: [Channel; 2] = [Channel::Web, Channel::Store];
    const STATUSES: [OrderStatus; 3] = [OrderStatus::Placed, OrderStatus::Shipped, OrderStatus::Delivered];

    fn line() -> impl Strategy<Value = Line> {
        (any::<String>(), any::<u32>(), any::<f64>()).prop_map(|(sku, quantity, price)| Line { sku, quantity, price })
    }

    /// Draws any value of the type, plausible or not.
    pub(in super::super) fn any_created() -> impl Strategy<Value = OrderCreated> {
        (
            strategy::order_id(),
            strategy::any_time(),
            any::<Option<String>>(),
            prop::collection::vec(line(), 0..3),
            any::<Option<f64>>(),
            option::of(prop::sample::select(CHANNELS.as_slice())),
        )
            .prop_map(|(order_id, created_at, customer_name, lines, total, channel)| OrderCreated {
                order_id,
                created_at,
                customer_name,
                lines,
                total,
                channel,
            })
    }

    /// Draws any value of the type, plausible or not.
    pub(in super::super) fn any_updated() -> impl Strategy<Value = OrderUpdated> {
        (
            strategy::order_id(),
            strategy::any_time(),
            strategy::any_time(),
            prop::sample::select(STATUSES.as_slice()),
            option::of(strategy::any_time()),
            any::<Option<f64>>(),
        )
            .prop_map(|(order_id, created_at, updated_at, status, delivered_at, total)| OrderUpdated {
                order_id,
                created_at,
                updated_at,
                status,
                delivered_at,
                total,
            })
    }

    #[test]
    fn version_1_is_for_delivered_orders_only() {
        let delivered: OrderUpdated = serde_json::from_str(
            r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1,"updatedAt":2,"status":"delivered"}"#,
        )
        .unwrap();
        let message = |newer: &OrderUpdated| v1::OrderUpdated::try_from(newer).unwrap_err().to_string();
        assert_eq!(message(&delivered), "/deliveredAt: missing value, the older version requires it");
        let shipped = OrderUpdated { status: OrderStatus::Shipped, ..delivered };
        assert_eq!(message(&shipped), "/status: the older version has no such status");
    }

    #[test]
    fn a_closed_list_refuses_what_is_not_on_it() {
        let error = serde_json::from_str::<Channel>(r#""app""#).unwrap_err();
        assert_eq!(error.to_string(), "unknown variant `app`, expected `web` or `store` at line 1 column 5");
    }

    proptest! {
        #[test]
        fn version_1_comes_back(newer in any_created()) {
            let older = v1::OrderCreated::from(&newer);
            strategy::comes_back(&older)?;
            prop_assert_eq!(v1::OrderCreated::from(&OrderCreated::from(older.clone())), older);
        }

        #[test]
        fn version_1_of_an_update_comes_back_where_it_can_be_said(newer in any_updated()) {
            if let Ok(older) = v1::OrderUpdated::try_from(&newer) {
                strategy::comes_back(&older)?;
                let again = OrderUpdated::from(older.clone());
                prop_assert_eq!(&again, &OrderUpdated { total: None, ..newer });
                prop_assert_eq!(v1::OrderUpdated::try_from(&again), Ok(older));
            }
        }
    }
}
