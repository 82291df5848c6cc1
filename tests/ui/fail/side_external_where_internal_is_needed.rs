use event_contract::{Event, InternalPayload, Payload};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
}

fn keep<P: InternalPayload>(_: &Event<P>) {}

fn forward(event: &Event<OrderCreated>) {
    keep(event);
}

fn main() {}
