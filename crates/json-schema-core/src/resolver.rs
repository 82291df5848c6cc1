//! Resolution of references: URIs, anchors, pointers, and the dynamic scope.
//!
//! A document is divided into *resources*, which are the parts with a URI of their own (2020-12 Core, section 4.3.5). A
//! reference is resolved in two steps: its URI against that of the resource that contains it, then its fragment in the
//! resource that was found, as a JSON pointer or an anchor (sections 8.2 and 9).
//!
//! Dynamic references depend on the *dynamic scope*, the resources that evaluation has entered on its way (section 7.1).
//! A [`Location`] carries it as a number; scopes are interned, and all are equal as long as no schema refers dynamically.

mod flat_reference;
mod survey;
mod uri;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use fluent_uri::Uri;
use json_document::Pointer;
use serde_json::Value;

use crate::draft::Draft;
use crate::fragment::percent_decode;
use crate::tree::{JsonTree, address, find_address};
use uri::{resolve_uri, without_fragment};

/// A value in one of the documents of a [`Resolver`], as evaluation reaches it.
///
/// A reference in it depends on the resource that it is part of; a dynamic reference on the resources that evaluation has
/// entered before.
#[derive(Debug)]
pub struct Location<'a, V = Value> {
    /// The schema at the location.
    pub schema: &'a V,
    resource: ResourceIndex,
    scope: Scope,
}

/// The identity of a [`Location`]: the same value in memory, reached in the same resource and dynamic scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocationKey {
    address: usize,
    resource: ResourceIndex,
    scope: Scope,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct ResourceIndex(u32);

/// The resources that evaluation has entered, as an index into the list of known ones. All scopes are the same while no
/// schema refers dynamically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Scope(u32);

/// A part of a document with an identifier of its own.
#[derive(Debug)]
struct Resource<'a, V> {
    uri: Uri<String>,
    root: &'a V,
    draft: Draft,
    anchors: BTreeMap<String, &'a V>,
    dynamic_anchors: BTreeMap<String, &'a V>,
}

/// Resolves the references of a schema, in its own document and in those that are given beside it.
///
/// ```
/// use json_schema_core::{Location, LocationKey, Options, Resolver};
/// use serde_json::json;
///
/// let schema = json!({"items": {"$ref": "node"}, "$defs": {"n": {"$id": "node", "type": "null"}}});
/// let mut resolver = Resolver::new(&schema, Options::default())?;
/// let items: Location = resolver.child(resolver.root(), &schema["items"]);
/// let (_, target) = resolver.references(items)?[0];
/// assert_eq!(target.schema["type"], "null");
/// assert_eq!(resolver.locate(target.schema).1.as_str(), "/$defs/n");
/// let visited: LocationKey = target.key();
/// assert_ne!(visited, items.key());
/// # Ok::<(), json_schema_core::ResolveError>(())
/// ```
#[derive(Debug)]
pub struct Resolver<'a, V: 'static = Value> {
    resources: Vec<Resource<'a, V>>,
    by_uri: BTreeMap<String, ResourceIndex>,
    /// Resources by the address of their root.
    by_root: BTreeMap<usize, ResourceIndex>,
    /// The resources that are whole documents.
    documents: Vec<ResourceIndex>,
    well_known: Option<WellKnownDocuments<V>>,
    is_dynamic: bool,
    has_references: bool,
    scopes: RefCell<Scopes>,
}

#[derive(Debug, Default)]
struct Scopes {
    lists: Vec<Vec<ResourceIndex>>,
    known: BTreeMap<Vec<ResourceIndex>, Scope>,
}

/// Returns the document at a URI without a fragment, and its draft.
pub type WellKnownDocuments<V = Value> = fn(&str) -> Option<(&'static V, Draft)>;

/// The targets of references, with the keywords that refer to them.
type References<'a, V> = Vec<(&'static str, Location<'a, V>)>;

/// The surroundings of a schema.
#[derive(Debug)]
pub struct Options<'o, 'a, V: 'static = Value> {
    /// The draft of documents without a `$schema`.
    pub draft: Draft,
    /// Documents that references may lead to, by their URIs.
    pub documents: &'o [(&'o str, &'a V)],
    /// Documents that need not be given, such as the meta-schemas. They are looked up where a reference leads to them.
    pub well_known: Option<WellKnownDocuments<V>>,
}

