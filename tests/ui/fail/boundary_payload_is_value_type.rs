use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload, ValueType)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
}

fn main() {
    let _ = Reader::<OrderPlaced>::default();
}
