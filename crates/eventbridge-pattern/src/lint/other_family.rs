//! A block that has addresses of the other family in it.

use super::{Lint, Look, matches};
use crate::cidr::{Address, Block};
use crate::matcher::Matcher;

pub(super) const LINT: Lint = Lint {
    id: "other-family",
    explanation: "The service compares the hexadecimal digits of addresses from the left, and does not tell IPv4 from IPv6: \
                  a block of IPv6 with less than 32 bits finds IPv4 addresses, and 32.0.0.0/8 finds IPv6 addresses that \
                  begin with 20. Write a longer block, or look at a field that says the family.",
    look: Look::Pattern(|pattern, report| {
        for (_, matcher, place) in matches(pattern) {
            let Matcher::Cidr(block) = matcher else { continue };
            if let Some(example) = stranger(block) {
                report.at(place, format!("this finds addresses of the other family, too, such as {example}"));
            }
        }
    }),
};

/// An address of the other family that is in use somewhere.
fn stranger(block: &Block) -> Option<&'static str> {
    let version_4 =
        ["0.0.0.1", "10.0.0.1", "32.1.13.184", "42.0.0.1", "127.0.0.1", "172.16.0.1", "192.168.0.1", "253.0.0.1"];
    let version_6 = ["::1", "2001:db8::1", "2600:1f00::1", "2a05:d000::1", "fd00::1", "fe80::1", "ff02::1"];
    let strangers = if block.is_version_4() { &version_6[..] } else { &version_4[..] };
    strangers.iter().copied().find(|text| Address::parse(text).is_some_and(|address| block.has(address.digits())))
}
