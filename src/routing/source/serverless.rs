//! Files of the Serverless Framework.

use super::document::{Member, Node, Value};
use super::error::{Fault, Mark};
use super::found::Found;
use super::intrinsic::Template;
use super::parameter::Parameters;
use super::rule::{DeployedRule, PatternSource, RulePattern, Setting, Target};
use super::{pattern, template};
use json_document::Pointer;

/// Whether a document is one.
pub(super) fn is_one(root: &Node) -> bool {
    root.member("service").is_some() && (root.member("provider").is_some() || root.member("functions").is_some())
}

pub(super) fn read(root: &Node, parameters: &Parameters, found: &mut Found<'_>) -> Result<(), Fault> {
    let variables = Template::with_variables(root, parameters);
    if let Some(functions) = root.member("functions") {
        let pointer = Pointer::ROOT.join("functions");
        read_functions(&variables, functions, &pointer, found)?;
        for (index, part) in functions.items().iter().enumerate() {
            read_functions(&variables, part, &pointer.join(index), found)?;
        }
    }
    if let Some(resources) = root.member("resources") {
        let pointer = Pointer::ROOT.join("resources");
        read_resources(resources, &pointer, parameters, found)?;
        for (index, part) in resources.items().iter().enumerate() {
            read_resources(part, &pointer.join(index), parameters, found)?;
        }
    }
    Ok(())
}

fn elsewhere(node: &Node, what: &str, found: &mut Found<'_>) {
    if node.text().is_some() {
        found.note(node.at, format!("{what} stand in another file, which is not read: name it, too"));
    }
}

fn read_resources(node: &Node, pointer: &Pointer, parameters: &Parameters, found: &mut Found<'_>) -> Result<(), Fault> {
    elsewhere(node, "resources", found);
    match node.member("Resources") {
        Some(resources) if resources.is_object() => {
            template::read(&Template::with_variables(node, parameters), pointer, found)
        }
        Some(resources) => {
            elsewhere(resources, "resources", found);
            Ok(())
        }
        None => Ok(()),
    }
}

fn read_functions(
    template: &Template<'_>,
    functions: &Node,
    pointer: &Pointer,
    found: &mut Found<'_>,
) -> Result<(), Fault> {
    elsewhere(functions, "functions", found);
    for Member { name, node, .. } in functions.members() {
        elsewhere(node, "functions", found);
        let Some(events) = node.member("events").and_then(|events| template.resolve(events)) else { continue };
        elsewhere(&events, "events", found);
        if let Value::Unknown(why) = &events.value {
            found.note(events.at, format!("the events of {name} are not known: {why}"));
        }
        for (index, event) in events.items().iter().enumerate() {
            let Some(Member { at, node, .. }) = event.members().iter().find(|member| member.name == "eventBridge")
            else {
                continue;
            };
            let pointer = pointer.join(name).join("events").join(index).join("eventBridge");
            let rule = rule(name, index, (*at, node), &pointer, found)?;
            found.rules.push(rule);
        }
    }
    Ok(())
}

fn rule(
    function: &str,
    index: usize,
    (at, node): (Mark, &Node),
    pointer: &Pointer,
    found: &mut Found<'_>,
) -> Result<DeployedRule, Fault> {
    let setting = |path: &[&str]| node.at_path(path).map(Setting::of);
    let (pattern, pattern_source) = match node.member("pattern") {
        Some(node) => pattern::of(node, found.file, found.settings),
        None if node.member("schedule").is_some() => (RulePattern::Schedule, PatternSource::Text),
        None => {
            let what = format!("the eventBridge event of {function} has neither a pattern nor a schedule");
            return Err(Fault::new(at, what, "write one of them, or both"));
        }
    };
    let map = node.at_path(&["inputTransformer", "inputPathsMap"]).map_or(&[][..], Node::members);
    let unknown = |what: &str| Setting::Unknown(format!("the framework makes {what} up"));
    Ok(DeployedRule {
        name: setting(&["name"])
            .and_then(|name| name.known().map(str::to_owned))
            .unwrap_or(format!("{function}[{index}]")),
        place: found.place(at, pointer.clone()),
        bus: setting(&["eventBus"]).unwrap_or_else(|| Setting::Known("default".to_owned())),
        state: setting(&["state"]).unwrap_or_else(|| Setting::Known("ENABLED".to_owned())),
        pattern,
        pattern_source,
        targets: vec![Target {
            id: unknown("the id"),
            arn: Some(unknown("the ARN")),
            input_path: setting(&["inputPath"]),
            partition_key_path: None,
            input_paths_map: map.iter().map(|path| (path.name.clone(), Setting::of(&path.node))).collect(),
            is_constant: node.member("input").is_some(),
        }],
    })
}
