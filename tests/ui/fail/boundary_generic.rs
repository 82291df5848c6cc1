use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

#[derive(Serialize, Deserialize, ValueType)]
struct Page<T> {
    items: Vec<T>,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    customers: Page<PII>,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
