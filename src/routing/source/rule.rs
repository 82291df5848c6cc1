//! A rule as it is deployed.

use std::fmt;

use super::document::Node;
use super::error::Mark;
use super::intrinsic;
use crate::pattern::{self, Pattern, PatternError};
use json_document::Pointer;

/// A rule of EventBridge, as a file says it.
#[derive(Debug, Clone)]
pub struct DeployedRule {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) bus: Setting,
    pub(super) state: Setting,
    pub(super) pattern: RulePattern,
    pub(super) pattern_source: PatternSource,
    pub(super) targets: Vec<Target>,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: String,
    line: usize,
    column: usize,
    pointer: Pointer,
}

/// What a file says for a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// This text.
    Known(String),
    /// A text that only the deployment decides, and why.
    Unknown(String),
}

/// The pattern of a rule.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RulePattern {
    /// One that the service takes.
    Known(Pattern),
    /// One that it refuses.
    Refused {
        /// The pattern as it goes to the service.
        text: String,
        /// Why.
        error: PatternError,
    },
    /// One with values that only the deployment decides: nothing can be said of it.
    Unknown(Vec<Unknown>),
    /// None: the rule has a schedule, and no event matches.
    Schedule,
}

/// A value of a pattern that only the deployment decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    pub(super) place: Place,
    pub(super) why: String,
}

/// What a rule sends events to, and what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) id: Setting,
    pub(super) arn: Option<Setting>,
    pub(super) input_path: Option<Setting>,
    pub(super) partition_key_path: Option<Setting>,
    pub(super) input_paths_map: Vec<(String, Setting)>,
    pub(super) is_constant: bool,
}

/// Where the text of a pattern is from.
#[derive(Debug, Clone)]
pub(super) enum PatternSource {
    /// It is the file, line by line.
    File,
    /// It is a text in the file, or none.
    Text,
    /// It is made of what stands in the file.
    Document(Box<Node>),
}

impl DeployedRule {
    /// The name, or where only the deployment decides it, the name in the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The bus on which it is: a name, or an ARN. `default` where the file says none.
    pub fn bus(&self) -> &Setting {
        &self.bus
    }

    /// As the service says it: `ENABLED`, `DISABLED`, `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub fn state(&self) -> &Setting {
        &self.state
    }

    /// Which events it is for.
    pub fn pattern(&self) -> &RulePattern {
        &self.pattern
    }

    /// Where events go, in the order of the file.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// What is valid in the pattern and probably not meant, or that it is not valid; each with its place in the file.
    pub fn findings(&self, settings: &pattern::Settings) -> Vec<(Place, pattern::LintFinding)> {
        let text = match &self.pattern {
            RulePattern::Known(pattern) => pattern.as_str(),
            RulePattern::Refused { text, .. } => text,
            RulePattern::Unknown(_) | RulePattern::Schedule => return Vec::new(),
        };
        let findings = pattern::lint(text, settings).into_iter();
        findings.map(|finding| (self.place_of(finding.line, finding.column, &finding.pointer), finding)).collect()
    }

    /// Where something in the pattern stands in the file.
    fn place_of(&self, line: usize, column: usize, pointer: &Pointer) -> Place {
        let mark = match &self.pattern_source {
            PatternSource::File => Mark { line, column },
            PatternSource::Text => return self.place.clone(),
            PatternSource::Document(node) => node.mark_of(pointer),
        };
        Place::new(&self.place.file, mark, pointer.clone())
    }
}

impl Place {
    pub(super) fn new(file: &str, at: Mark, pointer: Pointer) -> Self {
        Self { file: file.to_owned(), line: at.line, column: at.column, pointer }
    }

    /// The name of the file, as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The JSON path: of a rule from the root of the file, of a finding from the root of the pattern.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }
}

impl fmt::Display for Place {
    /// As editors and terminals take it: `template.yaml:12:7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Setting {
    /// What a value says where a text is wanted.
    pub(super) fn of(node: &Node) -> Self {
        intrinsic::text(node).map_or_else(Self::Unknown, Self::Known)
    }

    /// The text, where it is known.
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
            Self::Unknown(why) => write!(f, "unknown ({why})"),
        }
    }
}

impl Unknown {
    /// Where the value stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What decides it, and how to say it here.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl Target {
    /// A target as the service has it, in templates and in lists.
    pub(super) fn of(node: &Node) -> Self {
        let setting = |path: &[&str]| node.at_path(path).map(Setting::of);
        let map = node.at_path(&["InputTransformer", "InputPathsMap"]);
        let paths = map.into_iter().flat_map(Node::members);
        Self {
            id: setting(&["Id"]).unwrap_or_else(|| Setting::Unknown("the file does not say it".to_owned())),
            arn: setting(&["Arn"]),
            input_path: setting(&["InputPath"]),
            partition_key_path: setting(&["KinesisParameters", "PartitionKeyPath"]),
            input_paths_map: paths.map(|path| (path.name.clone(), Setting::of(&path.node))).collect(),
            is_constant: node.member("Input").is_some(),
        }
    }

    /// Its id in the rule.
    pub fn id(&self) -> &Setting {
        &self.id
    }

    /// The ARN of what events go to, if the file says it.
    pub fn arn(&self) -> Option<&Setting> {
        self.arn.as_ref()
    }

    /// `InputPath`: the JSON path of the part that it gets; all of the event where there is none.
    pub fn input_path(&self) -> Option<&Setting> {
        self.input_path.as_ref()
    }

    /// `KinesisParameters.PartitionKeyPath`: the JSON path of the key by which a stream orders events.
    pub fn partition_key_path(&self) -> Option<&Setting> {
        self.partition_key_path.as_ref()
    }

    /// `InputTransformer.InputPathsMap`: names for a template, each with the JSON path of its value.
    pub fn input_paths_map(&self) -> &[(String, Setting)] {
        &self.input_paths_map
    }

    /// Whether it gets the same text whatever the event (`Input`).
    pub fn is_constant(&self) -> bool {
        self.is_constant
    }

    /// Every JSON path into an event, with the name of what has it.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &Setting)> {
        let one = |name, path| Option::map(path, |path| (name, path));
        one("InputPath", self.input_path.as_ref())
            .into_iter()
            .chain(one("PartitionKeyPath", self.partition_key_path.as_ref()))
            .chain(self.input_paths_map.iter().map(|(name, path)| (name.as_str(), path)))
    }
}
