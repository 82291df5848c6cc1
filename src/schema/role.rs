//! The two schemas of a payload.

use std::fmt;

/// The role that a schema describes. The list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The schema accepts exactly the payloads that are written.
    Writer,
    /// The schema accepts the payloads that can be read.
    Reader,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Writer => "writer",
            Self::Reader => "reader",
        })
    }
}
