//! The writer's part in an incompatibility: which of its schemas apply at the end of the path, and the
//! counterpart of a keyword.
//!
//! This is a heuristic for the reader of a report. No verdict depends on it: the schemas are
//! collected syntactically, along references and in-place applicators. Of the alternatives of a
//! union, those that reject the witness are left out.

use json_document::Pointer;
use json_document::exact::{ExactValue as Value, Map};

use super::super::document::Place;
use super::super::draft::Draft;
use super::super::incompatibility::KeywordPlace;
use super::Explanation;
use super::step::Step;
use json_schema_core::Role;

/// Maximum number of the writer's schemas that are considered to apply to one value.
const MAX_PLACES: usize = 256;

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Returns the names of the properties that the writer declares at the end of the path.
    pub(super) fn writer_properties(&mut self) -> Vec<String> {
        let places = self.writer_places(None);
        places
            .into_iter()
            .filter_map(|place| self.effective_keyword(place, "properties")?.as_object())
            .flat_map(|map| map.keys().cloned())
            .collect()
    }

    /// Returns the writer's keyword that corresponds to a keyword of the reader, or else the schema that allows the value.
    pub(super) fn writer_counterpart(
        &mut self,
        keyword: &str,
        missing: Option<&str>,
        witness: Located<'_>,
    ) -> Option<KeywordPlace> {
        let places = self.writer_places(Some(witness));
        if let Some(name) = missing {
            let declared = places
                .iter()
                .find_map(|place| Some((*place, self.effective_keyword(*place, "properties")?.get(name)?)));
            if let Some((place, schema)) = declared {
                let declared = self.lowering().sources.child(place, schema);
                return Some(self.keyword_place(declared, ""));
            }
        }
        for candidate in std::iter::once(&keyword).chain(related_keywords(keyword)) {
            if let Some(place) = places.iter().find(|place| self.effective_keyword(**place, candidate).is_some()) {
                return Some(self.keyword_place(*place, candidate));
            }
        }
        let first = *places.first()?;
        Some(self.keyword_place(first, ""))
    }

    /// Returns the value of a keyword, unless the draft ignores it beside `$ref`.
    fn effective_keyword(&self, place: Place<'a>, keyword: &str) -> Option<&'a Value> {
        let draft = self.solver.lowering.sources.draft(place);
        let is_ignored = draft.ignores_siblings_of_ref() && keyword != "$ref" && place.schema.get("$ref").is_some();
        place.schema.get(keyword).filter(|_| !is_ignored)
    }

    /// Returns the writer's schemas that apply at the end of the path, those nearest to the root of their schema first.
    fn writer_places(&mut self, witness: Option<Located<'_>>) -> Vec<Place<'a>> {
        let root = self.lowering().sources.root(Role::Writer);
        let value = |steps: usize| witness.and_then(|witness| witness.value_after(steps));
        let mut places = self.with_in_place(vec![root], value(0));
        for number in 0..self.path.len() {
            let mut next = Vec::new();
            for place in places {
                let Value::Object(members) = place.schema else { continue };
                let sources = &self.solver.lowering.sources;
                let applied = applied_schema(members, sources.draft(place), &self.path[number]);
                next.extend(applied.map(|schema| sources.child(place, schema)));
            }
            places = self.with_in_place(next, value(number + 1));
        }
        places
    }

    /// Adds the schemas that apply in place, breadth first, without the alternatives that reject the value.
    fn with_in_place(&mut self, places: Vec<Place<'a>>, value: Option<&Value>) -> Vec<Place<'a>> {
        let mut pending = places;
        let mut found: Vec<Place<'a>> = Vec::new();
        while !pending.is_empty() && found.len() < MAX_PLACES {
            let place = pending.remove(0);
            let Value::Object(members) = place.schema else { continue };
            if found.iter().any(|other| std::ptr::eq(other.schema, place.schema)) {
                continue;
            }
            found.push(place);
            let targets = self.lowering().sources.references(place).unwrap_or_default();
            pending.extend(targets.into_iter().map(|(_, target)| target));
            if self.lowering().sources.draft(place).ignores_siblings_of_ref() && members.contains_key("$ref") {
                continue;
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                for schema in members.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                    let part = self.lowering().sources.child(place, schema);
                    if keyword == "allOf" || value.is_none_or(|value| !self.rejects(part, value)) {
                        pending.push(part);
                    }
                }
            }
            for keyword in ["then", "else"] {
                if let Some(schema) = members.get(keyword) {
                    pending.push(self.lowering().sources.child(place, schema));
                }
            }
        }
        found
    }

    fn rejects(&mut self, place: Place<'a>, value: &Value) -> bool {
        let Ok(formula) = self.lowering().lower(place) else { return false };
        self.lowering().evaluate(formula, value) == Some(false)
    }
}

/// A document, and the place in it to which the path of the walk leads.
#[derive(Clone, Copy)]
pub(super) struct Located<'d> {
    pub(super) document: &'d Value,
    pub(super) at: &'d Pointer,
}

impl<'d> Located<'d> {
    /// Returns the value that a number of steps of the path lead to.
    fn value_after(self, steps: usize) -> Option<&'d Value> {
        let end = self.at.as_str().match_indices('/').map(|(index, _)| index).nth(steps);
        self.document.pointer(self.at.as_str().get(..end.unwrap_or(self.at.as_str().len()))?)
    }
}

/// Returns the subschema that applies to the value one step further, if there is a single one.
fn applied_schema<'a>(members: &'a Map<String, Value>, draft: Draft, step: &Step) -> Option<&'a Value> {
    match step {
        Step::Member(name) => members
            .get("properties")
            .and_then(|map| map.get(name))
            .or_else(|| members.get("additionalProperties").filter(|schema| schema.is_object())),
        Step::SomeMember(_) => members
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
            .or_else(|| members.get("patternProperties")?.as_object()?.values().next()),
        Step::Item(index) | Step::SomeItem(index) => {
            let is_202012 = draft >= Draft::Draft202012;
            let prefix = members.get(if is_202012 { "prefixItems" } else { "items" }).and_then(Value::as_array);
            let rest = match (is_202012, prefix) {
                (false, Some(_)) => members.get("additionalItems"),
                (true, _) | (false, None) => members.get("items"),
            };
            prefix.and_then(|schemas| schemas.get(usize::try_from(*index).ok()?)).or(rest)
        }
    }
}

/// Returns the keywords by which a writer may allow a value that a keyword of the reader rejects,
/// the most specific first.
fn related_keywords(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "enum" | "const" => &["enum", "const", "type"],
        "minimum" | "exclusiveMinimum" => &["minimum", "exclusiveMinimum", "type"],
        "maximum" | "exclusiveMaximum" => &["maximum", "exclusiveMaximum", "type"],
        "anyOf" | "oneOf" => &["anyOf", "oneOf", "enum", "const", "type"],
        "type" => &["type", "enum", "const"],
        _ => &["type"],
    }
}
