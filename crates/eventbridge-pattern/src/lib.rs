//! EventBridge event patterns, matched as EventBridge matches them.
//!
//! A rule of EventBridge is a reader of events that no compiler sees. Here its pattern is read, refused where the
//! service would refuse it, matched, explained and looked through for mistakes, without the service:
//!
//! ```
//! use eventbridge_pattern::Pattern;
//!
//! let pattern = Pattern::parse(r#"{"source": ["external"], "detail-type": [{"prefix": "Order."}]}"#)?;
//! assert!(pattern.matches(br#"{"source": "external", "detail-type": "Order.Created", "detail": {}}"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`Pattern`]: one pattern. [`Pattern::matches`] answers, [`Pattern::why`] explains, [`Pattern::findings`] warns.
//! * [`RuleSet`]: thousands of them, and one pass over an event.
//! * [`Rule`] and [`Match`]: patterns written in Rust.
//! * [`lint`]: what is wrong with a text that should be a pattern.
//!
//! # What it follows
//!
//! The open-sourced matcher of the service, event-ruler 2.0, and what the service adds to it: the limits of
//! complexity, combinations and length, and that a number of an event with a point or an exponent goes through a double.
//! So it has the oddities of the service, too, each said where it is: [`lint`] warns of those that surprise.
//!
//! # What it costs
//!
//! An event is read once, without a tree of it being made. Values that no condition looks at are stepped over, and
//! checked no further than to find their end. What follows the value that decides is not read at all, and neither is what
//! follows the last of a few fields, unless one of their names is in it. So an event that is not JSON may match. Memory and steps are bounded: by the length of the event,
//! and by the length of the pattern times that of the event where lists of objects have to be tried.

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
mod leaf;
mod lint;
mod literal;
mod matcher;
mod number;
mod numeric;
mod or;
mod prefix;
mod rest;
mod rule;
mod scan;
mod search;
mod set;
mod single;
pub mod sought;
mod source;
mod steps;
mod subject;
mod suffix;
mod trail;
mod trie;
mod why;
mod wildcard;
mod word;

use std::fmt;
use std::str::FromStr;

pub use error::PatternError;
pub use lint::{Finding, Lint, lint, lints};
pub use rule::{Match, Rule};
pub use scan::EventError;
pub use set::RuleSet;
pub use subject::Subject;
pub use why::{Condition, Way, Why};

use compile::Compiled;
use error::Refusal;
use source::Source;

use json_document::Pointer;

/// How the service is set up.
///
/// ```
/// use eventbridge_pattern::{Pattern, Settings};
///
/// let long = format!(r#"{{"id": [{:?}]}}"#, "x".repeat(3000));
/// assert!(Pattern::parse(&long).is_err());
/// assert!(Pattern::parse_with(&long, &Settings::default().with_length(4096)).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    length: usize,
}

/// An event pattern that EventBridge takes.
///
/// | in a list | finds |
/// |---|---|
/// | `"a"`, `5`, `true`, `null` | that value; numbers as numbers, `5` in `5.0` |
/// | `{"prefix": "a"}`, `{"suffix": "a"}` | a text that begins or ends so; `{"equals-ignore-case": "a"}` in the place of `"a"` |
/// | `{"equals-ignore-case": "a"}` | that text in any case |
/// | `{"wildcard": "a*"}` | a text, with any run of characters for each `*` |
/// | `{"numeric": [">", 0, "<=", 5]}` | a number in the range |
/// | `{"cidr": "10.0.0.0/8"}` | an address in the block |
/// | `{"exists": true}`, `{"exists": false}` | any value; none |
/// | `{"anything-but": …}` | any value but a text, a number, those of a list, or `{"prefix": …}`, `{"suffix": …}`, `{"equals-ignore-case": …}`, `{"wildcard": …}` |
///
/// Any match of a list may hold, and all fields have to; `$or` takes a list of objects of which one has to hold. The
/// values of a list in the event are values of its field, and conditions on fields of objects in a list have to hold in
/// one and the same object. A field is known by the names on the way to it, joined with dots.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    source: Box<Source>,
    compiled: Compiled,
}

impl Settings {
    /// The same with another quota for the characters of a pattern: 2,048 unless it was raised.
    #[must_use]
    pub fn with_length(self, characters: usize) -> Self {
        Self { length: characters }
    }
}

impl Default for Settings {
    /// As the service is for an account that has asked for nothing.
    fn default() -> Self {
        Self { length: 2048 }
    }
}

impl Pattern {
    /// Reads a pattern from its text. A text is refused where the service refuses it, and where something follows the
    /// object, which the service may let pass.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_with(text, &Settings::default())
    }

    /// Reads a pattern for a service that is set up otherwise.
    pub fn parse_with(text: &str, settings: &Settings) -> Result<Self, PatternError> {
        let length = text.chars().count();
        if length > settings.length {
            let limit = settings.length;
            let refusal = Refusal::new(
                format!("the pattern has {length} characters, and the service takes {limit}"),
                "write several rules, or have the quota raised and say so in the settings",
            );
            return Err(PatternError::new(text, 0, Pointer::ROOT, refusal));
        }
        let source = Box::new(source::read(text)?);
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
