//! Patterns that the second validator refuses.
//!
//! Our parser reads some leniency of ECMA-262 that the engine of `jsonschema` refuses, and with a pattern the whole schema.
//! A document could then not be confirmed, even if no pattern is the reason why the reader rejects it.

use std::collections::BTreeMap;

use json_schema_core::{for_each_subschema, for_each_subschema_mut};
use serde_json::{Map, Value};

use super::regex::{OpenRepetition, to_strict};

/// The patterns of some schemas that `jsonschema` refuses, with a strict spelling if it accepts that.
#[derive(Debug)]
pub(super) struct RefusedPatterns(BTreeMap<String, Option<String>>);

/// A reading of the patterns that have no spelling which `jsonschema` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatternReading {
    /// They match every text.
    Everything,
    /// They match no text.
    Nothing,
}

impl PatternReading {
    pub(super) const ALL: [Self; 2] = [Self::Everything, Self::Nothing];
}

impl RefusedPatterns {
    /// Finds the refused patterns of `pattern` and `patternProperties`.
    pub(super) fn find<'s>(schemas: impl IntoIterator<Item = &'s Value>, reading: OpenRepetition) -> Self {
        let mut patterns = BTreeMap::new();
        for schema in schemas {
            collect(schema, &mut patterns);
        }
        patterns.retain(|pattern, _| !is_accepted(pattern));
        for (pattern, spelling) in &mut patterns {
            *spelling = Some(to_strict(pattern, reading)).filter(|strict| is_accepted(strict));
        }
        Self(patterns)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the patterns without an accepted spelling.
    pub(super) fn opaque(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, spelling)| spelling.is_none()).map(|(pattern, _)| pattern.as_str())
    }

    /// Replaces the patterns of a schema.
    pub(super) fn rewrite(&self, schema: &Value, reading: PatternReading) -> Value {
        let mut schema = schema.clone();
        self.rewrite_in_place(&mut schema, reading);
        schema
    }

    fn rewrite_in_place(&self, schema: &mut Value, reading: PatternReading) {
        if let Some(Value::String(pattern)) = schema.get_mut("pattern")
            && let Some(replacement) = self.replacement(pattern, reading)
        {
            *pattern = replacement;
        }
        if let Some(Value::Object(members)) = schema.get_mut("patternProperties") {
            let renamed: Map<String, Value> = std::mem::take(members)
                .into_iter()
                .map(|(pattern, schema)| (self.replacement(&pattern, reading).unwrap_or(pattern), schema))
                .collect();
            *members = renamed;
        }
        for_each_subschema_mut(schema, |_, schema| self.rewrite_in_place(schema, reading));
    }

    /// Returns the replacement of a refused pattern; different patterns have different ones.
    fn replacement(&self, pattern: &str, reading: PatternReading) -> Option<String> {
        let number = self.0.keys().position(|refused| refused == pattern)?;
        let count = number + 1;
        Some(match (&self.0[pattern], reading) {
            (Some(strict), _) => strict.clone(),
            (None, PatternReading::Everything) => format!("^|x{{{count}}}"),
            (None, PatternReading::Nothing) => format!("$x{{{count}}}"),
        })
    }
}

fn collect(schema: &Value, patterns: &mut BTreeMap<String, Option<String>>) {
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        patterns.insert(pattern.clone(), None);
    }
    if let Some(Value::Object(members)) = schema.get("patternProperties") {
        patterns.extend(members.keys().map(|pattern| (pattern.clone(), None)));
    }
    for_each_subschema(schema, |_, schema| collect(schema, patterns));
}

fn is_accepted(pattern: &str) -> bool {
    jsonschema::options().offline().build(&serde_json::json!({ "pattern": pattern })).is_ok()
}
