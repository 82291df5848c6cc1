use event_contract::Payload;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1, deprecated = "2027-01-01", sunset = "2026-12-31")]
struct OrderCreated {
    order_id: String,
}

fn main() {}
