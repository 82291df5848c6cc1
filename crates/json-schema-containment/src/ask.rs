//! The way of a question: a document that breaks it is looked for; where there provably is none, the search goes on a
//! while; where neither is known, others are asked.

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use super::canonical;
use super::check::Checker;
use super::document::Library;
use super::draft::Draft;
use super::draw::Drawing;
use super::explain::Explanation;
use super::finding::{Finding, FindingKind, KeywordPlace};
use super::formula::Id;
use super::lower::{CHECKS, Lowering, Trouble};
use super::question::{Question, QuestionError};
use super::shrink::{shrink, weight};
use super::solve::{Answer, Gap, Solver};
use super::verdict::{Reason, Verdict};
use super::witness::{Confirmer, Rejection, SideInput, Witness};

/// What a cause may cost to be told from the others, beside what the verdict cost.
const STEPS_TO_EXPLAIN: u64 = 200_000;
/// Documents drawn where there is neither a proof nor a witness.
const DRAWS_WITHOUT_PROOF: u32 = 400;

pub(super) fn ask(question: &Question<'_>) -> Result<Verdict, QuestionError> {
    let drafts = [draft(question, 0)?, draft(question, 1)?];
    let library = |side: usize| {
        Library::new(question.schemas[side], drafts[side], &question.documents)
            .map_err(|why| QuestionError::unreadable(side, why))
    };
    let mut lowering = Lowering::new(vec![library(0)?, library(1)?], question.assert_formats);
    let (writer, reader) = match (lower(&mut lowering, 0)?, lower(&mut lowering, 1)?) {
        (Ok(writer), Ok(reader)) => (writer, reader),
        (Err(reason), _) | (_, Err(reason)) => return Ok(Verdict::Undecided { reason }),
    };
    let given = |side: usize| SideInput {
        schema: question.schemas[side],
        draft: drafts[side],
        documents: question.documents.clone(),
        assert_formats: question.assert_formats,
    };
    let mut asking = Asking {
        question,
        judge: Confirmer::new(given(0), given(1)),
        writer,
        spelling: drafts.contains(&Draft::Draft4),
    };
    let not_read = lowering.store.not(reader);
    let mut solver = Solver::new(&mut lowering, question.budget, asking.spelling);
    let answer = solver.find([writer, not_read]);
    drop(solver);
    if let Some(error) = unreadable(&lowering) {
        return Err(error);
    }
    match answer {
        Answer::Document(document) => Ok(match asking.judge.confirm(&mut lowering, &document) {
            Ok(witness) => asking.broken(&mut lowering, witness),
            Err(refused) => match asking.draw(&mut lowering, DRAWS_WITHOUT_PROOF) {
                Some(witness) => asking.broken(&mut lowering, witness),
                None => Verdict::Undecided { reason: refusal(refused, &document) },
            },
        }),
        Answer::Empty => Ok(match asking.draw(&mut lowering, question.random_samples) {
            Some(witness) => asking.broken(&mut lowering, witness),
            None => Verdict::Contained,
        }),
        Answer::Unknown(gap) => {
            if let Some(witness) = asking.draw(&mut lowering, DRAWS_WITHOUT_PROOF) {
                return Ok(asking.broken(&mut lowering, witness));
            }
            if canonical::covers(&given(0), &given(1)) {
                return Ok(Verdict::Contained);
            }
            Ok(Verdict::Undecided { reason: reason(gap, question.budget, &lowering) })
        }
    }
}

fn draft(question: &Question<'_>, side: usize) -> Result<Draft, QuestionError> {
    if let Some(draft) = question.drafts[side] {
        return Ok(draft);
    }
    let named = Draft::named_by(question.schemas[side]).map_err(|why| QuestionError::draft(side, why))?;
    Ok(named.unwrap_or(question.draft))
}

/// The formula of a side; a reason for which there is none is an answer, an error is not.
pub(super) fn lower(lowering: &mut Lowering<'_>, side: usize) -> Result<Result<Id, Reason>, QuestionError> {
    let root = lowering.root(side);
    match lowering.lower(side, root) {
        Ok(id) => Ok(Ok(id)),
        Err(Trouble::Unreadable(why)) => Err(QuestionError::unreadable(side, why)),
        Err(trouble) => Ok(Err(trouble_as_reason(&trouble))),
    }
}

