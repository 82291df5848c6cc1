//! Work limit of a question, counted in steps and never in time, so that the same question gets the
//! same answer on every machine.
//!
//! Every limit has one of three consequences: a verdict is undecided with its reason, a candidate
//! is not confirmed, or a report has fewer incompatibilities. None of them makes a verdict wrong. The limits
//! that decide about a verdict:
//!
//! | limit | file | counts | reason if exceeded |
//! |---|---|---|---|
//! | `Question::budget` | `question.rs` | steps of the search | `Budget` |
//! | `MAX_GOAL_DEPTH` | `solve.rs` | nested goals | `Depth` |
//! | `MAX_CANDIDATES`, `REFINEMENTS` | `solve/number.rs` | numbers that are tried | `Limit`, `Number` |
//! | `MAX_COUNTERS`, `MAX_BUILT_ITEMS`, `MAX_REPEATED_ITEMS` | `solve/array.rs` | `contains` keywords, items | `Limit` |
//! | `MAX_DISTINCT_ITEMS` | `solve/array/distinct.rs` | items that all differ | `Limit` |
//! | `MAX_NAME_SETS` | `solve/object/name_class.rs` | sets of member names | `Limit` |
//! | `MAX_VARIANTS` | `solve/spelling.rs` | spellings of a value in draft 4 | `Number` |
//! | `MAX_STATES`, `MAX_MEMBER_LENGTH` | `regex/automaton.rs` | states, characters | `Limit` |
//! | `MAX_CHARACTERS_PER_LETTER` | `regex/automaton.rs` | strings that are excluded | `Limit` |
//! | `MAX_GROUP_DEPTH`, `MAX_REPETITIONS` | `regex/parse.rs` | nested groups, repetitions | `Opaque`, if it matters |
//! | `MAX_HEIGHT` | `regex.rs` | nested operators of a pattern | `Opaque`, if it matters |
//! | `Question::budget`, once more | `regex.rs` | expressions and derivatives of patterns | `Budget` |
//! | `MAX_SCHEMA_NESTING` | `lower.rs` | nested schemas | `Depth` |
//! | `MAX_REFERENCES` | `lower/cycle.rs` | references in place | `Depth` |
//! | `MAX_VISITED`, `MAX_CONDITIONS` | `lower/unevaluated.rs` | schemas in place, conditions | `Depth`, `Keyword` |
//! | `MAX_STEPS`, `MAX_DEPTH`, `MAX_CHECK_STEPS` | `validator.rs`, `sources.rs` | schemas applied to a document | `Unconfirmed` |
//! | `MAX_TOTAL_EFFORT`, `MAX_EFFORT_PER_DOCUMENT` | `witness.rs` | the same, in `jsonschema` | `Unconfirmed` |
//!
//! The limits on depth keep recursion within the 2 MiB of a spawned thread in an unoptimised build.
//! They differ because the frames do: a goal of the solver takes several large frames, a subschema
//! in the validator one.

/// Steps that are left to spend. A step is a small bounded piece of work: a state of an automaton,
/// a node of a formula.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
    /// Operations that do not make a whole step yet.
    operations: usize,
}

/// Small operations, such as copying a formula or looking up a member, that cost one step.
const OPERATIONS_PER_STEP: usize = 16;

/// Error of work that a [`Budget`] does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BudgetExhausted;

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self { left: steps, operations: 0 }
    }

    /// Deducts small operations, whose number grows with the size of a schema. That none are left is the error of the next
    /// [`Budget::spend`].
    pub(super) fn charge(&mut self, operations: usize) {
        self.operations = self.operations.saturating_add(operations);
        self.left = self.left.saturating_sub((self.operations / OPERATIONS_PER_STEP) as u64);
        self.operations %= OPERATIONS_PER_STEP;
    }

    /// Deducts steps before the work is done.
    ///
    /// # Errors
    ///
    /// No steps are left. It then fails for every later call, too, so that a caller that ignores an
    /// error cannot go on for long.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), BudgetExhausted> {
        self.left = self.left.saturating_sub(steps as u64);
        if self.left == 0 { Err(BudgetExhausted) } else { Ok(()) }
    }
}

/// Error of work that exceeds the budget of the question, or a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkError {
    Budget,
    Limit(FixedLimit),
}

impl From<BudgetExhausted> for WorkError {
    fn from(_: BudgetExhausted) -> Self {
        Self::Budget
    }
}

/// A limit on one kind of construct, which does not depend on the budget of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FixedLimit {
    pub(super) max: u64,
    /// Plural noun, as in "more than 12 name sets".
    pub(super) constructs: &'static str,
}
