//! Accounts that are numbers.

use super::report::{Check, Lint, matchers};
use crate::anything_but::AnythingBut;
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "account-unquoted",
    explanation: "The account of an event is a string, not a number. A number matches no account, and under anything-but it \
                  excludes none: a rule that should exclude one account matches all of them. Write the account in double \
                  quotes.",
    check: Check::Pattern(|pattern, report| {
        for (array, matcher, location) in matchers(pattern) {
            if array.path != "account" {
                continue;
            }
            if matches!(matcher, Matcher::AnythingBut(AnythingBut::Numbers(_))) {
                report.push(location, "an account is a string: these numbers exclude nothing");
            } else if matches!(matcher, Matcher::Literal(Literal::Number(_)) | Matcher::Numeric(_)) {
                report.push(location, "an account is a string: a number matches nothing");
            }
        }
    }),
};
