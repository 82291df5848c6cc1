//! Losses between compatible schemas: fields that the reader drops, values that the writer never writes.

use std::collections::{BTreeMap, BTreeSet};

use json_schema_core::{Draft, FlatSchema, ResolveError, for_each_subschema, is_affirmative_applicator};
use serde_json::Value;

use super::rule::CheckRule;
use crate::schema::{ALIAS, KNOWN, compact};

/// Maximum depth of places in a document, and maximum number of compared places: recursive schemas have infinitely many.
const MAX_DEPTH: usize = 24;
const MAX_PLACES: usize = 20_000;
/// Maximum number of reported losses.
const MAX_LOSSES: usize = 200;

/// A value that is lost between the writer and the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) rule: CheckRule,
    /// The place, as a JSON pointer with `*` for every item.
    pub(super) at: String,
    pub(super) message: String,
    /// The part of the fingerprint beside rule and place. It does not depend on the wording of the message.
    pub(super) detail: String,
    /// The reader's name of a field that was probably renamed.
    pub(super) renamed_to: Option<String>,
}

/// Returns the losses of a reader, at most [`MAX_LOSSES`]; an error where they depend on a reference that cannot be
/// resolved.
pub(super) fn find_losses(writer: &Value, reader: &Value) -> Result<Vec<Loss>, ResolveError> {
    let [writer, reader] = [writer, reader].map(|schema| FlatSchema::new(schema, Draft::Draft202012));
    let (writer, reader) = (writer?, reader?);
    let mut search =
        Search { writer_root: &writer, reader_root: &reader, losses: Vec::new(), places: 0, stack: Vec::new() };
    search.compare(&[writer.root()], &[reader.root()], "", 0)?;
    Ok(search.losses)
}

struct Search<'a> {
    writer_root: &'a FlatSchema<'a>,
    reader_root: &'a FlatSchema<'a>,
    losses: Vec<Loss>,
    places: usize,
    /// The schemas of both roles that are being compared: recursive schemas are compared once.
    stack: Vec<[Vec<*const Value>; 2]>,
}

