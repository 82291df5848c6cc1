//! Reach of a pattern: whether it matches no event of a set, some, or all.

use std::fmt;

use serde_json::Value;

use super::event_schema::EventSchema;
use super::event_set::EventSet;
use super::search::{SearchResult, find_event};
use super::translation::translate;
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::Approximation;

/// The events of a set that a pattern matches, or in which a [path](crate::routing::TargetPath) exists. The list is
/// complete. Each event in it is in its envelope, was validated by the schema, and matched as EventBridge does.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// No event: proven.
    Never {
        /// An event of the set, if one is known.
        missed: Option<Value>,
    },
    /// Some events and not all: demonstrated by two of them.
    Sometimes {
        /// An event that matches.
        matched: Value,
        /// An event that does not match.
        missed: Value,
    },
    /// Every event: proven.
    Always {
        /// An event of the set, if one is known.
        matched: Option<Value>,
    },
    /// Not decided within the budget. The safe way to read it is as the worst of the others.
    Undecided {
        /// The reason of the prover.
        reason: String,
        /// An event that matches, if one is known; it excludes `Never`.
        matched: Option<Value>,
        /// An event that does not match, if one is known; it excludes `Always`.
        missed: Option<Value>,
    },
}

/// Returns an event of the schema if matching it gives `expected`.
pub(super) fn confirm_match(event: Value, schema: &EventSchema, pattern: &Pattern, expected: bool) -> Option<Value> {
    // EventBridge matches text, which may differ from a parsed value: both must agree.
    let is_expected = |event: &Value| {
        pattern.matches(event) == Ok(expected) && pattern.matches(event.to_string().as_str()) == Ok(expected)
    };
    confirm(event, schema, is_expected)
}

/// Returns an event of the schema if it has a property.
pub(super) fn confirm(event: Value, schema: &EventSchema, has_property: impl FnOnce(&Value) -> bool) -> Option<Value> {
    (has_property(&event) && schema.accepts(&event)).then_some(event)
}

impl Reach {
    /// Returns the name of the answer: `never`, `sometimes`, `always` or `undecided`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Never { .. } => "never",
            Self::Sometimes { .. } => "sometimes",
            Self::Always { .. } => "always",
            Self::Undecided { .. } => "undecided",
        }
    }

    /// Returns an event that matches, if one is known.
    pub fn matched(&self) -> Option<&Value> {
        match self {
            Self::Never { .. } => None,
            Self::Sometimes { matched, .. } => Some(matched),
            Self::Always { matched } | Self::Undecided { matched, .. } => matched.as_ref(),
        }
    }

    /// Returns an event that does not match, if one is known.
    pub fn missed(&self) -> Option<&Value> {
        match self {
            Self::Always { .. } => None,
            Self::Sometimes { missed, .. } => Some(missed),
            Self::Never { missed } | Self::Undecided { missed, .. } => missed.as_ref(),
        }
    }

    /// Returns true if it is proven that no event matches.
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Never { .. })
    }

    /// Returns true if it is proven that every event matches.
    pub const fn is_always(&self) -> bool {
        matches!(self, Self::Always { .. })
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl EventSet {
    /// Decides which events of the set a pattern matches.
    ///
    /// ```
    /// use event_contract::contract;
    /// use event_contract::pattern::Pattern;
    /// use event_contract::routing::{EnvelopeConstraints, EventSet};
    ///
    /// let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
    /// let rule = Pattern::parse(r#"{"detail-type": ["Order.Created"], "detail": {"data": {"channel": ["web"]}}}"#)?;
    /// let reaches: Vec<&str> = sets[..4].iter().map(|set| set.reach(&rule).as_str()).collect();
    /// assert_eq!(reaches, ["never", "sometimes", "sometimes", "never"]); // Order.Created v1, v2 and v3, Order.Updated v1
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reach(&self, pattern: &Pattern) -> Reach {
        let schema = self.event_schema();
        let confirm = |event, expected| confirm_match(event, schema, pattern, expected);
        let question = Question { schema, confirm: &confirm };
        match translate(pattern, schema.navigator()) {
            Some(matched) => {
                let missed = matched.clone().complement();
                question.decide(&matched, &missed, &pattern.paths().collect::<Vec<_>>())
            }
            None => question.undecided(TOO_MANY_ALTERNATIVES),
        }
    }

    /// Finds an event of the set that a pattern matches, or proves that there is none.
    pub(super) fn find_match(&self, pattern: &Pattern) -> Witness {
        let schema = self.event_schema();
        let confirm = |event, expected| confirm_match(event, schema, pattern, expected);
        match translate(pattern, schema.navigator()) {
            Some(matched) => {
                let question = Question { schema, confirm: &confirm };
                question.find_example(&matched, true, &pattern.paths().collect::<Vec<_>>())
            }
            None => Witness::Unknown(TOO_MANY_ALTERNATIVES.to_owned()),
        }
    }
}

/// The reason for which a pattern with too many `$or` combinations is undecided.
pub(super) const TOO_MANY_ALTERNATIVES: &str = "the pattern has too many alternatives";

/// Confirms that an event is an example of the positive answer (`true`) or of the negative one (`false`).
type Confirm<'c> = dyn Fn(Value, bool) -> Option<Value> + 'c;

/// A question about the events of a schema that has a positive and a negative answer for each of them.
pub(super) struct Question<'q> {
    pub(super) schema: &'q EventSchema,
    pub(super) confirm: &'q Confirm<'q>,
}

