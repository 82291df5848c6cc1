//! Atoms: constraints on documents of one JSON type.
//!
//! The atoms are fewer than the keywords of JSON Schema, and closed under negation. This table has
//! every keyword that is not a connective:
//!
//! | keyword | formula |
//! |---|---|
//! | `minimum`, `exclusiveMinimum` | `Minimum` |
//! | `multipleOf`; `type: integer` | `MultipleOf`; and `IntegerLiteral` in draft 4 |
//! | `minLength`, `maxLength` | `MinLength`, `MaxLength` |
//! | `pattern` | `Language`, or `Opaque` if it is not regular |
//! | `format`, if it is asserted | `Opaque` |
//! | `required` | `Member` with a formula that is always true |
//! | `properties` | `IfMember` for each name |
//! | `patternProperties`, `additionalProperties` | `EveryMember` |
//! | `propertyNames` | `EveryMember` of the names that are invalid, with a value that nothing satisfies |
//! | `prefixItems` | `IfItem` for each index |
//! | `items`, `additionalItems` | `EveryItem` |
//! | `contains` with its bounds | `MinContains`, `MaxContains` |
//! | `dependentRequired`, `dependentSchemas` | a disjunction of *the member is absent* and the consequence |
//! | `unevaluatedProperties`, `unevaluatedItems` | `EveryMember` and `EveryItem` by cases (`lower/unevaluated.rs`) |

use std::rc::Rc;

use json_document::exact::Decimal;

use super::super::regex::Language;
use super::{FormulaId, JsonType, Polarity};

/// A constraint on documents of one type, which documents of all other types satisfy.
///
/// The set is closed under negation for documents of the type (see `negation.rs`), and small: `required` and `properties`
/// are members, `items` and `prefixItems` are items, `propertyNames` is `EveryMember` with a value that nothing satisfies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    Minimum {
        bound: Decimal,
        exclusive: bool,
    },
    Maximum {
        bound: Decimal,
        exclusive: bool,
    },
    MultipleOf(Decimal),
    NotMultipleOf(Decimal),
    /// The number is written without fraction and exponent, which is the definition of an integer in draft 4.
    IntegerLiteral {
        polarity: Polarity,
    },
    /// Minimum length in Unicode code points (Validation, section 6.3.2), not bytes or UTF-16
    /// units.
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
    /// All items differ, for the positive polarity; two of them are equal, for the negative one.
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

    /// Returns true if every document satisfies the atom, as far as that is visible without looking
    /// into its formulas.
    ///
    /// Trivial atoms become `TRUE` in the store, so that `minLength: 0` and `items: true` are the
    /// same formula as no keyword at all.
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
