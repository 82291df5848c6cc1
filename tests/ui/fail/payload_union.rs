use event_contract::Payload;

#[derive(Payload)]
#[payload(external, name = "Order.Created", version = 1)]
union OrderCreated {
    number: u64,
    bytes: [u8; 8],
}

fn main() {}
