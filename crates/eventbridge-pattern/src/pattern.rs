//! One valid pattern.

use std::fmt;
use std::str::FromStr;

use json_document::Pointer;

use crate::compiled::{self, CompiledPattern};
use crate::error::{PatternError, Rejection};
use crate::event::{EventError, EventInput};
use crate::settings::Settings;
use crate::syntax::{self, SyntaxTree};

/// An event pattern that EventBridge accepts.
///
/// | in an array | matches |
/// |---|---|
/// | `"a"`, `5`, `true`, `null` | that value; numbers by value, `5` matches `5.0` |
/// | `{"prefix": "a"}`, `{"suffix": "a"}` | a String with that start or end; `{"equals-ignore-case": "a"}` may replace `"a"` |
/// | `{"equals-ignore-case": "a"}` | that String in upper or lower case |
/// | `{"wildcard": "a*"}` | a String, with any run of characters for each `*` |
/// | `{"numeric": [">", 0, "<=", 5]}` | a Number in the range |
/// | `{"cidr": "10.0.0.0/8"}` | an IP address in the block |
/// | `{"exists": true}`, `{"exists": false}` | any value; no value |
/// | `{"anything-but": …}` | any value except a String, a Number, an array of either, or `{"prefix": …}`, `{"suffix": …}`, `{"equals-ignore-case": …}`, `{"wildcard": …}` |
///
/// A field matches if any matcher of its array matches, a pattern if all of its fields do. `$or` takes an array of objects,
/// and one of them must match. The elements of an array in the event are values of its field, and conditions on fields
/// of objects in an array must match within one object. The path of a field is the names that lead to it, joined with
/// dots.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub(crate) text: String,
    pub(crate) syntax: Box<SyntaxTree>,
    pub(crate) compiled: CompiledPattern,
}

impl Pattern {
    /// Parses a pattern for an account with the default quotas.
    ///
    /// # Errors
    ///
    /// A text that the service rejects, and a text with anything after the object. The service ignores text after
    /// the object, which is never intended.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_with(text, &Settings::default())
    }

    /// Parses a pattern for an account with other quotas.
    pub fn parse_with(text: &str, settings: &Settings) -> Result<Self, PatternError> {
        let length = text.chars().count();
        if length > settings.max_length {
            let max_length = settings.max_length;
            let rejection = Rejection::new(
                format!("the pattern has {length} characters, expected at most {max_length}"),
                "write several rules, or raise the quota of the account and set it with `Settings::with_max_length`",
            );
            return Err(PatternError::new(text, 0, Pointer::ROOT, rejection));
        }
        let syntax = Box::new(syntax::parse(text)?);
        let compiled = compiled::compile(&syntax)
            .map_err(|(location, rejection)| PatternError::new(text, location.start, location.pointer, rejection))?;
        Ok(Self { text: text.to_owned(), syntax, compiled })
    }

    /// Returns the text that was parsed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the event matches the pattern.
    pub fn matches<'e>(&self, event: impl Into<EventInput<'e>>) -> Result<bool, EventError> {
        self.compiled.matches(&event.into())
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
