//! Finite sets of JSON values: those of `enum` and `const`.
//!
//! Membership is by the equality of JSON Schema (2020-12 Core, section 4.2.2), under which `1`
//! equals `1.0` and the order of members is irrelevant. It is decided by the equality keys of
//! `number.rs`.

use foldhash::HashSet;
use json_document::exact::ExactValue as Value;

use super::super::number::equality_key;

/// Number of a set in its [`Store`](super::Store). Equal sets have the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ValueSetId(pub(super) u32);

/// Values without duplicates, by the equality of JSON Schema: `1` and `1.0` are one value.
#[derive(Debug)]
pub(crate) struct ValueSet {
    pub(crate) values: Vec<Value>,
    keys: HashSet<String>,
}

impl ValueSet {
    /// Builds the set from values with their equality keys, which are sorted and distinct.
    pub(super) fn from_sorted(entries: Vec<(String, Value)>) -> Self {
        let keys = entries.iter().map(|(key, _)| key.clone()).collect();
        Self { values: entries.into_iter().map(|(_, value)| value).collect(), keys }
    }

    pub(crate) fn contains(&self, value: &Value) -> bool {
        self.keys.contains(&equality_key(value))
    }
}
