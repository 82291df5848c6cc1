//! Version 3, the newest.
//!
//! Changes since version 2:
//!
//! | version 2 | version 3 | kind of change |
//! |---|---|---|
//! | `createdAt`, epoch milliseconds | `placedAt`, RFC 3339 | a rename, and another form of the same value |
//! | `customerName` | `customer.givenName`, `customer.familyName` | a field split in two |
//! | `total`, `lines[].price`: a number of euro | `total`, `lines[].unitPrice`: minor units and a currency | another type, and a rename |
//! | `channel`, `status`: closed lists | open lists with more values | an enumeration that grew |
//!
//! A channel and a status are always [`Open`]. Within version 3, `items` was renamed to `lines`. Both are read; `lines`
//! is written.
//!
//! ```
//! use event_contract::contract::order::{OrderCreated, v2};
//!
//! let older: v2::OrderCreated = serde_json::from_str(
//!     r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000,
//!         "customerName":"Ada Lovelace","lines":[],"total":19.99,"channel":"web"}"#,
//! )?;
//! let newer = OrderCreated::try_from(older)?;
//! assert_eq!(newer.total.unwrap().amount, 1999);
//! assert_eq!(newer.customer.unwrap().family_name, "Lovelace");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::v2;
use crate::contract::VersionError;
use crate::contract::chain;
use crate::contract::value::{DeliveryId, Destination, Money, OrderId, PersonName};
use crate::{Open, Payload, ValueType};

/// An order was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Created", version = 3, previous = v2::OrderCreated,
    key = order_id, time = placed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderCreated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    pub placed_at: DateTime<Utc>,
    /// The name of the customer for the label.
    pub customer: Option<PersonName>,
    /// The order lines; empty if unknown. Formerly `items`.
    #[serde(alias = "items")]
    pub lines: Vec<Line>,
    /// The total amount.
    pub total: Option<Money>,
    /// The sales channel.
    pub channel: Option<Open<Channel>>,
    /// The destination: postal code and country.
    pub ship_to: Option<Destination>,
}

/// One article of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The article number (stock-keeping unit).
    pub sku: String,
    /// The quantity.
    pub quantity: u32,
    /// The price per piece.
    pub unit_price: Money,
}

/// A sales channel. More will be added: a reader accepts any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Channel {
    /// In the web shop.
    Web,
    /// Over the counter.
    Store,
    /// In the app.
    App,
    /// By telephone.
    Phone,
    /// On a third-party marketplace.
    Marketplace,
}

/// An order has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(external, name = "Order.Updated", version = 3, previous = v2::OrderUpdated,
    key = order_id, time = updated_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderUpdated {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    pub placed_at: DateTime<Utc>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
    /// The status.
    pub status: Open<OrderStatus>,
    /// The id of its delivery, once there is one.
    pub delivery_id: Option<DeliveryId>,
    /// Time of delivery; null before.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The total amount.
    pub total: Option<Money>,
}

/// The status of an order. More will be added: a reader accepts any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OrderStatus {
    /// It has been planned.
    Placed,
    /// It is paid.
    Paid,
    /// It is packed and ready for the carrier.
    Packed,
    /// It is on its way.
    Shipped,
    /// It has arrived.
    Delivered,
    /// It has been returned.
    Returned,
    /// It was cancelled.
    Cancelled,
}

impl TryFrom<v2::OrderCreated> for OrderCreated {
    type Error = VersionError;

    fn try_from(older: v2::OrderCreated) -> Result<Self, VersionError> {
        Ok(Self {
            order_id: older.order_id,
            placed_at: chain::rfc3339(older.created_at, "createdAt")?,
            customer: older.customer_name.and_then(|name| PersonName::split(&name)),
            lines: lines(older.lines, "lines", Line::try_from)?,
            total: older.total.map(|euros| chain::money(euros, "total")).transpose()?,
            channel: older.channel.map(|channel| Open::Known(channel.into())),
            ship_to: None,
        })
    }
}

/// A channel that version 2 lacks is omitted: the field is optional, and any other channel would be wrong.
impl TryFrom<&OrderCreated> for v2::OrderCreated {
    type Error = VersionError;

