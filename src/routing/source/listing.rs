//! Output and input of `aws events`: `describe-rule`, `list-rules`, `put-targets`.

use json_document::Pointer;

use super::collector::{Collector, DetachedTargets};
use super::error::ReadError;
use super::node::{Node, Value};
use super::rule::Setting;
use super::template;

/// Returns true if a document may be output of `describe-rule` or `list-rules`, an array of rules, or input of
/// `put-targets`.
pub(super) fn is_listing(root: &Node) -> bool {
    let names = ["EventPattern", "ScheduleExpression", "Rules", "Targets"];
    matches!(root.value, Value::Array(_)) || names.iter().any(|name| root.member(name).is_some())
}

pub(super) fn read(root: &Node, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    if let Some(token) = root.member("NextToken").filter(|token| !matches!(token.value, Value::Null)) {
        let help = "list all rules: omit --max-items and --no-paginate";
        return Err(ReadError::new(token.at, "the list is incomplete", help));
    }
    if let Some(rules) = root.member("Rules") {
        return read_rules(rules, &Pointer::ROOT.join("Rules"), collector);
    }
    if matches!(root.value, Value::Array(_)) {
        return read_rules(root, &Pointer::ROOT, collector);
    }
    if root.member("EventPattern").is_none() && root.member("ScheduleExpression").is_none() {
        return read_targets(root, collector);
    }
    read_rule(root, &Pointer::ROOT, collector)
}

fn read_rules(rules: &Node, pointer: &Pointer, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    if rules.items().is_empty() {
        return Err(ReadError::new(rules.at, "the list contains no rule", "check that it is the right bus"));
    }
    rules.items().iter().enumerate().try_for_each(|(index, node)| read_rule(node, &pointer.join(index), collector))
}

fn read_rule(node: &Node, pointer: &Pointer, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    node.reject_duplicate_members()?;
    let Some(name) = node.member("Name").and_then(Node::as_str) else {
        return Err(ReadError::new(
            node.at,
            "the rule has no Name",
            "write it as `aws events describe-rule` prints it",
        ));
    };
    let rule = template::to_rule(name, node.at, node, pointer, collector)?;
    collector.rules.push(rule);
    Ok(())
}

/// Reads input of `put-targets`. Output of `list-targets-by-rule` is similar but has no name of the rule.
fn read_targets(root: &Node, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    root.reject_duplicate_members()?;
    let text = |name: &str| root.member(name).and_then(Node::as_str).map(str::to_owned);
    let Some(rule) = text("Rule") else {
        let help = "write \"Rule\": \"its name\" beside \"Targets\", as `aws events put-targets` takes it";
        return Err(ReadError::new(root.at, "the targets have no name of their rule", help));
    };
    let targets = template::to_targets(&rule, root, collector);
    let file = collector.file.to_owned();
    collector.targets.push(DetachedTargets { file, at: root.at, rule, bus: text("EventBusName"), targets });
    Ok(())
}

/// Returns true if a bus has a name, or the default name.
pub(super) fn is_bus(wanted: Option<&str>, bus: &Setting) -> bool {
    // A bus is given by its name or by its ARN, which ends with the name.
    let name = |bus: &str| bus.rsplit('/').next().unwrap_or_default().to_owned();
    bus.known().is_some_and(|bus| name(bus) == name(wanted.unwrap_or("default")))
}
