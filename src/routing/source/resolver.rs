//! Evaluation of CloudFormation functions, as far as a template and its parameters decide them.
//!
//! # Bounds
//!
//! Conditions and names of buses refer to each other, so that a short template has exponentially many evaluations and values
//! of exponential length. Each condition and each bus is evaluated once, and all evaluations of a file share one [`Effort`].
//! A value beyond it is unknown, and so is its rule.

#[cfg(test)]
mod bounds;
mod effort;
mod evaluation;
mod lookup;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::location::Position;
use super::node::{Member, Node, Value};
use super::parameter::Parameters;
use effort::Effort;
use evaluation::Evaluation;

/// Maximum nesting of values and functions, across conditions and buses: evaluation recurses once for each.
const MAX_DEPTH: usize = 250;

/// Replaces functions by their values.
pub(super) struct Resolver<'a> {
    root: &'a Node,
    parameters: &'a Parameters,
    /// Parameters whose default was used, with position and value.
    used_defaults: RefCell<BTreeMap<String, (Position, String)>>,
    /// True if `${self:service}` is a variable of the Serverless Framework.
    has_variables: bool,
    effort: Effort,
    conditions: RefCell<HashMap<&'a str, Evaluation<bool>>>,
    bus_names: RefCell<HashMap<&'a str, Evaluation<String>>>,
    /// Members by name of the objects of the template in which names were looked up, by their address.
    members: RefCell<HashMap<*const Node, HashMap<&'a str, &'a Member>>>,
}

/// The reason for which a value is unknown.
type Reason = String;

impl<'a> Resolver<'a> {
    pub(super) fn new(root: &'a Node, parameters: &'a Parameters) -> Self {
        Self {
            root,
            parameters,
            used_defaults: RefCell::default(),
            has_variables: false,
            effort: Effort::default(),
            conditions: RefCell::default(),
            bus_names: RefCell::default(),
            members: RefCell::default(),
        }
    }

    /// Returns a resolver for a file of the Serverless Framework, whose variables are unknown.
    pub(super) fn with_variables(root: &'a Node, parameters: &'a Parameters) -> Self {
        Self { has_variables: true, ..Self::new(root, parameters) }
    }

