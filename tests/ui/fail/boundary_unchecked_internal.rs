use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    #[payload(unchecked)]
    extras: serde_json::Value,
}

fn main() {
    let _ = Reader::<OrderPlaced>::default();
}
