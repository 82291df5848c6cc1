use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

struct Order {
    order_id: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 2, previous = Order)]
struct OrderCreated {
    order_id: String,
}

impl From<Order> for OrderCreated {
    fn from(older: Order) -> Self {
        Self { order_id: older.order_id }
    }
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
