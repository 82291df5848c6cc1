//! Patterns of the rules between buses: egress, ingress, internal streams and consumers.
//!
//! The `source` of the envelope distinguishes external events, which have `external`, from internal ones.
//!
//! ```
//! use event_contract::pattern::backbone::{self, Account};
//!
//! let own = Account::new("123456789012")?;
//! assert_eq!(backbone::egress().to_string(), r#"{"source":["external"]}"#);
//! assert_eq!(
//!     backbone::global_to_local(&own).to_string(),
//!     r#"{"account":[{"anything-but":["123456789012"]}]}"#,
//! );
//! # Ok::<(), event_contract::NameError>(())
//! ```

use std::fmt;

use eventbridge_pattern::{Match, PatternBuilder};

use crate::name::NameError;

/// `source` of external events.
const EXTERNAL: &str = "external";

/// An AWS account ID: twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

impl Account {
    /// Parses an account ID.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NameError::account());
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Matches external events, on their way from the bus of a subsystem to the bus between subsystems.
#[must_use]
pub fn egress() -> PatternBuilder {
    PatternBuilder::new().field("source", [EXTERNAL])
}

/// Matches external events, on their way from the bus between subsystems to the bus of a subsystem.
///
/// It is the pattern of [`egress`]. If both are rules on one bus, the subsystem's own events match too: use
/// [`ingress_from_others`] there.
#[must_use]
pub fn ingress() -> PatternBuilder {
    egress()
}

/// Matches external events that another account has put.
#[must_use]
pub fn ingress_from_others(own: &Account) -> PatternBuilder {
    egress().field("account", [Match::anything_but([own.as_str()])])
}

/// Matches internal events except faults, on their way from the bus of a subsystem to its own stream.
#[must_use]
pub fn internal_stream() -> PatternBuilder {
    PatternBuilder::new()
        .field("source", [Match::anything_but([EXTERNAL])])
        .field("detail.type", [Match::anything_but(["fault"])])
}

/// Matches events that another account has put, on their way from a global bus to the bus of an account.
#[must_use]
pub fn global_to_local(own: &Account) -> PatternBuilder {
    PatternBuilder::new().field("account", [Match::anything_but([own.as_str()])])
}

/// Matches every event, for a log: every event has a `source`.
#[must_use]
pub fn log_everything() -> PatternBuilder {
    PatternBuilder::new().field("source", [Match::prefix("")])
}

/// Matches events of these types. At least one is required.
#[must_use]
pub fn consumer<'t>(types: impl IntoIterator<Item = &'t str>) -> PatternBuilder {
    PatternBuilder::new().field("detail-type", types)
}
