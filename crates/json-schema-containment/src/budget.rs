//! Work limit of a question, counted in steps and never in time, so that the same question gets the same answer on every
//! machine.

/// Steps that are left to spend. A step is a small bounded piece of work: a state of an automaton, a node of a formula.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

/// Error of work that a [`Budget`] does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BudgetExhausted;

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// Deducts steps before the work is done.
    ///
    /// # Errors
    ///
    /// Nothing is left; so it remains for every later call.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), BudgetExhausted> {
        self.left = self.left.saturating_sub(steps as u64);
        if self.left == 0 { Err(BudgetExhausted) } else { Ok(()) }
    }
}
