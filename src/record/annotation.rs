//! Comparison of a published schema with the schema of its type, assertions and annotations apart.

use std::collections::BTreeSet;

use json_document::Pointer;
use json_schema_core::{Draft, FlatSchema, KeywordKind, for_each_subschema};
use serde_json::Value;

use crate::open::KNOWN;
use crate::schema::{Schema, assertions_of};

/// Returns true if a published schema has the assertions of the type's schema; annotations may differ.
pub(super) fn has_same_assertions(published: &[u8], schema: &Schema) -> bool {
    serde_json::from_slice(published).is_ok_and(|published| assertions_of(&published) == schema.assertions())
}

/// Returns true if the defaults and known values of a published schema hold in the type's schema.
pub(super) fn has_same_meaning(published: &[u8], schema: &Schema) -> bool {
    serde_json::from_slice(published)
        .is_ok_and(|published| keeps_defaults_and_known_values(&published, schema.as_value()))
}

/// Returns true if the annotations that readers depend on hold in another schema with the same assertions: the defaults
/// of missing fields, and the known values of open enumerations. The other schema may know more values.
///
/// Definitions are compared at the references to them, so they may be renamed.
pub(crate) fn keeps_defaults_and_known_values(published: &Value, now: &Value) -> bool {
    let flat = |schema| FlatSchema::new(schema, Draft::Draft202012);
    let (Ok(published), Ok(now)) = (flat(published), flat(now)) else { return false };
    let mut comparison = AnnotationComparison { published: &published, now: &now, seen: BTreeSet::new() };
    comparison.holds(published.root(), now.root())
}

struct AnnotationComparison<'s> {
    published: &'s FlatSchema<'s>,
    now: &'s FlatSchema<'s>,
    /// Compared pairs, by address: a recursive schema would not end otherwise.
    seen: BTreeSet<(*const Value, *const Value)>,
}

impl<'s> AnnotationComparison<'s> {
    fn holds(&mut self, published: &'s Value, now: &'s Value) -> bool {
        if !self.seen.insert((published, now)) {
            return true;
        }
        let default = |schema: &'s Value| schema.get("default");
        let has_equal_default = match (default(published), default(now)) {
            (Some(published), now) => now == Some(published),
            // A field without a default is null where it is missing.
            (None, now) => now.is_none_or(Value::is_null),
        };
        let known = |schema: &'s Value| schema.get(KNOWN).map(|known| known.as_array().into_iter().flatten());
        let keeps_known_values = known(published).is_none_or(|mut values| {
            known(now).is_some_and(|now| {
                let now: Vec<_> = now.collect();
                values.all(|value| now.contains(&value))
            })
        });
        let keeps_target = match (self.published.target(published), self.now.target(now)) {
            (Ok(Some(published)), Ok(Some(now))) => self.holds(published, now),
            (Ok(_), Ok(_)) => true,
            (Err(_), _) | (_, Err(_)) => false,
        };
        let mut is_kept = has_equal_default && keeps_known_values && keeps_target;
        for_each_subschema(published, |step, inner| {
            if is_kept && step.keyword.kind != KeywordKind::Definitions {
                let mut at = Pointer::ROOT;
                step.push_to(&mut at);
                is_kept = now.pointer(at.as_str()).is_none_or(|now| self.holds(inner, now));
            }
        });
        is_kept
    }
}
