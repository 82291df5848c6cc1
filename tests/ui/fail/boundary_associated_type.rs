use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

trait Role {
    type Data;
}

enum Customer {}

impl Role for Customer {
    type Data = PII;
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
    customer: <Customer as Role>::Data,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
