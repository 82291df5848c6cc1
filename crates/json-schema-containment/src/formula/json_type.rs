//! JSON types and sets of them.
//!
//! There are six types, as in JSON itself. The `integer` of JSON Schema is not one of them, but a
//! number with a constraint: it overlaps with `number`, and the solver splits by a
//! partition of all documents.

use json_document::exact::ExactValue as Value;

/// Type of a JSON document. An integer is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum JsonType {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    /// All types, those with the smallest documents first: the solver tries them in this order.
    pub(crate) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(crate) const fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// Set of types, as bits. The six bits are all that is ever set, so that equal sets are equal
/// values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeSet(u8);

impl TypeSet {
    pub(crate) const EMPTY: Self = Self(0);
    pub(crate) const ALL: Self = Self(0b11_1111);

    pub(crate) const fn only(json_type: JsonType) -> Self {
        Self(1 << json_type as u8)
    }

    pub(crate) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn complement(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    pub(crate) const fn contains(self, json_type: JsonType) -> bool {
        self.0 & Self::only(json_type).0 != 0
    }
}
