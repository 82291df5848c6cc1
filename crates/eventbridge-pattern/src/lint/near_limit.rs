//! Patterns that are close to a limit.

use super::report::{Check, Lint, Report};
use crate::Pattern;
use crate::complexity::MAX_COMPLEXITY;
use crate::or::MAX_COMBINATIONS;

pub(super) const LINT: Lint = Lint {
    id: "near-limit",
    explanation: "The pattern is close to a limit of the service. EventBridge rejects patterns of more than 2,048 \
                  characters, of more than 1,000 combinations of $or branches, and with wildcards of a complexity above 10. \
                  The next value or star may be too much. Write several rules.",
    check: Check::Pattern(check),
};

fn check(pattern: &Pattern, report: &mut Report<'_>) {
    if let Some((found, location)) = &pattern.compiled.complexity
        && *found + 2 >= MAX_COMPLEXITY
    {
        report
            .push(location, format!("the wildcards of this field have complexity {found} of at most {MAX_COMPLEXITY}"));
    }
    let combinations = pattern.compiled.alternatives.len();
    if combinations * 10 > MAX_COMBINATIONS * 8 {
        report.push_at_root(format!("$or makes {combinations} combinations of at most {MAX_COMBINATIONS}"));
    }
    let (length, max_length) = (pattern.as_str().chars().count(), report.settings.max_length);
    if length * 10 > max_length * 9 {
        report.push_at_root(format!("the pattern has {length} characters of at most {max_length}"));
    }
}
