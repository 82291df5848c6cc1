//! Characters that are not found when the case is ignored.

use super::{Lint, Look, matches};
use crate::anything_but::AnythingBut;
use crate::ignore_case::{Folded, named};
use crate::matcher::Matcher;
use crate::prefix::Affix;

pub(super) const LINT: Lint = Lint {
    id: "ignore-case-blind",
    explanation: "With equals-ignore-case the service compares UTF-16 units, each in its lower and its upper case. A \
                  character that needs two units, such as an emoji, never finds itself, and neither does one that is in \
                  neither case, such as \u{1c5}; under anything-but it excludes nothing. Write the text without \
                  equals-ignore-case, once for each spelling.",
    look: Look::Pattern(|pattern, report| {
        for (_, matcher, place) in matches(pattern) {
            let all = if let Matcher::IgnoreCase(folded)
            | Matcher::Prefix(Affix::Folded(folded))
            | Matcher::Suffix(Affix::Folded(folded)) = matcher
            {
                std::slice::from_ref(folded)
            } else if let Matcher::AnythingBut(AnythingBut::IgnoreCase(all)) = matcher {
                all
            } else {
                continue;
            };
            let blind = named(all.iter().flat_map(Folded::blind));
            if !blind.is_empty() {
                report.at(place, format!("{blind}: never found where the case is ignored"));
            }
        }
    }),
};
