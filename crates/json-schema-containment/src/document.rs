//! The documents that schemas stand in, and what a reference in them means.

use std::cell::RefCell;

use foldhash::{HashMap, HashMapExt as _};
use referencing::Uri;
use serde_json::{Map, Value};

use json_document::Pointer;

use super::draft::Draft;
use super::sources::SchemaIndex;

/// A schema object where it stands: what it refers to depends on the resource that it is part of, and dynamic references
/// on the resources that were gone through before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) schema: &'a Value,
    /// The schema of the question from which the place is reached.
    pub(super) root: SchemaIndex,
    pub(super) resource: usize,
    pub(super) scope: Scope,
}

/// Identity of a [`Place`]: the same schema in memory, in the same resource and scope, reached from the same root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PlaceKey {
    root: SchemaIndex,
    address: usize,
    resource: usize,
    scope: Scope,
}

impl Place<'_> {
    pub(super) fn key(self) -> PlaceKey {
        let Self { schema, root, resource, scope } = self;
        PlaceKey { root, address: address(schema), resource, scope }
    }
}

/// The resources gone through, by number; only told apart where something refers dynamically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Scope(u32);

/// A part of a document with an identifier of its own.
#[derive(Debug)]
struct Resource<'a> {
    uri: Uri<String>,
    root: &'a Value,
    draft: Draft,
    anchors: HashMap<String, &'a Value>,
    dynamic_anchors: HashMap<String, &'a Value>,
}

/// Why the schema of a question cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The reference leads nowhere.
    Reference(String),
    /// An identifier is no URI.
    Identifier(String),
    /// A keyword has a value that it cannot have.
    Keyword { keyword: String, expected: &'static str },
    /// Not an object, and not `true` or `false`.
    Schema,
}

impl Unreadable {
    pub(super) fn keyword(keyword: &str, expected: &'static str) -> Self {
        Self::Keyword { keyword: keyword.to_owned(), expected }
    }
}

/// The documents that one schema of a question may refer to, itself among them.
pub(super) struct Library<'a> {
    resources: Vec<Resource<'a>>,
    by_uri: HashMap<String, usize>,
    /// Resources by the address of their root.
    by_root: HashMap<usize, usize>,
    /// The resources that are documents.
    documents: Vec<usize>,
    dynamic: bool,
    refers: bool,
    unevaluated: bool,
    scopes: RefCell<Scopes>,
}

#[derive(Debug, Default)]
struct Scopes {
    lists: Vec<Vec<usize>>,
    ids: HashMap<Vec<usize>, Scope>,
}