/// What could not be read of a schema, and was found on the way.
pub(super) fn unreadable(lowering: &Lowering<'_>) -> Option<QuestionError> {
    match &lowering.trouble {
        Some((side, Trouble::Unreadable(why))) => Some(QuestionError::unreadable(*side, why.clone())),
        Some(_) | None => None,
    }
}

fn trouble_as_reason(trouble: &Trouble) -> Reason {
    match trouble {
        Trouble::Loop(reference) => Reason::Loop(reference.clone()),
        Trouble::Beyond(keyword) => Reason::Keyword((*keyword).to_owned()),
        Trouble::Deep | Trouble::Unreadable(_) => Reason::Depth,
    }
}

pub(super) fn reason(gap: Gap, steps: u64, lowering: &Lowering<'_>) -> Reason {
    match gap {
        Gap::Budget => Reason::Budget { steps },
        Gap::Depth => Reason::Depth,
        Gap::Opaque(what) => Reason::Opaque(what.to_string()),
        Gap::Number => Reason::Number,
        Gap::Trouble => lowering.trouble.as_ref().map_or(Reason::Depth, |(_, trouble)| trouble_as_reason(trouble)),
    }
}

fn refusal(refused: Rejection, document: &Value) -> Reason {
    match refused {
        Rejection::NotAWitness | Rejection::Disagreement => Reason::Disagreement(document.clone()),
        Rejection::Unconfirmed(why) => Reason::Unconfirmed { document: document.clone(), why },
    }
}

struct Asking<'q, 'a> {
    question: &'q Question<'a>,
    judge: Confirmer<'a>,
    writer: Id,
    spelling: bool,
}

impl<'a> Asking<'_, 'a> {
    /// A witness among documents that are drawn from the writer's schema.
    fn draw(&mut self, lowering: &mut Lowering<'a>, count: u32) -> Option<Witness> {
        let mut drawing = Drawing::new(lowering, 0, 0, self.question.schemas);
        let drawn: Vec<Value> = (0..count).map(|_| drawing.draw()).collect();
        let mut known = HashSet::new();
        for document in &drawn {
            if known.insert(document)
                && breaks(lowering, document)
                && let Ok(witness) = self.judge.confirm(lowering, document)
            {
                return Some(witness);
            }
        }
        None
    }

    fn broken(&mut self, lowering: &mut Lowering<'a>, witness: Witness) -> Verdict {
        lowering.checks = CHECKS;
        let small = shrink(witness.document().clone(), |document| breaks(lowering, document));
        let mut witness = self.judge.confirm(lowering, &small).unwrap_or(witness);
        let mut solver = Solver::new(lowering, STEPS_TO_EXPLAIN, self.spelling);
        let mut findings = Explanation::new(&mut solver, &mut self.judge, self.writer).explain();
        if findings.is_empty() {
            findings.push(unexplained(&witness));
        }
        if let Some(smaller) = findings.iter().min_by_key(|finding| weight(finding.witness.document()))
            && weight(smaller.witness.document()) < weight(witness.document())
        {
            witness = smaller.witness.clone();
        }
        Verdict::Broken { witness, findings }
    }
}

/// Whether our own validator takes it for a witness.
fn breaks(lowering: &mut Lowering<'_>, document: &Value) -> bool {
    Checker::new(lowering, 0).is_valid(document) == Ok(true)
        && Checker::new(lowering, 1).is_valid(document) == Ok(false)
}

/// What is left to say where no cause could be told: that the document as a whole is rejected.
fn unexplained(witness: &Witness) -> Finding {
    Finding {
        kind: FindingKind::Rejected,
        at: json_document::Pointer::ROOT,
        missing: None,
        reader: KeywordPlace { document: None, pointer: json_document::Pointer::ROOT, keyword: String::new() },
        writer: None,
        witness: witness.clone(),
    }
}
