//! Standard output that may be closed early.

use std::io::{self, Write};

/// Returns standard output. Once it is closed, as by `| head`, writes are dropped, and the command still ends with its
/// exit code.
pub(super) fn stdout() -> Output<impl Write> {
    Output { to: anstream::stdout().lock(), is_closed: false }
}

/// Returns standard output for bytes that must not be changed: nothing that looks like a colour is removed.
pub(super) fn raw_stdout() -> Output<impl Write> {
    Output { to: io::stdout().lock(), is_closed: false }
}

pub(super) struct Output<W> {
    to: W,
    is_closed: bool,
}

impl<W: Write> Output<W> {
    /// Returns true if the output was closed. A command with endless input stops then.
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
