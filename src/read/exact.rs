//! The slow and exact way to read a payload, taken only after the fast one has failed.
//!
//! Serde stops at the first mistake and says of most mistakes only what, not where. Here a payload is read from a
//! tree, by a deserializer that knows where it stands. Where it meets a mistake, the mistake is noted, a *stand-in* is
//! put in the place of the wrong value, and the payload is read again: so the next mistake comes to light. A stand-in
//! is whatever the type asks for (a text, a number, a date, the first variant); types that check their own values are
//! offered several. What came of stand-ins is never handed out: one mistake, and the payload is not read.
//!
//! The number of passes is bounded, and so the cost stays linear in the length of the text.

mod access;
mod deserializer;
mod exam;
mod mistake;

pub(super) use deserializer::{ExactDeserializer, Input};
pub(super) use exam::{Exam, Explored, Step, Twice, Verdict, examine};
pub(super) use mistake::ExactError;
