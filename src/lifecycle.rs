//! Deprecation and sunset of a version.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

/// Deprecation and sunset of a version of a payload. Both are part of the contract.
///
/// The fields are not checked against each other: of a sunset before the deprecation, only the sunset takes effect.
///
/// From its *deprecation* on (as in RFC 9745), consumers should move to a newer version. From its *sunset* on (as in RFC
/// 8594), it is no longer written, and no consumer reads with it. Events of the version can still be replayed: newer
/// versions continue to read them by their upcasts.
///
/// ```
/// use event_contract::{Payload, Stage};
/// use chrono::NaiveDate;
/// # use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1, deprecated = "2026-06-01", sunset = "2027-01-01")]
/// struct OrderCreated {
///     order_id: String,
/// }
///
/// let on = |year, month, day| OrderCreated::LIFECYCLE.stage(NaiveDate::from_ymd_opt(year, month, day).unwrap());
/// assert_eq!(on(2026, 5, 31), Stage::Live);
/// assert_eq!(on(2026, 6, 1), Stage::Deprecated);
/// assert_eq!(on(2027, 1, 1), Stage::Sunset);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Lifecycle {
    /// First day of the deprecation.
    pub deprecated: Option<NaiveDate>,
    /// First day of the sunset.
    pub sunset: Option<NaiveDate>,
}

/// Stage of a version in its lifecycle, in ascending order. Complete: no further stage will be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Written and read.
    Live,
    /// Written and read, but to be replaced by a newer version.
    Deprecated,
    /// No longer written, and no longer read with this version.
    Sunset,
}

impl Lifecycle {
    /// The lifecycle of a version that is neither deprecated nor sunset.
    pub const LIVE: Self = Self { deprecated: None, sunset: None };

    /// Returns the stage on a day. A sunset before the deprecation takes precedence.
    pub fn stage(self, on: NaiveDate) -> Stage {
        let has_come = |day: Option<NaiveDate>| day.is_some_and(|day| day <= on);
        match (has_come(self.sunset), has_come(self.deprecated)) {
            (true, _) => Stage::Sunset,
            (false, true) => Stage::Deprecated,
            (false, false) => Stage::Live,
        }
    }
}

impl Stage {
    /// Returns `live`, `deprecated` or `sunset`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deprecated => "deprecated",
            Self::Sunset => "sunset",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
