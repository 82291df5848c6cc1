//! Explanation of a broken pair: one incompatibility for each keyword of the reader that rejects a value
//! that the writer allows.
//!
//! The reader's schema is walked keyword by keyword along a path into the document. At each keyword
//! the solver is asked for a document of the writer that violates this keyword at the end of the
//! path. If there is one, the walk descends into the schemas of the keyword ([`descend`]); the
//! deepest keyword that is violated on its own becomes an incompatibility, with the place of the writer's
//! counterpart ([`writer`]) and a confirmed witness.
//!
//! | concept | file |
//! |---|---|
//! | a cause, and when two are the same | [`cause`] |
//! | the descent from a keyword into its schemas | [`descend`] |
//! | a step into the document, and paths as formulas | [`step`], [`path`] |
//! | an incompatibility from a cause and a document | [`report`] |
//! | members that `unevaluatedProperties` rejects | [`unevaluated`] |
//! | the writer's counterpart | [`writer`] |
//!
//! # Guarantees
//!
//! An incompatibility is evidence in itself: its witness is confirmed by both validators, whichever way it
//! was found. So the walk may stop anywhere, and a limit or an unknown decision costs incompatibilities but
//! makes none wrong. Only the number of causes that are distinguished is bounded, and their depth.
//! A cause at which the walk was truncated is reported only if there are no others, because a
//! keyword further down might be more precise.
//!
//! The list need not be complete: causes that hide each other (a member that must be absent because
//! of one keyword and present because of another) are found one at a time, as they are fixed.
//!
//! # Recursion
//!
//! Recursive schemas repeat the same causes at every depth. The walk first enters no schema twice
//! on a path, and only if it found nothing that way allows repetitions. This is iterative deepening
//! (Korf, AIJ 27, 1985) on the number of repetitions: the shallow rounds are cheap and find the
//! causes nearest to the root.

mod cause;
mod descend;
mod path;
mod report;
mod step;
mod unevaluated;
mod union;
mod writer;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::ExactValue as Value;

use super::document::{Place, PlaceKey, address};
use super::formula::FormulaId;
use super::incompatibility::Incompatibility;
use super::lower::Lowering;
use super::solve::Solver;
use super::witness::Confirmer;
use cause::{Cause, Frame, Reported};
use json_schema_core::Role;
use step::Step;

/// Maximum number of incompatibilities of one pair. Longer reports are not read, and each incompatibility costs
/// several decisions.
const MAX_INCOMPATIBILITIES: usize = 64;
/// Maximum length of a path into the document. Deeper causes are reported at the last keyword on the way.
const MAX_PATH_LENGTH: usize = 24;
/// Maximum number of schemas that are entered in one round.
const MAX_VISITS: usize = 2_000;
/// Maximum number of truncated walks, except those by repetition, before all others are truncated as well.
const MAX_TRUNCATIONS: usize = 100;
/// Maximum number of repetitions of a schema on one path, round by round; the last round is for
/// pairs without incompatibilities.
const REPETITION_LIMITS: [usize; 4] = [0, 1, 2, usize::MAX];

/// The walk over the reader's schema.
pub(super) struct Explanation<'s, 'l, 'a, 'j> {
    solver: &'s mut Solver<'l, 'a>,
    confirmer: &'j mut Confirmer<'a>,
    /// Formula of the documents of the writer, restricted to the alternatives that were descended into.
    writer: FormulaId,
    /// Path from the document to the value that the current schema applies to.
    path: Vec<Step>,
    /// Formulas that the writer guarantees at the end of the path; empty where they are not known.
    known_facts: Vec<FormulaId>,
    /// Schemas that have been entered on the way to the current one.
    stack: Vec<Frame>,
    /// Results of the schemas that have been entered, by path: many references may lead to the same schema.
    visited: HashMap<(PlaceKey, Vec<Step>, FormulaId), Progress>,
    progress: Progress,
    incompatibilities: Vec<Reported>,
    /// Incompatibilities at keywords below which the walk was truncated.
    truncated_incompatibilities: Vec<Reported>,
    max_repetitions: usize,
    /// Number of schemas that were not entered because of `max_repetitions`.
    cycle_skips: usize,
}

