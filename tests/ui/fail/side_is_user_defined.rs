use event_contract::{Side, SideKind};

#[derive(Debug)]
enum Partner {}

impl Side for Partner {
    const KIND: SideKind = SideKind::External;
}

fn main() {}
