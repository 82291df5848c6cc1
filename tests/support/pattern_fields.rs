//! Random fields of event patterns: nested objects of lists of conditions, and `$or`.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

/// A strategy for the fields of a pattern.
#[derive(Debug, Clone)]
pub(crate) struct PatternFields {
    /// The names of fields.
    pub(crate) names: &'static [&'static str],
    /// Lists of conditions of a field.
    pub(crate) lists: BoxedStrategy<Value>,
    /// The maximum number of fields in an object.
    pub(crate) max_fields: usize,
}

impl PatternFields {
    /// Generates an object with at most `depth` objects within each other.
    pub(crate) fn generate(&self, depth: u32) -> BoxedStrategy<Map<String, Value>> {
        let value = if depth == 0 {
            self.lists.clone()
        } else {
            prop_oneof![self.lists.clone(), self.generate(depth - 1).prop_map(Value::from)].boxed()
        };
        let plain = prop::collection::btree_map(select(self.names).prop_map(str::to_owned), value, 1..=self.max_fields)
            .prop_map(|members| members.into_iter().collect::<Map<_, _>>());
        if depth == 0 {
            return plain.boxed();
        }
        let branches = prop::collection::vec(self.generate(depth - 1), 2..=3);
        prop_oneof![
            5 => plain.clone(),
            1 => (plain, branches).prop_map(|(mut members, branches)| {
                members.insert("$or".to_owned(), branches.into_iter().map(Value::from).collect());
                members
            }),
        ]
        .boxed()
    }
}