impl<V> Clone for Options<'_, '_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Options<'_, '_, V> {}

impl<V> Default for Options<'_, '_, V> {
    fn default() -> Self {
        Self { draft: Draft::Draft202012, documents: &[], well_known: None }
    }
}

/// A reference or an identifier that cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// The reference leads to no document, anchor or value that is known.
    Reference(String),
    /// The keyword, such as `$ref`, does not have a string as its value.
    NotAString(&'static str),
    /// The identifier is not a URI reference.
    Identifier(String),
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(reference) => write!(f, "cannot resolve the reference `{reference}`"),
            Self::NotAString(keyword) => write!(f, "`{keyword}` must be a string"),
            Self::Identifier(identifier) => write!(f, "the identifier `{identifier}` is not a valid URI"),
        }
    }
}

impl std::error::Error for ResolveError {}

// Derived implementations would ask for the same of the tree.
impl<V> Clone for Location<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Location<'_, V> {}

impl<V> Location<'_, V> {
    /// Returns the identity of the location.
    pub fn key(self) -> LocationKey {
        LocationKey { address: address(self.schema), resource: self.resource, scope: self.scope }
    }
}

impl<'a, V: JsonTree> Resolver<'a, V> {
    /// Finds the identifiers and the anchors of all documents.
    pub fn new(schema: &'a V, options: Options<'_, 'a, V>) -> Result<Self, ResolveError> {
        let mut resolver = Self {
            resources: Vec::new(),
            by_uri: BTreeMap::new(),
            by_root: BTreeMap::new(),
            documents: Vec::new(),
            well_known: options.well_known,
            is_dynamic: false,
            has_references: false,
            scopes: RefCell::default(),
        };
        resolver.add("", schema, options.draft)?;
        for (uri, document) in options.documents {
            resolver.add(uri, document, options.draft)?;
        }
        Ok(resolver)
    }

