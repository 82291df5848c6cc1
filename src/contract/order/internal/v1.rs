//! Version 1 of the internal events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Payload;
use crate::contract::value::OrderId;

/// A customer has placed an order: a row of the order table, more or less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-placed", version = 1, key = order_id, time = placed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderPlaced {
    /// Which order.
    pub order_id: OrderId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The whole name of the customer.
    pub customer_name: String,
    /// The customer's mail address.
    pub customer_email: Option<String>,
    /// The customer's telephone number.
    pub customer_phone: Option<String>,
    /// The sum, in cents of a euro.
    pub total_cents: i64,
    /// What is left of it for us, in cents of a euro.
    pub margin_cents: Option<i64>,
    /// What the people at the desk wrote about it.
    pub operator_note: Option<String>,
}
