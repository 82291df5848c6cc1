//! A path beside `$or` and in it.

use super::{Lint, Look};
use crate::Pattern;

pub(super) const LINT: Lint = Lint {
    id: "or-overwrites",
    explanation: "A path that stands beside $or and in one of its branches is not asked twice: the list that comes later in \
                  the text takes the place of the other in that branch. Write the values that may be in the branch itself, \
                  and the path in every branch.",
    look: Look::Pattern(look),
};

fn look(pattern: &Pattern, report: &mut super::Report<'_>) {
    for &(before, after) in &pattern.compiled.overwritten {
        let (dropped, kept) = (&pattern.source.lists[before], &pattern.source.lists[after]);
        if dropped.branch != kept.branch {
            let (place, path) = (&kept.place.pointer, &dropped.path);
            report.at(&dropped.place, format!("dropped where {place}, for the same path {path}, comes into play"));
        }
    }
}
