//! What the derives write into a user's crate. Not for anyone else, and not under any promise.

pub use crate::held::{Held, NotInternal, check_held};
pub use crate::payload::{Decoded, Failure, Link, Source, check_chain};
pub use crate::read::{Draft, EventVariant, TypeInfo, check_types, draft};

/// The type of [`Payload::occurred_at`](crate::Payload::occurred_at).
pub type Time = chrono::DateTime<chrono::Utc>;

/// A version that the derive has checked.
pub const fn version(number: u32) -> crate::Version {
    match crate::Version::new(number) {
        Ok(version) => version,
        Err(_) => panic!("a version is a number from 1 upwards"),
    }
}

/// The days that the derive has checked, as year, month and day.
pub const fn lifecycle(deprecated: Option<(i32, u32, u32)>, sunset: Option<(i32, u32, u32)>) -> crate::Lifecycle {
    const fn day((year, month, day): (i32, u32, u32)) -> chrono::NaiveDate {
        match chrono::NaiveDate::from_ymd_opt(year, month, day) {
            Some(day) => day,
            None => panic!("there is no such day"),
        }
    }

    let mut lifecycle = crate::Lifecycle::LIVE;
    if let Some(from) = deprecated {
        lifecycle = lifecycle.deprecated_from(day(from));
    }
    if let Some(from) = sunset {
        lifecycle = lifecycle.sunset_from(day(from));
    }
    lifecycle
}
