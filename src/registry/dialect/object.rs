//! Keywords of objects.

use json_schema_core::is_annotation;
use serde_json::{Map, Value, json};

use super::convert::{Converter, Rewrite, by_name};
use super::target::Dialect;

impl Converter {
    pub(super) fn convert_objects(&mut self, rewrite: &mut Rewrite<'_>) {
        if let Some(properties) = rewrite.get("properties") {
            let properties = self.convert_map(rewrite, "properties", properties);
            rewrite.put("properties", properties);
        }
        match self.dialect {
            Dialect::OpenApi30 => self.put_member_union(rewrite),
            Dialect::Draft04 | Dialect::Draft07 | Dialect::Draft2019 => {
                if let Some(patterns) = rewrite.get("patternProperties") {
                    let patterns = self.convert_map(rewrite, "patternProperties", patterns);
                    rewrite.put("patternProperties", patterns);
                }
                if let Some(rest) = rewrite.get("additionalProperties") {
                    let rest = self.convert_rest(rewrite, rest);
                    rewrite.put("additionalProperties", rest);
                }
            }
        }
        self.convert_names(rewrite);
        self.convert_dependencies(rewrite);
    }

    /// Converts `additionalProperties`. All dialects have boolean schemas here.
    fn convert_rest(&mut self, rewrite: &mut Rewrite<'_>, rest: &Value) -> Value {
        if rest.is_boolean() { rest.clone() } else { self.convert_part(rewrite, "additionalProperties", rest) }
    }

    /// Writes `additionalProperties` for OpenAPI 3.0: the union of the schemas of all patterns and of other names.
    fn put_member_union(&mut self, rewrite: &mut Rewrite<'_>) {
        let rest = rewrite.get("additionalProperties");
        let Some(patterns) = rewrite.get("patternProperties").filter(|patterns| **patterns != json!({})) else {
            if let Some(rest) = rest {
                let rest = self.convert_rest(rewrite, rest);
                rewrite.put("additionalProperties", rest);
            }
            return;
        };
        self.widen(rewrite, "patternProperties", "OpenAPI 3.0 has no `patternProperties`".to_owned());
        let mut schemas: Vec<Value> = Vec::new();
        for schema in self.convert_map(rewrite, "patternProperties", patterns).into_values() {
            if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        match rest {
            Some(Value::Bool(false)) => {}
            None | Some(Value::Bool(true)) => return,
            Some(rest) => {
                let rest = self.convert_part(rewrite, "additionalProperties", rest);
                schemas.push(rest);
            }
        }
        schemas.sort_by_cached_key(ToString::to_string);
        schemas.dedup();
        let union = if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
        rewrite.put("additionalProperties", union);
    }

    /// Converts `propertyNames`.
    fn convert_names(&mut self, rewrite: &mut Rewrite<'_>) {
        let Some(names) = rewrite.get("propertyNames") else { return };
        if self.dialect >= Dialect::Draft07 {
            let names = self.convert_part(rewrite, "propertyNames", names);
            rewrite.put("propertyNames", names);
            return;
        }
        let has = |keyword: &&str| rewrite.get(keyword).is_some_and(|schemas| *schemas != json!({}));
        let is_map = !["properties", "patternProperties", "unevaluatedProperties"].iter().any(has);
        let rest = rewrite.target.get("additionalProperties").cloned().unwrap_or_else(|| json!({}));
        let rest = if rest == Value::Bool(true) { json!({}) } else { rest };
        match NameRestriction::from_schema(names) {
            NameRestriction::All => {}
            NameRestriction::None => rewrite.put("maxProperties", 0),
            // No member is valid, whatever its name.
            _ if rest == Value::Bool(false) && is_map => {}
            NameRestriction::Listed(listed) if is_map => {
                let listed: Map<String, Value> = listed.into_iter().map(|name| (name, rest.clone())).collect();
                rewrite.put("properties", listed);
                rewrite.put("additionalProperties", false);
            }
            NameRestriction::Pattern(pattern) if is_map && self.dialect == Dialect::Draft04 => {
                rewrite.put("patternProperties", json!({ pattern: rest }));
                rewrite.put("additionalProperties", false);
            }
            NameRestriction::Listed(_) | NameRestriction::Pattern(_) | NameRestriction::Other => {
                self.widen(
                    rewrite,
                    "propertyNames",
                    format!("omitted: {} cannot express this restriction of names", self.dialect.name()),
                );
            }
        }
    }

    /// Converts `dependentRequired` and `dependentSchemas`.
    fn convert_dependencies(&mut self, rewrite: &mut Rewrite<'_>) {
        let required = rewrite.get("dependentRequired");
        let schemas = rewrite.get("dependentSchemas");
        if self.dialect >= Dialect::Draft2019 {
            rewrite.copy("dependentRequired");
            if let Some(schemas) = schemas {
                let schemas = self.convert_map(rewrite, "dependentSchemas", schemas);
                rewrite.put("dependentSchemas", schemas);
            }
            return;
        }
        let mut dependencies = Map::new();
        for (name, others) in required.and_then(Value::as_object).map(by_name).into_iter().flatten() {
            if *others != json!([]) {
                dependencies.insert(name.to_owned(), others.clone());
            }
        }
        if let Some(schemas) = schemas {
            for (name, schema) in self.convert_map(rewrite, "dependentSchemas", schemas) {
                let both = match dependencies.remove(&name) {
                    Some(others) => json!({ "allOf": [schema, { "required": others }] }),
                    None => schema,
                };
                dependencies.insert(name, both);
            }
        }
        if dependencies.is_empty() {
            return;
        }
        if self.dialect != Dialect::OpenApi30 {
            rewrite.put("dependencies", dependencies);
            return;
        }
        for (name, then) in by_name(&dependencies) {
            let then = if then.is_array() { json!({ "required": then }) } else { then.clone() };
            let without = json!({ "not": { "type": "object", "required": [name] } });
            rewrite.conjuncts.push(json!({ "anyOf": [without, then] }));
        }
    }
}

/// The meaning of a schema in `propertyNames`.
enum NameRestriction {
    All,
    None,
    Listed(Vec<String>),
    Pattern(String),
    Other,
}

impl NameRestriction {
    fn from_schema(names: &Value) -> Self {
        let keywords = match names {
            Value::Bool(false) => return Self::None,
            Value::Object(keywords) => keywords,
            Value::Null | Value::Bool(true) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Self::All;
            }
        };
        // Names are strings: `type` is evaluated below.
        let restricts = |keyword: &str| keyword != "type" && !is_annotation(keyword);
        let accepts_strings = match keywords.get("type") {
            None => true,
            Some(Value::String(only)) => only == "string",
            Some(types) => types.as_array().is_some_and(|types| types.iter().any(|name| name == "string")),
        };
        if !accepts_strings {
            return Self::None;
        }
        let strings = |values: &[Value]| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let restrictions: Vec<_> = by_name(keywords).into_iter().filter(|(keyword, _)| restricts(keyword)).collect();
        match restrictions.as_slice() {
            [] => Self::All,
            [("pattern", Value::String(pattern))] => Self::Pattern(pattern.clone()),
            [("enum", Value::Array(values))] => Self::Listed(strings(values)),
            [("const", value)] => Self::Listed(strings(std::slice::from_ref(value))),
            _ => Self::Other,
        }
    }
}
