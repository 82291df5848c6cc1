use event_contract::publish::Bus;
use event_contract::{Event, Payload};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    order_id: String,
}

fn leak(event: &Event<OrderPlaced>) {
    let _ = Bus::external().entry(event);
}

fn main() {}
