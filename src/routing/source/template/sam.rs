//! Events of functions and state machines in SAM.

use json_document::Pointer;

use crate::routing::source::collector::Collector;
use crate::routing::source::error::ReadError;
use crate::routing::source::node::{Member, Node, Value};
use crate::routing::source::rule::{DeployedRule, Setting, Target};
use crate::routing::source::rule_pattern;

/// Collects the rules that SAM generates from the events of a function or a state machine.
pub(super) fn read_events(
    logical: &str,
    kind: &str,
    properties: &Node,
    pointer: &Pointer,
    collector: &mut Collector<'_>,
) -> Result<(), ReadError> {
    let Some(events) = properties.member("Events") else { return Ok(()) };
    if let Value::Unknown(reason) = &events.value {
        collector.note(events.at, format!("the events of {logical} are unknown: {reason}"));
    }
    let suffix = if kind == "AWS::Serverless::StateMachine" { "StepFunctionsTarget" } else { "LambdaTarget" };
    let pointer = pointer.join("Properties").join("Events");
    for Member { at, name, node } in events.members() {
        if name.starts_with("Fn::") {
            let help = "read the result of `aws cloudformation get-template --template-stage Processed`";
            return Err(ReadError::new(*at, format!("the events of {name} are known only after deployment"), help));
        }
        if !matches!(node.member("Type").and_then(Node::as_str), Some("EventBridgeRule" | "CloudWatchEvent")) {
            let is_filter = |filter: &&str| node.at_path(&["Properties", filter]).is_some();
            if ["FilterCriteria", "FilterPolicy"].iter().any(is_filter) {
                collector.note(*at, format!("the filters of the event {name} of {logical} are not read"));
            }
            continue;
        }
        let rule_id = format!("{logical}{name}");
        let properties = node.member("Properties");
        let property = |name: &str| properties.and_then(|properties| properties.member(name));
        let Some(event_pattern) = property("Pattern") else {
            return Err(ReadError::new(
                *at,
                format!("the rule {rule_id} has no Pattern"),
                "write the pattern of the event",
            ));
        };
        let setting = |name: &str| property(name).map(Setting::from_node);
        let (pattern, pattern_source) = rule_pattern::from_node(event_pattern, collector.file, collector.settings);
        let state = match property("Enabled").map(Setting::from_node) {
            Some(Setting::Known(enabled)) if enabled == "false" => Setting::Known("DISABLED".to_owned()),
            Some(Setting::Known(_)) | None => Setting::Known("ENABLED".to_owned()),
            Some(unknown @ Setting::Unknown(_)) => unknown,
        };
        let id = property("Target").and_then(|target| target.member("Id")).map(Setting::from_node);
        let target = Target {
            id: id.unwrap_or_else(|| Setting::Known(format!("{rule_id}{suffix}"))),
            arn: Some(Setting::Unknown(format!("{logical}.Arn is known only after deployment"))),
            ..Target::from_node(properties.unwrap_or(node))
        };
        let rule_name = setting("RuleName").and_then(|name| name.known().map(str::to_owned));
        let rule = DeployedRule {
            name: rule_name.unwrap_or(rule_id),
            location: collector.location(*at, pointer.join(name)),
            bus: setting("EventBusName").unwrap_or_else(|| Setting::Known("default".to_owned())),
            state: setting("State").unwrap_or(state),
            pattern,
            pattern_source,
            targets: vec![target],
        };
        collector.rules.push(rule);
    }
    Ok(())
}
