//! Internal payloads of the Order service: contacts, addresses, cost and margin, fraud scores, notes.
//!
//! Shared fields have the types of the newest external version, so that an external event is built
//! field by field. Internal events have versions too: they wait in queues and archives while the service is deployed.

mod v1;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v3::{Channel, OrderStatus};
use crate::contract::value::{Address, Contact, Currency, DeliveryId, Money, OrderId, PersonName};
use crate::{Open, Payload};

/// A customer has placed an order. `Order.Created` derives from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-placed", version = 2, previous = v1::OrderPlaced,
    key = order_id, time = placed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderPlaced {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    pub placed_at: DateTime<Utc>,
    /// Contact data of the customer. Only the name is shared.
    pub contact: Contact,
    /// The delivery address. Only the postal code and the country are shared.
    pub address: Option<Address>,
    /// The order lines.
    pub lines: Vec<PlacedLine>,
    /// The total amount.
    pub total: Money,
    /// The margin. Not shared.
    pub margin: Option<Money>,
    /// The sales channel.
    pub channel: Option<Open<Channel>>,
    /// The fraud score, from 0 to 100. Not shared.
    pub fraud_score: Option<u8>,
    /// Notes of the service desk. Not shared.
    pub operator_notes: Vec<String>,
}

/// One article of an order, with its cost.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlacedLine {
    /// The article number (stock-keeping unit).
    pub sku: String,
    /// The quantity.
    pub quantity: u32,
    /// The price per piece.
    pub unit_price: Money,
    /// The cost per piece. Not shared.
    pub unit_cost: Option<Money>,
}

/// The Order service recorded the status of an order. `Order.Updated` derives from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-progressed", version = 1, key = order_id, time = progressed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderProgressed {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    pub placed_at: DateTime<Utc>,
    /// Time of the change.
    pub progressed_at: DateTime<Utc>,
    /// The status.
    pub status: Open<OrderStatus>,
    /// The id of its delivery, once there is one.
    pub delivery_id: Option<DeliveryId>,
    /// Time of delivery; null before.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The total amount, if known.
    pub total: Option<Money>,
    /// The cost of the delivery. Not shared.
    pub delivery_cost: Option<Money>,
    /// The current fraud score, from 0 to 100. Not shared.
    pub fraud_score: Option<u8>,
    /// Notes of the service desk. Not shared.
    pub operator_notes: Vec<String>,
}

impl From<v1::OrderPlaced> for OrderPlaced {
    fn from(older: v1::OrderPlaced) -> Self {
        let euro = |amount| Money { amount, currency: Currency::EUR };
        Self {
            order_id: older.order_id,
            placed_at: older.placed_at,
            contact: Contact {
                name: PersonName::split(&older.customer_name),
                email: older.customer_email,
                phone: older.customer_phone,
            },
            address: None,
            lines: Vec::new(),
            total: euro(older.total_cents),
            margin: older.margin_cents.map(euro),
            channel: None,
            fraud_score: None,
            operator_notes: older.operator_note.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    fn line() -> impl Strategy<Value = PlacedLine> {
        (any::<String>(), any::<u32>(), strategy::money(), option::of(strategy::money()))
            .prop_map(|(sku, quantity, unit_price, unit_cost)| PlacedLine { sku, quantity, unit_price, unit_cost })
    }

    fn placed() -> impl Strategy<Value = OrderPlaced> {
        let who = (strategy::contact(), option::of(strategy::address()));
        let what = (prop::collection::vec(line(), 0..3), strategy::money(), option::of(strategy::money()));
        let channel = option::of(strategy::open(&[Channel::Web, Channel::App]));
        (strategy::order_id(), strategy::time(), who, what, channel, (any::<Option<u8>>(), strategy::notes())).prop_map(
            |(order_id, placed_at, (contact, address), (lines, total, margin), channel, (fraud_score, notes))| {
                OrderPlaced {
                    order_id,
                    placed_at,
                    contact,
                    address,
                    lines,
                    total,
                    margin,
                    channel,
                    fraud_score,
                    operator_notes: notes,
                }
            },
        )
    }

    fn progressed() -> impl Strategy<Value = OrderProgressed> {
        let ids = (strategy::order_id(), option::of(strategy::delivery_id()));
        let times = (strategy::time(), strategy::time(), option::of(strategy::time()));
        let amounts = (option::of(strategy::money()), option::of(strategy::money()));
        let status = strategy::open(&[OrderStatus::Placed, OrderStatus::Returned]);
        (ids, times, amounts, status, (any::<Option<u8>>(), strategy::notes())).prop_map(
            |((order_id, delivery_id), times, (total, delivery_cost), status, (fraud_score, operator_notes))| {
                OrderProgressed {
                    order_id,
                    placed_at: times.0,
                    progressed_at: times.1,
                    status,
                    delivery_id,
                    delivered_at: times.2,
                    total,
                    delivery_cost,
                    fraud_score,
                    operator_notes,
                }
            },
        )
    }

    #[test]
    fn version_1_becomes_version_2() {
        let older: v1::OrderPlaced = serde_json::from_value(serde_json::json!({
            "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "placedAt": "2026-11-22T10:43:01Z",
            "customerName": "Ada Lovelace",
            "customerEmail": "ada@example.com",
            "customerPhone": null,
            "totalCents": 1998,
            "marginCents": 400,
            "operatorNote": "rings twice",
        }))
        .unwrap();
        assert_eq!(older.partition_key().unwrap(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
        let newer = OrderPlaced::upcast(older).unwrap();
        let euro = |amount| Money { amount, currency: Currency::EUR };
        assert_eq!(
            newer,
            OrderPlaced {
                order_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
                placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
                contact: Contact {
                    name: PersonName::split("Ada Lovelace"),
                    email: Some("ada@example.com".to_owned()),
                    phone: None,
                },
                address: None,
                lines: Vec::new(),
                total: euro(1998),
                margin: Some(euro(400)),
                channel: None,
                fraud_score: None,
                operator_notes: vec!["rings twice".to_owned()],
            }
        );
    }

    proptest! {
        #[test]
        fn the_newest_comes_back(placed in placed(), progressed in progressed()) {
            strategy::comes_back(&placed)?;
            strategy::comes_back(&progressed)?;
        }
    }
}
