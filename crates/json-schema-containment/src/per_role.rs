//! Values that exist once for each of the two schemas of a question.
//!
//! Containment is not symmetric, so that each function that takes both schemas takes a [`PerRole`],
//! or a [`Role`] to choose by: an index or the order of two parameters can be swapped by mistake.

use std::ops::{Index, IndexMut};

use json_schema_core::Role;

/// One value for each [`Role`], indexed by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PerRole<T> {
    pub(super) writer: T,
    pub(super) reader: T,
}

impl<T> PerRole<T> {
    /// Computes both values, the writer's first.
    pub(super) fn try_from_fn<E>(mut value: impl FnMut(Role) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self { writer: value(Role::Writer)?, reader: value(Role::Reader)? })
    }
}

impl<T> Index<Role> for PerRole<T> {
    type Output = T;

    fn index(&self, role: Role) -> &T {
        match role {
            Role::Writer => &self.writer,
            Role::Reader => &self.reader,
        }
    }
}

impl<T> IndexMut<Role> for PerRole<T> {
    fn index_mut(&mut self, role: Role) -> &mut T {
        match role {
            Role::Writer => &mut self.writer,
            Role::Reader => &mut self.reader,
        }
    }
}
