//! Blocks that match addresses of the other IP family.

use super::report::{Check, Lint, matchers};
use crate::cidr::{Block, IpAddress};
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "other-family",
    explanation: "The block also matches addresses of the other IP family. The service compares hexadecimal digits from the \
                  left and does not distinguish IPv4 from IPv6: an IPv6 block of less than 32 bits matches IPv4 addresses, \
                  and 32.0.0.0/8 matches IPv6 addresses that begin with 20. Write a longer block, or test a field that names \
                  the family.",
    check: Check::Pattern(|pattern, report| {
        for (_, matcher, location) in matchers(pattern) {
            let Matcher::Cidr(block) = matcher else { continue };
            if let Some(example) = example_of_other_family(block) {
                report.push(location, format!("also matches addresses of the other IP family, such as {example}"));
            }
        }
    }),
};

/// Returns a common address of the other family that the block matches.
fn example_of_other_family(block: &Block) -> Option<&'static str> {
    let v4 = ["0.0.0.1", "10.0.0.1", "32.1.13.184", "42.0.0.1", "127.0.0.1", "172.16.0.1", "192.168.0.1", "253.0.0.1"];
    let v6 = ["::1", "2001:db8::1", "2600:1f00::1", "2a05:d000::1", "fd00::1", "fe80::1", "ff02::1"];
    let candidates = if block.is_v4() { &v6[..] } else { &v4[..] };
    let is_match = |text: &&str| IpAddress::parse(text).is_some_and(|address| block.contains(address.digits()));
    candidates.iter().copied().find(is_match)
}