    fn try_from(newer: &OrderCreated) -> Result<Self, VersionError> {
        Ok(Self {
            order_id: newer.order_id,
            created_at: newer.placed_at,
            customer_name: newer.customer.as_ref().map(PersonName::full),
            lines: lines(&newer.lines, "lines", v2::Line::try_from)?,
            total: newer.total.map(|money| chain::euros(money, "total")).transpose()?,
            channel: newer.channel.as_ref().and_then(older_channel),
        })
    }
}

impl TryFrom<v2::Line> for Line {
    type Error = VersionError;

    fn try_from(older: v2::Line) -> Result<Self, VersionError> {
        Ok(Self { sku: older.sku, quantity: older.quantity, unit_price: chain::money(older.price, "price")? })
    }
}

impl TryFrom<&Line> for v2::Line {
    type Error = VersionError;

    fn try_from(newer: &Line) -> Result<Self, VersionError> {
        let price = chain::euros(newer.unit_price, "unitPrice")?;
        Ok(Self { sku: newer.sku.clone(), quantity: newer.quantity, price })
    }
}

impl From<v2::Channel> for Channel {
    fn from(older: v2::Channel) -> Self {
        match older {
            v2::Channel::Web => Self::Web,
            v2::Channel::Store => Self::Store,
        }
    }
}

impl TryFrom<v2::OrderUpdated> for OrderUpdated {
    type Error = VersionError;

    fn try_from(older: v2::OrderUpdated) -> Result<Self, VersionError> {
        Ok(Self {
            order_id: older.order_id,
            placed_at: chain::rfc3339(older.created_at, "createdAt")?,
            updated_at: chain::rfc3339(older.updated_at, "updatedAt")?,
            status: Open::Known(older.status.into()),
            delivery_id: None,
            delivered_at: older.delivered_at.map(|time| chain::rfc3339(time, "deliveredAt")).transpose()?,
            total: older.total.map(|euros| chain::money(euros, "total")).transpose()?,
        })
    }
}

/// Maps a status that refines one of version 2 to that one; version 2 has no value for the others.
impl TryFrom<&OrderUpdated> for v2::OrderUpdated {
    type Error = VersionError;

    fn try_from(newer: &OrderUpdated) -> Result<Self, VersionError> {
        Ok(Self {
            order_id: newer.order_id,
            created_at: newer.placed_at,
            updated_at: newer.updated_at,
            status: older_status(&newer.status).ok_or_else(VersionError::status)?,
            delivered_at: newer.delivered_at,
            total: newer.total.map(|money| chain::euros(money, "total")).transpose()?,
        })
    }
}

impl From<v2::OrderStatus> for OrderStatus {
    fn from(older: v2::OrderStatus) -> Self {
        match older {
            v2::OrderStatus::Placed => Self::Placed,
            v2::OrderStatus::Shipped => Self::Shipped,
            v2::OrderStatus::Delivered => Self::Delivered,
        }
    }
}

fn lines<A, B>(
    lines: impl IntoIterator<Item = A>,
    field: &str,
    line: impl Fn(A) -> Result<B, VersionError>,
) -> Result<Vec<B>, VersionError> {
    let lines = lines.into_iter().enumerate();
    lines.map(|(index, item)| line(item).map_err(|error| error.in_item(field, index))).collect()
}

fn older_channel(newer: &Open<Channel>) -> Option<v2::Channel> {
    match newer.known()? {
        Channel::Web => Some(v2::Channel::Web),
        Channel::Store => Some(v2::Channel::Store),
        Channel::App | Channel::Phone | Channel::Marketplace => None,
    }
}

fn older_status(newer: &Open<OrderStatus>) -> Option<v2::OrderStatus> {
    match newer.known()? {
        OrderStatus::Placed | OrderStatus::Paid | OrderStatus::Packed => Some(v2::OrderStatus::Placed),
        OrderStatus::Shipped => Some(v2::OrderStatus::Shipped),
        OrderStatus::Delivered => Some(v2::OrderStatus::Delivered),
        OrderStatus::Returned | OrderStatus::Cancelled => None,
    }
}

#[cfg(test)]
mod tests;
