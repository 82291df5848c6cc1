//! How long a version is written and read.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

/// From when a version should not be used any more, and from when it is not used any more.
///
/// Both are part of what a contract promises. From its *deprecation* on (as in RFC 9745) nobody begins to use a version,
/// and those who do are asked to leave. From its *sunset* on (as in RFC 8594) nobody writes it and nobody reads with it.
/// What was written before can still be replayed, so newer versions go on reading it, by their upcasts.
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
    deprecated: Option<NaiveDate>,
    sunset: Option<NaiveDate>,
}

/// Where a version is in its life. There will be no fourth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// In use.
    Live,
    /// In use, but not for long.
    Deprecated,
    /// Not written any more, and nobody reads with it.
    Sunset,
}

impl Lifecycle {
    /// No end in sight.
    pub const LIVE: Self = Self { deprecated: None, sunset: None };

    /// The same, deprecated from this day on.
    #[must_use]
    pub const fn deprecated_from(self, day: NaiveDate) -> Self {
        Self { deprecated: Some(day), ..self }
    }

    /// The same, not in use from this day on.
    #[must_use]
    pub const fn sunset_from(self, day: NaiveDate) -> Self {
        Self { sunset: Some(day), ..self }
    }

    /// From which day on it is deprecated.
    pub const fn deprecated(self) -> Option<NaiveDate> {
        self.deprecated
    }

    /// From which day on it is not in use.
    pub const fn sunset(self) -> Option<NaiveDate> {
        self.sunset
    }

    /// Where it is on a day. A sunset that comes before the deprecation is a sunset.
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
    /// `live`, `deprecated` or `sunset`.
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