/// Counters, whose differences are the outcome of the walk below a schema.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    /// Causes that have been reported, including repeated ones.
    reported: usize,
    /// Schemas that were not entered because of a limit.
    truncations: usize,
}

impl<'s, 'l, 'a, 'j> Explanation<'s, 'l, 'a, 'j> {
    pub(super) fn new(solver: &'s mut Solver<'l, 'a>, confirmer: &'j mut Confirmer<'a>, writer: FormulaId) -> Self {
        Self {
            solver,
            confirmer,
            writer,
            path: Vec::new(),
            known_facts: vec![writer],
            stack: Vec::new(),
            visited: HashMap::new(),
            progress: Progress::default(),
            incompatibilities: Vec::new(),
            truncated_incompatibilities: Vec::new(),
            max_repetitions: 0,
            cycle_skips: 0,
        }
    }

    /// Returns one incompatibility for each cause; none if no violated keyword could be confirmed.
    pub(super) fn explain(mut self) -> Vec<Incompatibility> {
        let root = self.lowering().sources.root(Role::Reader);
        for max_repetitions in REPETITION_LIMITS {
            if max_repetitions == usize::MAX && !self.incompatibilities.is_empty() {
                break;
            }
            self.max_repetitions = max_repetitions;
            self.visited.clear();
            self.truncated_incompatibilities.clear();
            let skips = self.cycle_skips;
            self.enter(root);
            if self.cycle_skips == skips {
                break;
            }
        }
        if self.incompatibilities.is_empty() {
            self.incompatibilities = self.truncated_incompatibilities;
        }
        cause::merge_same_causes(self.incompatibilities)
    }

    fn lowering(&mut self) -> &mut Lowering<'a> {
        self.solver.lowering
    }

    /// Finds a document of the writer in which the formula holds at the end of the path.
    ///
    /// The goal is the writer's formula and the formula along the path, so that the document
    /// violates exactly the part of the reader that is being walked. A decision that is unknown
    /// counts as no violation.
    fn find_violation(&mut self, formula: FormulaId) -> Option<Rc<Value>> {
        if self.incompatibilities.len() >= MAX_INCOMPATIBILITIES {
            // It would not be reported.
            return None;
        }
        let formula = self.formula_along(0, formula);
        self.solver.decide([self.writer, formula]).satisfying()
    }

    /// Walks a schema that applies to the value at the end of the path.
    ///
    /// Returns early at a limit, inside a cycle, and for a schema that has been walked for the same
    /// path: its counters are added again, so that the keyword above knows that a cause below it
    /// was reported.
    fn enter(&mut self, place: Place<'a>) {
        let frame = Frame { schema: address(place.schema), path_length: self.path.len() };
        if self.path.len() > MAX_PATH_LENGTH {
            self.progress.truncations += 1;
            return;
        }
        if self.incompatibilities.len() >= MAX_INCOMPATIBILITIES || self.stack.contains(&frame) {
            return;
        }
        if self.stack.iter().filter(|other| other.schema == frame.schema).count() > self.max_repetitions {
            self.progress.truncations += 1;
            self.cycle_skips += 1;
            return;
        }
        let visit = (place.key(), self.path.clone(), self.writer);
        if let Some(known) = self.visited.get(&visit) {
            self.progress.reported += known.reported;
            self.progress.truncations += known.truncations;
            return;
        }
        if self.visited.len() >= MAX_VISITS || self.progress.truncations - self.cycle_skips >= MAX_TRUNCATIONS {
            self.progress.truncations += 1;
            return;
        }
        let before = self.progress;
        let Ok(parts) = self.lowering().parts(place) else { return };
        self.stack.push(frame);
        for part in parts.iter() {
            let violation = self.lowering().store.not(part.formula);
            if self.find_violation(violation).is_none() {
                continue;
            }
            let cause = Cause { place, keyword: part.keyword, violation, missing: None };
            match place.schema {
                Value::Object(members) => self.descend(&cause, members),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    self.report(&cause);
                }
            }
        }
        self.stack.pop();
        self.visited.insert(visit, self.progress.since(before));
    }
}

impl Progress {
    const fn since(self, before: Self) -> Self {
        Self { reported: self.reported - before.reported, truncations: self.truncations - before.truncations }
    }
}
