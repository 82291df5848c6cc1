//! Keywords that have no effect where they are written.
//!
//! JSON Schema takes every keyword that a draft does not define for an annotation (2020-12 Core, section 6.5), so that a
//! misspelt one, one of another draft, or one of a dialect such as OpenAPI 3.0 silently restricts nothing. A proof about such
//! a schema is right, and rarely about the schema that its author has in mind.

use std::collections::HashSet;
use std::fmt;

use json_document::Pointer;
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::keyword::{Contents, KEYWORDS, Keyword, KeywordKind};
use crate::walk::for_each_subschema;

/// A keyword without effect, at its place in a document.
///
/// Its [`Display`](fmt::Display) form explains it without the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IneffectiveKeyword {
    /// The place of the keyword, from the root of the document.
    pub pointer: Pointer,
    /// The keyword as it is written.
    pub keyword: String,
    /// The draft by which the schema is read.
    pub draft: Draft,
    /// The cause.
    pub cause: IneffectiveCause,
}

/// The cause of an [`IneffectiveKeyword`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IneffectiveCause {
    /// The drafts up to 7 ignore what is beside `$ref`.
    BesideReference,
    /// Other drafts have the keyword.
    OtherDraft {
        /// Counterpart in this draft, if it has one.
        instead: Option<&'static str>,
    },
    /// `dependencies` in draft 2019-09 or later, where many validators still apply it.
    SupersededDependencies,
    /// `nullable` of OpenAPI 3.0.
    Nullable,
    /// `required` with a boolean, as in draft 3.
    BooleanRequired,
    /// The keyword has an effect only beside this one, which is missing.
    Alone {
        /// The missing keyword.
        without: &'static str,
    },
    /// No draft has the keyword; this one is spelled nearly the same, and can have the value.
    Misspelt {
        /// The nearest keyword.
        near: &'static str,
    },
}

impl fmt::Display for IneffectiveKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { keyword, draft, .. } = self;
        match self.cause {
            IneffectiveCause::BesideReference => {
                write!(f, "`{keyword}` has no effect beside `$ref` in draft {draft}: wrap the `$ref` in `allOf`")
            }
            IneffectiveCause::OtherDraft { instead: Some(instead) } => {
                write!(f, "`{keyword}` is not a keyword of draft {draft} and has no effect: use {instead}")
            }
            IneffectiveCause::OtherDraft { instead: None } => {
                write!(
                    f,
                    "`{keyword}` is not a keyword of draft {draft} and has no effect: set `$schema` to a draft that has it"
                )
            }
            IneffectiveCause::SupersededDependencies => write!(
                f,
                "`{keyword}` is not a keyword of draft {draft}, and only some validators apply it: use `dependentRequired` \
                 or `dependentSchemas`"
            ),
            IneffectiveCause::Nullable => write!(
                f,
                "`{keyword}` is a keyword of OpenAPI 3.0 and has no effect in JSON Schema: add \"null\" to `type`"
            ),
            IneffectiveCause::BooleanRequired => write!(
                f,
                "`{keyword}` with a boolean has no effect since draft 4: list the name in `required` of the object"
            ),
            IneffectiveCause::Alone { without } => write!(f, "`{keyword}` has no effect without `{without}`"),
            IneffectiveCause::Misspelt { near } => {
                write!(f, "`{keyword}` is not a keyword of draft {draft} and has no effect: did you mean `{near}`?")
            }
        }
    }
}

/// Finds the keywords without effect in the schema at a pointer of a document, in the schemas below it, and in those of the
/// document that it refers to by JSON pointers.
///
/// `draft` applies where no `$schema` names one. A keyword whose name begins with `x-`, and one that resembles no keyword, is
/// an annotation on purpose and not reported.
///
/// ```
/// use json_document::Pointer;
/// use json_schema_core::{Draft, IneffectiveCause, IneffectiveKeyword, find_ineffective_keywords};
/// use serde_json::json;
///
/// let schema = json!({"propertys": {"a": {}}, "properties": {"b": {"nullable": true}}, "x-unit": "EUR"});
/// let found: Vec<IneffectiveKeyword> = find_ineffective_keywords(&schema, &Pointer::ROOT, Draft::Draft202012);
/// assert_eq!(found.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), ["/properties/b/nullable", "/propertys"]);
/// assert_eq!(found[1].cause, IneffectiveCause::Misspelt { near: "properties" });
/// ```
#[must_use]
pub fn find_ineffective_keywords(document: &Value, pointer: &Pointer, draft: Draft) -> Vec<IneffectiveKeyword> {
    let mut search = Search { document, seen: HashSet::new(), found: Vec::new(), pending: Vec::new() };
    if let Some(schema) = document.pointer(pointer.as_str()) {
        let draft = Draft::named_by(document).ok().flatten().unwrap_or(draft);
        search.pending.push((pointer.clone(), schema, draft));
    }
    // Not by recursion: chains of references may be as long as the document.
    while let Some((pointer, schema, draft)) = search.pending.pop() {
        search.visit(&pointer, schema, draft);
    }
    search.found.sort_by(|one, other| one.pointer.as_str().cmp(other.pointer.as_str()));
    search.found
}

