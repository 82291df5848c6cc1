//! The tolerant reader: from bytes in any delivery shape and any version to events of the newest version.
//!
//! A delivery in the canonical form is read in one pass, without a tree, also with unknown, missing or aliased fields. On
//! any other deviation it is read again as text, member by member; and if the payload does not fit its type, once more by a
//! deserializer that finds the position of each mismatch (see the private modules `track`, `exact` and `alias`).
//!
//! Tolerated, each with an [`Observation`]: unknown fields, missing fields with a default, aliases, unknown values of an
//! [`Open`](crate::Open) enumeration, older and newer versions, metadata that only the envelope or the message has, `3.0`
//! for an integer, a `timestamp` in seconds, microseconds or nanoseconds, or as a string. Of `data` and a declared entity in
//! one detail, the entity is read as the first version if it fits.
//!
//! Not tolerated: a missing required field, a wrong type, an invalid date, an array for a struct. A [`ReadError`] lists all
//! mismatches of the event, at most 50, and holds its bytes.

mod alias;
mod attribute;
mod canonical;
mod decode;
mod document;
mod error;
mod exact;
mod explore;
mod findings;
mod key;
mod limits;
mod locate;
#[cfg(feature = "schema")]
mod map_shape;
mod metadata;
mod observation;
mod readable;
mod reader;
mod reading;
mod stream;
mod time;
mod track;
#[cfg(feature = "check")]
mod trial;
#[cfg(feature = "schema")]
mod type_path;
#[cfg(feature = "schema")]
mod type_shape;
mod value;

pub use error::{Mismatch, ReadError, ReadErrorKind};
#[cfg(feature = "schema")]
pub(crate) use exact::ENTRY;
#[cfg(feature = "check")]
pub(crate) use exact::JsonKind;
pub use limits::Limits;
pub(crate) use limits::depth;
#[cfg(feature = "schema")]
pub(crate) use map_shape::{IntegerKeys, KeyShape, MapShape};
pub use observation::{Observation, ObservationKind, Origin};
#[doc(hidden)]
pub use readable::{Draft, EventVariant, check_types, decode_draft};
pub use readable::{Readable, Unrecognised};
pub use reader::Reader;
pub use reading::{Reading, RecognisedType};
pub(crate) use time::{TimeFormat, parse_time};
#[cfg(feature = "check")]
pub(crate) use trial::{TypeTrial, explore_type, without_indices};
#[cfg(feature = "schema")]
pub(crate) use type_shape::{AdjacentShape, EnumShape, StructShape, TypeShape, find_type_shape};
