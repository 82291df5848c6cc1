//! Invalid patterns.

use super::report::{Check, Lint};

pub(super) const LINT: Lint = Lint {
    id: "invalid",
    explanation: "EventBridge rejects the pattern. The message has the reason of the service, word for word if it gives one, \
                  and a correction.",
    check: Check::Error(|error| !error.is_affix_array()),
};
