//! May every reader read every writer it can meet: is each document that is valid under the writer's schema valid under
//! the reader's?
//!
//! ```
//! use json_schema_containment::{Question, Verdict};
//! use serde_json::json;
//!
//! let writer = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1}}});
//! let reader = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "number"}}});
//!
//! assert_eq!(Question::new(&writer, &reader).ask()?, Verdict::Contained);
//!
//! let Verdict::Broken { witness, findings } = Question::new(&reader, &writer).ask()? else { panic!() };
//! assert_eq!(findings.len(), 2);
//! assert_eq!(findings[0].to_string(), "type-narrowed at /id: #/properties/id/type");
//! assert_eq!(witness.document(), &json!({"id": 0}));
//! # Ok::<(), json_schema_containment::QuestionError>(())
//! ```
//!
//! # The answer
//!
//! A [`Verdict`] is one of three. **Contained** is said where it is proven, and a search that goes on after the proof has
//! found nothing. **Broken** comes with a [`Witness`]: a document that two validators, independent of each other, take
//! under the writer's schema and reject under the reader's, both as they were given. Everything else is **undecided**,
//! with its reason, and must not be read as either.
//!
//! # What is asked
//!
//! Each schema is read by the rules of its draft, which is that of its `$schema`, or else that of the question; the two may
//! differ. `format` says nothing about a document unless [`Question::assert_formats`] says so; the content keywords never do.
//! `dependencies` is understood in all drafts. Numbers are exact decimals, and a number that is spelled with a fraction of
//! zero is an integer in all drafts but the fourth; an integer that 64 bits do not hold is the float next to it, for
//! that is how it is read. Patterns are those of ECMA-262, with Unicode.
//!
//! References lead to the schema itself, to the documents that are given beside it, and to the schemas of the drafts.
//! Nothing is fetched.
//!
//! # The cost
//!
//! A question has a budget of steps, not of seconds: the same question always gets the same answer.

mod ask;
mod budget;
mod document;
mod draft;
mod effort;
mod equivalence;
mod evaluate;
mod explain;
mod finding;
mod format;
mod formula;
mod intersection;
#[cfg(test)]
mod laws;
mod lower;
mod number;
mod question;
mod regex;
mod role;
mod sampler;
mod shrink;
mod solve;
mod sources;
mod validator;
mod verdict;
mod witness;

pub use draft::{Draft, UnknownDraft};
pub use finding::{Finding, FindingKind, KeywordPlace};
pub use intersection::{Intersection, find_common_document};
pub use question::{Question, QuestionError};
pub use role::Role;
pub use verdict::{Reason, Verdict};
pub use witness::Witness;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
