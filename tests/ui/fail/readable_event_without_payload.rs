use event_contract::{Event, Payload, Readable, Reader, Unrecognised};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
}

struct OrderShipped {
    order_id: String,
}

#[derive(Readable)]
enum Incoming {
    Created(Event<OrderCreated>),
    Shipped(Event<OrderShipped>),
    Other(Unrecognised),
}

fn main() {
    let _ = Reader::<Incoming>::default();
}
