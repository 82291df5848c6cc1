//! Decides containment of JSON Schemas: is every document that is valid under the writer's schema valid
//! under the reader's?
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
//! let Verdict::Broken { witness, incompatibilities } = Question::new(&reader, &writer).ask()? else { panic!() };
//! assert_eq!(incompatibilities.len(), 2);
//! assert_eq!(incompatibilities[0].to_string(), "type-narrowed at /id: #/properties/id/type");
//! assert_eq!(witness.document(), &json!({"id": 0}));
//! # Ok::<(), json_schema_containment::QuestionError>(())
//! ```
//!
//! # Main types
//!
//! - [`Question`] holds the two schemas with their drafts, the documents that they refer to, and
//!   the budget.
//! - [`Verdict`] is the answer. [`Contained`](Verdict::Contained) is proven.
//!   [`Broken`](Verdict::Broken) has a [`Witness`]. [`Undecided`](Verdict::Undecided) has a
//!   [`Reason`], and the safe way to read it is as broken.
//! - [`Witness`] is a document that two independent validators accept under the writer's schema and
//!   reject under the reader's: the one of this crate, which shares no code with the prover except
//!   for references, numbers, formats and patterns, and that of `jsonschema`. Where a number is
//!   beyond what `serde_json` can hold, that of this crate alone, and [`Witness::confirmation`] says
//!   so.
//! - [`Incompatibility`] is one cause of a broken pair, with its [`IncompatibilityKind`], the keywords of both
//!   schemas, and a witness.
//! - [`find_common_document`] decides the intersection of two schemas with the same procedure.
//!
//! # How it decides
//!
//! Both schemas are lowered to formulas, and a tableau search builds a document that satisfies the
//! writer's formula and not the reader's, or proves that there is none.
//!
//! | part | method |
//! |---|---|
//! | `allOf`, `anyOf`, `oneOf`, `not`, `if` | analytic tableau with propagation and memoisation |
//! | numbers | exact decimals; search in a lattice with a period |
//! | `pattern`, names of members | regular languages, by Brzozowski derivatives |
//! | `contains` and its bounds | product construction of counters |
//! | `uniqueItems` | bipartite matching |
//! | `patternProperties`, `additionalProperties` | partition of the names by minterms |
//! | recursion through the document | least fixpoint, with the lowlinks of Tarjan's algorithm |
//! | definitions that both schemas share | bisimulation, by partition refinement |
//!
//! A proof is tested with sampled documents before it is returned; a document that is found is
//! shrunk and explained. The modules state their algorithms with references: see the source,
//! beginning with `solve.rs`.
//!
//! # Why a verdict can be trusted
//!
//! *Contained* rests on the formulas being exact (each keyword has a formula that is true of a
//! document exactly if the keyword accepts it), on complete case distinctions, and on a
//! three-valued logic in which an unknown part cannot become a proof. The crate's tests decide
//! several hundred cases for all keywords in each of their drafts, compare verdicts on generated
//! pairs of schemas with those of other tools, and evaluate generated documents against the
//! verdicts with an independent validator.
//!
//! *Broken* rests on none of that: the witness is evidence, confirmed by two validators, or by the
//! one that is exact.
//!
//! *Undecided* is the result of every limit. No limit turns into one of the other two.
//!
//! # Semantics
//!
//! - Each schema is read by its own draft: that of its `$schema`, or else that of the question.
//! - `format` is an annotation unless [`Question::assert_formats`] is set. The content keywords
//!   always are.
//! - `dependencies` has no effect in drafts 2019-09 and 2020-12, but many validators apply it there: a verdict holds for both
//!   kinds of validators.
//! - Numbers are exact decimals, with any number of digits and any exponent. `1.0` is an integer,
//!   except in draft 4. A [`serde_json::Value`] has rounded integers beyond 64 bits and fractions of
//!   more than 17 digits to an `f64` when it was parsed: [`Question::from_exact`] takes schemas that
//!   were parsed without that.
//! - Patterns are those of ECMA-262 in Unicode mode.
//! - References lead to the schema itself, to documents that are given with the question, and to
//!   the meta-schemas of the drafts.
//!
//! # Limits
//!
//! - Nothing is fetched, and no files are read.
//! - Patterns with backreferences or lookbehind, and most formats, are not decided. If the answer
//!   depends on one of them, the verdict is undecided.
//! - A reference that leads back to itself without a step into the document has no defined meaning. If the answer depends on
//!   one, the verdict is undecided.
//! - Custom vocabularies and drafts before 4 are not supported.
//!
//! # Cost
//!
//! The problem is exponential in theory: `allOf`, `anyOf` and `not` alone are propositional logic.
//! In practice, the versions of a schema share most definitions, which become one formula and are
//! not compared again. A pair of schemas of a few hundred lines takes milliseconds.
//! [`Question::budget`] counts steps and not time, so that the same question has the same verdict
//! on every machine.

/// Builds an exact value by the syntax of [`serde_json::json`].
macro_rules! exact {
    ($($json:tt)+) => {
        ::json_document::exact::ExactValue::from(::serde_json::json!($($json)+))
    };
}

mod budget;
mod decide;
mod document;
mod draft;
mod effort;
mod equivalence;
mod evaluate;
mod explain;
mod format;
mod formula;
mod incompatibility;
mod intersection;
#[cfg(test)]
mod laws;
mod lower;
mod number;
mod per_role;
mod question;
mod refused_pattern;
mod regex;
mod sampler;
mod schema_index;
mod shrink;
mod solve;
mod sources;
#[doc(hidden)]
pub mod testing;
mod validator;
mod verdict;
mod witness;

pub use draft::{Draft, UnknownDraft};
pub use json_document::exact;

pub use incompatibility::{Incompatibility, IncompatibilityKind, KeywordPlace};
pub use intersection::{Intersection, find_common_document};
pub use json_schema_core::Role;
pub use question::{Question, QuestionError};
pub use verdict::{Reason, Verdict};
pub use witness::{Confirmation, Witness};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
