use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    order_id: String,
    margin: i64,
}

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
#[serde(into = "OrderPlaced")]
struct OrderCreated {
    order_id: String,
}

impl From<OrderCreated> for OrderPlaced {
    fn from(created: OrderCreated) -> Self {
        Self { order_id: created.order_id, margin: 7 }
    }
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
