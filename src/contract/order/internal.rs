//! What the Order service keeps to itself: contacts, addresses, cost and margin, fraud scores, notes.
//!
//! What it also shares, it says here in the words of the newest external version, so that an external event is made
//! field by field. Internal events have versions too: they wait in queues and archives while the service is deployed.

mod v1;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v3::{Channel, OrderStatus};
use crate::contract::value::{Address, Contact, Currency, DeliveryId, Money, OrderId, PersonName};
use crate::{Open, Payload};

/// A customer has placed an order. `Order.Created` is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-placed", version = 2, previous = v1::OrderPlaced,
    key = order_id, time = placed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderPlaced {
    /// Which order.
    pub order_id: OrderId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// How to reach the customer. Only the name is shared.
    pub contact: Contact,
    /// Where it goes. Only the postal code and the country are shared.
    pub address: Option<Address>,
    /// What was ordered.
    pub lines: Vec<PlacedLine>,
    /// The sum.
    pub total: Money,
    /// What is left of it for us. Not shared.
    pub margin: Option<Money>,
    /// Where it was ordered.
    pub channel: Option<Open<Channel>>,
    /// How much it looks like fraud, from 0 to 100. Not shared.
    pub fraud_score: Option<u8>,
    /// What the people at the desk wrote about it. Not shared.
    pub operator_notes: Vec<String>,
}

/// One article of an order, with what it costs us.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlacedLine {
    /// Which article.
    pub sku: String,
    /// How many of it.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: Money,
    /// What one costs us. Not shared.
    pub unit_cost: Option<Money>,
}

/// The Order service has taken note of how far an order has come. `Order.Updated` is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-progressed", version = 1, key = order_id, time = progressed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderProgressed {
    /// Which order.
    pub order_id: OrderId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it came this far.
    pub progressed_at: DateTime<Utc>,
    /// How far it has come.
    pub status: Open<OrderStatus>,
    /// Which delivery brings it, once there is one.
    pub delivery_id: Option<DeliveryId>,
    /// When it was delivered; null until it is.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The sum, where it is at hand.
    pub total: Option<Money>,
    /// What the delivery costs us. Not shared.
    pub delivery_cost: Option<Money>,
    /// How much it looks like fraud by now, from 0 to 100. Not shared.
    pub fraud_score: Option<u8>,
    /// What the people at the desk wrote about it. Not shared.
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
