use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Customer {
    name: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
enum OrderCreated {
    Online,
    InStore {
        #[cfg_attr(all(), serde(flatten))]
        customer: Customer,
    },
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