    /// Returns the location of the schema itself.
    pub fn root(&self) -> Location<'a, V> {
        let resource = ResourceIndex(0);
        self.enter(Location { schema: self.resource(resource).root, resource, scope: self.scope(Vec::new()) })
    }

    /// Returns the location of a value that is part of the schema at `location`.
    pub fn child(&self, location: Location<'a, V>, schema: &'a V) -> Location<'a, V> {
        self.enter(Location { schema, ..location })
    }

    /// Returns true if a schema refers dynamically, so that locations differ in their scope. It becomes true when a
    /// reference is resolved that leads to a well-known document with such a schema.
    pub const fn is_dynamic(&self) -> bool {
        self.is_dynamic
    }

    /// Returns true if any schema refers to another one.
    pub const fn has_references(&self) -> bool {
        self.has_references
    }

    /// Returns the draft of the resource that the location is part of.
    pub fn draft(&self, location: Location<'a, V>) -> Draft {
        self.resource(location.resource).draft
    }

    /// Returns the URI of the document that contains the schema, unless it is the first document, and the pointer in it.
    ///
    /// Searches all documents: the cost is linear in their size.
    pub fn locate(&self, schema: &V) -> (Option<String>, Pointer) {
        let goal = address(schema);
        for &document in &self.documents {
            let resource = self.resource(document);
            let mut segments = Vec::new();
            if find_address(resource.root, goal, &mut segments) {
                let uri = (document != ResourceIndex(0)).then(|| without_fragment(&resource.uri));
                return (uri, segments.iter().rev().collect());
            }
        }
        (None, Pointer::ROOT)
    }

    /// Resolves the references of the schema at `location`: `$ref`, then `$dynamicRef` or `$recursiveRef` where its draft
    /// has it.
    pub fn references(&mut self, location: Location<'a, V>) -> Result<References<'a, V>, ResolveError> {
        let draft = self.draft(location);
        let mut targets = Vec::new();
        if let Some(reference) = location.schema.member("$ref") {
            let reference = reference.as_str().ok_or(ResolveError::NotAString("$ref"))?;
            targets.push(("$ref", self.resolve(location, reference)?));
        }
        if draft == Draft::Draft202012
            && let Some(reference) = location.schema.member("$dynamicRef").and_then(V::as_str)
        {
            targets.push(("$dynamicRef", self.resolve_dynamic(location, reference)?));
        }
        if draft == Draft::Draft201909 && location.schema.member("$recursiveRef").is_some() {
            targets.push(("$recursiveRef", self.resolve_recursive(location)));
        }
        Ok(targets)
    }

    /// Resolves a `$ref` of the schema at `location`.
    pub fn resolve(&mut self, location: Location<'a, V>, reference: &str) -> Result<Location<'a, V>, ResolveError> {
        let Target { resource, schema, .. } = self.find(location.resource, reference)?;
        Ok(self.enter(Location { schema, resource, ..location }))
    }

    /// Resolves a `$dynamicRef` of the schema at `location`: where it leads to a dynamic anchor, to that of the outermost
    /// resource in the scope that has one of this name.
    pub fn resolve_dynamic(
        &mut self,
        location: Location<'a, V>,
        reference: &str,
    ) -> Result<Location<'a, V>, ResolveError> {
        let Target { resource, schema, anchor } = self.find(location.resource, reference)?;
        let outermost = self.dynamic_anchor_of(resource, anchor).and_then(|anchor| {
            let scopes = self.scopes.borrow();
            scopes.lists[scope_index(location.scope)].iter().find_map(|&resource| {
                self.resource(resource).dynamic_anchors.get(&anchor).map(|schema| (resource, *schema))
            })
        });
        let (resource, schema) = outermost.unwrap_or((resource, schema));
        Ok(self.enter(Location { schema, resource, ..location }))
    }

    /// Resolves a `$recursiveRef`, which is always `#`: where the root of the resource has `$recursiveAnchor`, to the
    /// outermost resource in the scope that has it, too.
    pub fn resolve_recursive(&mut self, location: Location<'a, V>) -> Location<'a, V> {
        let mut target = location.resource;
        if self.is_recursive_anchor(target) {
            let scopes = self.scopes.borrow();
            let entered = scopes.lists[scope_index(location.scope)].iter().copied();
            target = entered.into_iter().find(|&resource| self.is_recursive_anchor(resource)).unwrap_or(target);
        }
        self.enter(Location { schema: self.resource(target).root, resource: target, ..location })
    }

    fn dynamic_anchor_of(&self, resource: ResourceIndex, anchor: Option<String>) -> Option<String> {
        anchor.filter(|anchor| self.resource(resource).dynamic_anchors.contains_key(anchor))
    }

    fn is_recursive_anchor(&self, resource: ResourceIndex) -> bool {
        has_recursive_anchor(self.resource(resource).root)
    }

    fn resource(&self, index: ResourceIndex) -> &Resource<'a, V> {
        &self.resources[index.0 as usize]
    }

    fn resource_of_root(&self, schema: &V) -> Option<ResourceIndex> {
        self.by_root.get(&address(schema)).copied()
    }

    fn enter(&self, location: Location<'a, V>) -> Location<'a, V> {
        let resource = self.resource_of_root(location.schema).unwrap_or(location.resource);
        if !self.is_dynamic {
            return Location { resource, ..location };
        }
        let mut list = self.scopes.borrow().lists[scope_index(location.scope)].clone();
        if !list.contains(&resource) {
            list.push(resource);
        }
        Location { resource, scope: self.scope(list), ..location }
    }

    fn scope(&self, list: Vec<ResourceIndex>) -> Scope {
        let mut scopes = self.scopes.borrow_mut();
        if let Some(&known) = scopes.known.get(&list) {
            return known;
        }
        let scope = Scope(u32::try_from(scopes.lists.len()).unwrap_or(u32::MAX));
        scopes.lists.push(list.clone());
        scopes.known.insert(list, scope);
        scope
    }

    fn find(&mut self, from: ResourceIndex, reference: &str) -> Result<Target<'a, V>, ResolveError> {
        let unresolved = || ResolveError::Reference(reference.to_owned());
        let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let mut resource = if document.is_empty() {
            from
        } else {
            let uri = resolve_uri(&self.resource(from).uri, document).ok_or_else(unresolved)?;
            self.resource_at(uri.as_str())?.ok_or_else(unresolved)?
        };
        let fragment = percent_decode(fragment);
        let mut schema = self.resource(resource).root;
        if fragment.is_empty() {
            return Ok(Target { resource, schema, anchor: None });
        }
        if !fragment.starts_with('/') {
            let schema = self.resource(resource).anchors.get(&fragment).copied().ok_or_else(unresolved)?;
            return Ok(Target { resource, schema, anchor: Some(fragment) });
        }
        // On its way, a pointer may enter a resource of its own.
        for segment in Pointer::parse(&fragment).segments() {
            schema = match schema.as_items() {
                Some(items) => parse_index(&segment).and_then(|index| items.get(index)),
                None => schema.member(&segment),
            }
            .ok_or_else(unresolved)?;
            resource = self.resource_of_root(schema).unwrap_or(resource);
        }
        Ok(Target { resource, schema, anchor: None })
    }
}

