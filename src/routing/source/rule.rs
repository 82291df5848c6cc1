//! A rule as a file declares it.

use std::fmt;

use json_document::Pointer;

use super::location::{Position, SourceLocation};
use super::node::Node;
use super::note::SourceNote;
use super::resolver;
use crate::pattern::{self, LintFinding, Pattern, PatternError};

/// A rule of EventBridge in a file.
#[derive(Debug, Clone)]
pub struct DeployedRule {
    /// The name, or the logical name in the file if only the deployment decides the name.
    pub name: String,
    /// The place of the rule.
    pub location: SourceLocation,
    /// Name or ARN of the bus; `default` if the file has none.
    pub bus: Setting,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: Setting,
    /// The pattern of the rule.
    pub pattern: RulePattern,
    /// The targets in the order of the file.
    pub targets: Vec<Target>,
    pub(super) pattern_source: PatternSource,
}

/// A setting of a rule.
///
/// ```
/// use event_contract::pattern::Settings;
/// use event_contract::routing::source::{Parameters, Setting, read};
///
/// let template = "\
/// Parameters: {Bus: {Type: String}}
/// Resources:
///   Rule:
///     Type: AWS::Events::Rule
///     Properties: {EventPattern: {source: [external]}, EventBusName: !Ref Bus}
/// ";
/// let rules = read([("rule.yaml", template)], &Parameters::default(), &Settings::default()).into_rules()?;
/// assert_eq!(rules[0].state, Setting::Known("ENABLED".to_owned()));
/// assert_eq!(rules[0].bus.known(), None); // only the deployment decides it
/// # Ok::<(), event_contract::routing::source::SourceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// A value in the file.
    Known(String),
    /// A value that only the deployment decides, with the reason.
    Unknown(String),
}

/// The pattern of a rule.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RulePattern {
    /// A valid pattern.
    Known(Pattern),
    /// A pattern that the service rejects.
    Refused {
        /// The text that the service gets.
        text: String,
        /// The reason of the service.
        error: PatternError,
    },
    /// A pattern with values that only the deployment decides: its matches are unknown.
    Unknown(Vec<SourceNote>),
    /// No pattern: the rule has a schedule and matches no event.
    Schedule,
}

/// A target of a rule, with the part of the event that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The id in the rule.
    pub id: Setting,
    /// The ARN of the receiver, if the file has it.
    pub arn: Option<Setting>,
    /// `InputPath`: JSON path of the part that the target gets; without it, the whole event.
    pub input_path: Option<Setting>,
    /// `KinesisParameters.PartitionKeyPath`: JSON path of the key by which a stream orders events.
    pub partition_key_path: Option<Setting>,
    /// `InputTransformer.InputPathsMap`: names of template variables, each with the JSON path of its value.
    pub input_paths_map: Vec<(String, Setting)>,
    /// True if the target gets the same text for every event (`Input`).
    pub is_constant: bool,
}

/// Relation of the text of a pattern to the file.
#[derive(Debug, Clone)]
pub(super) enum PatternSource {
    /// The text is the file.
    File,
    /// The text is a string in the file, or there is none.
    String,
    /// The text was generated from this part of the file.
    Document(Box<Node>),
}

impl DeployedRule {
    /// Lints the pattern; returns each finding with its place in the file.
    pub fn lint(&self, settings: &pattern::Settings) -> Vec<(SourceLocation, LintFinding)> {
        let text = match &self.pattern {
            RulePattern::Known(pattern) => pattern.as_str(),
            RulePattern::Refused { text, .. } => text,
            RulePattern::Unknown(_) | RulePattern::Schedule => return Vec::new(),
        };
        pattern::lint(text, settings).into_iter().map(|finding| (self.locate(&finding), finding)).collect()
    }

    fn locate(&self, finding: &LintFinding) -> SourceLocation {
        let position = match &self.pattern_source {
            PatternSource::File => Position { line: finding.line, column: finding.column },
            PatternSource::String => return self.location.clone(),
            PatternSource::Document(node) => node.position(&finding.pointer),
        };
        SourceLocation::new(&self.location.file, position, Pointer::clone(&finding.pointer))
    }
}

impl Setting {
    pub(super) fn from_node(node: &Node) -> Self {
        resolver::to_text(node).map_or_else(Self::Unknown, Self::Known)
    }

    /// Returns the value, if it is known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(text) => f.write_str(text),
            Self::Unknown(reason) => write!(f, "unknown ({reason})"),
        }
    }
}

impl Target {
    /// Reads a target in the form of the service, as in templates and in output of the command line.
    pub(super) fn from_node(node: &Node) -> Self {
        let setting = |path: &[&str]| node.at_path(path).map(Setting::from_node);
        let map = node.at_path(&["InputTransformer", "InputPathsMap"]);
        let paths = map.into_iter().flat_map(Node::members);
        Self {
            id: setting(&["Id"]).unwrap_or_else(|| Setting::Unknown("the file has no id".to_owned())),
            arn: setting(&["Arn"]),
            input_path: setting(&["InputPath"]),
            partition_key_path: setting(&["KinesisParameters", "PartitionKeyPath"]),
            input_paths_map: paths.map(|path| (path.name.clone(), Setting::from_node(&path.node))).collect(),
            is_constant: node.member("Input").is_some(),
        }
    }

    /// Returns every JSON path that the target reads, with the name of its setting.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &Setting)> {
        let named = |name, path| Option::map(path, |path| (name, path));
        named("InputPath", self.input_path.as_ref())
            .into_iter()
            .chain(named("PartitionKeyPath", self.partition_key_path.as_ref()))
            .chain(self.input_paths_map.iter().map(|(name, path)| (name.as_str(), path)))
    }
}
