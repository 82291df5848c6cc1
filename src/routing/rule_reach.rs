//! Reach of one rule over all versions of all types.

use serde_json::Value;

use super::event_set::EventSet;
use super::finding::{RoutingFinding, RoutingFindingKind};
use super::reach::{Example, Reach};
use super::target_path::TargetPath;
use crate::pattern::Pattern;

/// The name and the pattern of a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleRef<'a> {
    /// The name in findings.
    pub name: &'a str,
    /// The pattern of the rule.
    pub pattern: &'a Pattern,
}

/// The events of each set that one rule matches.
///
/// ```
/// use event_contract::contract;
/// use event_contract::pattern::Pattern;
/// use event_contract::routing::{EnvelopeConstraints, EventSet, RuleReach, RuleRef};
///
/// let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
/// let pattern = Pattern::parse(r#"{"detail-type": ["OrderCreated"]}"#)?;
/// let reach = RuleReach::new(RuleRef { name: "orders", pattern: &pattern }, &sets);
/// assert_eq!(reach.finding().unwrap().to_string(), "dead-rule: rule \"orders\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RuleReach<'a> {
    rule: RuleRef<'a>,
    reaches: Vec<(&'a EventSet, Reach)>,
}

impl RuleRef<'_> {
    /// Returns true if the rule is for events of AWS services only: its sources begin with `aws.`, which is reserved, so no
    /// contract has such events.
    pub(crate) fn matches_only_aws_sources(&self) -> bool {
        let pattern = serde_json::from_str::<Value>(self.pattern.as_str());
        let sources = pattern.ok().and_then(|mut pattern| Some(pattern.get_mut("source")?.take()));
        // The start of a source decides.
        let start = |source: &Value| match source {
            Value::Object(_) => source["prefix"].as_str().or_else(|| source["wildcard"].as_str()).map(str::to_owned),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                source.as_str().map(str::to_owned)
            }
        };
        let is_aws = |source: &Value| start(source).is_some_and(|start| start.starts_with("aws."));
        sources.as_ref().and_then(Value::as_array).is_some_and(|sources| sources.iter().all(is_aws))
    }
}

impl<'a> RuleReach<'a> {
    /// Decides the reach of a rule in each set.
    pub fn new(rule: RuleRef<'a>, sets: &'a [EventSet]) -> Self {
        Self { rule, reaches: sets.iter().map(|set| (set, set.reach(rule.pattern))).collect() }
    }

    /// Returns each set with the reach of the rule in it.
    pub fn reaches(&self) -> &[(&'a EventSet, Reach)] {
        &self.reaches
    }

    /// Returns a finding if the rule matches no event of any set, or if that is undecided.
    pub fn finding(&self) -> Option<RoutingFinding> {
        if self.reaches.iter().all(|(_, reach)| reach.is_never()) {
            // The rule was probably written for the event that fails the fewest conditions.
            let failed = |missed: &&Example| {
                let explanation = self.rule.pattern.explain(missed.event());
                explanation.map_or(usize::MAX, |explanation| explanation.failed_conditions().len())
            };
            let missed = self.reaches.iter().filter_map(|(_, reach)| reach.missed()).min_by_key(failed);
            return Some(self.new_finding(RoutingFindingKind::DeadRule).with_examples(None, missed));
        }
        if self.reaches.iter().any(|(_, reach)| reach.matched().is_some() || reach.is_always()) {
            return None;
        }
        self.reaches.iter().find_map(|(set, reach)| match reach {
            Reach::Undecided { reason, .. } => {
                Some(self.new_finding(RoutingFindingKind::Undecided).in_set(set).with_reason(reason))
            }
            Reach::Never { .. } | Reach::Sometimes { .. } | Reach::Always { .. } => None,
        })
    }

    /// Checks that a path of a target of the rule exists in the events that the rule matches.
    ///
    /// Returns one finding if it exists in none of them, and otherwise at most one for each set.
    pub fn check_path(&self, path: &str) -> Vec<RoutingFinding> {
        let finding = |kind| self.new_finding(kind).at_path(path);
        let path: TargetPath = match path.parse() {
            Ok(path) => path,
            Err(error) => {
                return vec![finding(RoutingFindingKind::PathUnreadable).with_reason(&error.to_string())];
            }
        };
        let reachable = self.reaches.iter().filter(|(_, reach)| !reach.is_never());
        let answers: Vec<_> =
            reachable.map(|(set, _)| (*set, set.path_reach(&path, Some(self.rule.pattern)))).collect();
        if !answers.is_empty() && answers.iter().all(|(_, reach)| reach.is_never()) {
            let missed = answers.iter().find_map(|(_, reach)| reach.missed());
            return vec![finding(RoutingFindingKind::PathNeverThere).with_examples(None, missed)];
        }
        let may_be_missing = |set: &EventSet, missed: &Example| {
            finding(RoutingFindingKind::PathMayBeMissing).in_set(set).with_examples(None, Some(missed))
        };
        answers
            .iter()
            .filter_map(|(set, reach)| match reach {
                Reach::Always { .. } | Reach::Never { missed: None } => None,
                Reach::Never { missed: Some(missed) }
                | Reach::Sometimes { missed, .. }
                | Reach::Undecided { missed: Some(missed), .. } => Some(may_be_missing(set, missed)),
                Reach::Undecided { reason, missed: None, .. } => {
                    Some(finding(RoutingFindingKind::Undecided).in_set(set).with_reason(reason))
                }
            })
            .collect()
    }

    fn new_finding(&self, kind: RoutingFindingKind) -> RoutingFinding {
        RoutingFinding::new(kind, self.rule.name)
    }
}
