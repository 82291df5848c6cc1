//! Is there a document that is valid under two schemas?

use serde_json::Value;

use super::ask::{lower, reason, unreadable};
use super::document::Library;
use super::draft::Draft;
use super::lower::Lowering;
use super::question::QuestionError;
use super::sampler::Sampler;
use super::solve::{Decision, IntegerSpelling, Solver};
use super::sources::{SchemaIndex, Sources};
use super::validator::Validator;
use super::verdict::Reason;

/// The documents that two schemas have in common.
#[derive(Debug, Clone, PartialEq)]
pub enum Intersection {
    /// This one is, by our own validator.
    Document(Value),
    /// None is: that is proven.
    Empty,
    /// It is not known.
    Unknown(Reason),
}

/// Documents drawn where there is neither a proof nor a document.
const DRAWS: usize = 200;
/// How many steps the checks of all documents of a question may take.
const CHECKS: u32 = 500_000;

/// Asks about two schemas of draft 2020-12. Formats say nothing.
pub fn find_common_document(first: &Value, second: &Value, steps: u64) -> Result<Intersection, QuestionError> {
    let library = |index: SchemaIndex, schema| {
        Library::new(schema, Draft::Draft202012, &[]).map_err(|why| QuestionError::unreadable(index, why))
    };
    let libraries = [library(SchemaIndex::FIRST, first)?, library(SchemaIndex::SECOND, second)?];
    let mut lowering = Lowering::new(Sources::new(libraries, false));
    let mut formula = |index| lower(&mut lowering, index).map_err(|why| QuestionError::unreadable(index, why));
    let (one, other) = match (formula(SchemaIndex::FIRST)?, formula(SchemaIndex::SECOND)?) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(reason), _) | (_, Err(reason)) => return Ok(Intersection::Unknown(reason)),
    };
    let mut left = CHECKS;
    let decision = Solver::new(&mut lowering, steps, IntegerSpelling::Insignificant).decide([one, other]);
    if let Some((index, why)) = unreadable(&lowering) {
        return Err(QuestionError::unreadable(index, why));
    }
    Ok(match decision {
        Decision::Unsatisfiable => Intersection::Empty,
        Decision::Satisfiable(document) if is_valid(&mut lowering.sources, &document, &mut left) => {
            Intersection::Document((*document).clone())
        }
        Decision::Satisfiable(document) => drawn(&mut lowering.sources, [first, second], &mut left)
            .unwrap_or(Intersection::Unknown(Reason::Disagreement((*document).clone()))),
        Decision::Unknown(gap) => drawn(&mut lowering.sources, [first, second], &mut left)
            .unwrap_or_else(|| Intersection::Unknown(reason(gap, steps, &lowering))),
    })
}

fn drawn(sources: &mut Sources<'_>, schemas: [&Value; 2], left: &mut u32) -> Option<Intersection> {
    let mut sampler = Sampler::new(sources, SchemaIndex::FIRST, 0, schemas);
    let drawn: Vec<Value> = (0..DRAWS).map(|_| sampler.sample()).collect();
    drawn.into_iter().find(|document| is_valid(sources, document, left)).map(Intersection::Document)
}

/// Whether it is valid under both; not where too few steps are left to tell.
fn is_valid(sources: &mut Sources<'_>, document: &Value, left: &mut u32) -> bool {
    [SchemaIndex::FIRST, SchemaIndex::SECOND].into_iter().all(|schema| {
        let mut validator = Validator::new(sources, schema).with_steps(*left);
        let is_valid = validator.is_valid(document) == Ok(true);
        *left = validator.remaining_steps();
        is_valid
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_schemas_have_a_common_document_or_none() {
        let met = |one: Value, other: Value| find_common_document(&one, &other, 10_000).unwrap();
        assert_eq!(
            met(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 3 })),
            Intersection::Document(json!(3))
        );
        assert_eq!(met(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 2 })), Intersection::Empty);
        assert!(matches!(met(json!({ "pattern": "(a)\\1", "type": "string" }), json!({})), Intersection::Unknown(_)));
        assert!(find_common_document(&json!({ "type": "none" }), &json!({}), 10_000).is_err());
    }
}
