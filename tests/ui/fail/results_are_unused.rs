#![deny(unused_must_use)]

use event_contract::contract::order::OrderCreated;
use event_contract::fault::{FaultSite, Partitioned};
use event_contract::gateway::Gateway;
use event_contract::{Cause, Event, Reader, SubsystemName};

const ORDER: SubsystemName = SubsystemName::from_static("order-service");

fn follow(event: &Event<OrderCreated>) {
    Cause::from_event(event, ORDER, "follow").event(event.payload().clone());
}

fn main() {
    Gateway::egress(ORDER).cross_all(b"");
    let site = FaultSite::new(ORDER, "function").unwrap().with_pipeline("pipeline").unwrap();
    Partitioned::new(Reader::<OrderCreated>::default().read_all(b""), &site, Default::default());
}
