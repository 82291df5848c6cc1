//! Conversion of a schema, keyword by keyword.

use std::collections::BTreeSet;

use json_document::Pointer;
use serde_json::{Map, Value, json};

use super::target::Dialect;
use crate::registry::note::{Loss, NoteKind};

/// The keywords of OpenAPI 3.0 that [`Converter::convert_other`] copies.
const OPENAPI_KEYWORDS: [&str; 18] = [
    "title",
    "description",
    "default",
    "format",
    "pattern",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
    "deprecated",
    "readOnly",
    "writeOnly",
    "example",
];

/// A schema in a dialect.
#[derive(Debug)]
pub(in crate::registry) struct Converted {
    pub(in crate::registry) root: Map<String, Value>,
    pub(in crate::registry) definitions: Map<String, Value>,
    pub(in crate::registry) losses: Vec<Loss>,
}

/// References to a schema and its definitions in the document that contains them.
#[derive(Debug)]
pub(in crate::registry) struct References {
    /// The reference to the schema.
    pub(in crate::registry) root: String,
    /// The begin of references to definitions; the name follows.
    pub(in crate::registry) definitions: String,
}

/// A part of a schema in a dialect.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConvertedPart {
    pub(super) schema: Value,
    /// True if it accepts the same values as before, false if it may accept more.
    pub(super) is_exact: bool,
}

pub(super) struct Converter {
    pub(super) dialect: Dialect,
    pub(super) definitions: Map<String, Value>,
    pub(super) references: References,
    /// The names of the definitions that are known to be wider; the empty name is the root.
    wider: BTreeSet<String>,
    has_found_wider: bool,
    losses: Vec<Loss>,
}

/// A schema during its conversion.
pub(super) struct Rewrite<'s> {
    /// The keywords of draft 2020-12.
    pub(super) source: &'s Map<String, Value>,
    pub(super) at: &'s Pointer,
    /// The keywords of the dialect.
    pub(super) target: Map<String, Value>,
    /// Further schemas that must accept the value. They end up in `allOf`.
    pub(super) conjuncts: Vec<Value>,
    pub(super) is_exact: bool,
}

impl Converter {
    pub(super) fn new(dialect: Dialect, definitions: Map<String, Value>, references: References) -> Self {
        Self { dialect, definitions, references, wider: BTreeSet::new(), has_found_wider: false, losses: Vec::new() }
    }

    /// Converts the schema and its definitions with the present knowledge of the definitions that are wider.
    pub(super) fn convert_root(&mut self, schema: &Value) -> Converted {
        self.losses.clear();
        self.has_found_wider = false;
        let converted = self.convert_schema(schema, &Pointer::ROOT);
        self.note_exactness("", converted.is_exact);
        let mut root = match converted.schema {
            Value::Object(root) => root,
            // The root must be an object, for its identifier and its title.
            Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
            Value::Null | Value::Bool(true) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        };
        if let Some(id) = schema.get("$id").filter(|_| self.dialect >= Dialect::Draft04) {
            let keyword = if self.dialect == Dialect::Draft04 { "id" } else { "$id" };
            root.insert(keyword.to_owned(), id.clone());
        }
        let mut definitions = Map::new();
        let place = Pointer::ROOT.join("$defs");
        for (name, definition) in by_name(&self.definitions.clone()) {
            let converted = self.convert_schema(definition, &place.join(name));
            self.note_exactness(name, converted.is_exact);
            definitions.insert(name.to_owned(), converted.schema);
        }
        Converted { root, definitions, losses: std::mem::take(&mut self.losses) }
    }

    fn note_exactness(&mut self, name: &str, is_exact: bool) {
        if !is_exact {
            self.has_found_wider |= self.wider.insert(name.to_owned());
        }
    }

    /// Returns true if the last [`Converter::convert_root`] found further definitions that are wider.
    pub(super) fn has_found_wider(&self) -> bool {
        self.has_found_wider
    }

    pub(super) fn is_wider(&self, name: &str) -> bool {
        self.wider.contains(name)
    }

