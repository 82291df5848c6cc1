use event_contract::{Event, Payload, Readable, Reader, Unrecognised};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    order_id: String,
}

mod v1 {
    use event_contract::Payload;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Payload)]
    #[payload(external, name = "Order.Created", version = 1)]
    pub struct OrderCreated {
        pub order_id: String,
    }
}

#[derive(Readable)]
enum Incoming {
    Created(Event<v1::OrderCreated>),
    CreatedToo(Event<OrderCreated>),
    Other(Unrecognised),
}

fn main() {
    let _ = Reader::<Incoming>::default();
}
