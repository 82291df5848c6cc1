//! A pattern that is nearly too much for the service.

use super::{Lint, Look};
use crate::{Pattern, complexity, or};

pub(super) const LINT: Lint = Lint {
    id: "near-limit",
    explanation: "EventBridge refuses patterns of more than 2,048 characters, of more than 1,000 combinations of $or \
                  branches, and with wildcards of a complexity above 10. This one is near one of these limits: the next \
                  value or star may be too much. Write several rules.",
    look: Look::Pattern(look),
};

fn look(pattern: &Pattern, report: &mut super::Report<'_>) {
    if let Some((found, place)) = &pattern.compiled.complexity
        && *found + 2 >= complexity::LIMIT
    {
        report.at(
            place,
            format!("the wildcards of this field have a complexity of {found}, of {} at most", complexity::LIMIT),
        );
    }
    let ways = pattern.compiled.branches.len();
    if ways * 10 > or::COMBINATIONS * 8 {
        report.whole(format!("$or makes {ways} combinations, of {} at most", or::COMBINATIONS));
    }
    let (length, limit) = (pattern.as_str().chars().count(), report.settings.length);
    if length * 10 > limit * 9 {
        report.whole(format!("the pattern has {length} characters, of {limit} at most"));
    }
}
