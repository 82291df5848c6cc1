//! Cycles of references that never step into the document.
//!
//! A schema may lead back to itself *in place*, through references and applicators that apply to
//! the same document. The specification forbids to run into an infinite loop and leaves the meaning
//! open (2020-12 Core, section 9.4.1). The usual reading is that the inner occurrence adds no
//! constraint. That is the greatest fixpoint of the schema, and exists if the cycle is monotone
//! (Knaster and Tarski).
//!
//! For one document, validity is one of two values, so that one unfolding computes it: the formula
//! of the schema with `TRUE` for its inner occurrence. If *f*(true) is true, true is a fixpoint,
//! and the greatest. If *f*(true) is false, then so is *f*(false), by monotonicity, and false is
//! the only fixpoint.
//!
//! Through a negation there may be no fixpoint at all (`{"not": {"$ref": "#"}}` is the liar's
//! paradox), so that such schemas are undecided.
//!
//! Recursion that steps into the document is different: there, documents are finite, and the solver
//! takes the least fixpoint.

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;

use super::super::budget::FixedLimit;
use super::super::document::{Place, PlaceKey};
use super::super::sources::Sources;
use super::error::LowerError;

/// Kind of in-place cycle from a schema back to itself. The order is that of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cycle {
    None,
    /// Through keywords that are monotone in their schemas.
    Positive,
    /// Through a keyword that may negate its schema, on some path at least.
    ThroughNegation,
}

/// Monotonicity of a keyword in its schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Monotonicity {
    Monotone,
    /// More documents valid under the subschema may mean fewer under the schema.
    Mixed,
}

/// The in-place applicators. `then` and `else` are monotone alone; that they count as mixed, with their `if`, errs on the
/// safe side.
const IN_PLACE_APPLICATORS: &[(&str, Monotonicity)] = &[
    ("allOf", Monotonicity::Monotone),
    ("anyOf", Monotonicity::Monotone),
    ("dependencies", Monotonicity::Monotone),
    ("dependentSchemas", Monotonicity::Monotone),
    ("else", Monotonicity::Mixed),
    ("if", Monotonicity::Mixed),
    ("not", Monotonicity::Mixed),
    ("oneOf", Monotonicity::Mixed),
    ("then", Monotonicity::Mixed),
];

/// Maximum number of references that are followed from one schema. Each of them is searched for a cycle as well, so that the
/// work is quadratic.
const MAX_REFERENCES: usize = 500;

/// Searches the in-place neighbours of a schema, depth first, for the schema itself.
///
/// A schema is visited at most twice, by a monotone path and by one through a negation, because
/// only the difference between the two matters. Conservative: a double negation counts as a
/// negation.
pub(super) fn find_cycle<'a>(sources: &mut Sources<'a>, start: Place<'a>) -> Result<Cycle, LowerError> {
    let mut pending = vec![(start, Monotonicity::Monotone)];
    let mut seen: HashSet<(PlaceKey, bool)> = HashSet::new();
    let mut cycle = Cycle::None;
    let goal = start.key();
    while let Some((place, path)) = pending.pop() {
        let Value::Object(members) = place.schema else { continue };
        for (_, target) in sources.references(place)? {
            if target.key() == goal {
                match path {
                    Monotonicity::Monotone => cycle = Cycle::Positive,
                    Monotonicity::Mixed => return Ok(Cycle::ThroughNegation),
                }
            }
            if seen.insert((target.key(), path == Monotonicity::Mixed)) {
                pending.push((target, path));
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
        for &(keyword, monotonicity) in IN_PLACE_APPLICATORS {
            let path = if monotonicity == Monotonicity::Mixed { Monotonicity::Mixed } else { path };
            match members.get(keyword) {
                Some(Value::Array(items)) => {
                    pending.extend(items.iter().map(|item| (sources.child(place, item), path)));
                }
                Some(Value::Object(map)) if keyword.starts_with("depend") => {
                    pending.extend(map.values().map(|item| (sources.child(place, item), path)));
                }
                Some(schema) => pending.push((sources.child(place, schema), path)),
                None => {}
            }
        }
    }
    Ok(cycle)
}