impl Question<'_> {
    /// Decides whether the schema has events of a condition and of its complement, which depend only on the fields at
    /// `paths`.
    pub(super) fn decide(&self, positive: &Approximation, negative: &Approximation, paths: &[&str]) -> Reach {
        match (self.find_example(positive, true, paths), self.find_example(negative, false, paths)) {
            (Witness::None, missed) => Reach::Never { missed: missed.into_example() },
            (matched, Witness::None) => Reach::Always { matched: matched.into_example() },
            (Witness::Example(matched), Witness::Example(missed)) => Reach::Sometimes { matched, missed },
            (Witness::Unknown(reason), missed) => {
                Reach::Undecided { reason, matched: None, missed: missed.into_example() }
            }
            (matched, Witness::Unknown(reason)) => {
                Reach::Undecided { reason, matched: matched.into_example(), missed: None }
            }
        }
    }

    pub(super) fn undecided(&self, reason: &str) -> Reach {
        let [matched, missed] = [true, false].map(|expected| self.find_sample(expected));
        Reach::Undecided { reason: reason.to_owned(), matched, missed }
    }

    fn find_sample(&self, expected: bool) -> Option<Value> {
        self.schema.samples().iter().find_map(|event| (self.confirm)(event.clone(), expected))
    }

    /// Finds an example of a condition, or proves that there is none.
    ///
    /// An event of the under-approximation is likely confirmed, so it is searched first. Only the over-approximation can
    /// prove that there is none.
    fn find_example(&self, condition: &Approximation, expected: bool, paths: &[&str]) -> Witness {
        if let Some(example) = self.find_sample(expected) {
            return Witness::Example(example);
        }
        let Approximation { over, under } = condition;
        let mut reason = "no event could be confirmed".to_owned();
        let schemas = if under == over { &[over][..] } else { &[under, over] };
        for schema in schemas {
            match find_event(self.schema, schema, paths.iter().copied()) {
                SearchResult::Event(event) => {
                    if let Some(example) = (self.confirm)(event, expected) {
                        return Witness::Example(example);
                    }
                }
                SearchResult::None if *schema == over => return Witness::None,
                SearchResult::None => {}
                SearchResult::Unknown(unknown) => reason = unknown,
            }
        }
        Witness::Unknown(reason)
    }
}

/// An example, or the proof that there is none, or the reason for which neither was found.
pub(super) enum Witness {
    Example(Value),
    None,
    Unknown(String),
}

impl Witness {
    pub(super) fn into_example(self) -> Option<Value> {
        match self {
            Self::Example(example) => Some(example),
            Self::None | Self::Unknown(_) => None,
        }
    }
}
