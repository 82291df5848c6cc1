//! Decides one question: searches for a counterexample, checks the proof if there is none, and
//! explains a broken pair.
//!
//! 1. Both schemas are lowered, and the solver decides the writer's formula with the negation of
//!    the reader's.
//! 2. A satisfying document is a candidate. If both validators confirm it, it is shrunk and
//!    explained.
//! 3. A proof that there is none is tested with documents sampled from the writer's schema. They do
//!    not make a proof stronger, but they would reveal a mistake in it.
//! 4. If neither is known, or a candidate is not confirmed, more documents are sampled. A
//!    counterexample among them decides the question as well; without one it remains undecided.
//!
//! | solver | candidate or samples | verdict |
//! |---|---|---|
//! | satisfiable | both validators confirm the document | broken |
//! | satisfiable | it is not confirmed, a sample is | broken |
//! | satisfiable | neither is confirmed | undecided: disagreement, or not confirmed |
//! | unsatisfiable | no sample is a counterexample | contained |
//! | unsatisfiable | a sample is a counterexample | broken: the proof was wrong |
//! | unknown | a sample is a counterexample | broken |
//! | unknown | no sample is | undecided, for the reason of the solver |
//!
//! A proof that a sample contradicts yields to it: the document is evidence and the proof is
//! not. A false *contained* breaks a consumer in production, where a false *undecided* costs
//! a manual review.

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::{ExactValue as Value, Fidelity};

use json_document::Pointer;

use super::budget::FixedLimit;
use super::document::{Library, Unreadable};
use super::draft::Draft;
use super::explain::Explanation;
use super::formula::FormulaId;
use super::incompatibility::{Incompatibility, IncompatibilityKind, KeywordPlace};
use super::lower::{LowerError, Lowering};
use super::per_role::PerRole;
use super::question::{Question, QuestionError};
use super::regex::OpenRepetition;
use super::sampler::Sampler;
use super::schema_index::SchemaIndex;
use super::shrink::{shrink, weight};
use super::solve::{Decision, IntegerSpelling, Solver, UnknownReason};
use super::sources::{MAX_CHECK_STEPS, Sources, SupersededDependencies};
use super::validator::Validator;
use super::verdict::{Reason, Verdict};
use super::witness::{Confirmer, Rejection, SideInput, Witness};
use json_schema_core::Role;

/// Budget for the explanation of a broken pair, beside that of its decision: half of the default one.
const EXPLANATION_STEPS: u64 = 1_000_000;
/// Steps of the patterns when documents are validated, and again when they are explained.
pub(super) const PATTERN_STEPS: u64 = 500_000;
/// Documents that are sampled where the solver found neither a proof nor a confirmed candidate.
const SAMPLES_WITHOUT_PROOF: u32 = 400;

/// Seed of the sampler. It is fixed, so that the same question has the same answer.
const SEED: u64 = 0;

/// Reason why a schema does not take part in a decision.
pub(super) enum NoFormula {
    /// The schema is invalid: the question cannot be asked.
    Unreadable(Unreadable),
    /// The schema is valid, but beyond the prover: the question is undecided.
    Undecided(Reason),
}

