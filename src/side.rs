//! The two sides of a subsystem's boundary.

use std::fmt;

/// Which side of a subsystem's boundary a payload is made for. Sealed: there are two, [`Internal`] and [`External`].
pub trait Side: sealed::Sealed + fmt::Debug + Send + Sync + 'static {
    /// The side as a value.
    const KIND: SideKind;
}

/// Stays inside its subsystem. May say anything, owes nothing to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Internal {}

/// A domain event that a subsystem is willing to share with others, and to support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum External {}

/// A [`Side`] as a value. There will be no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SideKind {
    /// See [`Internal`].
    Internal,
    /// See [`External`].
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
        message = "`{Self}` is not a side: there are two, `Internal` and `External`",
        label = "not a side"
    )]
    pub trait Sealed {}
    impl Sealed for super::Internal {}
    impl Sealed for super::External {}
}
