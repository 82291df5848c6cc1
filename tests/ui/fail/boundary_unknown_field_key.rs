use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    #[payload(uncheked)]
    extras: serde_json::Value,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
