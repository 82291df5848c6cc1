//! The parts of a fault that derive from the error and the failed bytes.

use std::borrow::Cow;
use std::error::Error;

use serde_json::value::RawValue;

use super::censor::Censor;
use super::document::{Node, without_mark};
use super::dropped::{DropReason, DroppedPart, FaultPart};
use super::redaction::Redaction;
use crate::read::{Limits, Mismatch, depth};
use crate::wire::facts::interpret_text;
use crate::wire::{self, Scalar};
use json_document::{Pointer, find_integer_beyond_i64};

/// Formats an error and its causes, one line each.
pub(super) fn stack(name: &str, message: &str, error: &dyn Error) -> String {
    /// Maximum number of causes: a chain may be cyclic.
    const MAX_CAUSES: usize = 32;

    let mut stack = format!("{name}: {message}");
    let mut last = Cow::Borrowed(message);
    for cause in causes(error).take(MAX_CAUSES) {
        let text = cause.to_string();
        // A transparent wrapper repeats the message of its cause.
        if text != last {
            stack.push_str("\n    caused by: ");
            stack.push_str(&text);
        }
        last = Cow::Owned(text);
    }
    stack
}

fn causes<'e>(error: &'e dyn Error) -> impl Iterator<Item = &'e dyn Error> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause: &'e dyn Error = next?;
        next = cause.source();
        Some(cause)
    })
}

/// Redacts the pointer and the texts of a mismatch.
pub(super) fn redact_mismatch(mismatch: &Mismatch, censor: Option<&Censor>) -> Mismatch {
    let Some(censor) = censor else {
        return mismatch.clone();
    };
    let segments: Pointer = mismatch.pointer.segments().map(|name| censor.cover(&name).into_owned()).collect();
    let mut pointer = censor.cover(segments.as_str()).into_owned();
    if !pointer.is_empty() && !pointer.starts_with('/') {
        pointer.insert(0, '/');
    }
    let pointer = Pointer::parse(&pointer);
    Mismatch::new(pointer, censor.cover(&mismatch.expected), censor.cover(&mismatch.found))
}

/// Metadata that the failed document itself contains.
#[derive(Default)]
pub(super) struct OwnMetadata {
    /// An id is present, in the event or in an envelope around it.
    pub(super) has_id: bool,
    pub(super) partition_key: Option<String>,
}

impl OwnMetadata {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let root =
            std::str::from_utf8(bytes).ok().and_then(|text| wire::parse_root(wire::without_byte_order_mark(text)).ok());
        let Some(facts) = root.and_then(|root| interpret_text(root, None).ok()) else {
            return Self::default();
        };
        let text = |scalar: Option<Scalar<'_>>| {
            scalar.and_then(Scalar::into_string).map(Cow::into_owned).filter(|text| !text.is_empty())
        };
        let of_envelope =
            facts.envelope.as_ref().and_then(|envelope| envelope.id.as_deref()).is_some_and(|id| !id.is_empty());
        Self { has_id: of_envelope || text(facts.id).is_some(), partition_key: text(facts.partition_key) }
    }
}

/// The failed document in a form that may be shown.
pub(super) struct FailingDocument {
    pub(super) readable: Option<Box<RawValue>>,
    /// Redacts the personal values of the document elsewhere; `None` if it has none.
    pub(super) censor: Option<Censor>,
    pub(super) dropped: Option<DroppedPart>,
    /// It may contain personal values that cannot be located.
    pub(super) blind: bool,
    /// All its personal values are known to the censor.
    pub(super) searched: bool,
}

impl FailingDocument {
    pub(super) fn new(bytes: &[u8], redaction: Option<&Redaction>) -> Self {
        let searched = redaction.is_none();
        let mut document = Self { readable: None, censor: None, dropped: None, blind: false, searched };
        let bytes = without_mark(bytes);
        let Ok(raw) = serde_json::from_slice::<&RawValue>(bytes) else {
            return document;
        };
        let mut node = Node::parse(bytes);
        if let (Some(node), Some(redaction)) = (&mut node, redaction) {
            document.censor = redaction.apply(node);
        }
        document.searched |= node.is_some();
        document.blind = !document.searched;
        // EventBridge rejects an entry with an integer beyond 64 bits, and with it the whole fault.
        let fits = depth(raw.get()) <= Limits::MAX_DEPTH && find_integer_beyond_i64(raw.get()).is_none();
        match node {
            // Event hubs write `null` for an absent event.
            Some(Node::Null) => {}
            Some(node) if fits => document.readable = RawValue::from_string(node.to_json()).ok(),
            Some(_) | None => {
                document.dropped = Some(DroppedPart::new(FaultPart::Document, DropReason::NotInteroperable));
            }
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    /// An error whose chain of causes never ends.
    #[derive(Debug)]
    struct Endless(u32);

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.0)
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            let next: &'static Self = Box::leak(Box::new(Self(self.0 + 1)));
            Some(next)
        }
    }

    #[test]
    fn endless_chains_of_causes_are_truncated() {
        assert_eq!(stack("E", "0", &Endless(0)).lines().count(), 33);
    }

    #[test]
    fn pointers_are_redacted_and_stay_pointers() {
        let cover = |words: &[&str], pointer: &str| {
            let mismatch = Mismatch::new(Pointer::parse(pointer), "a string", "null");
            redact_mismatch(&mismatch, Some(&Censor::new(words.iter().copied()))).pointer.to_string()
        };
        assert_eq!(cover(&["a/b@c"], "/data/a~1b@c/0"), "/data/[redacted]/0");
        assert_eq!(cover(&["/data"], "/data/x"), "/[redacted]/x");
        assert_eq!(cover(&["none"], ""), "");
    }
}
