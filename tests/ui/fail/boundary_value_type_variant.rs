use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

#[derive(Serialize, Deserialize, ValueType)]
enum Recipient {
    Anyone,
    Person { at: String, person: Box<PII> },
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    recipient: Recipient,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
