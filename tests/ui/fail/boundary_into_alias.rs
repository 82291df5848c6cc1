use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

type Written = PII;

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
#[serde(into = "Written")]
struct OrderCreated {
    order_id: String,
}

impl From<OrderCreated> for Written {
    fn from(created: OrderCreated) -> Self {
        Self { email: created.order_id }
    }
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
