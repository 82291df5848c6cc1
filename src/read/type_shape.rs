//! Properties of a type that its derived JSON Schema lacks.
//!
//! These are the aliases of fields, the required fields, the tags of structs, all names of variants, and the enums that
//! accept unknown variants. They are found by [exploration](super::explore), and by serializing its result.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use json_document::Pointer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::alias::Aliases;
use super::exact::Replay;
use super::explore::{Choice, Pass, Run, accepts_unknown_variant, find_required};

/// The structs and enums of a type. Those that are flattened, tagged or in maps are not found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TypeShape {
    pub(crate) structs: BTreeSet<StructShape>,
    pub(crate) enums: BTreeSet<EnumShape>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StructShape {
    /// Path from the root: names of fields and variants, indices of items.
    pub(crate) at: Vec<String>,
    /// Fields with their aliases.
    pub(crate) fields: BTreeMap<&'static str, Vec<&'static str>>,
    /// Fields that are required (`true`) or optional (`false`). A field for which this is unknown has no entry.
    pub(crate) required: BTreeMap<&'static str, bool>,
    /// Member and value that `#[serde(tag)]` adds to the fields: the name of the struct.
    pub(crate) tag: Option<(String, &'static str)>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EnumShape {
    /// Path from the root, like that of a [`StructShape`].
    pub(crate) at: Vec<String>,
    /// Names and aliases of all variants.
    pub(crate) names: BTreeSet<&'static str>,
    /// Set for an enum with `#[serde(other)]`.
    pub(crate) accepts_unknown: bool,
}

pub(super) type Structs = BTreeMap<Pointer, (&'static str, &'static [&'static str])>;
type Enums = BTreeMap<Pointer, &'static [&'static str]>;

/// The record of one [`Pass`].
struct Record {
    structs: Structs,
    enums: Enums,
    variants: Vec<Choice>,
    replay: Replay,
    /// The value that was deserialized from the placeholders, serialized again.
    serialized: Option<Value>,
}

/// Finds the structs and enums of a type.
pub(crate) fn find_type_shape<T: Serialize + DeserializeOwned>() -> TypeShape {
    let serialized = RefCell::new(None);
    let run: Run<'_> = &|deserializer| {
        serialized.take();
        let value = T::deserialize(deserializer)?;
        serialized.replace(serde_json::to_value(value).ok());
        Ok(())
    };
    let mut aliases = Aliases::default();
    let mut records: Vec<Record> = Vec::new();
    aliases.add_visiting(run, &mut |Pass { discovery, variants, replay }| {
        records.push(Record {
            structs: discovery.structs.iter().map(|(at, name, names)| (at.clone(), (*name, *names))).collect(),
            enums: discovery.enums.iter().cloned().collect(),
            variants: variants.to_vec(),
            replay: (*replay).clone(),
            serialized: serialized.take(),
        });
    });
    let mut tags = BTreeMap::new();
    let mut required: BTreeMap<_, BTreeMap<&'static str, Option<bool>>> = BTreeMap::new();
    for Record { structs, enums, replay, serialized, .. } in &records {
        for (at, (name, names)) in structs {
            let key = (at.clone(), *name, *names);
            let tag = serialized
                .as_ref()
                .and_then(|serialized| find_tag(serialized, &to_path(at, structs, &aliases), name, names));
            if let Some(tag) = tag {
                tags.insert(key.clone(), (tag, *name));
            }
            // An adjacently tagged enum is read as a struct of two fields, and its variant decides which are required.
            let may_vary = names.len() == 2 && enums.contains_key(&at.join(0));
            if may_vary || !required.contains_key(&key) {
                let of_struct = required.entry(key).or_default();
                let fields = field_names(&aliases, name, names);
                for (is_required, field) in find_required(at, &fields, replay, run).into_iter().zip(fields) {
                    let known = of_struct.entry(field).or_insert(is_required);
                    *known = known.filter(|known| Some(*known) == is_required);
                }
            }
        }
    }
    let mut shape = TypeShape::default();
    let mut known_enums = BTreeMap::new();
    for Record { structs, enums, variants, .. } in records {
        for (at, (name, names)) in &structs {
            let key = (at.clone(), *name, *names);
            let tag = tags.get(&key).cloned();
            let required = required.get(&key).into_iter().flatten();
            let required = required.filter_map(|(field, is_required)| Some((*field, (*is_required)?))).collect();
            let fields = fields_with_aliases(&aliases, name, names);
            let at = to_path(at, &structs, &aliases);
            shape.structs.insert(StructShape { at, fields, required, tag });
        }
        for (at, names) in enums.into_iter().filter(|(_, names)| !names.is_empty()) {
            let accepts_unknown =
                *known_enums.entry(at.clone()).or_insert_with(|| accepts_unknown_variant(&at, &variants, run));
            let (at, names) = (to_path(&at, &structs, &aliases), names.iter().copied().collect());
            shape.enums.insert(EnumShape { at, names, accepts_unknown });
        }
    }
    shape
}

/// Finds the member of the struct at `path` whose value is the name of the struct, and that is not one of its fields.
fn find_tag(serialized: &Value, path: &[String], name: &str, names: &[&str]) -> Option<String> {
    let here = path.iter().try_fold(serialized, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    });
    let mut others = here?.as_object()?.iter().filter(|(member, _)| !names.contains(&member.as_str()));
    others.find(|(_, value)| *value == name).map(|(member, _)| member.clone())
}

