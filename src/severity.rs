//! Severity of observations and findings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Severity of an observation or a finding, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Expected by the contract: no action needed.
    Info,
    /// Harmless, but worth knowing.
    Notice,
    /// Something may be lost or unintended: look at it. Does not fail a check.
    Warning,
    /// Fails a check. No observation has this severity: a reader rejects such an event with an error.
    Error,
}

impl Severity {
    /// Returns `info`, `notice`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
