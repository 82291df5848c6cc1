//! Reach of rules over the types of a contract.

mod contract;
mod law;
