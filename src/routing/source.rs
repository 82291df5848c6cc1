//! Rules as they are deployed, from the files that say so.
//!
//! ```
//! use event_contract::pattern::Settings;
//! use event_contract::routing::source::{Parameters, RulePattern, read};
//!
//! let template = "\
//! Resources:
//!   Egress:
//!     Type: AWS::Events::Rule
//!     Properties:
//!       EventPattern: {source: [external]}
//!       Targets:
//!         - {Id: global, Arn: !Ref GlobalBus}
//! ";
//! let rules = read([("egress.yaml", template)], &Parameters::default(), &Settings::default()).into_rules()?;
//! assert_eq!((rules[0].name(), rules[0].place().to_string().as_str()), ("Egress", "egress.yaml:2:3"));
//! let RulePattern::Known(pattern) = rules[0].pattern() else { panic!("all of it stands there") };
//! assert!(pattern.matches(r#"{"source": "external"}"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is read
//!
//! | file | rules |
//! |---|---|
//! | a pattern alone, JSON or YAML | one, with the name of the file |
//! | `aws events describe-rule`, `list-rules`, a list of such rules | with their `Targets`, where they stand beside `EventPattern` |
//! | what `aws events put-targets` takes | targets of a rule in another of the files |
//! | templates of CloudFormation, JSON or YAML | `AWS::Events::Rule` |
//! | templates of SAM | also `EventBridgeRule` and `CloudWatchEvent` of functions and state machines |
//! | `serverless.yml` | `eventBridge` of functions, and the `resources` |
//!
//! Anything else is a [`SourceError`], and so is a file of which a part cannot be known: no rule is missing without a
//! word. What is left out or assumed is a [`Note`]. Filters of pipes are not read.
//!
//! # What only the deployment decides
//!
//! `Ref`, `Fn::Sub` and the other functions are worked out as far as the template and the [`Parameters`] decide them. A
//! pattern with a value in it that they do not decide is [`RulePattern::Unknown`]: nothing is said of what it matches.
//! So is one with a word that the versions of YAML read differently, such as an account number without quotes that
//! begins with a zero.

mod document;
mod error;
mod found;
mod intrinsic;
mod listing;
mod parameter;
mod pattern;
mod rule;
mod serverless;
mod template;

pub use error::SourceError;
pub use found::Note;
pub use parameter::Parameters;
pub use rule::{DeployedRule, Place, RulePattern, Setting, Target, Unknown};

use document::Node;
use error::{Fault, Mark};
use found::Found;
use intrinsic::Template;
use rule::PatternSource;

use crate::pattern::Settings;
use json_document::Pointer;

/// The rules in some files.
#[derive(Debug, Clone)]
#[must_use]
pub struct Deployment {
    rules: Vec<DeployedRule>,
    notes: Vec<Note>,
    errors: Vec<SourceError>,
}

/// Reads the rules in files, each given by its name and its text.
///
/// A file that cannot be read is an error, and does not keep the others from being read.
pub fn read<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    parameters: &Parameters,
    settings: &Settings,
) -> Deployment {
    let mut deployment = Deployment { rules: Vec::new(), notes: Vec::new(), errors: Vec::new() };
    let mut loose = Vec::new();
    for (name, text) in files {
        let mut found = Found::new(name, settings);
        if let Err(fault) = read_file(text, parameters, &mut found) {
            deployment.errors.push(fault.in_file(name));
            continue;
        }
        if found.rules.is_empty() && found.targets.is_empty() {
            found.note(Mark { line: 1, column: 1 }, "there is no rule in this file");
        }
        deployment.rules.append(&mut found.rules);
        deployment.notes.append(&mut found.notes);
        loose.append(&mut found.targets);
    }
    for targets in loose {
        let is_its =
            |rule: &&mut DeployedRule| rule.name == targets.rule && listing::is_on(targets.bus.as_deref(), &rule.bus);
        if let Some(rule) = deployment.rules.iter_mut().find(is_its) {
            rule.targets.extend(targets.targets);
        } else {
            let what = format!("there is no rule {} on the bus of these targets", targets.rule);
            let fault = Fault::new(targets.at, what, "name the file with the rule, too");
            deployment.errors.push(fault.in_file(targets.place.file()));
        }
    }
    deployment
}

impl Deployment {
    /// The rules, in the order of the files; where there are errors, not all of them.
    pub fn rules(&self) -> &[DeployedRule] {
        &self.rules
    }

    /// What was assumed or left out.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The files of which the rules are not known.
    pub fn errors(&self) -> &[SourceError] {
        &self.errors
    }

    /// All the rules, or why they are not known.
    pub fn into_rules(self) -> Result<Vec<DeployedRule>, SourceError> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.rules),
        }
    }
}

fn read_file(text: &str, parameters: &Parameters, found: &mut Found<'_>) -> Result<(), Fault> {
    let root = document::read(found.file, text)?;
    if root.member("Resources").is_some_and(Node::is_object) || root.member("AWSTemplateFormatVersion").is_some() {
        root.unique()?;
        template::read(&Template::new(&root, parameters), &Pointer::ROOT, found)
    } else if serverless::is_one(&root) {
        root.unique()?;
        serverless::read(&root, parameters, found)
    } else if listing::is_one(&root) {
        listing::read(&root, found)
    } else if is_event(&root) {
        let help = "write a pattern, {\"source\": [\"external\"]}; `match` says whether this event matches it";
        Err(Fault { is_foreign: true, ..Fault::new(root.at, "an event, and not a rule", help) })
    } else if is_pattern(&root) {
        found.rules.push(alone(&root, text, found));
        Ok(())
    } else {
        let help = "there is Resources in a template of CloudFormation or SAM, service in one of the Serverless Framework, \
                    EventPattern, Rules or Targets in what `aws events` prints, and in a pattern source, detail-type, detail \
                    or another field of an event";
        let fault = Fault::new(root.at, "neither a template, nor a rule, nor a pattern", help);
        Err(Fault { is_foreign: true, ..fault })
    }
}

/// Whether this is an event as it is delivered: where a pattern has lists, it has texts.
fn is_event(root: &Node) -> bool {
    let is_text =
        |name: &str| root.member(name).is_some_and(|member| matches!(member.value, document::Value::String(_)));
    ["id", "source", "detail-type", "time"].into_iter().all(is_text)
}

/// Whether a field that events have is looked at. `version` alone does not say so: most files of settings have one.
fn is_pattern(root: &Node) -> bool {
    let fields =
        ["source", "detail-type", "detail", "account", "region", "resources", "id", "time", "replay-name", "$or"];
    let first = |name: &str| name.split('.').next().is_some_and(|first| fields.contains(&first));
    root.members().iter().any(|member| first(&member.name))
}

/// The rule of which a file has only the pattern.
fn alone(root: &Node, text: &str, found: &Found<'_>) -> DeployedRule {
    let file = found.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = text.trim_start().starts_with('{') && document::is_json(found.file);
    let (pattern, pattern_source): (RulePattern, PatternSource) =
        if is_json { pattern::of_file(text, found.settings) } else { pattern::of(root, found.file, found.settings) };
    DeployedRule {
        name: name.to_owned(),
        place: found.place(root.at, Pointer::ROOT),
        bus: Setting::Unknown("the file has the pattern alone".to_owned()),
        state: Setting::Known("ENABLED".to_owned()),
        pattern,
        pattern_source,
        targets: Vec::new(),
    }
}