    pub(super) fn convert_schema(&mut self, schema: &Value, at: &Pointer) -> ConvertedPart {
        let source = match schema {
            Value::Object(source) => source,
            Value::Bool(accepts) => return ConvertedPart { schema: self.boolean(*accepts), is_exact: true },
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return ConvertedPart { schema: schema.clone(), is_exact: true };
            }
        };
        let mut rewrite = Rewrite { source, at, target: Map::new(), conjuncts: Vec::new(), is_exact: true };
        self.convert_types(&mut rewrite);
        self.convert_numbers(&mut rewrite);
        self.convert_arrays(&mut rewrite);
        self.convert_objects(&mut rewrite);
        self.convert_composition(&mut rewrite);
        for (keyword, value) in by_name(source) {
            self.convert_other(&mut rewrite, keyword, value);
        }
        self.convert_reference(&mut rewrite);
        self.convert_unevaluated(&mut rewrite);
        if !rewrite.conjuncts.is_empty()
            && let Value::Array(all) = rewrite.target.entry("allOf").or_insert_with(|| json!([]))
        {
            all.append(&mut rewrite.conjuncts);
        }
        ConvertedPart { schema: rewrite.target.into(), is_exact: rewrite.is_exact }
    }

    /// Returns a boolean schema, or its equivalent in a dialect without boolean schemas.
    pub(super) fn boolean(&self, accepts: bool) -> Value {
        match (self.dialect >= Dialect::Draft07, accepts) {
            (true, accepts) => accepts.into(),
            (false, true) => json!({}),
            (false, false) => json!({ "not": {} }),
        }
    }

    /// Converts a keyword that no other module converts.
    fn convert_other(&mut self, rewrite: &mut Rewrite<'_>, keyword: &str, value: &Value) {
        let at = rewrite.at.join(keyword);
        match keyword {
            // Converted by other modules, or for the whole document.
            "type"
            | "enum"
            | "const"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "items"
            | "prefixItems"
            | "contains"
            | "minContains"
            | "maxContains"
            | "unevaluatedItems"
            | "properties"
            | "patternProperties"
            | "additionalProperties"
            | "propertyNames"
            | "dependentRequired"
            | "dependentSchemas"
            | "unevaluatedProperties"
            | "allOf"
            | "anyOf"
            | "oneOf"
            | "not"
            | "if"
            | "then"
            | "else"
            | "$ref"
            | "$dynamicRef"
            | "$recursiveRef"
            | "$defs"
            | "$schema"
            // All references are pointers, and an identifier below the root would change their base.
            | "$id"
            | "$anchor"
            | "$dynamicAnchor"
            | "$vocabulary" => {}
            "required" if value == &json!([]) && self.dialect < Dialect::Draft07 => {}
            "examples" => self.examples(rewrite, value, at),
            // Validators of draft 2020-12 may check it or ignore it.
            "dependencies" if self.dialect < Dialect::Draft2019 => {
                self.widen(rewrite, keyword, "omitted: validators of draft 2020-12 may ignore it".to_owned());
            }
            _ if self.has_other_meaning(keyword) => {
                let message = format!("omitted: `{keyword}` has another meaning in {}", self.dialect.name());
                self.losses.push(Loss { at, kind: NoteKind::Omitted, message });
            }
            "contentSchema" => {
                // An annotation: a wider schema in it accepts no more values.
                let (losses, converted) = (self.losses.len(), self.convert_schema(value, &at));
                self.losses.truncate(losses);
                rewrite.target.insert(self.keyword_name(keyword), converted.schema);
            }
            _ => {
                if keyword == "format"
                    && let Some(format) = value.as_str()
                    && !self.dialect.knows_format(format)
                {
                    let message = format!("{} has no format `{format}`: validators may ignore it", self.dialect.name());
                    self.losses.push(Loss { at: rewrite.at.clone(), kind: NoteKind::Unchecked, message });
                }
                // Another conversion may have written it already, as `maxProperties` for `propertyNames`.
                rewrite.target.entry(self.keyword_name(keyword)).or_insert_with(|| value.clone());
            }
        }
    }

    fn examples(&mut self, rewrite: &mut Rewrite<'_>, value: &Value, at: Pointer) {
        let examples = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match (examples, self.dialect) {
            ([], _) => {}
            ([first, more @ ..], Dialect::OpenApi30) => {
                rewrite.target.insert("example".to_owned(), first.clone());
                if !more.is_empty() {
                    let message = "only the first is exported: OpenAPI 3.0 has one example".to_owned();
                    self.losses.push(Loss { at, kind: NoteKind::Omitted, message });
                }
            }
            (_, Dialect::Draft04 | Dialect::Draft07 | Dialect::Draft2019) => {
                rewrite.target.insert("examples".to_owned(), value.clone());
            }
        }
    }

    /// Returns true for a keyword outside of draft 2020-12 that changes the set of valid values in this dialect.
    fn has_other_meaning(&self, keyword: &str) -> bool {
        match keyword {
            "additionalItems" | "$recursiveAnchor" => true,
            "definitions" => self.dialect != Dialect::Draft2019,
            "id" => self.dialect == Dialect::Draft04,
            // In draft-07, validators may check the contents of strings.
            "contentMediaType" | "contentEncoding" => self.dialect == Dialect::Draft07,
            "nullable" | "discriminator" | "xml" | "externalDocs" => self.dialect == Dialect::OpenApi30,
            _ => false,
        }
    }

    fn keyword_name(&self, keyword: &str) -> String {
        let is_known = OPENAPI_KEYWORDS.contains(&keyword) || keyword.starts_with("x-");
        if self.dialect == Dialect::OpenApi30 && !is_known {
            format!("x-{}", keyword.trim_start_matches('$'))
        } else {
            keyword.to_owned()
        }
    }

    /// Reports that the conversion of a keyword accepts more values.
    pub(super) fn widen(&mut self, rewrite: &mut Rewrite<'_>, keyword: &str, message: String) {
        rewrite.is_exact = false;
        self.losses.push(Loss { at: rewrite.at.join(keyword), kind: NoteKind::Wider, message });
    }

    /// Converts the schema of a keyword that is wider if the schema is.
    pub(super) fn convert_part(&mut self, rewrite: &mut Rewrite<'_>, keyword: &str, schema: &Value) -> Value {
        let converted = self.convert_schema(schema, &rewrite.at.join(keyword));
        rewrite.is_exact &= converted.is_exact;
        converted.schema
    }

    /// Converts an array of schemas, each as [`Self::convert_part`] does.
    pub(super) fn convert_parts(&mut self, rewrite: &mut Rewrite<'_>, keyword: &str, schemas: &[Value]) -> Vec<Value> {
        let at = rewrite.at.join(keyword);
        let mut parts = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            let converted = self.convert_schema(schema, &at.join(index));
            rewrite.is_exact &= converted.is_exact;
            parts.push(converted.schema);
        }
        parts
    }

    /// Converts a map of schemas, each as [`Self::convert_part`] does.
    pub(super) fn convert_map(
        &mut self,
        rewrite: &mut Rewrite<'_>,
        keyword: &str,
        schemas: &Value,
    ) -> Map<String, Value> {
        let at = rewrite.at.join(keyword);
        let mut map = Map::new();
        for (name, schema) in schemas.as_object().map(by_name).into_iter().flatten() {
            let converted = self.convert_schema(schema, &at.join(name));
            rewrite.is_exact &= converted.is_exact;
            map.insert(name.to_owned(), converted.schema);
        }
        map
    }
}

impl<'s> Rewrite<'s> {
    pub(super) fn get(&self, keyword: &str) -> Option<&'s Value> {
        self.source.get(keyword)
    }

    pub(super) fn put(&mut self, keyword: &str, value: impl Into<Value>) {
        self.target.insert(keyword.to_owned(), value.into());
    }

    /// Copies a keyword as it is.
    pub(super) fn copy(&mut self, keyword: &str) {
        if let Some(value) = self.get(keyword) {
            self.put(keyword, value.clone());
        }
    }

    /// Returns a non-negative integer, in any spelling.
    pub(super) fn number(&self, keyword: &str) -> Option<u64> {
        let value = self.get(keyword)?;
        value.as_u64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0).map(to_count))
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and not negative")]
fn to_count(number: f64) -> u64 {
    number as u64
}

/// Returns the members sorted by name, so that results do not depend on their order.
pub(super) fn by_name(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}
