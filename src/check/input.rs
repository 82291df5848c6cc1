//! The inputs of a check, as its report names them.

use schemars::JsonSchema;
use serde::Serialize;

/// An input that a check compared: its path, and the number of its entries.
///
/// A check that looked in the wrong place is compatible with everything, so each report lists all inputs.
///
/// ```
/// use event_contract::check::{Check, ComparedInput};
/// # let catalog = event_contract::contract::catalog()?;
/// # let published = event_contract::check::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
/// # let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
///
/// let report = Check::new(&catalog, &published, today).run()?;
/// let record: &ComparedInput = &report.inputs[0];
/// assert_eq!(record.entries, 14); // versions
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ComparedInput {
    /// The kind of the input.
    pub(super) kind: InputKind,
    /// The revision that the input belongs to.
    pub(super) origin: InputOrigin,
    /// The path of the file or folder; none for an input that a program passed to the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The number of files; none for an input that a program passed to the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
    /// The number of published versions, statements of consumers, routing rules or settings.
    pub entries: usize,
    /// The paths of files that were found and not understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_read: Vec<String>,
}

/// The kind of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InputKind {
    /// The published record.
    Record,
    /// The statements of consumers.
    Consumers,
    /// The routing rules.
    RoutingRules,
    /// Severities, waivers, ignored places and possible envelopes.
    Configuration,
}

/// The revision that an input belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InputOrigin {
    /// The revision that the check compares with.
    Base,
    /// The revision that is checked.
    Head,
}

#[cfg(feature = "cli")]
impl ComparedInput {
    /// Creates an input; an empty path is none. The check counts its entries.
    pub(crate) fn new(kind: InputKind, origin: InputOrigin, path: impl Into<String>, files: usize) -> Self {
        let path = Some(path.into()).filter(|path| !path.is_empty());
        Self { kind, origin, path, files: Some(files), entries: 0, not_read: Vec::new() }
    }

    /// Sets the paths of files that were found and not understood.
    pub(crate) fn not_read(self, paths: impl IntoIterator<Item = String>) -> Self {
        Self { not_read: paths.into_iter().collect(), ..self }
    }
}
