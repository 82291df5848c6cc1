//! What a tolerant reader let pass, each thing as a value.

use std::fmt;

use serde_json::value::RawValue;

use crate::name::{EventType, Version};
use crate::severity::Severity;
use json_document::Pointer;

/// One thing that the reader let pass: what, where, and how much it matters.
///
/// It never holds the value, unless the reader was asked for [values](crate::Reader::with_values): what stands in an
/// event is often nobody's business in a log. [`Display`](fmt::Display) prints no value in any case.
#[derive(Debug, Clone)]
pub struct Observation {
    pub(crate) kind: ObservationKind,
    pub(crate) pointer: Pointer,
    pub(crate) value: Option<Box<RawValue>>,
}

impl Observation {
    /// What was let pass.
    pub fn kind(&self) -> &ObservationKind {
        &self.kind
    }

    /// Where, from the root of the JSON document that was delivered (for an SQS message the body, for a Kinesis record
    /// its data).
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// The text of the value, where values were asked for and there is one.
    pub fn value(&self) -> Option<&RawValue> {
        self.value.as_deref()
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "{}", self.kind),
            pointer => write!(f, "{pointer}: {}", self.kind),
        }
    }
}

/// What a reader let pass.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObservationKind {
    /// A field that the payload does not have. Kept, it comes out again where the event is written on.
    UnknownField {
        /// Whether it was kept.
        kept: bool,
    },
    /// A field that was missing and has a default.
    Defaulted,
    /// A field under one of its older names.
    Alias {
        /// The name it has now.
        field: String,
    },
    /// A value that an [open](crate::Open) enumeration does not have; kept as it came.
    UnknownValue,
    /// A value in another spelling, taken as what it clearly means.
    Coerced {
        /// How it was spelled.
        from: &'static str,
        /// What it was taken as.
        to: &'static str,
    },
    /// An older version, brought up to the one that was asked for.
    Upcast {
        /// The version that was read.
        from: Version,
        /// The version that is given.
        to: Version,
    },
    /// A version that this reader does not know yet, read as one that it knows.
    NewerVersion {
        /// The version that was said.
        said: Version,
        /// The version that it was read as.
        read: Version,
    },
    /// No version is said: it was read as the first.
    VersionAssumed,
    /// No type is said: it was read as the only one that the reader takes.
    TypeAssumed {
        /// That type.
        event_type: EventType,
    },
    /// Metadata that the event does not say itself.
    Substituted {
        /// Where it was taken from.
        from: Origin,
    },
    /// A name that comes more than once in an object with free names: the last value stands.
    Repeated,
    /// The envelope says something else than the event in it, which was believed.
    Contradicted,
    /// A compressed value, unpacked.
    Decompressed,
}

impl ObservationKind {
    /// Its name, for statistics and for programs: `unknown-field`, `upcast` … It never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "unknown-field",
            Self::Defaulted => "defaulted",
            Self::Alias { .. } => "alias",
            Self::UnknownValue => "unknown-value",
            Self::Coerced { .. } => "coerced",
            Self::Upcast { .. } => "upcast",
            Self::NewerVersion { .. } => "newer-version",
            Self::VersionAssumed => "version-assumed",
            Self::TypeAssumed { .. } => "type-assumed",
            Self::Substituted { .. } => "substituted",
            Self::Repeated => "repeated",
            Self::Contradicted => "contradicted",
            Self::Decompressed => "decompressed",
        }
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::UnknownField { .. }
            | Self::Defaulted
            | Self::Alias { .. }
            | Self::Upcast { .. }
            | Self::Decompressed => Severity::Info,
            Self::Coerced { .. }
            | Self::VersionAssumed
            | Self::TypeAssumed { .. }
            | Self::Substituted { .. }
            | Self::Contradicted => Severity::Notice,
            Self::UnknownValue | Self::NewerVersion { .. } | Self::Repeated => Severity::Warning,
        }
    }
}

impl fmt::Display for ObservationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { kept: true } => f.write_str("unknown field, kept"),
            Self::UnknownField { kept: false } => f.write_str("unknown field, ignored"),
            Self::Defaulted => f.write_str("missing, defaulted"),
            Self::Alias { field } => write!(f, "an older name of `{field}`"),
            Self::UnknownValue => f.write_str("unknown value, kept"),
            Self::Coerced { from, to } => write!(f, "{from}, taken as {to}"),
            Self::Upcast { from, to } => write!(f, "{from}, given as {to}"),
            Self::NewerVersion { said, read } => {
                write!(f, "{said} is newer than this reader, read as {read}")
            }
            Self::VersionAssumed => f.write_str("no version is said, read as v1"),
            Self::TypeAssumed { event_type } => write!(f, "no type is said, read as {event_type}"),
            Self::Substituted { from } => write!(f, "missing, taken from {from}"),
            Self::Repeated => f.write_str("comes more than once, the last value was taken"),
            Self::Contradicted => f.write_str("the envelope says otherwise than the event"),
            Self::Decompressed => f.write_str("compressed, unpacked"),
        }
    }
}

/// Where metadata was taken from that an event does not say itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The EventBridge envelope around it.
    Envelope,
    /// The message or the record that carried it.
    Transport,
    /// The event's tags.
    Tags,
    /// The payload.
    Payload,
    /// The event's own id.
    Id,
    /// The text of the delivery: the same text gives the same id.
    Content,
    /// The caller, by [`Reader::received_at`](crate::Reader::received_at).
    Caller,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Envelope => "the envelope",
            Self::Transport => "the message that carried it",
            Self::Tags => "its tags",
            Self::Payload => "the payload",
            Self::Id => "its id",
            Self::Content => "its content",
            Self::Caller => "the time of receipt",
        })
    }
}
