//! The functions of CloudFormation, as far as a template alone decides them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::document::{Member, Node, Value};
use super::error::Mark;
use super::parameter::Parameters;

/// How deep functions may lead to one another: a condition may name itself.
const DEPTH: usize = 60;

/// A template and the values it gets.
pub(super) struct Template<'a> {
    root: &'a Node,
    parameters: &'a Parameters,
    /// Parameters that had their default, with it.
    defaults: RefCell<BTreeMap<String, (Mark, String)>>,
    variables: bool,
}

/// The reason why something is not known.
type Reason = String;

impl<'a> Template<'a> {
    /// A template of CloudFormation.
    pub(super) fn new(root: &'a Node, parameters: &'a Parameters) -> Self {
        Self { root, parameters, defaults: RefCell::default(), variables: false }
    }

    /// One in which a text may also hold variables, as `${self:service}`.
    pub(super) fn with_variables(root: &'a Node, parameters: &'a Parameters) -> Self {
        Self { variables: true, ..Self::new(root, parameters) }
    }

    pub(super) fn root(&self) -> &'a Node {
        self.root
    }

    /// The parameters that had their default, with where it stands and what it is.
    pub(super) fn defaults(&self) -> BTreeMap<String, (Mark, String)> {
        self.defaults.borrow().clone()
    }

    /// With every function in the place of its value, or of the reason why that is not known; nothing, where the
    /// template says that there is to be nothing.
    pub(super) fn resolve(&self, node: &Node) -> Option<Node> {
        self.value(node, 0)
    }

    /// Whether a condition of the template holds.
    pub(super) fn condition(&self, name: &str) -> Result<bool, Reason> {
        self.named_condition(name, 0)
    }

    fn value(&self, node: &Node, depth: usize) -> Option<Node> {
        let unknown = |why: Reason| Some(Node { at: node.at, value: Value::Unknown(why) });
        if depth > DEPTH {
            return unknown("functions of the template lead to one another without an end".to_owned());
        }
        if let Some((name, argument)) = call(node) {
            return match self.called(node.at, name, argument, depth + 1) {
                Ok(node) => node,
                Err(why) => unknown(why),
            };
        }
        let value = match &node.value {
            Value::Object(members) => {
                let member = |Member { at, name, node }: &Member| {
                    Some(Member { at: *at, name: name.clone(), node: self.value(node, depth)? })
                };
                Value::Object(members.iter().filter_map(member).collect())
            }
            Value::Array(items) => Value::Array(items.iter().filter_map(|item| self.value(item, depth)).collect()),
            Value::String(text) if text.contains("{{resolve:") => {
                return unknown(format!("{text} is looked up when it is deployed"));
            }
            Value::String(text) if self.variables && has_variable(text) => {
                return unknown(format!("{text} has a variable that is not read here"));
            }
            Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Call(..)
            | Value::Unknown(_) => node.value.clone(),
        };
        Some(Node { at: node.at, value })
    }

    fn called(&self, at: Mark, name: &str, argument: &Node, depth: usize) -> Result<Option<Node>, Reason> {
        let node = |value| Ok(Some(Node { at, value }));
        let items = argument.items();
        match (name, items) {
            ("Ref", _) => match argument.text() {
                Some("AWS::NoValue") => Ok(None),
                Some(name) => node(self.reference(name, depth)?),
                None => Err("Ref takes a name".to_owned()),
            },
            ("Sub", []) => node(Value::String(self.substitute(&self.text(argument, depth)?, None, depth)?)),
            ("Sub", [template, names]) => {
                node(Value::String(self.substitute(&self.text(template, depth)?, Some(names), depth)?))
            }
            ("Join", [between, parts]) => {
                let parts = self.value(parts, depth).ok_or("Join takes a list")?;
                if let Value::Unknown(why) = &parts.value {
                    return Err(why.clone());
                }
                let texts = parts.items().iter().map(text).collect::<Result<Vec<_>, _>>()?;
                node(Value::String(texts.join(&self.text(between, depth)?)))
            }
            ("Split", [between, whole]) => {
                let (between, whole) = (self.text(between, depth)?, self.text(whole, depth)?);
                let item = |part: &str| Node { at, value: Value::String(part.to_owned()) };
                node(Value::Array(whole.split(between.as_str()).map(item).collect()))
            }
            ("Select", [index, list]) => {
                let list = self.value(list, depth).ok_or("Select takes a list")?;
                if let Value::Unknown(why) = &list.value {
                    return Err(why.clone());
                }
                let index = self.text(index, depth)?;
                let item = index.parse::<usize>().ok().and_then(|index| list.items().get(index));
                item.cloned().map(Some).ok_or_else(|| format!("there is no item {index} to select"))
            }
            ("FindInMap", [map, first, second]) => {
                let (map, first, second) =
                    (self.text(map, depth)?, self.text(first, depth)?, self.text(second, depth)?);
                let found = self.root.at_path(&["Mappings", &map, &first, &second]);
                found.cloned().map(Some).ok_or_else(|| format!("there is no {map}, {first}, {second} in the mappings"))
            }
            ("If", [condition, yes, no]) => {
                let name = condition.text().ok_or("If takes the name of a condition")?;
                Ok(self.value(if self.named_condition(name, depth)? { yes } else { no }, depth))
            }
            ("GetAtt", _) => node(Value::String(self.attribute(&attribute_name(argument)?, depth)?)),
            _ => Err(format!("{name} is not known before it is deployed")),
        }
    }

    /// The value of a parameter, or the name of a resource.
    fn reference(&self, name: &str, depth: usize) -> Result<Value, Reason> {
        let declared = self.root.at_path(&["Parameters", name]);
        let kind = declared.and_then(|declared| declared.member("Type")).and_then(Node::text).unwrap_or("String");
        let list = |text: &str| match kind {
            "CommaDelimitedList" => true,
            _ => kind.starts_with("List<") && !text.is_empty(),
        };
        let typed = |at: Mark, text: &str| {
            let item = |part: &str| Node { at, value: Value::String(part.trim().to_owned()) };
            if list(text) { Value::Array(text.split(',').map(item).collect()) } else { Value::String(text.to_owned()) }
        };
        let start = Mark { line: 1, column: 1 };
        if let Some(given) = self.parameters.value(name) {
            return Ok(typed(declared.map_or(start, |declared| declared.at), given));
        }
        let say = format!("{name} is known when it is deployed: give its value as a parameter");
        if name.starts_with("AWS::") {
            return Err(say);
        }
        if let Some(declared) = declared {
            // What a template has for a parameter of the parameter store is the name under which the value is found.
            let default = declared.member("Default").filter(|_| !kind.starts_with("AWS::SSM::Parameter::"));
            let default = default.ok_or(say)?;
            // All parameters are texts.
            let text = text(default)?;
            self.defaults.borrow_mut().insert(name.to_owned(), (default.at, text.clone()));
            return Ok(typed(default.at, &text));
        }
        match self.bus_name(name, depth) {
            Some(bus) => Ok(Value::String(bus?)),
            None => Err(format!("the name of {name} is known when it is deployed")),
        }
    }

    /// `Rule.Arn` and the like.
    fn attribute(&self, name: &str, depth: usize) -> Result<String, Reason> {
        let unknown = || format!("{name} is known when it is deployed");
        if let Some(given) = self.parameters.value(name) {
            return Ok(given.to_owned());
        }
        let (resource, attribute) = name.split_once('.').ok_or_else(unknown)?;
        match (self.bus_name(resource, depth), attribute) {
            (Some(bus), "Name") => bus,
            (Some(bus), "Arn") => {
                let parameter = |name: &str| {
                    let Value::String(text) = self.reference(name, depth)? else { return Err(unknown()) };
                    Ok(text)
                };
                let (region, account) = (parameter("AWS::Region")?, parameter("AWS::AccountId")?);
                let partition = match self.parameters.value("AWS::Partition") {
                    Some(given) => given,
                    None => partition(&region).ok_or_else(unknown)?,
                };
                Ok(format!("arn:{partition}:events:{region}:{account}:event-bus/{}", bus?))
            }
            (Some(_) | None, _) => Err(unknown()),
        }
    }

    /// The name of a bus that the template makes.
    fn bus_name(&self, resource: &str, depth: usize) -> Option<Result<String, Reason>> {
        let resource = self.root.at_path(&["Resources", resource])?;
        if resource.member("Type").and_then(Node::text) != Some("AWS::Events::EventBus") {
            return None;
        }
        let name = resource.at_path(&["Properties", "Name"]);
        Some(name.ok_or_else(|| "the bus has no name".to_owned()).and_then(|name| self.text(name, depth + 1)))
    }

    /// Puts the values of names into a text: `${Stage}`, and `${!Stage}` for `${Stage}` itself.
    fn substitute(&self, template: &str, names: Option<&Node>, depth: usize) -> Result<String, Reason> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(format!("{template} has a variable without an end"));
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
                continue;
            }
            let name = name.trim();
            let value = match names.and_then(|names| names.member(name)) {
                Some(value) => self.text(value, depth)?,
                None if name.contains('.') => self.attribute(name, depth)?,
                None => {
                    let Value::String(text) = self.reference(name, depth)? else {
                        return Err(format!("{name} is a list, and stands in a text"));
                    };
                    text
                }
            };
            out.push_str(&value);
        }
        out.push_str(rest);
        Ok(out)
    }

    fn text(&self, node: &Node, depth: usize) -> Result<String, Reason> {
        text(&self.value(node, depth).ok_or("AWS::NoValue is no text")?)
    }

    fn named_condition(&self, name: &str, depth: usize) -> Result<bool, Reason> {
        let condition =
            self.root.at_path(&["Conditions", name]).ok_or_else(|| format!("there is no condition {name}"))?;
        self.holds(condition, depth + 1)
    }

    fn holds(&self, node: &Node, depth: usize) -> Result<bool, Reason> {
        if depth > DEPTH {
            return Err("conditions of the template lead to one another without an end".to_owned());
        }
        let (name, argument) = match (call(node), node.members()) {
            (Some(call), _) => call,
            (None, [Member { name, node, .. }]) if name == "Condition" => ("Condition", node),
            (None, _) => return Err("a condition is a function".to_owned()),
        };
        let holds = |node: &Node| self.holds(node, depth + 1);
        match (name, argument.items()) {
            ("Condition", _) => self.named_condition(argument.text().ok_or("a condition has a name")?, depth),
            ("Equals", [one, other]) => Ok(self.text(one, depth)? == self.text(other, depth)?),
            ("Not", [condition]) => Ok(!holds(condition)?),
            // One that is known may decide, whatever the others are.
            ("And", conditions) => any(conditions, |condition| holds(condition).map(|holds| !holds)).map(|any| !any),
            ("Or", conditions) => any(conditions, holds),
            _ => Err(format!("{name} is not known before it is deployed")),
        }
    }
}

