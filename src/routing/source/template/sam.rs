//! Functions and state machines of SAM that listen to a bus.

use crate::routing::source::document::{Member, Node, Value};
use crate::routing::source::error::Fault;
use crate::routing::source::found::Found;
use crate::routing::source::pattern;
use crate::routing::source::rule::{DeployedRule, Setting, Target};
use json_document::Pointer;

/// The rules that SAM makes of the events of a function or a state machine.
pub(super) fn events(
    logical: &str,
    kind: &str,
    properties: &Node,
    pointer: &Pointer,
    found: &mut Found<'_>,
) -> Result<(), Fault> {
    let Some(events) = properties.member("Events") else { return Ok(()) };
    if let Value::Unknown(why) = &events.value {
        found.note(events.at, format!("the events of {logical} are not known: {why}"));
    }
    let suffix = if kind == "AWS::Serverless::StateMachine" { "StepFunctionsTarget" } else { "LambdaTarget" };
    let pointer = pointer.join("Properties").join("Events");
    for Member { at, name, node } in events.members() {
        if name.starts_with("Fn::") {
            let help = "read what it makes: `aws cloudformation get-template --template-stage Processed`";
            return Err(Fault::new(*at, format!("the events that {name} makes are not known here"), help));
        }
        if !matches!(node.member("Type").and_then(Node::text), Some("EventBridgeRule" | "CloudWatchEvent")) {
            continue;
        }
        let rule_id = format!("{logical}{name}");
        let properties = node.member("Properties");
        let property = |name: &str| properties.and_then(|properties| properties.member(name));
        let Some(event_pattern) = property("Pattern") else {
            return Err(Fault::new(*at, format!("the rule {rule_id} has no Pattern"), "an event of this type has one"));
        };
        let setting = |name: &str| property(name).map(Setting::of);
        let (pattern, pattern_source) = pattern::of(event_pattern, found.file, found.settings);
        let state = match property("Enabled").map(Setting::of) {
            Some(Setting::Known(enabled)) if enabled == "false" => Setting::Known("DISABLED".to_owned()),
            Some(Setting::Known(_)) | None => Setting::Known("ENABLED".to_owned()),
            Some(unknown @ Setting::Unknown(_)) => unknown,
        };
        let id = property("Target").and_then(|target| target.member("Id")).map(Setting::of);
        let target = Target {
            id: id.unwrap_or_else(|| Setting::Known(format!("{rule_id}{suffix}"))),
            arn: Some(Setting::Unknown(format!("{logical}.Arn is known when it is deployed"))),
            ..Target::of(properties.unwrap_or(node))
        };
        let named = setting("RuleName").and_then(|name| name.known().map(str::to_owned));
        let rule = DeployedRule {
            name: named.unwrap_or(rule_id),
            place: found.place(*at, pointer.join(name)),
            bus: setting("EventBusName").unwrap_or_else(|| Setting::Known("default".to_owned())),
            state: setting("State").unwrap_or(state),
            pattern,
            pattern_source,
            targets: vec![target],
        };
        found.rules.push(rule);
    }
    Ok(())
}