/// Schemas stand in these, one each.
pub(super) const SINGLE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
pub(super) const LISTS: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];
pub(super) const MAPS: &[&str] =
    &["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

impl<'a> Library<'a> {
    pub(super) fn new(schema: &'a Value, draft: Draft, documents: &[(&str, &'a Value)]) -> Result<Self, Unreadable> {
        let mut library = Self {
            resources: Vec::new(),
            by_uri: HashMap::new(),
            by_root: HashMap::new(),
            documents: Vec::new(),
            dynamic: false,
            refers: false,
            unevaluated: false,
            scopes: RefCell::default(),
        };
        library.add("", schema, draft)?;
        for (uri, document) in documents {
            library.add(uri, document, draft)?;
        }
        Ok(library)
    }

    /// The schema itself.
    pub(super) fn root(&self, index: SchemaIndex) -> Place<'a> {
        self.enter(Place { schema: self.resources[0].root, root: index, resource: 0, scope: self.scope(Vec::new()) })
    }

    /// Whether scopes are told apart: what is known of places before they are is not known of them afterwards.
    pub(super) const fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    /// Whether there are references in it.
    pub(super) const fn refers(&self) -> bool {
        self.refers
    }

    /// Whether each schema in it is looked at once for a value, at most: nothing leads to another one, or asks twice.
    pub(super) const fn is_plain(&self) -> bool {
        !self.refers && !self.unevaluated
    }

    pub(super) fn draft(&self, place: Place<'a>) -> Draft {
        self.resources[place.resource].draft
    }

    /// A schema that stands in that of a place.
    pub(super) fn below(&self, place: Place<'a>, schema: &'a Value) -> Place<'a> {
        self.enter(Place { schema, ..place })
    }

    /// The document that a schema is in, by its URI where it is not the one that was asked about, and where it is in it.
    pub(super) fn whereabouts(&self, schema: &Value) -> (Option<String>, Pointer) {
        let goal = address(schema);
        for &document in &self.documents {
            let resource = &self.resources[document];
            if let Some(pointer) = pointer_to(resource.root, goal) {
                return ((document > 0).then(|| without_fragment(&resource.uri)), pointer);
            }
        }
        (None, Pointer::ROOT)
    }

    fn enter(&self, place: Place<'a>) -> Place<'a> {
        let resource = self.by_root.get(&address(place.schema)).copied().unwrap_or(place.resource);
        if !self.dynamic {
            return Place { resource, ..place };
        }
        let mut list = self.scopes.borrow().lists[place.scope.0 as usize].clone();
        if !list.contains(&resource) {
            list.push(resource);
        }
        Place { resource, scope: self.scope(list), ..place }
    }

    fn scope(&self, list: Vec<usize>) -> Scope {
        let mut scopes = self.scopes.borrow_mut();
        if let Some(&known) = scopes.ids.get(&list) {
            return known;
        }
        let scope = Scope(u32::try_from(scopes.lists.len()).unwrap_or(u32::MAX));
        scopes.lists.push(list.clone());
        scopes.ids.insert(list, scope);
        scope
    }

    /// What `$ref` means at a place.
    pub(super) fn resolve(&mut self, place: Place<'a>, reference: &str) -> Result<Place<'a>, Unreadable> {
        let (resource, schema, _) = self.find(place, reference)?;
        Ok(self.enter(Place { schema, resource, ..place }))
    }

    /// What `$dynamicRef` means at a place.
    pub(super) fn resolve_dynamic(&mut self, place: Place<'a>, reference: &str) -> Result<Place<'a>, Unreadable> {
        let (resource, schema, anchor) = self.find(place, reference)?;
        let outermost =
            anchor.filter(|anchor| self.resources[resource].dynamic_anchors.contains_key(anchor)).and_then(|anchor| {
                let scopes = self.scopes.borrow();
                scopes.lists[place.scope.0 as usize].iter().find_map(|&resource| {
                    self.resources[resource].dynamic_anchors.get(&anchor).map(|schema| (resource, *schema))
                })
            });
        let (resource, schema) = outermost.unwrap_or((resource, schema));
        Ok(self.enter(Place { schema, resource, ..place }))
    }

    /// What `$recursiveRef`, which is always `#`, means at a place.
    pub(super) fn resolve_recursive(&mut self, place: Place<'a>) -> Place<'a> {
        let is_open = |resource: usize| {
            self.resources[resource].root.get("$recursiveAnchor").and_then(Value::as_bool) == Some(true)
        };
        let mut target = place.resource;
        if is_open(target) {
            let scopes = self.scopes.borrow();
            target = scopes.lists[place.scope.0 as usize].iter().copied().find(|&one| is_open(one)).unwrap_or(target);
        }
        self.enter(Place { schema: self.resources[target].root, resource: target, ..place })
    }

    fn find(&mut self, place: Place<'a>, reference: &str) -> Result<(usize, &'a Value, Option<String>), Unreadable> {
        let nowhere = || Unreadable::Reference(reference.to_owned());
        let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resource = if document.is_empty() {
            place.resource
        } else {
            let base = &self.resources[place.resource].uri;
            let uri = referencing::uri::resolve_against(&base.borrow(), document).map_err(|_| nowhere())?;
            self.at_uri(uri.as_str())?.ok_or_else(nowhere)?
        };
        let fragment = percent_encoding(fragment);
        if fragment.is_empty() {
            return Ok((resource, self.resources[resource].root, None));
        }
        if !fragment.starts_with('/') {
            let anchors = &self.resources[resource].anchors;
            let schema = anchors.get(&fragment).copied().ok_or_else(nowhere)?;
            return Ok((resource, schema, Some(fragment)));
        }
        // On its way, a pointer may enter a resource of its own.
        let (mut resource, mut schema) = (resource, self.resources[resource].root);
        for segment in Pointer::parse(&fragment).segments() {
            schema = match schema {
                Value::Object(members) => members.get(&segment),
                Value::Array(items) => segment.parse().ok().and_then(|index: usize| items.get(index)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            }
            .ok_or_else(nowhere)?;
            resource = self.by_root.get(&address(schema)).copied().unwrap_or(resource);
        }
        Ok((resource, schema, None))
    }

    /// The resource of this name; the schemas of the drafts are there without being given.
    fn at_uri(&mut self, uri: &str) -> Result<Option<usize>, Unreadable> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        if let Some(&known) = self.by_uri.get(uri) {
            return Ok(Some(known));
        }
        let Some((document, draft)) = schema_of_draft(uri) else { return Ok(None) };
        self.add(uri, document, draft)?;
        Ok(self.by_uri.get(uri).copied())
    }

    fn add(&mut self, uri: &str, document: &'a Value, draft: Draft) -> Result<(), Unreadable> {
        let draft = Draft::named_by(document).ok().flatten().unwrap_or(draft);
        let base = referencing::uri::from_str(uri).map_err(|_| Unreadable::Identifier(uri.to_owned()))?;
        let number = self.open(base, document, draft);
        self.documents.push(number);
        // A document is found under the name that it was given and under the one that it gives itself.
        if let Some(id) = identifier(document, draft) {
            self.resources[number].uri = self.absolute(number, id)?;
        }
        let own = without_fragment(&self.resources[number].uri);
        self.by_uri.entry(own).or_insert(number);
        self.survey(document, number, true)
    }

    fn open(&mut self, uri: Uri<String>, root: &'a Value, draft: Draft) -> usize {
        let number = self.resources.len();
        self.by_uri.entry(without_fragment(&uri)).or_insert(number);
        self.by_root.insert(address(root), number);
        self.resources.push(Resource { uri, root, draft, anchors: HashMap::new(), dynamic_anchors: HashMap::new() });
        number
    }

    fn absolute(&self, resource: usize, id: &str) -> Result<Uri<String>, Unreadable> {
        let base = &self.resources[resource].uri;
        referencing::uri::resolve_against(&base.borrow(), id).map_err(|_| Unreadable::Identifier(id.to_owned()))
    }

    /// Notes identifiers and anchors.
    fn survey(&mut self, schema: &'a Value, resource: usize, is_root: bool) -> Result<(), Unreadable> {
        let Value::Object(members) = schema else { return Ok(()) };
        let mut resource = resource;
        let mut draft = self.resources[resource].draft;
        let hidden = draft.ignores_siblings_of_ref() && members.contains_key("$ref");
        if !is_root
            && !hidden
            && let Some(id) = identifier(schema, draft)
        {
            let uri = self.absolute(resource, id)?;
            draft = Draft::named_by(schema).ok().flatten().unwrap_or(draft);
            resource = self.open(uri, schema, draft);
        }
        if !hidden {
            self.note_anchors(members, schema, resource, draft);
        }
        let dynamic = ["$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef"];
        self.dynamic |= dynamic.iter().any(|keyword| members.contains_key(*keyword));
        self.refers |= self.dynamic || members.contains_key("$ref");
        self.unevaluated |= ["unevaluatedItems", "unevaluatedProperties"].iter().any(|one| members.contains_key(*one));
        for &keyword in SINGLE {
            if let Some(inner) = members.get(keyword) {
                self.survey(inner, resource, false)?;
            }
        }
        for &keyword in LISTS {
            if let Some(Value::Array(items)) = members.get(keyword) {
                items.iter().try_for_each(|item| self.survey(item, resource, false))?;
            }
        }
        for &keyword in MAPS {
            if let Some(Value::Object(map)) = members.get(keyword) {
                map.values().try_for_each(|item| self.survey(item, resource, false))?;
            }
        }
        Ok(())
    }

    fn note_anchors(&mut self, members: &Map<String, Value>, schema: &'a Value, resource: usize, draft: Draft) {
        let text = |keyword: &str| members.get(keyword).and_then(Value::as_str).map(str::to_owned);
        let resource = &mut self.resources[resource];
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
        if let Some(anchor) = text("$dynamicAnchor").filter(|_| draft >= Draft::Draft202012) {
            resource.anchors.insert(anchor.clone(), schema);
            resource.dynamic_anchors.insert(anchor, schema);
        }
    }
}

/// Values are told apart by where they are in memory: they are borrowed for as long as the question is.
pub(super) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

fn pointer_to(value: &Value, goal: usize) -> Option<Pointer> {
    let mut segments = Vec::new();
    leads_to(value, goal, &mut segments).then(|| {
        let mut pointer = Pointer::ROOT;
        segments.iter().rev().for_each(|segment| pointer.push(segment));
        pointer
    })
}

/// Whether the goal is in the value, and if so, the way to it from its end.
fn leads_to(value: &Value, goal: usize, segments: &mut Vec<String>) -> bool {
    if address(value) == goal {
        return true;
    }
    let segment = match value {
        Value::Array(items) => {
            items.iter().position(|item| leads_to(item, goal, segments)).map(|index| index.to_string())
        }
        Value::Object(members) => {
            members.iter().find(|(_, member)| leads_to(member, goal, segments)).map(|(name, _)| name.clone())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    let found = segment.is_some();
    segments.extend(segment);
    found
}

/// The identifier that opens a resource; one that is only a fragment is an anchor.
fn identifier(schema: &Value, draft: Draft) -> Option<&str> {
    let members = schema.as_object()?;
    if draft.ignores_siblings_of_ref() && members.contains_key("$ref") {
        return None;
    }
    members.get(draft.id_keyword()).and_then(Value::as_str).filter(|id| !id.starts_with('#') && !id.is_empty())
}

fn without_fragment(uri: &Uri<String>) -> String {
    let text = uri.as_str();
    text.split_once('#').map_or(text, |(before, _)| before).to_owned()
}

/// `%25` is `%`.
fn percent_encoding(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| fragment.to_owned())
}

fn schema_of_draft(uri: &str) -> Option<(&'static Value, Draft)> {
    use referencing::meta;
    let path = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"))?;
    let path = path.strip_prefix("json-schema.org/")?;
    Some(match path {
        "draft-04/schema" => (&meta::DRAFT4, Draft::Draft4),
        "draft-06/schema" => (&meta::DRAFT6, Draft::Draft6),
        "draft-07/schema" => (&meta::DRAFT7, Draft::Draft7),
        "draft/2019-09/schema" => (&meta::DRAFT201909, Draft::Draft201909),
        "draft/2019-09/meta/applicator" => (&meta::DRAFT201909_APPLICATOR, Draft::Draft201909),
        "draft/2019-09/meta/content" => (&meta::DRAFT201909_CONTENT, Draft::Draft201909),
        "draft/2019-09/meta/core" => (&meta::DRAFT201909_CORE, Draft::Draft201909),
        "draft/2019-09/meta/format" => (&meta::DRAFT201909_FORMAT, Draft::Draft201909),
        "draft/2019-09/meta/meta-data" => (&meta::DRAFT201909_META_DATA, Draft::Draft201909),
        "draft/2019-09/meta/validation" => (&meta::DRAFT201909_VALIDATION, Draft::Draft201909),
        "draft/2020-12/schema" => (&meta::DRAFT202012, Draft::Draft202012),
        "draft/2020-12/meta/core" => (&meta::DRAFT202012_CORE, Draft::Draft202012),
        "draft/2020-12/meta/applicator" => (&meta::DRAFT202012_APPLICATOR, Draft::Draft202012),
        "draft/2020-12/meta/unevaluated" => (&meta::DRAFT202012_UNEVALUATED, Draft::Draft202012),
        "draft/2020-12/meta/validation" => (&meta::DRAFT202012_VALIDATION, Draft::Draft202012),
        "draft/2020-12/meta/meta-data" => (&meta::DRAFT202012_META_DATA, Draft::Draft202012),
        "draft/2020-12/meta/format-annotation" => (&meta::DRAFT202012_FORMAT_ANNOTATION, Draft::Draft202012),
        "draft/2020-12/meta/format-assertion" => (&meta::DRAFT202012_FORMAT_ASSERTION, Draft::Draft202012),
        "draft/2020-12/meta/content" => (&meta::DRAFT202012_CONTENT, Draft::Draft202012),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolves(document: &Value, draft: Draft, reference: &str) -> Result<Value, Unreadable> {
        let mut library = Library::new(document, draft, &[])?;
        let root = library.root(SchemaIndex::FIRST);
        library.resolve(root, reference).map(|place| place.schema.clone())
    }

    #[test]
    fn references_lead_where_their_draft_says() {
        let seven = json!({"$id": "http://a.test/root", "definitions": {
            "b": {"$id": "#b", "const": 1}, "c": {"$id": "c", "const": 2, "definitions": {"d": {"const": 3}}},
            "e": {"$ref": "#b", "$id": "e"}, "f/~%": {"const": 4}
        }, "enum": [{"$id": "g", "const": 5}]});
        let at = |reference| resolves(&seven, Draft::Draft7, reference).map(|schema| schema["const"].clone());
        assert_eq!(at("#b"), Ok(json!(1)));
        assert_eq!(at("c"), Ok(json!(2)));
        assert_eq!(at("http://a.test/c#/definitions/d"), Ok(json!(3)));
        assert_eq!(at("#/definitions/c/definitions/d"), Ok(json!(3)));
        assert_eq!(at("#/definitions/f~1~0%25"), Ok(json!(4)));
        assert_eq!(at("e"), Err(Unreadable::Reference("e".into())), "the identifier beside a reference is ignored");
        assert_eq!(at("g"), Err(Unreadable::Reference("g".into())), "a value in an enumeration is no schema");
        assert_eq!(
            at("http://json-schema.org/draft-07/schema#/definitions/x"),
            Err(Unreadable::Reference("http://json-schema.org/draft-07/schema#/definitions/x".into()))
        );
        assert!(at("http://json-schema.org/draft-07/schema#").is_ok());
        let new = json!({"$defs": {"a": {"$anchor": "x", "const": 1}, "b": {"$id": "#y"}}});
        assert!(resolves(&new, Draft::Draft202012, "#x").is_ok());
        assert!(resolves(&new, Draft::Draft202012, "#y").is_err());
        let four = json!({"definitions": {"a": {"id": "#x"}, "b": {"$id": "#y"}}});
        assert!(resolves(&four, Draft::Draft4, "#x").is_ok());
        assert!(resolves(&four, Draft::Draft4, "#y").is_err());
    }

    #[test]
    fn documents_beside_are_found_by_name() {
        let (root, other) = (json!({"$ref": "other.json#/a"}), json!({"a": {"const": 1}}));
        let mut library = Library::new(&root, Draft::Draft7, &[("http://a.test/other.json", &other)]).unwrap();
        let place = library.root(SchemaIndex::FIRST);
        assert!(library.resolve(place, "http://a.test/other.json#/a").is_ok());
        assert!(library.resolve(place, "http://a.test/another.json").is_err());
    }
}
