use std::convert::Infallible;

use event_contract::gateway::{Emitter, Ingress};
use event_contract::{Event, Payload};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
}

struct TakeOrders;

impl Ingress for TakeOrders {
    type External = OrderPlaced;
    type Internal = OrderPlaced;
    type Error = Infallible;

    fn take_in(&self, _: &Event<OrderPlaced>, _: &mut Emitter<OrderPlaced>) -> Result<(), Infallible> {
        Ok(())
    }
}

fn main() {}
