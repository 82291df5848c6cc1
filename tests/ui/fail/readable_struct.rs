use event_contract::{Event, Payload, Readable, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
}

#[derive(Readable)]
struct Incoming {
    created: Event<OrderCreated>,
}

fn main() {
    let _ = Reader::<Incoming>::default();
}
