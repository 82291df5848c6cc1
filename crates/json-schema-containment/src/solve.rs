//! Satisfiability of formulas: builds a document that satisfies all of them, or proves that there
//! is none.
//!
//! The writer's formula and the negation of the reader's are decided together: a document that
//! satisfies both is a counterexample to containment, and the proof that there is none is the proof
//! of containment.
//!
//! # Procedure
//!
//! The procedure is an analytic tableau with memoisation. A *goal* is a set of formulas, read as
//! their conjunction. Deciding a goal takes these steps, each of which is a complete case
//! distinction:
//!
//! 1. [`Solver::normalize`] flattens conjunctions and expands references, so that the goal is a
//!    sorted set of literals and disjunctions. Equal goals are recognised by this set.
//! 2. If a formula restricts the document to finitely many values (`enum`, `const`), each of them
//!    is evaluated. Nothing else is needed.
//! 3. Otherwise the goal is decided once for each JSON type that its formulas allow ([`branch`]).
//!    An atom constrains one type and is trivially true for the other five, so that most of the
//!    goal disappears in each case.
//! 4. Within a type, literals become *facts* and disjunctions are narrowed by the facts
//!    ([`propagation`]), then branched over.
//! 5. A branch without open disjunctions is decided by the procedure for its type:
//!
//! | type | facts | procedure | file |
//! |---|---|---|---|
//! | Null, Boolean | excluded values | enumeration of one or two values | [`branch`] |
//! | Number | interval, divisors, non-divisors | search in a one-dimensional lattice | [`number`] |
//! | String | length, regular languages, opaque predicates | emptiness of an automaton | [`string`] |
//! | Array | items by index, counted items, uniqueness | product of counters; bipartite matching | [`mod@array`] |
//! | Object | members by name, rules for sets of names | partition of the names, backtracking | [`object`] |
//!
//! The facts about an object or an array lead to goals about its members and items, which are
//! decided by the same procedure. Attouche et al., *Witness Generation for JSON Schema*, PVLDB
//! 15(13), 2022, describe an algorithm of this kind for draft 6 without `uniqueItems`; Habib et al.,
//! *Finding Data Compatibility Bugs with JSON Subschema Checks*, ISSTA 2021, decide containment by
//! rewriting schemas.
//!
//! # Recursion
//!
//! A recursive schema leads back to a goal that is in progress. Satisfiability is a least fixpoint,
//! because documents are finite: if a goal has satisfying documents at all, it has one of least
//! size, and that one contains no smaller document that satisfies the same goal. A goal that is met
//! while it is in progress, which is always about a proper part of the document (a member, an item
//! or a name), may therefore be taken as unsatisfiable without losing that smallest document.
//!
//! A result that was proven under such an assumption holds only if the assumption does, so that it
//! is *provisional*. Its dependence is tracked as in Tarjan's algorithm for strongly connected
//! components (SIAM J. Comput. 1(2), 1972): the *lowlink* of a goal is the least depth of a goal in
//! progress that its proof relies on. When a goal is found unsatisfiable and its lowlink is its own
//! depth or deeper, it is the root of its component: by the argument above the assumptions in the
//! component support each other, and all of its provisional results become final. When it turns out
//! satisfiable or unknown, they are discarded. Tabled logic programming completes its tables by the
//! same rule, component by component (Sagonas and Swift, *An Abstract Machine for Tabled Execution
//! of Fixed-Order Stratified Logic Programs*, ACM TOPLAS 20(3), 1998).
//!
//! For example, the schema `{"required": ["next"], "properties": {"next": {"$ref": "#"}}, "type":
//! "object"}` has no finite document. Its goal asks for a member `next` with the same goal; that
//! one is in progress, counts as unsatisfiable, and the goal is its own root, so that the result is
//! final.
//!
//! # Soundness
//!
//! [`Decision::Unsatisfiable`] follows only if every alternative was tried, or was pruned by a goal
//! that is itself unsatisfiable (see [`decision`]). Everything that is not known for certain is
//! [`Decision::Unknown`]. A document needs no such care: it is validated against both schemas
//! afterwards. The part of the crate that a proof rests on is therefore the lowering, the store,
//! the modules below this one, `regex` and `number`. A mistake there could only be seen from
//! outside, which is what the sampled documents after a proof and the tests against other
//! validators are for.
//!
//! # Cost
//!
//! Satisfiability of JSON Schema is EXPTIME-complete already without `uniqueItems` (Bourhis et al.,
//! PODS 2017), and at least NP-hard without recursion, because schemas contain propositional logic. Every
//! loop of the solver spends steps of one [`Budget`]; a goal beyond [`MAX_GOAL_DEPTH`] is unknown.
//! The memo makes repeated goals free, which is what keeps schemas with shared definitions linear
//! in practice.

