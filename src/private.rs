//! What the derives write into a user's crate. Not for anyone else, and not under any promise.

pub use crate::held::{Held, NotInternal, check_held};
pub use crate::payload::{Decoded, Failure, Link, Source, check_chain};
pub use crate::read::{Draft, IsEvent, TypeInfo, check_types, draft};

/// The type of [`Payload::occurred_at`](crate::Payload::occurred_at).
pub type Time = chrono::DateTime<chrono::Utc>;

/// A version that the derive has checked.
pub const fn version(number: u32) -> crate::Version {
    match crate::Version::new(number) {
        Ok(version) => version,
        Err(_) => panic!("a version is a number from 1 upwards"),
    }
}
