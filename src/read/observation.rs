//! Observations of the tolerant reader.

use std::fmt;

use serde_json::value::RawValue;

use crate::name::{EventType, Version};
use crate::severity::Severity;
use json_document::Pointer;

/// A tolerated deviation of an event from its type or from the wire format.
///
/// Its [`Display`](fmt::Display) and [`Debug`](fmt::Debug) texts contain no values, so that it may be logged.
#[derive(Clone)]
#[non_exhaustive]
pub struct Observation {
    /// Position in the JSON document that was delivered: the body of an SQS message, the data of a Kinesis record.
    pub pointer: Pointer,
    /// Kind of the deviation.
    pub kind: ObservationKind,
    /// Text of the value, if the reader was created [with values](crate::Reader::with_values). Payload data must not
    /// reach logs.
    pub value: Option<Box<RawValue>>,
}

impl Observation {
    /// Returns the severity of the kind.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }
}

impl fmt::Debug for Observation {
    /// Omits the value: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_ref().map(|value| format!("<{} bytes>", value.get().len()));
        f.debug_struct("Observation")
            .field("pointer", &self.pointer)
            .field("kind", &self.kind)
            .field("value", &value)
            .finish()
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

/// Kind of an [`Observation`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObservationKind {
    /// A field that the type does not have. A field that is kept is written again when the event is serialized.
    UnknownField {
        /// Set if the field is kept in the event.
        kept: bool,
    },
    /// A missing field with a default.
    Defaulted,
    /// A field under an alias.
    Alias {
        /// The name of the field.
        field: String,
    },
    /// An unknown value of an [open](crate::Open) enumeration, which is kept.
    UnknownValue,
    /// A value in another format with an unambiguous meaning.
    Coerced {
        /// The format of the value.
        from: &'static str,
        /// The expected format.
        to: &'static str,
    },
    /// A time in microseconds or nanoseconds, converted to milliseconds: the writer has the wrong unit.
    UnitCorrected {
        /// The unit of the number.
        from: &'static str,
    },
    /// An older version, upcast to the newest.
    Upcast {
        /// The version of the event.
        from: Version,
        /// The newest version.
        to: Version,
    },
    /// A version newer than all versions of the reader, read as the newest one that accepts it.
    NewerVersion {
        /// The version of the event.
        declared: Version,
        /// The version that it was read as.
        read: Version,
    },
    /// A missing version: the event was read as the first one.
    VersionAssumed,
    /// A missing type: the event was read as the only type of the reader.
    TypeAssumed {
        /// The only type of the reader.
        event_type: EventType,
    },
    /// Missing metadata, taken from elsewhere.
    Substituted {
        /// The source.
        from: Origin,
    },
    /// A duplicate key of a map or of a free-form value: the last value was taken.
    Repeated,
    /// A number with more digits than a free-form value holds: it was rounded to an `f64`.
    Imprecise,
    /// The envelope declares another type than the event in it. The type of the event takes precedence.
    Contradicted,
    /// The `dataschema` of a CloudEvents document names another type or version than the event.
    OtherSchema,
    /// Two values could be the payload: `data`, and the entity of a flat aws-lambda-stream detail.
    TwoPayloads {
        /// The member that was read.
        taken: String,
        /// The member that was not read.
        ignored: String,
    },
    /// A compressed value.
    Decompressed,
}

