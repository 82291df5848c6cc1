//! How much work a question may cost, counted in steps and never in time: the same question gets the same answer.

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

/// There is nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BudgetExhausted;

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), BudgetExhausted> {
        self.left = self.left.saturating_sub(steps as u64);
        if self.left == 0 { Err(BudgetExhausted) } else { Ok(()) }
    }
}
