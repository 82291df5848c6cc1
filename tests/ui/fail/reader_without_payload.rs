use event_contract::Reader;

struct OrderCreated {
    order_id: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
