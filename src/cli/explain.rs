//! `explain`: the page of a rule.

use std::io::Write;

use clap::Args;

use super::{Exit, Failure, output};
use crate::check::rules;

/// Explain a rule: what it finds, why that matters, and what to do.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  event-contract explain required-added

Exit codes: 0 explained, 2 there is no such rule.")]
pub(super) struct Explain {
    /// The id of the rule, as a finding names it.
    id: String,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        if let Some(rule) = rules().find(|rule| rule.id() == self.id) {
            write!(out, "{}", rule.page())?;
            return Ok(Exit::Well);
        }
        Err(Failure::new(format!("there is no rule {:?}", self.id), "`rules` lists them"))
    }
}
