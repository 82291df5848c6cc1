//! The way of a question: a document that breaks it is looked for; where there provably is none, the search goes on a
//! while; where neither is known, others are asked.

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use super::document::{Library, Unreadable};
use super::draft::Draft;
use super::explain::Explanation;
use super::finding::{Finding, FindingKind, KeywordPlace};
use super::formula::FormulaId;
use super::lower::{LowerError, Lowering};
use super::question::{Question, QuestionError};
use super::role::{PerRole, Role};
use super::sampler::Sampler;
use super::shrink::{shrink, weight};
use super::solve::{Decision, IntegerSpelling, Solver, UnknownReason};
use super::sources::{MAX_CHECK_STEPS, SchemaIndex, Sources};
use super::validator::Validator;
use super::verdict::{Reason, Verdict};
use super::witness::{Confirmer, Rejection, SideInput, Witness};

/// What a cause may cost to be told from the others, beside what the verdict cost.
const STEPS_TO_EXPLAIN: u64 = 200_000;
/// Documents drawn where there is neither a proof nor a witness.
const DRAWS_WITHOUT_PROOF: u32 = 400;

pub(super) fn ask(question: &Question<'_>) -> Result<Verdict, QuestionError> {
    let drafts = PerRole::try_from_fn(|role| draft(question, role))?;
    let libraries = PerRole::try_from_fn(|role| {
        Library::new(question.schemas[role], drafts[role], &question.documents)
            .map_err(|why| QuestionError::unreadable(role, why))
    })?;
    let mut lowering = Lowering::new(Sources::new([libraries.writer, libraries.reader], question.assert_formats));
    let formulas = PerRole::try_from_fn(|role| {
        lower(&mut lowering, role.into()).map_err(|why| QuestionError::unreadable(role, why))
    })?;
    let (writer, reader) = match (formulas.writer, formulas.reader) {
        (Ok(writer), Ok(reader)) => (writer, reader),
        (Err(reason), _) | (_, Err(reason)) => return Ok(Verdict::Undecided { reason }),
    };
    let given = |role: Role| SideInput {
        schema: question.schemas[role],
        draft: drafts[role],
        documents: question.documents.clone(),
        assert_formats: question.assert_formats,
    };
    let both = PerRole { writer: given(Role::Writer), reader: given(Role::Reader) };
    let spelling = if drafts.writer == Draft::Draft4 || drafts.reader == Draft::Draft4 {
        IntegerSpelling::Significant
    } else {
        IntegerSpelling::Insignificant
    };
    let mut asking = Asking { question, judge: Confirmer::new(both), writer, spelling };
    let not_read = lowering.store.not(reader);
    let mut solver = Solver::new(&mut lowering, question.budget, asking.spelling);
    let decision = solver.decide([writer, not_read]);
    drop(solver);
    if let Some((schema, why)) = unreadable(&lowering) {
        return Err(QuestionError::unreadable(schema.role(), why));
    }
    match decision {
        Decision::Satisfiable(document) => Ok(match asking.judge.confirm(&mut lowering.sources, &document) {
            Ok(witness) => asking.broken(&mut lowering, witness),
            Err(refused) => match asking.draw(&mut lowering.sources, DRAWS_WITHOUT_PROOF) {
                Some(witness) => asking.broken(&mut lowering, witness),
                None => Verdict::Undecided { reason: refusal(refused, &document) },
            },
        }),
        Decision::Unsatisfiable => Ok(match asking.draw(&mut lowering.sources, question.random_samples) {
            Some(witness) => asking.broken(&mut lowering, witness),
            None => Verdict::Contained,
        }),
        Decision::Unknown(gap) => {
            if let Some(witness) = asking.draw(&mut lowering.sources, DRAWS_WITHOUT_PROOF) {
                return Ok(asking.broken(&mut lowering, witness));
            }
            Ok(Verdict::Undecided { reason: reason(gap, question.budget, &lowering) })
        }
    }
}

fn draft(question: &Question<'_>, role: Role) -> Result<Draft, QuestionError> {
    let named = Draft::named_by(question.schemas[role]).map_err(|why| QuestionError::draft(role, why))?;
    Ok(named.unwrap_or(question.draft))
}

/// The formula of a schema; a reason for which there is none is an answer, an error is not.
pub(super) fn lower(lowering: &mut Lowering<'_>, schema: SchemaIndex) -> Result<Result<FormulaId, Reason>, Unreadable> {
    let root = lowering.sources.root(schema);
    match lowering.lower(root) {
        Ok(id) => Ok(Ok(id)),
        Err(LowerError::Unreadable(why)) => Err(why),
        Err(error) => Ok(Err(reason_of_lower_error(&error))),
    }
}

/// What could not be read of a schema, and was found on the way.
pub(super) fn unreadable(lowering: &Lowering<'_>) -> Option<(SchemaIndex, Unreadable)> {
    match &lowering.error {
        Some((schema, LowerError::Unreadable(why))) => Some((*schema, why.clone())),
        Some(_) | None => None,
    }
}

fn reason_of_lower_error(error: &LowerError) -> Reason {
    match error {
        LowerError::Cycle(reference) => Reason::ReferenceCycle(reference.clone()),
        LowerError::Unsupported(keyword) => Reason::Keyword((*keyword).to_owned()),
        LowerError::Depth | LowerError::Unreadable(_) => Reason::Depth,
    }
}

pub(super) fn reason(gap: UnknownReason, steps: u64, lowering: &Lowering<'_>) -> Reason {
    match gap {
        UnknownReason::Budget => Reason::Budget { steps },
        UnknownReason::Depth => Reason::Depth,
        UnknownReason::Opaque(what) => Reason::Opaque(what.to_string()),
        UnknownReason::Number => Reason::Number,
        UnknownReason::LowerError => {
            lowering.error.as_ref().map_or(Reason::Depth, |(_, error)| reason_of_lower_error(error))
        }
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
    writer: FormulaId,
    spelling: IntegerSpelling,
}

impl<'a> Asking<'_, 'a> {
    /// A witness among documents that are drawn from the writer's schema.
    fn draw(&mut self, sources: &mut Sources<'a>, count: u32) -> Option<Witness> {
        let PerRole { writer, reader } = self.question.schemas;
        let mut sampler = Sampler::new(sources, Role::Writer, 0, [writer, reader]);
        let drawn: Vec<Value> = (0..count).map(|_| sampler.sample()).collect();
        let mut known = HashSet::new();
        for document in &drawn {
            if known.insert(document)
                && breaks(sources, document)
                && let Ok(witness) = self.judge.confirm(sources, document)
            {
                return Some(witness);
            }
        }
        None
    }

    fn broken(&mut self, lowering: &mut Lowering<'a>, witness: Witness) -> Verdict {
        lowering.sources.check_steps = MAX_CHECK_STEPS;
        let small = shrink(witness.document().clone(), |document| breaks(&mut lowering.sources, document));
        let mut witness = self.judge.confirm(&mut lowering.sources, &small).unwrap_or(witness);
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
fn breaks(sources: &mut Sources<'_>, document: &Value) -> bool {
    Validator::new(sources, Role::Writer).is_valid(document) == Ok(true)
        && Validator::new(sources, Role::Reader).is_valid(document) == Ok(false)
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
