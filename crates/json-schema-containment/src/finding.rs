//! What breaks, cause by cause: where in the document, by which keyword of which schema.

use std::fmt;

use json_document::Pointer;

use super::witness::Witness;

/// One cause for which a document of the writer is not read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of change it is.
    pub kind: FindingKind,
    /// Where in the document of [`Finding::witness`].
    pub at: Pointer,
    /// The member that is missing there, where one is.
    pub missing: Option<String>,
    /// The keyword of the reader's schema that rejects it.
    pub reader: KeywordPlace,
    /// What the writer's schema says there: the same keyword where it has one, else the schema that allows the value;
    /// `None` where nothing in it speaks of the place.
    pub writer: Option<KeywordPlace>,
    /// A document that breaks for this cause.
    pub witness: Witness,
}

impl fmt::Display for Finding {
    /// `required-added at /order: #/properties/order/required`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at == Pointer::ROOT { "the root".to_owned() } else { self.at.to_string() };
        write!(f, "{} at {at}: {}", self.kind, self.reader)?;
        self.missing.as_ref().map_or(Ok(()), |name| write!(f, " ({name:?} is missing)"))
    }
}

/// A keyword in a schema, or a schema where it names no keyword.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeywordPlace {
    /// The document it is in, as its URI, where that is not the schema that was asked about.
    pub document: Option<String>,
    /// Where in that document, with the keyword as its last name.
    pub pointer: Pointer,
    /// The keyword; empty for a schema as a whole.
    pub keyword: String,
}

impl fmt::Display for KeywordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.document.as_deref().unwrap_or_default(), self.pointer)
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $id:literal,)*) => {
        /// What kind of change keeps a reader from reading. Each has an id that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FindingKind {
            $($(#[doc = $doc])+ $kind,)*
        }

        impl FindingKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The id, which never changes: `required-added`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            /// Returns the explanation of the kind: the text of its documentation.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

kinds! {
    /// The reader requires a member that the writer may leave out.
    RequiredAdded = "required-added",
    /// The writer may write a value of a type that the reader does not take.
    TypeNarrowed = "type-narrowed",
    /// The writer may write a value that is not among those that the reader lists.
    EnumNarrowed = "enum-narrowed",
    /// The writer may write a number beyond the reader's bounds.
    BoundTightened = "bound-tightened",
    /// The writer may write a number that is not a multiple as the reader wants it.
    MultipleNarrowed = "multiple-narrowed",
    /// The writer may write a text that is shorter or longer than the reader takes.
    LengthTightened = "length-tightened",
    /// The writer may write a text that the reader's pattern does not match.
    PatternNarrowed = "pattern-narrowed",
    /// The writer may write a text that is not of the reader's format.
    FormatNarrowed = "format-narrowed",
    /// The writer may write fewer or more items than the reader takes.
    ItemCountTightened = "item-count-tightened",
    /// The writer may write items after the last one that the reader knows.
    ItemsClosed = "items-closed",
    /// The writer may write an item twice.
    UniqueItemsAdded = "unique-items-added",
    /// The writer may leave out items that the reader wants among the others, or write too many of them.
    ContainsTightened = "contains-tightened",
    /// The writer may write fewer or more members than the reader takes.
    MemberCountTightened = "member-count-tightened",
    /// The writer may write a member that the reader does not take.
    PropertyClosed = "property-closed",
    /// The writer may write a member with a name that the reader does not take.
    NameNarrowed = "name-narrowed",
    /// The writer may write one member without another that the reader wants beside it.
    DependencyAdded = "dependency-added",
    /// The writer may write what the reader excludes.
    ExclusionAdded = "exclusion-added",
    /// The writer may write what is none of the reader's alternatives, or more than one of them.
    UnionNarrowed = "union-narrowed",
    /// The writer may write what the reader rejects under a condition.
    ConditionAdded = "condition-added",
    /// The reader takes nothing here.
    Rejected = "rejected",
}

impl FindingKind {
    /// The kind of what a keyword rejects. `is_closed` says that it rejects whatever it speaks of.
    pub(super) fn from_keyword(keyword: &str, is_closed: bool) -> Self {
        match keyword {
            "required" => Self::RequiredAdded,
            "type" => Self::TypeNarrowed,
            "enum" | "const" => Self::EnumNarrowed,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => Self::BoundTightened,
            "multipleOf" => Self::MultipleNarrowed,
            "minLength" | "maxLength" => Self::LengthTightened,
            "pattern" => Self::PatternNarrowed,
            "format" => Self::FormatNarrowed,
            "minItems" | "maxItems" => Self::ItemCountTightened,
            "items" | "additionalItems" | "unevaluatedItems" | "prefixItems" => Self::ItemsClosed,
            "uniqueItems" => Self::UniqueItemsAdded,
            "contains" | "minContains" | "maxContains" => Self::ContainsTightened,
            "minProperties" | "maxProperties" => Self::MemberCountTightened,
            "additionalProperties" | "unevaluatedProperties" | "properties" => Self::PropertyClosed,
            "patternProperties" if is_closed => Self::PropertyClosed,
            "propertyNames" | "patternProperties" => Self::NameNarrowed,
            "dependencies" | "dependentRequired" | "dependentSchemas" => Self::DependencyAdded,
            "not" => Self::ExclusionAdded,
            "anyOf" | "oneOf" => Self::UnionNarrowed,
            "if" | "then" | "else" => Self::ConditionAdded,
            _ => Self::Rejected,
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_and_are_plain() {
        let mut ids: Vec<_> = FindingKind::ALL.iter().map(|kind| kind.id()).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