/// A property, as all schemas of a place together describe it.
#[derive(Default)]
struct Field<'a> {
    schemas: Vec<&'a Value>,
    is_required: bool,
    default: Option<&'a Value>,
    alias_of: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn compare(
        &mut self,
        writers: &[&'a Value],
        readers: &[&'a Value],
        at: &str,
        depth: usize,
    ) -> Result<(), ResolveError> {
        self.places += 1;
        if depth > MAX_DEPTH || self.places > MAX_PLACES || self.losses.len() >= MAX_LOSSES {
            return Ok(());
        }
        let (writers, readers) =
            (in_place_schemas(writers, self.writer_root)?, in_place_schemas(readers, self.reader_root)?);
        let here = [&writers, &readers].map(|schemas| {
            // The target counts, not the schema that refers to it.
            let schemas = schemas.iter().filter(|schema| schema.get("$ref").is_none());
            let mut here: Vec<*const Value> = schemas.map(|schema| std::ptr::from_ref(*schema)).collect();
            here.sort_unstable();
            here
        });
        if self.stack.contains(&here) {
            return Ok(());
        }
        self.stack.push(here);
        self.compare_values(&writers, &readers, at);
        let (written, read) = (fields(&writers), fields(&readers));
        if !read.is_empty() {
            self.compare_fields(&written, &read, &readers, at);
        }
        for (name, field) in &written {
            if let Some(other) = read.get(name) {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.compare(&field.schemas, &other.schemas, &at, depth + 1)?;
            }
        }
        let below = |schemas: &[&'a Value], keywords: &[&str]| -> Vec<&'a Value> {
            let found = schemas.iter().flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(*keyword)));
            found.flat_map(|found| found.as_array().map_or_else(|| vec![found], |list| list.iter().collect())).collect()
        };
        for keywords in [&["items", "prefixItems"][..], &["additionalProperties"]] {
            let (written, read) = (below(&writers, keywords), below(&readers, keywords));
            if written.iter().chain(&read).any(|schema| schema.is_object()) && !written.is_empty() && !read.is_empty() {
                self.compare(&written, &read, &format!("{at}/*"), depth + 1)?;
            }
        }
        self.stack.pop();
        Ok(())
    }

    fn compare_fields(
        &mut self,
        written: &BTreeMap<&'a str, Field<'a>>,
        read: &BTreeMap<&'a str, Field<'a>>,
        readers: &[&'a Value],
        at: &str,
    ) {
        let reads_any = readers.iter().any(|reader| {
            reader.get("patternProperties").is_some()
                || reader.get("additionalProperties").is_some_and(|schema| schema.is_object() && *schema != empty())
        });
        let mut dropped: Vec<&str> =
            written.keys().filter(|name| !reads_any && !read.contains_key(**name)).copied().collect();
        // A field is written under its own name or under one of its aliases.
        let is_written = |name: &str| {
            written.contains_key(name)
                || written.keys().any(|other| read.get(other).is_some_and(|field| field.alias_of == Some(name)))
        };
        let mut absent: Vec<&str> = read
            .iter()
            .filter(|(name, field)| field.alias_of.is_none() && !is_written(name))
            .map(|(name, _)| *name)
            .collect();

        for (from, to) in match_renames(&dropped, &absent, |from, to| have_same_kind(&written[from], &read[to])) {
            dropped.retain(|name| *name != from);
            absent.retain(|name| *name != to);
            let message = format!("`{from}` is written and `{to}` is read: probably renamed, without an alias");
            self.lose(CheckRule::FieldRenamed, (at, from), message, to.to_owned());
            if let Some(loss) = self.losses.last_mut() {
                loss.renamed_to = Some(to.to_owned());
            }
        }
        for name in dropped {
            let message = format!("`{name}` is written but not read");
            self.lose(CheckRule::FieldDropped, (at, name), message, String::new());
        }
        for name in absent {
            // A required field makes the schemas incompatible, which is another finding.
            if !read[name].is_required {
                let (result, detail) = match read[name].default.map(compact) {
                    Some(default) => (format!("uses its default {default}"), default),
                    None => ("gets no value".to_owned(), String::new()),
                };
                let message = format!("`{name}` is never written; the reader {result}");
                self.lose(CheckRule::DefaultApplied, (at, name), message, detail);
            }
        }
        for (name, field) in written {
            if let Some(reader) = read.get(name)
                && !field.is_required
                && !reader.is_required
                && let Some(default) = reader.default
            {
                let default = compact(default);
                let message = format!("`{name}` may be absent; the reader then uses its default {default}");
                self.lose(CheckRule::DefaultApplied, (at, name), message, default);
            }
        }
    }

    /// Finds values of the writer that the reader's open enumeration does not list.
    fn compare_values(&mut self, writers: &[&Value], readers: &[&Value], at: &str) {
        let list = |schemas: &[&Value], keywords: &[&str]| -> BTreeSet<String> {
            let lists = schemas.iter().flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(*keyword)));
            let values =
                lists.flat_map(|list| list.as_array().map_or_else(|| vec![list], |list| list.iter().collect()));
            values.filter(|value| value.is_string()).map(compact).collect()
        };
        let known = list(readers, &[KNOWN]);
        if known.is_empty() {
            return;
        }
        let written = list(writers, &[KNOWN, "enum", "const"]);
        let unknown: Vec<_> = written.difference(&known).cloned().collect();
        if !unknown.is_empty() {
            let detail = unknown.join(", ");
            let message = format!("the reader does not list {detail}; it keeps them as unknown values");
            let (rule, at) = (CheckRule::ValueUnknown, at.to_owned());
            self.losses.push(Loss { rule, at, message, detail, renamed_to: None });
        }
    }

    fn lose(&mut self, rule: CheckRule, (at, name): (&str, &str), message: String, detail: String) {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        self.losses.push(Loss { rule, at, message, detail, renamed_to: None });
    }
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Returns the schemas, and all that apply to the same place by references and in-place applicators.
fn in_place_schemas<'a>(schemas: &[&'a Value], root: &'a FlatSchema<'a>) -> Result<Vec<&'a Value>, ResolveError> {
    let mut all: Vec<&'a Value> = Vec::new();
    let mut open: Vec<&'a Value> = schemas.to_vec();
    while let Some(schema) = open.pop() {
        if all.iter().any(|seen| std::ptr::eq(*seen, schema)) || all.len() > MAX_PLACES {
            continue;
        }
        all.push(schema);
        open.extend(root.target(schema)?);
        for_each_subschema(schema, |step, inner| {
            if is_affirmative_applicator(step.keyword.name) {
                open.push(inner);
            }
        });
    }
    Ok(all)
}