struct Search<'d> {
    document: &'d Value,
    /// Addresses of the schemas that were visited: the document is borrowed for as long as the search.
    seen: HashSet<usize>,
    found: Vec<IneffectiveKeyword>,
    /// Schemas to visit with their drafts, the next one last.
    pending: Vec<(Pointer, &'d Value, Draft)>,
}

impl<'d> Search<'d> {
    fn visit(&mut self, pointer: &Pointer, schema: &'d Value, draft: Draft) {
        let Value::Object(members) = schema else { return };
        if !self.seen.insert(std::ptr::from_ref(schema).addr()) {
            return;
        }
        let draft = Draft::named_by(schema).ok().flatten().unwrap_or(draft);
        let mut skipped = HashSet::new();
        for (name, value) in members {
            if let Some(cause) = find_cause(draft, members, name, value) {
                skipped.insert(name.as_str());
                let mut pointer = pointer.clone();
                pointer.push_name(name);
                self.found.push(IneffectiveKeyword { pointer, keyword: name.clone(), draft, cause });
            }
        }
        let before = self.pending.len();
        if let Some(target) = members.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix("#/")) {
            let target = Pointer::parse(&format!("/{}", crate::percent_decode(target)));
            if let Some(schema) = self.document.pointer(target.as_str()) {
                self.pending.push((target, schema, draft));
            }
        }
        for_each_subschema(schema, |step, inner| {
            if !skipped.contains(step.keyword.name) {
                let mut pointer = pointer.clone();
                step.push_to(&mut pointer);
                self.pending.push((pointer, inner, draft));
            }
        });
        self.pending[before..].reverse();
    }
}

/// Returns the cause for which a member of a schema has no effect, if it has none and its author expects one.
fn find_cause(draft: Draft, members: &Map<String, Value>, name: &str, value: &Value) -> Option<IneffectiveCause> {
    use IneffectiveCause::{
        Alone, BesideReference, BooleanRequired, Misspelt, Nullable, OtherDraft, SupersededDependencies,
    };
    let Some(keyword) = Keyword::find(name) else {
        return match name {
            "nullable" => (value == &Value::Bool(true)).then_some(Nullable),
            "divisibleBy" => Some(OtherDraft { instead: Some("`multipleOf`") }),
            "disallow" => Some(OtherDraft { instead: Some("`not`") }),
            "extends" => Some(OtherDraft { instead: Some("`allOf`") }),
            _ if name.starts_with("x-") => None,
            _ => nearest_keyword(name, value).map(|near| Misspelt { near }),
        };
    };
    match keyword.kind {
        KeywordKind::Annotation | KeywordKind::Definitions => return None,
        KeywordKind::OptionalAssertion if name != "format" => return None,
        KeywordKind::Identifier if matches!(name, "$schema" | "$vocabulary") || !value.is_string() => return None,
        KeywordKind::Identifier
        | KeywordKind::Reference
        | KeywordKind::InPlaceApplicator
        | KeywordKind::ChildApplicator
        | KeywordKind::Assertion
        | KeywordKind::OptionalAssertion => {}
    }
    if draft.ignores_siblings_of_ref() && name != "$ref" && members.contains_key("$ref") {
        return Some(BesideReference);
    }
    if name == "dependencies" && !keyword.is_in(draft) {
        return Some(SupersededDependencies);
    }
    if !keyword.is_in(draft) {
        return Some(OtherDraft { instead: find_replacement(name, draft) });
    }
    if name == "required" && value.is_boolean() {
        return Some(BooleanRequired);
    }
    let needed = match name {
        "then" | "else" => "if",
        "minContains" | "maxContains" => "contains",
        _ => return None,
    };
    (!members.contains_key(needed)).then_some(Alone { without: needed })
}

