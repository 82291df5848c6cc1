use event_contract::{Payload, Reader, ValueType};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

#[derive(Clone, Serialize, Deserialize, ValueType)]
#[serde(into = "Option<PII>", from = "Option<PII>")]
struct Recipient {
    #[serde(skip)]
    email: String,
}

impl From<Recipient> for Option<PII> {
    fn from(recipient: Recipient) -> Self {
        Some(PII { email: recipient.email })
    }
}

impl From<Option<PII>> for Recipient {
    fn from(person: Option<PII>) -> Self {
        Self { email: person.map(|person| person.email).unwrap_or_default() }
    }
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    recipient: Recipient,
}

fn main() {
    let _ = Reader::<OrderCreated>::default();
}
