use event_contract::ValueType;

#[derive(ValueType)]
union Number {
    signed: i64,
    unsigned: u64,
}

fn main() {}
