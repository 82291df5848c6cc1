//! What can go wrong between one version and the next.

use chrono::{DateTime, Datelike, Utc};

use crate::contract::value::{Money, ValueError};
use json_document::Pointer;

/// The first and the last millisecond that a `DateTime` can be.
#[cfg(feature = "schema")]
pub(super) const EARLIEST: i64 = DateTime::<Utc>::MIN_UTC.timestamp_millis();
#[cfg(feature = "schema")]
pub(super) const LATEST: i64 = DateTime::<Utc>::MAX_UTC.timestamp_millis();

/// Why a payload of one version cannot be said in the version before or after it, and which field is in the way.
///
/// The field is named as the version that was given has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {kind}")]
pub struct VersionError {
    at: Pointer,
    kind: VersionErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum VersionErrorKind {
    #[error(transparent)]
    Value(ValueError),
    #[error("a time that RFC 3339 cannot write, which has the years 0 to 9999 only")]
    Time,
    #[error("there is none yet, and the older version always has one")]
    NotYet,
    #[error("the older version has no word for this status")]
    Status,
    #[error("a carrier with a `/`, which the older version sets between the carrier and the number")]
    Slash,
}

impl VersionError {
    /// The field that is in the way, from the root of the payload.
    pub fn pointer(&self) -> &Pointer {
        &self.at
    }

    pub(super) fn not_yet(field: &str) -> Self {
        Self::new(field, VersionErrorKind::NotYet)
    }

    pub(super) fn status() -> Self {
        Self::new("status", VersionErrorKind::Status)
    }

    pub(super) fn slash(field: &str) -> Self {
        Self::new(field, VersionErrorKind::Slash)
    }

    fn new(field: &str, kind: VersionErrorKind) -> Self {
        Self { at: Pointer::ROOT.join(field), kind }
    }

    /// The same mistake, in the item `index` of the list `field`.
    pub(super) fn in_item(self, field: &str, index: usize) -> Self {
        Self { at: Pointer::ROOT.join(field).join(index).concat(&self.at), kind: self.kind }
    }
}

/// An amount as versions 1 and 2 have it, in the words of version 3.
pub(super) fn money(euros: f64, field: &str) -> Result<Money, VersionError> {
    Money::from_euros(euros).map_err(|error| VersionError::new(field, VersionErrorKind::Value(error)))
}

/// An amount of version 3, in the words of version 2.
pub(super) fn euros(money: Money, field: &str) -> Result<f64, VersionError> {
    money.to_euros().map_err(|error| VersionError::new(field, VersionErrorKind::Value(error)))
}

/// A time that was epoch milliseconds, as one that RFC 3339 can write.
///
/// Who sends microseconds where milliseconds are meant is past the year 9999 by far, and is found out here.
pub(super) fn rfc3339(time: DateTime<Utc>, field: &str) -> Result<DateTime<Utc>, VersionError> {
    if (0..=9999).contains(&time.year()) { Ok(time) } else { Err(VersionError::new(field, VersionErrorKind::Time)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_where_and_why() {
        assert_eq!(
            money(f64::NAN, "price").unwrap_err().in_item("lines", 3).to_string(),
            "/lines/3/price: an amount is not a finite number"
        );
        assert_eq!(
            VersionError::not_yet("deliveredAt").to_string(),
            "/deliveredAt: there is none yet, and the older version always has one"
        );
        assert_eq!(VersionError::status().to_string(), "/status: the older version has no word for this status");
        assert_eq!(VersionError::status().pointer().as_str(), "/status");
    }

    #[test]
    fn microseconds_are_found_out() {
        let sent = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        assert_eq!(rfc3339(sent, "createdAt"), Ok(sent));
        let sent = DateTime::from_timestamp_millis(1_700_000_000_000_000).unwrap();
        assert_eq!(
            rfc3339(sent, "createdAt").unwrap_err().to_string(),
            "/createdAt: a time that RFC 3339 cannot write, which has the years 0 to 9999 only"
        );
    }
}
