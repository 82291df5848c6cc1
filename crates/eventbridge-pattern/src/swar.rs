//! Byte search, eight bytes at a time (SWAR: SIMD within a register).

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Returns the index of the first quote, backslash or control character from `at` on.
#[inline]
pub(crate) fn find_end_of_plain_text(bytes: &[u8], at: usize) -> Option<usize> {
    let mark_all = |word| mark(word, b'"') | mark(word, b'\\') | mark_controls(word);
    find(bytes, at, mark_all, |byte| matches!(byte, b'"' | b'\\' | ..b' '))
}

#[inline]
fn find(bytes: &[u8], mut at: usize, mark_word: impl Fn(u64) -> u64, is_match: impl Fn(u8) -> bool) -> Option<usize> {
    let mut rest = bytes.get(at..)?;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let marks = mark_word(u64::from_le_bytes(*eight));
        if marks != 0 {
            return Some(at + marks.trailing_zeros() as usize / 8);
        }
        (rest, at) = (after, at + 8);
    }
    rest.iter().position(|byte| is_match(*byte)).map(|index| at + index)
}

/// Sets the high bit of every byte of `word` below 0x20. Borrows may set bits above the lowest one.
fn mark_controls(word: u64) -> u64 {
    word.wrapping_sub(LOW_BITS * 0x20) & !word & HIGH_BITS
}

/// Sets the high bit of every byte of `word` that equals `byte`. Borrows may set bits above the lowest one.
fn mark(word: u64, byte: u8) -> u64 {
    let zeroed = word ^ (LOW_BITS * u64::from(byte));
    zeroed.wrapping_sub(LOW_BITS) & !zeroed & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_match_is_found_at_any_index() {
        for length in 0..40 {
            for at in 0..length {
                for byte in *b"\"\\\0\x1f" {
                    let mut text = vec![b' '; length];
                    text[at] = byte;
                    text[length - 1] = byte;
                    for from in 0..=length {
                        let first = (from..length).find(|i| text[*i] == byte);
                        assert_eq!(find_end_of_plain_text(&text, from), first);
                    }
                }
            }
        }
        for plain in [b' ', b'!', b'a', 0x7f, 0x80, 0xff] {
            assert_eq!(find_end_of_plain_text(&[plain; 20], 0), None);
        }
        assert_eq!(find_end_of_plain_text(b"", 1), None);
    }
}
