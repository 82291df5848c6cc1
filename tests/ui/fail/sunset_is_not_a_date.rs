use event_contract::Payload;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1, sunset = "2027-02-29")]
struct OrderCreated {
    order_id: String,
}

fn main() {}
