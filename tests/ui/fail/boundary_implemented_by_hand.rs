use event_contract::{Payload, Shareable};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "customer-known", version = 1)]
struct PII {
    email: String,
}

impl Shareable for PII {}

fn main() {}
