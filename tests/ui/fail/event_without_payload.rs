use event_contract::{Event, SubsystemName};

struct OrderCreated {
    order_id: String,
}

fn event(order: OrderCreated, source: SubsystemName) {
    let _ = Event::new(order, source, std::time::SystemTime::now().into());
}

fn main() {}
