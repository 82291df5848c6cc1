//! An account that has not twelve digits.

use super::{Lint, Look, matches};
use crate::anything_but::AnythingBut;
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "account-length",
    explanation: "An account has twelve digits, zeros at its start among them. A text of any other form is found in no \
                  envelope, and excludes none under anything-but. Write all twelve digits.",
    look: Look::Pattern(|pattern, report| {
        for (list, matcher, place) in matches(pattern) {
            let texts = if let Matcher::Literal(Literal::Text(text) | Literal::Address(text, _)) = matcher {
                std::slice::from_ref(text)
            } else if let Matcher::AnythingBut(AnythingBut::Texts(texts)) = matcher {
                texts
            } else {
                continue;
            };
            for text in texts {
                if list.path == "account" && !(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())) {
                    report.at(place, format!("{text:?} is not twelve digits, as an account is"));
                }
            }
        }
    }),
};
