//! The tolerant reader: bytes in any delivery shape and any version, to events of the newest.
//!
//! A delivery is read in one pass, without a tree, as long as it is what is expected. At the first surprise it is read
//! again: as text, member by member, and if the payload does not fit its type, once more by a reader that says of
//! everything that is wrong where it is (the private modules `track`, `exact` and `alias` say how).
//!
//! What is let pass, each time with an [`Observation`]: unknown fields, missing fields that have a default, fields under
//! an alias, values that an [`Open`](crate::Open) enumeration does not have, older and newer versions, metadata that
//! only the envelope or the message says, `3.0` where an integer belongs, a `timestamp` in seconds or as text.
//!
//! What is not: a missing required field, a wrong type, a date that is none, an array in the place of a struct. That is
//! a [`ReadError`] with everything that is wrong, and the bytes.

mod alias;
mod assemble;
mod capture;
mod decode;
mod error;
mod exact;
mod limits;
mod locate;
mod observation;
mod readable;
mod reader;
mod reading;
#[cfg(feature = "schema")]
mod shape;
mod stream;
mod track;

pub(crate) use assemble::read_time;
pub use error::{Mismatch, ReadError, ReadErrorKind};
pub use limits::Limits;
pub(crate) use limits::depth;
pub use observation::{Observation, ObservationKind, Origin};
#[doc(hidden)]
pub use readable::{Draft, EventVariant, TypeInfo, check_types, decode_draft};
pub use readable::{Readable, Unrecognised};
pub use reader::Reader;
pub use reading::Reading;
#[cfg(feature = "schema")]
pub(crate) use shape::{FoundEnum, FoundStruct, Shape, shape_of};
