//! Exit codes and errors of commands.

use std::io::{self, Write};
use std::process::ExitCode;

use super::style::Plain;
use super::{output, style};
use crate::compat::Verdict;

/// The result of a command, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// 0: no findings.
    Success,
    /// 3: a question could not be decided.
    Undecided,
    /// 1: there are findings.
    Findings,
    /// 2: wrong arguments, or files that could not be read or written.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Failure => Self::from(2),
            Exit::Undecided => Self::from(3),
        }
    }
}

impl Exit {
    pub(super) fn from_verdict(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Contained => Self::Success,
            Verdict::Broken { .. } => Self::Findings,
            Verdict::Undecided { .. } => Self::Undecided,
        }
    }
}

/// An error of a command, with advice.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    hint: String,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// Prints the error to standard error, unless that is closed.
    pub(super) fn print(&self) {
        let (red, reset) = (style::ERROR, style::RESET);
        // Some errors have a second line with advice; names in them are escaped before.
        let lines: Vec<_> = self.message.lines().map(|line| Plain(line).to_string()).collect();
        let (message, hint) = (lines.join("\n"), Plain(&self.hint));
        let _ = writeln!(output::stderr(), "{red}error:{reset} {message}\n  {hint}");
    }
}

/// An error of standard output. Errors of files name the file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("cannot write: {error}"), "check disk space and permissions")
    }
}
