//! Intersection of two schemas: a document that is valid under both, or the proof that there is none.

use json_document::exact::{self, Fidelity};
use serde_json::Value;

use super::decide::{NoFormula, PATTERN_STEPS, first_unreadable, lower_root, reason_of_unknown};
use super::document::Library;
use super::draft::Draft;
use super::lower::Lowering;
use super::question::QuestionError;
use super::sampler::Sampler;
use super::schema_index::SchemaIndex;
use super::solve::{Decision, IntegerSpelling, Solver};
use super::sources::{Sources, SupersededDependencies};
use super::validator::Validator;
use super::verdict::Reason;

/// Documents that two schemas have in common. The list is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum Intersection {
    /// This document is valid under both, according to the validator of this crate.
    Document(Value),
    /// No document is valid under both: this is proven.
    Empty,
    /// Neither was established, for this reason. The safe reading depends on the use.
    Undecided(Reason),
}

/// Documents that are sampled from the first schema where the solver found neither a proof nor a valid document.
const SAMPLES_WITHOUT_PROOF: usize = 200;
/// Steps of the validation of all documents of one call.
const VALIDATION_STEPS: u32 = 500_000;

/// Finds a document that is valid under both schemas.
///
/// The schemas are of draft 2020-12, whatever their `$schema`, and `format` is not asserted. `steps` bounds the work of the
/// solver; [`Question::DEFAULT_BUDGET`](super::Question::DEFAULT_BUDGET) is about a second.
///
/// # Errors
///
/// A schema is not valid, or refers to a document other than itself and the schemas of the drafts.
pub fn find_common_document(first: &Value, second: &Value, steps: u64) -> Result<Intersection, QuestionError> {
    let exact = [exact::ExactValue::from(first), exact::ExactValue::from(second)];
    let [first, second] = &exact;
    let library = |index: SchemaIndex, schema| {
        Library::new(schema, Draft::Draft202012, &[]).map_err(|why| QuestionError::unreadable(index, why))
    };
    let libraries = [library(SchemaIndex::FIRST, first)?, library(SchemaIndex::SECOND, second)?];
    let mut lowering = Lowering::new(Sources::new(libraries, false, SupersededDependencies::Ignored));
    lowering.sources.languages.refill(steps);
    let mut formulas = Vec::new();
    let mut undecided = None;
    for index in [SchemaIndex::FIRST, SchemaIndex::SECOND] {
        match lower_root(&mut lowering, index, steps) {
            Ok(formula) => formulas.push(formula),
            Err(NoFormula::Unreadable(why)) => return Err(QuestionError::unreadable(index, why)),
            Err(NoFormula::Undecided(reason)) => undecided = undecided.or(Some(reason)),
        }
    }
    if let Some(reason) = undecided {
        return Ok(Intersection::Undecided(reason));
    }
    let decision = Solver::new(&mut lowering, steps, IntegerSpelling::Insignificant).decide(formulas);
    if let Some((index, why)) = first_unreadable(&lowering) {
        return Err(QuestionError::unreadable(index, why));
    }
    let mut candidates = Candidates { schemas: [first, second], remaining_steps: VALIDATION_STEPS };
    let sources = &mut lowering.sources;
    sources.languages.refill(PATTERN_STEPS);
    Ok(match decision {
        Decision::Unsatisfiable => Intersection::Empty,
        Decision::Satisfiable(document) => {
            let is_valid = candidates.is_valid(sources, &document);
            let found = document.to_serde(Fidelity::Value).filter(|_| is_valid);
            let reason = if is_valid { Reason::Number } else { Reason::InvalidCandidate((*document).clone()) };
            found
                .or_else(|| candidates.sample(sources))
                .map_or_else(|| Intersection::Undecided(reason), Intersection::Document)
        }
        Decision::Unknown(unknown) => match candidates.sample(sources) {
            Some(document) => Intersection::Document(document),
            None => Intersection::Undecided(reason_of_unknown(unknown, steps, &lowering)),
        },
    })
}

/// Validation of candidates, with one budget for all of them.
struct Candidates<'s> {
    schemas: [&'s exact::ExactValue; 2],
    remaining_steps: u32,
}

impl Candidates<'_> {
    fn sample(&mut self, sources: &mut Sources<'_>) -> Option<Value> {
        let mut sampler = Sampler::new(sources, SchemaIndex::FIRST, 0, self.schemas);
        let documents: Vec<exact::ExactValue> = (0..SAMPLES_WITHOUT_PROOF).map(|_| sampler.sample()).collect();
        documents.iter().find_map(|document| {
            let found = document.to_serde(Fidelity::Value)?;
            self.is_valid(sources, document).then_some(found)
        })
    }

    /// Returns true if the document is valid under both schemas, and false also if the steps do not suffice to tell.
    fn is_valid(&mut self, sources: &mut Sources<'_>, document: &exact::ExactValue) -> bool {
        [SchemaIndex::FIRST, SchemaIndex::SECOND].into_iter().all(|schema| {
            let mut validator = Validator::new(sources, schema).with_steps(self.remaining_steps);
            let is_valid = validator.is_valid(document) == Ok(true);
            self.remaining_steps = validator.remaining_steps();
            is_valid
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_schemas_have_a_common_document_or_none() {
        let find = |first: Value, second: Value| find_common_document(&first, &second, 10_000).unwrap();
        let three = Intersection::Document(json!(3));
        assert_eq!(find(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 3 })), three);
        assert_eq!(find(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 2 })), Intersection::Empty);
        let irregular = json!({ "pattern": "(a)\\1", "type": "string" });
        assert!(matches!(find(irregular, json!({})), Intersection::Undecided(_)));
    }

    #[test]
    fn an_invalid_schema_is_an_error_that_names_its_position() {
        let error = find_common_document(&json!({ "type": "none" }), &json!({}), 10_000).unwrap_err();
        assert!(error.to_string().starts_with("the first schema"), "{error}");
    }
}