    pub(super) fn root(&self) -> &'a Node {
        self.root
    }

    /// Returns the parameters whose default was used, with position and value.
    pub(super) fn used_defaults(&self) -> BTreeMap<String, (Position, String)> {
        self.used_defaults.borrow().clone()
    }

    /// Replaces every function by its value or by [`Value::Unknown`]. Returns `None` for `AWS::NoValue`.
    pub(super) fn resolve(&self, node: &Node) -> Option<Node> {
        self.resolve_at(node, 0)
    }

    /// Replaces variables of the Serverless Framework by parameters of their names, such as `opt:stage`, without a
    /// fallback after a comma. Returns the name of the first that has no value.
    fn replace_variables(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            if has_variable(&format!("${{{name}}}")) {
                let key = name.split(',').next().unwrap_or_default().trim();
                out.push_str(self.parameters.value(key).ok_or_else(|| key.to_owned())?);
            } else {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    pub(super) fn evaluate_condition(&self, name: &str) -> Result<bool, Reason> {
        self.evaluate_condition_at(name, 0)
    }

    fn resolve_at(&self, node: &Node, depth: usize) -> Option<Node> {
        let unknown = |reason: Reason| Some(Node { at: node.at, value: Value::Unknown(reason) });
        let text_length = node.as_str().map_or(0, str::len);
        if let Err(reason) = self.check_depth(depth).and_then(|()| self.effort.spend(text_length)) {
            return unknown(reason);
        }
        if let Some((name, argument)) = as_call(node) {
            return match self.call(node.at, name, argument, depth + 1) {
                Ok(node) => node,
                Err(reason) => unknown(reason),
            };
        }
        let value = match &node.value {
            Value::Object(members) => {
                let member = |Member { at, name, node }: &Member| {
                    Some(Member { at: *at, name: name.clone(), node: self.resolve_at(node, depth + 1)? })
                };
                Value::Object(members.iter().filter_map(member).collect())
            }
            Value::Array(items) => {
                Value::Array(items.iter().filter_map(|item| self.resolve_at(item, depth + 1)).collect())
            }
            Value::String(text) if text.contains("{{resolve:") => {
                return unknown(format!("{text} is resolved only on deployment"));
            }
            Value::String(text) if self.has_variables && has_variable(text) => match self.replace_variables(text) {
                Ok(text) => Value::String(text),
                Err(name) => {
                    let reason = format!("{text} has a variable that is not resolved here");
                    return unknown(format!("{reason}: pass its value as a parameter, {name}=VALUE"));
                }
            },
            Value::String(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Call(..)
            | Value::Unknown(_) => node.value.clone(),
        };
        Some(Node { at: node.at, value })
    }

    fn check_depth(&self, depth: usize) -> Result<(), Reason> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        self.effort.note_limit();
        Err(format!("the functions of the template are nested deeper than {MAX_DEPTH} levels"))
    }

    fn call(&self, at: Position, name: &str, argument: &Node, depth: usize) -> Result<Option<Node>, Reason> {
        let node = |value| Ok(Some(Node { at, value }));
        let items = argument.items();
        match (name, items) {
            ("Ref", _) => match argument.as_str() {
                Some("AWS::NoValue") => Ok(None),
                Some(name) => node(self.reference(name, depth)?),
                None => Err("Ref: expected a name".to_owned()),
            },
            ("Sub", []) => node(Value::String(self.substitute(&self.text(argument, depth)?, None, depth)?)),
            ("Sub", [template, names]) => {
                node(Value::String(self.substitute(&self.text(template, depth)?, Some(names), depth)?))
            }
            ("Join", [between, parts]) => {
                let parts = self.resolve_at(parts, depth).ok_or("Join: expected an array")?;
                if let Value::Unknown(reason) = &parts.value {
                    return Err(reason.clone());
                }
                let texts = parts.items().iter().map(to_text).collect::<Result<Vec<_>, _>>()?;
                let between = self.text(between, depth)?;
                let length = texts.iter().fold(0_usize, |length, text| length.saturating_add(text.len()));
                self.effort.spend(length.saturating_add(between.len().saturating_mul(texts.len())))?;
                node(Value::String(texts.join(&between)))
            }
            ("Split", [between, whole]) => {
                let (between, whole) = (self.text(between, depth)?, self.text(whole, depth)?);
                let item = |part: &str| {
                    self.effort.spend(part.len())?;
                    Ok(Node { at, value: Value::String(part.to_owned()) })
                };
                node(Value::Array(whole.split(between.as_str()).map(item).collect::<Result<_, Reason>>()?))
            }
            ("Select", [index, list]) => {
                let list = self.resolve_at(list, depth).ok_or("Select: expected an array")?;
                if let Value::Unknown(reason) = &list.value {
                    return Err(reason.clone());
                }
                let index = self.text(index, depth)?;
                let item = index.parse::<usize>().ok().and_then(|index| list.items().get(index));
                item.cloned().map(Some).ok_or_else(|| format!("Select: no item {index}"))
            }
            ("FindInMap", [map, first, second]) => {
                let (map, first, second) =
                    (self.text(map, depth)?, self.text(first, depth)?, self.text(second, depth)?);
                let found = self.find(&["Mappings", &map, &first, &second]);
                let (_, found) = found.ok_or_else(|| format!("FindInMap: no mapping {map}, {first}, {second}"))?;
                // Resolved for its cost: a mapping has no functions.
                Ok(self.resolve_at(found, depth))
            }
            ("If", [condition, yes, no]) => {
                let name = condition.as_str().ok_or("If: expected the name of a condition")?;
                Ok(self.resolve_at(if self.evaluate_condition_at(name, depth)? { yes } else { no }, depth))
            }
            ("GetAtt", _) => node(Value::String(self.attribute(&attribute_name(argument)?, depth)?)),
            _ => Err(format!("{name} is evaluated only on deployment")),
        }
    }

    /// Evaluates `Ref`: the value of a parameter, or the name of a resource.
    fn reference(&self, name: &str, depth: usize) -> Result<Value, Reason> {
        let declared = self.find(&["Parameters", name]).map(|(_, declared)| declared);
        let kind = self.find_text(&["Parameters", name, "Type"]).unwrap_or("String");
        let is_list = |text: &str| match kind {
            "CommaDelimitedList" => true,
            _ => kind.starts_with("List<") && !text.is_empty(),
        };
        let typed = |at: Position, text: &str| {
            let item = |part: &str| {
                self.effort.spend(part.len())?;
                Ok(Node { at, value: Value::String(part.trim().to_owned()) })
            };
            if is_list(text) {
                return Ok(Value::Array(text.split(',').map(item).collect::<Result<_, Reason>>()?));
            }
            self.effort.spend(text.len())?;
            Ok(Value::String(text.to_owned()))
        };
        if let Some(given) = self.parameters.value(name) {
            return typed(declared.map_or(Position::START, |declared| declared.at), given);
        }
        let unknown = format!("{name} is known only after deployment: pass its value as a parameter");
        if name.starts_with("AWS::") {
            return Err(unknown);
        }
        if declared.is_some() {
            // The default of a parameter store type is the name of the stored value, not the value.
            let default = self.find(&["Parameters", name, "Default"]);
            let default = default.filter(|_| !kind.starts_with("AWS::SSM::Parameter::"));
            let (_, default) = default.ok_or(unknown)?;
            self.effort.spend(default.as_str().map_or(0, str::len))?;
            let text = to_text(default)?;
            let mut used = self.used_defaults.borrow_mut();
            used.entry(name.to_owned()).or_insert_with(|| (default.at, text.clone()));
            return typed(default.at, &text);
        }
        match self.bus_name(name, depth) {
            Some(bus) => Ok(Value::String(bus?)),
            None => Err(format!("the name of {name} is known only after deployment")),
        }
    }

    /// Returns the name of a bus that is a resource of the template.
    fn bus_name(&self, resource: &str, depth: usize) -> Option<Result<String, Reason>> {
        let (resource, _) = self.find(&["Resources", resource])?;
        if self.find_text(&["Resources", resource, "Type"]) != Some("AWS::Events::EventBus") {
            return None;
        }
        let cycle = "the functions of the template refer to each other in a cycle";
        let name = self.evaluate_once(&self.bus_names, resource, cycle, || {
            let name = self.find(&["Resources", resource, "Properties", "Name"]);
            let (_, name) = name.ok_or_else(|| "the bus has no name".to_owned())?;
            self.text(name, depth + 1)
        });
        Some(name.and_then(|name| self.effort.spend(name.len()).map(|()| name)))
    }

    /// Evaluates `Sub`: `${Stage}` becomes the value of `Stage`, `${!Stage}` the text `${Stage}`.
    fn substitute(&self, template: &str, names: Option<&Node>, depth: usize) -> Result<String, Reason> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(format!("{template} has a variable without `}}`"));
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
                continue;
            }
            let name = name.trim();
            // Members are compared one by one.
            self.effort.spend(names.map_or(0, |names| names.members().len()))?;
            let value = match names.and_then(|names| names.member(name)) {
                Some(value) => self.text(value, depth)?,
                None if name.contains('.') => self.attribute(name, depth)?,
                None => {
                    let Value::String(text) = self.reference(name, depth)? else {
                        return Err(format!("{name} is an array in a string"));
                    };
                    text
                }
            };
            self.effort.spend(value.len())?;
            out.push_str(&value);
        }
        out.push_str(rest);
        Ok(out)
    }

    fn text(&self, node: &Node, depth: usize) -> Result<String, Reason> {
        to_text(&self.resolve_at(node, depth).ok_or("expected a string, found AWS::NoValue")?)
    }

    fn evaluate_condition_at(&self, name: &str, depth: usize) -> Result<bool, Reason> {
        let (name, condition) = self.find(&["Conditions", name]).ok_or_else(|| format!("no condition {name}"))?;
        let cycle = "the conditions of the template refer to each other in a cycle";
        self.evaluate_once(&self.conditions, name, cycle, || self.evaluate(condition, depth + 1))
    }

    fn evaluate(&self, node: &Node, depth: usize) -> Result<bool, Reason> {
        self.check_depth(depth)?;
        self.effort.spend(0)?;
        let (name, argument) = match (as_call(node), node.members()) {
            (Some(call), _) => call,
            (None, [Member { name, node, .. }]) if name == "Condition" => ("Condition", node),
            (None, _) => return Err("a condition must be a function".to_owned()),
        };
        let holds = |node: &Node| self.evaluate(node, depth + 1);
        match (name, argument.items()) {
            ("Condition", _) => {
                self.evaluate_condition_at(argument.as_str().ok_or("Condition: expected a name")?, depth)
            }
            ("Equals", [one, other]) => Ok(self.text(one, depth)? == self.text(other, depth)?),
            ("Not", [condition]) => Ok(!holds(condition)?),
            // One known operand may decide, whatever the unknown ones are.
            ("And", conditions) => any(conditions, |condition| holds(condition).map(|holds| !holds)).map(|any| !any),
            ("Or", conditions) => any(conditions, holds),
            _ => Err(format!("{name} is evaluated only on deployment")),
        }
    }
}

