//! Steps of a path into the document.

use super::super::formula::FormulaId;

/// A step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Member(String),
    /// Some member whose name satisfies a formula.
    SomeMember(FormulaId),
    Item(u64),
    /// Some item at or after an index.
    SomeItem(u64),
}
