use event_contract::{Payload, Reader};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Payload)]
#[payload(
    external,
    name = "Order.Created.And.Then.Described.At.Such.Length.That.No.Rule.And.No.Log.Line.Would.Ever.Carry.It.Whole.From.One.Subsystem.To.The.Next.One",
    version = 1
)]
struct OrderCreated {
    order_id: String,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
