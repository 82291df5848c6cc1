//! Templates of CloudFormation and SAM.

mod sam;

use json_document::Pointer;

use super::collector::Collector;
use super::error::ReadError;
use super::location::Position;
use super::node::{Member, Node, Value};
use super::resolver::Resolver;
use super::rule::{DeployedRule, PatternSource, RulePattern, Setting, Target};
use super::rule_pattern;

/// Collects the rules of a template; `at` is the pointer to it in its file.
pub(super) fn read(resolver: &Resolver<'_>, at: &Pointer, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    let root = resolver.root();
    let resources = root.member("Resources").filter(|resources| resources.is_object());
    let Some(resources) = resources else {
        return Err(ReadError::new(root.at, "the template has no Resources", "name the whole template"));
    };
    note_macros(resolver, collector);
    let at = at.join("Resources");
    for member in resources.members() {
        read_resource(resolver, member, &at.join(&member.name), collector)?;
    }
    for (name, (at, value)) in resolver.used_defaults() {
        collector.note(at, format!("assuming the default {value:?} of {name}: pass another value as a parameter"));
    }
    Ok(())
}

/// Returns a rule of a document that is a map of resources, without the template around it.
pub(super) fn find_resource_map(root: &Node) -> Option<&Member> {
    let kind = |member: &Member| member.node.member("Type").and_then(Node::as_str).map(str::to_owned);
    let is_resource = |member: &Member| kind(member).is_some_and(|kind| kind.contains("::"));
    let has_rules = |kind: &str| kind == "AWS::Events::Rule" || kind.starts_with("AWS::Serverless::");
    let members = root.members();
    if !members.iter().all(is_resource) {
        return None;
    }
    members.iter().find(|member| kind(member).is_some_and(|kind| has_rules(&kind)))
}

/// Notes macros, which may add rules that are not in the file.
fn note_macros(resolver: &Resolver<'_>, collector: &mut Collector<'_>) {
    let Some(transform) = resolver.root().member("Transform") else { return };
    let names = if transform.as_str().is_some() { std::slice::from_ref(transform) } else { transform.items() };
    for name in names {
        let known = ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"];
        if !name.as_str().is_some_and(|name| known.contains(&name)) {
            collector.note(name.at, "a macro changes this template on deployment: read the processed template");
        }
    }
}

fn read_resource(
    resolver: &Resolver<'_>,
    Member { at, name, node }: &Member,
    pointer: &Pointer,
    collector: &mut Collector<'_>,
) -> Result<(), ReadError> {
    if name.starts_with("Fn::") {
        let help = "read the result of `aws cloudformation get-template --template-stage Processed`";
        return Err(ReadError::new(*at, format!("the resources of {name} are known only after deployment"), help));
    }
    let Some(kind) = node.member("Type").and_then(Node::as_str) else {
        return Err(ReadError::new(
            node.at,
            format!("{name} has no Type"),
            "write the type of the resource as a string",
        ));
    };
    match kind {
        "AWS::Events::Rule" | "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {}
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" => {
            collector.note(*at, format!("the rules in the template of {name} are not read: name its file too"));
            return Ok(());
        }
        "AWS::Pipes::Pipe" => {
            collector.note(*at, format!("the filters of the pipe {name} are not read"));
            return Ok(());
        }
        _ => {
            if let Some((property, filter)) = filter_property(kind)
                && let Some(properties) = node.member("Properties").and_then(|properties| resolver.resolve(properties))
                && properties.member(property).is_some()
            {
                collector.note(*at, format!("the {filter} {name} are not read"));
            }
            return Ok(());
        }
    }
    if let Some(condition) = node.member("Condition").and_then(Node::as_str) {
        match resolver.evaluate_condition(condition) {
            Ok(true) => {}
            Ok(false) => {
                collector.note(*at, format!("{name} is omitted: the condition {condition} is false"));
                return Ok(());
            }
            Err(reason) => {
                collector.note(*at, format!("{name} exists only if the condition {condition} is true: {reason}"));
            }
        }
    }
    let properties = node.member("Properties").and_then(|properties| resolver.resolve(properties));
    let Some(properties) = properties.filter(Node::is_object) else {
        // A function without properties has no events; one whose properties are unknown may have some.
        let is_rule = kind == "AWS::Events::Rule" || node.member("Properties").is_some();
        let help = "write them in the template, or read the processed template";
        return if is_rule { Err(ReadError::new(node.at, format!("{name} has no Properties"), help)) } else { Ok(()) };
    };
    match kind {
        "AWS::Events::Rule" => {
            let rule = to_rule(name, *at, &properties, pointer, collector)?;
            collector.rules.push(rule);
            Ok(())
        }
        _ => sam::read_events(name, kind, &properties, pointer, collector),
    }
}

/// Returns the property by which a resource that is not a rule drops events, and its description.
fn filter_property(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "AWS::Lambda::EventSourceMapping" => ("FilterCriteria", "filters of the event source mapping"),
        "AWS::SNS::Subscription" => ("FilterPolicy", "filters of the subscription"),
        "AWS::Events::Archive" => ("EventPattern", "patterns of the archive"),
        _ => return None,
    })
}

/// Reads a rule in the form of the service, as in templates and in output of the command line.
pub(super) fn to_rule(
    logical: &str,
    at: Position,
    properties: &Node,
    pointer: &Pointer,
    collector: &mut Collector<'_>,
) -> Result<DeployedRule, ReadError> {
    let setting = |name: &str| properties.member(name).map(Setting::from_node);
    let name = setting("Name").and_then(|name| name.known().map(str::to_owned));
    let (pattern, pattern_source) = match properties.member("EventPattern") {
        Some(node) => rule_pattern::from_node(node, collector.file, collector.settings),
        None if properties.member("ScheduleExpression").is_some() => (RulePattern::Schedule, PatternSource::String),
        None => {
            let help = "write one of them, or both";
            let message = format!("the rule {logical} has neither an EventPattern nor a ScheduleExpression");
            return Err(ReadError::new(at, message, help));
        }
    };
    Ok(DeployedRule {
        name: name.unwrap_or_else(|| logical.to_owned()),
        location: collector.location(at, pointer.clone()),
        bus: setting("EventBusName").unwrap_or_else(|| Setting::Known("default".to_owned())),
        state: setting("State").unwrap_or_else(|| Setting::Known("ENABLED".to_owned())),
        pattern,
        pattern_source,
        targets: to_targets(logical, properties, collector),
    })
}

/// Reads the targets of a rule, and notes unknown ones.
pub(super) fn to_targets(rule: &str, properties: &Node, collector: &mut Collector<'_>) -> Vec<Target> {
    let Some(targets) = properties.member("Targets") else { return Vec::new() };
    if !matches!(targets.value, Value::Array(_)) {
        collector.note(targets.at, format!("the targets of {rule} are unknown: expected an array"));
    }
    targets
        .items()
        .iter()
        .filter_map(|target| {
            if let Value::Unknown(reason) = &target.value {
                collector.note(target.at, format!("a target of {rule} is unknown: {reason}"));
                return None;
            }
            Some(Target::from_node(target))
        })
        .collect()
}
