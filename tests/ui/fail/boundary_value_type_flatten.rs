use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, ValueType)]
struct Line {
    item: String,
    #[serde(flatten)]
    more: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    lines: Vec<Line>,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
