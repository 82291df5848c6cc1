//! The command line of a contract: its schemas, its events, its catalog, and its routing rules.
//!
//! Any crate with a [`Catalog`] gets all of its commands:
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
//! Exit codes of every command: 0 no findings, 1 findings, 2 wrong arguments or unreadable files, 3 undecided.
//!
//! Results go to standard output, errors to standard error. Output is coloured on terminals only, unless `NO_COLOR` is set.

mod audit;
mod catalog;
mod check;
mod deployed;
mod diff;
mod exit;
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
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches as _, Parser, Subcommand, ValueEnum as _};
use clap_complete::Shell;

use self::exit::{Exit, Failure};
use crate::catalog::{Catalog, CatalogError};

/// Runs the command line of a contract with the arguments of this process.
///
/// It takes the result of `catalog!`: an invalid catalog is reported with exit code 2.
pub fn main(catalog: Result<Catalog, CatalogError>) -> ExitCode {
    // Before clap prints anything, which includes help and errors.
    match colour(std::env::args_os()) {
        Some(ColorChoice::Always) => anstream::ColorChoice::Always.write_global(),
        Some(ColorChoice::Never) => anstream::ColorChoice::Never.write_global(),
        Some(ColorChoice::Auto) | None => {}
    }
    let parsed = command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        // The help has colours, and no text from outside. Without a subcommand, it is on standard error.
        Err(error) if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            error.exit()
        }
        Err(error) => {
            let text = error.render().to_string();
            let (on, off, text) = (style::ERROR, style::RESET, text.trim_start_matches("error:"));
            let _ = write!(output::stderr(), "{on}error:{off}{text}");
            return Exit::Failure.into();
        }
    };
    let result = match catalog {
        Ok(catalog) => arguments.command.run(&catalog),
        Err(error) => Err(Failure::new(error.to_string(), "fix the catalog passed to `cli::main`")),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            Exit::Failure.into()
        }
    }
}

/// Check, publish and read the events of a contract.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    // Read before all others by `colour`; declared here for help and validation.
    /// Use of colours
    #[arg(long = "color", global = true, value_name = "WHEN", default_value = "auto")]
    _color: ColorChoice,
}

const EXIT_CODES: &str = "Exit codes: 0 no findings, 1 findings, 2 wrong arguments or unreadable files, 3 undecided.";

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
    /// Print the completion script of a shell.
    #[command(
        after_help = "Example: event-contract completions bash > ~/.local/share/bash-completion/completions/event-contract"
    )]
    Completions {
        /// The shell
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
                output::stdout(output::Syntax::Text).write_all(&script)?;
                Ok(Exit::Success)
            }
        }
    }
}

/// Returns the command line under the name of this program, which may be that of a user's contract crate.
fn command() -> clap::Command {
    let version = concat!("(event-contract ", env!("CARGO_PKG_VERSION"), ")");
    rename_examples(Arguments::command().name(program()).version(version), &program())
}

/// Replaces the name of the program in the examples of all help texts.
fn rename_examples(command: clap::Command, name: &str) -> clap::Command {
    let help = command.get_after_help().map(|help| help.to_string().replace("event-contract ", &format!("{name} ")));
    let command = match help {
        Some(help) => command.after_help(help),
        None => command,
    };
    command.mut_subcommands(|subcommand| rename_examples(subcommand, name))
}

/// Returns the last `--color`, even if other arguments are wrong.
fn colour(arguments: impl IntoIterator<Item = OsString>) -> Option<ColorChoice> {
    let mut colour = None;
    let mut arguments = arguments.into_iter().skip(1).take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        let when = match argument.to_str().and_then(|argument| argument.strip_prefix("--color")) {
            Some("") => arguments.next(),
            Some(when) => when.strip_prefix('=').map(OsString::from),
            None => None,
        };
        colour = when.and_then(|when| ColorChoice::from_str(when.to_str()?, false).ok()).or(colour);
    }
    colour
}

/// Returns the file name of this program.
fn program() -> String {
    let path = std::env::args_os().next();
    let name =
        path.as_deref().and_then(|path| Path::new(path).file_stem().map(|name| name.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "event-contract".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
