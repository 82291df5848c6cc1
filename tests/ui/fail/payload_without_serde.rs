use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ValueType)]
struct Line {
    item: String,
}

#[derive(Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    lines: Vec<Line>,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
