//! Which events of a shape a rule matches.

use std::fmt;

use serde_json::Value;

use super::find::{Found, find};
use super::shape::Shape;
use super::translate::translate;
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::Approximation;

/// An event of a [`Shape`] that shows something: that a pattern matches it, or does not, or that a path leads somewhere.
///
/// There is no way to make one but to have it validated, and matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    event: Value,
}

/// Which events of a shape a rule matches, or a [path](crate::routing::Path) leads somewhere in. The list is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// None of them: that is proven.
    Never {
        /// One of them, where one is known.
        missed: Option<Example>,
    },
    /// Some, and not all.
    Some {
        /// One that it matches.
        matched: Example,
        /// One that it does not.
        missed: Example,
    },
    /// All of them: that is proven.
    Always {
        /// One of them, where one is known.
        matched: Option<Example>,
    },
    /// It is not known. The safe way to read this is as the worst of the others.
    Undecided {
        /// Why.
        reason: String,
        /// One that it matches, where one is known: then it is some, or all.
        matched: Option<Example>,
        /// One that it does not match, where one is known: then it is some, or none.
        missed: Option<Example>,
    },
}

impl Example {
    /// The event, in its envelope.
    pub fn event(&self) -> &Value {
        &self.event
    }

    /// The event, to keep.
    pub fn into_event(self) -> Value {
        self.event
    }

    /// The event, if it is one of the shape and the pattern matches it, or does not, as `expected` says.
    pub(super) fn confirm(event: Value, shape: &Shape, pattern: &Pattern, expected: bool) -> Option<Self> {
        let is_one = pattern.matches(&event) == Ok(expected) && shape.has(&event);
        // A rule is matched against a text, and a text may say more than a value: both have to agree.
        let is_one = is_one && pattern.matches(event.to_string().as_str()) == Ok(expected);
        is_one.then_some(Self { event })
    }

    /// The event, if it is one of the shape and `shows` says that it shows what it should.
    pub(super) fn shows(event: Value, shape: &Shape, shows: impl FnOnce(&Value) -> bool) -> Option<Self> {
        (shows(&event) && shape.has(&event)).then_some(Self { event })
    }
}

impl fmt::Display for Example {
    /// As compact JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)
    }
}

impl Reach {
    /// `never`, `some`, `always` or `undecided`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Never { .. } => "never",
            Self::Some { .. } => "some",
            Self::Always { .. } => "always",
            Self::Undecided { .. } => "undecided",
        }
    }

    /// An event that the rule matches, where one is known.
    pub fn matched(&self) -> Option<&Example> {
        match self {
            Self::Never { .. } => None,
            Self::Some { matched, .. } => Some(matched),
            Self::Always { matched } | Self::Undecided { matched, .. } => matched.as_ref(),
        }
    }

    /// An event that the rule does not match, where one is known.
    pub fn missed(&self) -> Option<&Example> {
        match self {
            Self::Always { .. } => None,
            Self::Some { missed, .. } => Some(missed),
            Self::Never { missed } | Self::Undecided { missed, .. } => missed.as_ref(),
        }
    }

    /// Whether it is proven that the rule matches none.
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Never { .. })
    }

    /// Whether it is proven that the rule matches all.
    pub const fn is_always(&self) -> bool {
        matches!(self, Self::Always { .. })
    }
}

impl Shape {
    /// Which of these events a pattern matches.
    ///
    /// ```
    /// use event_contract::contract;
    /// use event_contract::pattern::Pattern;
    /// use event_contract::routing::{Envelope, Reach, Shape};
    ///
    /// let shapes = Shape::all(&contract::catalog()?, &Envelope::default())?;
    /// let rule = Pattern::parse(r#"{"detail-type": ["Order.Created"], "detail": {"data": {"channel": ["web"]}}}"#)?;
    /// let row: Vec<&str> = shapes[..4].iter().map(|shape| shape.reach(&rule).as_str()).collect();
    /// assert_eq!(row, ["never", "some", "some", "never"]); // Order.Created v1, v2 and v3, Order.Updated v1
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reach(&self, pattern: &Pattern) -> Reach {
        let confirm = |event, expected| Example::confirm(event, self, pattern, expected);
        match translate(pattern, self.places()) {
            Some(matched) => {
                let missed = matched.clone().complement();
                decide(self, [&matched, &missed], &pattern.paths().collect::<Vec<_>>(), &confirm)
            }
            None => undecided(self, "the pattern has too many ways to match", &confirm),
        }
    }
}

/// Says of a value whether it is an example of the one thing, where `true` is given with it, or of the other.
type Confirm<'c> = dyn Fn(Value, bool) -> Option<Example> + 'c;

/// Whether a shape has events of two conditions. What is in neither is not asked about.
pub(super) fn decide(shape: &Shape, conditions: [&Approximation; 2], paths: &[&str], confirm: &Confirm<'_>) -> Reach {
    let side = |condition, expected| match sample(shape, confirm, expected) {
        Some(example) => Side::Example(example),
        None => side(shape, condition, paths, &|event| confirm(event, expected)),
    };
    match (side(conditions[0], true), side(conditions[1], false)) {
        (Side::None, missed) => Reach::Never { missed: missed.example() },
        (matched, Side::None) => Reach::Always { matched: matched.example() },
        (Side::Example(matched), Side::Example(missed)) => Reach::Some { matched, missed },
        (Side::Unknown(reason), missed) => Reach::Undecided { reason, matched: None, missed: missed.example() },
        (matched, Side::Unknown(reason)) => Reach::Undecided { reason, matched: matched.example(), missed: None },
    }
}

pub(super) fn undecided(shape: &Shape, reason: &str, confirm: &Confirm<'_>) -> Reach {
    let [matched, missed] = [true, false].map(|expected| sample(shape, confirm, expected));
    Reach::Undecided { reason: reason.to_owned(), matched, missed }
}

/// One of the events that are known already.
fn sample(shape: &Shape, confirm: &Confirm<'_>, expected: bool) -> Option<Example> {
    shape.samples().iter().find_map(|event| confirm(event.clone(), expected))
}

/// An event between the bounds, or the proof that there is none.
fn side(shape: &Shape, bounds: &Approximation, paths: &[&str], confirm: &dyn Fn(Value) -> Option<Example>) -> Side {
    let mut reason = "no event could be confirmed".to_owned();
    let conditions = if bounds.under == bounds.over { &[&bounds.under][..] } else { &[&bounds.under, &bounds.over] };
    for condition in conditions {
        match find(shape, condition, paths.iter().copied()) {
            Found::Event(event) => {
                if let Some(example) = confirm(event) {
                    return Side::Example(example);
                }
            }
            Found::None if **condition == bounds.over => return Side::None,
            Found::None => {}
            Found::Unknown(why) => reason = why,
        }
    }
    Side::Unknown(reason)
}

/// Whether there is an event that is matched, or one that is not.
enum Side {
    Example(Example),
    None,
    Unknown(String),
}

impl Side {
    fn example(self) -> Option<Example> {
        match self {
            Self::Example(example) => Some(example),
            Self::None | Self::Unknown(_) => None,
        }
    }
}
