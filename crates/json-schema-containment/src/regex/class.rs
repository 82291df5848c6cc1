//! Character classes: sets of Unicode scalar values, as sorted ranges.
//!
//! The ranges are a canonical form, so that equal classes are one expression. Patterns match code
//! points (the `u` flag of ECMA-262). A lone surrogate is a code point, but cannot occur in a Rust
//! string; `serde_json` rejects it in a document, and no class contains one.

/// A set of characters: ranges of scalar values, sorted, disjoint and not adjacent, so that equal sets are equal values.
///
/// The surrogates are never part of it: they are code points, but no `char`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CharClass(Box<[(u32, u32)]>);

const MAX_SCALAR: u32 = char::MAX as u32;
/// The code points that are not scalar values (Unicode, section 3.9).
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

/// `\d` of ECMA-262: ASCII only, with the `u` flag too.
pub(super) const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
/// `\w` of ECMA-262: ASCII letters, digits and the underscore.
pub(super) const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
/// `\s` of ECMA-262: `WhiteSpace` (category Zs, tab, vertical tab, form feed, the byte order mark) and `LineTerminator`.
pub(super) const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
/// `LineTerminator` of ECMA-262, which `.` does not match.
const LINE_TERMINATOR: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];

/// Returns true for a character of `\w`, on whose edges `\b` matches.
pub(super) const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl CharClass {
    /// Builds the union of inclusive ranges, in any order, overlapping or not; surrogates are cut out.
    pub(super) fn from_ranges(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut ranges: Vec<(u32, u32)> = ranges.into_iter().flat_map(without_surrogates).collect();
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                Some(_) | None => merged.push((low, high)),
            }
        }
        Self(merged.into())
    }

    pub(super) fn any() -> Self {
        Self::from_ranges([(0, MAX_SCALAR)])
    }

    /// Returns the class of `.` without the `s` flag: everything but a line terminator.
    pub(super) fn dot() -> Self {
        Self::from_ranges(LINE_TERMINATOR.iter().copied()).complement()
    }

    pub(super) fn single(c: char) -> Self {
        Self::from_ranges([(c.into(), c.into())])
    }

    pub(super) fn complement(&self) -> Self {
        let mut next = 0;
        let mut ranges = Vec::new();
        for &(low, high) in &self.0 {
            if next < low {
                ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= MAX_SCALAR {
            ranges.push((next, MAX_SCALAR));
        }
        Self::from_ranges(ranges)
    }

    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let c = u32::from(c);
        let after = self.0.partition_point(|&(low, _)| low <= c);
        after > 0 && c <= self.0[after - 1].1
    }
}

/// Cuts the surrogates out of a range, which leaves at most two.
fn without_surrogates((low, high): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let below = (low, high.min(SURROGATES.0 - 1));
    let above = (low.max(SURROGATES.1 + 1), high.min(MAX_SCALAR));
    [below, above].into_iter().filter(|(low, high)| low <= high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_its_complement_partition_the_characters() {
        for ranges in [DIGIT, WORD, SPACE, LINE_TERMINATOR, &[], &[(0, MAX_SCALAR)], &[(0xD000, 0xE000)]] {
            let class = CharClass::from_ranges(ranges.iter().copied());
            let complement = class.complement();
            for c in ['\0', 'a', '9', '_', '\n', '\u{d7ff}', '\u{e000}', '\u{feff}', char::MAX] {
                assert_ne!(class.contains(c), complement.contains(c), "{c:?} {ranges:?}");
            }
            assert_eq!(complement.complement(), class);
        }
    }
}
