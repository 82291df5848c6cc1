//! The basics of JSON Schema, drafts 4 to 2020-12: keywords, walks over subschemas, and references.
//!
//! - [`Keyword`]: one table of the effect of each keyword, the schemas that it holds, and the drafts that have it.
//! - [`for_each_subschema`], [`for_each_subschema_mut`]: the schemas directly below a schema.
//! - [`Resolver`]: JSON pointers, anchors, `$id`, and dynamic references, with the dynamic scope of each [`Location`].
//! - [`FlatSchema`]: a schema whose references are all JSON pointers from its root, for code that moves parts of it.
//!
//! - [`find_ineffective_keywords`]: misspelt keywords, those of other drafts, and others without effect.
//! - [`check_is_schema`], [`locate_schema`]: documents that are not schemas, such as those of OpenAPI, and the schemas in them.
//!
//! It neither validates values nor checks schemas.
//!
//! ```
//! use json_schema_core::{Draft, FlatSchema};
//! use serde_json::json;
//!
//! let schema = json!({
//!     "properties": {"price": {"$ref": "https://example.com/money#/$defs/amount"}},
//!     "$defs": {"m": {"$id": "https://example.com/money", "$defs": {"amount": {"type": "integer"}}}},
//! });
//! let flat = FlatSchema::new(&schema, Draft::Draft202012)?;
//! let price = &flat.root()["properties"]["price"];
//! assert_eq!(price["$ref"], "#/$defs/m/$defs/amount");
//! assert_eq!(flat.target(price)?, Some(&json!({"type": "integer"})));
//! # Ok::<(), json_schema_core::ResolveError>(())
//! ```

mod document_kind;
mod draft;
mod flat;
mod fragment;
mod ineffective;
mod keyword;
mod resolver;
mod role;
mod tree;
mod walk;

pub use document_kind::{DocumentKind, LocatedSchema, NotASchema, check_is_schema, locate_schema};
pub use draft::{Draft, UnknownDraft};
pub use flat::FlatSchema;
pub use fragment::{format_pointer_reference, parse_pointer_reference, percent_decode, resolve_pointer_reference};
pub use ineffective::{IneffectiveCause, IneffectiveKeyword, find_ineffective_keywords};
pub use keyword::{
    Contents, KEYWORDS, Keyword, KeywordKind, is_affirmative_applicator, is_annotation, is_in_place_applicator,
};
pub use resolver::{Location, LocationKey, Options, ResolveError, Resolver, WellKnownDocuments};
pub use role::Role;
pub use tree::JsonTree;
pub use walk::{Key, Step, for_each_subschema, for_each_subschema_mut, try_for_each_subschema};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