fn fields<'a>(schemas: &[&'a Value]) -> BTreeMap<&'a str, Field<'a>> {
    let mut fields: BTreeMap<&str, Field<'_>> = BTreeMap::new();
    for schema in schemas {
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let field = fields.entry(name).or_default();
            field.schemas.push(property);
            field.default = field.default.or_else(|| property.get("default"));
            field.alias_of = field.alias_of.or_else(|| property.get(ALIAS)?.as_str());
        }
    }
    for schema in schemas {
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if let Some(field) = fields.get_mut(name) {
                field.is_required = true;
            }
        }
    }
    fields
}

/// Pairs dropped names with absent names that probably replace them: those with a word in common, or the only two.
fn match_renames<'a>(
    gone: &[&'a str],
    new: &[&'a str],
    is_same_kind: impl Fn(&str, &str) -> bool,
) -> Vec<(&'a str, &'a str)> {
    let mut pairs = Vec::new();
    let mut taken = BTreeSet::new();
    for from in gone {
        let candidates: Vec<_> = new.iter().filter(|to| !taken.contains(*to) && is_same_kind(from, to)).collect();
        let by_name = candidates.iter().find(|to| share_a_word(from, to)).copied();
        let only = (gone.len() == 1 && new.len() == 1).then(|| candidates.first().copied()).flatten();
        if let Some(to) = by_name.or(only) {
            taken.insert(*to);
            pairs.push((*from, *to));
        }
    }
    pairs
}

/// Returns true if the schemas of two fields have the same types, formats, values and references.
fn have_same_kind(one: &Field<'_>, other: &Field<'_>) -> bool {
    let kinds = |field: &Field<'_>| -> BTreeSet<String> {
        let assertions = field.schemas.iter().flat_map(|schema| {
            ["type", "format", "enum", "const", "$ref"]
                .iter()
                .filter_map(|keyword| schema.get(*keyword).map(|value| format!("{keyword} {}", compact(value))))
        });
        assertions.filter(|text| text != "format \"uint32\"" && text != "format \"int64\"").collect()
    };
    let (one, other) = (kinds(one), kinds(other));
    !one.is_empty() && one == other
}

