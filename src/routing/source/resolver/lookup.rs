//! Lookups in the template: by an index of names, and of conditions, buses and their attributes.

use std::cell::RefCell;
use std::collections::HashMap;

use super::evaluation::Evaluation;
use super::{Node, Reason, Resolver, Value};

impl<'a> Resolver<'a> {
    /// Returns the last member of a name at a path in the template, and its name.
    pub(super) fn find(&self, path: &[&str]) -> Option<(&'a str, &'a Node)> {
        path.iter().try_fold(("", self.root), |(_, node), name| {
            let mut members = self.members.borrow_mut();
            let by_name = members.entry(node).or_insert_with(|| {
                // Of several members of a name, the last one counts.
                node.members().iter().map(|member| (member.name.as_str(), member)).collect()
            });
            by_name.get(name).map(|member| (member.name.as_str(), &member.node))
        })
    }

    pub(super) fn find_text(&self, path: &[&str]) -> Option<&'a str> {
        self.find(path).and_then(|(_, node)| node.as_str())
    }

    /// Evaluates a condition or a bus at its first reference, and returns the result again at the others.
    ///
    /// A result that a limit or a cycle has decided depends on the reference, and is not kept.
    pub(super) fn evaluate_once<T: Clone>(
        &self,
        evaluations: &RefCell<HashMap<&'a str, Evaluation<T>>>,
        name: &'a str,
        cycle: &str,
        evaluate: impl FnOnce() -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        match evaluations.borrow().get(name) {
            Some(Evaluation::Done(result)) => return result.clone(),
            Some(Evaluation::Begun) => {
                self.effort.note_limit();
                return Err(cycle.to_owned());
            }
            None => {}
        }
        evaluations.borrow_mut().insert(name, Evaluation::Begun);
        let limits = self.effort.limits();
        let result = evaluate();
        if self.effort.limits() == limits {
            evaluations.borrow_mut().insert(name, Evaluation::Done(result.clone()));
        } else {
            evaluations.borrow_mut().remove(name);
        }
        result
    }

    /// Evaluates `GetAtt` for an attribute such as `Bus.Arn`.
    pub(super) fn attribute(&self, name: &str, depth: usize) -> Result<String, Reason> {
        let unknown = || format!("{name} is known only after deployment");
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
}

/// Returns the partition of a region; those of isolated regions must be passed as a parameter.
fn partition(region: &str) -> Option<&'static str> {
    match region {
        region if region.starts_with("cn-") => Some("aws-cn"),
        region if region.starts_with("us-gov-") => Some("aws-us-gov"),
        region if region.contains("-iso") || region.starts_with("eusc-") => None,
        _ => Some("aws"),
    }
}
