//! Names and values of the fields of events, for corrections.

use std::collections::BTreeSet;

use serde_json::Value;

use super::event_set::EventSet;
use crate::pattern::Pattern;
use eventbridge_pattern::spelling::nearest;

/// Maximum depth of the fields.
const MAX_DEPTH: usize = 8;
/// Maximum number of fields of one set.
const MAX_FIELDS: usize = 1_000;

/// The fields of the events of several sets: names joined with dots.
pub(super) struct FieldNames {
    paths: BTreeSet<String>,
}

impl FieldNames {
    pub(super) fn new(sets: &[&EventSet]) -> Self {
        let mut paths = BTreeSet::new();
        for set in sets {
            paths.extend(set.event_schema().navigator().field_paths(MAX_DEPTH, MAX_FIELDS));
        }
        Self { paths }
    }

    /// Returns true if some event may have the field, as far as it is known.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Returns the field that is probably meant: with a similar name in the same object, or with the same name elsewhere.
    pub(super) fn nearest(&self, path: &str) -> Option<&str> {
        let (parent, name) = split(path);
        let siblings = self.paths.iter().filter(|known| split(known).0 == parent);
        if let Some(similar) = nearest(name, siblings.map(|known| split(known).1)) {
            return self.paths.iter().find(|known| split(known) == (parent, similar)).map(String::as_str);
        }
        // The shallowest field of the name, which is often below `data`.
        let elsewhere = self.paths.iter().filter(|known| split(known).1 == name);
        let elsewhere = elsewhere.min_by_key(|known| known.matches('.').count());
        elsewhere.map(String::as_str).or_else(|| nearest(path, self.paths.iter().map(String::as_str)))
    }
}

/// Splits a path into the path of its parent and its last name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// Returns the value at a field that is probably meant, as JSON: a similar String, or the Number of a String.
pub(super) fn nearest_value(path: &str, value: &Value, sets: &[&EventSet]) -> Option<String> {
    let text = value.as_str()?;
    let names: Vec<&str> = path.split('.').collect();
    let mut known = BTreeSet::new();
    for set in sets {
        let navigator = set.event_schema().navigator();
        let values = navigator.primitive_values(&navigator.values_at_path(&names), true).unwrap_or_default();
        known.extend(values.into_iter().filter_map(Value::as_str).map(str::to_owned));
    }
    if let Some(similar) = nearest(text, known.iter().map(String::as_str)) {
        return Some(Value::from(similar).to_string());
    }
    // A Number in quotes.
    let is_scalar = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_number() || value.is_boolean());
    let pattern = Pattern::parse(&format!("{{{}: [{text}]}}", Value::from(path))).ok().filter(|_| is_scalar)?;
    let has_events = |set: &&EventSet| set.find_match(&pattern).into_example().is_some();
    sets.iter().any(has_events).then(|| format!("{text}, without quotes"))
}
