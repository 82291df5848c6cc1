//! A schema, keyword by keyword.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Dialect, References, Spoken};
use crate::registry::note::{Loss, NoteKind};
use json_document::Pointer;

/// What `OpenAPI` 3.0 has of words that are no business of the other modules here.
const OF_OPENAPI: [&str; 18] = [
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

/// A schema in the dialect.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) schema: Value,
    /// Whether just the same is valid.
    pub(super) exact: bool,
}

pub(super) struct Converter {
    pub(super) dialect: Dialect,
    pub(super) definitions: Map<String, Value>,
    pub(super) references: References,
    /// The definitions that are known to have got wider.
    wider: BTreeSet<String>,
    has_learned: bool,
    losses: Vec<Loss>,
}

/// What a schema is being made of.
pub(super) struct Draft<'s> {
    /// The keywords of draft 2020-12.
    pub(super) from: &'s Map<String, Value>,
    pub(super) at: &'s Pointer,
    /// Those of the dialect.
    pub(super) to: Map<String, Value>,
    /// What has to be valid besides, and finds no place under its keyword.
    pub(super) besides: Vec<Value>,
    pub(super) exact: bool,
}

impl Converter {
    pub(super) fn new(dialect: Dialect, definitions: Map<String, Value>, references: References) -> Self {
        Self { dialect, definitions, references, wider: BTreeSet::new(), has_learned: false, losses: Vec::new() }
    }

    /// The schema and its definitions, by what is known of the definitions so far.
    pub(super) fn whole(&mut self, schema: &Value) -> Spoken {
        self.losses.clear();
        self.has_learned = false;
        let said = self.schema(schema, &Pointer::ROOT);
        self.learn("", said.exact);
        let mut root = match said.schema {
            Value::Object(root) => root,
            // The root has an id and a title to say.
            Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
            _ => Map::new(),
        };
        if let Some(id) = schema.get("$id").filter(|_| self.dialect >= Dialect::Draft04) {
            let keyword = if self.dialect == Dialect::Draft04 { "id" } else { "$id" };
            root.insert(keyword.to_owned(), id.clone());
        }
        let mut definitions = Map::new();
        let place = Pointer::ROOT.join("$defs");
        for (name, definition) in by_name(&self.definitions.clone()) {
            let said = self.schema(definition, &place.join(name));
            self.learn(name, said.exact);
            definitions.insert(name.to_owned(), said.schema);
        }
        Spoken { root, definitions, losses: std::mem::take(&mut self.losses) }
    }

    fn learn(&mut self, name: &str, exact: bool) {
        if !exact {
            self.has_learned |= self.wider.insert(name.to_owned());
        }
    }

    /// Whether more definitions are known to have got wider than were before the last [`Converter::whole`].
    pub(super) fn has_learned(&self) -> bool {
        self.has_learned
    }

    pub(super) fn is_wider(&self, name: &str) -> bool {
        self.wider.contains(name)
    }

    pub(super) fn schema(&mut self, schema: &Value, at: &Pointer) -> Said {
        let from = match schema {
            Value::Object(from) => from,
            Value::Bool(said) => return Said { schema: self.boolean(*said), exact: true },
            other => return Said { schema: other.clone(), exact: true },
        };
        let mut draft = Draft { from, at, to: Map::new(), besides: Vec::new(), exact: true };
        self.types(&mut draft);
        self.numbers(&mut draft);
        self.arrays(&mut draft);
        self.objects(&mut draft);
        self.composition(&mut draft);
        for (keyword, value) in by_name(from) {
            self.other(&mut draft, keyword, value);
        }
        self.reference(&mut draft);
        self.unevaluated(&mut draft);
        if !draft.besides.is_empty()
            && let Value::Array(all) = draft.to.entry("allOf").or_insert_with(|| json!([]))
        {
            all.append(&mut draft.besides);
        }
        Said { schema: draft.to.into(), exact: draft.exact }
    }

    /// All or nothing.
    pub(super) fn boolean(&self, said: bool) -> Value {
        match (self.dialect >= Dialect::Draft07, said) {
            (true, said) => said.into(),
            (false, true) => json!({}),
            (false, false) => json!({ "not": {} }),
        }
    }

