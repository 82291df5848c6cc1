//! Plans and states of Terraform and `OpenTofu`: output of `terraform show -json`.

use json_document::Pointer;

use super::collector::Collector;
use super::node::{Node, Value};
use super::note::SourceNote;
use super::rule::{DeployedRule, PatternSource, RulePattern, Setting, Target};
use super::rule_pattern;

const UNKNOWN: &str = "known only after `terraform apply`";

/// Returns true for a plan or a state.
pub(super) fn is_terraform(root: &Node) -> bool {
    root.member("format_version").is_some()
        && ["planned_values", "values", "resource_changes"].iter().any(|name| root.member(name).is_some())
}

/// Collects the rules of a plan, as they will be, or of a state.
pub(super) fn read(root: &Node, collector: &mut Collector<'_>) {
    let values = ["planned_values", "values"].into_iter().find_map(|name| Some((name, root.member(name)?)));
    let Some((name, module)) = values.and_then(|(name, values)| Some((name, values.member("root_module")?))) else {
        collector.note(root.at, "the plan has no planned values: read the output of `terraform show -json`");
        return;
    };
    let mut targets = Vec::new();
    read_module(module, &Pointer::ROOT.join(name).join("root_module"), &mut targets, collector);
    for node in targets {
        attach_target(node, collector);
    }
}

fn read_module<'n>(module: &'n Node, pointer: &Pointer, targets: &mut Vec<&'n Node>, collector: &mut Collector<'_>) {
    let resources = module.member("resources").map_or(&[][..], Node::items);
    for (index, resource) in resources.iter().enumerate() {
        let text = |name: &str| resource.member(name).and_then(Node::as_str);
        if text("mode") == Some("data") {
            continue;
        }
        let address = text("address").or_else(|| text("name")).unwrap_or("?");
        let filter = match text("type").unwrap_or_default() {
            "aws_cloudwatch_event_rule" => {
                let rule = to_rule(address, resource, &pointer.join("resources").join(index), collector);
                collector.rules.push(rule);
                continue;
            }
            "aws_cloudwatch_event_target" => {
                targets.push(resource);
                continue;
            }
            "aws_pipes_pipe" => Some("filters of the pipe"),
            "aws_lambda_event_source_mapping" => {
                attribute(resource, "filter_criteria").map(|_| "filters of the event source mapping")
            }
            "aws_sns_topic_subscription" => attribute(resource, "filter_policy").map(|_| "filter policy of"),
            "aws_cloudwatch_event_archive" => attribute(resource, "event_pattern").map(|_| "pattern of the archive"),
            _ => None,
        };
        if let Some(filter) = filter {
            collector.note(resource.at, format!("not read: the {filter} {address}"));
        }
    }
    let children = module.member("child_modules").map_or(&[][..], Node::items);
    for (index, child) in children.iter().enumerate() {
        read_module(child, &pointer.join("child_modules").join(index), targets, collector);
    }
}

/// Returns an attribute of a resource that is neither null nor an empty list.
fn attribute<'n>(resource: &'n Node, name: &str) -> Option<&'n Node> {
    let node = resource.at_path(&["values", name])?;
    let is_empty = matches!(&node.value, Value::Null) || matches!(&node.value, Value::Array(items) if items.is_empty());
    (!is_empty).then_some(node)
}

fn to_rule(address: &str, resource: &Node, pointer: &Pointer, collector: &Collector<'_>) -> DeployedRule {
    let setting = |name: &str| attribute(resource, name).map(Setting::from_node);
    let location = collector.location(resource.at, pointer.clone());
    let (pattern, pattern_source) = match attribute(resource, "event_pattern") {
        Some(node) => rule_pattern::from_node(node, collector.file, collector.settings),
        None if attribute(resource, "schedule_expression").is_some() => (RulePattern::Schedule, PatternSource::String),
        None => {
            let note = SourceNote { location: location.clone(), message: format!("the pattern is {UNKNOWN}") };
            (RulePattern::Unknown(vec![note]), PatternSource::String)
        }
    };
    let is_disabled = attribute(resource, "is_enabled").is_some_and(|node| matches!(node.value, Value::Boolean(false)));
    let state = if is_disabled { "DISABLED" } else { "ENABLED" };
    DeployedRule {
        name: setting("name").and_then(|name| name.known().map(str::to_owned)).unwrap_or_else(|| address.to_owned()),
        location,
        bus: setting("event_bus_name").unwrap_or_else(|| Setting::Unknown(UNKNOWN.to_owned())),
        state: setting("state").unwrap_or_else(|| Setting::Known(state.to_owned())),
        pattern,
        pattern_source,
        targets: Vec::new(),
    }
}

/// Adds a target to its rule, or notes that the rule is not in the file.
fn attach_target(resource: &Node, collector: &mut Collector<'_>) {
    let setting = |name: &str| attribute(resource, name).map(Setting::from_node);
    let block = |name: &str| attribute(resource, name).and_then(|node| node.items().first());
    let map = block("input_transformer").and_then(|block| block.member("input_paths"));
    let target = Target {
        id: setting("target_id").unwrap_or_else(|| Setting::Unknown(UNKNOWN.to_owned())),
        arn: Some(setting("arn").unwrap_or_else(|| Setting::Unknown(UNKNOWN.to_owned()))),
        input_path: setting("input_path"),
        partition_key_path: block("kinesis_target")
            .and_then(|it| it.member("partition_key_path"))
            .map(Setting::from_node),
        input_paths_map: map
            .map_or(&[][..], Node::members)
            .iter()
            .map(|path| (path.name.clone(), Setting::from_node(&path.node)))
            .collect(),
        is_constant: attribute(resource, "input").is_some(),
    };
    let rule = setting("rule");
    let name = rule.as_ref().and_then(Setting::known);
    if let Some(rule) = collector.rules.iter_mut().find(|rule| name == Some(rule.name.as_str())) {
        rule.targets.push(target);
    } else {
        let name = name.map_or(UNKNOWN.to_owned(), |name| format!("{name}, which is not in this file"));
        collector.note(resource.at, format!("a target is not read: its rule is {name}"));
    }
}
