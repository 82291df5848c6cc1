//! Tracking of a deserialization: unknown fields, defaulted fields, aliases, unknown variants.
//!
//! [`Tracked`] wraps any deserializer without changing its result, with one exception: a struct is read from an object
//! only, although serde would also accept an array of its fields. Observations are recorded in a [`Tracker`].
//!
//! Every payload is read through this wrapper, so it does as little as possible: scalars pass straight through, and
//! positions are lists on the stack.

mod access;
mod deserializer;
mod tracker;
mod visitor;
mod watch;

pub(super) use tracker::{Note, NoteKind, Tracker};
pub(super) use watch::Tracked;
