//! Which of the schemas that are referred to say the same, on both sides of a question: they become one formula.
//!
//! Two versions of a schema are the same in most places. What they both refer to is told apart as coarsely as can be, and
//! then finer, until those that are left together differ neither in what they say themselves nor in what they refer to.

use foldhash::{HashMap, HashMapExt as _};
use json_schema_core::{Contents, Keyword};
use serde_json::{Map, Value};

use super::document::{Place, PlaceKey};
use super::sources::Sources;

/// So many schemas are looked at; where there are more, none are taken to be alike.
const MOST_SCHEMAS: u32 = 400_000;
/// So often what was taken to be alike is looked at again: a chain of references has as many ends as links.
const ROUNDS: usize = 40;

/// Keywords that say nothing of a document, or only where they are referred to.
const SILENT: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "id",
    "readOnly",
    "title",
    "writeOnly",
];

/// For each schema that is referred to, the number of those that say the same; nothing where that is too much to find out.
pub(super) fn classes(sources: &mut Sources<'_>) -> HashMap<PlaceKey, usize> {
    let mut survey = Survey { sources, numbers: HashMap::new(), open: Vec::new(), left: MOST_SCHEMAS };
    let Some(found) = survey.all() else { return HashMap::new() };
    let numbers = survey.numbers;
    let mut classes = told_apart(found.iter().map(|schema| (0, schema.says.as_str())));
    for _ in 0..ROUNDS {
        let finer = told_apart(found.iter().zip(&classes).map(|(schema, class)| {
            let targets: Vec<usize> = schema.targets.iter().map(|&target| classes[target]).collect();
            (*class, targets)
        }));
        // Each class is within one of before: as many are the same ones.
        if finer.iter().max() == classes.iter().max() {
            return numbers.into_iter().map(|(key, number)| (key, classes[number])).collect();
        }
        classes = finer;
    }
    HashMap::new()
}

/// The same number for what is the same.
fn told_apart<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> Vec<usize> {
    let mut numbers = HashMap::new();
    all.map(|one| {
        let next = numbers.len();
        *numbers.entry(one).or_insert(next)
    })
    .collect()
}

/// A schema that is referred to.
#[derive(Default)]
struct Schema {
    /// What it says, but for what it refers to.
    says: String,
    /// What it refers to, in order, by number.
    targets: Vec<usize>,
}

struct Survey<'l, 'a> {
    sources: &'l mut Sources<'a>,
    numbers: HashMap<PlaceKey, usize>,
    /// What was met, and is to be looked at.
    open: Vec<Place<'a>>,
    left: u32,
}

impl<'a> Survey<'_, 'a> {
    fn all(&mut self) -> Option<Vec<Schema>> {
        for root in self.sources.roots() {
            self.number(root);
        }
        let mut found = Vec::new();
        while let Some(&place) = self.open.get(found.len()) {
            let mut schema = Schema::default();
            self.schema(place, &mut schema)?;
            found.push(schema);
        }
        Some(found)
    }

    fn number(&mut self, place: Place<'a>) -> usize {
        *self.numbers.entry(place.key()).or_insert_with(|| {
            self.open.push(place);
            self.open.len() - 1
        })
    }

    fn schema(&mut self, place: Place<'a>, into: &mut Schema) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let Value::Object(members) = place.schema else {
            into.says.push_str(&place.schema.to_string());
            return Some(());
        };
        let draft = self.sources.draft(place);
        into.says.push('{');
        into.says.push_str(draft.as_str());
        for (keyword, target) in self.sources.references(place).ok()? {
            into.says.push_str(keyword);
            let number = self.number(target);
            into.targets.push(number);
        }
        if !(draft.ignores_siblings_of_ref() && members.contains_key("$ref")) {
            self.keywords(place, members, into)?;
        }
        into.says.push('}');
        Some(())
    }

    fn keywords(&mut self, place: Place<'a>, members: &'a Map<String, Value>, into: &mut Schema) -> Option<()> {
        let refers = |keyword: &str| matches!(keyword, "$ref" | "$dynamicRef" | "$recursiveRef");
        for (keyword, value) in members {
            let keyword = keyword.as_str();
            if SILENT.contains(&keyword) || refers(keyword) {
                continue;
            }
            into.says.push_str(keyword);
            into.says.push(':');
            let contents = Keyword::find(keyword).map_or(Contents::Nothing, |found| found.contents.in_value(value));
            match (contents, value) {
                (Contents::Schema, value) => {
                    self.below(place, value, into)?;
                }
                (Contents::Array, Value::Array(items)) => {
                    for item in items {
                        self.below(place, item, into)?;
                    }
                }
                (Contents::Map, Value::Object(map)) => {
                    for (name, item) in map {
                        into.says.push_str(&Value::from(name.as_str()).to_string());
                        self.below(place, item, into)?;
                    }
                }
                (_, value) => into.says.push_str(&value.to_string()),
            }
            into.says.push(',');
        }
        Some(())
    }

    fn below(&mut self, place: Place<'a>, schema: &'a Value, into: &mut Schema) -> Option<()> {
        let place = self.sources.below(place, schema);
        self.schema(place, into)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::document::Library;
    use super::super::draft::Draft;
    use foldhash::HashSet;

    use super::*;

    /// How many different schemas there are, with the two that are asked about.
    fn count(writer: &Value, reader: &Value) -> usize {
        let library = |schema| Library::new(schema, Draft::Draft202012, &[]).unwrap();
        let mut sources = Sources::new([library(writer), library(reader)], false);
        classes(&mut sources).values().collect::<HashSet<_>>().len()
    }

    #[test]
    fn what_says_the_same_is_one_whatever_it_is_called() {
        let list = |name: &str, leaf: Value| {
            json!({"$ref": format!("#/$defs/{name}"), "$defs": {name: {"title": name, "properties": {
                "next": {"$ref": format!("#/$defs/{name}")}, "leaf": {"$ref": "#/$defs/leaf"}}}, "leaf": leaf}})
        };
        let text = json!({"type": "string"});
        assert_eq!(count(&list("a", text.clone()), &list("b", text.clone())), 3);
        // What differs far away differs all the way to it.
        assert_eq!(count(&list("a", text), &list("b", json!({"type": "null"}))), 6);
    }

    #[test]
    fn a_loop_of_two_is_one_of_one() {
        let two = json!({"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"items": {"$ref": "#/$defs/a"}}},
            "$ref": "#/$defs/a"});
        let one = json!({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"});
        assert_eq!(count(&two, &one), 2);
    }
}
