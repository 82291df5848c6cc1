//! `cidr`: an IP address in a block. Also Strings that are addresses, which the service compares as such.

use json_document::text::Tree;

use crate::cursor;
use crate::error::Rejection;

pub(crate) const NAME: &str = "cidr";

const HELP: &str = "write a block such as \"10.0.0.0/24\" (0 to 31 bits) or \"2001:db8::/32\" (0 to 127 bits); for one address, a plain string";

/// An address as the service encodes it: 8 or 32 upper-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct IpAddress {
    digits: [u8; 32],
    length: usize,
}

/// A range of encoded addresses.
///
/// The service compares digits from the left and decides at the first that differs, so it does not distinguish the
/// families: `10.0.0.0/8` matches whatever begins with `0A`, as `a00::1` does. `0.0.0.0/0` even matches the Number `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Block {
    pub(crate) bottom: IpAddress,
    pub(crate) top: IpAddress,
}

impl IpAddress {
    /// Parses any spelling of an address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.contains(':') {
            let bytes = parse_v6(text)?;
            // An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) is the IPv4 address, as in Java.
            return Some(if bytes[..10] == [0; 10] && bytes[10..12] == [0xff; 2] {
                Self::encode(&bytes[12..])
            } else {
                Self::encode(&bytes)
            });
        }
        parse_v4(text).map(|bytes| Self::encode(&bytes))
    }

    fn encode(bytes: &[u8]) -> Self {
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_mut(2).zip(bytes) {
            pair[0] = b"0123456789ABCDEF"[usize::from(byte >> 4)];
            pair[1] = b"0123456789ABCDEF"[usize::from(byte & 15)];
        }
        Self { digits, length: bytes.len() * 2 }
    }

    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    pub(crate) fn is_v4(&self) -> bool {
        self.length == 8
    }

    /// Returns true if a text may be equal to the digits of an address, by its length.
    pub(crate) fn may_have_digits(text: &str) -> bool {
        matches!(text.len(), 8 | 32)
    }
}

impl Block {
    pub(crate) fn parse(tree: &Tree<'_>) -> Result<Self, Rejection> {
        let text = cursor::expect_string(tree, || Rejection::new("prefix match pattern must be a string", HELP))?;
        Self::new(text).map_err(|reason| Rejection::new(reason, HELP))
    }

    fn new(text: &str) -> Result<Self, String> {
        let (address, bits) = match text.trim_end_matches('/').split_once('/') {
            Some((address, bits)) if !bits.contains('/') => (address, bits),
            Some(_) | None => return Err("Malformed CIDR, one '/' required".to_owned()),
        };
        let bits: i32 = bits.parse().map_err(|_| "Malformed CIDR, mask bits must be an integer".to_owned())?;
        if bits < 0 {
            return Err("Malformed CIDR, mask bits must not be negative".to_owned());
        }
        let is_shaped = is_v4_shaped(address) || is_v6_shaped(address);
        let Some(address) = IpAddress::parse(address) else {
            return Err(format!("{} IP address: {address}", if is_shaped { "Invalid" } else { "Nonstandard" }));
        };
        let digits = address.length;
        let (all, family) = if address.is_v4() { (32, "IPv4") } else { (128, "IPv6") };
        if bits >= all {
            return Err(format!("{family} mask bits must be < {all}"));
        }
        let (mut bottom, mut top) = (address, address);
        for (index, (low, high)) in bottom.digits.iter_mut().zip(&mut top.digits).enumerate().take(digits) {
            // Bits of this digit that belong to the network; the others are free.
            let network_bits = (bits - i32::try_from(index).unwrap_or(32) * 4).clamp(0, 4);
            let digit = char::from(*low).to_digit(16).unwrap_or_default();
            let free = 15_u32 >> network_bits;
            let write = |digit| char::from_digit(digit, 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8);
            (*low, *high) = (write(digit & !free), write(digit | free));
        }
        Ok(Self { bottom, top })
    }

    /// Returns the block that matches one address in all its spellings.
    pub(crate) fn single(address: IpAddress) -> Self {
        Self { bottom: address, top: address }
    }

    /// Returns the digits that every match begins with.
    pub(crate) fn common_prefix(&self) -> &[u8] {
        let same = self.bottom.digits().iter().zip(self.top.digits()).take_while(|(bottom, top)| bottom == top);
        &self.bottom.digits()[..same.count()]
    }

    pub(crate) fn is_v4(&self) -> bool {
        self.bottom.is_v4()
    }

    /// Compares digits as the automaton of the service does: one by one, and it accepts as soon as a digit is strictly
    /// between the bounds.
    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        let (mut on_bottom, mut on_top) = (true, true);
        for (index, (&bottom, &top)) in self.bottom.digits().iter().zip(self.top.digits()).enumerate() {
            let Some(&digit) = text.get(index) else { return false };
            if !matches!(digit, b'0'..=b'9' | b'A'..=b'F') || on_bottom && digit < bottom || on_top && digit > top {
                return false;
            }
            on_bottom &= digit == bottom;
            on_top &= digit == top;
            if !on_bottom && !on_top {
                return true;
            }
        }
        true
    }
}

fn is_v4_shaped(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    text.split('.').count() == 4 && text.split('.').all(is_number)
}

fn is_v6_shaped(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit())
}

