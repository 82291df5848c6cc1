//! Sets of JSON values, as unions and intersections of schemas and single values.

use serde_json::Value;

/// Maximum number of schemas and values in one set.
const MAX_PARTS: usize = 256;

/// A set of values at a place.
#[derive(Debug, Clone)]
pub(super) enum ValueSet<'s> {
    /// All values.
    Any,
    /// No value: the schema excludes the place.
    Empty,
    /// The values that are valid under a schema.
    Schema(&'s Value),
    /// A single value.
    Value(&'s Value),
    Intersection(Vec<Self>),
    Union(Vec<Self>),
}

/// The kinds of values in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds {
    /// Strings, Numbers, Booleans or Null.
    pub(super) primitive: bool,
    pub(super) object: bool,
    pub(super) array: bool,
}

impl Kinds {
    pub(super) const ALL: Self = Self { primitive: true, object: true, array: true };
    pub(super) const NONE: Self = Self { primitive: false, object: false, array: false };

    pub(super) fn from_value(value: &Value) -> Self {
        Self { primitive: !value.is_object() && !value.is_array(), object: value.is_object(), array: value.is_array() }
    }

    pub(super) fn from_type_name(name: &Value) -> Self {
        match name.as_str() {
            Some("object") => Self { object: true, ..Self::NONE },
            Some("array") => Self { array: true, ..Self::NONE },
            _ => Self { primitive: true, ..Self::NONE },
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            primitive: self.primitive || other.primitive,
            object: self.object || other.object,
            array: self.array || other.array,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            primitive: self.primitive && other.primitive,
            object: self.object && other.object,
            array: self.array && other.array,
        }
    }
}

impl ValueSet<'_> {
    /// Returns true if the sets are equal by the identity of their schemas and values.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any) | (Self::Empty, Self::Empty) => true,
            (Self::Schema(one), Self::Schema(other)) | (Self::Value(one), Self::Value(other)) => {
                std::ptr::eq(*one, *other)
            }
            (Self::Intersection(one), Self::Intersection(other)) | (Self::Union(one), Self::Union(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
            }
            (
                Self::Any | Self::Empty | Self::Schema(_) | Self::Value(_) | Self::Intersection(_) | Self::Union(_),
                _,
            ) => false,
        }
    }

    /// Returns the number of schemas and values in the set.
    pub(super) fn parts(&self) -> usize {
        match self {
            Self::Any | Self::Empty | Self::Schema(_) | Self::Value(_) => 1,
            Self::Intersection(sets) | Self::Union(sets) => sets.iter().map(Self::parts).sum(),
        }
    }
}

pub(super) fn intersection<'s>(sets: impl IntoIterator<Item = ValueSet<'s>>) -> ValueSet<'s> {
    let mut distinct = Vec::new();
    for set in sets {
        match set {
            ValueSet::Empty => return ValueSet::Empty,
            ValueSet::Any => {}
            ValueSet::Intersection(sets) => sets.into_iter().for_each(|set| add(&mut distinct, set)),
            set @ (ValueSet::Schema(_) | ValueSet::Value(_) | ValueSet::Union(_)) => add(&mut distinct, set),
        }
    }
    match distinct.len() {
        0 => ValueSet::Any,
        1 => distinct.remove(0),
        _ => bounded(ValueSet::Intersection(distinct)),
    }
}

pub(super) fn union<'s>(sets: impl IntoIterator<Item = ValueSet<'s>>) -> ValueSet<'s> {
    let mut distinct = Vec::new();
    for set in sets {
        match set {
            ValueSet::Any => return ValueSet::Any,
            ValueSet::Empty => {}
            ValueSet::Union(sets) => sets.into_iter().for_each(|set| add(&mut distinct, set)),
            set @ (ValueSet::Schema(_) | ValueSet::Value(_) | ValueSet::Intersection(_)) => add(&mut distinct, set),
        }
        if distinct.len() > MAX_PARTS {
            return ValueSet::Any;
        }
    }
    match distinct.len() {
        0 => ValueSet::Empty,
        1 => distinct.remove(0),
        _ => bounded(ValueSet::Union(distinct)),
    }
}

fn add<'s>(sets: &mut Vec<ValueSet<'s>>, set: ValueSet<'s>) {
    if !sets.iter().any(|known| known.is_same(&set)) {
        sets.push(set);
    }
}

fn bounded(set: ValueSet<'_>) -> ValueSet<'_> {
    if set.parts() > MAX_PARTS { ValueSet::Any } else { set }
}
