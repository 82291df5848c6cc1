use event_contract::{Event, ExternalPayload, Payload};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "Order.Placed", version = 1)]
struct OrderPlaced {
    order_id: String,
}

fn share<P: ExternalPayload>(_: &Event<P>) {}

fn leak(event: &Event<OrderPlaced>) {
    share(event);
}

fn main() {}