/// The partition that a region is in; those that are closed to the public have to be said.
fn partition(region: &str) -> Option<&'static str> {
    match region {
        region if region.starts_with("cn-") => Some("aws-cn"),
        region if region.starts_with("us-gov-") => Some("aws-us-gov"),
        region if region.contains("-iso") || region.starts_with("eusc-") => None,
        _ => Some("aws"),
    }
}

fn any(conditions: &[Node], holds: impl Fn(&Node) -> Result<bool, Reason>) -> Result<bool, Reason> {
    let mut unknown = None;
    for condition in conditions {
        match holds(condition) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(why) => unknown = Some(why),
        }
    }
    unknown.map_or(Ok(false), Err)
}

/// Whether there is something like `${self:service}` or `${file(a.yml):b}` in a text; `${AWS::Region}` is for `Fn::Sub`.
fn has_variable(text: &str) -> bool {
    let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    names.into_iter().any(|name| !name.starts_with("AWS::") && name.contains([':', '(']))
}

/// A function in its short form (`!Ref a`) or in its long one (`{"Ref": "a"}`).
fn call(node: &Node) -> Option<(&str, &Node)> {
    if let Value::Call(name, argument) = &node.value {
        return Some((name, argument));
    }
    match node.members() {
        [Member { name, node, .. }] if name == "Ref" => Some(("Ref", node)),
        [Member { name, node, .. }] => Some((name.strip_prefix("Fn::")?, node)),
        _ => None,
    }
}

