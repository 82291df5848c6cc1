//! Schemas whose references are JSON pointers from their root.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use json_document::Pointer;
use serde_json::{Map, Value, json};

use crate::draft::Draft;
use crate::fragment::{format_pointer_reference, resolve_pointer_reference};
use crate::resolver::{Options, ResolveError, Resolver};
use crate::walk::for_each_subschema;

/// A schema in which every reference that can be resolved is a `$ref` to a JSON pointer from the root, so that parts of it
/// can be moved, copied and compared without regard to identifiers.
///
/// The schema means the same as before, and its parts are where they were. Identifiers below the root, and anchors, are
/// gone. A schema that has neither, as most do, is borrowed.
///
/// ```
/// use json_schema_core::{Draft, FlatSchema};
/// use serde_json::json;
///
/// let schema = json!({"items": {"$ref": "#node"}, "$defs": {"n": {"$anchor": "node", "type": "null"}}});
/// let flat = FlatSchema::new(&schema, Draft::Draft202012)?;
/// assert_eq!(*flat.root(), json!({"items": {"$ref": "#/$defs/n"}, "$defs": {"n": {"type": "null"}}}));
/// assert_eq!(flat.target(&flat.root()["items"])?, Some(&json!({"type": "null"})));
/// # Ok::<(), json_schema_core::ResolveError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FlatSchema<'a> {
    root: Cow<'a, Value>,
    draft: Draft,
}

impl<'a> FlatSchema<'a> {
    /// Rewrites the references of a schema; `draft` is that of a schema without a `$schema`.
    ///
    /// A reference stays that leads nowhere, depends on the dynamic scope, or is in a part of another draft than the whole or
    /// names one by its URI: [`Self::target`] reports it where it is followed. An identifier that is not valid is an error.
    pub fn new(schema: &'a Value, draft: Draft) -> Result<Self, ResolveError> {
        let draft = Draft::named_by(schema).ok().flatten().unwrap_or(draft);
        let root = if is_flat(schema, true) { Cow::Borrowed(schema) } else { Cow::Owned(rewrite(schema, draft)?) };
        Ok(Self { root, draft })
    }

    /// Returns the whole schema.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Returns the whole schema.
    pub fn into_root(self) -> Value {
        self.root.into_owned()
    }

    /// Returns the draft of the schema.
    pub const fn draft(&self) -> Draft {
        self.draft
    }

    /// Returns the schema that a part of this schema refers to; `None` where it has no reference.
    pub fn target(&self, schema: &Value) -> Result<Option<&Value>, ResolveError> {
        let unresolved = |reference: &str| ResolveError::Reference(reference.to_owned());
        let dynamic = match self.draft {
            Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => None,
            Draft::Draft201909 => schema.get("$recursiveRef"),
            Draft::Draft202012 => schema.get("$dynamicRef"),
        };
        if let Some(reference) = dynamic {
            return Err(unresolved(reference.as_str().unwrap_or_default()));
        }
        match schema.get("$ref") {
            None => Ok(None),
            Some(Value::String(reference)) => {
                resolve_pointer_reference(&self.root, reference).map(Some).ok_or_else(|| unresolved(reference))
            }
            Some(_) => Err(ResolveError::NotAString("$ref")),
        }
    }
}

/// Returns true if a value has neither an identifier below its root, nor an anchor, nor a reference that is not the plain
/// spelling of a pointer. Takes members for keywords wherever they are: then it is false without need.
fn is_flat(value: &Value, is_root: bool) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| is_flat(item, false)),
        Value::Object(members) => members.iter().all(|(name, value)| {
            let is_plain = match (name.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    (reference == "#" || reference.starts_with("#/")) && !reference.contains('%')
                }
                ("$id" | "id", Value::String(_)) => is_root,
                ("$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$recursiveAnchor" | "$recursiveRef", _) => false,
                _ => true,
            };
            is_plain && is_flat(value, false)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn rewrite(schema: &Value, draft: Draft) -> Result<Value, ResolveError> {
    let mut resolver = Resolver::new(schema, Options { draft, ..Options::default() })?;
    let mut positions = BTreeMap::new();
    note_positions(schema, &mut Pointer::ROOT.clone(), &mut positions);
    let mut flat = schema.clone();
    let mut seen = BTreeSet::new();
    let mut open = vec![(Pointer::ROOT, resolver.root())];
    while let Some((at, location)) = open.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        let is_alien = resolver.draft(location) != draft;
        let mut targets = Vec::new();
        for (keyword, target) in resolver.references_in_every_scope(location).ok().flatten().unwrap_or_default() {
            if let Some(position) = positions.get(&std::ptr::from_ref(target.schema)) {
                if !is_alien && resolver.draft(target) == draft {
                    targets.push((keyword, format_pointer_reference(position)));
                }
                open.push((position.clone(), target));
            }
        }
        // Once identifiers are gone, a reference that stays must not lead anywhere by accident.
        if targets.iter().all(|(keyword, _)| *keyword != "$ref")
            && let Some(Value::String(reference)) = location.schema.get("$ref")
            && let Some(absolute) = resolver.absolute_reference(location, reference)
        {
            targets.push(("$ref", absolute));
        }
        if let Some(Value::Object(keywords)) = flat.pointer_mut(at.as_str()) {
            if !is_alien {
                remove_identifiers(keywords, draft, at == Pointer::ROOT);
            }
            put_references(keywords, targets);
        }
        for_each_subschema(location.schema, |step, inner| {
            let mut at = at.clone();
            step.push_to(&mut at);
            open.push((at, resolver.child(location, inner)));
        });
    }
    Ok(flat)
}

