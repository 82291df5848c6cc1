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
use super::explore::{Choice, Pass, Run, accepts_unknown_variant, denies_unknown_fields, find_required};
use super::map_shape::{MapShape, find_maps};
use super::type_path::{Structs, field_names, to_path};

/// The structs, enums and maps of a type. Those that are flattened or tagged are not found, nor structs and enums in maps.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TypeShape {
    pub(crate) structs: BTreeSet<StructShape>,
    pub(crate) enums: BTreeSet<EnumShape>,
    pub(crate) adjacents: BTreeSet<AdjacentShape>,
    pub(crate) maps: Vec<MapShape>,
    /// Values that the type has read from placeholders, as it writes them.
    pub(crate) written: Vec<Value>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StructShape {
    /// Path from the root: names of fields and variants, indices of items.
    pub(crate) at: Vec<String>,
    /// Fields with their aliases.
    pub(crate) fields: BTreeMap<&'static str, Vec<&'static str>>,
    /// Fields that are required (`true`) or optional (`false`). A field for which this is unknown has no entry.
    pub(crate) required: BTreeMap<&'static str, bool>,
    /// Set for a struct that rejects unknown fields.
    pub(crate) denies_unknown: bool,
    /// Member and value that `#[serde(tag)]` adds to the fields: the name of the struct.
    pub(crate) tag: Option<(String, String)>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EnumShape {
    /// Path from the root, like that of a [`StructShape`].
    pub(crate) at: Vec<String>,
    /// Names and aliases of all variants.
    pub(crate) names: BTreeSet<&'static str>,
    /// Set for an enum with `#[serde(other)]`.
    pub(crate) accepts_unknown: bool,
    /// Names and aliases of the variants with contents, which no string is.
    pub(crate) with_contents: BTreeSet<String>,
}

/// An enum with `#[serde(tag, content)]`, or a struct of two fields of which the first is an enum.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AdjacentShape {
    /// Path from the root, like that of a [`StructShape`].
    pub(crate) at: Vec<String>,
    pub(crate) tag: &'static str,
    pub(crate) content: &'static str,
}

type Enums = BTreeMap<Pointer, &'static [&'static str]>;

/// The record of one [`Pass`].
struct Record {
    structs: Structs,
    enums: Enums,
    with_contents: Vec<(Pointer, String)>,
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
            with_contents: discovery.variants_with_contents.clone(),
            variants: variants.to_vec(),
            replay: (*replay).clone(),
            serialized: serialized.take(),
        });
    });
    let mut tags = BTreeMap::new();
    let mut denying = BTreeMap::new();
    let mut with_contents: BTreeMap<Pointer, BTreeSet<String>> = BTreeMap::new();
    for (at, name) in records.iter().flat_map(|record| &record.with_contents) {
        with_contents.entry(at.clone()).or_default().insert(name.clone());
    }
    let mut required: BTreeMap<_, BTreeMap<&'static str, Option<bool>>> = BTreeMap::new();
    for Record { structs, enums, replay, serialized, .. } in &records {
        for (at, (name, names)) in structs {
            let key = (at.clone(), *name, *names);
            let tag = serialized
                .as_ref()
                .and_then(|serialized| find_tag(serialized, &to_path(at, structs, &aliases), name, names));
            if let Some(tag) = tag {
                tags.insert(key.clone(), (tag, (*name).to_owned()));
            }
            denying.entry(key.clone()).or_insert_with(|| denies_unknown_fields(at, replay, run));
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
    let mut written: Vec<Value> = records.iter().filter_map(|record| record.serialized.clone()).collect();
    let maps = find_maps(run, &serialized, &aliases, &mut written);
    let mut shape = TypeShape { maps, written, ..TypeShape::default() };
    let mut known_enums = BTreeMap::new();
    for Record { structs, enums, variants, .. } in records {
        for (at, (name, names)) in &structs {
            let key = (at.clone(), *name, *names);
            let tag = tags.get(&key).cloned();
            let required = required.get(&key).into_iter().flatten();
            let required = required.filter_map(|(field, is_required)| Some((*field, (*is_required)?))).collect();
            let fields = fields_with_aliases(&aliases, name, names);
            let denies_unknown = denying.get(&key).is_some_and(|denies| *denies);
            let path = to_path(at, &structs, &aliases);
            if let [tag, content] = **names
                && enums.contains_key(&at.join(0))
            {
                shape.adjacents.insert(AdjacentShape { at: path.clone(), tag, content });
            }
            shape.structs.insert(StructShape { at: path, fields, required, denies_unknown, tag });
        }
        for (at, names) in enums.into_iter().filter(|(_, names)| !names.is_empty()) {
            let accepts_unknown =
                *known_enums.entry(at.clone()).or_insert_with(|| accepts_unknown_variant(&at, &variants, run));
            let with_contents = with_contents.get(&at).cloned().unwrap_or_default();
            let (at, names) = (to_path(&at, &structs, &aliases), names.iter().copied().collect());
            shape.enums.insert(EnumShape { at, names, accepts_unknown, with_contents });
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

fn fields_with_aliases(
    aliases: &Aliases,
    name: &str,
    names: &[&'static str],
) -> BTreeMap<&'static str, Vec<&'static str>> {
    let aliases_of = |field| aliases.find(name, names).map(|aliases| aliases.aliases_of(field)).unwrap_or_default();
    field_names(aliases, name, names).into_iter().map(|field| (field, aliases_of(field))).collect()
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
