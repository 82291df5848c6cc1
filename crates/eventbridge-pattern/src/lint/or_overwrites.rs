//! Conditions on one path beside `$or` and inside of it.

use super::report::{Check, Lint, Report};
use crate::Pattern;

pub(super) const LINT: Lint = Lint {
    id: "or-overwrites",
    explanation: "A condition inside of $or replaces one on the same path beside it, or is replaced by it. The service does \
                  not combine the two: the later one in the text counts for that branch. Write the accepted values in the \
                  branch itself, and the path in every branch.",
    check: Check::Pattern(check),
};

fn check(pattern: &Pattern, report: &mut Report<'_>) {
    for &(before, after) in &pattern.compiled.replaced {
        let (dropped, kept) = (&pattern.syntax.arrays[before], &pattern.syntax.arrays[after]);
        if dropped.is_in_or != kept.is_in_or {
            let (pointer, path) = (&kept.location.pointer, &dropped.path);
            report.push(
                &dropped.location,
                format!("dropped where {pointer} applies, a condition on the same path {path}"),
            );
        }
    }
}
