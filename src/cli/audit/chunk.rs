//! Chunks of complete lines from a stream.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::audit::Summary;

/// Bytes per read.
const SIZE: usize = 256 * 1024;

/// Splits a stream into chunks of complete lines.
///
/// Lines longer than [`Summary::MAX_LINE_BYTES`] are skipped, so that a chunk is never much longer than that.
pub(super) struct Chunks<R> {
    input: R,
    /// The number of the next line.
    line: u64,
    /// Bytes that were read and not returned yet.
    rest: Vec<u8>,
    /// A read error, returned after the lines before it.
    error: Option<io::Error>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Complete lines with their line feeds; the last one of the stream may lack it.
    Lines { first: u64, bytes: Vec<u8> },
    /// A skipped line, and its number of bytes without the line feed.
    TooLong { line: u64, bytes: u64 },
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: 1, rest: Vec::new(), error: None }
    }

    /// Returns the next lines in the given buffer, or `None` at the end. A line truncated by an error is dropped.
    pub(super) fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        buffer.clear();
        buffer.append(&mut self.rest);
        let mut searched = 0;
        loop {
            let at_end = self.fill(&mut buffer);
            if let Some(at) = memrchr(b'\n', &buffer[searched..]) {
                let end = searched + at + 1;
                self.rest.extend_from_slice(&buffer[end..]);
                buffer.truncate(end);
                let first = self.line;
                self.line += memchr_iter(b'\n', &buffer).count() as u64;
                return Ok(Some(Chunk::Lines { first, bytes: buffer }));
            }
            if at_end {
                return match self.error.take() {
                    Some(error) => Err(error),
                    None if buffer.is_empty() => Ok(None),
                    None => Ok(Some(Chunk::Lines { first: self.line, bytes: buffer })),
                };
            }
            // One more byte for a carriage return.
            if buffer.len() > Summary::MAX_LINE_BYTES + 1 {
                return self.skip_line(buffer).map(Some);
            }
            searched = buffer.len();
        }
    }

    /// Skips the rest of a line whose beginning is in the buffer.
    fn skip_line(&mut self, mut buffer: Vec<u8>) -> io::Result<Chunk> {
        let (mut length, mut last) = (0, None);
        loop {
            let end = memchr(b'\n', &buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            length += part.len() as u64;
            last = part.last().copied().or(last);
            if let Some(end) = end {
                self.rest.extend_from_slice(&buffer[end + 1..]);
                break;
            }
            buffer.clear();
            if self.fill(&mut buffer) && buffer.is_empty() {
                match self.error.take() {
                    Some(error) => return Err(error),
                    None => break,
                }
            }
        }
        let line = self.line;
        self.line += 1;
        Ok(Chunk::TooLong { line, bytes: length - u64::from(last == Some(b'\r')) })
    }

    /// Reads more bytes, and returns whether the stream has ended.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> bool {
        if self.error.is_some() {
            return true;
        }
        buffer.reserve(SIZE);
        match (&mut self.input).take(SIZE as u64).read_to_end(buffer) {
            Ok(read) => read == 0,
            Err(error) => {
                self.error = Some(error);
                true
            }
        }
    }
}

/// Splits complete lines.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut begin = 0;
    let ends = memchr_iter(b'\n', bytes).chain((bytes.last() != Some(&b'\n')).then_some(bytes.len()));
    ends.map(move |end| &bytes[std::mem::replace(&mut begin, end + 1)..end])
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const LONGEST: usize = Summary::MAX_LINE_BYTES;

    /// Lines by number; `Err` with the length of skipped ones.
    type Numbered = Vec<(u64, Result<Vec<u8>, u64>)>;

    fn read_all(input: impl Read) -> (Numbered, Option<String>) {
        let mut chunks = Chunks::new(input);
        let mut all = Numbered::new();
        loop {
            match chunks.next(vec![b'x'; 10]) {
                Ok(None) => return (all, None),
                Ok(Some(Chunk::Lines { first, bytes })) => {
                    assert!(bytes.len() <= LONGEST + 2 * SIZE, "{} bytes", bytes.len());
                    all.extend((first..).zip(lines(&bytes).map(|line| Ok(line.to_vec()))));
                }
                Ok(Some(Chunk::TooLong { line, bytes })) => all.push((line, Err(bytes))),
                Err(error) => return (all, Some(error.to_string())),
            }
        }
    }

    fn numbered(lines: &[&[u8]]) -> Numbered {
        (1..).zip(lines.iter().map(|line| Ok(line.to_vec()))).collect()
    }

    /// Returns a few bytes per read, and fails at the end if the last field is true.
    struct Slow<'a>(&'a [u8], usize, bool);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.2 {
                return Err(io::Error::other("cut"));
            }
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn line_feeds_end_lines() {
        assert_eq!(read_all(&b""[..]).0, numbered(&[]));
        assert_eq!(read_all(&b"\n"[..]).0, numbered(&[b""]));
        assert_eq!(read_all(&b"a"[..]).0, numbered(&[b"a"]));
        assert_eq!(read_all(&b"a\r\n\nb\n"[..]).0, numbered(&[b"a\r", b"", b"b"]));
    }

    #[test]
    fn an_overlong_line_is_skipped() {
        for (end, last) in [("\n", "z\n"), ("\r\n", "z")] {
            for more in [0, 1, 2, 3, 300_000, 5_000_000] {
                let long = "y".repeat(LONGEST + more);
                let text = format!("a{end}{long}{end}b{end}{last}");
                let (mut numbered, error) = read_all(text.as_bytes());
                // A line slightly too long may be returned; then the summary rejects it.
                if let Ok(line) = &numbered[1].1 {
                    assert!(more < 300_000);
                    let line = line.strip_suffix(b"\r").unwrap_or(line).len() as u64;
                    numbered[1].1 = Err(line);
                }
                assert_eq!(error, None);
                assert_eq!(numbered[1], (2, Err((LONGEST + more) as u64)), "{more}");
                assert_eq!((numbered.len(), numbered[3].0), (4, 4));
            }
        }
        let text = "y".repeat(LONGEST + 300_000);
        assert_eq!(read_all(text.as_bytes()), (vec![(1, Err(text.len() as u64))], None));
    }

    #[test]
    fn complete_lines_before_an_error_are_returned() {
        let error = Some("cut".to_owned());
        assert_eq!(read_all(Slow(b"a\nb\nc", 2, true)), (numbered(&[b"a", b"b"]), error.clone()));
        let long = "y".repeat(LONGEST + 300_000);
        assert_eq!(read_all(Slow(long.as_bytes(), 100_000, true)), (numbered(&[]), error));
    }

    proptest! {
        #[test]
        fn all_lines_are_returned(text in vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200), at_once in 1_usize..9) {
            let mut expected: Vec<_> = text.split(|byte| *byte == b'\n').collect();
            if expected.last().is_some_and(|last| last.is_empty()) {
                expected.pop();
            }
            prop_assert_eq!(read_all(Slow(&text, at_once, false)), (numbered(&expected), None));
        }
    }
}
