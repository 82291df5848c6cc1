use std::collections::BTreeMap;

use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "shelf-counted", version = 1)]
struct ShelfCounted {
    shelf: String,
    #[serde(default, flatten)]
    by_row: Option<BTreeMap<u32, String>>,
}

fn main() {
    let _ = Reader::<ShelfCounted>::default();
}
