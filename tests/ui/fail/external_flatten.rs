use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
struct Customer {
    name: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
    #[serde(rename(serialize = "c"), default, flatten)]
    customer: Customer,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
