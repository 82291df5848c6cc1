use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
