use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1, time = created_at)]
struct OrderCreated {
    created_at: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
