use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 2, previous = OrderCreatedLater)]
struct OrderCreated {
    order_id: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 3, previous = OrderCreated)]
struct OrderCreatedLater {
    order_id: String,
}

impl From<OrderCreatedLater> for OrderCreated {
    fn from(older: OrderCreatedLater) -> Self {
        Self { order_id: older.order_id }
    }
}

impl From<OrderCreated> for OrderCreatedLater {
    fn from(older: OrderCreated) -> Self {
        Self { order_id: older.order_id }
    }
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
