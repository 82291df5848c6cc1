//! Corrections of a document that let a pass get beyond its mismatches.

use std::collections::{HashMap, HashSet};

use json_document::Pointer;

use super::mismatch::{ExactError, is_variant_failure};

/// Maximum number of candidates that are offered for one placeholder.
const MAX_PLACEHOLDERS: usize = 20;

/// Maximum number of times that the candidates of a placeholder are chosen anew by another expectation.
const MAX_EXPECTATIONS: usize = 4;

/// Corrections that are applied in each pass, by pointer into the payload.
#[derive(Debug, Default, Clone)]
pub(super) struct Substitutions {
    /// Values that are replaced by a placeholder.
    pub(super) placeholders: HashMap<Pointer, Placeholder>,
    /// Missing members that are added to an object, with placeholders as values.
    pub(super) added: HashMap<Pointer, Vec<String>>,
    /// Maximum number of occurrences of a member that are shown.
    pub(super) occurrences: HashMap<Pointer, usize>,
    /// Values for which no placeholder is accepted. They are read after their siblings, so that the mismatches of those
    /// are found before the value makes the whole object fail.
    pub(super) deferred: HashSet<Pointer>,
}

/// The candidates of a placeholder, and the number of the present one.
#[derive(Debug, Default, Clone)]
pub(super) struct Placeholder {
    pub(super) attempt: usize,
    pub(super) wanted: Wanted,
    expectations: usize,
}

/// An enum whose variant a placeholder has chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Choice {
    pub(super) tag: Pointer,
    pub(super) names: &'static [&'static str],
    /// Position of the variant.
    pub(super) chosen: usize,
}

/// The values that are offered to a type that accepts any kind, as serde does for values that it buffers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Every kind in turn.
    #[default]
    Unknown,
    /// Values that this expectation describes, then every kind.
    Expectation(String),
    /// The names of variants: as strings, then as objects of one member.
    Variants(&'static [&'static str]),
    /// A wrong value, to find out whether the type reads the place.
    Poison(Poison),
}

/// A value that is wrong for most types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Poison {
    Text,
    Number,
    Boolean,
}

impl Wanted {
    fn from_error(error: &ExactError, expected: &str) -> Self {
        match error.variants {
            [] if expected.is_empty() => Self::Unknown,
            [] => Self::Expectation(expected.to_owned()),
            variants => Self::Variants(variants),
        }
    }

    fn max_attempts(&self) -> usize {
        match self {
            Self::Unknown | Self::Expectation(_) | Self::Poison(_) => MAX_PLACEHOLDERS,
            Self::Variants(names) => MAX_PLACEHOLDERS.max(names.len().saturating_mul(2)),
        }
    }
}

impl Placeholder {
    pub(super) fn poison(poison: Poison) -> Self {
        Self { wanted: Wanted::Poison(poison), ..Self::default() }
    }

    /// Offers a value that the error expects.
    pub(super) fn expected(error: &ExactError, expected: &str, attempt: usize) -> Self {
        Self { attempt, wanted: Wanted::from_error(error, expected), expectations: 0 }
    }

    /// Returns the name of the variant that is offered.
    pub(super) fn variant_name(&self) -> Option<&'static str> {
        match self.wanted {
            Wanted::Variants(names) => names.get(self.attempt % names.len().max(1)).copied(),
            Wanted::Unknown | Wanted::Expectation(_) | Wanted::Poison(_) => None,
        }
    }

    /// Offers the variant at this position.
    pub(super) fn variant(variants: &'static [&'static str], attempt: usize) -> Self {
        Self { attempt, wanted: Wanted::Variants(variants), expectations: 0 }
    }
}

impl From<usize> for Placeholder {
    fn from(attempt: usize) -> Self {
        Self { attempt, ..Self::default() }
    }
}

impl Substitutions {
    /// Replaces the value at `at`, or offers the next candidate for it. Returns false after the last one.
    pub(super) fn offer_next(&mut self, at: &Pointer, error: &ExactError, expected: &str) -> bool {
        let wanted = Wanted::from_error(error, expected);
        let Some(placeholder) = self.placeholders.get_mut(at) else {
            // A placeholder for a member that was added is not in the map; its first candidate was refused.
            let attempt = usize::from(error.in_placeholder && !error.is_buffered);
            self.placeholders.insert(at.clone(), Placeholder { attempt, wanted, expectations: 0 });
            return true;
        };
        let is_better = match (&placeholder.wanted, &wanted) {
            (Wanted::Variants(_), _) | (_, Wanted::Unknown | Wanted::Poison(_)) => false,
            (Wanted::Unknown | Wanted::Expectation(_) | Wanted::Poison(_), wanted) => placeholder.wanted != *wanted,
        };
        if is_better && error.is_buffered && placeholder.expectations < MAX_EXPECTATIONS {
            *placeholder = Placeholder { attempt: 0, wanted, expectations: placeholder.expectations + 1 };
            return true;
        }
        if is_better && matches!(wanted, Wanted::Variants(_)) {
            // The tag of an enum: its name is read as a string.
            *placeholder = Placeholder { attempt: 0, wanted, ..*placeholder };
            return true;
        }
        placeholder.attempt += 1;
        if placeholder.attempt < placeholder.wanted.max_attempts() {
            return true;
        }
        placeholder.attempt = 0;
        false
    }

    /// Returns true if the value at `at` is a placeholder, or in one.
    pub(super) fn covers(&self, at: &Pointer) -> bool {
        self.placeholders.keys().any(|place| at.is_at_or_under(place))
            || self.added.iter().any(|(object, names)| {
                at.is_at_or_under(object) && names.iter().any(|name| at.is_at_or_under(&object.join(name)))
            })
    }

    /// Returns true for an error of the type's own code about a value with placeholders: it may reject them together, as code that
    /// compares two fields does.
    pub(super) fn cause(&self, error: &ExactError) -> bool {
        let is_own = error.custom.as_deref().is_some_and(|message| !is_variant_failure(message));
        is_own && self.are_in(&error.at.clone().unwrap_or_default())
    }

    fn are_in(&self, at: &Pointer) -> bool {
        self.placeholders.keys().any(|place| place != at && place.is_at_or_under(at))
            || self.added.keys().any(|object| object.is_at_or_under(at))
    }

    /// Returns the tags for which a placeholder offers the names of variants.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let choices = self.placeholders.iter().filter_map(|(tag, placeholder)| match placeholder.wanted {
            Wanted::Variants(names) if !names.is_empty() => {
                Some(Choice { tag: tag.clone(), names, chosen: placeholder.attempt % names.len() })
            }
            Wanted::Variants(_) | Wanted::Unknown | Wanted::Expectation(_) | Wanted::Poison(_) => None,
        });
        choices.collect()
    }
}

impl Choice {
    /// Returns the object that holds the tag.
    pub(super) fn object(&self) -> Pointer {
        Pointer::parse(self.tag.as_str().rsplit_once('/').map_or("", |(object, _)| object))
    }
}