/// Parses four decimal numbers; leading zeros are ignored.
fn parse_v4(text: &str) -> Option<[u8; 4]> {
    // Rejects nearly every text that is not an address in constant time.
    if !(7..=15).contains(&text.len()) || !text.as_bytes()[0].is_ascii_digit() || !is_v4_shaped(text) {
        return None;
    }
    let mut bytes = [0; 4];
    for (byte, part) in bytes.iter_mut().zip(text.split('.')) {
        *byte = part.parse::<u64>().ok()?.try_into().ok()?;
    }
    Some(bytes)
}

/// Parses eight hexadecimal numbers, with at most one `::` for a run of zeros.
fn parse_v6(text: &str) -> Option<[u8; 16]> {
    let group = |group: &str| u32::from_str_radix(group, 16).ok().and_then(|group| u16::try_from(group).ok());
    let groups = |text: &str| match text {
        "" => Some(Vec::new()),
        text => text.split(':').map(group).collect::<Option<Vec<u16>>>(),
    };
    if !is_v6_shaped(text) {
        return None;
    }
    let all = match text.split_once("::") {
        None => groups(text)?,
        Some((before, after)) => {
            let (mut before, after) = (groups(before)?, groups(after)?);
            let zeros = 8_usize.checked_sub(before.len() + after.len()).filter(|zeros| *zeros > 0)?;
            before.extend(std::iter::repeat_n(0, zeros));
            before.extend(after);
            before
        }
    };
    let mut bytes = [0; 16];
    if all.len() != 8 {
        return None;
    }
    for (pair, group) in bytes.chunks_mut(2).zip(all) {
        pair.copy_from_slice(&group.to_be_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(block: &str, address: &str) -> bool {
        Block::new(block).unwrap().contains(IpAddress::parse(address).unwrap().digits())
    }

    #[test]
    fn any_spelling_of_an_address_is_parsed() {
        for (one, other) in [
            ("::1", "0:0:0:0:0:0:0:1"),
            ("1.2.3.4", "1.2.3.04"),
            ("2001:db8::", "2001:0DB8:0000::0"),
            ("::ffff:a00:1", "10.0.0.1"),
        ] {
            assert_eq!(IpAddress::parse(one).unwrap(), IpAddress::parse(other).unwrap(), "{one}");
        }
        let invalid = [
            "",
            ":",
            ":1",
            "1:",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4::5:6:7:8",
            "10000::",
            "1.2.3",
            "1.2.3.256",
            "1.2.3.",
            "0000000001.2.3.4",
            "::1.2.3.4",
            "g::",
            "fe80::1%eth0",
            "[::1]",
            ":::",
        ];
        for text in invalid {
            assert_eq!(IpAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn host_bits_are_ignored() {
        assert!(
            contains("10.0.0.77/24", "10.0.0.0")
                && contains("10.0.0.0/24", "10.0.0.255")
                && !contains("10.0.0.0/24", "10.0.1.0")
        );
        assert!(
            contains("220.160.153.171/31", "220.160.153.170") && !contains("220.160.153.171/31", "220.160.153.172")
        );
        assert!(contains("2001:db8::/33", "2001:db8:7fff::") && !contains("2001:db8::/33", "2001:db8:8000::"));
    }

    #[test]
    fn families_are_not_distinguished() {
        assert!(contains("10.0.0.0/8", "a00::1") && contains("::/0", "10.0.0.1"));
        let everything = Block::new("10.0.0.1/0").unwrap();
        assert!(
            everything.contains(b"1")
                && !everything.contains(b"0")
                && !everything.contains(b"-1")
                && !everything.contains(b"true")
        );
        assert!(!Block::new("10.0.0.0/24").unwrap().contains(b"123"));
        assert!(
            Block::single(IpAddress::parse("32.1.13.184").unwrap())
                .contains(IpAddress::parse("2001:db8::1").unwrap().digits())
        );
    }

    #[test]
    fn invalid_blocks_are_rejected_with_the_reason_of_the_service() {
        for (text, reason) in [
            ("bad", "Malformed CIDR, one '/' required"),
            ("10.0.0.0/2/4", "Malformed CIDR, one '/' required"),
            ("10.0.0.0/", "Malformed CIDR, one '/' required"),
            ("10.0.0.0/x", "Malformed CIDR, mask bits must be an integer"),
            ("10.0.0.0/-1", "Malformed CIDR, mask bits must not be negative"),
            ("10.0.0.256/8", "Invalid IP address: 10.0.0.256"),
            ("xx/8", "Nonstandard IP address: xx"),
            ("/8", "Nonstandard IP address: "),
            ("::ffff:192.0.2.0/120", "Nonstandard IP address: ::ffff:192.0.2.0"),
            ("10.0.0.0/32", "IPv4 mask bits must be < 32"),
            ("::ffff:a00:0/104", "IPv4 mask bits must be < 32"),
            ("2001:db8::/128", "IPv6 mask bits must be < 128"),
        ] {
            assert_eq!(Block::new(text), Err(reason.to_owned()), "{text}");
        }
        for text in ["10.0.0.0/24//", "10.0.0.0/-0", "10.0.0.0/+8", "::ffff:a00:0/24", "2001:db8::/127"] {
            assert!(Block::new(text).is_ok(), "{text}");
        }
    }
}
