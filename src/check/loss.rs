//! What is lost where everything can be read: fields that nobody takes, values that nobody sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ignore::resolve;
use super::rule::Own;
use crate::schema::{KNOWN, compact};

/// The keyword by which a reader's schema says that a name is another one's alias.
const ALIAS: &str = "x-alias-of";
/// Steps into a document, and places looked at: schemas that refer to themselves have no end.
const DEEPEST: usize = 24;
const MOST: usize = 20_000;
/// More are not told.
const MOST_LOSSES: usize = 200;

/// One thing that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) rule: Own,
    /// Where, as a pointer; `*` stands for every item.
    pub(super) at: String,
    pub(super) message: String,
    /// The name that the reader has for it, where it seems to be a rename.
    pub(super) renamed_to: Option<String>,
}

/// What of the writer's is lost on the reader.
pub(super) fn losses(writer: &Value, reader: &Value) -> Vec<Loss> {
    let mut search = Search { roots: [writer, reader], losses: Vec::new(), places: 0, within: Vec::new() };
    search.compare(&[writer], &[reader], "", 0);
    search.losses
}

struct Search<'a> {
    roots: [&'a Value; 2],
    losses: Vec<Loss>,
    places: usize,
    /// The schemas, of both sides, that are being compared: what is within itself is not compared again.
    within: Vec<[Vec<*const Value>; 2]>,
}

/// What schemas of one place say of one of its members.
#[derive(Default)]
struct Field<'a> {
    schemas: Vec<&'a Value>,
    is_required: bool,
    default: Option<&'a Value>,
    alias_of: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn compare(&mut self, writers: &[&'a Value], readers: &[&'a Value], at: &str, depth: usize) {
        self.places += 1;
        if depth > DEEPEST || self.places > MOST || self.losses.len() >= MOST_LOSSES {
            return;
        }
        let [writer_root, reader_root] = self.roots;
        let (writers, readers) = (spread(writers, writer_root), spread(readers, reader_root));
        let here = [&writers, &readers].map(|schemas| {
            // What a reference leads to is the same from wherever it does.
            let schemas = schemas.iter().filter(|schema| schema.get("$ref").is_none());
            let mut here: Vec<*const Value> = schemas.map(|schema| std::ptr::from_ref(*schema)).collect();
            here.sort_unstable();
            here
        });
        if self.within.contains(&here) {
            return;
        }
        self.within.push(here);
        self.compare_values(&writers, &readers, at);
        let (sent, read) = (fields(&writers), fields(&readers));
        if !read.is_empty() {
            self.compare_fields(&sent, &read, &readers, at);
        }
        for (name, field) in &sent {
            if let Some(other) = read.get(name) {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.compare(&field.schemas, &other.schemas, &at, depth + 1);
            }
        }
        let below = |schemas: &[&'a Value], keywords: &[&str]| -> Vec<&'a Value> {
            let found = schemas.iter().flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(*keyword)));
            found.flat_map(|found| found.as_array().map_or_else(|| vec![found], |list| list.iter().collect())).collect()
        };
        for keywords in [&["items", "prefixItems"][..], &["additionalProperties"]] {
            let (sent, read) = (below(&writers, keywords), below(&readers, keywords));
            if sent.iter().chain(&read).any(|schema| schema.is_object()) && !sent.is_empty() && !read.is_empty() {
                self.compare(&sent, &read, &format!("{at}/*"), depth + 1);
            }
        }
        self.within.pop();
    }

    fn compare_fields(
        &mut self,
        sent: &BTreeMap<&'a str, Field<'a>>,
        read: &BTreeMap<&'a str, Field<'a>>,
        readers: &[&'a Value],
        at: &str,
    ) {
        let takes_any = readers.iter().any(|reader| {
            reader.get("patternProperties").is_some()
                || reader.get("additionalProperties").is_some_and(|schema| schema.is_object() && *schema != empty())
        });
        let mut dropped: Vec<&str> =
            sent.keys().filter(|name| !takes_any && !read.contains_key(**name)).copied().collect();
        // A field is sent under its own name or under one of its aliases.
        let is_sent = |name: &str| {
            sent.contains_key(name)
                || sent.keys().any(|other| read.get(other).is_some_and(|field| field.alias_of == Some(name)))
        };
        let mut absent: Vec<&str> = read
            .iter()
            .filter(|(name, field)| field.alias_of.is_none() && !is_sent(name))
            .map(|(name, _)| *name)
            .collect();

        for (from, to) in renames(&dropped, &absent, |from, to| looks_alike(&sent[from], &read[to])) {
            dropped.retain(|name| *name != from);
            absent.retain(|name| *name != to);
            let message = format!("`{from}` is sent and `{to}` is read: it looks like a rename, without an alias");
            self.lose(Own::FieldRenamed, at, from, message);
            if let Some(loss) = self.losses.last_mut() {
                loss.renamed_to = Some(to.to_owned());
            }
        }
        for name in dropped {
            self.lose(Own::FieldDropped, at, name, format!("`{name}` is sent, and not read"));
        }
        for name in absent {
            // Where it is required, that is a break, and found as one.
            if !read[name].is_required {
                let stands_in = stands_in(read[name].default);
                self.lose(Own::DefaultStandsIn, at, name, format!("`{name}` is never sent: {stands_in} stands in"));
            }
        }
        for (name, field) in sent {
            if let Some(reader) = read.get(name)
                && !field.is_required
                && !reader.is_required
                && let Some(default) = reader.default
            {
                let stands_in = stands_in(Some(default));
                let message = format!("`{name}` may be left out: {stands_in} stands in then");
                self.lose(Own::DefaultStandsIn, at, name, message);
            }
        }
    }

    /// Values that the writer knows and an open reader does not.
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
        let sent = list(writers, &[KNOWN, "enum", "const"]);
        let unknown: Vec<_> = sent.difference(&known).cloned().collect();
        if !unknown.is_empty() {
            let message =
                format!("the reader does not know {}: what is sent is kept as an unknown value", unknown.join(", "));
            self.losses.push(Loss { rule: Own::ValueUnknown, at: at.to_owned(), message, renamed_to: None });
        }
    }

    fn lose(&mut self, rule: Own, at: &str, name: &str, message: String) {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        self.losses.push(Loss { rule, at, message, renamed_to: None });
    }
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

