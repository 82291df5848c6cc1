//! Which names of a struct's fields are aliases of others.
//!
//! Serde hands a deserializer all names of a struct in one list and does not say which of them are aliases. But a
//! field that comes twice is an error that names the field: so a type is read once from stand-ins, to find its structs,
//! and every name is then shown to its struct twice. This is done once for a type, when its first reader is made.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::exact::{ExactDeserializer, ExactError, Exam, Explored, Input, Step, Twice};
use json_document::Pointer;

/// The aliases of every struct in a type that has any.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aliases(Vec<StructAliases>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct StructAliases {
    name: &'static str,
    names: &'static [&'static str],
    /// Alias and field.
    pairs: Vec<(&'static str, &'static str)>,
}

/// How often a type is read at the most to find its structs.
const PASSES: usize = 2000;

/// What an enum is read as: its place, and the number of the variant.
pub(super) type Choice = (Pointer, usize);

pub(super) type Run<'r> = &'r dyn Fn(ExactDeserializer<'_, 'static>) -> Result<(), ExactError>;

impl Aliases {
    /// Those of the type `T`, as `find` finds them the first time.
    pub(super) fn of_type<T: 'static>(find: impl FnOnce(&mut Self)) -> Arc<Self> {
        static KNOWN: LazyLock<RwLock<HashMap<TypeId, Arc<Aliases>>>> = LazyLock::new(RwLock::default);
        let type_id = TypeId::of::<T>();
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&type_id).cloned();
        known.unwrap_or_else(|| {
            let mut found = Self::default();
            find(&mut found);
            let found = Arc::new(found);
            KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(type_id, Arc::clone(&found));
            found
        })
    }

    pub(super) fn of(&self, name: &str, names: &[&str]) -> Option<&StructAliases> {
        self.0.iter().find(|aliases| aliases.name == name && aliases.names == names)
    }

    /// Finds the aliases in the type that `run` reads.
    pub(super) fn explore(&mut self, run: Run<'_>) {
        self.explore_with(run, &mut |_, _, _| {});
    }

    /// The same, and shows what each pass has met, with the variants that it chose on its way and the stand-ins that it
    /// came to.
    pub(super) fn explore_with(&mut self, run: Run<'_>, show: &mut dyn FnMut(&Explored, &[Choice], &Exam)) {
        let mut passes = 0;
        let mut known_structs = BTreeSet::new();
        let mut known_enums = BTreeSet::new();
        let mut waiting: Vec<Vec<Choice>> = vec![Vec::new()];
        while let Some(variants) = waiting.pop() {
            let mut exam = Exam::explore(&variants);
            settle(&mut exam, run, &mut passes);
            let explored = exam.explored.as_ref().map(RefCell::take).unwrap_or_default();
            show(&explored, &variants, &exam);
            let Explored { structs, enums } = explored;
            for (at, names) in enums {
                if known_enums.insert(at.clone()) {
                    waiting.extend((1..names.len()).map(|variant| {
                        let mut variants = variants.clone();
                        variants.push((at.clone(), variant));
                        variants
                    }));
                }
            }
            for (at, name, names) in structs {
                if known_structs.insert((name, names)) && !names.is_empty() {
                    self.probe(&at, name, names, &variants, run, &mut passes);
                }
            }
            if passes > PASSES {
                return;
            }
        }
    }

    /// Finds the aliases of the struct at `at`.
    fn probe(
        &mut self,
        at: &Pointer,
        name: &'static str,
        names: &'static [&'static str],
        variants: &[Choice],
        run: Run<'_>,
        passes: &mut usize,
    ) {
        let mut field_of = |twice| {
            let mut exam = Exam::explore(variants);
            exam.twice = Some((at.clone(), twice));
            settle(&mut exam, run, passes)
        };
        // As many fields as names: no alias among them.
        if field_of(Twice::Field(names.len() - 1)).is_some() {
            return;
        }
        let pairs: Vec<_> = names
            .iter()
            .filter_map(|&alias| {
                let field = field_of(Twice::Name(alias))?;
                let field = names.iter().find(|name| **name == field)?;
                (*field != alias).then_some((alias, *field))
            })
            .collect();
        if !pairs.is_empty() {
            self.0.push(StructAliases { name, names, pairs });
        }
    }
}

/// Reads until the stand-ins fit. The field that came twice, where one was shown twice.
fn settle(exam: &mut Exam, run: Run<'_>, passes: &mut usize) -> Option<String> {
    while *passes <= PASSES {
        *passes += 1;
        match run(ExactDeserializer::new(Input::StandIn, exam)) {
            Ok(()) => return None,
            Err(error) => {
                if error.is_done() {
                    return None;
                }
                if let Some(field) = error.duplicate() {
                    return Some(field.to_owned());
                }
                if exam.answer(error, &mut Vec::new()) == Step::Stuck {
                    return None;
                }
            }
        }
    }
    None
}

