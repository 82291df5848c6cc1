//! One path, written twice.

use super::{Lint, Look};
use crate::Pattern;

pub(super) const LINT: Lint = Lint {
    id: "duplicate-path",
    explanation: "Of several lists for one path the last one counts, and those before it are dropped. {\"a\": {\"b\": …}} \
                  and {\"a.b\": …} are one path. Write one list; where both conditions have to hold, two rules or another \
                  field are needed.",
    look: Look::Pattern(look),
};

fn look(pattern: &Pattern, report: &mut super::Report<'_>) {
    for &(before, after) in &pattern.compiled.overwritten {
        let (dropped, kept) = (&pattern.source.lists[before], &pattern.source.lists[after]);
        if dropped.branch == kept.branch {
            let path = &dropped.path;
            report.at(
                &dropped.place,
                format!("dropped: {} is for the same path, {path}, and comes later", kept.place.pointer),
            );
        }
    }
}
