//! The rules of a backbone of buses: what goes out of a subsystem, what comes in, and what stays inside.
//!
//! Internal and external events are told apart by the `source` of the envelope, which is `external` for what may leave.
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
//! # Ok::<(), backbone::AccountError>(())
//! ```

use eventbridge_pattern::{Match, Rule};

/// The source of events that may leave their subsystem.
const EXTERNAL: &str = "external";

/// An account of AWS: twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

/// A text is not an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an account, which is a text of twelve digits")]
pub struct AccountError {
    text: String,
}

impl Account {
    /// Checks a text.
    pub fn new(text: &str) -> Result<Self, AccountError> {
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AccountError { text: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// From the bus of a subsystem to the bus between subsystems: what is external.
#[must_use]
pub fn egress() -> Rule {
    Rule::new().field("source", [EXTERNAL])
}

/// From the bus between subsystems to the bus of one: what is external.
///
/// It says nothing of the direction. Where egress and ingress are rules on the same bus, a subsystem's own events come in
/// by it, too; then [`ingress_from_others`] is the rule.
#[must_use]
pub fn ingress() -> Rule {
    egress()
}

/// What is external and was not put by this account.
#[must_use]
pub fn ingress_from_others(own: &Account) -> Rule {
    egress().field("account", [Match::anything_but([own.as_str()])])
}

/// From the bus of a subsystem to its own stream: what is not external and no fault.
#[must_use]
pub fn internal_stream() -> Rule {
    Rule::new()
        .field("source", [Match::anything_but([EXTERNAL])])
        .field("detail.type", [Match::anything_but(["fault"])])
}

/// From a global bus to the bus of an account: what others have put.
#[must_use]
pub fn global_to_local(own: &Account) -> Rule {
    Rule::new().field("account", [Match::anything_but([own.as_str()])])
}

/// Everything that has a source, and every event has: for a log.
#[must_use]
pub fn log_everything() -> Rule {
    Rule::new().field("source", [Match::prefix("")])
}

/// What one consumer takes: events of these types, at least one.
#[must_use]
pub fn consumer<'t>(types: impl IntoIterator<Item = &'t str>) -> Rule {
    Rule::new().field("detail-type", types)
}
