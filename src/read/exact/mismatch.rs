//! Mismatches of values, in texts that do not contain the value: payload data must not reach logs.

use std::fmt;

use serde::de::{Expected, Unexpected};

use json_document::Pointer;

/// A mismatch and its position.
#[derive(Debug)]
pub(in crate::read) struct ExactError {
    pub(super) at: Option<Pointer>,
    /// Set if the mismatch is in a placeholder, not in the document.
    pub(in crate::read::exact) in_placeholder: bool,
    /// Set if the mismatch depends on a variant that a placeholder has chosen.
    pub(super) is_hypothetical: bool,
    /// Set if the value was read from a buffer of serde.
    pub(super) is_buffered: bool,
    /// The names of the variants, one of which is expected.
    pub(super) variants: &'static [&'static str],
    /// The message of the type. It may contain the value, and is only compared.
    pub(super) custom: Option<Box<str>>,
    pub(super) kind: ErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ErrorKind {
    Missing(String),
    Duplicate(String),
    Unknown(String, String),
    Wrong {
        expected: String,
        found: String,
    },
    /// All values were read; the result contains placeholders.
    Complete,
    /// The work limit was reached.
    Exhausted,
}

impl ExactError {
    /// Returns the name of a duplicate field.
    pub(in crate::read) fn duplicate(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Duplicate(field) => Some(field),
            _ => None,
        }
    }

    /// Returns true if this field is missing in the struct at `at`.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn misses(&self, field: &str, at: &Pointer) -> bool {
        matches!(&self.kind, ErrorKind::Missing(missing) if missing == field) && self.is_at(at)
    }

    /// Returns true if the struct at `at` rejects a field that it lacks.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn rejects_unknown_field(&self, at: &Pointer) -> bool {
        matches!(self.kind, ErrorKind::Unknown(..)) && self.is_at(at)
    }

    /// Returns true if this is the position of the mismatch.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn is_at(&self, at: &Pointer) -> bool {
        self.at.as_ref() == Some(at)
    }

    /// Returns the expectation of the type and the description of what it found; empty for other errors.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn into_expectation(self) -> (String, String) {
        match self.kind {
            ErrorKind::Wrong { expected, found } => (expected, found),
            ErrorKind::Missing(_)
            | ErrorKind::Duplicate(_)
            | ErrorKind::Unknown(..)
            | ErrorKind::Complete
            | ErrorKind::Exhausted => (String::new(), String::new()),
        }
    }

    fn new(kind: ErrorKind) -> Self {
        Self {
            at: None,
            in_placeholder: false,
            is_hypothetical: false,
            is_buffered: false,
            variants: &[],
            custom: None,
            kind,
        }
    }

    /// Returns true if the other error has the same cause, as far as errors show it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        // The kind of an error of the type's own code describes the value, which a placeholder may have replaced.
        let is_custom = self.custom.is_some() && self.custom == other.custom;
        self.at == other.at && (is_custom || (self.kind == other.kind && self.custom == other.custom))
    }

    /// Returns the place of the mismatch: that of the member for one that is missing or unknown.
    pub(super) fn place(&self) -> Pointer {
        let at = self.at.clone().unwrap_or_default();
        match &self.kind {
            ErrorKind::Missing(name) | ErrorKind::Duplicate(name) | ErrorKind::Unknown(name, _) => at.join(name),
            ErrorKind::Wrong { .. } | ErrorKind::Complete | ErrorKind::Exhausted => at,
        }
    }

    /// Ends a pass with placeholders: its result must not be used.
    pub(in crate::read) fn complete() -> Self {
        Self::new(ErrorKind::Complete)
    }

    pub(in crate::read) fn is_complete(&self) -> bool {
        matches!(self.kind, ErrorKind::Complete)
    }

    pub(super) fn exhausted() -> Self {
        Self::new(ErrorKind::Exhausted)
    }

    pub(super) fn is_exhausted(&self) -> bool {
        matches!(self.kind, ErrorKind::Exhausted)
    }

    pub(super) fn wrong(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(ErrorKind::Wrong { expected: expected.into(), found: found.into() })
    }
}

