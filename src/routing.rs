//! Where events go.

pub mod source;