fn any(conditions: &[Node], holds: impl Fn(&Node) -> Result<bool, Reason>) -> Result<bool, Reason> {
    let mut unknown = None;
    for condition in conditions {
        match holds(condition) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(reason) => unknown = Some(reason),
        }
    }
    unknown.map_or(Ok(false), Err)
}

/// Returns true if a text contains a variable such as `${self:service}` or `${file(a.yml):b}`; `${AWS::Region}` is left to
/// `Fn::Sub`.
fn has_variable(text: &str) -> bool {
    let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    names.into_iter().any(|name| !name.starts_with("AWS::") && name.contains([':', '(']))
}

/// Returns name and argument of a function in its short form (`!Ref a`) or its long form (`{"Ref": "a"}`).
fn as_call(node: &Node) -> Option<(&str, &Node)> {
    if let Value::Call(name, argument) = &node.value {
        return Some((name, argument));
    }
    match node.members() {
        [Member { name, node, .. }] if name == "Ref" => Some(("Ref", node)),
        [Member { name, node, .. }] => Some((name.strip_prefix("Fn::")?, node)),
        _ => None,
    }
}

/// Returns `A.B`, also for an array of the two names.
fn attribute_name(argument: &Node) -> Result<String, Reason> {
    match (argument.as_str(), argument.items()) {
        (Some(name), _) => Ok(name.to_owned()),
        (None, [resource, attribute]) => Ok(format!("{}.{}", to_text(resource)?, to_text(attribute)?)),
        (None, _) => Err("GetAtt: expected a name and an attribute".to_owned()),
    }
}

