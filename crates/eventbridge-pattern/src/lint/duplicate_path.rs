//! Several conditions on one path.

use super::report::{Check, Lint, Report};
use crate::Pattern;

pub(super) const LINT: Lint = Lint {
    id: "duplicate-path",
    explanation: "Only the last of several conditions on one path counts. The service drops the earlier ones. \
                  {\"a\": {\"b\": …}} and {\"a.b\": …} are one path. Write one array; if both conditions must hold, use two \
                  rules or another field.",
    check: Check::Pattern(check),
};

fn check(pattern: &Pattern, report: &mut Report<'_>) {
    for &(before, after) in &pattern.compiled.replaced {
        let (dropped, kept) = (&pattern.syntax.arrays[before], &pattern.syntax.arrays[after]);
        if dropped.is_in_or == kept.is_in_or {
            let message =
                format!("dropped: {} is a later condition on the path {}", kept.location.pointer, dropped.path);
            report.push(&dropped.location, message);
        }
    }
}
