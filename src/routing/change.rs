//! Effect of a change of the contract on rules.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::event_set::EventSet;
use super::finding::{RoutingFinding, RoutingFindingKind};
use super::reach::{Reach, confirm, confirm_match};
use super::rule_reach::{RuleReach, RuleRef};
use super::search::{SearchResult, find_event};
use super::translation::translate;
use crate::pattern::Pattern;

impl RuleReach<'_> {
    /// Finds the differences that a change of the contract makes for the rule: from these sets to those of the reach.
    ///
    /// A version is compared with the same version before, or with the newest older one: the next version of a writer with
    /// its last. New types are not compared.
    ///
    /// ```
    /// use event_contract::contract;
    /// use event_contract::pattern::Pattern;
    /// use event_contract::routing::{EnvelopeConstraints, EventSet, RuleReach};
    ///
    /// let now = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
    /// // The contract before version 3 of `Order.Created`, which renamed `createdAt`.
    /// let mut before = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
    /// before.retain(|set| set.version().get() < 3);
    /// let pattern = Pattern::parse(
    ///     r#"{"detail-type": ["Order.Created"], "detail": {"data": {"createdAt": [{"exists": true}]}}}"#,
    /// )?;
    /// let findings = RuleReach::new("orders", &pattern, &now).changes_since(&before);
    /// assert_eq!(findings[0].to_string(), "stops-matching: rule \"orders\", Order.Created v3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changes_since(&self, before: &[EventSet]) -> Vec<RoutingFinding> {
        let (rule, now) = (self.rule(), self.sets());
        let mut findings = Vec::new();
        for new in now {
            if let Some(old) = predecessor(new, before).filter(|old| old.schema() != new.schema()) {
                Change { rule, old, new }.push_findings(&mut findings);
            }
        }
        let is_gone = |old: &&EventSet| !now.iter().any(|new| new.event_type() == old.event_type());
        for old in before.iter().filter(is_gone) {
            let reach = old.reach(rule.pattern);
            if let Some(matched) = reach.matched() {
                let finding = RoutingFinding::new(RoutingFindingKind::TypeGone, rule.name);
                findings.push(finding.in_set(old).with_examples(Some(matched), None));
            }
        }
        findings
    }
}

fn predecessor<'s>(new: &EventSet, before: &'s [EventSet]) -> Option<&'s EventSet> {
    before
        .iter()
        .filter(|old| old.event_type() == new.event_type() && old.version() <= new.version())
        .max_by_key(|old| old.version())
}

struct Change<'a, 's> {
    rule: RuleRef<'a>,
    old: &'s EventSet,
    new: &'s EventSet,
}

impl Change<'_, '_> {
    fn push_findings(&self, findings: &mut Vec<RoutingFinding>) {
        let (old, new) = (self.old.reach(self.rule.pattern), self.new.reach(self.rule.pattern));
        findings.extend(self.compare_reaches(&old, &new));
        if old.matched().is_none() && new.matched().is_none() {
            // The rule matches neither the old events nor the new ones.
            return;
        }
        let distinct = |paths: &mut dyn Iterator<Item = &str>| paths.map(str::to_owned).collect::<BTreeSet<String>>();
        for path in distinct(&mut self.rule.pattern.paths()) {
            findings.extend(self.compare_kinds(&path));
        }
        if new.matched().is_some() {
            for path in distinct(&mut self.rule.pattern.anything_but_paths()) {
                findings.extend(self.find_new_value(&path));
            }
        }
        for path in distinct(&mut self.rule.pattern.absent_paths()) {
            findings.extend(self.find_new_field(&path));
        }
    }

    fn new_finding(&self, kind: RoutingFindingKind) -> RoutingFinding {
        RoutingFinding::new(kind, self.rule.name).in_set(self.new)
    }

    fn compare_reaches(&self, old: &Reach, new: &Reach) -> Option<RoutingFinding> {
        use RoutingFindingKind as Kind;
        let kind = match (old, new) {
            (Reach::Never { .. }, Reach::Never { .. })
            | (Reach::Sometimes { .. }, Reach::Sometimes { .. })
            | (Reach::Always { .. }, Reach::Always { .. }) => return None,
            (old, Reach::Never { .. }) if old.matched().is_some() || old.is_always() => Kind::StopsMatching,
            (Reach::Never { .. }, new) if new.matched().is_some() || new.is_always() => Kind::StartsMatching,
            (Reach::Always { .. }, new) if new.missed().is_some() => Kind::MatchesFewer,
            (old, Reach::Always { .. }) if old.missed().is_some() => Kind::MatchesAll,
            (Reach::Undecided { reason, .. }, _) | (_, Reach::Undecided { reason, .. }) => {
                return Some(self.new_finding(Kind::Undecided).with_reason(reason));
            }
            (Reach::Never { .. } | Reach::Sometimes { .. } | Reach::Always { .. }, _) => return None,
        };
        let matches_less = matches!(kind, Kind::StopsMatching | Kind::MatchesFewer);
        let (before, now) = if matches_less { (old.matched(), new.missed()) } else { (old.missed(), new.matched()) };
        Some(self.new_finding(kind).with_examples(before, now))
    }

