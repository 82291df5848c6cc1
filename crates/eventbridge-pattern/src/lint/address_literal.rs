//! A text that is an address.

use super::{Lint, Look, matches};
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "address-literal",
    explanation: "A text that is an IP address is found in all its spellings, ::1 as 0:0:0:0:0:0:0:1, and as the first \
                  digits of a longer address. A version number of four parts is an address, too. Where that text alone is \
                  meant, write {\"exactly\": …}.",
    look: Look::Pattern(|pattern, report| {
        for (_, matcher, place) in matches(pattern) {
            if let Matcher::Literal(Literal::Address(text, _)) = matcher {
                report.at(place, format!("{text:?} is read as an address, and found in every spelling of it"));
            }
        }
    }),
};
