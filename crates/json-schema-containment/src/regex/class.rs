//! Sets of characters.

/// A set of characters: ranges, in order, apart from one another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Class(Box<[(u32, u32)]>);

const LAST: u32 = char::MAX as u32;
/// What is a number but no character.
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

pub(super) const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
pub(super) const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
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
const LINE_END: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];

pub(super) const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Class {
    pub(super) fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
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
        Self::of([(0, LAST)])
    }

    /// What `.` is: no line end.
    pub(super) fn dot() -> Self {
        Self::of(LINE_END.iter().copied()).complement()
    }

    pub(super) fn one(c: char) -> Self {
        Self::of([(c.into(), c.into())])
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
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self::of(ranges)
    }

    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, c: char) -> bool {
        let c = u32::from(c);
        let after = self.0.partition_point(|&(low, _)| low <= c);
        after > 0 && c <= self.0[after - 1].1
    }
}

fn without_surrogates((low, high): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let below = (low, high.min(SURROGATES.0 - 1));
    let above = (low.max(SURROGATES.1 + 1), high.min(LAST));
    [below, above].into_iter().filter(|(low, high)| low <= high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_its_complement_share_nothing_and_miss_nothing() {
        for ranges in [DIGIT, WORD, SPACE, LINE_END, &[], &[(0, LAST)], &[(0xD000, 0xE000)]] {
            let class = Class::of(ranges.iter().copied());
            let complement = class.complement();
            for c in ['\0', 'a', '9', '_', '\n', '\u{d7ff}', '\u{e000}', '\u{feff}', char::MAX] {
                assert_ne!(class.has(c), complement.has(c), "{c:?} {ranges:?}");
            }
            assert_eq!(complement.complement(), class);
        }
    }
}
