use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
}

mod inside {
    pub type Placed = super::OrderPlaced;
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
enum OrderCreated {
    Once(Box<OrderPlaced>),
    Often { all: Option<Vec<(u8, [inside::Placed; 2])>> },
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