/// Notes the pointers of a value and of all in it, by their addresses.
fn note_positions(value: &Value, at: &mut Pointer, positions: &mut BTreeMap<*const Value, Pointer>) {
    positions.insert(std::ptr::from_ref(value), at.clone());
    let length = at.as_str().len();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push(index);
                note_positions(item, at, positions);
                at.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                at.push_name(name);
                note_positions(member, at, positions);
                at.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Removes the anchors of a schema, and its URI unless it is the root.
fn remove_identifiers(keywords: &mut Map<String, Value>, draft: Draft, is_root: bool) {
    if draft.ignores_siblings_of_ref() && keywords.contains_key("$ref") {
        return;
    }
    if !is_root && keywords.get(draft.id_keyword()).is_some_and(Value::is_string) {
        keywords.remove(draft.id_keyword());
        keywords.remove("$schema");
    }
    for anchor in ["$anchor", "$dynamicAnchor", "$recursiveAnchor"] {
        keywords.remove(anchor);
    }
}

/// Replaces references; a dynamic one becomes a `$ref`.
fn put_references(keywords: &mut Map<String, Value>, targets: Vec<(&'static str, String)>) {
    for (keyword, reference) in targets {
        if keyword == "$ref" || !keywords.contains_key("$ref") {
            keywords.insert("$ref".to_owned(), reference.into());
        } else if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
            all.push(json!({ "$ref": reference }));
        }
        if keyword != "$ref" {
            keywords.remove(keyword);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(schema: &Value) -> Value {
        FlatSchema::new(schema, Draft::Draft202012).unwrap().into_root()
    }

    #[test]
    fn plain_schemas_are_borrowed() {
        let schema = json!({"$id": "http://a.test/a", "$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#"}}}});
        let flat = FlatSchema::new(&schema, Draft::Draft202012).unwrap();
        assert!(matches!(flat.root, Cow::Borrowed(_)));
    }

    #[test]
    fn members_named_like_keywords_stay() {
        let schema = json!({
            "const": {"$id": "x", "$ref": "#a"}, "properties": {"$anchor": {"const": 1}, "id": true},
            "$defs": {"a": {"$anchor": "a"}}, "x": {"$anchor": "a"},
        });
        let expected = json!({
            "const": {"$id": "x", "$ref": "#a"}, "properties": {"$anchor": {"const": 1}, "id": true},
            "$defs": {"a": {}}, "x": {"$anchor": "a"},
        });
        assert_eq!(flat(&schema), expected);
    }

    #[test]
    fn every_kind_of_reference_becomes_a_pointer() {
        for (schema, at, expected) in [
            (json!({"$ref": "#/$defs/a%25%3C", "$defs": {"a%<": {}}}), "", "#/$defs/a%25%3C"),
            (json!({"not": {"$ref": "#a"}, "$defs": {"b": {"$anchor": "a"}}}), "/not", "#/$defs/b"),
            (json!({"not": {"$ref": "b"}, "$defs": {"b": {"$id": "b"}}}), "/not", "#/$defs/b"),
            (
                json!({"$id": "urn:a:b", "not": {"$ref": "urn:a:c#/$defs/d"}, "$defs": {"c": {"$id": "urn:a:c", "$defs": {"d": {}}}}}),
                "/not",
                "#/$defs/c/$defs/d",
            ),
            (json!({"$defs": {"c": {"$id": "c", "items": {"$ref": "#"}}}}), "/$defs/c/items", "#/$defs/c"),
            (
                json!({"$schema": "http://json-schema.org/draft-07/schema#", "not": {"$ref": "#b"}, "definitions": {"a": {"$id": "#b"}}}),
                "/not",
                "#/definitions/a",
            ),
            (
                json!({"$schema": "http://json-schema.org/draft-04/schema#", "not": {"$ref": "b#c"}, "definitions": {"a": {"id": "b", "items": {"id": "#c"}}}}),
                "/not",
                "#/definitions/a/items",
            ),
            // A target where no schema is expected.
            (
                json!({"$ref": "#/x/0", "x": [{"not": {"$ref": "#a"}}], "$defs": {"b": {"$anchor": "a"}}}),
                "/x/0/not",
                "#/$defs/b",
            ),
        ] {
            let flat = flat(&schema);
            assert_eq!(flat.pointer(at).unwrap()["$ref"], expected, "{schema}");
            let text = flat.to_string();
            assert!(!text.contains("$anchor") && !text.contains(r#""id":"#), "{text}");
        }
    }

    #[test]
    fn dynamic_references_are_resolved_where_the_scope_does_not_matter() {
        let tree = json!({"$id": "tree", "$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}});
        let strict =
            json!({"$id": "http://a.test/strict", "$dynamicAnchor": "node", "$ref": "tree", "$defs": {"t": tree}});
        assert_eq!(flat(&strict)["$defs"]["t"]["items"], json!({"$ref": "#"}));
        let alone = json!({"items": {"$ref": "tree", "maxItems": 1}, "$defs": {"t": tree}});
        assert_eq!(flat(&alone)["$defs"]["t"], json!({"items": {"$ref": "#/$defs/t"}}));
        let mut other = tree.clone();
        other["$id"] = "other".into();
        let several = json!({"anyOf": [{"$ref": "tree"}, {"$ref": "other"}], "$defs": {"t": tree, "o": other}});
        let flat = FlatSchema::new(&several, Draft::Draft202012).unwrap();
        let error = flat.target(&flat.root()["$defs"]["t"]["items"]).unwrap_err();
        assert_eq!(error, ResolveError::Reference("#node".to_owned()));
    }

    #[test]
    fn recursive_references_are_resolved_where_the_scope_does_not_matter() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2019-09/schema", "$ref": "list", "$recursiveAnchor": true,
            "$defs": {"l": {"$id": "list", "$recursiveAnchor": true, "items": {"$ref": "#", "$recursiveRef": "#"}}},
        });
        assert_eq!(flat(&schema)["$defs"]["l"]["items"], json!({"$ref": "#/$defs/l", "allOf": [{"$ref": "#"}]}));
    }

    #[test]
    fn unresolvable_references_are_reported_when_followed() {
        let schema = json!({
            "items": {"$ref": "#/nowhere"}, "not": {"$ref": "other.json"}, "if": {"$ref": 1},
            "$defs": {"a": {"$id": "http://a.test/a", "items": {"$ref": "#/$defs/a"}}},
        });
        let flat = FlatSchema::new(&schema, Draft::Draft202012).unwrap();
        for at in ["/items", "/not", "/if", "/$defs/a/items"] {
            assert!(flat.target(flat.root().pointer(at).unwrap()).is_err(), "{at}");
        }
        assert_eq!(flat.root()["$defs"]["a"]["items"]["$ref"], "http://a.test/a#/$defs/a");
    }

    #[test]
    fn parts_of_another_draft_keep_their_identifiers() {
        let part = json!({"$id": "http://a.test/a", "$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#b",
            "definitions": {"c": {"$id": "#b", "items": {"$ref": "#/definitions/c"}}}});
        let schema = json!({"not": {"$ref": "http://a.test/a"}, "$defs": {"a": part}});
        let flat = FlatSchema::new(&schema, Draft::Draft202012).unwrap();
        assert_eq!(flat.root()["$defs"]["a"]["$ref"], "http://a.test/a#b");
        assert_eq!(flat.root()["$defs"]["a"]["definitions"]["c"]["items"]["$ref"], "http://a.test/a#/definitions/c");
        for at in ["/not", "/$defs/a"] {
            assert!(flat.target(flat.root().pointer(at).unwrap()).is_err(), "{at}");
        }
    }

    #[test]
    fn keywords_of_other_drafts_are_not_followed() {
        let schema =
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "$dynamicRef": "#a", "$recursiveRef": "#"});
        let flat = FlatSchema::new(&schema, Draft::Draft202012).unwrap();
        assert_eq!(flat.target(flat.root()), Ok(None));
    }
}
