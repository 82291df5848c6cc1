//! `explain`: the page of a rule.

use std::io::Write;

use clap::Args;

use super::exit::{Exit, Failure};
use super::output;
use crate::check::{self, rules};

/// Explain a rule of findings: meaning, example, cure, and when to waive.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  event-contract explain required-added

Exit codes: 0 explained, 2 unknown rule.")]
pub(super) struct Explain {
    /// The id of the rule, as in a finding; `rules` lists all of them
    id: String,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let Some(rule) = rules().find(|rule| rule.id() == self.id) else {
            return Err(Failure::new(format!("unknown rule {:?}", self.id), check::hint(&self.id)));
        };
        write!(output::stdout(output::Syntax::Text), "{}", rule.page())?;
        Ok(Exit::Success)
    }
}
