//! Roles of schemas.

use std::fmt;

/// Role of a schema between the programs that exchange its documents. The list is complete.
///
/// ```
/// use json_schema_core::Role;
///
/// let files = [Role::Writer, Role::Reader].map(|role| format!("v1.{role}.json"));
/// assert_eq!(files, ["v1.writer.json", "v1.reader.json"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Its valid documents are those that a program may write.
    Writer,
    /// Its valid documents are those that a program can read.
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
