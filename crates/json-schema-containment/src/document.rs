//! The documents of a question, and the places of schemas in them.
//!
//! A schema is identified by its address: the documents are borrowed for as long as the question,
//! so that a value has one address and no other value has it. The same value in memory may be
//! several *places*, because the meaning of its references depends on the resource and, with
//! dynamic references, on the scope in which evaluation reached it (2020-12 Core, sections 7.1 and
//! 8.2).
//!
//! References are resolved by `json-schema-core`. The meta-schemas of the drafts are known without
//! being given.

use std::sync::LazyLock;

use json_document::Pointer;
use json_document::exact::ExactValue as Value;
use json_schema_core::{Draft, Location, LocationKey, Options, ResolveError, Resolver, for_each_subschema};

use super::schema_index::SchemaIndex;

/// A schema of one of the documents, as evaluation reaches it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) schema: &'a Value,
    /// The schema of the question from which the place is reached.
    pub(super) root: SchemaIndex,
    location: Location<'a, Value>,
}

/// Identity of a [`Place`]: the same schema in memory, in the same resource and scope, reached from the same root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PlaceKey {
    root: SchemaIndex,
    location: LocationKey,
}

impl<'a> Place<'a> {
    const fn new(root: SchemaIndex, location: Location<'a, Value>) -> Self {
        Self { schema: location.schema, root, location }
    }

    pub(super) fn key(self) -> PlaceKey {
        PlaceKey { root: self.root, location: self.location.key() }
    }
}

/// Error of a schema that the prover cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The reference cannot be resolved.
    Reference(String),
    /// The identifier is not a URI reference.
    Identifier(String),
    /// The value of a keyword is invalid.
    Keyword { keyword: String, expected: &'static str },
    /// A schema that is neither an object nor a boolean.
    Schema,
}

impl Unreadable {
    pub(super) fn keyword(keyword: &str, expected: &'static str) -> Self {
        Self::Keyword { keyword: keyword.to_owned(), expected }
    }
}

impl From<ResolveError> for Unreadable {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Reference(reference) => Self::Reference(reference),
            ResolveError::Identifier(identifier) => Self::Identifier(identifier),
            ResolveError::NotAString(keyword) => Self::keyword(keyword, "a string"),
        }
    }
}

/// The documents that one schema of a question may refer to, itself among them.
pub(super) struct Library<'a> {
    resolver: Resolver<'a, Value>,
    /// A schema has `unevaluatedItems` or `unevaluatedProperties`.
    has_unevaluated: bool,
    /// A schema has `dependencies` in a draft that no longer has it.
    has_superseded_dependencies: bool,
}

impl<'a> Library<'a> {
    /// Finds the identifiers and anchors of all documents.
    ///
    /// # Errors
    ///
    /// An identifier is not a valid URI reference.
    pub(super) fn new(schema: &'a Value, draft: Draft, documents: &[(&str, &'a Value)]) -> Result<Self, Unreadable> {
        let resolver = Resolver::new(schema, Options { draft, documents, well_known: Some(meta_schema) })?;
        let has_unevaluated =
            has_unevaluated(schema) || documents.iter().any(|(_, document)| has_unevaluated(document));
        let all = || std::iter::once(schema).chain(documents.iter().map(|(_, document)| *document));
        let has_superseded_dependencies = all().any(|document| has_superseded_dependencies(document, draft));
        Ok(Self { resolver, has_unevaluated, has_superseded_dependencies })
    }

    /// Returns the place of the schema itself.
    pub(super) fn root(&self, index: SchemaIndex) -> Place<'a> {
        Place::new(index, self.resolver.root())
    }

    /// Returns true if places differ in their dynamic scope. It may become true while references
    /// are resolved, because a well-known document is loaded when it is first referred to; facts
    /// about places that were established before do not hold for the new identities.
    pub(super) const fn is_dynamic(&self) -> bool {
        self.resolver.is_dynamic()
    }

    /// Returns true if a schema has a reference.
    pub(super) const fn has_references(&self) -> bool {
        self.resolver.has_references()
    }

    /// Returns true if validation applies each schema to a value at most once: there are no references, and no annotations
    /// are collected.
    pub(super) const fn is_plain(&self) -> bool {
        !self.has_references() && !self.has_unevaluated
    }

    pub(super) const fn has_superseded_dependencies(&self) -> bool {
        self.has_superseded_dependencies
    }

    pub(super) fn draft(&self, place: Place<'a>) -> Draft {
        self.resolver.draft(place.location)
    }

    /// Returns the place of a schema that is part of the one at `place`.
    pub(super) fn child(&self, place: Place<'a>, schema: &'a Value) -> Place<'a> {
        Place::new(place.root, self.resolver.child(place.location, schema))
    }

    /// Returns the URI of the document that contains the schema, unless it is the root document, and the pointer in it.
    pub(super) fn locate(&self, schema: &Value) -> (Option<String>, Pointer) {
        self.resolver.locate(schema)
    }

    /// Resolves the references of the schema at `place`, in the order `$ref`, then the dynamic one of its draft.
    pub(super) fn references(&mut self, place: Place<'a>) -> Result<Vec<(&'static str, Place<'a>)>, Unreadable> {
        let targets = self.resolver.references(place.location)?.into_iter();
        Ok(targets.map(|(keyword, location)| (keyword, Place::new(place.root, location))).collect())
    }
}

