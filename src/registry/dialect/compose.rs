//! Schemas that speak of the same value: choices, negations, references; and the names that none of them knows.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Dialect;
use super::convert::{Converter, Draft, by_name};
use json_document::Pointer;

/// The keywords below which schemas speak of the same value.
const IN_PLACE: [&str; 9] =
    ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"];

/// Whether schemas within this one speak of the same value.
pub(super) fn speaks_in_place(keywords: &Map<String, Value>) -> bool {
    IN_PLACE.iter().any(|keyword| keywords.contains_key(*keyword))
}

impl Converter {
    pub(super) fn composition(&mut self, draft: &mut Draft<'_>) {
        for keyword in ["allOf", "anyOf"] {
            if let Some(Value::Array(schemas)) = draft.get(keyword) {
                let parts = self.parts(draft, keyword, schemas);
                draft.put(keyword, parts);
            }
        }
        if let Some(Value::Array(schemas)) = draft.get("oneOf") {
            self.one_of(draft, schemas);
        }
        if let Some(schema) = draft.get("not") {
            let said = self.schema(schema, &draft.at.join("not"));
            if said.exact {
                draft.put("not", said.schema);
            } else {
                self.widen(draft, "not", format!("left out: {} cannot say a part of it", self.dialect.name()));
            }
        }
        if let Some(schema) = draft.get("if") {
            self.condition(draft, schema);
        }
    }

    fn one_of(&mut self, draft: &mut Draft<'_>, schemas: &[Value]) {
        let is_exact = draft.exact;
        draft.exact = true;
        let parts = self.parts(draft, "oneOf", schemas);
        if draft.exact {
            draft.put("oneOf", parts);
        } else {
            // Of parts that have got wider, two may hold where one did.
            self.widen(
                draft,
                "oneOf",
                format!("`anyOf` in its place: {} cannot say a part of it", self.dialect.name()),
            );
            if draft.to.contains_key("anyOf") {
                draft.besides.push(json!({ "anyOf": parts }));
            } else {
                draft.put("anyOf", parts);
            }
        }
        draft.exact &= is_exact;
    }

    fn condition(&mut self, draft: &mut Draft<'_>, schema: &Value) {
        let said = self.schema(schema, &draft.at.join("if"));
        let mut way = |keyword: &str| draft.get(keyword).map(|schema| self.part(draft, keyword, schema));
        let (then, otherwise) = (way("then"), way("else"));
        if !said.exact {
            self.widen(draft, "if", format!("one of its ways: {} cannot say a part of it", self.dialect.name()));
            if let (Some(then), Some(otherwise)) = (then, otherwise) {
                draft.besides.push(json!({ "anyOf": [then, otherwise] }));
            }
        } else if self.dialect >= Dialect::Draft07 {
            draft.put("if", said.schema);
            let ways = [("then", then), ("else", otherwise)];
            for (keyword, schema) in ways.into_iter().filter_map(|(keyword, way)| Some((keyword, way?))) {
                draft.put(keyword, schema);
            }
        } else {
            if let Some(then) = then {
                draft.besides.push(json!({ "anyOf": [{ "not": said.schema }, then] }));
            }
            if let Some(otherwise) = otherwise {
                draft.besides.push(json!({ "anyOf": [said.schema, otherwise] }));
            }
        }
    }

