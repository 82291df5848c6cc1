//! Lines of questions.

use std::io::{self, BufRead, Read as _};

use crate::check;

/// Maximum number of bytes of a line: that of a document, which it may contain.
pub(in crate::cli) const MAX_LINE_BYTES: u64 = check::MAX_FILE_BYTES;

/// The outcome of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) enum InputLine {
    /// There is no further line.
    End,
    /// The line, with its terminator, is in the buffer.
    Read,
    /// The line is longer than [`MAX_LINE_BYTES`] and was skipped.
    TooLong,
}

/// Reads a line into an empty buffer.
pub(in crate::cli) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<InputLine> {
    read_line_to(input, line, MAX_LINE_BYTES)
}

fn read_line_to(input: &mut impl BufRead, line: &mut Vec<u8>, max: u64) -> io::Result<InputLine> {
    let read = input.by_ref().take(max).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(InputLine::End);
    }
    if line.ends_with(b"\n") || (read as u64) < max || input.fill_buf()?.is_empty() {
        return Ok(InputLine::Read);
    }
    *line = Vec::new();
    loop {
        let buffer = input.fill_buf()?;
        let end = memchr::memchr(b'\n', buffer);
        let length = end.map_or(buffer.len(), |end| end + 1);
        input.consume(length);
        if end.is_some() || length == 0 {
            return Ok(InputLine::TooLong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_skipped() {
        let mut input = io::BufReader::with_capacity(3, &b"abcd\nab\n\nabcde\n\nabcdefghij\nabcdef\nabcde"[..]);
        let mut read = Vec::new();
        loop {
            let mut line = Vec::new();
            match read_line_to(&mut input, &mut line, 5).unwrap() {
                InputLine::End => break,
                InputLine::Read => read.push(String::from_utf8(line).unwrap()),
                InputLine::TooLong => read.push("?".to_owned()),
            }
        }
        assert_eq!(read, ["abcd\n", "ab\n", "\n", "?", "\n", "?", "?", "abcde"]);
    }
}
