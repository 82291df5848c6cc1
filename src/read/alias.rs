//! Aliases of struct fields.
//!
//! Serde passes all names of a struct to a deserializer in one list, without marking the aliases. But its error for a
//! duplicate field names the field. So the structs of a type are [explored](super::explore) and probed: each name is
//! offered twice, and the error that follows names the field that it belongs to.
//!
//! Cost: one probe for a struct without aliases, one for each name of any other, and no more than
//! [`MAX_PASSES`](super::explore::MAX_PASSES) passes for each version of a type. The result is cached for each type of
//! reader.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use json_document::Pointer;

use super::exact::{Duplicate, ExactDeserializer, ExactError, Probe, Replay};
use super::explore::{Choice, Pass, Run, converge, explore};
use super::readable::Readable;
use crate::name::Version;
use crate::payload::{DecodeError, Payload, PayloadSource};

/// The aliases of the structs of a type. A struct without aliases has no entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aliases(Vec<StructAliases>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct StructAliases {
    name: &'static str,
    names: &'static [&'static str],
    /// Alias and field.
    pairs: Vec<(&'static str, &'static str)>,
}

impl Aliases {
    /// Returns the aliases of all payload types and versions that a reader of `T` returns, from a cache.
    pub(super) fn of_reader<T: Readable>() -> Arc<Self> {
        static CACHE: LazyLock<RwLock<HashMap<TypeId, Arc<Aliases>>>> = LazyLock::new(RwLock::default);
        let type_id = TypeId::of::<T>();
        let cached = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&type_id).cloned();
        cached.unwrap_or_else(|| {
            let found = Arc::new(Self::find_in_reader::<T>());
            CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(type_id, Arc::clone(&found));
            found
        })
    }

    fn find_in_reader<T: Readable>() -> Self {
        struct Exploration<'n>(ExactDeserializer<'n, 'static>);

        impl PayloadSource<'static> for Exploration<'_> {
            type Error = ExactError;

            fn deserialize<P: Payload>(self) -> Result<P, ExactError> {
                // A payload of placeholders must not reach the upcasts of the user.
                P::deserialize(self.0).and(Err(ExactError::complete()))
            }
        }

        let mut aliases = Self::default();
        for (index, info) in T::TYPES.iter().enumerate() {
            for version in (1..=info.newest.get()).filter_map(|version| Version::new(version).ok()) {
                aliases.add(&|deserializer| match T::decode(index, version, Exploration(deserializer)) {
                    Err(DecodeError::Source(error)) => Err(error),
                    Ok(_) | Err(DecodeError::Upcast(_) | DecodeError::NoSuchVersion) => Ok(()),
                });
            }
        }
        aliases
    }

    /// Returns the aliases of the struct with this name and these names of fields.
    pub(super) fn find(&self, name: &str, names: &[&str]) -> Option<&StructAliases> {
        self.0.iter().find(|aliases| aliases.name == name && aliases.names == names)
    }

    /// Adds the aliases in the type that `run` deserializes.
    pub(super) fn add(&mut self, run: Run<'_>) {
        self.add_visiting(run, &mut |_| {});
    }

    /// Like [`add`](Self::add), and calls `visit` for each pass of the exploration.
    pub(super) fn add_visiting(&mut self, run: Run<'_>, visit: &mut dyn FnMut(&Pass<'_>)) {
        let mut passes = 0;
        let mut known_structs = HashSet::new();
        explore(run, &mut passes, &mut |pass, passes| {
            visit(&pass);
            for (at, name, names) in &pass.discovery.structs {
                if known_structs.insert((*name, *names)) && !names.is_empty() {
                    self.add_struct(at, (name, names), pass.variants, run, passes);
                }
            }
        });
    }

    /// Adds the aliases of the struct at `at`.
    fn add_struct(
        &mut self,
        at: &Pointer,
        (name, names): (&'static str, &'static [&'static str]),
        variants: &[Choice],
        run: Run<'_>,
        passes: &mut usize,
    ) {
        let mut field_of = |member| {
            let probe = Probe::Duplicate { object: at.clone(), member };
            converge(&mut Replay::of_type(variants, probe), run, passes)
        };
        // With as many fields as names, no name is an alias.
        if field_of(Duplicate::Field(names.len() - 1)).is_some() {
            return;
        }
        let pairs: Vec<_> = names
            .iter()
            .filter_map(|&alias| {
                let field = field_of(Duplicate::Name(alias))?;
                let field = names.iter().find(|name| **name == field)?;
                (*field != alias).then_some((alias, *field))
            })
            .collect();
        if !pairs.is_empty() {
            self.0.push(StructAliases { name, names, pairs });
        }
    }
}

impl StructAliases {
    /// Returns the field that `name` is an alias of.
    pub(super) fn field_of(&self, name: &str) -> Option<&'static str> {
        self.pairs.iter().find(|(alias, _)| *alias == name).map(|(_, field)| *field)
    }

    /// Returns the aliases of a field.
    pub(super) fn aliases_of(&self, field: &str) -> Vec<&'static str> {
        self.pairs.iter().filter(|(_, of)| *of == field).map(|(alias, _)| *alias).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    fn aliases_of<T: for<'de> Deserialize<'de>>() -> Vec<(&'static str, &'static str, &'static str)> {
        let mut found = Aliases::default();
        found.add(&|deserializer| T::deserialize(deserializer).map(drop));
        let pairs = |of: &StructAliases| of.pairs.iter().map(|(alias, field)| (of.name, *alias, *field)).collect();
        let mut pairs: Vec<_> = found.0.iter().flat_map::<Vec<_>, _>(pairs).collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn aliases_are_found_in_nested_types() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its names are used")]
        struct Outer {
            #[serde(alias = "orderId", alias = "order_no")]
            order_id: uuid_like::Id,
            inner: Option<Vec<Inner>>,
            #[serde(default)]
            choice: Choice,
            when: chrono::DateTime<chrono::Utc>,
            again: Option<Box<Outer>>,
        }

        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[expect(dead_code, reason = "only its names are used")]
        struct Inner {
            plain: u8,
            #[serde(rename = "b", alias = "a")]
            renamed: String,
            #[serde(skip)]
            skipped: u8,
        }

        #[derive(Deserialize, Default)]
        #[expect(dead_code, reason = "only its names are used")]
        enum Choice {
            #[default]
            Nothing,
            Some {
                #[serde(alias = "y")]
                x: i64,
            },
            Deep(Deep),
        }

        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its names are used")]
        struct Deep {
            #[serde(alias = "old")]
            new: [u8; 2],
        }

        assert_eq!(
            aliases_of::<Outer>(),
            [
                ("", "y", "x"),
                ("Deep", "old", "new"),
                ("Inner", "a", "b"),
                ("Outer", "orderId", "order_id"),
                ("Outer", "order_no", "order_id"),
            ]
        );
    }

    #[test]
    fn recursive_types_are_explored_within_bounds() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its names are used")]
        struct Tree {
            #[serde(alias = "label")]
            name: String,
            left: Option<Box<Tree>>,
            right: Option<Box<Tree>>,
            many: Vec<Tree>,
        }

        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its names are used")]
        struct Endless {
            #[serde(alias = "never")]
            next: Box<Endless>,
        }

        assert_eq!(aliases_of::<Tree>(), [("Tree", "label", "name")]);
        aliases_of::<Endless>();
    }

    mod uuid_like {
        use serde::{Deserialize, Deserializer, de::Error};

        /// A type that validates its string.
        pub(super) struct Id;

        impl<'de> Deserialize<'de> for Id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                if text.len() == 36 { Ok(Self) } else { Err(D::Error::custom("not a UUID")) }
            }
        }
    }
}
