//! Files of the Serverless Framework.

use json_document::Pointer;

use super::collector::Collector;
use super::error::ReadError;
use super::location::Position;
use super::node::{Member, Node, Value};
use super::parameter::Parameters;
use super::resolver::Resolver;
use super::rule::{DeployedRule, PatternSource, RulePattern, Setting, Target};
use super::{rule_pattern, template};

pub(super) fn is_serverless(root: &Node) -> bool {
    root.member("service").is_some() && (root.member("provider").is_some() || root.member("functions").is_some())
}

/// Returns true for a part of a service in a file of its own: its resources, or the template under a key.
pub(super) fn is_fragment(root: &Node) -> bool {
    let holds_resources = |node: &Node| node.member("Resources").is_some_and(Node::is_object);
    let Some(resources) = root.member("resources") else { return false };
    holds_resources(resources) || resources.items().iter().any(holds_resources)
}

pub(super) fn read(root: &Node, parameters: &Parameters, collector: &mut Collector<'_>) -> Result<(), ReadError> {
    let resolver = Resolver::with_variables(root, parameters);
    if let Some(functions) = root.member("functions") {
        let pointer = Pointer::ROOT.join("functions");
        read_functions(&resolver, functions, &pointer, collector)?;
        for (index, part) in functions.items().iter().enumerate() {
            read_functions(&resolver, part, &pointer.join(index), collector)?;
        }
    }
    if let Some(resources) = root.member("resources") {
        let pointer = Pointer::ROOT.join("resources");
        read_resources(resources, &pointer, parameters, collector)?;
        for (index, part) in resources.items().iter().enumerate() {
            read_resources(part, &pointer.join(index), parameters, collector)?;
        }
    }
    Ok(())
}

/// Notes that parts of the service are in a file that is not read.
fn note_other_file(node: &Node, parts: &str, collector: &mut Collector<'_>) {
    if node.as_str().is_some() {
        collector.note(node.at, format!("the {parts} are in another file, which is not read: name it too"));
    }
}

fn read_resources(
    node: &Node,
    pointer: &Pointer,
    parameters: &Parameters,
    collector: &mut Collector<'_>,
) -> Result<(), ReadError> {
    note_other_file(node, "resources", collector);
    match node.member("Resources") {
        Some(resources) if resources.is_object() => {
            template::read(&Resolver::with_variables(node, parameters), pointer, collector)
        }
        Some(resources) => {
            note_other_file(resources, "resources", collector);
            Ok(())
        }
        None => Ok(()),
    }
}

fn read_functions(
    resolver: &Resolver<'_>,
    functions: &Node,
    pointer: &Pointer,
    collector: &mut Collector<'_>,
) -> Result<(), ReadError> {
    note_other_file(functions, "functions", collector);
    for Member { name, node, .. } in functions.members() {
        note_other_file(node, "functions", collector);
        let Some(events) = node.member("events").and_then(|events| resolver.resolve(events)) else { continue };
        note_other_file(&events, "events", collector);
        if let Value::Unknown(reason) = &events.value {
            collector.note(events.at, format!("the events of {name} are unknown: {reason}"));
        }
        for (index, event) in events.items().iter().enumerate() {
            let Some(Member { at, node, .. }) = event.members().iter().find(|member| member.name == "eventBridge")
            else {
                let is_filter = |member: &Member| matches!(&*member.name, "filterPatterns" | "filterPolicy");
                if event.members().iter().any(|member| member.node.members().iter().any(is_filter)) {
                    collector.note(event.at, format!("the filters of an event of {name} are not read"));
                }
                continue;
            };
            let pointer = pointer.join(name).join("events").join(index).join("eventBridge");
            let rule = to_rule(name, index, (*at, node), &pointer, collector)?;
            collector.rules.push(rule);
        }
    }
    Ok(())
}

fn to_rule(
    function: &str,
    index: usize,
    (at, node): (Position, &Node),
    pointer: &Pointer,
    collector: &mut Collector<'_>,
) -> Result<DeployedRule, ReadError> {
    let setting = |path: &[&str]| node.at_path(path).map(Setting::from_node);
    let (pattern, pattern_source) = match node.member("pattern") {
        Some(node) => rule_pattern::from_node(node, collector.file, collector.settings),
        None if node.member("schedule").is_some() => (RulePattern::Schedule, PatternSource::String),
        None => {
            let message = format!("the eventBridge event of {function} has neither a pattern nor a schedule");
            return Err(ReadError::new(at, message, "write one of them, or both"));
        }
    };
    let map = node.at_path(&["inputTransformer", "inputPathsMap"]).map_or(&[][..], Node::members);
    let generated = |name: &str| Setting::Unknown(format!("the framework generates {name}"));
    Ok(DeployedRule {
        name: setting(&["name"])
            .and_then(|name| name.known().map(str::to_owned))
            .unwrap_or(format!("{function}[{index}]")),
        location: collector.location(at, pointer.clone()),
        bus: setting(&["eventBus"]).unwrap_or_else(|| Setting::Known("default".to_owned())),
        state: setting(&["state"]).unwrap_or_else(|| Setting::Known("ENABLED".to_owned())),
        pattern,
        pattern_source,
        targets: vec![Target {
            id: generated("the id"),
            arn: Some(generated("the ARN")),
            input_path: setting(&["inputPath"]),
            partition_key_path: None,
            input_paths_map: map.iter().map(|path| (path.name.clone(), Setting::from_node(&path.node))).collect(),
            is_constant: node.member("input").is_some(),
        }],
    })
}
