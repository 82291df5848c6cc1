//! Standard output, which somebody may close before we are done.

use std::io::{self, Write};

/// What is said goes to standard output until nobody listens any more, as after `| head`. From then on it goes nowhere,
/// and the question is answered all the same: by the exit code.
pub(super) fn stdout() -> Output<impl Write> {
    Output { to: anstream::stdout().lock(), is_closed: false }
}

pub(super) struct Output<W> {
    to: W,
    is_closed: bool,
}

impl<W: Write> Output<W> {
    /// Whether nobody listens any more: what answers a stream that may have no end stops then.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    fn unless_closed<T>(&mut self, nothing: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.is_closed {
            return Ok(nothing);
        }
        match act(&mut self.to) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(nothing)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), Write::flush)
    }
}
