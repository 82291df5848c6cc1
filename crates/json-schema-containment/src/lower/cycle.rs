//! Cycles of references that never step into the document.
//!
//! A schema may lead back to itself *in place*, through references and applicators that apply to
//! the same document. The specification forbids to run into an infinite loop and leaves the meaning
//! open (2020-12 Core, section 9.4.1): some validators stop at the inner occurrence and take it for
//! true, some exhaust their stack, some refuse the schema. No reading is right, so that such a
//! schema has no formula, whether the cycle goes through a negation or not, and a question that
//! depends on it is undecided.
//!
//! Recursion that steps into the document is different: there, documents are finite, and the solver
//! takes the least fixpoint.

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;
use json_schema_core::{KeywordKind, for_each_subschema};

use super::super::budget::FixedLimit;
use super::super::document::{Place, PlaceKey};
use super::super::sources::Sources;
use super::error::LowerError;

/// Maximum number of references that are followed from one schema. Each of them is searched for a cycle as well, so that the
/// work is quadratic.
const MAX_REFERENCES: usize = 500;

/// Searches the in-place neighbours of a schema, depth first, for the schema itself.
pub(super) fn is_in_place_cycle<'a>(sources: &mut Sources<'a>, start: Place<'a>) -> Result<bool, LowerError> {
    let mut pending = vec![start];
    let mut seen: HashSet<PlaceKey> = HashSet::new();
    let goal = start.key();
    while let Some(place) = pending.pop() {
        let Value::Object(members) = place.schema else { continue };
        for (_, target) in sources.references(place)? {
            if target.key() == goal {
                return Ok(true);
            }
            if seen.insert(target.key()) {
                pending.push(target);
            }
            if seen.len() > MAX_REFERENCES {
                return Err(LowerError::Limit(FixedLimit {
                    max: MAX_REFERENCES as u64,
                    constructs: "references of a schema in place",
                }));
            }
        }
        if sources.draft(place).ignores_siblings_of_ref() && members.contains_key("$ref") {
            continue;
        }
        for_each_subschema(place.schema, |step, schema| {
            if step.keyword.kind == KeywordKind::InPlaceApplicator {
                pending.push(sources.child(place, schema));
            }
        });
    }
    Ok(false)
}
