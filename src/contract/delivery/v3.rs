//! Version 3, the newest: everything that a shop tells its customer.
//!
//! Changes since version 2:
//!
//! | version 2 | version 3 | kind of change |
//! |---|---|---|
//! | `orderCreatedAt`, epoch milliseconds | `orderPlacedAt`, RFC 3339 | a rename, and another form of the same value |
//! | `tracking`: `carrier/number` | `carrier`, `trackingNumber` | a field split in two |
//! | `status`: a closed list | an open list with more values | an enumeration that grew |
//! | | `window`, `deliveredTo` | added |
//!
//! The status is always [`Open`]. Within version 3, `trackingCode` was renamed to `trackingNumber`. Both are read;
//! `trackingNumber` is written.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v2;
use crate::contract::VersionError;
use crate::contract::chain;
use crate::contract::value::{DeliveryId, OrderId, Window};
use crate::{Open, Payload, ValueType};

/// A delivery has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Delivery.Updated", version = 3, previous = v2::DeliveryUpdated,
    key = order_id, time = updated_at, entity = "delivery")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryUpdated {
    /// The id of the order that it delivers.
    pub order_id: OrderId,
    /// Time of the order.
    pub order_placed_at: DateTime<Utc>,
    /// The id of the delivery.
    pub delivery_id: DeliveryId,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
    /// The status.
    pub status: Open<DeliveryStatus>,
    /// The name of the carrier.
    pub carrier: Option<String>,
    /// The tracking number of the carrier. Formerly `trackingCode`.
    #[serde(alias = "trackingCode")]
    pub tracking_number: Option<String>,
    /// The expected time window.
    pub window: Option<Window>,
    /// Time of delivery; null before.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The recipient: a name, or a place such as a parcel shop.
    pub delivered_to: Option<String>,
}

/// The status of a delivery. More will be added: a reader accepts any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// It has been planned and is not yet with the carrier.
    Planned,
    /// The carrier has picked it up.
    PickedUp,
    /// It is on its way.
    InTransit,
    /// It is out for delivery.
    OutForDelivery,
    /// It has arrived.
    Delivered,
    /// The delivery attempt failed; it will be repeated.
    Failed,
    /// It is being returned.
    Returned,
}

impl TryFrom<v2::DeliveryUpdated> for DeliveryUpdated {
    type Error = VersionError;

    fn try_from(older: v2::DeliveryUpdated) -> Result<Self, VersionError> {
        let (carrier, tracking_number) = older.tracking.as_deref().map_or((None, None), split_tracking);
        Ok(Self {
            order_id: older.order_id,
            order_placed_at: chain::rfc3339(older.order_created_at, "orderCreatedAt")?,
            delivery_id: older.delivery_id,
            updated_at: chain::rfc3339(older.updated_at, "updatedAt")?,
            status: Open::Known(older.status.into()),
            carrier,
            tracking_number,
            window: None,
            delivered_at: older.delivered_at.map(|time| chain::rfc3339(time, "deliveredAt")).transpose()?,
            delivered_to: None,
        })
    }
}

/// Maps a status that refines one of version 2 to that one; version 2 has no value for the others.
impl TryFrom<&DeliveryUpdated> for v2::DeliveryUpdated {
    type Error = VersionError;

    fn try_from(newer: &DeliveryUpdated) -> Result<Self, VersionError> {
        Ok(Self {
            order_id: newer.order_id,
            order_created_at: newer.order_placed_at,
            delivery_id: newer.delivery_id,
            updated_at: newer.updated_at,
            status: older_status(&newer.status).ok_or_else(VersionError::status)?,
            tracking: join_tracking(newer.carrier.as_deref(), newer.tracking_number.as_deref())?,
            delivered_at: newer.delivered_at,
        })
    }
}

impl From<v2::DeliveryStatus> for DeliveryStatus {
    fn from(older: v2::DeliveryStatus) -> Self {
        match older {
            v2::DeliveryStatus::InTransit => Self::InTransit,
            v2::DeliveryStatus::Delivered => Self::Delivered,
        }
    }
}

fn older_status(newer: &Open<DeliveryStatus>) -> Option<v2::DeliveryStatus> {
    match newer.known()? {
        DeliveryStatus::PickedUp | DeliveryStatus::InTransit | DeliveryStatus::OutForDelivery => {
            Some(v2::DeliveryStatus::InTransit)
        }
        DeliveryStatus::Delivered => Some(v2::DeliveryStatus::Delivered),
        DeliveryStatus::Planned | DeliveryStatus::Failed | DeliveryStatus::Returned => None,
    }
}

/// Splits at the first `/`, which only a number may contain. Text without one is the number.
fn split_tracking(tracking: &str) -> (Option<String>, Option<String>) {
    let non_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (carrier, number) = tracking.split_once('/').unwrap_or(("", tracking));
    (non_empty(carrier), non_empty(number))
}

