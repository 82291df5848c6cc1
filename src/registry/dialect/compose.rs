//! In-place applicators and references, and the unevaluated members and items, which depend on them.

use std::collections::BTreeSet;

use json_document::Pointer;
use json_schema_core::format_pointer_reference;
use serde_json::{Map, Value, json};

use super::convert::{Converter, Rewrite, by_name};
use super::target::Dialect;
use crate::schema::{definition_name, has_in_place_schemas};

impl Converter {
    pub(super) fn convert_composition(&mut self, rewrite: &mut Rewrite<'_>) {
        for keyword in ["allOf", "anyOf"] {
            if let Some(Value::Array(schemas)) = rewrite.get(keyword) {
                let parts = self.convert_parts(rewrite, keyword, schemas);
                rewrite.put(keyword, parts);
            }
        }
        if let Some(Value::Array(schemas)) = rewrite.get("oneOf") {
            self.convert_one_of(rewrite, schemas);
        }
        if let Some(schema) = rewrite.get("not") {
            let converted = self.convert_schema(schema, &rewrite.at.join("not"));
            if converted.is_exact {
                rewrite.put("not", converted.schema);
            } else {
                self.widen(rewrite, "not", format!("omitted: {} cannot express a part of it", self.dialect.name()));
            }
        }
        if let Some(schema) = rewrite.get("if") {
            self.convert_condition(rewrite, schema);
        }
    }

    fn convert_one_of(&mut self, rewrite: &mut Rewrite<'_>, schemas: &[Value]) {
        let is_exact = rewrite.is_exact;
        rewrite.is_exact = true;
        let parts = self.convert_parts(rewrite, "oneOf", schemas);
        if rewrite.is_exact {
            rewrite.put("oneOf", parts);
        } else {
            // A value may match two wider parts where it matched one before.
            self.widen(
                rewrite,
                "oneOf",
                format!("replaced by `anyOf`: {} cannot express a part of it", self.dialect.name()),
            );
            if rewrite.target.contains_key("anyOf") {
                rewrite.conjuncts.push(json!({ "anyOf": parts }));
            } else {
                rewrite.put("anyOf", parts);
            }
        }
        rewrite.is_exact &= is_exact;
    }

    fn convert_condition(&mut self, rewrite: &mut Rewrite<'_>, schema: &Value) {
        let converted = self.convert_schema(schema, &rewrite.at.join("if"));
        let mut branch = |keyword: &str| rewrite.get(keyword).map(|schema| self.convert_part(rewrite, keyword, schema));
        let (then, otherwise) = (branch("then"), branch("else"));
        if !converted.is_exact {
            self.widen(
                rewrite,
                "if",
                format!("replaced by its branches: {} cannot express a part of it", self.dialect.name()),
            );
            if let (Some(then), Some(otherwise)) = (then, otherwise) {
                rewrite.conjuncts.push(json!({ "anyOf": [then, otherwise] }));
            }
        } else if self.dialect >= Dialect::Draft07 {
            rewrite.put("if", converted.schema);
            let branches = [("then", then), ("else", otherwise)];
            for (keyword, schema) in branches.into_iter().filter_map(|(keyword, branch)| Some((keyword, branch?))) {
                rewrite.put(keyword, schema);
            }
        } else {
            if let Some(then) = then {
                rewrite.conjuncts.push(json!({ "anyOf": [{ "not": converted.schema }, then] }));
            }
            if let Some(otherwise) = otherwise {
                rewrite.conjuncts.push(json!({ "anyOf": [converted.schema, otherwise] }));
            }
        }
    }

