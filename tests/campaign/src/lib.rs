//! Generated payload types, against the schemas and the verdicts that event-contract derives from them.
//!
//! The build script generates pairs of versions of a payload (`generator`); this library is those types, as tables of
//! functions. The program judges them: it does not name the types, so that a change of it does not compile them again.

#[allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    unused_variables,
    clippy::all,
    clippy::pedantic,
    reason = "generated"
)]
mod batch {
    include!(concat!(env!("OUT_DIR"), "/batch.rs"));
}
pub mod draw;
pub mod party;
#[allow(dead_code, unreachable_pub, reason = "a batch uses some of them")]
mod values;
#[allow(dead_code, unreachable_pub, reason = "a batch uses some of them")]
mod with;

pub use batch::{PAIRS, SEED};
pub use party::{Pair, Party, Side};

/// Imports of the generated types.
#[allow(unused_imports, reason = "a batch uses some of them")]
mod prelude {
    pub(crate) use std::borrow::Cow;
    pub(crate) use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
    pub(crate) use std::net::Ipv4Addr;
    pub(crate) use std::num::{NonZeroI64, NonZeroU8, NonZeroU64, Wrapping};
    pub(crate) use std::ops::Range;
    pub(crate) use std::time::{Duration, SystemTime};

    pub(crate) use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
    pub(crate) use event_contract::Payload;
    pub(crate) use schemars::JsonSchema;
    pub(crate) use serde::{Deserialize, Serialize};
    pub(crate) use serde_json::Value;
    pub(crate) use uuid::Uuid;

    pub(crate) use crate::draw::{Draw, Rng, fallback};
    pub(crate) use crate::values::*;
    pub(crate) use crate::with;
}