/// Returns true if two names have a word in common, as `orderId`, `order_id` and `theOrder` have.
fn share_a_word(one: &str, other: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        let mut words = vec![String::new()];
        for character in name.chars() {
            if !character.is_alphanumeric() {
                words.push(String::new());
                continue;
            }
            if character.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
        // Two letters, as in `id` and `at`, are too unspecific.
        words.into_iter().filter(|word| word.chars().count() > 2).collect()
    };
    let flat =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    flat(one) == flat(other) || !words(one).is_disjoint(&words(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(writer: &Value, reader: &Value) -> Vec<String> {
        let losses = find_losses(writer, reader).unwrap();
        losses.iter().map(|loss| format!("{} {}: {}", loss.rule.id(), loss.at, loss.message)).collect()
    }

    #[test]
    fn a_reader_of_everything_loses_nothing() {
        let writer = json!({"properties": {"a": {"type": "string"}, "b": {"items": {"properties": {"c": {}}}}}});
        assert_eq!(messages(&writer, &writer), [""; 0]);
        assert_eq!(messages(&writer, &json!(true)), [""; 0]);
        assert_eq!(
            messages(&writer, &json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}})),
            [""; 0]
        );
        let aliased = json!({"properties": {"z": {}, "a": {"x-alias-of": "z"}, "b": {}}});
        assert_eq!(messages(&writer, &aliased), [""; 0]);
    }

    #[test]
    fn dropped_fields_and_applied_defaults_are_found() {
        let writer = json!({"properties": {"a": {"type": "string"}, "list": {"items": {"$ref": "#/$defs/i"}}},
            "required": ["list"], "$defs": {"i": {"properties": {"x": {}, "y": {"type": "null"}}}}});
        let reader = json!({"allOf": [{"properties": {"list": {"items": {"properties": {"x": {}}}}}}],
            "properties": {"a": {"default": 3}, "count": {"type": "integer", "default": 0}, "gift": {"type": "boolean"}}});
        assert_eq!(
            messages(&writer, &reader),
            [
                "default-applied /count: `count` is never written; the reader uses its default 0",
                "default-applied /gift: `gift` is never written; the reader gets no value",
                "default-applied /a: `a` may be absent; the reader then uses its default 3",
                "field-dropped /list/*/y: `y` is written but not read",
            ]
        );
    }

    #[test]
    fn fields_of_dependent_schemas_are_compared() {
        let writer = json!({"properties": {"a": {}}, "dependentSchemas": {"a": {"properties": {"b": {}}}}});
        let reader = json!({"properties": {"a": {}}});
        assert_eq!(messages(&writer, &reader), ["field-dropped /b: `b` is written but not read"]);
    }

    #[test]
    fn renames_are_recognised() {
        let schema = |names: &[&str]| {
            let properties: serde_json::Map<_, _> =
                names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
            json!({ "properties": properties })
        };
        assert_eq!(
            messages(&schema(&["id", "createdAt"]), &schema(&["id", "created_at"])),
            [
                "field-renamed /createdAt: `createdAt` is written and `created_at` is read: probably renamed, without an alias"
            ]
        );
        assert_eq!(
            messages(&schema(&["id", "a"]), &schema(&["id", "b"])).len(),
            1,
            "only one is dropped and only one is absent"
        );
        assert_eq!(messages(&schema(&["id", "a", "c"]), &schema(&["id", "b", "d"])).len(), 4);
        let other = json!({"properties": {"created_at": {"type": "integer"}}});
        assert_eq!(messages(&schema(&["createdAt"]), &other).len(), 2, "a field of another kind is no rename");
    }

    #[test]
    fn values_that_an_open_enumeration_does_not_list_are_found() {
        let writer = json!({"properties": {"s": {"type": "string", "x-extensible-enum": ["a", "b", "c"]}}});
        let reader = json!({"properties": {"s": {"type": "string", "x-extensible-enum": ["a"]}}});
        assert_eq!(
            messages(&writer, &reader),
            ["value-unknown /s: the reader does not list \"b\", \"c\"; it keeps them as unknown values"]
        );
        assert_eq!(messages(&reader, &writer), [""; 0]);
    }

    #[test]
    fn recursive_schemas_terminate() {
        let tree = json!({"properties": {"l": {"$ref": "#"}, "r": {"$ref": "#"}, "x": {}}});
        let other = json!({"properties": {"l": {"$ref": "#"}, "r": {"$ref": "#"}}});
        assert_eq!(messages(&tree, &other), ["field-dropped /x: `x` is written but not read"]);
    }
}
