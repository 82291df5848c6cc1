//! Members.

use serde_json::{Map, Value, json};

use super::Dialect;
use super::convert::{Converter, Draft, by_name};

impl Converter {
    pub(super) fn objects(&mut self, draft: &mut Draft<'_>) {
        if let Some(properties) = draft.get("properties") {
            let properties = self.named(draft, "properties", properties);
            draft.put("properties", properties);
        }
        match self.dialect {
            Dialect::OpenApi30 => self.any_name(draft),
            Dialect::Draft04 | Dialect::Draft07 | Dialect::Draft2019 => {
                if let Some(patterns) = draft.get("patternProperties") {
                    let patterns = self.named(draft, "patternProperties", patterns);
                    draft.put("patternProperties", patterns);
                }
                if let Some(rest) = draft.get("additionalProperties") {
                    let rest = self.rest(draft, rest);
                    draft.put("additionalProperties", rest);
                }
            }
        }
        self.names(draft);
        self.dependencies(draft);
    }

    /// What holds of all other members. All dialects have truth values here.
    fn rest(&mut self, draft: &mut Draft<'_>, rest: &Value) -> Value {
        if rest.is_boolean() { rest.clone() } else { self.part(draft, "additionalProperties", rest) }
    }

    /// Without patterns, what they say may hold of any name.
    fn any_name(&mut self, draft: &mut Draft<'_>) {
        let rest = draft.get("additionalProperties");
        let Some(patterns) = draft.get("patternProperties").filter(|patterns| **patterns != json!({})) else {
            if let Some(rest) = rest {
                let rest = self.rest(draft, rest);
                draft.put("additionalProperties", rest);
            }
            return;
        };
        self.widen(draft, "patternProperties", "OpenAPI 3.0 has no patterns for names".to_owned());
        let mut kinds: Vec<Value> = Vec::new();
        for kind in self.named(draft, "patternProperties", patterns).into_values() {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        match rest {
            Some(Value::Bool(false)) => {}
            None | Some(Value::Bool(true)) => return,
            Some(rest) => {
                let rest = self.part(draft, "additionalProperties", rest);
                kinds.push(rest);
            }
        }
        kinds.sort_by_cached_key(ToString::to_string);
        kinds.dedup();
        let kinds = if kinds.len() == 1 { kinds.remove(0) } else { json!({ "anyOf": kinds }) };
        draft.put("additionalProperties", kinds);
    }

    /// `propertyNames`.
    fn names(&mut self, draft: &mut Draft<'_>) {
        let Some(names) = draft.get("propertyNames") else { return };
        if self.dialect >= Dialect::Draft07 {
            let names = self.part(draft, "propertyNames", names);
            draft.put("propertyNames", names);
            return;
        }
        let speaks = |keyword: &&str| draft.get(keyword).is_some_and(|named| *named != json!({}));
        let is_map = !["properties", "patternProperties", "unevaluatedProperties"].iter().any(speaks);
        let rest = draft.to.get("additionalProperties").cloned().unwrap_or_else(|| json!({}));
        let rest = if rest == Value::Bool(true) { json!({}) } else { rest };
        match Names::of(names) {
            Names::All => {}
            Names::None => draft.put("maxProperties", 0),
            // Nothing may be there, whatever it is called.
            _ if rest == Value::Bool(false) && is_map => {}
            Names::Listed(listed) if is_map => {
                let listed: Map<String, Value> = listed.into_iter().map(|name| (name, rest.clone())).collect();
                draft.put("properties", listed);
                draft.put("additionalProperties", false);
            }
            Names::Pattern(pattern) if is_map && self.dialect == Dialect::Draft04 => {
                draft.put("patternProperties", json!({ pattern: rest }));
                draft.put("additionalProperties", false);
            }
            Names::Listed(_) | Names::Pattern(_) | Names::Other => {
                self.widen(draft, "propertyNames", format!("{} cannot say which names there are", self.dialect.name()));
            }
        }
    }

    /// What one member asks of others.
    fn dependencies(&mut self, draft: &mut Draft<'_>) {
        let required = draft.get("dependentRequired");
        let schemas = draft.get("dependentSchemas");
        if self.dialect >= Dialect::Draft2019 {
            draft.copy("dependentRequired");
            if let Some(schemas) = schemas {
                let schemas = self.named(draft, "dependentSchemas", schemas);
                draft.put("dependentSchemas", schemas);
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
            for (name, schema) in self.named(draft, "dependentSchemas", schemas) {
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
            draft.put("dependencies", dependencies);
            return;
        }
        for (name, then) in by_name(&dependencies) {
            let then = if then.is_array() { json!({ "required": then }) } else { then.clone() };
            let without = json!({ "not": { "type": "object", "required": [name] } });
            draft.besides.push(json!({ "anyOf": [without, then] }));
        }
    }
}

/// What a schema for names says.
enum Names {
    All,
    None,
    Listed(Vec<String>),
    Pattern(String),
    Other,
}

impl Names {
    fn of(names: &Value) -> Self {
        let keywords = match names {
            Value::Bool(false) => return Self::None,
            Value::Object(keywords) => keywords,
            _ => return Self::All,
        };
        // A name is a text; what is told to people asserts nothing.
        let is_said = |keyword: &str| {
            !matches!(keyword, "type" | "title" | "description" | "examples" | "default" | "$comment" | "deprecated")
                && !keyword.starts_with("x-")
        };
        let takes_texts = match keywords.get("type") {
            None => true,
            Some(Value::String(only)) => only == "string",
            Some(types) => types.as_array().is_some_and(|types| types.iter().any(|name| name == "string")),
        };
        if !takes_texts {
            return Self::None;
        }
        let texts = |values: &[Value]| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let said: Vec<_> = by_name(keywords).into_iter().filter(|(keyword, _)| is_said(keyword)).collect();
        match said.as_slice() {
            [] => Self::All,
            [("pattern", Value::String(pattern))] => Self::Pattern(pattern.clone()),
            [("enum", Value::Array(values))] => Self::Listed(texts(values)),
            [("const", value)] => Self::Listed(texts(std::slice::from_ref(value))),
            _ => Self::Other,
        }
    }
}
