//! Atoms: constraints on documents of one JSON type.

use std::rc::Rc;

use num_rational::BigRational;

use super::super::regex::Language;
use super::{FormulaId, JsonType, Polarity};

/// A constraint on documents of one type, which documents of all other types satisfy.
///
/// The set is closed under negation for documents of the type (see `negation.rs`), and small: `required` and `properties`
/// are members, `items` and `prefixItems` are items, `propertyNames` is `EveryMember` with a value that nothing satisfies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    Minimum {
        bound: BigRational,
        exclusive: bool,
    },
    Maximum {
        bound: BigRational,
        exclusive: bool,
    },
    MultipleOf(BigRational),
    NotMultipleOf(BigRational),
    /// The number is written without fraction and exponent, which is what draft 4 means by an integer.
    IntegerLiteral {
        polarity: Polarity,
    },
    /// Length in Unicode code points.
    MinLength(u64),
    MaxLength(u64),
    /// The string is in the language of a pattern, or in its complement.
    Language {
        language: Language,
        polarity: Polarity,
    },
    /// A predicate on strings without a decision procedure: a format, or a pattern that is not regular.
    ///
    /// The solver knows only that a string cannot satisfy the predicate and its negation.
    Opaque {
        predicate: Rc<str>,
        polarity: Polarity,
    },
    MinItems(u64),
    MaxItems(u64),
    /// If there is an item at the index, it satisfies the formula.
    IfItem(u64, FormulaId),
    /// There is an item at the index, and it satisfies the formula.
    Item(u64, FormulaId),
    /// Every item at or after the index satisfies the formula.
    EveryItem(u64, FormulaId),
    /// At least `count` items at or after the index `from` satisfy the formula: `contains` with `minContains`.
    MinContains {
        from: u64,
        item: FormulaId,
        count: u64,
    },
    /// At most `count` items at or after the index `from` satisfy the formula: `maxContains`.
    MaxContains {
        from: u64,
        item: FormulaId,
        count: u64,
    },
    /// All items differ, or two of them are equal.
    UniqueItems {
        polarity: Polarity,
    },
    MinProperties(u64),
    MaxProperties(u64),
    /// If there is a member of this name, its value satisfies the formula.
    IfMember(Rc<str>, FormulaId),
    /// There is a member of this name, and its value satisfies the formula.
    Member(Rc<str>, FormulaId),
    /// Every member whose name satisfies `names`, as a string, has a value that satisfies `value`.
    EveryMember {
        names: FormulaId,
        value: FormulaId,
    },
    /// Some member has a name that satisfies `names` and a value that satisfies `value`.
    SomeMember {
        names: FormulaId,
        value: FormulaId,
    },
}

impl Atom {
    /// Returns the type that the atom constrains.
    pub(crate) const fn json_type(&self) -> JsonType {
        match self {
            Self::Minimum { .. }
            | Self::Maximum { .. }
            | Self::MultipleOf(_)
            | Self::NotMultipleOf(_)
            | Self::IntegerLiteral { .. } => JsonType::Number,
            Self::MinLength(_) | Self::MaxLength(_) | Self::Language { .. } | Self::Opaque { .. } => JsonType::String,
            Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::IfItem(..)
            | Self::Item(..)
            | Self::EveryItem(..)
            | Self::MinContains { .. }
            | Self::MaxContains { .. }
            | Self::UniqueItems { .. } => JsonType::Array,
            Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::IfMember(..)
            | Self::Member(..)
            | Self::EveryMember { .. }
            | Self::SomeMember { .. } => JsonType::Object,
        }
    }

    /// Returns true if every document satisfies the atom, which shows without looking into its formulas.
    pub(super) fn is_trivial(&self) -> bool {
        match self {
            Self::MinLength(0) | Self::MinItems(0) | Self::MinProperties(0) => true,
            Self::IfItem(_, formula)
            | Self::EveryItem(_, formula)
            | Self::IfMember(_, formula)
            | Self::EveryMember { value: formula, .. } => *formula == FormulaId::TRUE,
            Self::MinContains { count, .. } => *count == 0,
            Self::MaxContains { item, .. } => *item == FormulaId::FALSE,
            Self::Minimum { .. }
            | Self::Maximum { .. }
            | Self::MultipleOf(_)
            | Self::NotMultipleOf(_)
            | Self::IntegerLiteral { .. }
            | Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Language { .. }
            | Self::Opaque { .. }
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::Item(..)
            | Self::UniqueItems { .. }
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::Member(..)
            | Self::SomeMember { .. } => false,
        }
    }
}
