//! Values of a type and the kinds of JSON that it asks for, both found by [exploration](super::explore).
//!
//! A check compares them with the schema of the type, which schemars derives without knowledge of functions such as those
//! of `#[serde(serialize_with)]`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::alias::Aliases;
use super::exact::{JsonKind, Probe, Replay};
use super::explore::{Pass, Run, converge};
use super::type_path::{Structs, to_path};
use crate::event::walk::{find_adapters, find_non_finite};

/// Maximum number of values of one exploration.
const MAX_VALUES: usize = 32;

/// The result of an exploration.
#[derive(Debug, Default)]
pub(crate) struct TypeTrial {
    /// Values that the type has read from placeholders, as it writes them.
    pub(crate) written: Vec<String>,
    /// Places that the type reads as one kind of JSON: names of fields and variants, indices of items.
    pub(crate) requests: BTreeMap<Vec<String>, JsonKind>,
    /// Places of fields with `#[serde(deserialize_with)]`, with the indices of items replaced by `*`.
    pub(crate) read_adapters: BTreeSet<Vec<String>>,
    /// Places of fields with `#[serde(serialize_with)]`, likewise.
    pub(crate) write_adapters: BTreeSet<Vec<String>>,
}

impl TypeTrial {
    /// Returns the fields that a function reads and none writes: what is written may be any value of the field's type.
    pub(crate) fn narrowing(&self) -> impl Iterator<Item = &Vec<String>> {
        self.read_adapters.difference(&self.write_adapters)
    }

    fn add(&mut self, text: Option<String>) {
        if let Some(text) = text
            && self.written.len() < MAX_VALUES
            && !self.written.contains(&text)
        {
            self.written.push(text);
        }
    }
}

/// Explores a type.
pub(crate) fn explore_type<T: Serialize + DeserializeOwned>() -> TypeTrial {
    let written = RefCell::new(None);
    let write_adapters = RefCell::new(BTreeSet::new());
    let run: Run<'_> = &|deserializer| {
        written.take();
        let value = T::deserialize(deserializer)?;
        let adapters = find_adapters(&value).into_iter().map(|at| without_indices(at.segments().collect()));
        write_adapters.borrow_mut().extend(adapters);
        // No bus takes numbers that JSON has no text for.
        if find_non_finite(&value).is_none() {
            written.replace(serde_json::to_string(&value).ok());
        }
        Ok(())
    };
    let mut aliases = Aliases::default();
    let (mut records, mut choices) = (Vec::new(), Vec::new());
    let mut trial = TypeTrial::default();
    aliases.add_visiting(run, &mut |Pass { discovery, variants, .. }| {
        let structs: Structs =
            discovery.structs.iter().map(|(at, name, names)| (at.clone(), (*name, *names))).collect();
        if discovery.requests.iter().any(|(_, kind)| *kind == Some(JsonKind::Number)) {
            choices.push(variants.to_vec());
        }
        records.push((structs, discovery.requests.clone(), discovery.adapters.clone()));
        trial.add(written.take());
    });
    let mut passes = 0;
    for variants in choices.iter().take(MAX_VALUES) {
        converge(&mut Replay::of_type(variants, Probe::NonFinite), run, &mut passes);
        trial.add(written.take());
    }
    let mut requests: BTreeMap<_, Option<JsonKind>> = BTreeMap::new();
    for (structs, asked, adapters) in records {
        for (at, kind) in asked {
            let known = requests.entry(to_path(&at, &structs, &aliases)).or_insert(kind);
            // A place where a type asks for several kinds is read by code, such as that of an untagged enum.
            *known = known.filter(|known| Some(*known) == kind);
        }
        trial.read_adapters.extend(adapters.iter().map(|at| without_indices(to_path(at, &structs, &aliases))));
    }
    trial.write_adapters = write_adapters.take();
    trial.requests = requests.into_iter().filter_map(|(at, kind)| Some((at, kind?))).collect();
    trial
}

/// Replaces the indices of items by `*`.
pub(crate) fn without_indices(mut place: Vec<String>) -> Vec<String> {
    for segment in &mut place {
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            "*".clone_into(segment);
        }
    }
    place
}