fn stands_in(default: Option<&Value>) -> String {
    default.map_or_else(|| "nothing".to_owned(), |default| format!("its default {}", compact(default)))
}

/// These schemas, and all others that are said of the same place.
fn spread<'a>(schemas: &[&'a Value], root: &'a Value) -> Vec<&'a Value> {
    let mut all: Vec<&'a Value> = Vec::new();
    let mut open: Vec<&'a Value> = schemas.to_vec();
    while let Some(schema) = open.pop() {
        if all.iter().any(|seen| std::ptr::eq(*seen, schema)) || all.len() > MOST {
            continue;
        }
        all.push(schema);
        open.extend(schema.get("$ref").and_then(Value::as_str).and_then(|to| resolve(root, to)));
        for list in ["allOf", "anyOf", "oneOf"] {
            open.extend(schema.get(list).and_then(Value::as_array).into_iter().flatten());
        }
        open.extend(["then", "else"].iter().filter_map(|keyword| schema.get(*keyword)));
    }
    all
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

/// Which of the names that are gone may be which of those that are new.
fn renames<'a>(gone: &[&'a str], new: &[&'a str], alike: impl Fn(&str, &str) -> bool) -> Vec<(&'a str, &'a str)> {
    let mut pairs = Vec::new();
    let mut taken = BTreeSet::new();
    for from in gone {
        let candidates: Vec<_> = new.iter().filter(|to| !taken.contains(*to) && alike(from, to)).collect();
        let by_name = candidates.iter().find(|to| share_a_word(from, to)).copied();
        let only = (gone.len() == 1 && new.len() == 1).then(|| candidates.first().copied()).flatten();
        if let Some(to) = by_name.or(only) {
            taken.insert(*to);
            pairs.push((*from, *to));
        }
    }
    pairs
}

