//! What a change of the contract changes for the rules.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::find::{Found, find};
use super::finding::{RoutingFinding, RoutingFindingKind};
use super::reach::{Example, Reach};
use super::shape::Shape;
use super::table::RoutedBy;
use super::translate::translate;
use crate::pattern::Pattern;

/// What is another thing for the rules between the events of before and those of now.
///
/// A version of now is compared with the same version of before, or else with the newest one before it: what a writer
/// writes next, with what it wrote last. Types that are new are not compared with anything.
pub fn changes<'a>(
    rules: impl IntoIterator<Item = RoutedBy<'a>>,
    before: &[Shape],
    now: &[Shape],
) -> Vec<RoutingFinding> {
    let pairs: Vec<(&Shape, &Shape)> =
        now.iter().filter_map(|shape| Some((counterpart(shape, before)?, shape))).filter(differ).collect();
    let is_gone = |old: &&Shape| !now.iter().any(|shape| shape.event_type() == old.event_type());
    let gone: Vec<&Shape> = before.iter().filter(is_gone).collect();
    let mut findings = Vec::new();
    for rule in rules {
        for (old, new) in &pairs {
            Change { rule, old, new }.look(&mut findings);
        }
        for old in &gone {
            let reach = old.reach(rule.pattern);
            if let Some(matched) = reach.matched() {
                findings.push(
                    RoutingFinding::new(RoutingFindingKind::TypeGone, rule.name).about(old).shown(Some(matched), None),
                );
            }
        }
    }
    findings
}

fn counterpart<'s>(shape: &Shape, before: &'s [Shape]) -> Option<&'s Shape> {
    before
        .iter()
        .filter(|old| old.event_type() == shape.event_type() && old.version() <= shape.version())
        .max_by_key(|old| old.version())
}

fn differ((old, new): &(&Shape, &Shape)) -> bool {
    old.schema() != new.schema()
}

struct Change<'a, 's> {
    rule: RoutedBy<'a>,
    old: &'s Shape,
    new: &'s Shape,
}

impl Change<'_, '_> {
    fn look(&self, findings: &mut Vec<RoutingFinding>) {
        let (old, new) = (self.old.reach(self.rule.pattern), self.new.reach(self.rule.pattern));
        findings.extend(self.reach(&old, &new));
        if old.matched().is_none() && new.matched().is_none() {
            // Whatever has changed, it is nothing to this rule.
            return;
        }
        let paths = |all: &mut dyn Iterator<Item = &str>| all.map(str::to_owned).collect::<BTreeSet<String>>();
        for path in paths(&mut self.rule.pattern.paths()) {
            findings.extend(self.kind(&path));
        }
        if new.matched().is_some() {
            for path in paths(&mut self.rule.pattern.anything_but_paths()) {
                findings.extend(self.value(&path));
            }
        }
        for path in paths(&mut self.rule.pattern.absent_paths()) {
            findings.extend(self.begins(&path));
        }
    }

    fn finding(&self, kind: RoutingFindingKind) -> RoutingFinding {
        RoutingFinding::new(kind, self.rule.name).about(self.new)
    }

    fn reach(&self, old: &Reach, new: &Reach) -> Option<RoutingFinding> {
        use RoutingFindingKind as Kind;
        let kind = match (old, new) {
            (Reach::Never { .. }, Reach::Never { .. })
            | (Reach::Some { .. }, Reach::Some { .. })
            | (Reach::Always { .. }, Reach::Always { .. }) => return None,
            (old, Reach::Never { .. }) if old.matched().is_some() || old.is_always() => Kind::StopsMatching,
            (Reach::Never { .. }, new) if new.matched().is_some() || new.is_always() => Kind::StartsMatching,
            (Reach::Always { .. }, new) if new.missed().is_some() => Kind::MatchesFewer,
            (old, Reach::Always { .. }) if old.missed().is_some() => Kind::MatchesAll,
            (Reach::Undecided { reason, .. }, _) | (_, Reach::Undecided { reason, .. }) => {
                return Some(self.finding(Kind::Undecided).because(reason));
            }
            (Reach::Never { .. } | Reach::Some { .. } | Reach::Always { .. }, _) => return None,
        };
        let (before, now) = match kind {
            Kind::StopsMatching | Kind::MatchesFewer => (old.matched(), new.missed()),
            _ => (old.missed(), new.matched()),
        };
        Some(self.finding(kind).shown(before, now))
    }

