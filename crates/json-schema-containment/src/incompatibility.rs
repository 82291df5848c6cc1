//! Incompatibilities: the causes of a broken verdict, each with its place in the document and its keywords in both schemas.

use std::fmt;

use json_document::Pointer;

use super::witness::Witness;

/// One cause for which the reader rejects a document of the writer.
///
/// ```
/// use json_schema_containment::{Incompatibility, KeywordPlace, Question, Verdict, Witness};
/// use serde_json::json;
///
/// let (writer, reader) = (json!({"type": ["string", "null"]}), json!({"type": "string"}));
/// let Verdict::Broken { incompatibilities, .. } = Question::new(&writer, &reader).ask()? else { panic!() };
/// let found: &Incompatibility = &incompatibilities[0];
/// let (keyword, witness): (&KeywordPlace, &Witness) = (&found.reader, &found.witness);
/// assert_eq!((keyword.to_string(), witness.exact_document().to_string()), ("#/type".to_owned(), "null".to_owned()));
/// # Ok::<(), json_schema_containment::QuestionError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Incompatibility {
    /// Classification of the cause, with a stable id.
    pub kind: IncompatibilityKind,
    /// Location of the rejected value in the document of [`Incompatibility::witness`].
    pub pointer: Pointer,
    /// Name of the member whose absence is the cause.
    pub missing: Option<String>,
    /// The keyword of the reader's schema that rejects it.
    pub reader: KeywordPlace,
    /// The counterpart in the writer's schema: the same keyword if present, else the schema that allows the value; `None`
    /// if no subschema applies to the location.
    pub writer: Option<KeywordPlace>,
    /// A document that the reader rejects for this cause.
    pub witness: Witness,
}

impl fmt::Display for Incompatibility {
    /// Formats as `required-added at /order: #/properties/order/required`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer == Pointer::ROOT { "the root".to_owned() } else { self.pointer.to_string() };
        write!(f, "{} at {pointer}: {}", self.kind, self.reader)?;
        if let Some(name) = &self.missing {
            write!(f, " ({name:?} is missing)")?;
        }
        if self.witness.rests_on_spelling() {
            f.write_str(" (only where `1.0` is not an integer, as in draft 4)")?;
        }
        Ok(())
    }
}

/// Location of a keyword in a schema document, or of a whole schema. Displays as a URI reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeywordPlace {
    /// URI of the document that contains it; `None` if that is the schema of the question.
    pub document: Option<String>,
    /// Location in that document; its last segment is the keyword.
    pub pointer: Pointer,
    /// Name of the keyword; empty for a schema as a whole.
    pub keyword: String,
}

impl fmt::Display for KeywordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.document.as_deref().unwrap_or_default(), self.pointer)
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $id:literal,)*) => {
        /// Classification of an [`Incompatibility`] by the requirement of the reader that the writer does not guarantee.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum IncompatibilityKind {
            $($(#[doc = $doc])+ $kind,)*
        }

        impl IncompatibilityKind {
            /// All kinds, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Returns the stable id, such as `required-added`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            /// Returns a one-sentence explanation: the text of the variant's documentation.
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

kinds! {
    /// The reader requires a member that the writer may omit.
    RequiredAdded = "required-added",
    /// The writer may write a value of a type that the reader does not accept.
    TypeNarrowed = "type-narrowed",
    /// The writer may write a value that is not in the reader's enumeration.
    EnumNarrowed = "enum-narrowed",
    /// The writer may write a number beyond the reader's bounds.
    BoundTightened = "bound-tightened",
    /// The writer may write a number that is not a multiple of the reader's divisor.
    MultipleNarrowed = "multiple-narrowed",
    /// The writer may write a shorter or longer string than the reader accepts.
    LengthTightened = "length-tightened",
    /// The writer may write a string that the reader's pattern does not match.
    PatternNarrowed = "pattern-narrowed",
    /// The writer may write a string that does not conform to the reader's format.
    FormatNarrowed = "format-narrowed",
    /// The writer may write fewer or more items than the reader accepts.
    ItemCountTightened = "item-count-tightened",
    /// The writer may write items beyond the last one that the reader accepts.
    ItemsClosed = "items-closed",
    /// The writer may write equal items where the reader requires unique ones.
    UniqueItemsAdded = "unique-items-added",
    /// The writer may write fewer or more matching items than the reader's `contains` accepts.
    ContainsTightened = "contains-tightened",
    /// The writer may write fewer or more members than the reader accepts.
    MemberCountTightened = "member-count-tightened",
    /// The writer may write a member that the reader does not accept.
    PropertyClosed = "property-closed",
    /// The writer may write a member whose name the reader does not accept.
    NameNarrowed = "name-narrowed",
    /// The writer may write a member without another one that the reader requires beside it.
    DependencyAdded = "dependency-added",
    /// The writer may write a value that the reader excludes by `not`.
    ExclusionAdded = "exclusion-added",
    /// The writer may write a value that matches none of the reader's alternatives, or several where one is allowed.
    UnionNarrowed = "union-narrowed",
    /// The writer may write a value that the reader rejects under a condition.
    ConditionAdded = "condition-added",
    /// The reader accepts no value here.
    Rejected = "rejected",
}

impl IncompatibilityKind {
    /// Classifies a rejection by the reader's keyword. `is_closed` is true if the value of the keyword is `false`, which
    /// rejects every value that it applies to.
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

impl fmt::Display for IncompatibilityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<_> = IncompatibilityKind::ALL.iter().map(|kind| kind.id()).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