/// Joins carrier and number; the inverse of [`split_tracking`].
fn join_tracking(carrier: Option<&str>, number: Option<&str>) -> Result<Option<String>, VersionError> {
    Ok(match (carrier.unwrap_or_default(), number.unwrap_or_default()) {
        ("", "") => None,
        ("", number) if !number.contains('/') => Some(number.to_owned()),
        (carrier, _) if carrier.contains('/') => return Err(VersionError::slash("carrier")),
        (carrier, number) => Some(format!("{carrier}/{number}")),
    })
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::contract::{DELIVERY_SERVICE, strategy};
    use crate::{Event, Reader};

    const STATUSES: &[DeliveryStatus] = &[
        DeliveryStatus::Planned,
        DeliveryStatus::PickedUp,
        DeliveryStatus::InTransit,
        DeliveryStatus::OutForDelivery,
        DeliveryStatus::Delivered,
        DeliveryStatus::Failed,
        DeliveryStatus::Returned,
    ];

    fn updated() -> impl Strategy<Value = DeliveryUpdated> {
        let texts = option::of("[a-z/]{0,4}");
        (
            (strategy::order_id(), strategy::delivery_id()),
            (strategy::time(), strategy::time(), option::of(strategy::time()), option::of(strategy::window())),
            strategy::open(STATUSES),
            (texts.clone(), texts, any::<Option<String>>()),
        )
            .prop_map(|((order_id, delivery_id), times, status, (carrier, tracking_number, delivered_to))| {
                DeliveryUpdated {
                    order_id,
                    order_placed_at: times.0,
                    delivery_id,
                    updated_at: times.1,
                    status,
                    carrier,
                    tracking_number,
                    window: times.3,
                    delivered_at: times.2,
                    delivered_to,
                }
            })
    }

    fn newest() -> DeliveryUpdated {
        serde_json::from_value(serde_json::json!({
            "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "orderPlacedAt": "2026-11-22T10:43:01Z",
            "deliveryId": "0b2a1c8e-95f4-4f0e-8a53-6d5c4c3f1e22",
            "updatedAt": "2026-11-24T08:00:00Z",
            "status": "out-for-delivery",
            "carrier": "dhl",
            "trackingCode": "JJD 01/7",
            "window": {"from": "2026-11-24T09:00:00Z", "to": "2026-11-24T11:00:00Z"},
        }))
        .unwrap()
    }

    #[test]
    fn tracking_is_split_at_the_first_slash() {
        let split = |text| {
            let (carrier, number) = split_tracking(text);
            (carrier.unwrap_or("-".to_owned()), number.unwrap_or("-".to_owned()))
        };
        let pair = |carrier: &str, number: &str| (carrier.to_owned(), number.to_owned());
        assert_eq!(split("dhl/JJD01"), pair("dhl", "JJD01"));
        assert_eq!(split("dhl/JJD/01"), pair("dhl", "JJD/01"));
        assert_eq!(split("JJD01"), pair("-", "JJD01"));
        assert_eq!(split("dhl/"), pair("dhl", "-"));
        assert_eq!(split("/JJD/01"), pair("-", "JJD/01"));
        assert_eq!(split("/"), pair("-", "-"));
        assert_eq!(split(""), pair("-", "-"));
    }

    #[test]
    fn the_old_name_of_the_number_is_read_and_not_written() {
        assert_eq!(newest().tracking_number.as_deref(), Some("JJD 01/7"));
        let written = serde_json::to_value(newest()).unwrap();
        assert_eq!(written["trackingNumber"], "JJD 01/7");
        assert_eq!(written.get("trackingCode"), None);
        assert_eq!(written["deliveredTo"], serde_json::Value::Null);
    }

    #[test]
    fn downcasts_report_lost_fields() {
        let event = Event::new(newest(), DELIVERY_SERVICE, newest().updated_at);
        let downcast = event.downcast().unwrap();
        let lost: Vec<_> = downcast.lost.iter().map(ToString::to_string).collect();
        assert_eq!(lost, ["/data/status", "/data/window"]);
        assert_eq!(downcast.event.payload().tracking.as_deref(), Some("dhl/JJD 01/7"));
        assert_eq!(
            downcast.event.downcast().unwrap_err().to_string(),
            "Delivery.Updated v2 cannot be downcast to the previous version: /status: the older version has no such status"
        );
    }

    #[test]
    fn carriers_with_a_slash_are_rejected() {
        let newer = DeliveryUpdated { carrier: Some("a/b".to_owned()), ..newest() };
        assert_eq!(
            v2::DeliveryUpdated::try_from(&newer).unwrap_err().to_string(),
            "/carrier: expected a carrier without `/`, the separator of the older version"
        );
    }

    #[test]
    fn the_oldest_form_is_read() {
        let bytes = br#"{"data":{"order":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},
            "deliveryId":"0b2a1c8e-95f4-4f0e-8a53-6d5c4c3f1e22","deliveredAt":1700000005000},"meta":{}}"#;
        let event = Reader::<DeliveryUpdated>::default().read(bytes).unwrap().into_event();
        assert_eq!(event.partition_key(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
        assert_eq!(event.time().timestamp_millis(), 1_700_000_005_000);
        assert_eq!(event.payload().status, Open::Known(DeliveryStatus::Delivered));
    }

    proptest! {
        #[test]
        fn the_newest_comes_back(updated in updated()) {
            strategy::comes_back(&updated)?;
        }

        #[test]
        fn no_older_version_panics(older in v2::tests::any_updated()) {
            if let Ok(newer) = DeliveryUpdated::try_from(older) {
                strategy::comes_back(&newer)?;
            }
        }

        #[test]
        fn values_of_version_2_round_trip(newer in updated()) {
            match v2::DeliveryUpdated::try_from(&newer) {
                Ok(older) => {
                    let again = DeliveryUpdated::try_from(older.clone()).unwrap();
                    let status = Open::Known(older.status.into());
                    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
                    let (carrier, tracking_number) = (non_empty(newer.carrier), non_empty(newer.tracking_number));
                    let expected = DeliveryUpdated {
                        status, carrier, tracking_number, window: None, delivered_to: None, ..newer
                    };
                    prop_assert_eq!(&again, &expected);
                    prop_assert_eq!(v2::DeliveryUpdated::try_from(&again), Ok(older));
                }
                Err(error) => prop_assert!(["/status", "/carrier"].contains(&error.pointer().as_str())),
            }
        }
    }
}
