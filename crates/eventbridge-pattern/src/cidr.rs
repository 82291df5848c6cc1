//! `cidr`: an address in a block; and texts that are addresses, which the service compares as such.

use super::error::Refusal;
use super::trail;
use json_document::text::Tree;

pub(super) const NAME: &str = "cidr";

const HELP: &str = "write a block such as \"10.0.0.0/24\" (0 to 31 bits) or \"2001:db8::/32\" (0 to 127 bits); for one address, its text";

/// An address as the service has it: the text of its hexadecimal digits, eight or thirty-two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Address {
    digits: [u8; 32],
    length: usize,
}

/// A range of such texts.
///
/// The service finds a value in it as soon as the first digits decide, so that the families are not told apart: what
/// `10.0.0.0/8` finds begins with `0A`, and `a00::1` does. Even the number `1` is found by `0.0.0.0/0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Block {
    pub(super) bottom: Address,
    pub(super) top: Address,
}

impl Address {
    /// The address that a text is, in any of its spellings.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.contains(':') {
            let bytes = version_6(text)?;
            // An IPv4 address in IPv6's clothes.
            return Some(if bytes[..10] == [0; 10] && bytes[10..12] == [0xff; 2] {
                Self::of(&bytes[12..])
            } else {
                Self::of(&bytes)
            });
        }
        version_4(text).map(|bytes| Self::of(&bytes))
    }

    fn of(bytes: &[u8]) -> Self {
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_mut(2).zip(bytes) {
            pair[0] = b"0123456789ABCDEF"[usize::from(byte >> 4)];
            pair[1] = b"0123456789ABCDEF"[usize::from(byte & 15)];
        }
        Self { digits, length: bytes.len() * 2 }
    }

    pub(super) fn digits(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    pub(super) fn is_version_4(&self) -> bool {
        self.length == 8
    }
}

impl Block {
    pub(super) fn parse(tree: &Tree<'_>) -> Result<Self, Refusal> {
        let text = trail::text(tree, || Refusal::new("prefix match pattern must be a string", HELP))?;
        Self::new(text).map_err(|reason| Refusal::new(reason, HELP))
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
        let shaped = is_shaped_as_version_4(address) || is_shaped_as_version_6(address);
        let Some(address) = Address::parse(address) else {
            return Err(format!("{} IP address: {address}", if shaped { "Invalid" } else { "Nonstandard" }));
        };
        let digits = address.length;
        let (all, family) = if address.is_version_4() { (32, "IPv4") } else { (128, "IPv6") };
        if bits >= all {
            return Err(format!("{family} mask bits must be < {all}"));
        }
        let (mut bottom, mut top) = (address, address);
        for (index, (low, high)) in bottom.digits.iter_mut().zip(&mut top.digits).enumerate().take(digits) {
            let kept = (bits - i32::try_from(index).unwrap_or(32) * 4).clamp(0, 4);
            let digit = char::from(*low).to_digit(16).unwrap_or_default();
            let free = 15_u32 >> kept;
            let write = |digit| char::from_digit(digit, 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8);
            (*low, *high) = (write(digit & !free), write(digit | free));
        }
        Ok(Self { bottom, top })
    }

    /// What finds one address in all its spellings.
    pub(super) fn only(address: Address) -> Self {
        Self { bottom: address, top: address }
    }

    /// The digits that all that it finds begin with.
    pub(super) fn common(&self) -> &[u8] {
        let same = self.bottom.digits().iter().zip(self.top.digits()).take_while(|(bottom, top)| bottom == top);
        &self.bottom.digits()[..same.count()]
    }

    pub(super) fn is_version_4(&self) -> bool {
        self.bottom.is_version_4()
    }

    /// Whether a text of digits lies in it, as the automaton of the service decides it: digit by digit, and at once
    /// where a digit lies strictly between the bounds.
    pub(super) fn has(&self, text: &[u8]) -> bool {
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

fn is_shaped_as_version_4(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    text.split('.').count() == 4 && text.split('.').all(is_number)
}

fn is_shaped_as_version_6(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit())
}

/// Four decimal numbers; zeros before them mean nothing.
fn version_4(text: &str) -> Option<[u8; 4]> {
    // The first look is for speed: nearly every text is none.
    if !(7..=15).contains(&text.len()) || !text.as_bytes()[0].is_ascii_digit() || !is_shaped_as_version_4(text) {
        return None;
    }
    let mut bytes = [0; 4];
    for (byte, part) in bytes.iter_mut().zip(text.split('.')) {
        *byte = part.parse::<u64>().ok()?.try_into().ok()?;
    }
    Some(bytes)
}

/// Eight hexadecimal numbers, zeros of which may be left out once.
fn version_6(text: &str) -> Option<[u8; 16]> {
    let group = |group: &str| u32::from_str_radix(group, 16).ok().and_then(|group| u16::try_from(group).ok());
    let groups = |text: &str| match text {
        "" => Some(Vec::new()),
        text => text.split(':').map(group).collect::<Option<Vec<u16>>>(),
    };
    if !is_shaped_as_version_6(text) {
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

    fn has(block: &str, address: &str) -> bool {
        Block::new(block).unwrap().has(Address::parse(address).unwrap().digits())
    }

    #[test]
    fn addresses_are_read_in_any_spelling() {
        for (one, other) in [
            ("::1", "0:0:0:0:0:0:0:1"),
            ("1.2.3.4", "1.2.3.04"),
            ("2001:db8::", "2001:0DB8:0000::0"),
            ("::ffff:a00:1", "10.0.0.1"),
        ] {
            assert_eq!(Address::parse(one).unwrap(), Address::parse(other).unwrap(), "{one}");
        }
        let none = [
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
        for none in none {
            assert_eq!(Address::parse(none), None, "{none}");
        }
    }

    #[test]
    fn the_bits_of_the_host_mean_nothing() {
        assert!(has("10.0.0.77/24", "10.0.0.0") && has("10.0.0.0/24", "10.0.0.255") && !has("10.0.0.0/24", "10.0.1.0"));
        assert!(has("220.160.153.171/31", "220.160.153.170") && !has("220.160.153.171/31", "220.160.153.172"));
        assert!(has("2001:db8::/33", "2001:db8:7fff::") && !has("2001:db8::/33", "2001:db8:8000::"));
    }

    #[test]
    fn families_are_not_told_apart() {
        assert!(has("10.0.0.0/8", "a00::1") && has("::/0", "10.0.0.1"));
        let everything = Block::new("10.0.0.1/0").unwrap();
        assert!(everything.has(b"1") && !everything.has(b"0") && !everything.has(b"-1") && !everything.has(b"true"));
        assert!(!Block::new("10.0.0.0/24").unwrap().has(b"123"));
        assert!(
            Block::only(Address::parse("32.1.13.184").unwrap()).has(Address::parse("2001:db8::1").unwrap().digits())
        );
    }

    #[test]
    fn what_is_no_block_is_refused_in_the_words_of_the_service() {
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
