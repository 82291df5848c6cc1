//! Conversions between versions and their errors.

use chrono::{DateTime, Datelike, Utc};

use crate::contract::value::{Money, ValueError};
use json_document::Pointer;

/// Range of `DateTime` in epoch milliseconds.
#[cfg(feature = "schema")]
pub(super) const EARLIEST: i64 = DateTime::<Utc>::MIN_UTC.timestamp_millis();
#[cfg(feature = "schema")]
pub(super) const LATEST: i64 = DateTime::<Utc>::MAX_UTC.timestamp_millis();

/// A payload that cannot be converted to the previous or next version, with the field that prevents it.
///
/// The pointer is that of the version that was converted.
///
/// ```
/// use event_contract::contract::VersionError;
/// use event_contract::contract::order::{OrderUpdated, v2};
///
/// let older: v2::OrderUpdated = serde_json::from_str(
///     r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000,
///         "updatedAt":1700000000000000,"status":"placed","total":null}"#,
/// )?;
/// let error: VersionError = OrderUpdated::try_from(older).unwrap_err(); // microseconds: the year 55840
/// assert_eq!(error.pointer().as_str(), "/updatedAt");
/// # Ok::<(), serde_json::Error>(())
/// ```
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
    #[error("expected a time in the years 0 to 9999 (RFC 3339)")]
    Time,
    #[error("missing value, the older version requires it")]
    NotYet,
    #[error("the older version has no such status")]
    Status,
    #[error("expected a carrier without `/`, the separator of the older version")]
    Slash,
}

impl VersionError {
    /// Returns the pointer of the field, from the root of the payload.
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

    /// Moves the error into item `index` of the array `field`.
    pub(super) fn in_item(self, field: &str, index: usize) -> Self {
        Self { at: Pointer::ROOT.join(field).join(index).concat(&self.at), kind: self.kind }
    }
}

/// Converts an amount of versions 1 and 2 to version 3.
pub(super) fn money(euros: f64, field: &str) -> Result<Money, VersionError> {
    Money::from_euros(euros).map_err(|error| VersionError::new(field, VersionErrorKind::Value(error)))
}

/// Converts an amount of version 3 to version 2.
pub(super) fn euros(money: Money, field: &str) -> Result<f64, VersionError> {
    money.to_euros().map_err(|error| VersionError::new(field, VersionErrorKind::Value(error)))
}

/// Checks that RFC 3339 can represent a time of epoch milliseconds.
///
/// Microseconds sent in place of milliseconds are far beyond the year 9999 and are rejected here.
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
            "/deliveredAt: missing value, the older version requires it"
        );
        assert_eq!(VersionError::status().to_string(), "/status: the older version has no such status");
        assert_eq!(VersionError::status().pointer().as_str(), "/status");
    }

    #[test]
    fn microseconds_are_found_out() {
        let sent = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        assert_eq!(rfc3339(sent, "createdAt"), Ok(sent));
        let sent = DateTime::from_timestamp_millis(1_700_000_000_000_000).unwrap();
        assert_eq!(
            rfc3339(sent, "createdAt").unwrap_err().to_string(),
            "/createdAt: expected a time in the years 0 to 9999 (RFC 3339)"
        );
    }
}