impl fmt::Display for ExactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Missing(field) => write!(f, "missing field `{field}`"),
            ErrorKind::Duplicate(field) => write!(f, "duplicate field `{field}`"),
            ErrorKind::Unknown(field, expected) => {
                write!(f, "unknown field `{field}`, expected {expected}")
            }
            ErrorKind::Wrong { expected, found } => write!(f, "expected {expected}, found {found}"),
            ErrorKind::Complete => f.write_str("complete"),
            ErrorKind::Exhausted => f.write_str("too much work"),
        }
    }
}

impl std::error::Error for ExactError {}

/// Returns the JSON kind with its article.
fn describe(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Enum | Unexpected::UnitVariant => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq | Unexpected::TupleVariant => "an array",
        Unexpected::Map | Unexpected::StructVariant | Unexpected::NewtypeStruct | Unexpected::NewtypeVariant => {
            "an object"
        }
        Unexpected::Other(_) => "another value",
    }
}

/// The expectation of an enum in a buffer of serde.
pub(super) const VARIANT: &str = "a string, or an object of one member";

/// The expectation of the tag of an enum.
pub(super) const VARIANT_NAME: &str = "the name of a variant";

/// Returns the expectation of a visitor, with JSON terms for Rust types.
pub(super) fn expectation(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let range = match text.as_str() {
        "u8" => (0, u64::from(u8::MAX)),
        "u16" => (0, u64::from(u16::MAX)),
        "u32" => (0, u64::from(u32::MAX)),
        "u64" | "usize" => (0, u64::MAX),
        "i8" => (i64::from(i8::MIN), 127),
        "i16" => (i64::from(i16::MIN), 32_767),
        "i32" => (i64::from(i32::MIN), 2_147_483_647),
        "i64" | "isize" => (i64::MIN, 9_223_372_036_854_775_807),
        "f32" | "f64" => return "a number".to_owned(),
        // `chrono::DateTime`.
        "an RFC 3339 formatted date and time string" => return "an RFC 3339 date-time".to_owned(),
        // An enum in a buffer of serde.
        "string or map" | "map with a single key" => return VARIANT.to_owned(),
        "variant identifier" => return VARIANT_NAME.to_owned(),
        "a map" => return "an object".to_owned(),
        "a sequence" => return "an array".to_owned(),
        text if text.starts_with("struct ") => return "an object".to_owned(),
        _ => return text,
    };
    format!("an integer from {} to {}", range.0, range.1)
}

/// Returns the description of a value of the expected kind that its type rejects.
pub(super) fn reject(kind: &str) -> String {
    match kind {
        "a string" => "a string in another format".to_owned(),
        kind => format!("{kind} that is not valid"),
    }
}

pub(super) fn one_of(names: &'static [&'static str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => "nothing".to_owned(),
        [name] => name.clone(),
        names => format!("one of {}", names.join(", ")),
    }
}

/// Returns the field in the message of serde's derive for a struct with flattened fields that denies unknown ones.
fn unknown_flattened_field(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.strip_suffix('`')
}

/// Returns true for a message of serde's derive about an enum of which no variant fits.
pub(super) fn is_variant_failure(message: &str) -> bool {
    message.starts_with("data did not match any variant") || message.starts_with("no variant of enum ")
}

impl serde::de::Error for ExactError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        if let Some(field) = unknown_flattened_field(&message) {
            return Self::new(ErrorKind::Unknown(field.to_owned(), "a field of the type".to_owned()));
        }
        // The expectation is added by the deserializer, which has the visitor.
        Self { custom: Some(message.clone().into_boxed_str()), ..Self::wrong("", message) }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(expectation(expected), describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => {
                "a number out of range".to_owned()
            }
            found => reject(describe(found)),
        };
        Self::wrong(expectation(expected), found)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::wrong(expectation(expected), format!("{length} items"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self { variants: expected, ..Self::wrong(one_of(expected), "another string") }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::Unknown(field.to_owned(), one_of(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Missing(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Duplicate(field.to_owned()))
    }
}
