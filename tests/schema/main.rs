//! Schema, serde and a validator agree: on a zoo of types, and on the shipped contract.

mod agree;
mod contract;
mod zoo;
