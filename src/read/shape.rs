//! What serde knows of a type and no schema says: the aliases of its fields, all names of its variants, and which enums
//! take any other.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::alias::{Aliases, Choice, Run, takes_any};
use super::exact::Explored;
use crate::pointer::Pointer;

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

/// What can be found out of a type by reading it of nothing.
pub(crate) fn shape_of<T: DeserializeOwned>() -> Shape {
    let run: Run<'_> = &|deserializer| T::deserialize(deserializer).map(drop);
    let mut aliases = Aliases::default();
    let mut passes: Vec<(Structs, Enums, Vec<Choice>)> = Vec::new();
    aliases.explore_with(run, &mut |Explored { structs, enums }, variants| {
        let structs = structs.iter().map(|(at, name, names)| (at.clone(), (*name, *names))).collect();
        passes.push((structs, enums.iter().cloned().collect(), variants.to_vec()));
    });
    let mut shape = Shape::default();
    let mut known = BTreeMap::new();
    for (structs, enums, variants) in passes {
        for (at, (name, names)) in &structs {
            let fields = fields(&aliases, name, names);
            shape.structs.insert(FoundStruct { at: way(at, &structs, &aliases), fields });
        }
        for (at, names) in enums.into_iter().filter(|(_, names)| !names.is_empty()) {
            let takes_any = *known.entry(at.clone()).or_insert_with(|| takes_any(&at, &variants, run));
            let (at, names) = (way(&at, &structs, &aliases), names.iter().copied().collect());
            shape.enums.insert(FoundEnum { at, names, takes_any });
        }
    }
    shape
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
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Outer {
        first: u8,
        #[serde(alias = "l", alias = "items")]
        lines: Vec<Inner>,
        kind: Kind,
        again: Option<Box<Outer>>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Inner {
        #[serde(alias = "no")]
        number: u8,
        status: Option<Status>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    enum Kind {
        Plain,
        With {
            #[serde(alias = "y")]
            x: Status,
        },
    }

    #[derive(Deserialize)]
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
