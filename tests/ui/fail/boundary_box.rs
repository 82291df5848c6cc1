use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
    customer: Box<PII>,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
