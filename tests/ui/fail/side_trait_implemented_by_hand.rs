use event_contract::{ExternalPayload, Payload};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "Order.Placed", version = 1)]
struct OrderPlaced {
    order_id: String,
}

impl ExternalPayload for OrderPlaced {}

fn main() {}