impl Question<'_> {
    /// Decides the question.
    ///
    /// # Errors
    ///
    /// A schema is not a valid JSON Schema, its `$schema` is an unsupported draft, or a reference cannot be resolved. Only
    /// the parts of a schema that can affect validation are examined: an invalid schema in an unused `$defs` is no error.
    pub fn ask(&self) -> Result<Verdict, QuestionError> {
        let by_specification = self.ask_by(SupersededDependencies::Ignored)?;
        if !by_specification.depends_on_dependencies || matches!(by_specification.verdict, Verdict::Broken { .. }) {
            return Ok(by_specification.verdict);
        }
        // Neither reading is certain: the worse verdict counts.
        let applied = self.ask_by(SupersededDependencies::Applied)?.verdict;
        Ok(if applied.is_contained() { by_specification.verdict } else { applied })
    }

    /// Decides the question by one reading of `dependencies`.
    ///
    /// Some patterns are read differently by different dialects: the verdict must not depend on that.
    fn ask_by(&self, dependencies: SupersededDependencies) -> Result<Answer, QuestionError> {
        let literal = Reading { dependencies, open_repetition: OpenRepetition::Literal };
        let mut answer = self.ask_without_refused_patterns(literal)?;
        if answer.depends_on_open_repetitions {
            let from_zero = Reading { open_repetition: OpenRepetition::FromZero, ..literal };
            let other = self.ask_without_refused_patterns(from_zero)?.verdict;
            answer.verdict = match (answer.verdict, other) {
                (undecided @ Verdict::Undecided { .. }, _) | (_, undecided @ Verdict::Undecided { .. }) => undecided,
                (Verdict::Contained, Verdict::Contained) => Verdict::Contained,
                (broken @ Verdict::Broken { .. }, Verdict::Broken { .. }) => broken,
                (Verdict::Contained, Verdict::Broken { .. }) | (Verdict::Broken { .. }, Verdict::Contained) => {
                    let predicate = "`{,n}` in a pattern, a repetition only in some dialects";
                    Verdict::Undecided { reason: Reason::Opaque(predicate.to_owned()) }
                }
            };
        }
        Ok(answer)
    }

    /// Decides the question by one reading.
    ///
    /// A candidate that rests on a pattern which the second validator refuses cannot be confirmed, and would hide others.
    /// The question is decided again with such patterns as opaque predicates.
    fn ask_without_refused_patterns(&self, reading: Reading) -> Result<Answer, QuestionError> {
        let answer = decide(self, reading, &[])?;
        if answer.opaque_patterns.is_empty() {
            return Ok(answer);
        }
        let again = decide(self, reading, &answer.opaque_patterns)?;
        Ok(if matches!(again.verdict, Verdict::Broken { .. }) { again } else { answer })
    }
}

/// Readings of what specifications and dialects leave open.
#[derive(Debug, Clone, Copy)]
struct Reading {
    dependencies: SupersededDependencies,
    open_repetition: OpenRepetition,
}

/// A verdict by one reading.
struct Answer {
    verdict: Verdict,
    /// A schema has `dependencies` in a draft that no longer has it.
    depends_on_dependencies: bool,
    /// A pattern that was looked at contains `{,3}`.
    depends_on_open_repetitions: bool,
    /// Patterns that only our validator reads, if a candidate was not confirmed.
    opaque_patterns: Vec<String>,
}

fn decide(question: &Question<'_>, reading: Reading, opaque_patterns: &[String]) -> Result<Answer, QuestionError> {
    let Reading { dependencies, open_repetition } = reading;
    let exact = PerRole { writer: question.schemas.writer.to_exact(), reader: question.schemas.reader.to_exact() };
    let schemas = PerRole { writer: &*exact.writer, reader: &*exact.reader };
    let documents: Vec<_> = question.documents.iter().map(|(uri, document)| (*uri, document.to_exact())).collect();
    let documents: Vec<_> = documents.iter().map(|(uri, document)| (*uri, &**document)).collect();
    let drafts = PerRole::try_from_fn(|role| draft(question, schemas[role], role))?;
    let libraries = PerRole::try_from_fn(|role| {
        Library::new(schemas[role], drafts[role], &documents).map_err(|why| QuestionError::unreadable(role, why))
    })?;
    let mut sources = Sources::new([libraries.writer, libraries.reader], question.assert_formats, dependencies);
    sources.languages.read_open_repetitions(open_repetition);
    sources.languages.refill(question.budget);
    for pattern in opaque_patterns {
        sources.languages.mark_opaque(pattern.clone());
    }
    let depends_on_dependencies = sources.have_superseded_dependencies();
    let mut lowering = Lowering::new(sources);
    let formulas = PerRole {
        writer: lower_root(&mut lowering, Role::Writer.into(), question.budget),
        reader: lower_root(&mut lowering, Role::Reader.into(), question.budget),
    };
    let (writer, reader) = match (formulas.writer, formulas.reader) {
        (Ok(writer), Ok(reader)) => (writer, reader),
        (Err(NoFormula::Unreadable(why)), _) => return Err(QuestionError::unreadable(Role::Writer, why)),
        (_, Err(NoFormula::Unreadable(why))) => return Err(QuestionError::unreadable(Role::Reader, why)),
        (Err(NoFormula::Undecided(reason)), _) | (_, Err(NoFormula::Undecided(reason))) => {
            let verdict = Verdict::Undecided { reason };
            let depends_on_open_repetitions = lowering.sources.languages.has_open_repetitions();
            return Ok(Answer {
                verdict,
                depends_on_dependencies,
                depends_on_open_repetitions,
                opaque_patterns: Vec::new(),
            });
        }
    };
    let integer_spelling = if drafts.writer == Draft::Draft4 || drafts.reader == Draft::Draft4 {
        IntegerSpelling::Significant
    } else {
        IntegerSpelling::Insignificant
    };
    let fidelity = match integer_spelling {
        IntegerSpelling::Significant => Fidelity::Spelling,
        IntegerSpelling::Insignificant => Fidelity::Value,
    };
    let input = |role: Role| SideInput {
        schema: question.schemas[role],
        draft: drafts[role],
        documents: question.documents.clone(),
        assert_formats: question.assert_formats,
        fidelity,
        dependencies,
        open_repetition,
    };
    let inputs = PerRole { writer: input(Role::Writer), reader: input(Role::Reader) };
    let not_reader = lowering.store.not(reader);
    let decision = Solver::new(&mut lowering, question.budget, integer_spelling).decide([writer, not_reader]);
    if let Some((schema, why)) = first_unreadable(&lowering) {
        return Err(QuestionError::unreadable(schema.role(), why));
    }
    let confirmer = Confirmer::new(inputs);
    let mut decider = Decider { question, schemas, lowering, confirmer, writer, integer_spelling };
    let verdict = decider.conclude(decision);
    let opaque_patterns = match verdict {
        Verdict::Undecided { reason: Reason::Unconfirmed { .. } } => decider.confirmer.opaque_patterns(),
        Verdict::Contained | Verdict::Broken { .. } | Verdict::Undecided { .. } => Vec::new(),
    };
    let depends_on_open_repetitions = decider.lowering.sources.languages.has_open_repetitions();
    Ok(Answer { verdict, depends_on_dependencies, depends_on_open_repetitions, opaque_patterns })
}