/// Whether the enum at `at` takes a variant that it does not have, as `#[serde(other)]` does.
#[cfg(feature = "schema")]
pub(super) fn takes_any(at: &Pointer, variants: &[Choice], run: Run<'_>) -> bool {
    let mut exam = Exam::explore(variants);
    exam.unheard_of = Some(at.clone());
    for _ in 0..PASSES / 10 {
        match run(ExactDeserializer::new(Input::StandIn, &exam)) {
            Ok(()) => return true,
            Err(error) if error.is_done() => return true,
            Err(error) => {
                if error.is_at(at) || exam.answer(error, &mut Vec::new()) == Step::Stuck {
                    return false;
                }
            }
        }
    }
    false
}

/// Which of its fields the struct at `at` misses where they are left out of the reading that `settled` has come to.
/// `None` where that does not come out.
///
/// All are left out at once, and what is missed is put back: one pass more than fields are missed, and the first passes
/// read little. Where anything else goes wrong, each is left out by itself.
#[cfg(feature = "schema")]
pub(super) fn missed(at: &Pointer, fields: &[&str], settled: &Exam, run: Run<'_>) -> Vec<Option<bool>> {
    let mut exam = settled.without(at, 0..fields.len());
    let mut missed = vec![Some(false); fields.len()];
    while let Err(error) = run(ExactDeserializer::new(Input::StandIn, &exam)) {
        let Some(position) = exam.take_in(|position| error.misses(fields[position], at)) else {
            let each = fields.iter().enumerate();
            return each.map(|(position, field)| is_missed(at, position, field, settled, run)).collect();
        };
        missed[position] = Some(true);
    }
    missed
}

/// Whether the struct at `at` misses its field at this position.
#[cfg(feature = "schema")]
fn is_missed(at: &Pointer, position: usize, field: &str, settled: &Exam, run: Run<'_>) -> Option<bool> {
    let mut exam = settled.without(at, [position]);
    for _ in 0..PASSES / 10 {
        match run(ExactDeserializer::new(Input::StandIn, &exam)) {
            Ok(()) => return Some(false),
            Err(error) if error.is_done() => return Some(false),
            Err(error) => {
                if error.misses(field, at) {
                    return Some(true);
                }
                if exam.answer(error, &mut Vec::new()) == Step::Stuck {
                    return None;
                }
            }
        }
    }
    None
}

impl StructAliases {
    /// The field that `name` is an alias of.
    pub(super) fn field_of(&self, name: &str) -> Option<&'static str> {
        self.pairs.iter().find(|(alias, _)| *alias == name).map(|(_, field)| *field)
    }

    /// The aliases of a field.
    pub(super) fn names_of(&self, field: &str) -> Vec<&'static str> {
        self.pairs.iter().filter(|(_, of)| *of == field).map(|(alias, _)| *alias).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    fn aliases_of<T: for<'de> Deserialize<'de>>() -> Vec<(&'static str, &'static str, &'static str)> {
        let mut found = Aliases::default();
        found.explore(&|deserializer| T::deserialize(deserializer).map(drop));
        let pairs = |of: &StructAliases| of.pairs.iter().map(|(alias, field)| (of.name, *alias, *field)).collect();
        let mut pairs: Vec<_> = found.0.iter().flat_map::<Vec<_>, _>(pairs).collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn aliases_are_found_wherever_they_hide() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its shape is looked at")]
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
        #[expect(dead_code, reason = "only its shape is looked at")]
        struct Inner {
            plain: u8,
            #[serde(rename = "b", alias = "a")]
            renamed: String,
            #[serde(skip)]
            skipped: u8,
        }

        #[derive(Deserialize, Default)]
        #[expect(dead_code, reason = "only its shape is looked at")]
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
        #[expect(dead_code, reason = "only its shape is looked at")]
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
    fn types_without_end_come_to_one() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its shape is looked at")]
        struct Tree {
            #[serde(alias = "label")]
            name: String,
            left: Option<Box<Tree>>,
            right: Option<Box<Tree>>,
            many: Vec<Tree>,
        }

        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only its shape is looked at")]
        struct Endless {
            #[serde(alias = "never")]
            next: Box<Endless>,
        }

        assert_eq!(aliases_of::<Tree>(), [("Tree", "label", "name")]);
        aliases_of::<Endless>();
    }

    mod uuid_like {
        use serde::{Deserialize, Deserializer, de::Error};

        /// A type that checks its text.
        pub(super) struct Id;

        impl<'de> Deserialize<'de> for Id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                if text.len() == 36 { Ok(Self) } else { Err(D::Error::custom("not a UUID")) }
            }
        }
    }
}
