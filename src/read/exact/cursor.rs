//! The position of a deserializer in a tree.

use std::fmt;

use json_document::Pointer;
use json_document::text::Tree;

use super::mismatch::ExactError;
use super::replay::Replay;

/// The value to deserialize.
#[derive(Clone, Copy)]
pub(in crate::read) enum Input<'n, 'de> {
    Node(&'n Tree<'de>),
    /// A value that the type asks for.
    Placeholder,
}

/// The kind of object that a type asks for.
#[derive(Clone, Copy)]
pub(super) enum ObjectRequest {
    /// A struct, or the fields of a variant, which have no name.
    Struct {
        name: &'static str,
        fields: &'static [&'static str],
    },
    Map,
    /// Any value, of which the object is one.
    Any,
}

impl Input<'_, '_> {
    /// Returns the JSON kind with its article, for messages.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Node(node) => node.value.describe(),
            Self::Placeholder => "a placeholder",
        }
    }
}

/// A deserializer over a tree, with the substitutions of a replay.
pub(in crate::read) struct ExactDeserializer<'n, 'de> {
    pub(super) input: Input<'n, 'de>,
    pub(super) replay: &'n Replay,
    pub(super) at: Pointer,
    /// Number of the candidate for a placeholder.
    pub(super) attempt: usize,
    pub(super) depth: usize,
    /// Set in an exploration until a struct recurs: then optional values and one item of each sequence are visited too.
    pub(super) is_exhaustive: bool,
    /// Set for a value that serde buffers.
    pub(super) is_buffered: bool,
    /// Length of the pointer of the value that is read from the buffer; of this one outside of a buffer.
    pub(super) host: usize,
}

impl<'n, 'de> ExactDeserializer<'n, 'de> {
    /// Starts a pass.
    pub(in crate::read) fn new(input: Input<'n, 'de>, replay: &'n Replay) -> Self {
        replay.start_pass();
        Self::at(input, replay, Pointer::ROOT, 0, replay.is_exploration())
    }

    fn at(input: Input<'n, 'de>, replay: &'n Replay, at: Pointer, depth: usize, is_exhaustive: bool) -> Self {
        let (input, attempt) = match replay.placeholder(&at) {
            Some(attempt) => (Input::Placeholder, attempt),
            None => (input, 0),
        };
        let host = at.as_str().len();
        Self { input, replay, at, attempt, depth, is_exhaustive, is_buffered: false, host }
    }

    pub(super) fn child(&self, input: Input<'n, 'de>, segment: impl fmt::Display) -> Self {
        let at = self.at.join(segment);
        self.replay.add_work(1 + at.as_str().len() / 32);
        Self::at(input, self.replay, at, self.depth + 1, self.is_exhaustive)
    }

    /// Returns the kind of JSON that a type that accepts any kind is shown.
    pub(super) fn describe_shown(&self) -> &'static str {
        match self.input {
            Input::Node(node) => node.value.describe(),
            Input::Placeholder => {
                ["an object", "a string", "null", "a number", "a boolean", "an array"][self.attempt % 6]
            }
        }
    }

    /// Records a value that is read to be buffered.
    pub(super) fn record_buffered(&self, kind: &'static str) {
        self.replay.record_buffered(&self.at, self.host, kind);
    }

    /// Returns true if values were substituted: then the result must not be used.
    pub(in crate::read) fn has_substitutions(&self) -> bool {
        self.replay.has_substitutions()
    }

    /// Sets the position of an error unless a nested value has set it.
    pub(super) fn place<T>(&self, result: Result<T, ExactError>) -> Result<T, ExactError> {
        result.map_err(|mut error| {
            if error.at.is_none() {
                error.at = Some(self.at.clone());
                error.in_placeholder = matches!(self.input, Input::Placeholder);
            }
            error
        })
    }
}
