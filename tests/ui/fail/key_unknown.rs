use event_contract::{Event, InternalPayload, Payload};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(name = "Order.Created", verison = 1, internal)]
struct OrderCreated {
    order_id: String,
}

fn keep<P: InternalPayload>(_: &Event<P>) {}

fn inside(event: &Event<OrderCreated>) {
    keep(event);
}

fn main() {}