mod array;
mod branch;
mod contradiction;
mod decision;
mod disjoint;
mod entailment;
mod number;
mod object;
mod outline;
mod propagation;
mod spelling;
mod string;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;

use super::budget::{Budget, BudgetExhausted};
use super::formula::{FormulaId, JsonType, Node, TypeSet, ValueSetId};
use super::lower::Lowering;
use super::regex::{Automaton, Language};

use outline::UnionMemo;

pub(super) use decision::{Decision, UnknownReason};
pub(super) use spelling::IntegerSpelling;

/// A conjunction of formulas, sorted and without duplicates, none of which is a conjunction or a
/// reference.
///
/// This is a normal form up to the propositional laws that cost no search. Two goals that are equal
/// as sets are one entry in the memo; two goals that are equivalent for a deeper reason are not
/// recognised, which costs time but no soundness.
type Goal = Box<[FormulaId]>;

/// Maximum number of goals in progress at a time.
///
/// The procedures for arrays and objects recurse on the stack, several frames for each goal. The limit keeps that within
/// the 2 MiB of a spawned thread in an unoptimised build. Recursive schemas do not need it: they meet their own goal again
/// after a few steps. Schemas written by people nest some ten levels deep.
const MAX_GOAL_DEPTH: usize = 70;

/// Decides goals, with a memo and one budget for all of them.
///
/// One solver serves a whole question. The memo outlives a decision on purpose: an explanation asks
/// many questions about the same subschemas, most of which the proof attempt has already answered.
///
/// Invariants between calls of [`Solver::decide`] from outside: no goal is in progress, and nothing
/// is provisional. Inside, `lowlinks.len()` is the number of goals in progress, and `provisional`
/// and `provisional_stack` hold the same goals.
pub(super) struct Solver<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    pub(super) budget: Budget,
    integer_spelling: IntegerSpelling,
    /// Final decisions, which hold under no assumption.
    memo: HashMap<Goal, Decision>,
    /// Depth of each goal that is being decided.
    in_progress: HashMap<Goal, usize>,
    /// Goals that are unsatisfiable if the goals in progress that they depend on are, with their lowlinks.
    provisional: HashMap<Goal, usize>,
    /// The goals of `provisional`, in the order of their decisions: those above a mark belong to the goal that set it.
    provisional_stack: Vec<Goal>,
    /// Lowlink of each goal in progress, by depth.
    lowlinks: Vec<usize>,
    /// Automata of languages that have been needed, because building one is by far the most
    /// expensive step.
    automata: HashMap<Language, Rc<Automaton>>,
    unions: UnionMemo,
}

/// The lowlink of a goal that depends on no assumption.
const INDEPENDENT: usize = usize::MAX;

impl<'l, 'a> Solver<'l, 'a> {
    pub(super) fn new(lowering: &'l mut Lowering<'a>, steps: u64, integer_spelling: IntegerSpelling) -> Self {
        Self {
            lowering,
            budget: Budget::new(steps),
            integer_spelling,
            memo: HashMap::new(),
            in_progress: HashMap::new(),
            provisional: HashMap::new(),
            provisional_stack: Vec::new(),
            lowlinks: Vec::new(),
            automata: HashMap::new(),
            unions: UnionMemo::default(),
        }
    }