/// Returns the draft of a schema: that of its `$schema`, or else that of the question.
fn draft(question: &Question<'_>, schema: &Value, role: Role) -> Result<Draft, QuestionError> {
    let named = Draft::named_by(schema).map_err(|why| QuestionError::draft(role, why))?;
    Ok(named.unwrap_or(question.draft))
}

/// Lowers the root of a schema. `budget` is that of the question, for the reason.
pub(super) fn lower_root(
    lowering: &mut Lowering<'_>,
    schema: SchemaIndex,
    budget: u64,
) -> Result<FormulaId, NoFormula> {
    let root = lowering.sources.root(schema);
    lowering.lower(root).map_err(|error| match error {
        LowerError::Unreadable(why) => NoFormula::Unreadable(why),
        LowerError::Cycle(_)
        | LowerError::Unsupported(_)
        | LowerError::Limit(_)
        | LowerError::Depth
        | LowerError::Budget => NoFormula::Undecided(reason_of_lower_error(&error, budget)),
    })
}

/// Returns the first part of a schema that was expanded and found invalid.
pub(super) fn first_unreadable(lowering: &Lowering<'_>) -> Option<(SchemaIndex, Unreadable)> {
    match &lowering.error {
        Some((schema, LowerError::Unreadable(why))) => Some((*schema, why.clone())),
        Some((
            _,
            LowerError::Cycle(_)
            | LowerError::Unsupported(_)
            | LowerError::Limit(_)
            | LowerError::Depth
            | LowerError::Budget,
        ))
        | None => None,
    }
}

/// Translates an error of lowering for the user.
fn reason_of_lower_error(error: &LowerError, budget: u64) -> Reason {
    match error {
        LowerError::Budget => Reason::Budget { steps: budget },
        LowerError::Cycle(reference) => Reason::ReferenceCycle(reference.clone()),
        LowerError::Unsupported(keyword) => Reason::Keyword((*keyword).to_owned()),
        LowerError::Limit(FixedLimit { max, constructs }) => Reason::Limit { max: *max, constructs },
        LowerError::Depth | LowerError::Unreadable(_) => Reason::Depth,
    }
}

/// Translates the reason of the solver for the user.
pub(super) fn reason_of_unknown(unknown: UnknownReason, budget: u64, lowering: &Lowering<'_>) -> Reason {
    match unknown {
        UnknownReason::Budget => Reason::Budget { steps: budget },
        UnknownReason::Limit(FixedLimit { max, constructs }) => Reason::Limit { max, constructs },
        UnknownReason::Depth => Reason::Depth,
        UnknownReason::Opaque(predicate) => Reason::Opaque(predicate.to_string()),
        UnknownReason::Number => Reason::Number,
        UnknownReason::LowerError => {
            lowering.error.as_ref().map_or(Reason::Depth, |(_, error)| reason_of_lower_error(error, budget))
        }
    }
}

