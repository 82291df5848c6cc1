//! Accounts that are not twelve digits.

use super::report::{Check, Lint, matchers};
use crate::anything_but::AnythingBut;
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "account-length",
    explanation: "An account is a string of twelve digits, leading zeros included. Any other string matches no event, and \
                  excludes none under anything-but. Write all twelve digits.",
    check: Check::Pattern(|pattern, report| {
        for (array, matcher, location) in matchers(pattern) {
            let texts = if let Matcher::Literal(Literal::String(text) | Literal::Address(text, _)) = matcher {
                std::slice::from_ref(text)
            } else if let Matcher::AnythingBut(AnythingBut::Strings(texts)) = matcher {
                texts
            } else {
                continue;
            };
            for text in texts {
                if array.path == "account" && !(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())) {
                    report.push(location, format!("{text:?} is not an account: expected twelve digits"));
                }
            }
        }
    }),
};
