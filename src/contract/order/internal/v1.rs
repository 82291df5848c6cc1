//! Version 1 of the internal events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Payload;
use crate::contract::value::OrderId;

/// A customer has placed an order, as a row of the order table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[payload(internal, name = "order-placed", version = 1, key = order_id, time = placed_at, entity = "order")]
#[serde(rename_all = "camelCase")]
pub struct OrderPlaced {
    /// The id of the order.
    pub order_id: OrderId,
    /// Time of the order.
    pub placed_at: DateTime<Utc>,
    /// The full name of the customer.
    pub customer_name: String,
    /// The customer's mail address.
    pub customer_email: Option<String>,
    /// The customer's telephone number.
    pub customer_phone: Option<String>,
    /// The total amount, in cents of a euro.
    pub total_cents: i64,
    /// The margin, in cents of a euro.
    pub margin_cents: Option<i64>,
    /// Notes of the service desk.
    pub operator_note: Option<String>,
}
