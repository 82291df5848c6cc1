//! Schemas, compared with serde and with a validator: on a zoo of types and on the shipped contract.

mod agree;
mod contract;
mod zoo;
