//! Eight bytes of a text at a time.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Where the first quote or backslash stands, from a place on.
#[inline]
pub(super) fn quote_or_backslash(bytes: &[u8], at: usize) -> Option<usize> {
    find(bytes, at, |word| is(word, b'"') | is(word, b'\\'), |byte| matches!(byte, b'"' | b'\\'))
}

/// Where the first quote or bracket of any kind stands, from a place on; or a byte that resembles one.
#[inline]
pub(super) fn quote_or_bracket(bytes: &[u8], at: usize) -> Option<usize> {
    // The four brackets differ in three bits alone.
    let bracket = |word| is(word & (LOW * 0xd9), 0x59);
    find(bytes, at, |word| is(word, b'"') | bracket(word), |byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
}

#[inline]
fn find(bytes: &[u8], mut at: usize, word: impl Fn(u64) -> u64, byte: impl Fn(u8) -> bool) -> Option<usize> {
    let mut rest = bytes.get(at..)?;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let marks = word(u64::from_le_bytes(*eight));
        if marks != 0 {
            return Some(at + marks.trailing_zeros() as usize / 8);
        }
        (rest, at) = (after, at + 8);
    }
    rest.iter().position(|last| byte(*last)).map(|index| at + index)
}

/// Marks the bytes that are this one; above the first mark, there may be some too many.
fn is(word: u64, byte: u8) -> u64 {
    let zero = word ^ (LOW * u64::from(byte));
    zero.wrapping_sub(LOW) & !zero & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                for byte in *b"\"\\{}[]" {
                    let mut text = vec![b'a'; length];
                    text[at] = byte;
                    text[length - 1] = byte;
                    for from in 0..=length {
                        let first = (from..length).find(|i| text[*i] == byte);
                        if matches!(byte, b'"' | b'\\') {
                            assert_eq!(quote_or_backslash(&text, from), first);
                        }
                        if byte != b'\\' {
                            assert_eq!(quote_or_bracket(&text, from), first);
                        }
                    }
                }
            }
        }
        assert_eq!(quote_or_backslash(b"", 1), None);
    }
}
