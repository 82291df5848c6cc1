//! References without a dynamic scope, for [`FlatSchema`](crate::FlatSchema), which replaces each by one pointer.

use super::uri::{resolve_uri, without_fragment};
use super::{Location, References, ResolveError, Resolver, Resource, ResourceIndex, Target, has_recursive_anchor};
use crate::tree::JsonTree;

impl<'a, V: JsonTree> Resolver<'a, V> {
    /// Resolves the references of the schema at `location` for every dynamic scope at once. `None` where a dynamic
    /// reference depends on the scope.
    ///
    /// The first resource of every scope is that of the root, so a dynamic anchor there is always the outermost one.
    pub(crate) fn references_in_every_scope(
        &mut self,
        location: Location<'a, V>,
    ) -> Result<Option<References<'a, V>>, ResolveError> {
        for (keyword, _) in self.references(location)? {
            let candidates: Vec<ResourceIndex> = match keyword {
                "$dynamicRef" => {
                    let reference = location.schema.member("$dynamicRef").and_then(V::as_str).unwrap_or_default();
                    let Target { resource, anchor, .. } = self.find(location.resource, reference)?;
                    let Some(anchor) = self.dynamic_anchor_of(resource, anchor) else { continue };
                    self.resources_where(|resource| resource.dynamic_anchors.contains_key(&anchor))
                }
                "$recursiveRef" if self.is_recursive_anchor(location.resource) => {
                    self.resources_where(|resource| has_recursive_anchor(resource.root))
                }
                _ => continue,
            };
            if candidates.len() > 1 && !candidates.contains(&ResourceIndex(0)) {
                return Ok(None);
            }
        }
        // With the root alone before it, the scope leads to the root, to the only candidate, or to the target itself.
        let scope = self.root().scope;
        self.references(self.enter(Location { scope, ..location })).map(Some)
    }

    /// Returns a reference of the schema at `location` with the URI that it is resolved to; `None` in the resource of the
    /// root, whose base stays.
    pub(crate) fn absolute_reference(&self, location: Location<'a, V>, reference: &str) -> Option<String> {
        let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if location.resource == ResourceIndex(0) {
            return None;
        }
        let base = &self.resource(location.resource).uri;
        let uri = if document.is_empty() { without_fragment(base) } else { resolve_uri(base, document)?.into_string() };
        Some(format!("{uri}#{fragment}"))
    }

    fn resources_where(&self, is_wanted: impl Fn(&Resource<'a, V>) -> bool) -> Vec<ResourceIndex> {
        (0..)
            .map(ResourceIndex)
            .zip(&self.resources)
            .filter(|(_, one)| is_wanted(one))
            .map(|(index, _)| index)
            .collect()
    }
}
