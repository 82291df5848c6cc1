//! Work of the evaluation of one file.

use std::cell::Cell;

/// Maximum number of values that are evaluated: as many as a file may have.
const MAX_STEPS: usize = 1_000_000;
/// Maximum number of bytes of evaluated texts: sixteen times the largest template that CloudFormation accepts.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Work of the evaluation of one file, counted in values and bytes.
#[derive(Debug, Default)]
pub(super) struct Effort {
    steps: Cell<usize>,
    bytes: Cell<usize>,
    limits: Cell<usize>,
}

impl Effort {
    /// Counts a value, with the bytes of its text, before it is evaluated.
    ///
    /// # Errors
    ///
    /// The work exceeds a limit.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), String> {
        self.steps.set(self.steps.get().saturating_add(1));
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        let (limit, unit) = match (self.steps.get() > MAX_STEPS, self.bytes.get() > MAX_BYTES) {
            (true, _) => (MAX_STEPS, "values"),
            (false, true) => (MAX_BYTES, "bytes"),
            (false, false) => return Ok(()),
        };
        self.note_limit();
        Err(format!("the functions of the file make more than {limit} {unit}"))
    }

    /// Records that a result depends on a limit, or on a cycle.
    pub(super) fn note_limit(&self) {
        self.limits.set(self.limits.get().saturating_add(1));
    }

    /// Returns the number of limits that have been met.
    pub(super) fn limits(&self) -> usize {
        self.limits.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_bytes_are_bounded() {
        let effort = Effort::default();
        assert!((0..MAX_STEPS).all(|_| effort.spend(0).is_ok()));
        assert_eq!(effort.spend(0).unwrap_err(), "the functions of the file make more than 1000000 values");
        let effort = Effort::default();
        assert_eq!(effort.spend(MAX_BYTES), Ok(()));
        assert_eq!(effort.spend(1).unwrap_err(), "the functions of the file make more than 16777216 bytes");
        assert_eq!(effort.limits(), 1);
    }
}
