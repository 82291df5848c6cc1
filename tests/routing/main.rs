//! Reach of rules over the types of a contract.

mod contract;
mod law;
#[path = "../support/pattern_fields.rs"]
mod pattern_fields;