/// Returns what a draft has instead of a keyword of another one.
fn find_replacement(name: &str, draft: Draft) -> Option<&'static str> {
    Some(match name {
        "id" => "`$id`",
        "$id" => "`id`",
        "const" => "`enum` with one value",
        "dependentRequired" | "dependentSchemas" => "`dependencies`",
        "prefixItems" => "`items` with an array",
        "additionalItems" => "`items` beside `prefixItems`",
        "$recursiveRef" if draft == Draft::Draft202012 => "`$dynamicRef`",
        "$recursiveAnchor" if draft == Draft::Draft202012 => "`$dynamicAnchor`",
        "$dynamicRef" if draft == Draft::Draft201909 => "`$recursiveRef`",
        "$dynamicAnchor" if draft == Draft::Draft201909 => "`$recursiveAnchor`",
        _ => return None,
    })
}

/// Maximum number of bytes of a name that may be a misspelt keyword. The longest keyword has 21; the distance to a longer name
/// takes time and memory by the product of both lengths.
const MAX_NAME_LENGTH: usize = 100;

/// Returns the keyword that is spelled nearly as a name that no draft has, if it restricts values and can have the value.
///
/// The bound is a quarter of the length, at least one edit, so that an annotation of its own is rarely mistaken for one.
pub(crate) fn nearest_keyword(name: &str, value: &Value) -> Option<&'static str> {
    let letters = |text: &str| text.to_ascii_lowercase().replace(['-', '_'], "");
    if name.len() > MAX_NAME_LENGTH {
        return None;
    }
    let plain = letters(name);
    let max = (name.chars().count() / 4).max(1);
    let is_candidate = |keyword: &&Keyword| {
        keyword.name.len() > 2
            && !matches!(keyword.kind, KeywordKind::Annotation | KeywordKind::Identifier | KeywordKind::Definitions)
            && accepts_value(keyword, value)
    };
    KEYWORDS
        .iter()
        .filter(is_candidate)
        .map(|keyword| (edit_distance(&letters(keyword.name), &plain), keyword.name))
        .filter(|(distance, _)| *distance <= max)
        .min()
        .map(|(_, near)| near)
}

/// Returns true if a value has the shape that a keyword requires. Subschemas are not examined.
pub(crate) fn accepts_value(keyword: &Keyword, value: &Value) -> bool {
    let is_schema = |value: &Value| value.is_object() || value.is_boolean();
    let are = |is: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(is));
    match keyword.contents {
        Contents::Schema => is_schema(value),
        Contents::Array => are(&is_schema),
        Contents::SchemaOrArray => is_schema(value) || are(&is_schema),
        Contents::Map => value
            .as_object()
            .is_some_and(|map| map.values().all(|value| is_schema(value) || keyword.name == "dependencies")),
        Contents::Nothing => match keyword.name {
            "type" => value.is_string() || are(&Value::is_string),
            "required" => are(&Value::is_string),
            "enum" => value.is_array(),
            "const" => true,
            "uniqueItems" | "$recursiveAnchor" => value.is_boolean(),
            "dependentRequired" => value.is_object(),
            _ if keyword.kind == KeywordKind::Assertion && keyword.name != "pattern" => value.is_number(),
            _ => value.is_string(),
        },
    }
}

