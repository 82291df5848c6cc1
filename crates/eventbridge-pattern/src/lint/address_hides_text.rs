//! A match of texts beside one of addresses.

use super::{Lint, Look};
use crate::Pattern;
use crate::matcher::{Matcher, Mode};

pub(super) const LINT: Lint = Lint {
    id: "address-hides-text",
    explanation: "Where one match of a field compares addresses, every value that is an address is read as one, and no \
                  prefix, suffix, wildcard or equals-ignore-case finds it any more; anything-but excludes it no more. \
                  Where another one compares numbers, no address is read at all. Write the matches in rules of their own.",
    look: Look::Pattern(look),
};

fn look(pattern: &Pattern, report: &mut super::Report<'_>) {
    for (&list, condition) in pattern.compiled.list.iter().zip(&pattern.compiled.conditions) {
        let Mode { numbers, addresses } = condition.mode;
        if !addresses {
            continue;
        }
        for item in &pattern.source.lists[list].items {
            let of_texts = matches!(
                item.matcher,
                Matcher::Prefix(_)
                    | Matcher::Suffix(_)
                    | Matcher::IgnoreCase(_)
                    | Matcher::Wildcard(_)
                    | Matcher::AnythingBut(_)
            );
            if numbers && matches!(item.matcher, Matcher::Cidr(_)) {
                report.at(&item.place, "beside a match of numbers, no address is read as one: this finds none");
            } else if !numbers && of_texts {
                report.at(&item.place, "beside a match of addresses, a value that is an address is no text to this");
            }
        }
    }
}
