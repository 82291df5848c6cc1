//! A list where one text is expected.

use super::{Lint, Look};

pub(super) const LINT: Lint = Lint {
    id: "prefix-list",
    explanation: "A prefix or a suffix is one text; lists are allowed under anything-but only, and EventBridge refuses them \
                  elsewhere. Any match of a list may hold, so write one match each: [{\"prefix\": \"a\"}, {\"prefix\": \"b\"}].",
    look: Look::Refused(crate::PatternError::is_list_of_affixes),
};
