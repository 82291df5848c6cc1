//! Is there a document that is valid under two schemas?

use serde_json::Value;

use super::ask::{lower, reason, unreadable};
use super::check::Checker;
use super::document::Library;
use super::draft::Draft;
use super::draw::Drawing;
use super::lower::Lowering;
use super::question::QuestionError;
use super::solve::{Answer, Solver};
use super::verdict::Reason;

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Meeting {
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
pub fn meet(schemas: [&Value; 2], steps: u64) -> Result<Meeting, QuestionError> {
    let library = |side: usize| {
        Library::new(schemas[side], Draft::Draft202012, &[]).map_err(|why| QuestionError::unreadable(side, why))
    };
    let mut lowering = Lowering::new(vec![library(0)?, library(1)?], false);
    let (one, other) = match (lower(&mut lowering, 0)?, lower(&mut lowering, 1)?) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(reason), _) | (_, Err(reason)) => return Ok(Meeting::Unknown(reason)),
    };
    let mut left = CHECKS;
    let answer = Solver::new(&mut lowering, steps, false).find([one, other]);
    if let Some(error) = unreadable(&lowering) {
        return Err(error);
    }
    Ok(match answer {
        Answer::Empty => Meeting::Empty,
        Answer::Document(document) if is_valid(&mut lowering, &document, &mut left) => {
            Meeting::Document((*document).clone())
        }
        Answer::Document(document) => drawn(&mut lowering, schemas, &mut left)
            .unwrap_or(Meeting::Unknown(Reason::Disagreement((*document).clone()))),
        Answer::Unknown(gap) => {
            drawn(&mut lowering, schemas, &mut left).unwrap_or_else(|| Meeting::Unknown(reason(gap, steps, &lowering)))
        }
    })
}

fn drawn(lowering: &mut Lowering<'_>, schemas: [&Value; 2], left: &mut u32) -> Option<Meeting> {
    let mut drawing = Drawing::new(lowering, 0, 0, schemas);
    let drawn: Vec<Value> = (0..DRAWS).map(|_| drawing.draw()).collect();
    drawn.into_iter().find(|document| is_valid(lowering, document, left)).map(Meeting::Document)
}

/// Whether it is valid under both; not where too few steps are left to tell.
fn is_valid(lowering: &mut Lowering<'_>, document: &Value, left: &mut u32) -> bool {
    [0, 1].into_iter().all(|side| {
        let mut checker = Checker::new(lowering, side).within(*left);
        let is_valid = checker.is_valid(document) == Ok(true);
        *left = checker.left();
        is_valid
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_schemas_meet_in_a_document_or_in_none() {
        let met = |one: Value, other: Value| meet([&one, &other], 10_000).unwrap();
        assert_eq!(
            met(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 3 })),
            Meeting::Document(json!(3))
        );
        assert_eq!(met(json!({ "minimum": 3, "type": "integer" }), json!({ "maximum": 2 })), Meeting::Empty);
        assert!(matches!(met(json!({ "pattern": "(a)\\1", "type": "string" }), json!({})), Meeting::Unknown(_)));
        assert!(meet([&json!({ "type": "none" }), &json!({})], 10_000).is_err());
    }
}
