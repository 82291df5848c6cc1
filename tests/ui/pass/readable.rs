//! An enum of events of several types, and of both sides.

use event_contract::{Event, Payload, Readable, Reader, Unrecognised};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1, key = order_id)]
struct OrderCreated {
    order_id: String,
}

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(internal, name = "Order.Placed", version = 1)]
struct OrderPlaced {
    order_id: String,
}

type Placed = Event<OrderPlaced>;

#[derive(Readable)]
enum Incoming {
    Created(Event<OrderCreated>),
    Placed(Placed),
    Other(event_contract::Unrecognised),
}

#[derive(Readable)]
enum Created {
    Created(Event<OrderCreated>),
    Other(Unrecognised),
}

fn main() {
    let bytes = br#"{
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "source": "shop",
        "detail-type": "Order.Created",
        "time": "2025-01-01T00:00:00Z",
        "detail": { "order_id": "o-1" }
    }"#;
    match Reader::<Incoming>::default().read(bytes).unwrap().into_event() {
        Incoming::Created(event) => assert_eq!(event.payload().order_id, "o-1"),
        Incoming::Placed(event) => panic!("not {event:?}"),
        Incoming::Other(other) => panic!("not {other:?}"),
    }
    let placed = br#"{ "id": "1", "detail-type": "Order.Placed", "detail": { "order_id": "o-1" } }"#;
    match Reader::<Created>::default().read(placed).unwrap().into_event() {
        Created::Created(event) => panic!("not {event:?}"),
        Created::Other(other) => assert_eq!(&other.bytes, placed),
    }
}