struct Target<'a, V> {
    resource: ResourceIndex,
    schema: &'a V,
    /// The anchor in the fragment of the reference.
    anchor: Option<String>,
}

fn scope_index(scope: Scope) -> usize {
    scope.0 as usize
}

/// Parses an index as RFC 6901 spells it: digits without leading zeros.
fn parse_index(segment: &str) -> Option<usize> {
    let is_canonical =
        segment.bytes().all(|byte| byte.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    segment.parse().ok().filter(|_| is_canonical)
}

fn has_recursive_anchor<V: JsonTree>(root: &V) -> bool {
    root.member("$recursiveAnchor").and_then(V::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(document: &Value, draft: Draft, reference: &str) -> Result<Value, ResolveError> {
        let mut resolver = Resolver::new(document, Options { draft, ..Options::default() })?;
        let root = resolver.root();
        resolver.resolve(root, reference).map(|target| target.schema.clone())
    }

    fn unresolved(reference: &str) -> Result<Value, ResolveError> {
        Err(ResolveError::Reference(reference.to_owned()))
    }

    #[test]
    fn references_resolve_by_uri_anchor_and_pointer() {
        let seven = json!({"$id": "http://a.test/root", "definitions": {
            "b": {"$id": "#b", "const": 1}, "c": {"$id": "c", "const": 2, "definitions": {"d": {"const": 3}}},
            "e": {"$ref": "#b", "$id": "e"}, "f/~%": {"const": 4}
        }, "enum": [{"$id": "g", "const": 5}]});
        let at = |reference| resolve(&seven, Draft::Draft7, reference).map(|schema| schema["const"].clone());
        assert_eq!(at("#b"), Ok(json!(1)));
        assert_eq!(at("c"), Ok(json!(2)));
        assert_eq!(at("http://a.test/c#/definitions/d"), Ok(json!(3)));
        assert_eq!(at("HTTP://a.test/x/../%63#/definitions/d"), Ok(json!(3)), "URIs are normalized");
        assert_eq!(at("#/definitions/c/definitions/d"), Ok(json!(3)));
        assert_eq!(at("#/definitions/f~1~0%25"), Ok(json!(4)));
        assert_eq!(at("e"), unresolved("e"), "the identifier beside a reference is ignored");
        assert_eq!(at("g"), unresolved("g"), "a value in an enumeration is not a schema");
        assert_eq!(at("#/definitions/x"), unresolved("#/definitions/x"));
        assert_eq!(at("a b"), unresolved("a b"));
    }

    #[test]
    fn anchors_depend_on_the_draft() {
        let new = json!({"$defs": {"a": {"$anchor": "x", "const": 1}, "b": {"$id": "#y"}}});
        assert!(resolve(&new, Draft::Draft202012, "#x").is_ok());
        assert!(resolve(&new, Draft::Draft202012, "#y").is_err());
        let four = json!({"definitions": {"a": {"id": "#x"}, "b": {"$id": "#y"}}});
        assert!(resolve(&four, Draft::Draft4, "#x").is_ok());
        assert!(resolve(&four, Draft::Draft4, "#y").is_err());
    }

    #[test]
    fn invalid_identifiers_are_rejected() {
        let schema = json!({"$defs": {"a": {"$id": "http://a b"}}});
        let error = Resolver::new(&schema, Options::default()).unwrap_err();
        assert_eq!(error.to_string(), "the identifier `http://a b` is not a valid URI");
    }

    #[test]
    fn documents_are_found_by_uri() {
        let (root, other) = (json!({"$ref": "other.json#/a"}), json!({"a": {"const": 1}}));
        let documents = [("http://a.test/other.json", &other)];
        let mut resolver = Resolver::new(&root, Options { documents: &documents, ..Options::default() }).unwrap();
        let location = resolver.root();
        let found = resolver.resolve(location, "http://a.test/other.json#/a").unwrap();
        assert_eq!(resolver.locate(found.schema), (Some("http://a.test/other.json".to_owned()), Pointer::parse("/a")));
        assert!(resolver.resolve(location, "http://a.test/another.json").is_err());
    }

    #[test]
    fn well_known_documents_are_looked_up() {
        let schema = json!({"$ref": "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"});
        let well_known: WellKnownDocuments = |uri| {
            let document: &'static Value = &referencing::meta::DRAFT7;
            (uri == "http://json-schema.org/draft-07/schema").then_some((document, Draft::Draft7))
        };
        let mut resolver =
            Resolver::new(&schema, Options { well_known: Some(well_known), ..Options::default() }).unwrap();
        let target = resolver.references(resolver.root()).unwrap()[0].1;
        assert_eq!(target.schema["minimum"], 0);
        assert_eq!(resolver.draft(target), Draft::Draft7);
        let mut alone = Resolver::new(&schema, Options::default()).unwrap();
        assert!(alone.references(alone.root()).is_err());
    }

    #[test]
    fn dynamic_references_lead_to_the_outermost_anchor() {
        let schema = json!({
            "$id": "http://a.test/strict", "$dynamicAnchor": "node", "$ref": "tree",
            "$defs": {"tree": {"$id": "tree", "$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}}},
        });
        let mut resolver = Resolver::new(&schema, Options::default()).unwrap();
        assert!(resolver.is_dynamic());
        let tree = resolver.references(resolver.root()).unwrap()[0].1;
        let items = resolver.child(tree, &tree.schema["items"]);
        let (keyword, target) = resolver.references(items).unwrap()[0];
        assert_eq!((keyword, target.schema["$id"].as_str()), ("$dynamicRef", Some("http://a.test/strict")));
        let inner = resolver.resolve(items, "#node").unwrap();
        assert_eq!(inner.schema["$id"], "tree", "a `$ref` is not dynamic");
    }

    #[test]
    fn recursive_references_lead_to_the_outermost_anchor() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2019-09/schema",
            "$id": "http://a.test/strict", "$recursiveAnchor": true, "$ref": "tree",
            "$defs": {
                "tree": {"$id": "tree", "$recursiveAnchor": true, "items": {"$recursiveRef": "#"}},
                "list": {"$id": "list", "items": {"$recursiveRef": "#"}},
            },
        });
        let mut resolver = Resolver::new(&schema, Options::default()).unwrap();
        for (name, id) in [("tree", "http://a.test/strict"), ("list", "list")] {
            let resource = resolver.resolve(resolver.root(), name).unwrap();
            let items = resolver.child(resource, &resource.schema["items"]);
            assert_eq!(resolver.references(items).unwrap()[0].1.schema["$id"], id);
        }
    }
}
