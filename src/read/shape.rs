//! What serde knows of a type and no schema says: the aliases of its fields and which of them it misses, the tags of its
//! structs, all names of its variants, and which enums take any other.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::alias::{Aliases, Choice, Run, missed, takes_any};
use super::exact::{Exam, Explored};
use json_document::Pointer;

/// The structs and enums of a type, as far as they can be met: not what is flattened or tagged, and nothing in maps.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) structs: BTreeSet<FoundStruct>,
    pub(crate) enums: BTreeSet<FoundEnum>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FoundStruct {
    /// The way there: names of fields and variants, indices of items.
    pub(crate) at: Vec<String>,
    /// Each field with its aliases.
    pub(crate) fields: BTreeMap<&'static str, Vec<&'static str>>,
    /// Whether each field has to be there, as far as it came out.
    pub(crate) required: BTreeMap<&'static str, bool>,
    /// Where `#[serde(tag)]` has the name of the struct written beside its fields: the tag, and what it is.
    pub(crate) tag: Option<(String, &'static str)>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FoundEnum {
    pub(crate) at: Vec<String>,
    /// All names of all variants, aliases among them.
    pub(crate) names: BTreeSet<&'static str>,
    /// Whether any other name is taken, too.
    pub(crate) takes_any: bool,
}

type Structs = BTreeMap<Pointer, (&'static str, &'static [&'static str])>;
type Enums = BTreeMap<Pointer, &'static [&'static str]>;

/// What one pass has met.
struct Pass {
    structs: Structs,
    enums: Enums,
    variants: Vec<Choice>,
    exam: Exam,
    /// What is written of what was made of nothing, if anything was.
    written: Option<Value>,
}

/// What can be found out of a type by reading it of nothing, and by writing what comes of that.
pub(crate) fn shape_of<T: Serialize + DeserializeOwned>() -> Shape {
    let written = RefCell::new(None);
    let run: Run<'_> = &|deserializer| {
        written.take();
        let value = T::deserialize(deserializer)?;
        written.replace(serde_json::to_value(value).ok());
        Ok(())
    };
    let mut aliases = Aliases::default();
    let mut passes: Vec<Pass> = Vec::new();
    aliases.explore_with(run, &mut |Explored { structs, enums }, variants, exam| {
        passes.push(Pass {
            structs: structs.iter().map(|(at, name, names)| (at.clone(), (*name, *names))).collect(),
            enums: enums.iter().cloned().collect(),
            variants: variants.to_vec(),
            exam: exam.clone(),
            written: written.take(),
        });
    });
    let mut tags = BTreeMap::new();
    let mut required: BTreeMap<_, BTreeMap<&'static str, Option<bool>>> = BTreeMap::new();
    for Pass { structs, enums, exam, written, .. } in &passes {
        for (at, (name, names)) in structs {
            let key = (at.clone(), *name, *names);
            if let Some(tag) =
                written.as_ref().and_then(|written| tag(written, &way(at, structs, &aliases), name, names))
            {
                tags.insert(key.clone(), (tag, *name));
            }
            // An adjacently tagged enum is read as a struct of two fields, and the variant says which of them it misses.
            let may_vary = names.len() == 2 && enums.contains_key(&at.join(0));
            if may_vary || !required.contains_key(&key) {
                let of_struct = required.entry(key).or_default();
                let fields = names_of(&aliases, name, names);
                for (is_missed, field) in missed(at, &fields, exam, run).into_iter().zip(fields) {
                    let known = of_struct.entry(field).or_insert(is_missed);
                    *known = known.filter(|known| Some(*known) == is_missed);
                }
            }
        }
    }
    let mut shape = Shape::default();
    let mut known_enums = BTreeMap::new();
    for Pass { structs, enums, variants, .. } in passes {
        for (at, (name, names)) in &structs {
            let key = (at.clone(), *name, *names);
            let tag = tags.get(&key).cloned();
            let required = required.get(&key).into_iter().flatten();
            let required = required.filter_map(|(field, is_missed)| Some((*field, (*is_missed)?))).collect();
            let fields = fields(&aliases, name, names);
            let at = way(at, &structs, &aliases);
            shape.structs.insert(FoundStruct { at, fields, required, tag });
        }
        for (at, names) in enums.into_iter().filter(|(_, names)| !names.is_empty()) {
            let takes_any = *known_enums.entry(at.clone()).or_insert_with(|| takes_any(&at, &variants, run));
            let (at, names) = (way(&at, &structs, &aliases), names.iter().copied().collect());
            shape.enums.insert(FoundEnum { at, names, takes_any });
        }
    }
    shape
}

/// The member in which the name of the struct is written that was read at `way`, and that is none of its fields.
fn tag(written: &Value, way: &[String], name: &str, names: &[&str]) -> Option<String> {
    let here = way.iter().try_fold(written, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    });
    let mut others = here?.as_object()?.iter().filter(|(member, _)| !names.contains(&member.as_str()));
    others.find(|(_, value)| *value == name).map(|(member, _)| member.clone())
}

/// The fields of a struct in their order, without the aliases.
fn names_of(aliases: &Aliases, name: &str, names: &[&'static str]) -> Vec<&'static str> {
    let aliases = aliases.of(name, names);
    let is_field = |name: &str| aliases.is_none_or(|aliases| aliases.field_of(name).is_none());
    names.iter().copied().filter(|name| is_field(name)).collect()
}

fn fields(aliases: &Aliases, name: &str, names: &[&'static str]) -> BTreeMap<&'static str, Vec<&'static str>> {
    let of = |field| aliases.of(name, names).map(|aliases| aliases.names_of(field)).unwrap_or_default();
    names_of(aliases, name, names).into_iter().map(|field| (field, of(field))).collect()
}

/// The way to a place. Where a struct is read of nothing, its fields come by number.
fn way(at: &Pointer, structs: &Structs, aliases: &Aliases) -> Vec<String> {
    let mut here = Pointer::ROOT;
    let mut way = Vec::new();
    for segment in at.segments() {
        let field = structs.get(&here).and_then(|(name, names)| {
            let index: usize = segment.parse().ok()?;
            names_of(aliases, name, names).get(index).copied()
        });
        way.push(field.map_or_else(|| segment.clone(), str::to_owned));
        here.push_name(&segment);
    }
    way
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
    fn structs_and_enums_are_found_where_they_are() {
        let shape = shape_of::<Outer>();
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
            .map(|found| (found.at.join("/"), found.names.iter().copied().collect::<Vec<_>>(), found.takes_any))
            .collect();
        assert!(enums.contains(&("kind".to_owned(), vec!["Plain", "With"], false)), "{enums:?}");
        assert!(enums.contains(&("kind/With/x".to_owned(), vec!["Done", "Other", "ready"], true)), "{enums:?}");
        assert!(enums.contains(&("lines/0/status".to_owned(), vec!["Done", "Other", "ready"], true)), "{enums:?}");
    }
}
