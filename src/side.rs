//! The two sides of a subsystem's boundary.

use std::fmt;

/// The side of a subsystem's boundary on which a payload is used: [`Internal`] or [`External`]. Sealed.
pub trait Side: sealed::Sealed + fmt::Debug + Send + Sync + 'static {
    /// The side as a value.
    const KIND: SideKind;
}

/// The inside of a subsystem: free to change, not shared with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Internal {}

/// The outside of a subsystem: domain events that it shares with others, and supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum External {}

/// A [`Side`] as a value. Complete: no third side will be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SideKind {
    /// Stays inside its subsystem: the value of [`Internal`].
    Internal,
    /// May leave its subsystem: the value of [`External`].
    External,
}

impl fmt::Display for SideKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Internal => "internal",
            Self::External => "external",
        })
    }
}

impl Side for Internal {
    const KIND: SideKind = SideKind::Internal;
}

impl Side for External {
    const KIND: SideKind = SideKind::External;
}

mod sealed {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a side: expected `Internal` or `External`",
        label = "not a side"
    )]
    pub trait Sealed {}
    impl Sealed for super::Internal {}
    impl Sealed for super::External {}
}
