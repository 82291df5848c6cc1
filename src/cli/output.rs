//! Standard output, which may be closed early, and standard error. All texts become safe here.

use std::io::{self, Write};

use super::style;
use crate::check::SafeText;
pub(super) use crate::check::Syntax;

/// Returns standard output. Once it is closed, as by `| head`, writes are dropped, and the command still ends with its exit
/// code.
pub(super) fn stdout(syntax: Syntax) -> Output<impl Write> {
    Output::new(anstream::stdout().lock(), syntax)
}

/// Returns standard output for JSON, or for text.
pub(super) fn json_or_text(is_json: bool) -> Output<impl Write> {
    stdout(if is_json { Syntax::Json } else { Syntax::Text })
}

/// Returns standard error.
pub(super) fn stderr() -> Output<impl Write> {
    Output::new(anstream::stderr().lock(), Syntax::Text)
}

/// Returns standard output for bytes that must not be changed: nothing that looks like a colour is removed.
pub(super) fn raw_stdout() -> Output<impl Write> {
    Output { to: io::stdout().lock(), safe: None, is_closed: false }
}

pub(super) struct Output<W> {
    to: W,
    /// The filter; none for bytes that programs read as they are.
    safe: Option<SafeText>,
    is_closed: bool,
}

impl<W: Write> Output<W> {
    fn new(to: W, syntax: Syntax) -> Self {
        let safe = match syntax {
            Syntax::Text => SafeText::with_styles(syntax, style::sequence),
            Syntax::Json | Syntax::Markup | Syntax::WorkflowCommands => SafeText::new(syntax),
        };
        Self { to, safe: Some(safe), is_closed: false }
    }

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
        let Some(safe) = &mut self.safe else {
            return self.unless_closed(bytes.len(), |to| to.write(bytes));
        };
        // The formatting macros write whole texts, never a part of a character.
        safe.push(&String::from_utf8_lossy(bytes));
        let text = safe.take_text();
        self.unless_closed((), |to| to.write_all(text.as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), Write::flush)
    }
}
