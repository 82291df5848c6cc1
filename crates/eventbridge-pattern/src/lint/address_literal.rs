//! Strings that are addresses.

use super::report::{Check, Lint, matchers};
use crate::literal::Literal;
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "address-literal",
    explanation: "A string that is an IP address matches every spelling of the address. ::1 matches 0:0:0:0:0:0:0:1, and an \
                  IPv4 address also matches an IPv6 address that begins with the same digits. A version number of four parts \
                  is an address too. Write {\"exactly\": …} if only this spelling is meant.",
    check: Check::Pattern(|pattern, report| {
        for (_, matcher, location) in matchers(pattern) {
            if let Matcher::Literal(Literal::Address(text, _)) = matcher {
                report.push(location, format!("{text:?} is an address: it matches every spelling of the address"));
            }
        }
    }),
};