impl ObservationKind {
    /// Returns the stable name for programs and statistics: `unknown-field`, `upcast` …
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "unknown-field",
            Self::Defaulted => "defaulted",
            Self::Alias { .. } => "alias",
            Self::UnknownValue => "unknown-value",
            Self::Coerced { .. } => "coerced",
            Self::UnitCorrected { .. } => "unit-corrected",
            Self::Upcast { .. } => "upcast",
            Self::NewerVersion { .. } => "newer-version",
            Self::VersionAssumed => "version-assumed",
            Self::TypeAssumed { .. } => "type-assumed",
            Self::Substituted { .. } => "substituted",
            Self::Repeated => "repeated",
            Self::Imprecise => "imprecise",
            Self::Contradicted => "contradicted",
            Self::OtherSchema => "other-schema",
            Self::TwoPayloads { .. } => "two-payloads",
            Self::Decompressed => "decompressed",
        }
    }

    /// Returns true if the payload was read as another one would be without this deviation.
    pub(super) fn is_assumption(&self) -> bool {
        match self {
            Self::VersionAssumed | Self::TypeAssumed { .. } | Self::NewerVersion { .. } | Self::TwoPayloads { .. } => {
                true
            }
            Self::UnknownField { .. }
            | Self::Defaulted
            | Self::Alias { .. }
            | Self::UnknownValue
            | Self::Coerced { .. }
            | Self::UnitCorrected { .. }
            | Self::Upcast { .. }
            | Self::Substituted { .. }
            | Self::Repeated
            | Self::Imprecise
            | Self::Contradicted
            | Self::OtherSchema
            | Self::Decompressed => false,
        }
    }

    /// Returns the severity: warning if the event may mean something else than its writer intended, notice if the reader
    /// had to guess, info for what every evolving contract has.
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
            | Self::Contradicted
            | Self::OtherSchema => Severity::Notice,
            Self::UnknownValue
            | Self::UnitCorrected { .. }
            | Self::NewerVersion { .. }
            | Self::Repeated
            | Self::Imprecise
            | Self::TwoPayloads { .. } => Severity::Warning,
        }
    }
}

impl fmt::Display for ObservationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { kept: true } => f.write_str("unknown field, kept"),
            Self::UnknownField { kept: false } => f.write_str("unknown field, ignored"),
            Self::Defaulted => f.write_str("missing, defaulted"),
            Self::Alias { field } => write!(f, "alias of `{field}`"),
            Self::UnknownValue => f.write_str("unknown value, kept"),
            Self::Coerced { from, to } => write!(f, "{from}, read as {to}"),
            Self::UnitCorrected { from } => write!(f, "{from}, read as epoch milliseconds"),
            Self::Upcast { from, to } => write!(f, "{from}, upcast to {to}"),
            Self::NewerVersion { declared, read } => {
                write!(f, "{declared} is newer than this reader, read as {read}")
            }
            Self::VersionAssumed => f.write_str("no version, read as v1"),
            Self::TypeAssumed { event_type } => write!(f, "no type, read as {event_type}"),
            Self::Substituted { from } => write!(f, "missing, taken from {from}"),
            Self::Repeated => f.write_str("duplicate key, the last value was taken"),
            Self::Imprecise => f.write_str("a number with too many digits, rounded"),
            Self::Contradicted => f.write_str("the envelope has another type than the event"),
            Self::OtherSchema => f.write_str("names another type or version than the event"),
            Self::TwoPayloads { taken, ignored } => {
                write!(f, "both `{taken}` and `{ignored}` could be the payload, `{taken}` was taken")
            }
            Self::Decompressed => f.write_str("compressed"),
        }
    }
}

/// Source of metadata that an event lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The EventBridge envelope around it.
    Envelope,
    /// The SQS message or Kinesis record that carried the event.
    Transport,
    /// The `dataschema` of a CloudEvents document.
    DataSchema,
    /// The member `metadata` of a detail of the form `{metadata, data}`.
    Metadata,
    /// The tags of the event.
    Tags,
    /// The payload.
    Payload,
    /// The id of the event.
    Id,
    /// The text of the delivery: equal texts give equal ids.
    Content,
    /// The caller, by [`Reader::received_at`](crate::Reader::received_at).
    Caller,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Envelope => "the envelope",
            Self::Transport => "the message that carried it",
            Self::DataSchema => "its `dataschema`",
            Self::Metadata => "the member `metadata`",
            Self::Tags => "its tags",
            Self::Payload => "the payload",
            Self::Id => "its id",
            Self::Content => "its content",
            Self::Caller => "the time of receipt",
        })
    }
}
