//! The containment question, a builder, and the error of one that cannot be asked.

use std::borrow::Cow;
use std::fmt;

use json_document::exact;
use serde_json::Value;

use super::document::Unreadable;
use super::draft::{Draft, UnknownDraft};
use super::per_role::PerRole;
use super::schema_index::SchemaIndex;
use json_schema_core::Role;

/// Number of samples after a proof: enough to catch a wrong proof in a suite of a few hundred pairs, at less than its cost.
const DEFAULT_RANDOM_SAMPLES: u32 = 12;

/// Question of containment: does the reader's schema accept every document that the writer's accepts?
///
/// Schemas and documents are borrowed and used as they are; nothing is fetched. A question is cheap to clone, and asking it
/// again gives the same verdict.
#[derive(Debug, Clone)]
#[must_use = "a question does nothing until `ask`"]
pub struct Question<'a> {
    pub(super) schemas: PerRole<Tree<'a>>,
    pub(super) draft: Draft,
    pub(super) assert_formats: bool,
    pub(super) budget: u64,
    pub(super) random_samples: u32,
    pub(super) documents: Vec<(&'a str, Tree<'a>)>,
}

/// A schema or a document as it was given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tree<'a> {
    Serde(&'a Value),
    Exact(&'a exact::ExactValue),
}

impl<'a> Tree<'a> {
    /// Returns the exact tree.
    pub(super) fn to_exact(self) -> Cow<'a, exact::ExactValue> {
        match self {
            Self::Serde(value) => Cow::Owned(value.into()),
            Self::Exact(value) => Cow::Borrowed(value),
        }
    }

    /// Returns the tree of `serde_json`; `None` if it cannot hold a number.
    pub(super) fn to_serde(self, fidelity: exact::Fidelity) -> Option<Cow<'a, Value>> {
        match self {
            Self::Serde(value) => Some(Cow::Borrowed(value)),
            Self::Exact(value) => value.to_serde(fidelity).map(Cow::Owned),
        }
    }
}

impl<'a> Question<'a> {
    /// Steps of a question by default: about a second of one core in a release build.
    pub const DEFAULT_BUDGET: u64 = 2_000_000;

    /// Creates a question about two schemas; without `$schema` they are read as draft 2020-12.
    ///
    /// Numbers are those of the trees: one that `serde_json` has rounded is read as the shortest decimal of its `f64`. Where
    /// schemas are parsed from text and may have larger numbers, use [`Question::from_exact`].
    pub const fn new(writer: &'a Value, reader: &'a Value) -> Self {
        Self::from_trees(PerRole { writer: Tree::Serde(writer), reader: Tree::Serde(reader) })
    }

    /// Creates a question about two schemas with exact numbers, of any number of digits and any exponent.
    ///
    /// ```
    /// use json_schema_containment::exact::ExactValue as Value;
    /// use json_schema_containment::{Question, Verdict};
    ///
    /// let writer = Value::parse(r#"{"const": 18446744073709551617}"#)?;
    /// let reader = Value::parse(r#"{"const": 18446744073709551616}"#)?;
    /// let Verdict::Broken { witness, .. } = Question::from_exact(&writer, &reader).ask()? else { panic!() };
    /// assert_eq!(witness.to_string(), "18446744073709551617");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn from_exact(writer: &'a exact::ExactValue, reader: &'a exact::ExactValue) -> Self {
        Self::from_trees(PerRole { writer: Tree::Exact(writer), reader: Tree::Exact(reader) })
    }

    const fn from_trees(schemas: PerRole<Tree<'a>>) -> Self {
        Self {
            schemas,
            draft: Draft::Draft202012,
            assert_formats: false,
            budget: Self::DEFAULT_BUDGET,
            random_samples: DEFAULT_RANDOM_SAMPLES,
            documents: Vec::new(),
        }
    }

    /// Sets the draft of schemas without `$schema`. A schema with one keeps its own, and the two may differ.
    pub const fn draft(mut self, draft: Draft) -> Self {
        self.draft = draft;
        self
    }

    /// Sets whether `format` is an assertion that rejects strings; by default it is an annotation.
    pub const fn assert_formats(mut self, assert: bool) -> Self {
        self.assert_formats = assert;
        self
    }

    /// Sets the steps of the search, instead of [`Question::DEFAULT_BUDGET`]. Memory and time are roughly proportional.
    pub const fn budget(mut self, steps: u64) -> Self {
        self.budget = steps;
        self
    }

    /// Sets how many documents are generated from the writer's schema and tried after a proof; 12 by default.
    ///
    /// They are pseudo-random with a fixed seed. They guard against a mistake in the prover, at a cost that shows only in
    /// bulk: 0 is right where thousands of pairs are asked about and each `contained` is not worth a second opinion.
    pub const fn random_samples(mut self, count: u32) -> Self {
        self.random_samples = count;
        self
    }

    /// Returns the draft of schemas without `$schema`.
    pub const fn default_draft(&self) -> Draft {
        self.draft
    }

    /// Decides if no document is valid under the writer's schema; false also if that is not known.
    ///
    /// Every reader accepts all documents of such a writer, so that the verdict proves nothing about them.
    ///
    /// # Errors
    ///
    /// The writer's schema is invalid, as for [`Question::ask`].
    pub fn is_writer_unsatisfiable(&self) -> Result<bool, QuestionError> {
        let nothing = Value::Bool(false);
        let PerRole { writer, .. } = self.schemas;
        let question =
            Question { schemas: PerRole { writer, reader: Tree::Serde(&nothing) }, random_samples: 0, ..self.clone() };
        Ok(question.ask()?.is_contained())
    }

    /// Adds a document that `$ref` in either schema can resolve to, under its URI.
    pub fn document(mut self, uri: &'a str, document: &'a Value) -> Self {
        self.documents.push((uri, Tree::Serde(document)));
        self
    }

    /// Adds a document with exact numbers: see [`Question::document`].
    pub fn exact_document(mut self, uri: &'a str, document: &'a exact::ExactValue) -> Self {
        self.documents.push((uri, Tree::Exact(document)));
        self
    }
}