/// Whether two fields are asked to be the same kind of value.
fn looks_alike(one: &Field<'_>, other: &Field<'_>) -> bool {
    let kinds = |field: &Field<'_>| -> BTreeSet<String> {
        let said = field.schemas.iter().flat_map(|schema| {
            ["type", "format", "enum", "const", "$ref"]
                .iter()
                .filter_map(|keyword| schema.get(*keyword).map(|value| format!("{keyword} {}", compact(value))))
        });
        said.filter(|said| said != "format \"uint32\"" && said != "format \"int64\"").collect()
    };
    let (one, other) = (kinds(one), kinds(other));
    !one.is_empty() && one == other
}

/// `orderId`, `order_id` and `theOrder` share one.
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
        // `id` and `at` say nothing.
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

    fn say(writer: &Value, reader: &Value) -> Vec<String> {
        let losses = losses(writer, reader);
        losses.iter().map(|loss| format!("{} {}: {}", loss.rule.id(), loss.at, loss.message)).collect()
    }

    #[test]
    fn nothing_is_lost_on_one_who_reads_everything() {
        let writer = json!({"properties": {"a": {"type": "string"}, "b": {"items": {"properties": {"c": {}}}}}});
        assert_eq!(say(&writer, &writer), [""; 0]);
        assert_eq!(say(&writer, &json!(true)), [""; 0]);
        assert_eq!(
            say(&writer, &json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}})),
            [""; 0]
        );
        let aliased = json!({"properties": {"z": {}, "a": {"x-alias-of": "z"}, "b": {}}});
        assert_eq!(say(&writer, &aliased), [""; 0]);
    }

    #[test]
    fn what_is_dropped_and_what_stands_in() {
        let writer = json!({"properties": {"a": {"type": "string"}, "list": {"items": {"$ref": "#/$defs/i"}}},
            "required": ["list"], "$defs": {"i": {"properties": {"x": {}, "y": {"type": "null"}}}}});
        let reader = json!({"allOf": [{"properties": {"list": {"items": {"properties": {"x": {}}}}}}],
            "properties": {"a": {"default": 3}, "count": {"type": "integer", "default": 0}, "gift": {"type": "boolean"}}});
        assert_eq!(
            say(&writer, &reader),
            [
                "default-stands-in /count: `count` is never sent: its default 0 stands in",
                "default-stands-in /gift: `gift` is never sent: nothing stands in",
                "default-stands-in /a: `a` may be left out: its default 3 stands in then",
                "field-dropped /list/*/y: `y` is sent, and not read",
            ]
        );
    }

    #[test]
    fn a_rename_is_called_one() {
        let of = |names: &[&str]| {
            let properties: serde_json::Map<_, _> =
                names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
            json!({ "properties": properties })
        };
        assert_eq!(
            say(&of(&["id", "createdAt"]), &of(&["id", "created_at"])),
            [
                "field-renamed /createdAt: `createdAt` is sent and `created_at` is read: it looks like a rename, without an alias"
            ]
        );
        assert_eq!(say(&of(&["id", "a"]), &of(&["id", "b"])).len(), 1, "only one is gone and only one is new");
        assert_eq!(say(&of(&["id", "a", "c"]), &of(&["id", "b", "d"])).len(), 4);
        let other = json!({"properties": {"created_at": {"type": "integer"}}});
        assert_eq!(say(&of(&["createdAt"]), &other).len(), 2, "it is no rename if the value is another one");
    }

    #[test]
    fn values_that_an_open_reader_does_not_know() {
        let writer = json!({"properties": {"s": {"type": "string", "x-extensible-enum": ["a", "b", "c"]}}});
        let reader = json!({"properties": {"s": {"type": "string", "x-extensible-enum": ["a"]}}});
        assert_eq!(
            say(&writer, &reader),
            ["value-unknown /s: the reader does not know \"b\", \"c\": what is sent is kept as an unknown value"]
        );
        assert_eq!(say(&reader, &writer), [""; 0]);
    }

    #[test]
    fn schemas_without_an_end_end() {
        let tree = json!({"properties": {"l": {"$ref": "#"}, "r": {"$ref": "#"}, "x": {}}});
        let other = json!({"properties": {"l": {"$ref": "#"}, "r": {"$ref": "#"}}});
        assert_eq!(say(&tree, &other), ["field-dropped /x: `x` is sent, and not read"]);
    }
}
