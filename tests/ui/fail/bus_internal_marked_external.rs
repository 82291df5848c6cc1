use event_contract::publish::Bus;

fn main() {
    let _ = Bus::internal().marked_external();
}
