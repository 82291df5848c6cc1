//! `anything-but` matchers that cancel each other.

use super::report::{Check, Lint, Report};
use crate::Pattern;
use crate::anything_but::AnythingBut;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "anything-but-all",
    explanation: "Two anything-but matchers in one array cancel each other. Any matcher of an array may match, so together \
                  they exclude only what both exclude; if that is nothing, every value matches. Write all excluded values in \
                  one anything-but: [{\"anything-but\": [\"a\", \"b\"]}].",
    check: Check::Pattern(check),
};

fn check(pattern: &Pattern, report: &mut Report<'_>) {
    for array in &pattern.syntax.arrays {
        let all: Vec<_> = array
            .items
            .iter()
            .filter_map(|item| {
                if let Matcher::AnythingBut(excluded) = &item.matcher { Some((excluded, &item.location)) } else { None }
            })
            .collect();
        for (index, (excluded, location)) in all.iter().enumerate() {
            if all[..index].iter().any(|(earlier, _)| is_disjoint(excluded, earlier)) {
                report.push(location, "an earlier anything-but matches what this one excludes: every value matches");
            }
        }
    }
}

/// Returns true if it is certain that no value is excluded by both.
fn is_disjoint(one: &AnythingBut, other: &AnythingBut) -> bool {
    use AnythingBut::{IgnoreCase, Numbers, Prefixes, Strings, Suffixes, Wildcards};
    match (one, other) {
        (Numbers(one), Numbers(_)) => one.iter().all(|number| other.allows_number(*number)),
        (Numbers(_), _) | (_, Numbers(_)) => true,
        (Strings(texts), other) | (other, Strings(texts)) => texts.iter().all(|text| other.allows_string(text)),
        (Prefixes(one), Prefixes(other)) => are_unrelated(one, other, |text, part| text.starts_with(part)),
        (Suffixes(one), Suffixes(other)) => are_unrelated(one, other, |text, part| text.ends_with(part)),
        (
            Prefixes(_) | Suffixes(_) | IgnoreCase(_) | Wildcards(_),
            Prefixes(_) | Suffixes(_) | IgnoreCase(_) | Wildcards(_),
        ) => false,
    }
}

fn are_unrelated(one: &[String], other: &[String], contains: impl Fn(&str, &str) -> bool) -> bool {
    one.iter().all(|text| other.iter().all(|part| !contains(text, part) && !contains(part, text)))
}
