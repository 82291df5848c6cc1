use event_contract::ValueType;
use serde::{Deserialize, Serialize};

trait Role {
    type Data;
}

#[derive(Serialize, Deserialize, ValueType)]
struct Page<R: Role> {
    items: Vec<Option<<R as Role>::Data>>,
    more: R::Data,
}

fn share<T: event_contract::Shareable>(_: &T) {}

fn leak<R: Role>(page: &Page<R>) {
    share(page);
}

fn main() {}
