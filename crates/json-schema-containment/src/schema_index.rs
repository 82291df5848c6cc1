//! Index of a schema in a question.
//!
//! A question of containment has a writer and a reader; the intersection of two schemas has no
//! roles. Places and errors have to name a schema in both cases, by this index.

use json_schema_core::Role;

/// Index of one of the schemas in [`Sources`](super::sources::Sources).
///
/// A question of containment gives the writer's schema first and the reader's second; the schemas of an intersection have
/// no roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SchemaIndex(u8);

impl SchemaIndex {
    pub(super) const FIRST: Self = Self(0);
    pub(super) const SECOND: Self = Self(1);

    pub(super) const fn position(self) -> usize {
        self.0 as usize
    }

    /// Returns the role of the schema in a question of containment.
    pub(super) const fn role(self) -> Role {
        if self.0 == Self::FIRST.0 { Role::Writer } else { Role::Reader }
    }
}

impl From<Role> for SchemaIndex {
    fn from(role: Role) -> Self {
        match role {
            Role::Writer => Self::FIRST,
            Role::Reader => Self::SECOND,
        }
    }
}
