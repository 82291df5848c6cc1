//! Templates of CloudFormation, and of SAM.

mod sam;

use super::document::{Member, Node, Value};
use super::error::{Fault, Mark};
use super::found::Found;
use super::intrinsic::Template;
use super::pattern;
use super::rule::{DeployedRule, PatternSource, RulePattern, Setting, Target};
use json_document::Pointer;

/// Finds the rules of a template; `at` is where it stands in its file.
pub(super) fn read(template: &Template<'_>, at: &Pointer, found: &mut Found<'_>) -> Result<(), Fault> {
    let root = template.root();
    let resources = root.member("Resources").filter(|resources| resources.is_object());
    let Some(resources) = resources else {
        return Err(Fault::new(root.at, "the template has no Resources", "is it a part of another one?"));
    };
    note_macros(template, found);
    let at = at.join("Resources");
    for member in resources.members() {
        resource(template, member, &at.join(&member.name), found)?;
    }
    for (name, (mark, value)) in template.defaults() {
        found.note(mark, format!("{name} is taken to be its default, {value:?}: give another value as a parameter"));
    }
    Ok(())
}

/// What changes a template on its way may make rules of it that do not stand there.
fn note_macros(template: &Template<'_>, found: &mut Found<'_>) {
    let Some(transform) = template.root().member("Transform") else { return };
    let names = if transform.text().is_some() { std::slice::from_ref(transform) } else { transform.items() };
    for name in names {
        let known = ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"];
        if !name.text().is_some_and(|name| known.contains(&name)) {
            found.note(name.at, "a macro changes this template when it is deployed: read what it makes of it");
        }
    }
}

fn resource(
    template: &Template<'_>,
    Member { at, name, node }: &Member,
    pointer: &Pointer,
    found: &mut Found<'_>,
) -> Result<(), Fault> {
    if name.starts_with("Fn::") {
        let help = "read what it makes: `aws cloudformation get-template --template-stage Processed`";
        return Err(Fault::new(*at, format!("the resources that {name} makes are not known here"), help));
    }
    let Some(kind) = node.member("Type").and_then(Node::text) else {
        return Err(Fault::new(node.at, format!("{name} has no Type"), "a resource says its type as a text"));
    };
    match kind {
        "AWS::Events::Rule" | "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {}
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" => {
            found.note(*at, format!("the rules in the template of {name} are not read: name its file, too"));
            return Ok(());
        }
        "AWS::Pipes::Pipe" => {
            found.note(*at, format!("{name} is a pipe: its filters are not read"));
            return Ok(());
        }
        _ => return Ok(()),
    }
    if let Some(condition) = node.member("Condition").and_then(Node::text) {
        match template.condition(condition) {
            Ok(true) => {}
            Ok(false) => {
                found.note(*at, format!("{name} is left out: the condition {condition} does not hold"));
                return Ok(());
            }
            Err(why) => found.note(*at, format!("{name} is there only if the condition {condition} holds: {why}")),
        }
    }
    let properties = node.member("Properties").and_then(|properties| template.resolve(properties));
    let Some(properties) = properties.filter(Node::is_object) else {
        // A function without any listens to nothing; one that is made by a macro may.
        let is_rule = kind == "AWS::Events::Rule" || node.member("Properties").is_some();
        let help = "write them where they belong, or read the template as it is deployed";
        return if is_rule { Err(Fault::new(node.at, format!("{name} has no Properties"), help)) } else { Ok(()) };
    };
    match kind {
        "AWS::Events::Rule" => {
            let rule = rule(name, *at, &properties, pointer, found)?;
            found.rules.push(rule);
            Ok(())
        }
        _ => sam::events(name, kind, &properties, pointer, found),
    }
}

/// A rule as the service has it, in templates and in lists.
pub(super) fn rule(
    logical: &str,
    at: Mark,
    properties: &Node,
    pointer: &Pointer,
    found: &mut Found<'_>,
) -> Result<DeployedRule, Fault> {
    let setting = |name: &str| properties.member(name).map(Setting::of);
    let name = setting("Name").and_then(|name| name.known().map(str::to_owned));
    let (pattern, pattern_source) = match properties.member("EventPattern") {
        Some(node) => pattern::of(node, found.file, found.settings),
        None if properties.member("ScheduleExpression").is_some() => (RulePattern::Schedule, PatternSource::Text),
        None => {
            let help = "a rule has one of them, or both";
            let what = format!("the rule {logical} has neither an EventPattern nor a ScheduleExpression");
            return Err(Fault::new(at, what, help));
        }
    };
    Ok(DeployedRule {
        name: name.unwrap_or_else(|| logical.to_owned()),
        place: found.place(at, pointer.clone()),
        bus: setting("EventBusName").unwrap_or_else(|| Setting::Known("default".to_owned())),
        state: setting("State").unwrap_or_else(|| Setting::Known("ENABLED".to_owned())),
        pattern,
        pattern_source,
        targets: targets(logical, properties, found),
    })
}

/// The targets, and a note for what hides some.
pub(super) fn targets(rule: &str, properties: &Node, found: &mut Found<'_>) -> Vec<Target> {
    let Some(targets) = properties.member("Targets") else { return Vec::new() };
    if !matches!(targets.value, Value::Array(_)) {
        found.note(targets.at, format!("the targets of {rule} are not known: they are no list here"));
    }
    targets
        .items()
        .iter()
        .filter_map(|target| {
            if let Value::Unknown(why) = &target.value {
                found.note(target.at, format!("a target of {rule} is not known: {why}"));
                return None;
            }
            Some(Target::of(target))
        })
        .collect()
}
