//! Arrays as operands of `prefix` and `suffix`.

use super::report::{Check, Lint};

pub(super) const LINT: Lint = Lint {
    id: "prefix-list",
    explanation: "A prefix or a suffix is one string, not an array. EventBridge accepts arrays only under anything-but. Any \
                  matcher of an array may match, so write one for each: [{\"prefix\": \"a\"}, {\"prefix\": \"b\"}].",
    check: Check::Error(crate::PatternError::is_affix_array),
};
