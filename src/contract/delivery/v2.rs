//! Version 2: it refers to the order by id.
//!
//! | version 1 | version 2 | kind of change |
//! |---|---|---|
//! | `order.orderId` | `orderId` | a nesting undone |
//! | `order.createdAt` | `orderCreatedAt` | a nesting undone, and a rename |
//! | sent after delivery | sent at every change | `deliveredAt` may be null |
//!
//! Two design mistakes, which version 3 corrects: carrier and number in one string, and a closed list of statuses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v1;
use crate::contract::VersionError;
#[cfg(feature = "schema")]
use crate::contract::chain;
use crate::contract::value::{DeliveryId, OrderId};
use crate::{Payload, ValueType};

/// A delivery has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Delivery.Updated", version = 2, deprecated = "2026-03-31", sunset = "2026-09-30", previous = v1::DeliveryUpdated,
    key = order_id, time = updated_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryUpdated {
    /// The id of the order that it delivers.
    pub order_id: OrderId,
    /// Time of the order.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub order_created_at: DateTime<Utc>,
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// Time of the change.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub updated_at: DateTime<Utc>,
    /// The status.
    pub status: DeliveryStatus,
    /// The carrier, a `/`, and the number under which the carrier knows the parcel.
    pub tracking: Option<String>,
    /// Time of delivery; null before.
    #[serde(default, with = "chrono::serde::ts_milliseconds_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = chain::EARLIEST, max = chain::LATEST)))]
    pub delivered_at: Option<DateTime<Utc>>,
}

/// The status of a delivery. The list is closed: it is complete for this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStatus {
    /// It is on its way.
    InTransit,
    /// It has arrived.
    Delivered,
}

/// Status and time of the change are known: version 1 was sent at delivery.
impl From<v1::DeliveryUpdated> for DeliveryUpdated {
    fn from(older: v1::DeliveryUpdated) -> Self {
        Self {
            order_id: older.order.order_id,
            order_created_at: older.order.created_at,
            delivery_id: older.delivery_id,
            updated_at: older.delivered_at,
            status: DeliveryStatus::Delivered,
            tracking: None,
            delivered_at: Some(older.delivered_at),
        }
    }
}

/// Succeeds for delivered orders only: version 1 has no other status.
impl TryFrom<&DeliveryUpdated> for v1::DeliveryUpdated {
    type Error = VersionError;

    fn try_from(newer: &DeliveryUpdated) -> Result<Self, VersionError> {
        match newer.status {
            DeliveryStatus::Delivered => {}
            DeliveryStatus::InTransit => return Err(VersionError::status()),
        }
        Ok(Self {
            order: v1::Order { order_id: newer.order_id, created_at: newer.order_created_at },
            delivery_id: newer.delivery_id,
            delivered_at: newer.delivered_at.ok_or_else(|| VersionError::not_yet("deliveredAt"))?,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    /// Draws any value of the type, plausible or not.
    pub(in super::super) fn any_updated() -> impl Strategy<Value = DeliveryUpdated> {
        (
            (strategy::order_id(), strategy::delivery_id()),
            (strategy::any_time(), strategy::any_time(), option::of(strategy::any_time())),
            prop::sample::select([DeliveryStatus::InTransit, DeliveryStatus::Delivered].as_slice()),
            option::of("[a-z/ ]{0,8}"),
        )
            .prop_map(|((order_id, delivery_id), times, status, tracking)| DeliveryUpdated {
                order_id,
                order_created_at: times.0,
                delivery_id,
                updated_at: times.1,
                status,
                tracking,
                delivered_at: times.2,
            })
    }

    #[test]
    fn version_1_is_for_delivered_orders_only() {
        let delivered: DeliveryUpdated = serde_json::from_str(
            r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","orderCreatedAt":1,"updatedAt":2,"status":"delivered",
                "deliveryId":"0b2a1c8e-95f4-4f0e-8a53-6d5c4c3f1e22"}"#,
        )
        .unwrap();
        let message = |newer: &DeliveryUpdated| v1::DeliveryUpdated::try_from(newer).unwrap_err().to_string();
        assert_eq!(message(&delivered), "/deliveredAt: missing value, the older version requires it");
        let moving = DeliveryUpdated { status: DeliveryStatus::InTransit, ..delivered };
        assert_eq!(message(&moving), "/status: the older version has no such status");
    }

    proptest! {
        #[test]
        fn version_1_comes_back_where_it_can_be_said(newer in any_updated()) {
            if let Ok(older) = v1::DeliveryUpdated::try_from(&newer) {
                strategy::comes_back(&older)?;
                let again = DeliveryUpdated::from(older.clone());
                let updated_at = older.delivered_at;
                prop_assert_eq!(&again, &DeliveryUpdated { tracking: None, updated_at, ..newer });
                prop_assert_eq!(v1::DeliveryUpdated::try_from(&again), Ok(older));
            }
        }
    }
}
