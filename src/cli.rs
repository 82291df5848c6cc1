//! The command line of a contract: its schemas, its events, its catalog; and any two schemas held against each other.
//!
//! Any crate with a [`Catalog`] gets all of it:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use event_contract::{catalog, cli};
//! # use event_contract::contract::{ORDER_SERVICE, order::OrderCreated};
//!
//! fn main() -> ExitCode {
//!     cli::main(catalog![ORDER_SERVICE => [OrderCreated]])
//! }
//! ```
//!
//! Exit codes, of every command: 0 all is well, 1 there are findings, 2 the question could not be asked (a wrong flag, a
//! file that is not there), 3 it could not be decided.
//!
//! Findings and answers go to standard output, errors to standard error. Colour is for terminals only, and not for those
//! with `NO_COLOR` set.

mod audit;
mod catalog;
mod check;
mod deployed;
mod diff;
mod explain;
mod input;
mod matches;
mod output;
mod read;
mod rules;
mod schemas;
mod style;
mod table;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches as _, Parser, Subcommand, ValueEnum as _};
use clap_complete::Shell;

use crate::catalog::{Catalog, CatalogError};

/// Runs the command line of a contract with the arguments of this process.
///
/// It takes the [`Catalog`] as `catalog!` gives it: a list of types that is no catalog is said and is exit code 2.
pub fn main(catalog: Result<Catalog, CatalogError>) -> ExitCode {
    // Before anything is said, help and mistakes in the arguments too.
    match colour(std::env::args_os()) {
        Some(ColorChoice::Always) => anstream::ColorChoice::Always.write_global(),
        Some(ColorChoice::Never) => anstream::ColorChoice::Never.write_global(),
        Some(ColorChoice::Auto) | None => {}
    }
    let arguments = match Arguments::from_arg_matches(&command().get_matches()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let result = match catalog {
        Ok(catalog) => arguments.command.run(&catalog),
        Err(error) => {
            Err(Failure::new(error.to_string(), "mend the list that the program's `main` gives to `cli::main`"))
        }
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.say();
            Exit::NotAsked.into()
        }
    }
}

/// Events between services: schemas for registries and compared, deliveries read and audited, the catalog of types.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    // Seen before the others, by `colour`; here it is checked and explained.
    /// When to use colour.
    #[arg(long = "color", global = true, value_name = "WHEN", default_value = "auto")]
    _color: ColorChoice,
}

const EXIT_CODES: &str = "Exit codes: 0 all is well, 1 there are findings, 2 the question could not be asked, 3 it \
could not be decided.";

#[derive(Debug, Subcommand)]
enum Command {
    Schemas(schemas::Schemas),
    Check(check::Check),
    Diff(diff::Diff),
    Catalog(catalog::Show),
    Read(read::Read),
    Audit(audit::Audit),
    Match(matches::Match),
    Rules(rules::Rules),
    Explain(explain::Explain),
    /// Print the completions for a shell.
    #[command(
        after_help = "Example: event-contract completions bash > ~/.local/share/bash-completion/completions/event-contract"
    )]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

impl Command {
    fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        match self {
            Self::Schemas(schemas) => schemas.run(catalog),
            Self::Check(check) => check.run(catalog),
            Self::Diff(diff) => diff.run(),
            Self::Catalog(show) => show.run(catalog),
            Self::Read(read) => read.run(catalog),
            Self::Audit(audit) => audit.run(catalog),
            Self::Match(matches) => matches.run(),
            Self::Rules(rules) => rules.run(catalog),
            Self::Explain(explain) => explain.run(),
            Self::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(*shell, &mut command(), program(), &mut script);
                output::stdout().write_all(&script)?;
                Ok(Exit::Well)
            }
        }
    }
}

/// The command line under the name of this program: that of the user's contract crate.
fn command() -> clap::Command {
    let version = concat!("(event-contract ", env!("CARGO_PKG_VERSION"), ")");
    named(Arguments::command().name(program()).version(version), &program())
}

/// The same with this name in all the examples.
fn named(command: clap::Command, name: &str) -> clap::Command {
    let help = command.get_after_help().map(|help| help.to_string().replace("event-contract ", &format!("{name} ")));
    let command = match help {
        Some(help) => command.after_help(help),
        None => command,
    };
    command.mut_subcommands(|below| named(below, name))
}

/// What the arguments say of colour, whatever else they say.
fn colour(arguments: impl IntoIterator<Item = OsString>) -> Option<ColorChoice> {
    let mut said = None;
    let mut arguments = arguments.into_iter().skip(1).take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        let when = match argument.to_str().and_then(|argument| argument.strip_prefix("--color")) {
            Some("") => arguments.next(),
            Some(when) => when.strip_prefix('=').map(OsString::from),
            None => None,
        };
        said = when.and_then(|when| ColorChoice::from_str(when.to_str()?, false).ok()).or(said);
    }
    said
}

/// The name of this program.
fn program() -> String {
    let path = std::env::args_os().next();
    let name =
        path.as_deref().and_then(|path| Path::new(path).file_stem().map(|name| name.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "event-contract".to_owned())
}

/// How a command ends, from good to worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    Well,
    Undecided,
    Findings,
    NotAsked,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Well => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::NotAsked => Self::from(2),
            Exit::Undecided => Self::from(3),
        }
    }
}

/// Why a question could not be asked, and what to do about it.
#[derive(Debug)]
struct Failure {
    what: String,
    hint: String,
}

impl Failure {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }

    /// On standard error. Where that is closed there is nobody left to tell.
    fn say(&self) {
        let (red, reset) = (style::ERROR.render(), style::ERROR.render_reset());
        let _ = writeln!(anstream::stderr(), "{red}error:{reset} {}\n  {}", self.what, self.hint);
    }
}

/// What cannot be written. Files that cannot be read are said with their names.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("cannot write: {error}"), "is there room, and the right to write?")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
