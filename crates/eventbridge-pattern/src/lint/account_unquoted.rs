//! An account that is written as a number.

use super::{Lint, Look, matches};
use crate::anything_but::AnythingBut;
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "account-unquoted",
    explanation: "The account of an envelope is a text of twelve digits. A number finds no text, and under anything-but \
                  it excludes none: a rule that should keep one account out lets all of them in. Write it in double quotes.",
    look: Look::Pattern(|pattern, report| {
        for (list, matcher, place) in matches(pattern) {
            if list.path != "account" {
                continue;
            }
            if matches!(matcher, Matcher::AnythingBut(AnythingBut::Numbers(_))) {
                report.at(place, "an account is a text, and never one of these numbers: nothing is excluded");
            } else if matches!(matcher, Matcher::Literal(Literal::Number(_)) | Matcher::Numeric(_)) {
                report.at(place, "an account is a text, and never a number: nothing is found");
            }
        }
    }),
};