    /// Reports a primitive value in the place of an object, or the reverse.
    fn compare_kinds(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let kinds = |set: &EventSet| {
            let navigator = set.event_schema().navigator();
            navigator.kinds(&navigator.values_at_path(&names))
        };
        let (old, new) = (kinds(self.old), kinds(self.new));
        if old.primitive && !old.object && new.object {
            let now = self.find_example(path, &names, json!({ "type": "object" }), None)?;
            let finding = self.new_finding(RoutingFindingKind::LeafBecameObject);
            return Some(finding.at_path(path).with_examples(None, Some(&now)));
        }
        if old.object && !old.primitive && new.primitive && !new.object {
            let now = self.find_example(path, &names, primitive(), None)?;
            let finding = self.new_finding(RoutingFindingKind::ObjectBecameLeaf);
            return Some(finding.at_path(path).with_examples(None, Some(&now)));
        }
        None
    }

    /// Reports a value that the old events could not have and that the rule accepts.
    fn find_new_value(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let values = |set: &'_ EventSet, known: bool| -> Option<Vec<Value>> {
            let navigator = set.event_schema().navigator();
            let values = navigator.primitive_values(&navigator.values_at_path(&names), known)?;
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
        let now = self.find_example(path, &names, wanted, Some(self.rule.pattern))?;
        let finding = self.new_finding(RoutingFindingKind::NewValueLetThrough);
        Some(finding.at_path(path).with_examples(None, Some(&now)))
    }

    /// Reports a field that the rule requires to be absent, that no old event had, and that a new event has.
    fn find_new_field(&self, path: &str) -> Option<RoutingFinding> {
        let names: Vec<&str> = path.split('.').collect();
        let may_have_value = |set: &EventSet| {
            let navigator = set.event_schema().navigator();
            navigator.kinds(&navigator.values_at_path(&names)).primitive
        };
        if may_have_value(self.old) || !may_have_value(self.new) {
            return None;
        }
        let now = self.find_example(path, &names, primitive(), None)?;
        let finding = self.new_finding(RoutingFindingKind::FieldBegins);
        Some(finding.at_path(path).with_examples(None, Some(&now)))
    }

    /// Finds a new event with a value of a schema at a field; one that the pattern matches, if there is a pattern.
    fn find_example(&self, path: &str, names: &[&str], value: Value, pattern: Option<&Pattern>) -> Option<Value> {
        let schema = self.new.event_schema();
        let has_value = value_at_path(names, value);
        let condition = match pattern {
            Some(pattern) => {
                let mut condition = has_value.clone();
                condition["allOf"] = json!([translate(pattern, schema.navigator())?.under]);
                condition
            }
            None => has_value.clone(),
        };
        let paths = pattern.into_iter().flat_map(Pattern::paths).chain([path]);
        let SearchResult::Event(event) = find_event(schema, &condition, paths) else { return None };
        match pattern {
            Some(pattern) => confirm_match(event, schema, pattern, true),
            None => confirm(event, schema, |event| jsonschema::is_valid(&has_value, event)),
        }
    }
}

/// Returns the schema of Strings, Numbers, Booleans and Null.
fn primitive() -> Value {
    json!({ "type": ["string", "number", "boolean", "null"] })
}

/// Returns the schema of events with a value of a schema at a path, or in an array there or on the way.
///
/// Each level is a definition with two references to it, so that the size is linear in the length of the path.
fn value_at_path(names: &[&str], value: Value) -> Value {
    let level = |depth: usize| json!({ "$ref": format!("#/$defs/{depth}") });
    let level_or_array = |depth| json!({ "anyOf": [level(depth), { "type": "array", "contains": level(depth) }] });
    let levels = names.iter().enumerate().map(|(depth, name)| {
        json!({ "type": "object", "properties": { *name: level_or_array(depth + 1) }, "required": [*name] })
    });
    let definitions: Map<String, Value> =
        levels.chain([value]).enumerate().map(|(depth, schema)| (depth.to_string(), schema)).collect();
    json!({ "$ref": "#/$defs/0", "$defs": definitions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_a_path_may_be_in_arrays() {
        let schema = value_at_path(&["a", "b"], json!({ "const": 1 }));
        for (event, expected) in [
            (json!({ "a": { "b": 1 } }), true),
            (json!({ "a": [{ "b": 2 }, { "b": [2, 1] }] }), true),
            (json!({ "a": { "b": 2 } }), false),
            (json!({ "a": 1 }), false),
            (json!([{ "a": { "b": 1 } }]), false),
        ] {
            assert_eq!(jsonschema::is_valid(&schema, &event), expected, "{event}");
        }
        let length = |depth| value_at_path(&vec!["a"; depth], json!({ "const": 1 })).to_string().len();
        assert!(length(40) < 50 * length(1));
    }
}
