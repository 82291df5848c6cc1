//! Items that the output of the derives uses. Not part of the public API, and without any stability guarantee.

pub use crate::payload::{DecodeError, PayloadParts, PayloadSource, TypeInfo, check_chain};
pub use crate::read::{Draft, EventVariant, check_types, decode_draft};
pub use crate::shareable::{MayCross, check_shareable};

/// The type of [`Payload::occurred_at`](crate::Payload::occurred_at).
pub type Time = chrono::DateTime<chrono::Utc>;

/// Creates a version that the derive has validated.
pub const fn version(number: u32) -> crate::Version {
    match crate::Version::new(number) {
        Ok(version) => version,
        Err(_) => panic!("expected a version from 1 to 4294967295"),
    }
}

/// Creates a lifecycle of days that the derive has validated, as year, month and day.
pub const fn lifecycle(deprecated: Option<(i32, u32, u32)>, sunset: Option<(i32, u32, u32)>) -> crate::Lifecycle {
    const fn day(day: Option<(i32, u32, u32)>) -> Option<chrono::NaiveDate> {
        let Some((year, month, day)) = day else { return None };
        match chrono::NaiveDate::from_ymd_opt(year, month, day) {
            Some(day) => Some(day),
            None => panic!("expected a day of the calendar"),
        }
    }

    crate::Lifecycle { deprecated: day(deprecated), sunset: day(sunset) }
}
