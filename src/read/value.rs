//! Values of observations, for readers [with values](crate::Reader::with_values).

use std::borrow::Cow;
use std::collections::HashMap;

use json_document::{Pointer, parse_members};
use serde_json::value::RawValue;

use super::limits::Limits;
use super::observation::Observation;

/// Sets the missing values of observations, in one walk through the document.
pub(super) fn fill_values(text: &str, observations: &mut [Observation]) {
    let mut root = Wanted::default();
    for (index, observation) in observations.iter().enumerate() {
        if observation.value.is_none() {
            root.insert(&observation.pointer, index);
        }
    }
    root.fill(text, observations, 0);
}

/// Indices of the observations at and below a value.
#[derive(Default)]
struct Wanted {
    here: Vec<usize>,
    below: HashMap<String, Wanted>,
}

impl Wanted {
    fn insert(&mut self, pointer: &Pointer, index: usize) {
        let mut branch = self;
        for segment in pointer.segments() {
            branch = branch.below.entry(segment).or_default();
        }
        branch.here.push(index);
    }

    fn fill(&mut self, text: &str, observations: &mut [Observation], depth: usize) {
        // A duplicate member shows its first value.
        for index in std::mem::take(&mut self.here) {
            observations[index].value = RawValue::from_string(text.to_owned()).ok();
        }
        if self.below.is_empty() || depth > Limits::MAX_DEPTH {
            return;
        }
        let children: Vec<(Cow<'_, str>, &RawValue)> = match text.as_bytes().first() {
            Some(b'{') => parse_members(text).unwrap_or_default(),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
                items.into_iter().enumerate().map(|(index, item)| (index.to_string().into(), item)).collect()
            }
            _ => return,
        };
        for (name, value) in children {
            if let Some(branch) = self.below.get_mut(&*name) {
                branch.fill(value.get(), observations, depth + 1);
            }
        }
    }
}
