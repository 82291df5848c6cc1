//! Exact deserialization of a payload that does not fit its type: placeholder substitution until a fixpoint.
//!
//! Serde stops at the first mismatch, and rarely reports its position. Here a payload is deserialized from a tree by a
//! deserializer that knows its position. A mismatch is recorded, the wrong value is replaced by a *placeholder*, and the
//! payload is deserialized again, until no new mismatch is found. A placeholder is a value that the type asks for: a
//! string, a number, a date, the first variant; a type that validates its values is offered up to 20 candidates. A payload
//! with a placeholder is never returned.
//!
//! A value that serde buffers (`flatten`, tagged and untagged enums) is read without a position: [`origin`] finds that of a
//! mismatch in it by further passes. A mismatch that is in a placeholder, or depends on the variant that one has chosen, is not
//! reported.
//!
//! Bounds: 50 mismatches, 1000 passes, and three million values visited in all passes together. The last one makes the cost
//! linear in the length of the text.

mod access;
mod collect;
mod cursor;
mod deserializer;
mod discovery;
mod key_probe;
mod mismatch;
mod notation;
mod origin;
mod placeholder;
mod replay;
mod substitution;

pub(super) use collect::{ReadOutcome, read_collecting};
pub(super) use cursor::{ExactDeserializer, Input};
pub(super) use discovery::Discovery;
#[cfg(feature = "check")]
pub(crate) use discovery::JsonKind;
#[cfg(feature = "schema")]
pub(super) use discovery::KeyRequest;
pub(super) use mismatch::ExactError;
pub(super) use notation::IntegerNotation;
#[cfg(feature = "schema")]
pub(crate) use replay::ENTRY;
pub(super) use replay::{Duplicate, Probe, Replay, Step};
