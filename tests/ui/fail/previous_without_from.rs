use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

mod v1 {
    use event_contract::Payload;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Payload)]
    #[payload(external, name = "Order.Created", version = 1)]
    pub struct OrderCreated {
        pub order_id: String,
    }
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 2, previous = v1::OrderCreated)]
struct OrderCreated {
    order_id: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
