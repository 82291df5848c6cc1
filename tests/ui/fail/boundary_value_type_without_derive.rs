use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    item: String,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    lines: Vec<Line>,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
