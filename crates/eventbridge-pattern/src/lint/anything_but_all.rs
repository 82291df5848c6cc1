//! Two matches of which each lets through what the other excludes.

use super::{Lint, Look};
use crate::Pattern;
use crate::anything_but::AnythingBut;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "anything-but-all",
    explanation: "Of the matches in one list any may hold. Two anything-but beside each other exclude only what both of \
                  them exclude; where that is nothing, every value is found. Write all that is to be excluded in one \
                  anything-but: [{\"anything-but\": [\"a\", \"b\"]}].",
    look: Look::Pattern(look),
};

fn look(pattern: &Pattern, report: &mut super::Report<'_>) {
    for list in &pattern.source.lists {
        let all: Vec<_> = list
            .items
            .iter()
            .filter_map(
                |item| if let Matcher::AnythingBut(but) = &item.matcher { Some((but, &item.place)) } else { None },
            )
            .collect();
        for (index, (excluded, place)) in all.iter().enumerate() {
            if all[..index].iter().any(|(other, _)| nothing_in_common(excluded, other)) {
                report.at(place, "what this excludes, an anything-but before it lets through: every value is found");
            }
        }
    }
}

/// Whether no value is excluded by both, as far as that is plain to see.
fn nothing_in_common(one: &AnythingBut, other: &AnythingBut) -> bool {
    use AnythingBut::{IgnoreCase, Numbers, Prefixes, Suffixes, Texts, Wildcards};
    match (one, other) {
        (Numbers(one), Numbers(_)) => one.iter().all(|number| other.allows_number(*number)),
        (Numbers(_), _) | (_, Numbers(_)) => true,
        (Texts(texts), other) | (other, Texts(texts)) => texts.iter().all(|text| other.allows_text(text)),
        (Prefixes(one), Prefixes(other)) => apart(one, other, |text, part| text.starts_with(part)),
        (Suffixes(one), Suffixes(other)) => apart(one, other, |text, part| text.ends_with(part)),
        (
            Prefixes(_) | Suffixes(_) | IgnoreCase(_) | Wildcards(_),
            Prefixes(_) | Suffixes(_) | IgnoreCase(_) | Wildcards(_),
        ) => false,
    }
}

fn apart(one: &[String], other: &[String], has: impl Fn(&str, &str) -> bool) -> bool {
    one.iter().all(|text| other.iter().all(|part| !has(text, part) && !has(part, text)))
}
