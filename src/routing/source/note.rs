//! Notes about parts of files.

use std::fmt;

use super::location::SourceLocation;

/// An assumption about a file, a part of it that was not read, or a value that only the deployment decides.
///
/// ```
/// use event_contract::pattern::Settings;
/// use event_contract::routing::source::{Parameters, RulePattern, SourceLocation, SourceNote, read};
///
/// let template = "\
/// Parameters: {Source: {Type: String}}
/// Resources:
///   Rule:
///     Type: AWS::Events::Rule
///     Properties: {EventPattern: {source: [!Ref Source]}}
/// ";
/// let rules = read([("rule.yaml", template)], &Parameters::default(), &Settings::default()).into_rules()?;
/// let RulePattern::Unknown(values) = &rules[0].pattern else { panic!("the parameter has no value") };
/// let SourceNote { location: SourceLocation { line, .. }, message, .. } = &values[0];
/// assert_eq!(*line, 5);
/// assert_eq!(message, "Source is known only after deployment: pass its value as a parameter");
/// # Ok::<(), event_contract::routing::source::SourceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceNote {
    /// The place of the part.
    pub location: SourceLocation,
    /// The assumption, the omission, or the reason for which a value is unknown, and how to provide it.
    pub message: String,
}

impl fmt::Display for SourceNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}