    /// A value where there was an object, or the other way round.
    fn kind(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let kinds = |shape: &Shape| shape.places().kinds(&shape.places().along(&names));
        let (old, new) = (kinds(self.old), kinds(self.new));
        if old.leaf && !old.object && new.object {
            let now = self.event(path, &names, json!({ "type": "object" }), None)?;
            return Some(self.finding(RoutingFindingKind::LeafBecameObject).at(path).shown(None, Some(&now)));
        }
        if old.object && !old.leaf && new.leaf && !new.object {
            let now = self.event(path, &names, leaf(), None)?;
            return Some(self.finding(RoutingFindingKind::ObjectBecameLeaf).at(path).shown(None, Some(&now)));
        }
        None
    }

    /// A value that was none of those that there were, and that the rule takes.
    fn value(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let values = |shape: &'_ Shape, known: bool| -> Option<Vec<Value>> {
            let values = shape.places().values(&shape.places().along(&names), known)?;
            Some(values.into_iter().cloned().collect())
        };
        let wanted = match (values(self.old, false), values(self.old, true), values(self.new, true)) {
            (Some(old), ..) => json!({ "type": ["string", "number", "boolean", "null"], "not": { "enum": old } }),
            (None, Some(old), Some(mut new)) => {
                new.retain(|value| !old.contains(value));
                json!({ "enum": Some(new).filter(|new| !new.is_empty())? })
            }
            (None, ..) => return None,
        };
        let now = self.event(path, &names, wanted, Some(self.rule.pattern))?;
        Some(self.finding(RoutingFindingKind::NewValueLetThrough).at(path).shown(None, Some(&now)))
    }

    /// A field that is to be missing, and was never sent before.
    fn begins(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let has = |shape: &Shape| shape.places().kinds(&shape.places().along(&names)).leaf;
        if has(self.old) || !has(self.new) {
            return None;
        }
        let now = self.event(path, &names, leaf(), None)?;
        Some(self.finding(RoutingFindingKind::FieldBegins).at(path).shown(None, Some(&now)))
    }

    /// An event of now with such a value at a field; one that the pattern matches, where one is given.
    fn event(&self, path: &str, names: &[&str], value: Value, pattern: Option<&Pattern>) -> Option<Example> {
        let there = standing(names, value);
        let condition = match pattern {
            Some(pattern) => {
                let mut condition = there.clone();
                condition["allOf"] = json!([translate(pattern, self.new.places())?.under]);
                condition
            }
            None => there.clone(),
        };
        let paths = pattern.into_iter().flat_map(Pattern::paths).chain([path]);
        let Found::Event(event) = find(self.new, &condition, paths) else { return None };
        match pattern {
            Some(pattern) => Example::confirm(event, self.new, pattern, true),
            None => Example::shows(event, self.new, |event| jsonschema::is_valid(&there, event)),
        }
    }
}

fn leaf() -> Value {
    json!({ "type": ["string", "number", "boolean", "null"] })
}

/// Events in which such a value stands at a field, or in a list at it.
fn standing(names: &[&str], value: Value) -> Value {
    // Each is said once, and spoken of twice.
    let at = |depth: usize| json!({ "$ref": format!("#/$defs/{depth}") });
    let or_listed = |depth| json!({ "anyOf": [at(depth), { "type": "array", "contains": at(depth) }] });
    let members = names.iter().enumerate().map(
        |(depth, name)| json!({ "type": "object", "properties": { *name: or_listed(depth + 1) }, "required": [*name] }),
    );
    let definitions: Map<String, Value> =
        members.chain([value]).enumerate().map(|(depth, schema)| (depth.to_string(), schema)).collect();
    json!({ "$ref": "#/$defs/0", "$defs": definitions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_at_a_field_or_in_lists_on_the_way() {
        let there = standing(&["a", "b"], json!({ "const": 1 }));
        for (event, expected) in [
            (json!({ "a": { "b": 1 } }), true),
            (json!({ "a": [{ "b": 2 }, { "b": [2, 1] }] }), true),
            (json!({ "a": { "b": 2 } }), false),
            (json!({ "a": 1 }), false),
            (json!([{ "a": { "b": 1 } }]), false),
        ] {
            assert_eq!(jsonschema::is_valid(&there, &event), expected, "{event}");
        }
        let text = |depth| standing(&vec!["a"; depth], json!({ "const": 1 })).to_string().len();
        assert!(text(40) < 50 * text(1));
    }
}