/// The parts that are needed to conclude from a decision of the solver.
struct Decider<'q, 'a> {
    question: &'q Question<'q>,
    schemas: PerRole<&'a Value>,
    lowering: Lowering<'a>,
    confirmer: Confirmer<'a>,
    writer: FormulaId,
    integer_spelling: IntegerSpelling,
}

impl Decider<'_, '_> {
    /// Concludes the verdict, by the table of the module.
    fn conclude(&mut self, decision: Decision) -> Verdict {
        self.lowering.sources.languages.refill(PATTERN_STEPS);
        match decision {
            Decision::Satisfiable(document) => match self.confirmer.confirm(&mut self.lowering.sources, &document) {
                Ok(witness) => self.explain(witness),
                Err(rejection) => self
                    .sample(SAMPLES_WITHOUT_PROOF)
                    .unwrap_or_else(|| Verdict::Undecided { reason: reason_of_rejection(rejection, &document) }),
            },
            Decision::Unsatisfiable => self.sample(self.question.random_samples).unwrap_or(Verdict::Contained),
            Decision::Unknown(unknown) => self.sample(SAMPLES_WITHOUT_PROOF).unwrap_or_else(|| Verdict::Undecided {
                reason: reason_of_unknown(unknown, self.question.budget, &self.lowering),
            }),
        }
    }

    /// Samples documents from the writer's schema, and concludes from a witness among them.
    fn sample(&mut self, count: u32) -> Option<Verdict> {
        let sources = &mut self.lowering.sources;
        let PerRole { writer, reader } = self.schemas;
        let mut sampler = Sampler::new(sources, Role::Writer, SEED, [writer, reader]);
        let documents: Vec<Value> = (0..count).map(|_| sampler.sample()).collect();
        let mut seen = HashSet::new();
        let witness = documents.iter().filter(|document| seen.insert(*document)).find_map(|document| {
            if is_counterexample(sources, document) { self.confirmer.confirm(sources, document).ok() } else { None }
        })?;
        Some(self.explain(witness))
    }

    /// Shrinks the witness and finds the causes. The smallest witness of a cause may be smaller than the shrunk one.
    fn explain(&mut self, witness: Witness) -> Verdict {
        let sources = &mut self.lowering.sources;
        sources.check_steps = MAX_CHECK_STEPS;
        sources.languages.refill(PATTERN_STEPS);
        let small = shrink(witness.exact_document().clone(), |document| is_counterexample(sources, document));
        let mut witness = self.confirmer.confirm(sources, &small).unwrap_or(witness);
        let mut solver = Solver::new(&mut self.lowering, EXPLANATION_STEPS, self.integer_spelling);
        let mut incompatibilities = Explanation::new(&mut solver, &mut self.confirmer, self.writer).explain();
        if incompatibilities.is_empty() {
            incompatibilities.push(unexplained(&witness));
        }
        if let Some(smallest) =
            incompatibilities.iter().min_by_key(|incompatibility| weight(incompatibility.witness.exact_document()))
            && weight(smallest.witness.exact_document()) < weight(witness.exact_document())
        {
            witness = smallest.witness.clone();
        }
        Verdict::Broken { witness, incompatibilities }
    }
}

/// Returns true if a document is a counterexample according to our validator alone, which is the cheaper of the two.
fn is_counterexample(sources: &mut Sources<'_>, document: &Value) -> bool {
    Validator::new(sources, Role::Writer).is_valid(document) == Ok(true)
        && Validator::new(sources, Role::Reader).is_valid(document) == Ok(false)
}

/// Translates the rejection of a candidate for the user.
fn reason_of_rejection(rejection: Rejection, document: &Value) -> Reason {
    match rejection {
        Rejection::NotAWitness => Reason::InvalidCandidate(document.clone()),
        Rejection::Disagreement => Reason::Disagreement(document.clone()),
        Rejection::Cycle(reference) => Reason::ReferenceCycle(reference),
        Rejection::Unconfirmed(why) => Reason::Unconfirmed { document: document.clone(), why },
    }
}

/// The incompatibility of a witness whose cause was not found: the reader rejects the document as a whole.
fn unexplained(witness: &Witness) -> Incompatibility {
    Incompatibility {
        kind: IncompatibilityKind::Rejected,
        pointer: Pointer::ROOT,
        missing: None,
        reader: KeywordPlace { document: None, pointer: Pointer::ROOT, keyword: String::new() },
        writer: None,
        witness: witness.clone(),
    }
}
