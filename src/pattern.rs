//! EventBridge event patterns, matched as EventBridge matches them.

mod anything_but;
mod cidr;
mod compile;
mod complexity;
mod error;
mod exists;
mod fields;
mod hash;
mod ignore_case;
mod index;
mod interval;
mod json;
mod leaf;
mod line;
mod lint;
mod literal;
mod matcher;
mod number;
mod numeric;
mod or;
mod prefix;
mod scan;
mod search;
mod set;
mod single;
mod source;
mod suffix;
mod trail;
mod trie;
mod why;
mod wildcard;
mod word;

use std::fmt;
use std::str::FromStr;

pub use error::PatternError;
pub use line::answer;
pub use lint::{Finding, Lint, lint, lints};
pub use scan::{EventError, Subject};
pub use set::RuleSet;
pub use why::{Condition, Way, Why};

use compile::Compiled;
use error::Refusal;
use source::Source;

use crate::pointer::Pointer;

/// What the service is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    length: usize,
}

/// A pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    source: Source,
    compiled: Compiled,
}

impl Settings {
    /// How many characters a pattern may have.
    #[must_use]
    pub fn with_length(self, characters: usize) -> Self {
        Self { length: characters }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { length: 2048 }
    }
}

impl Pattern {
    /// Reads.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_with(text, &Settings::default())
    }

    /// Reads.
    pub fn parse_with(text: &str, settings: &Settings) -> Result<Self, PatternError> {
        let length = text.chars().count();
        if length > settings.length {
            let limit = settings.length;
            let refusal = Refusal::new(
                format!("the pattern has {length} characters; the service takes {limit}"),
                "write several rules, or have the quota raised and say so in the settings",
            );
            return Err(PatternError::new(text, 0, Pointer::ROOT, refusal));
        }
        let source = source::read(text)?;
        let compiled = compile::compile(&source)
            .map_err(|(place, refusal)| PatternError::new(text, place.at, place.pointer, refusal))?;
        Ok(Self { text: text.to_owned(), source, compiled })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether an event matches.
    pub fn matches<'e>(&self, event: impl Into<Subject<'e>>) -> Result<bool, EventError> {
        self.compiled.matches(&event.into())
    }

    /// Which conditions hold for an event, and which do not.
    pub fn why<'e>(&self, event: impl Into<Subject<'e>>) -> Result<Why, EventError> {
        why::why(&self.text, &self.source, &self.compiled, &event.into())
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