/// Converts a primitive value into the text that CloudFormation makes of it.
pub(super) fn to_text(node: &Node) -> Result<String, Reason> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text.clone()),
        Value::Boolean(value) => Ok(value.to_string()),
        Value::Unknown(reason) => Err(reason.clone()),
        Value::Call(name, _) => Err(format!("{name} is evaluated only on deployment")),
        Value::Object(_) | Value::Array(_) | Value::Null => Err("expected a string".to_owned()),
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
  LoopBus: {Type: 'AWS::Events::EventBus', Properties: {Name: !Sub '${LoopBus}-x'}}
";

    fn value(yaml: &str) -> String {
        let root = document::parse("t.yaml", TEMPLATE).unwrap();
        let parameters = [("AWS::AccountId", "111111111111"), ("AWS::Region", "eu-west-1")].into_iter().collect();
        let resolver = Resolver::new(&root, &parameters);
        let Some(node) = resolver.resolve(&document::parse("v.yaml", yaml).unwrap()) else {
            return "nothing".to_owned();
        };
        let (mut out, mut unknown) = (String::new(), Vec::new());
        node.write_json(&mut out, &mut unknown);
        unknown.into_iter().fold(out, |out, (_, reason)| format!("{out} unknown: {reason}"))
    }

    #[test]
    fn decided_values_are_evaluated() {
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
    fn undecided_values_have_a_reason() {
        for (yaml, expected) in [
            ("!Ref Other", "Other is known only after deployment: pass its value as a parameter"),
            ("!Ref Stored", "Stored is known only after deployment: pass its value as a parameter"),
            (
                "!Sub '${AWS::StackName}'",
                "AWS::StackName is known only after deployment: pass its value as a parameter",
            ),
            ("!Ref Queue", "the name of Queue is known only after deployment"),
            ("!GetAtt Queue.Arn", "Queue.Arn is known only after deployment"),
            ("!Ref NoSuch", "the name of NoSuch is known only after deployment"),
            ("!ImportValue x", "ImportValue is evaluated only on deployment"),
            ("!Frobnicate x", "Frobnicate is evaluated only on deployment"),
            ("!If [IsOther, a, b]", "Other is known only after deployment: pass its value as a parameter"),
            ("!If [Loop, a, b]", "the conditions of the template refer to each other in a cycle"),
            ("!Ref LoopBus", "the functions of the template refer to each other in a cycle"),
            ("'{{resolve:ssm:x}}'", "{{resolve:ssm:x}} is resolved only on deployment"),
            ("!Sub '${Accounts}'", "Accounts is an array in a string"),
            ("!Select [7, [a]]", "Select: no item 7"),
            ("!Sub '${'", "${ has a variable without `}`"),
        ] {
            assert_eq!(value(yaml), format!(" unknown: {expected}"), "{yaml}");
        }
    }
}
