//! `explain`: the page of a rule.

use std::io::Write;

use clap::Args;

use super::exit::{Exit, Failure};
use super::{output, table};
use crate::check::{self, rules};

/// Explain a rule of `check`: meaning, example, and what to do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract explain
  event-contract explain required-added

Exit codes: 0 explained, 2 unknown rule.")]
pub(super) struct Explain {
    /// The id of the rule, as in a finding; without it, all rules are listed
    id: Option<String>,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        let Some(id) = &self.id else {
            let rows: Vec<_> = rules()
                .map(|rule| [rule.id().to_owned(), rule.severity().to_string(), rule.title().to_owned()])
                .collect();
            table::write(&mut out, ["RULE", "SEVERITY", "FINDING"], &rows, |_, _| Ok(()))?;
            return Ok(Exit::Success);
        };
        match rules().find(|rule| rule.id() == id) {
            Some(rule) => write!(out, "{}", rule.page())?,
            None => return Err(Failure::new(format!("unknown rule {id:?}"), check::hint(id))),
        }
        Ok(Exit::Success)
    }
}
