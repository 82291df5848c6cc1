//! What the command line of AWS says of rules, or takes for them.

use super::document::{Node, Value};
use super::error::Fault;
use super::found::{Found, Loose};
use super::rule::Setting;
use super::template;
use json_document::Pointer;

/// Whether a document may be one of these: `describe-rule`, `list-rules`, a list of rules, or `put-targets`.
pub(super) fn is_one(root: &Node) -> bool {
    let names = ["EventPattern", "ScheduleExpression", "Rules", "Targets"];
    matches!(root.value, Value::Array(_)) || names.iter().any(|name| root.member(name).is_some())
}

pub(super) fn read(root: &Node, found: &mut Found<'_>) -> Result<(), Fault> {
    if let Some(token) = root.member("NextToken").filter(|token| !matches!(token.value, Value::Null)) {
        let help = "ask for all of them: leave --max-items and --no-paginate out";
        return Err(Fault::new(token.at, "this is the first part of a longer list", help));
    }
    if let Some(rules) = root.member("Rules") {
        return list(rules, &Pointer::ROOT.join("Rules"), found);
    }
    if matches!(root.value, Value::Array(_)) {
        return list(root, &Pointer::ROOT, found);
    }
    if root.member("EventPattern").is_none() && root.member("ScheduleExpression").is_none() {
        return loose_targets(root, found);
    }
    rule(root, &Pointer::ROOT, found)
}

fn list(rules: &Node, pointer: &Pointer, found: &mut Found<'_>) -> Result<(), Fault> {
    if rules.items().is_empty() {
        return Err(Fault::new(rules.at, "there is no rule in this list", "is it that of the right bus?"));
    }
    rules.items().iter().enumerate().try_for_each(|(index, node)| rule(node, &pointer.join(index), found))
}

fn rule(node: &Node, pointer: &Pointer, found: &mut Found<'_>) -> Result<(), Fault> {
    node.unique()?;
    let Some(name) = node.member("Name").and_then(Node::text) else {
        return Err(Fault::new(node.at, "the rule has no Name", "write it as `aws events describe-rule` prints it"));
    };
    let rule = template::rule(name, node.at, node, pointer, found)?;
    found.rules.push(rule);
    Ok(())
}

/// What `put-targets` takes; `list-targets-by-rule` prints the same without the name of the rule.
fn loose_targets(root: &Node, found: &mut Found<'_>) -> Result<(), Fault> {
    root.unique()?;
    let text = |name: &str| root.member(name).and_then(Node::text).map(str::to_owned);
    let Some(rule) = text("Rule") else {
        let help = "write \"Rule\": \"its name\" beside \"Targets\", as `aws events put-targets` takes it";
        return Err(Fault::new(root.at, "the targets do not say of which rule they are", help));
    };
    let targets = template::targets(&rule, root, found);
    let place = found.place(root.at, Pointer::ROOT);
    found.targets.push(Loose { place, at: root.at, rule, bus: text("EventBusName"), targets });
    Ok(())
}

/// Whether targets are those of a rule on this bus.
pub(super) fn is_on(wanted: Option<&str>, bus: &Setting) -> bool {
    // A bus goes by its name or by its ARN, which ends in it.
    let name = |bus: &str| bus.rsplit('/').next().unwrap_or_default().to_owned();
    bus.known().is_some_and(|bus| name(bus) == name(wanted.unwrap_or("default")))
}
