//! Which events of a shape a rule matches.

use std::fmt;

use serde_json::Value;

use super::find::{Found, find};
use super::shape::Shape;
use super::translate::translate;
use crate::pattern::Pattern;
use crate::pattern::sought::Bounds;

/// An event of a [`Shape`] of which it is known whether a pattern matches it.
///
/// There is no way to make one but to have it validated, and matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    event: Value,
}

/// Which events of a shape a rule matches. The list is complete.
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
        let is_one = is_one && pattern.matches(&event.to_string()) == Ok(expected);
        is_one.then_some(Self { event })
    }

    /// The event of a shape, whatever matches it.
    pub(super) fn of(event: Value, shape: &Shape) -> Option<Self> {
        shape.has(&event).then_some(Self { event })
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
        let sample = |expected| {
            self.samples().iter().find_map(|event| Example::confirm(event.clone(), self, pattern, expected))
        };
        let Some(bounds) = translate(pattern, self.places()) else {
            let reason = "the pattern has too many ways to match".to_owned();
            return Reach::Undecided { reason, matched: sample(true), missed: sample(false) };
        };
        let matched = match sample(true) {
            Some(example) => Side::Example(example),
            None => self.side(pattern, &bounds, true),
        };
        let missed = match (sample(false), &matched) {
            (Some(example), _) => Side::Example(example),
            // Whatever there is, is not matched.
            (None, Side::None) => self.samples().first().cloned().and_then(|event| Example::of(event, self)).map_or_else(
                || Side::Unknown("no event of it is known".to_owned()),
                Side::Example,
            ),
            (None, _) => self.side(pattern, &bounds.not(), false),
        };
        match (matched, missed) {
            (Side::None, missed) => Reach::Never { missed: missed.example() },
            (matched, Side::None) => Reach::Always { matched: matched.example() },
            (Side::Example(matched), Side::Example(missed)) => Reach::Some { matched, missed },
            (Side::Unknown(reason), missed) => Reach::Undecided { reason, matched: None, missed: missed.example() },
            (matched, Side::Unknown(reason)) => Reach::Undecided { reason, matched: matched.example(), missed: None },
        }
    }

    /// An event between the bounds, or the proof that there is none.
    fn side(&self, pattern: &Pattern, bounds: &Bounds, expected: bool) -> Side {
        let mut reason = "no event could be confirmed".to_owned();
        let conditions = if bounds.least == bounds.most { &[&bounds.least][..] } else { &[&bounds.least, &bounds.most] };
        for condition in conditions {
            match find(self, condition, pattern.paths()) {
                Found::Event(event) => {
                    if let Some(example) = Example::confirm(event, self, pattern, expected) {
                        return Side::Example(example);
                    }
                }
                Found::None if **condition == bounds.most => return Side::None,
                Found::None => {}
                Found::Unknown(why) => reason = why,
            }
        }
        Side::Unknown(reason)
    }
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