/// Returns the fields of a struct in their order, without aliases.
fn field_names(aliases: &Aliases, name: &str, names: &[&'static str]) -> Vec<&'static str> {
    let aliases = aliases.find(name, names);
    let is_field = |name: &str| aliases.is_none_or(|aliases| aliases.field_of(name).is_none());
    names.iter().copied().filter(|name| is_field(name)).collect()
}

fn fields_with_aliases(
    aliases: &Aliases,
    name: &str,
    names: &[&'static str],
) -> BTreeMap<&'static str, Vec<&'static str>> {
    let aliases_of = |field| aliases.find(name, names).map(|aliases| aliases.aliases_of(field)).unwrap_or_default();
    field_names(aliases, name, names).into_iter().map(|field| (field, aliases_of(field))).collect()
}

/// Converts a pointer into a path: in an exploration, the segment of a field is its position.
pub(super) fn to_path(at: &Pointer, structs: &Structs, aliases: &Aliases) -> Vec<String> {
    let mut here = Pointer::ROOT;
    let mut path = Vec::new();
    for segment in at.segments() {
        let field = structs.get(&here).and_then(|(name, names)| {
            let index: usize = segment.parse().ok()?;
            field_names(aliases, name, names).get(index).copied()
        });
        path.push(field.map_or_else(|| segment.clone(), str::to_owned));
        here.push_name(&segment);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Outer {
        first: u8,
        #[serde(alias = "l", alias = "items")]
        lines: Vec<Inner>,
        kind: Kind,
        again: Option<Box<Outer>>,
    }

    #[derive(Serialize, Deserialize)]
    struct Inner {
        #[serde(alias = "no")]
        number: u8,
        status: Option<Status>,
    }

    #[derive(Serialize, Deserialize)]
    enum Kind {
        Plain,
        With {
            #[serde(alias = "y")]
            x: Status,
        },
    }

    #[derive(Serialize, Deserialize)]
    enum Status {
        #[serde(alias = "ready")]
        Done,
        #[serde(other)]
        Other,
    }

    #[test]
    fn structs_and_enums_are_found_with_their_paths() {
        let shape = find_type_shape::<Outer>();
        let aliases: Vec<String> = shape
            .structs
            .iter()
            .flat_map(|found| {
                let fields = found.fields.iter().filter(|(_, aliases)| !aliases.is_empty());
                fields.map(|(field, aliases)| format!("{}: {field} = {}", found.at.join("/"), aliases.join(", ")))
            })
            .collect();
        assert_eq!(
            aliases,
            [
                ": lines = items, l",
                "again: lines = items, l",
                "again/kind/With: x = y",
                "kind/With: x = y",
                "lines/0: number = no"
            ]
        );
        let enums: Vec<_> = shape
            .enums
            .iter()
            .map(|found| (found.at.join("/"), found.names.iter().copied().collect::<Vec<_>>(), found.accepts_unknown))
            .collect();
        assert!(enums.contains(&("kind".to_owned(), vec!["Plain", "With"], false)), "{enums:?}");
        assert!(enums.contains(&("kind/With/x".to_owned(), vec!["Done", "Other", "ready"], true)), "{enums:?}");
        assert!(enums.contains(&("lines/0/status".to_owned(), vec!["Done", "Other", "ready"], true)), "{enums:?}");
    }
}
