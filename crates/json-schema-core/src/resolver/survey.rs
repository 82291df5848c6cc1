//! Survey of the documents: a single walk that finds all resources, anchors and references.
//!
//! References are resolved by maps afterwards, so that resolving one costs a lookup and a walk along its pointer. Values
//! that are not schemas (in `enum`, `const` and unknown keywords) are not walked: an `$id` in them identifies no resource.

use std::collections::BTreeMap;

use fluent_uri::Uri;

use super::uri::{parse_uri, resolve_uri, without_fragment};
use super::{ResolveError, Resolver, Resource, ResourceIndex};
use crate::draft::Draft;
use crate::tree::{JsonTree, address};
use crate::walk::try_for_each_subschema;

impl<'a, V: JsonTree> Resolver<'a, V> {
    /// Returns the resource at a URI; adds the document where it is a well-known one.
    pub(super) fn resource_at(&mut self, uri: &str) -> Result<Option<ResourceIndex>, ResolveError> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        if let Some(&known) = self.by_uri.get(uri) {
            return Ok(Some(known));
        }
        let Some((document, draft)) = self.well_known.and_then(|well_known| well_known(uri)) else { return Ok(None) };
        self.add(uri, document, draft)?;
        Ok(self.by_uri.get(uri).copied())
    }

    /// Adds a document under its URI, and all resources in it.
    pub(super) fn add(&mut self, uri: &str, document: &'a V, draft: Draft) -> Result<(), ResolveError> {
        let draft = Draft::named_by(document).ok().flatten().unwrap_or(draft);
        let base = parse_uri(uri).ok_or_else(|| ResolveError::Identifier(uri.to_owned()))?;
        let index = self.open(base, document, draft);
        self.documents.push(index);
        // A document is found at the URI that it was given, and at the one that it gives itself.
        if let Some(id) = identifier(document, draft) {
            self.resources[index.0 as usize].uri = self.absolute(index, id)?;
        }
        let own = without_fragment(&self.resource(index).uri);
        self.by_uri.entry(own).or_insert(index);
        self.survey(document, index, true)
    }

    /// Opens a resource: a part of a document with a URI of its own.
    fn open(&mut self, uri: Uri<String>, root: &'a V, draft: Draft) -> ResourceIndex {
        let index = ResourceIndex(u32::try_from(self.resources.len()).unwrap_or(u32::MAX));
        self.by_uri.entry(without_fragment(&uri)).or_insert(index);
        self.by_root.insert(address(root), index);
        let (anchors, dynamic_anchors) = (BTreeMap::new(), BTreeMap::new());
        self.resources.push(Resource { uri, root, draft, anchors, dynamic_anchors });
        index
    }

    /// Resolves an identifier against the URI of the resource that contains it.
    fn absolute(&self, resource: ResourceIndex, id: &str) -> Result<Uri<String>, ResolveError> {
        resolve_uri(&self.resource(resource).uri, id).ok_or_else(|| ResolveError::Identifier(id.to_owned()))
    }

    /// Records the identifiers, the anchors and the references of a schema and of all below it.
    fn survey(&mut self, schema: &'a V, resource: ResourceIndex, is_root: bool) -> Result<(), ResolveError> {
        let mut resource = resource;
        let mut draft = self.resource(resource).draft;
        let is_ignored = draft.ignores_siblings_of_ref() && schema.member("$ref").is_some();
        if !is_root
            && !is_ignored
            && let Some(id) = identifier(schema, draft)
        {
            let uri = self.absolute(resource, id)?;
            draft = Draft::named_by(schema).ok().flatten().unwrap_or(draft);
            resource = self.open(uri, schema, draft);
        }
        if !is_ignored {
            self.note_anchors(schema, resource, draft);
        }
        let dynamic = ["$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef"];
        self.is_dynamic |= dynamic.iter().any(|keyword| schema.member(keyword).is_some());
        self.has_references |= self.is_dynamic || schema.member("$ref").is_some();
        try_for_each_subschema(schema, |_, inner| self.survey(inner, resource, false))
    }

    /// Records the anchors of a schema: in `$anchor` and `$dynamicAnchor`, or up to draft 7 in the fragment of its identifier.
    fn note_anchors(&mut self, schema: &'a V, resource: ResourceIndex, draft: Draft) {
        let text = |keyword: &str| schema.member(keyword).and_then(V::as_str).map(str::to_owned);
        let resource = &mut self.resources[resource.0 as usize];
        if draft < Draft::Draft201909 {
            if let Some((_, anchor)) = text(draft.id_keyword()).as_deref().and_then(|id| id.split_once('#'))
                && !anchor.is_empty()
            {
                resource.anchors.insert(anchor.to_owned(), schema);
            }
            return;
        }
        if let Some(anchor) = text("$anchor") {
            resource.anchors.insert(anchor, schema);
        }
        if let Some(anchor) = text("$dynamicAnchor").filter(|_| draft == Draft::Draft202012) {
            resource.anchors.insert(anchor.clone(), schema);
            resource.dynamic_anchors.insert(anchor, schema);
        }
    }
}

/// Returns the identifier that opens a resource; one that is only a fragment is an anchor.
fn identifier<V: JsonTree>(schema: &V, draft: Draft) -> Option<&str> {
    if draft.ignores_siblings_of_ref() && schema.member("$ref").is_some() {
        return None;
    }
    schema.member(draft.id_keyword()).and_then(V::as_str).filter(|id| !id.starts_with('#') && !id.is_empty())
}
