//! A text that is no pattern.

use super::{Lint, Look};

pub(super) const LINT: Lint = Lint {
    id: "invalid",
    explanation: "EventBridge refuses this text as a pattern. The message has its reason, word for word where the service \
                  gives one, and what to write instead.",
    look: Look::Refused(|error| !error.is_list_of_affixes()),
};
