use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
    placed: OrderPlaced,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
