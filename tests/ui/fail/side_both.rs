use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "Order.Created", version = 1, external)]
struct OrderCreated {
    order_id: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
