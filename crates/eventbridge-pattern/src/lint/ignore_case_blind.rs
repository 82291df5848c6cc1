//! Characters that never match if the case is ignored.

use super::report::{Check, Lint, matchers};
use crate::anything_but::AnythingBut;
use crate::ignore_case::{IgnoreCase, with_code_points};
use crate::matcher::Matcher;
use crate::prefix::Affix;

pub(super) const LINT: Lint = Lint {
    id: "ignore-case-blind",
    explanation: "Some characters never match with equals-ignore-case. The service compares UTF-16 units, each in its lower \
                  and its upper case. A character of two units, such as an emoji, never matches itself, and neither does one \
                  that differs from both of its cases, such as \u{1c5}; under anything-but it excludes nothing. Write the \
                  string without equals-ignore-case, once for each spelling.",
    check: Check::Pattern(|pattern, report| {
        for (_, matcher, location) in matchers(pattern) {
            let texts = if let Matcher::IgnoreCase(text)
            | Matcher::Prefix(Affix::IgnoreCase(text))
            | Matcher::Suffix(Affix::IgnoreCase(text)) = matcher
            {
                std::slice::from_ref(text)
            } else if let Matcher::AnythingBut(AnythingBut::IgnoreCase(texts)) = matcher {
                texts
            } else {
                continue;
            };
            let unmatchable = with_code_points(texts.iter().flat_map(IgnoreCase::unmatchable));
            if !unmatchable.is_empty() {
                report.push(location, format!("never matches with equals-ignore-case: {unmatchable}"));
            }
        }
    }),
};