/// `A.B`, also as a list of both.
fn attribute_name(argument: &Node) -> Result<String, Reason> {
    match (argument.text(), argument.items()) {
        (Some(name), _) => Ok(name.to_owned()),
        (None, [resource, attribute]) => Ok(format!("{}.{}", text(resource)?, text(attribute)?)),
        (None, _) => Err("GetAtt takes a name and an attribute".to_owned()),
    }
}

/// A value where a text is wanted.
pub(super) fn text(node: &Node) -> Result<String, Reason> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text.clone()),
        Value::Boolean(bool) => Ok(bool.to_string()),
        Value::Unknown(why) => Err(why.clone()),
        Value::Call(name, _) => Err(format!("{name} is not known before it is deployed")),
        Value::Object(_) | Value::Array(_) | Value::Null => Err("a text is expected here".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use super::*;

    const TEMPLATE: &str = "
Parameters:
  Stage: {Type: String, Default: dev}
  Count: {Type: Number, Default: 5}
  Accounts: {Type: CommaDelimitedList, Default: '1, 2'}
  Other: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
Mappings:
  Map: {dev: {name: d}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsOther: !Equals [!Ref Other, x]
  Either: !Or [!Condition IsOther, {Condition: IsDev}]
  Both: !And [!Not [!Condition IsDev], !Condition IsOther]
  Loop: !Not [!Condition Loop]
Resources:
  Bus: {Type: 'AWS::Events::EventBus', Properties: {Name: !Sub 'bus-${Stage}'}}
  Queue: {Type: 'AWS::SQS::Queue'}
";

    fn value(yaml: &str) -> String {
        let root = document::read("t.yaml", TEMPLATE).unwrap();
        let parameters = [("AWS::AccountId", "111111111111"), ("AWS::Region", "eu-west-1")].into_iter().collect();
        let template = Template::new(&root, &parameters);
        let Some(node) = template.resolve(&document::read("v.yaml", yaml).unwrap()) else {
            return "nothing".to_owned();
        };
        let (mut out, mut unknown) = (String::new(), Vec::new());
        node.write(&mut out, &mut unknown);
        unknown.into_iter().fold(out, |out, (_, why)| format!("{out} unknown: {why}"))
    }

    #[test]
    fn what_the_template_decides_is_known() {
        for (yaml, expected) in [
            ("!Ref Stage", r#""dev""#),
            ("{Ref: Stage}", r#""dev""#),
            ("!Ref Count", r#""5""#),
            ("!Ref Accounts", r#"["1","2"]"#),
            ("!Ref Bus", r#""bus-dev""#),
            ("!GetAtt Bus.Name", r#""bus-dev""#),
            ("{'Fn::GetAtt': [Bus, Arn]}", r#""arn:aws:events:eu-west-1:111111111111:event-bus/bus-dev""#),
            ("!Ref AWS::AccountId", r#""111111111111""#),
            ("!Sub plain", r#""plain""#),
            ("!Sub '${!a}-${Stage}-${AWS::AccountId}-${Bus.Name}'", r#""${a}-dev-111111111111-bus-dev""#),
            ("!Sub ['${a}${Stage}', {a: !Ref Count}]", r#""5dev""#),
            ("!Join ['-', [a, !Ref Stage, 5]]", r#""a-dev-5""#),
            ("!Join [',', !Ref Accounts]", r#""1,2""#),
            ("!Select [1, !Split ['-', 'a-b']]", r#""b""#),
            ("!FindInMap [Map, !Ref Stage, name]", r#""d""#),
            ("!If [IsDev, a, b]", r#""a""#),
            ("!If [Either, a, b]", r#""a""#),
            ("!If [Both, a, b]", r#""b""#),
            ("!Ref AWS::NoValue", "nothing"),
            ("[a, !Ref 'AWS::NoValue', {b: !If [IsDev, !Ref 'AWS::NoValue', c]}]", r#"["a",{}]"#),
        ] {
            assert_eq!(value(yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn what_it_does_not_decide_is_said() {
        for (yaml, expected) in [
            ("!Ref Other", "Other is known when it is deployed: give its value as a parameter"),
            ("!Ref Stored", "Stored is known when it is deployed: give its value as a parameter"),
            ("!Sub '${AWS::StackName}'", "AWS::StackName is known when it is deployed: give its value as a parameter"),
            ("!Ref Queue", "the name of Queue is known when it is deployed"),
            ("!GetAtt Queue.Arn", "Queue.Arn is known when it is deployed"),
            ("!Ref NoSuch", "the name of NoSuch is known when it is deployed"),
            ("!ImportValue x", "ImportValue is not known before it is deployed"),
            ("!Frobnicate x", "Frobnicate is not known before it is deployed"),
            ("!If [IsOther, a, b]", "Other is known when it is deployed: give its value as a parameter"),
            ("!If [Loop, a, b]", "conditions of the template lead to one another without an end"),
            ("'{{resolve:ssm:x}}'", "{{resolve:ssm:x}} is looked up when it is deployed"),
            ("!Sub '${Accounts}'", "Accounts is a list, and stands in a text"),
            ("!Select [7, [a]]", "there is no item 7 to select"),
            ("!Sub '${'", "${ has a variable without an end"),
        ] {
            assert_eq!(value(yaml), format!(" unknown: {expected}"), "{yaml}");
        }
    }
}