    /// A keyword that is the business of no other module.
    fn other(&mut self, draft: &mut Draft<'_>, keyword: &str, value: &Value) {
        let at = draft.at.join(keyword);
        match keyword {
            // The business of other modules, or of the whole.
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
            // What they name, nothing refers to any more; and below the root, they would change what references mean.
            | "$id"
            | "$anchor"
            | "$dynamicAnchor"
            | "$vocabulary" => {}
            "required" if value == &json!([]) && self.dialect < Dialect::Draft07 => {}
            "examples" => self.examples(draft, value, at),
            // Validators may know it in draft 2020-12, and need not. What it might ask for is not asked for.
            "dependencies" if self.dialect < Dialect::Draft2019 => {
                self.widen(draft, keyword, "left out: it is not sure to mean anything in draft 2020-12".to_owned());
            }
            _ if self.is_other_word(keyword) => {
                let what = format!("left out: `{keyword}` means something else in {}", self.dialect.name());
                self.losses.push(Loss { at, kind: NoteKind::Untold, what });
            }
            "contentSchema" => {
                // It is told to people: whatever it says, what is valid stays the same.
                let (losses, said) = (self.losses.len(), self.schema(value, &at));
                self.losses.truncate(losses);
                draft.to.insert(self.word(keyword), said.schema);
            }
            _ => {
                if keyword == "format"
                    && let Some(format) = value.as_str()
                    && !self.dialect.knows_format(format)
                {
                    let what = format!("{} has no format `{format}`: validators may pass over it", self.dialect.name());
                    self.losses.push(Loss { at: draft.at.clone(), kind: NoteKind::Unchecked, what });
                }
                // Another keyword may have had to say more.
                draft.to.entry(self.word(keyword)).or_insert_with(|| value.clone());
            }
        }
    }

    fn examples(&mut self, draft: &mut Draft<'_>, value: &Value, at: Pointer) {
        let examples = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match (examples, self.dialect) {
            ([], _) => {}
            ([first, more @ ..], Dialect::OpenApi30) => {
                draft.to.insert("example".to_owned(), first.clone());
                if !more.is_empty() {
                    let what = "only the first is there: OpenAPI 3.0 has one example".to_owned();
                    self.losses.push(Loss { at, kind: NoteKind::Untold, what });
                }
            }
            (_, Dialect::Draft04 | Dialect::Draft07 | Dialect::Draft2019) => {
                draft.to.insert("examples".to_owned(), value.clone());
            }
        }
    }

    /// Whether a word that draft 2020-12 does not know changes in this dialect what is valid.
    fn is_other_word(&self, keyword: &str) -> bool {
        match keyword {
            "additionalItems" | "$recursiveAnchor" => true,
            "definitions" => self.dialect != Dialect::Draft2019,
            "id" => self.dialect == Dialect::Draft04,
            // There, a validator may look into the text.
            "contentMediaType" | "contentEncoding" => self.dialect == Dialect::Draft07,
            "nullable" | "discriminator" | "xml" | "externalDocs" => self.dialect == Dialect::OpenApi30,
            _ => false,
        }
    }

    fn word(&self, keyword: &str) -> String {
        let is_known = OF_OPENAPI.contains(&keyword) || keyword.starts_with("x-");
        if self.dialect == Dialect::OpenApi30 && !is_known {
            format!("x-{}", keyword.trim_start_matches('$'))
        } else {
            keyword.to_owned()
        }
    }

    /// Says that more is valid, now, than should be.
    pub(super) fn widen(&mut self, draft: &mut Draft<'_>, keyword: &str, what: String) {
        draft.exact = false;
        self.losses.push(Loss { at: draft.at.join(keyword), kind: NoteKind::Wider, what });
    }

    /// The schema under a keyword, where it gets wider as its part does.
    pub(super) fn part(&mut self, draft: &mut Draft<'_>, keyword: &str, schema: &Value) -> Value {
        let said = self.schema(schema, &draft.at.join(keyword));
        draft.exact &= said.exact;
        said.schema
    }

    /// The same for a list of schemas.
    pub(super) fn parts(&mut self, draft: &mut Draft<'_>, keyword: &str, schemas: &[Value]) -> Vec<Value> {
        let at = draft.at.join(keyword);
        let mut parts = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            let said = self.schema(schema, &at.join(index));
            draft.exact &= said.exact;
            parts.push(said.schema);
        }
        parts
    }

    /// The same for schemas by name.
    pub(super) fn named(&mut self, draft: &mut Draft<'_>, keyword: &str, schemas: &Value) -> Map<String, Value> {
        let at = draft.at.join(keyword);
        let mut named = Map::new();
        for (name, schema) in schemas.as_object().map(by_name).into_iter().flatten() {
            let said = self.schema(schema, &at.join(name));
            draft.exact &= said.exact;
            named.insert(name.to_owned(), said.schema);
        }
        named
    }
}

impl<'s> Draft<'s> {
    pub(super) fn get(&self, keyword: &str) -> Option<&'s Value> {
        self.from.get(keyword)
    }

    pub(super) fn put(&mut self, keyword: &str, value: impl Into<Value>) {
        self.to.insert(keyword.to_owned(), value.into());
    }

    /// Copies a keyword as it is.
    pub(super) fn copy(&mut self, keyword: &str) {
        if let Some(value) = self.get(keyword) {
            self.put(keyword, value.clone());
        }
    }

    pub(super) fn number(&self, keyword: &str) -> Option<u64> {
        let value = self.get(keyword)?;
        // 1.0 is the same as 1.
        value.as_u64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0).map(to_count))
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and not negative")]
fn to_count(number: f64) -> u64 {
    number as u64
}

/// Members in an order that does not depend on how they were put in.
pub(super) fn by_name(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}