/// Returns the optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours.
fn edit_distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let above = &rows[i - 1];
            let mut best =
                (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + usize::from(one[i - 1] != other[j - 1]));
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explain(schema: &Value, draft: Draft) -> Vec<String> {
        let found = find_ineffective_keywords(schema, &Pointer::ROOT, draft);
        found.iter().map(|found| format!("{}: {found}", found.pointer)).collect()
    }

    #[test]
    fn keywords_without_effect_are_found_with_their_cause() {
        let (d4, d7, d19, d20) = (Draft::Draft4, Draft::Draft7, Draft::Draft201909, Draft::Draft202012);
        let cases = [
            (
                d20,
                json!({"propertys": {"a": {}}}),
                "/propertys: `propertys` is not a keyword of draft 2020-12 and has no effect: did you mean `properties`?",
            ),
            (
                d20,
                json!({"not": {"requierd": ["a"]}}),
                "/not/requierd: `requierd` is not a keyword of draft 2020-12 and has no effect: did you mean `required`?",
            ),
            (
                d20,
                json!({"additional_properties": false}),
                "/additional_properties: `additional_properties` is not a keyword of draft 2020-12 and has no effect: did you mean `additionalProperties`?",
            ),
            (
                d7,
                json!({"oneof": [{}]}),
                "/oneof: `oneof` is not a keyword of draft 7 and has no effect: did you mean `oneOf`?",
            ),
            (
                d7,
                json!({"items": {"nullable": true}}),
                "/items/nullable: `nullable` is a keyword of OpenAPI 3.0 and has no effect in JSON Schema: add \"null\" to `type`",
            ),
            (
                d7,
                json!({"$ref": "#/definitions/a", "maximum": 5, "definitions": {"a": {}}}),
                "/maximum: `maximum` has no effect beside `$ref` in draft 7: wrap the `$ref` in `allOf`",
            ),
            (
                d4,
                json!({"const": 1}),
                "/const: `const` is not a keyword of draft 4 and has no effect: use `enum` with one value",
            ),
            (
                d4,
                json!({"if": {}}),
                "/if: `if` is not a keyword of draft 4 and has no effect: set `$schema` to a draft that has it",
            ),
            (
                d19,
                json!({"prefixItems": [{}]}),
                "/prefixItems: `prefixItems` is not a keyword of draft 2019-09 and has no effect: use `items` with an array",
            ),
            (
                d20,
                json!({"dependencies": {"a": ["b"]}}),
                "/dependencies: `dependencies` is not a keyword of draft 2020-12, and only some validators apply it: use `dependentRequired` or `dependentSchemas`",
            ),
            (
                d20,
                json!({"properties": {"a": {"required": true}}}),
                "/properties/a/required: `required` with a boolean has no effect since draft 4: list the name in `required` of the object",
            ),
            (d20, json!({"then": {"nullable": true}}), "/then: `then` has no effect without `if`"),
            (
                d20,
                json!({"divisibleBy": 2}),
                "/divisibleBy: `divisibleBy` is not a keyword of draft 2020-12 and has no effect: use `multipleOf`",
            ),
        ];
        for (draft, schema, expected) in cases {
            assert_eq!(explain(&schema, draft), [expected], "{schema}");
        }
    }

    #[test]
    fn annotations_and_effective_keywords_are_not_reported() {
        let cases = [
            json!({"x-nullable": true, "title": "a", "example": 1, "note": "n", "unit": "EUR", "discriminator": {}, "deprecated": true}),
            json!({"$ref": "#/$defs/a", "maximum": 5, "$defs": {"a": {}}}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {"dependencies": {"a": ["b"]}}}}),
            json!({"enum": [{"nullable": true}], "default": {"requierd": []}, "properties": {"nullable": true, "requierd": {}}}),
            json!({"nullable": false, "if": {}, "then": {}, "contains": {}, "minContains": 2}),
        ];
        for schema in cases {
            assert_eq!(explain(&schema, Draft::Draft202012), [""; 0], "{schema}");
        }
    }

    #[test]
    fn references_are_followed_within_the_document() {
        let document = json!({"components": {"schemas": {
            "a": {"$ref": "#/components/schemas/b"}, "b": {"nullable": true, "items": {"$ref": "#/components/schemas/a"}},
            "c": {"nullable": true}
        }}});
        let found = find_ineffective_keywords(&document, &Pointer::parse("/components/schemas/a"), Draft::Draft4);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer.as_str(), "/components/schemas/b/nullable");
    }

    #[test]
    fn long_chains_and_names_are_searched() {
        let mut all: Map<String, Value> = (0..20_000)
            .map(|number| (number.to_string(), json!({"$ref": format!("#/$defs/{}", number + 1)})))
            .collect();
        all.insert("20000".to_owned(), json!({"requierd": ["a"], "r".repeat(1_000_000): 1}));
        let document = json!({"$ref": "#/$defs/0", "$defs": all});
        let found = find_ineffective_keywords(&document, &Pointer::ROOT, Draft::Draft202012);
        assert_eq!(found.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), ["/$defs/20000/requierd"]);
    }

    #[test]
    fn swaps_count_as_one_edit() {
        assert_eq!(edit_distance("itmes", "items"), 1);
        assert_eq!(edit_distance("propertys", "properties"), 2);
        assert_eq!(edit_distance("", "abc"), 3);
    }
}
