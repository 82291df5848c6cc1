//! Every key of `#[payload(…)]`, on both sides.

use chrono::{DateTime, Utc};
use event_contract::{Event, ExternalPayload, InternalPayload, Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

mod v1 {
    use event_contract::Payload;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Payload)]
    #[payload(external, name = "Order.Created", version = 1, key = order_id)]
    pub struct OrderCreated {
        pub order_id: u64,
    }
}

#[derive(Serialize, Deserialize, ValueType)]
struct Order {
    id: u64,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(
    external,
    name = "Order.Created",
    version = 2,
    previous = v1::OrderCreated,
    key = order.id,
    time = created_at,
    entity = "order"
)]
struct OrderCreated {
    order: Order,
    created_at: Option<DateTime<Utc>>,
}

impl From<v1::OrderCreated> for OrderCreated {
    fn from(older: v1::OrderCreated) -> Self {
        Self { order: Order { id: older.order_id }, created_at: None }
    }
}

/// Keys may be split over several attributes.
#[derive(Serialize, Deserialize, Payload)]
#[payload(internal)]
#[payload(name = "Order.Placed", version = 1, time = placed_at)]
struct OrderPlaced {
    placed_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "Order.Placed", version = 2, previous = OrderPlaced, key = channel)]
struct OrderPlacedSomewhere {
    placed_at: DateTime<Utc>,
    channel: String,
}

impl TryFrom<OrderPlaced> for OrderPlacedSomewhere {
    type Error = String;

    fn try_from(older: OrderPlaced) -> Result<Self, String> {
        if older.placed_at < DateTime::UNIX_EPOCH {
            return Err("placed before there was an order book".to_owned());
        }
        Ok(Self { placed_at: older.placed_at, channel: "web".to_owned() })
    }
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Moved", version = 1)]
enum OrderMoved {
    Packed,
    Shipped { carrier: String },
}

const SIZES: usize = 2;

#[derive(Serialize, Deserialize, ValueType)]
struct Fixed<const N: usize> {
    sizes: Vec<u8>,
}

/// Fields may have any type that may cross the boundary, in any notation.
#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Packed", version = 1)]
struct OrderPacked {
    created: OrderCreated,
    inner: Option<Box<Self>>,
    same: Vec<OrderPacked>,
    text: Box<str>,
    fixed: Fixed<SIZES>,
    other: Fixed<{ SIZES + 1 }>,
    more: std::collections::BTreeMap<String, (u8, [u16; 2])>,
    before: <OrderCreated as Payload>::Previous,
    #[serde(skip)]
    taken: Option<fn(&OrderPlaced) -> u8>,
}

/// An internal payload may have fields of any type.
#[derive(Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-noted", version = 1)]
struct OrderNoted {
    #[serde(flatten)]
    placed: OrderPlaced,
}

fn share<P: ExternalPayload>(_: &Event<P>) {}

fn keep<P: InternalPayload>(_: &Event<P>) {}

fn use_them(created: &Event<OrderCreated>, moved: &Event<OrderMoved>, placed: &Event<OrderPlacedSomewhere>) {
    share(created);
    let (_, _) = (share::<OrderPacked>, keep::<OrderNoted>);
    share(moved);
    keep(placed);
}

fn main() {
    let _ = use_them;
    let created = OrderCreated::upcast(v1::OrderCreated { order_id: 7 }).unwrap();
    assert_eq!(created.partition_key().unwrap().as_str(), "7");
    assert_eq!(created.occurred_at(), None);
    assert_eq!(OrderCreated::ENTITY, Some("order"));

    let epoch = DateTime::UNIX_EPOCH;
    let placed = OrderPlaced { placed_at: epoch };
    assert_eq!(placed.occurred_at(), Some(epoch));
    let placed = OrderPlacedSomewhere::upcast(placed).unwrap();
    assert_eq!(placed.partition_key().unwrap().as_str(), "web");

    assert!(Reader::<OrderCreated>::default().read(b"{}").is_err());
}