/// Returns true if a schema below a schema, or itself, collects annotations.
fn has_unevaluated(schema: &Value) -> bool {
    let mut found = ["unevaluatedItems", "unevaluatedProperties"].iter().any(|keyword| schema.get(keyword).is_some());
    for_each_subschema(schema, |_, inner| found = found || has_unevaluated(inner));
    found
}

/// Returns true if a schema below a schema, or itself, has `dependencies` in draft 2019-09 or later.
fn has_superseded_dependencies(schema: &Value, draft: Draft) -> bool {
    let draft = Draft::named_by(schema).ok().flatten().unwrap_or(draft);
    let mut found = draft > Draft::Draft7 && schema.get("dependencies").is_some();
    for_each_subschema(schema, |_, inner| found = found || has_superseded_dependencies(inner, draft));
    found
}

/// Returns the address of a value. Values are compared by it: they are borrowed for as long as the question is.
pub(super) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Returns the meta-schema, or the part of one, at a URI without a fragment, and its draft.
fn meta_schema(uri: &str) -> Option<(&'static Value, Draft)> {
    use referencing::meta;

    /// Converts a meta-schema when it is first referred to.
    macro_rules! meta_schema {
        ($name:ident) => {{
            static EXACT: LazyLock<Value> = LazyLock::new(|| Value::from(&**meta::$name));
            &*EXACT
        }};
    }

    let path = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"))?;
    let path = path.strip_prefix("json-schema.org/")?;
    Some(match path {
        "draft-04/schema" => (meta_schema!(DRAFT4), Draft::Draft4),
        "draft-06/schema" => (meta_schema!(DRAFT6), Draft::Draft6),
        "draft-07/schema" => (meta_schema!(DRAFT7), Draft::Draft7),
        "draft/2019-09/schema" => (meta_schema!(DRAFT201909), Draft::Draft201909),
        "draft/2019-09/meta/applicator" => (meta_schema!(DRAFT201909_APPLICATOR), Draft::Draft201909),
        "draft/2019-09/meta/content" => (meta_schema!(DRAFT201909_CONTENT), Draft::Draft201909),
        "draft/2019-09/meta/core" => (meta_schema!(DRAFT201909_CORE), Draft::Draft201909),
        "draft/2019-09/meta/format" => (meta_schema!(DRAFT201909_FORMAT), Draft::Draft201909),
        "draft/2019-09/meta/meta-data" => (meta_schema!(DRAFT201909_META_DATA), Draft::Draft201909),
        "draft/2019-09/meta/validation" => (meta_schema!(DRAFT201909_VALIDATION), Draft::Draft201909),
        "draft/2020-12/schema" => (meta_schema!(DRAFT202012), Draft::Draft202012),
        "draft/2020-12/meta/core" => (meta_schema!(DRAFT202012_CORE), Draft::Draft202012),
        "draft/2020-12/meta/applicator" => (meta_schema!(DRAFT202012_APPLICATOR), Draft::Draft202012),
        "draft/2020-12/meta/unevaluated" => (meta_schema!(DRAFT202012_UNEVALUATED), Draft::Draft202012),
        "draft/2020-12/meta/validation" => (meta_schema!(DRAFT202012_VALIDATION), Draft::Draft202012),
        "draft/2020-12/meta/meta-data" => (meta_schema!(DRAFT202012_META_DATA), Draft::Draft202012),
        "draft/2020-12/meta/format-annotation" => (meta_schema!(DRAFT202012_FORMAT_ANNOTATION), Draft::Draft202012),
        "draft/2020-12/meta/format-assertion" => (meta_schema!(DRAFT202012_FORMAT_ASSERTION), Draft::Draft202012),
        "draft/2020-12/meta/content" => (meta_schema!(DRAFT202012_CONTENT), Draft::Draft202012),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_schemas_are_found_by_uri() {
        let schema = exact!({"$ref": "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"});
        let mut library = Library::new(&schema, Draft::Draft202012, &[]).unwrap();
        let (keyword, target) = library.references(library.root(SchemaIndex::FIRST)).unwrap()[0];
        assert_eq!((keyword, target.schema["minimum"].as_i64()), ("$ref", Some(0)));
        assert_eq!(library.draft(target), Draft::Draft7);
        let schema = exact!({"$ref": "http://json-schema.org/draft-07/schema#/definitions/x"});
        let mut library = Library::new(&schema, Draft::Draft202012, &[]).unwrap();
        let root = library.root(SchemaIndex::FIRST);
        assert!(matches!(library.references(root), Err(Unreadable::Reference(_))));
    }
}