/// Error of a question that cannot be asked, because one of its schemas is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {subject} schema is invalid: {kind}")]
pub struct QuestionError {
    subject: Subject,
    kind: Kind,
}

/// The schema that an error is about, as its message names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The schema of a role, in a question of containment.
    Role(Role),
    /// One of the two schemas of an intersection, which have no roles.
    Operand(SchemaIndex),
}

impl From<Role> for Subject {
    fn from(role: Role) -> Self {
        Self::Role(role)
    }
}

impl From<SchemaIndex> for Subject {
    fn from(schema: SchemaIndex) -> Self {
        Self::Operand(schema)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role(Role::Writer) => "writer's",
            Self::Role(Role::Reader) => "reader's",
            Self::Operand(schema) if *schema == SchemaIndex::FIRST => "first",
            Self::Operand(_) => "second",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Draft(UnknownDraft),
    #[error("unresolved reference {0:?}: add the document that it points into")]
    Reference(String),
    #[error("{0:?} is not a valid URI reference")]
    Identifier(String),
    #[error("`{keyword}` must be {expected}")]
    Keyword { keyword: String, expected: &'static str },
    #[error("a JSON Schema must be an object or a boolean")]
    Schema,
}

impl QuestionError {
    /// Returns the role of the invalid schema; `None` for one of the two schemas of
    /// [`find_common_document`](crate::find_common_document), which have no roles.
    pub fn role(&self) -> Option<Role> {
        match self.subject {
            Subject::Role(role) => Some(role),
            Subject::Operand(_) => None,
        }
    }

    pub(super) fn unreadable(subject: impl Into<Subject>, why: Unreadable) -> Self {
        let kind = match why {
            Unreadable::Reference(reference) => Kind::Reference(reference),
            Unreadable::Identifier(identifier) => Kind::Identifier(identifier),
            Unreadable::Keyword { keyword, expected } => Kind::Keyword { keyword, expected },
            Unreadable::Schema => Kind::Schema,
        };
        Self { subject: subject.into(), kind }
    }

    pub(super) fn draft(role: Role, why: UnknownDraft) -> Self {
        Self { subject: role.into(), kind: Kind::Draft(why) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_name_the_role_and_the_mistake() {
        let good = json!(true);
        let cases = [
            (json!({"$ref": "#/nowhere"}), "unresolved reference \"#/nowhere\": add the document that it points into"),
            (json!({"type": "strin"}), "`type` must be a type name or an array of type names"),
            (json!({"minLength": -1}), "`minLength` must be a non-negative integer"),
            (json!({"pattern": "("}), "`pattern` must be a regular expression"),
            (json!({"properties": {"a": 3}}), "a JSON Schema must be an object or a boolean"),
            (json!({"multipleOf": 0}), "`multipleOf` must be a number greater than 0"),
            (
                json!({"$schema": "http://a.test"}),
                "unknown JSON Schema draft \"http://a.test\": expected 4, 6, 7, 2019-09 or 2020-12",
            ),
        ];
        for (bad, expected) in cases {
            let error = Question::new(&good, &bad).ask().unwrap_err();
            assert_eq!(error.to_string(), format!("the reader's schema is invalid: {expected}"));
            let error = Question::new(&bad, &good).ask().unwrap_err();
            assert_eq!(error.to_string(), format!("the writer's schema is invalid: {expected}"));
        }
    }
}
