//! Exact deserialization of a payload that does not fit its type: placeholder substitution until a fixpoint.
//!
//! Serde stops at the first mismatch, and rarely reports its position. Here a payload is deserialized from a tree by a
//! deserializer that knows its position. A mismatch is recorded, the wrong value is replaced by a *placeholder*, and the
//! payload is deserialized again, until no new mismatch is found. A placeholder is a value that the type asks for: a
//! string, a number, a date, the first variant; a type that validates its values is offered up to 20 candidates. A payload
//! with a placeholder is never returned.
//!
//! Bounds: 50 mismatches, 200 passes, and three million values visited in all passes together. The last one makes the cost
//! linear in the length of the text.

mod access;
mod collect;
mod cursor;
mod deserializer;
mod key_probe;
mod mismatch;
mod notation;
mod placeholder;
mod replay;

pub(super) use collect::{ReadOutcome, read_collecting};
pub(super) use cursor::{ExactDeserializer, Input};
pub(super) use mismatch::ExactError;
pub(super) use notation::IntegerNotation;
#[cfg(feature = "schema")]
pub(crate) use replay::ENTRY;
#[cfg(feature = "check")]
pub(crate) use replay::JsonKind;
#[cfg(feature = "schema")]
pub(super) use replay::KeyRequest;
pub(super) use replay::{Discovery, Duplicate, Probe, Replay, Step};
