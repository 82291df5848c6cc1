//! String matchers beside address matchers.

use super::report::{Check, Lint, Report};
use crate::Pattern;
use crate::matcher::{Encoding, Matcher};

pub(super) const LINT: Lint = Lint {
    id: "address-hides-text",
    explanation: "String matchers do not see addresses if another matcher of the field compares addresses. Every value that \
                  is an address is then encoded as one: no prefix, suffix, wildcard or equals-ignore-case matches it, and \
                  anything-but does not exclude it. If another matcher compares numbers, no value is encoded as an address. \
                  Write the matchers in separate rules.",
    check: Check::Pattern(check),
};

fn check(pattern: &Pattern, report: &mut Report<'_>) {
    for compiled in &pattern.compiled.conditions {
        let Encoding { numbers, addresses } = compiled.condition.encoding;
        if !addresses {
            continue;
        }
        for item in &pattern.syntax.arrays[compiled.array].items {
            let compares_strings = matches!(
                item.matcher,
                Matcher::Prefix(_)
                    | Matcher::Suffix(_)
                    | Matcher::IgnoreCase(_)
                    | Matcher::Wildcard(_)
                    | Matcher::AnythingBut(_)
            );
            if numbers && matches!(item.matcher, Matcher::Cidr(_)) {
                let message = "beside a matcher of numbers, no value is encoded as an address: this matches none";
                report.push(&item.location, message);
            } else if !numbers && compares_strings {
                report
                    .push(&item.location, "beside a matcher of addresses, this does not see values that are addresses");
            }
        }
    }
}
