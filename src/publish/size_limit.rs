//! The size limit of a request.

use std::fmt;

/// Maximum total size of the entries of one request, in bytes.
///
/// ```
/// use event_contract::publish::SizeLimit;
///
/// assert_eq!(SizeLimit::KIB_256.get(), 262_144);
/// assert!(SizeLimit::bytes(1_000_000) < SizeLimit::MIB_1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeLimit(usize);

impl SizeLimit {
    /// 256 KiB: the limit of EventBridge until January 2026, and still that of some targets.
    pub const KIB_256: Self = Self(256 * 1024);

    /// 1 MiB: the limit of EventBridge since January 2026.
    pub const MIB_1: Self = Self(1024 * 1024);

    /// Sets another limit.
    #[must_use]
    pub const fn bytes(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Returns the limit in bytes.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}
