//! What is asked, and why it could not be.

use std::fmt;

use serde_json::Value;

use super::ask;
use super::document::Unreadable;
use super::draft::{Draft, UnknownDraft};
use super::role::{PerRole, Role};
use super::sources::SchemaIndex;
use super::verdict::Verdict;

/// Is every document that is valid under the writer's schema valid under the reader's?
#[derive(Debug, Clone)]
#[must_use = "a question is answered by `ask`"]
pub struct Question<'a> {
    pub(super) schemas: PerRole<&'a Value>,
    pub(super) draft: Draft,
    pub(super) drafts: PerRole<Option<Draft>>,
    pub(super) assert_formats: bool,
    pub(super) budget: u64,
    pub(super) random_samples: u32,
    pub(super) documents: Vec<(&'a str, &'a Value)>,
}

impl<'a> Question<'a> {
    /// The steps that a question may take where nothing else is said: about a second of work.
    pub const BUDGET: u64 = 300_000;

    /// A question about two schemas, of draft 2020-12 where their `$schema` does not say otherwise.
    pub const fn new(writer: &'a Value, reader: &'a Value) -> Self {
        Self {
            schemas: PerRole { writer, reader },
            draft: Draft::Draft202012,
            drafts: PerRole { writer: None, reader: None },
            assert_formats: false,
            budget: Self::BUDGET,
            random_samples: 12,
            documents: Vec::new(),
        }
    }

    /// The draft of schemas that name none.
    pub const fn draft(mut self, draft: Draft) -> Self {
        self.draft = draft;
        self
    }

    /// The draft of the writer's schema, whatever it names.
    pub const fn writer_draft(mut self, draft: Draft) -> Self {
        self.drafts.writer = Some(draft);
        self
    }

    /// The draft of the reader's schema, whatever it names.
    pub const fn reader_draft(mut self, draft: Draft) -> Self {
        self.drafts.reader = Some(draft);
        self
    }

    /// Whether a text that is not of its `format` is rejected. It is not, where nothing is said.
    pub const fn assert_formats(mut self, asserted: bool) -> Self {
        self.assert_formats = asserted;
        self
    }

    /// How many steps the question may take, instead of [`Question::BUDGET`].
    pub const fn budget(mut self, steps: u64) -> Self {
        self.budget = steps;
        self
    }

    /// How many documents are drawn after a proof, to find one that it missed; 12 where nothing is said.
    pub const fn random_samples(mut self, count: u32) -> Self {
        self.random_samples = count;
        self
    }

    /// A document that the references of either schema may lead to.
    pub fn document(mut self, uri: &'a str, document: &'a Value) -> Self {
        self.documents.push((uri, document));
        self
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// The question cannot be asked: a schema is none, names a draft that is not known, or refers to something that is
    /// not there. Only the parts of a schema that say something about a document are looked at.
    pub fn ask(&self) -> Result<Verdict, QuestionError> {
        ask::ask(self)
    }
}

/// Why a question could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {subject} schema cannot be read: {kind}")]
pub struct QuestionError {
    subject: Subject,
    kind: Kind,
}

/// The schema that an error is about.
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
    #[error("the reference {0:?} leads nowhere; give the document that it is in beside the schema")]
    Reference(String),
    #[error("{0:?} is not a URI")]
    Identifier(String),
    #[error("`{keyword}` is to be {expected}")]
    Keyword { keyword: String, expected: &'static str },
    #[error("a schema is an object, or `true` or `false`")]
    Schema,
}

impl QuestionError {
    /// Whether it is for the writer's schema, rather than the reader's.
    pub fn is_of_writer(&self) -> bool {
        self.subject == Subject::Role(Role::Writer)
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
    fn what_cannot_be_asked_is_said_with_its_side() {
        let good = json!(true);
        let cases = [
            (
                json!({"$ref": "#/nowhere"}),
                "the reference \"#/nowhere\" leads nowhere; give the document that it is in beside the schema",
            ),
            (json!({"type": "strin"}), "`type` is to be the name of a type, or an array of names"),
            (json!({"minLength": -1}), "`minLength` is to be a whole number that is not negative"),
            (json!({"pattern": "("}), "`pattern` is to be a regular expression"),
            (json!({"properties": {"a": 3}}), "a schema is an object, or `true` or `false`"),
            (json!({"multipleOf": 0}), "`multipleOf` is to be a number greater than 0"),
            (
                json!({"$schema": "http://a.test"}),
                "\"http://a.test\" is not a draft of JSON Schema: 4, 6, 7, 2019-09 and 2020-12 are known",
            ),
        ];
        for (bad, expected) in cases {
            let error = Question::new(&good, &bad).ask().unwrap_err();
            assert_eq!(error.to_string(), format!("the reader's schema cannot be read: {expected}"));
            let error = Question::new(&bad, &good).ask().unwrap_err();
            assert_eq!(error.to_string(), format!("the writer's schema cannot be read: {expected}"));
        }
    }
}
