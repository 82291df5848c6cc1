//! Routing rules against the contract.

mod find;
mod place;
mod reach;
mod shape;
mod translate;

pub use reach::{Example, Reach};
pub use shape::{Envelope, Shape, ShapeError};