    /// References; after everything else, for up to draft-07 nothing counts that stands beside one.
    pub(super) fn reference(&mut self, draft: &mut Draft<'_>) {
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            if draft.from.contains_key(keyword) {
                self.widen(draft, keyword, format!("left out: {} has none of this kind", self.dialect.name()));
            }
        }
        let Some(reference) = draft.get("$ref").and_then(Value::as_str) else { return };
        let name = if reference == "#" { Some(String::new()) } else { definition_of(reference) };
        let Some(name) = name.filter(|name| name.is_empty() || self.definitions.contains_key(name)) else {
            self.widen(draft, "$ref", format!("`{reference}` leads out of the definitions"));
            return;
        };
        draft.exact &= !self.is_wider(&name);
        let target = if name.is_empty() {
            self.references.root.clone()
        } else {
            format!("{}{}", self.references.definitions, escape(&name))
        };
        let is_alone = draft.to.is_empty() && draft.besides.is_empty() && *draft.at != Pointer::ROOT;
        if is_alone || self.dialect >= Dialect::Draft2019 {
            draft.put("$ref", target);
        } else {
            draft.besides.push(json!({ "$ref": target }));
        }
    }

    /// What holds of members and items that no schema in this place speaks of.
    pub(super) fn unevaluated(&mut self, draft: &mut Draft<'_>) {
        self.unevaluated_items(draft);
        let Some(rest) = draft.get("unevaluatedProperties") else { return };
        if self.dialect >= Dialect::Draft2019 {
            if draft.exact {
                let rest = self.part(draft, "unevaluatedProperties", rest);
                draft.put("unevaluatedProperties", rest);
            } else {
                self.widen(draft, "unevaluatedProperties", "left out: other parts could not be said".to_owned());
            }
            return;
        }
        // Where `additionalProperties` stands, it has spoken of all members.
        if draft.from.contains_key("additionalProperties") {
            return;
        }
        let mut known = Known { is_sure: true, ..Known::default() };
        if !known.add(draft.from, &self.definitions, true, 0) {
            self.widen(
                draft,
                "unevaluatedProperties",
                format!("{} cannot say which members are meant", self.dialect.name()),
            );
            return;
        }
        if !known.is_sure {
            let what = format!("{} takes the names of all choices for those of any", self.dialect.name());
            self.widen(draft, "unevaluatedProperties", what);
        }
        let anything = self.boolean(true);
        let mut put = |keyword: &str, names: BTreeSet<String>| {
            let mut all = match draft.to.remove(keyword) {
                Some(Value::Object(said)) => said,
                _ => Map::new(),
            };
            for name in names {
                all.entry(name).or_insert_with(|| anything.clone());
            }
            if !all.is_empty() || draft.from.contains_key(keyword) {
                draft.put(keyword, all);
            }
        };
        put("properties", known.names);
        if !known.patterns.is_empty() && self.dialect == Dialect::OpenApi30 {
            self.widen(draft, "unevaluatedProperties", "OpenAPI 3.0 has no patterns for names".to_owned());
            draft.to.remove("additionalProperties");
            return;
        }
        put("patternProperties", known.patterns);
        let rest = if rest.is_boolean() { rest.clone() } else { self.part(draft, "unevaluatedProperties", rest) };
        draft.put("additionalProperties", rest);
    }

    fn unevaluated_items(&mut self, draft: &mut Draft<'_>) {
        let Some(rest) = draft.get("unevaluatedItems") else { return };
        let has_company = speaks_in_place(draft.from);
        let contains = draft.from.contains_key("contains");
        if self.dialect >= Dialect::Draft2019 {
            // There, what `contains` has found is not spoken of; here it is.
            if draft.exact && !contains && !has_company {
                let rest = self.part(draft, "unevaluatedItems", rest);
                draft.put("unevaluatedItems", rest);
            } else {
                self.widen(draft, "unevaluatedItems", format!("{} may mean other items", self.dialect.name()));
            }
        } else if !draft.from.contains_key("items") && (contains || has_company) {
            self.widen(draft, "unevaluatedItems", format!("{} cannot say which items are meant", self.dialect.name()));
        }
    }
}

/// The names that the schemas in one place speak of.
#[derive(Default)]
struct Known {
    names: BTreeSet<String>,
    patterns: BTreeSet<String>,
    /// Whether all of them are spoken of for every value.
    is_sure: bool,
}

impl Known {
    /// Adds those of a schema. `false` where they cannot be said: all names may be spoken of, or nobody knows.
    fn add(
        &mut self,
        from: &Map<String, Value>,
        definitions: &Map<String, Value>,
        is_root: bool,
        depth: usize,
    ) -> bool {
        let rest =
            ["additionalProperties", "unevaluatedProperties"].into_iter().filter_map(|keyword| from.get(keyword));
        let is_open = rest.into_iter().any(|rest| *rest != Value::Bool(false));
        if depth > 32 || from.contains_key("$dynamicRef") || (is_open && !is_root) {
            return false;
        }
        for (keyword, to) in [("properties", &mut self.names), ("patternProperties", &mut self.patterns)] {
            to.extend(from.get(keyword).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()));
        }
        let mut below = |schema: &Value, is_sure: bool| match schema {
            Value::Object(schema) => {
                let before = self.names.len() + self.patterns.len();
                let is_known = self.add(schema, definitions, false, depth + 1);
                self.is_sure &= is_sure || before == self.names.len() + self.patterns.len();
                is_known
            }
            _ => true,
        };
        let reference = match from.get("$ref").and_then(Value::as_str) {
            None => true,
            Some(reference) => {
                let definition = definition_of(reference).and_then(|name| definitions.get(&name));
                definition.is_some_and(|definition| below(definition, true))
            }
        };
        let listed = |keyword: &str| from.get(keyword).and_then(Value::as_array).into_iter().flatten();
        reference
            && listed("allOf").all(|schema| below(schema, true))
            && ["anyOf", "oneOf"].into_iter().flat_map(listed).all(|schema| below(schema, false))
            && ["if", "then", "else"].iter().filter_map(|keyword| from.get(*keyword)).all(|schema| below(schema, false))
            && from
                .get("dependentSchemas")
                .and_then(Value::as_object)
                .map(by_name)
                .into_iter()
                .flatten()
                .all(|(_, schema)| below(schema, false))
    }
}

/// The name of the definition that a reference leads to.
fn definition_of(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/$defs/")?;
    (!name.contains(['/', '%'])).then(|| name.replace("~1", "/").replace("~0", "~"))
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
