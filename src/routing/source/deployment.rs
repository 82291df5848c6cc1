//! The rules in several files.

use json_document::Pointer;

use super::collector::Collector;
use super::error::{ReadError, SourceError};
use super::location::Position;
use super::node::{Member, Node, Value};
use super::note::SourceNote;
use super::parameter::Parameters;
use super::resolver::Resolver;
use super::rule::{DeployedRule, Setting};
use super::{document, listing, rule_pattern, serverless, template, terraform};
use crate::pattern::Settings;

/// The rules in several files.
#[derive(Debug, Clone)]
#[must_use]
#[non_exhaustive]
pub struct Deployment {
    /// The rules in the order of the files. If there are errors, some may be missing.
    pub rules: Vec<DeployedRule>,
    /// Assumptions, and parts that were not read.
    pub notes: Vec<SourceNote>,
    /// The files whose rules could not be determined.
    pub errors: Vec<SourceError>,
}

impl Deployment {
    /// Returns all rules, or the first error.
    pub fn into_rules(self) -> Result<Vec<DeployedRule>, SourceError> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.rules),
        }
    }
}

/// Reads the rules in files, each given by its name and its text.
///
/// An error in one file does not affect the others.
pub fn read<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    parameters: &Parameters,
    settings: &Settings,
) -> Deployment {
    let mut deployment = Deployment { rules: Vec::new(), notes: Vec::new(), errors: Vec::new() };
    let mut detached = Vec::new();
    for (name, text) in files {
        let mut collector = Collector::new(name, settings);
        if let Err(error) = read_file(text, parameters, &mut collector) {
            deployment.errors.push(error.in_file(name));
            continue;
        }
        if collector.rules.is_empty() && collector.targets.is_empty() {
            collector.note(Position::START, "there is no rule in this file");
        }
        deployment.rules.append(&mut collector.rules);
        deployment.notes.append(&mut collector.notes);
        detached.append(&mut collector.targets);
    }
    for targets in detached {
        let is_their_rule =
            |rule: &&mut DeployedRule| rule.name == targets.rule && listing::is_bus(targets.bus.as_deref(), &rule.bus);
        if let Some(rule) = deployment.rules.iter_mut().find(is_their_rule) {
            rule.targets.extend(targets.targets);
        } else {
            let message = format!("there is no rule {} on the bus of these targets", targets.rule);
            let error = ReadError::new(targets.at, message, "name the file with the rule too");
            deployment.errors.push(error.in_file(&targets.file));
        }
    }
    deployment
}

fn read_file(text: &str, parameters: &Parameters, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    let root = document::parse(collector.file, text)?;
    if root.member("Resources").is_some_and(Node::is_object) || root.member("AWSTemplateFormatVersion").is_some() {
        root.reject_duplicate_members()?;
        template::read(&Resolver::new(&root, parameters), &Pointer::ROOT, collector)
    } else if serverless::is_serverless(&root) || serverless::is_fragment(&root) {
        root.reject_duplicate_members()?;
        serverless::read(&root, parameters, collector)
    } else if terraform::is_terraform(&root) {
        root.reject_duplicate_members()?;
        terraform::read(&root, collector);
        Ok(())
    } else if listing::is_listing(&root) {
        listing::read(&root, collector)
    } else if is_event(&root) {
        let help = "write a pattern, {\"source\": [\"external\"]}; `match` matches this event against one";
        Err(ReadError::new(root.at, "expected a rule, found an event", help).unrelated())
    } else if let Some(member) = template::find_resource_map(&root) {
        let help = "put them under Resources, or name the template that includes this file, with its parts resolved";
        let message = format!("expected a template, found resources without Resources: {} is one", member.name);
        Err(ReadError::new(member.at, message, help))
    } else if is_pattern(&root) {
        collector.rules.push(to_rule(&root, text, collector));
        Ok(())
    } else {
        let help = "a template of CloudFormation or SAM has Resources, one of the Serverless Framework has service, output of \
                    `terraform show -json` has format_version, output of `aws events` has EventPattern, Rules or Targets, and a pattern has source, detail-type, detail or \
                    another field of events";
        Err(ReadError::new(root.at, "expected a template, a rule or a pattern", help).unrelated())
    }
}

/// Returns true for an event as it is delivered: it has strings where a pattern has arrays.
fn is_event(root: &Node) -> bool {
    let is_string = |name: &str| root.member(name).is_some_and(|member| matches!(member.value, Value::String(_)));
    ["id", "source", "detail-type", "time"].into_iter().all(is_string)
}

/// Returns true if the document has a field of events.
///
/// Other documents have members of the names of some fields, such as an `id`: of these, only one with a condition counts.
/// `version` alone is not enough: most configuration files have it.
fn is_pattern(root: &Node) -> bool {
    const FIELDS: [&str; 4] = ["source", "detail-type", "detail", "$or"];
    const COMMON_NAMES: [&str; 6] = ["account", "region", "resources", "id", "time", "replay-name"];
    let is_field = |member: &Member| {
        let name = member.name.split('.').next().unwrap_or_default();
        let is_scalar = match &member.node.value {
            Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => true,
            Value::Object(_) | Value::Array(_) | Value::Call(..) | Value::Unknown(_) => false,
        };
        FIELDS.contains(&name) || COMMON_NAMES.contains(&name) && !is_scalar
    };
    // Part of a template, whatever the names around it.
    let has_resources = root.members().iter().any(|member| member.node.member("Resources").is_some());
    !has_resources && root.members().iter().any(is_field)
}

/// Makes a rule of a file that is a pattern.
fn to_rule(root: &Node, text: &str, collector: &Collector<'_>) -> DeployedRule {
    let file = collector.file.rsplit(std::path::is_separator).next().unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = text.trim_start().starts_with('{') && document::is_json(collector.file);
    let (pattern, pattern_source) = if is_json {
        rule_pattern::from_file(text, collector.settings)
    } else {
        rule_pattern::from_node(root, collector.file, collector.settings)
    };
    DeployedRule {
        name: name.to_owned(),
        location: collector.location(root.at, Pointer::ROOT),
        bus: Setting::Unknown("the file has only the pattern".to_owned()),
        state: Setting::Known("ENABLED".to_owned()),
        pattern,
        targets: Vec::new(),
        pattern_source,
    }
}