    /// Decides if a document satisfies all of the formulas.
    ///
    /// Looks the goal up in this order: final results, goals in progress, provisional results. The
    /// last two are assumptions, and make the caller depend on them. Only then is the goal decided,
    /// one level deeper.
    ///
    /// An error of lowering (recorded when a reference is expanded) turns every result but a
    /// document into unknown: the formula of a schema that cannot be lowered is `FALSE` in both
    /// polarities, so that a refutation might rest on it.
    pub(super) fn decide(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> Decision {
        if let Err(exhausted) = self.budget.spend(1) {
            return exhausted.into();
        }
        let goal = self.normalize(formulas);
        // A schema that cannot be lowered is `FALSE` in a formula, from which no conclusion is valid.
        if self.lowering.error.is_some() {
            return Decision::Unknown(UnknownReason::LowerError);
        }
        let Some(goal) = goal else { return Decision::Unsatisfiable };
        if let Some(known) = self.memo.get(&goal) {
            return known.clone();
        }
        if let Some(&depth) = self.in_progress.get(&goal).or_else(|| self.provisional.get(&goal)) {
            self.depend_on(depth);
            return Decision::Unsatisfiable;
        }
        let depth = self.lowlinks.len();
        if depth >= MAX_GOAL_DEPTH {
            return Decision::Unknown(UnknownReason::Depth);
        }
        self.in_progress.insert(goal.clone(), depth);
        self.lowlinks.push(INDEPENDENT);
        let mark = self.provisional_stack.len();
        let decision = match self.decide_goal(&goal) {
            Decision::Unsatisfiable | Decision::Unknown(_) if self.lowering.error.is_some() => {
                Decision::Unknown(UnknownReason::LowerError)
            }
            decision => decision,
        };
        self.in_progress.remove(&goal);
        let lowlink = self.lowlinks.pop().unwrap_or(INDEPENDENT);
        self.conclude(Concluded { goal, depth, lowlink, mark }, &decision);
        decision
    }

    /// Files a decision and the provisional results that were obtained on the way to it.
    ///
    /// The results above `mark` on the provisional stack were obtained while this goal was in
    /// progress. Their fate depends on the decision and on the lowlink of the goal:
    ///
    /// | decision | lowlink ≥ depth (root of its component) | lowlink < depth |
    /// |---|---|---|
    /// | Unsatisfiable | the goal and the component become final | all stay provisional, under the lowlink of the goal |
    /// | Satisfiable | the component is discarded, the document is final | the same |
    /// | Unknown | the component is discarded, unknown is final | the component is discarded, nothing is kept |
    ///
    /// Discarding is necessary in the second and third row, for the component assumed that this
    /// goal is unsatisfiable. It costs at most the work of deciding these goals again.
    fn conclude(&mut self, concluded: Concluded, decision: &Decision) {
        let Concluded { goal, depth, lowlink, mark } = concluded;
        let is_root = lowlink >= depth;
        let component = self.provisional_stack.split_off(mark);
        match decision {
            Decision::Unsatisfiable if is_root => {
                for member in component.into_iter().chain([goal]) {
                    self.provisional.remove(&member);
                    self.memo.insert(member, Decision::Unsatisfiable);
                }
            }
            Decision::Unsatisfiable => {
                for member in component.into_iter().chain([goal]) {
                    self.provisional.insert(member.clone(), lowlink);
                    self.provisional_stack.push(member);
                }
                self.depend_on(lowlink);
            }
            Decision::Satisfiable(_) | Decision::Unknown(_) => {
                // The assumption that this goal is unsatisfiable is wrong, or not known to be right.
                for member in component {
                    self.provisional.remove(&member);
                }
                if !is_root {
                    self.depend_on(lowlink);
                }
                // A document is final. An unknown result is so only if no assumption has had a part in it.
                if is_root || matches!(decision, Decision::Satisfiable(_)) {
                    self.memo.insert(goal, decision.clone());
                }
            }
        }
    }

    /// Lowers the lowlink of the current goal to the depth of a goal that it depends on.
    ///
    /// Lowlinks only ever decrease while a goal is in progress; a goal that is not in progress has
    /// none.
    fn depend_on(&mut self, depth: usize) {
        if let Some(lowlink) = self.lowlinks.last_mut() {
            *lowlink = depth.min(*lowlink);
        }
    }

    /// Returns true if the formulas are unsatisfiable whatever becomes of the goals in progress.
    ///
    /// Entailment needs this. A disjunction that follows from the facts is dropped; if it followed
    /// only provisionally, the document that the branch finds might violate it, and a document is
    /// final. Pruning an alternative that is *contradicted* needs no such care: it can only make
    /// the branch unsatisfiable, which is tracked by the lowlink.
    ///
    /// The lowlink of the current goal is set aside during the decision to see whether the decision
    /// itself depends on anything; the dependence is then restored in any case, which errs on the
    /// safe side.
    fn is_proven_unsatisfiable(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> bool {
        let before = self.lowlinks.last_mut().map(|lowlink| std::mem::replace(lowlink, INDEPENDENT));
        let is_unsatisfiable = self.decide(formulas).is_unsatisfiable();
        let Some(before) = before else { return is_unsatisfiable };
        let is_independent = self.lowlinks.last() == Some(&INDEPENDENT);
        self.depend_on(before);
        is_unsatisfiable && is_independent
    }

    /// Spends steps for each value in a document: short schemas may require very large documents.
    ///
    /// A schema of a few lines can require 200,000 items of 200,000 characters. Without this, the
    /// copies of such documents would cost time and memory that no step accounts for.
    fn spend_on<'v>(&mut self, parts: impl IntoIterator<Item = &'v Value>) -> Result<(), BudgetExhausted> {
        parts.into_iter().try_for_each(|part| self.budget.spend(measure(part)))
    }

    /// Expands conjunctions and references, so that equal goals are recognised; `None` if a formula
    /// is beside its negation.
    ///
    /// It terminates although schemas are recursive: each formula is expanded once, and in-place
    /// cycles of references have no formula. An expanded target whose formula is
    /// `FALSE` because of an error of lowering also yields `None` here; [`Solver::decide`] checks
    /// for the error before it reads that as a refutation.
    pub(super) fn normalize(&mut self, formulas: impl IntoIterator<Item = FormulaId>) -> Option<Goal> {
        let mut pending: Vec<FormulaId> = formulas.into_iter().collect();
        let mut seen = HashSet::new();
        let mut goal = Vec::new();
        while let Some(id) = pending.pop() {
            self.budget.charge(1);
            if !seen.insert(id) {
                continue;
            }
            if self.lowering.store.known_negation(id).is_some_and(|not| seen.contains(&not)) {
                return None;
            }
            let node = Rc::clone(self.lowering.store.node(id));
            match &*node {
                Node::True => {}
                Node::False => return None,
                Node::And(operands) => pending.extend_from_slice(operands),
                Node::Reference { target, polarity } => pending.push(self.lowering.expand(*target, *polarity)),
                Node::AtMostOne { alternatives, polarity } => {
                    pending.push(self.expand_at_most_one(alternatives, *polarity));
                }
                Node::Or(_) | Node::Types(_) | Node::In(_) | Node::NotIn(_) | Node::Atom(_) => goal.push(id),
            }
        }
        goal.sort_unstable();
        Some(goal.into())
    }

    /// Decides a normalised goal, by its values if there are finitely many and otherwise by type.
    ///
    /// Of several finite sets the smallest is enumerated; the others are formulas that its values
    /// are evaluated on.
    fn decide_goal(&mut self, goal: &[FormulaId]) -> Decision {
        let mut types = TypeSet::ALL;
        let mut smallest: Option<ValueSetId> = None;
        for &id in goal {
            match &**self.lowering.store.node(id) {
                Node::Types(allowed) => types = types.intersection(*allowed),
                Node::In(set) => {
                    let size = |set| self.lowering.store.value_set(set).values.len();
                    if smallest.is_none_or(|other| size(*set) < size(other)) {
                        smallest = Some(*set);
                    }
                }
                Node::True
                | Node::False
                | Node::And(_)
                | Node::Or(_)
                | Node::NotIn(_)
                | Node::Reference { .. }
                | Node::AtMostOne { .. }
                | Node::Atom(_) => {}
            }
        }
        match smallest {
            Some(set) => self.decide_among(set, goal),
            None => Decision::any_of(JsonType::ALL.into_iter().filter(|one| types.contains(*one)), |json_type| {
                self.decide_type(json_type, goal)
            }),
        }
    }

    /// Tries the values of a finite set, by evaluating the formulas on each.
    ///
    /// In draft 4, `1` and `1.0` are different documents that equal the same listed value, so that
    /// each value is tried in all spellings ([`spelling`]). Too many spellings leave the goal unknown.
    fn decide_among(&mut self, set: ValueSetId, formulas: &[FormulaId]) -> Decision {
        let set = Rc::clone(self.lowering.store.value_set(set));
        Decision::any_of(&set.values, |value| match spelling::variants(value, self.integer_spelling) {
            Some(variants) => {
                Decision::any_of(variants, |variant| self.evaluate_all(formulas, &variant).map(|()| Rc::new(variant)))
            }
            None => Decision::Unknown(UnknownReason::Number),
        })
    }

    /// Evaluates the formulas on one value, in Kleene's logic: a formula that is false decides,
    /// even beside one that is unknown.
    fn evaluate_all(&mut self, formulas: &[FormulaId], value: &Value) -> Decision<()> {
        if let Err(exhausted) = self.budget.spend(formulas.len()) {
            return exhausted.into();
        }
        Decision::all_of(formulas, |&formula| {
            Decision::from_truth(self.lowering.evaluate(formula, value), (), || match value {
                // Of a number, only a divisor with too many digits is not evaluated.
                Value::Number(_) => UnknownReason::Number,
                Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                    UnknownReason::Opaque("a format or a pattern that is not regular".into())
                }
            })
        })
        .map(|_| ())
    }
}

/// A goal that has been decided, with its place in the depth-first search.
struct Concluded {
    goal: Goal,
    depth: usize,
    lowlink: usize,
    /// Height of the provisional stack before the goal was begun.
    mark: usize,
}

/// Steps that a value of a document costs, for each of its copies until it is a witness.
const STEPS_PER_VALUE: usize = 4;
/// Bytes of a text that cost a step.
const BYTES_PER_STEP: usize = 8;

/// Returns the steps that a document costs.
fn measure(value: &Value) -> usize {
    STEPS_PER_VALUE
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len() / BYTES_PER_STEP,
            Value::Array(items) => items.iter().map(measure).sum::<usize>(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| name.len() / BYTES_PER_STEP + measure(value)).sum::<usize>()
            }
        }
}
