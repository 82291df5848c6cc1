//! Byte search, eight bytes at a time (SWAR: SIMD within a register).

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Returns the index of the first quote or backslash from `at` on.
#[inline]
pub(crate) fn find_quote_or_backslash(bytes: &[u8], at: usize) -> Option<usize> {
    find(bytes, at, |word| mark(word, b'"') | mark(word, b'\\'), |byte| matches!(byte, b'"' | b'\\'))
}

/// Returns an index from `at` on that is not after the first quote, bracket or brace.
///
/// It may be that of a byte that differs from a bracket only in the bits in which brackets differ.
#[inline]
pub(crate) fn find_quote_or_bracket(bytes: &[u8], at: usize) -> Option<usize> {
    // `[`, `]`, `{` and `}` differ in three bits: 0x59 without them.
    let mark_brackets = |word| mark(word & (LOW_BITS * 0xd9), 0x59);
    let is_match = |byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']');
    find(bytes, at, |word| mark(word, b'"') | mark_brackets(word), is_match)
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
                for byte in *b"\"\\{}[]" {
                    let mut text = vec![b'a'; length];
                    text[at] = byte;
                    text[length - 1] = byte;
                    for from in 0..=length {
                        let first = (from..length).find(|i| text[*i] == byte);
                        if matches!(byte, b'"' | b'\\') {
                            assert_eq!(find_quote_or_backslash(&text, from), first);
                        }
                        if byte != b'\\' {
                            assert_eq!(find_quote_or_bracket(&text, from), first);
                        }
                    }
                }
            }
        }
        assert_eq!(find_quote_or_backslash(b"", 1), None);
    }
}