    /// Converts references. This comes after all other keywords, because up to draft-07 those beside `$ref` are ignored.
    pub(super) fn convert_reference(&mut self, rewrite: &mut Rewrite<'_>) {
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            if rewrite.source.contains_key(keyword) {
                self.widen(rewrite, keyword, "omitted: the target depends on the dynamic scope".to_owned());
            }
        }
        let Some(reference) = rewrite.get("$ref").and_then(Value::as_str) else { return };
        let name = if reference == "#" { Some(String::new()) } else { definition_name(reference) };
        let Some(name) = name.filter(|name| name.is_empty() || self.definitions.contains_key(name)) else {
            self.widen(rewrite, "$ref", format!("omitted: `{reference}` does not lead to a definition"));
            return;
        };
        rewrite.is_exact &= !self.is_wider(&name);
        let target = if name.is_empty() {
            self.references.root.clone()
        } else {
            format!("{}{}", self.references.definitions, encode_name(&name))
        };
        let is_only = rewrite.target.is_empty() && rewrite.conjuncts.is_empty() && *rewrite.at != Pointer::ROOT;
        if is_only || self.dialect >= Dialect::Draft2019 {
            rewrite.put("$ref", target);
        } else {
            rewrite.conjuncts.push(json!({ "$ref": target }));
        }
    }

    /// Converts `unevaluatedItems` and `unevaluatedProperties`.
    pub(super) fn convert_unevaluated(&mut self, rewrite: &mut Rewrite<'_>) {
        self.convert_unevaluated_items(rewrite);
        let Some(rest) = rewrite.get("unevaluatedProperties") else { return };
        if self.dialect >= Dialect::Draft2019 {
            if rewrite.is_exact {
                let rest = self.convert_part(rewrite, "unevaluatedProperties", rest);
                rewrite.put("unevaluatedProperties", rest);
            } else {
                self.widen(
                    rewrite,
                    "unevaluatedProperties",
                    "omitted: other keywords of the object are wider".to_owned(),
                );
            }
            return;
        }
        // `additionalProperties` has evaluated all members.
        if rewrite.source.contains_key("additionalProperties") {
            return;
        }
        let mut known = EvaluatedNames { is_certain: true, ..EvaluatedNames::default() };
        if !known.add(rewrite.source, &self.definitions, true, 0) {
            self.widen(
                rewrite,
                "unevaluatedProperties",
                format!("omitted: {} cannot express which members are unevaluated", self.dialect.name()),
            );
            return;
        }
        if !known.is_certain {
            let message = format!("{} allows the members of every alternative in each", self.dialect.name());
            self.widen(rewrite, "unevaluatedProperties", message);
        }
        let anything = self.boolean(true);
        let mut put = |keyword: &str, names: BTreeSet<String>| {
            let mut all = match rewrite.target.remove(keyword) {
                Some(Value::Object(schemas)) => schemas,
                Some(_) | None => Map::new(),
            };
            for name in names {
                all.entry(name).or_insert_with(|| anything.clone());
            }
            if !all.is_empty() || rewrite.source.contains_key(keyword) {
                rewrite.put(keyword, all);
            }
        };
        put("properties", known.names);
        if !known.patterns.is_empty() && self.dialect == Dialect::OpenApi30 {
            self.widen(rewrite, "unevaluatedProperties", "OpenAPI 3.0 has no `patternProperties`".to_owned());
            rewrite.target.remove("additionalProperties");
            return;
        }
        put("patternProperties", known.patterns);
        let rest =
            if rest.is_boolean() { rest.clone() } else { self.convert_part(rewrite, "unevaluatedProperties", rest) };
        rewrite.put("additionalProperties", rest);
    }

    fn convert_unevaluated_items(&mut self, rewrite: &mut Rewrite<'_>) {
        let Some(rest) = rewrite.get("unevaluatedItems") else { return };
        let is_composed = has_in_place_schemas(rewrite.source);
        let contains = rewrite.source.contains_key("contains");
        if self.dialect >= Dialect::Draft2019 {
            // In draft 2019-09, `contains` does not evaluate the items that match.
            if rewrite.is_exact && !contains && !is_composed {
                let rest = self.convert_part(rewrite, "unevaluatedItems", rest);
                rewrite.put("unevaluatedItems", rest);
            } else {
                self.widen(
                    rewrite,
                    "unevaluatedItems",
                    format!("omitted: {} may evaluate other items", self.dialect.name()),
                );
            }
        } else if !rewrite.source.contains_key("items") && (contains || is_composed) {
            self.widen(
                rewrite,
                "unevaluatedItems",
                format!("omitted: {} cannot express which items are unevaluated", self.dialect.name()),
            );
        }
    }
}

/// Maximum depth of in-place schemas whose names are collected.
const MAX_DEPTH: usize = 32;

/// The names of members that in-place schemas evaluate.
#[derive(Default)]
struct EvaluatedNames {
    names: BTreeSet<String>,
    patterns: BTreeSet<String>,
    /// True if all of them are evaluated for every value.
    is_certain: bool,
}

impl EvaluatedNames {
    /// Adds the names of a schema. Returns false if they cannot be listed: it may evaluate every member, or is not known.
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
        if depth > MAX_DEPTH || from.contains_key("$dynamicRef") || (is_open && !is_root) {
            return false;
        }
        for (keyword, to) in [("properties", &mut self.names), ("patternProperties", &mut self.patterns)] {
            to.extend(from.get(keyword).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()));
        }
        let mut add_schema = |schema: &Value, is_certain: bool| match schema {
            Value::Object(schema) => {
                let before = self.names.len() + self.patterns.len();
                let is_known = self.add(schema, definitions, false, depth + 1);
                self.is_certain &= is_certain || before == self.names.len() + self.patterns.len();
                is_known
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => true,
        };
        let is_known = from.get("$ref").and_then(Value::as_str).is_none_or(|reference| {
            let definition = definition_name(reference).and_then(|name| definitions.get(&name));
            definition.is_some_and(|definition| add_schema(definition, true))
        });
        let listed = |keyword: &str| from.get(keyword).and_then(Value::as_array).into_iter().flatten();
        is_known
            && listed("allOf").all(|schema| add_schema(schema, true))
            && ["anyOf", "oneOf"].into_iter().flat_map(listed).all(|schema| add_schema(schema, false))
            && ["if", "then", "else"]
                .iter()
                .filter_map(|keyword| from.get(*keyword))
                .all(|schema| add_schema(schema, false))
            && from
                .get("dependentSchemas")
                .and_then(Value::as_object)
                .map(by_name)
                .into_iter()
                .flatten()
                .all(|(_, schema)| add_schema(schema, false))
    }
}

/// Encodes a name as the last segment of a reference.
fn encode_name(name: &str) -> String {
    format_pointer_reference(&Pointer::ROOT.join(name)).split_off("#/".len())
}
