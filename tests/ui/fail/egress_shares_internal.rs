use std::convert::Infallible;

use event_contract::gateway::{Egress, Emitter};
use event_contract::{Event, Payload};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
}

struct ShareOrders;

impl Egress for ShareOrders {
    type Internal = OrderPlaced;
    type External = OrderPlaced;
    type Error = Infallible;

    fn share(&self, event: &Event<OrderPlaced>, out: &mut Emitter<OrderPlaced>) -> Result<(), Infallible> {
        out.add(event.payload().clone());
        Ok(())
    }
}

fn main() {}
