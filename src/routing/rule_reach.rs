//! Reach of one rule over all versions of all types.

use serde_json::Value;

use super::event_set::EventSet;
use super::field::FieldNames;
use super::finding::{RoutingFinding, RoutingFindingKind};
use super::part;
use super::reach::Reach;
use super::target_path::TargetPath;
use crate::pattern::Pattern;

/// The name and the pattern of a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleRef<'a> {
    /// The name in findings.
    pub(crate) name: &'a str,
    /// The pattern of the rule.
    pub(crate) pattern: &'a Pattern,
}

/// The events of each set that one rule matches.
///
/// ```
/// use event_contract::contract;
/// use event_contract::pattern::Pattern;
/// use event_contract::routing::{EnvelopeConstraints, EventSet, RuleReach};
///
/// let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
/// let pattern = Pattern::parse(r#"{"detail-type": ["OrderCreated"]}"#)?;
/// let reach = RuleReach::new("orders", &pattern, &sets);
/// assert_eq!(
///     reach.finding().unwrap().to_string(),
///     "dead-rule: rule \"orders\": no event has detail-type [\"OrderCreated\"]; did you mean \"Order.Created\"?",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RuleReach<'a> {
    rule: RuleRef<'a>,
    sets: &'a [EventSet],
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
    /// Decides the reach of a rule in each set. Findings have the name of the rule.
    pub fn new(name: &'a str, pattern: &'a Pattern, sets: &'a [EventSet]) -> Self {
        let rule = RuleRef { name, pattern };
        Self { rule, sets, reaches: sets.iter().map(|set| (set, set.reach(rule.pattern))).collect() }
    }

    pub(crate) fn rule(&self) -> RuleRef<'a> {
        self.rule
    }

    pub(super) fn sets(&self) -> &'a [EventSet] {
        self.sets
    }

    /// Returns each set with the reach of the rule in it.
    pub fn reaches(&self) -> &[(&'a EventSet, Reach)] {
        &self.reaches
    }

    /// Returns a finding if the rule matches no event of any set, or if that is undecided.
    pub fn finding(&self) -> Option<RoutingFinding> {
        if self.reaches.iter().all(|(_, reach)| reach.is_never()) {
            // The rule was probably written for the event that fails the fewest conditions.
            let failed = |missed: &&Value| {
                let explanation = self.rule.pattern.explain(*missed);
                explanation.map_or(usize::MAX, |explanation| explanation.failed_conditions().len())
            };
            let missed = self.reaches.iter().filter_map(|(_, reach)| reach.missed()).min_by_key(failed);
            let finding = self.new_finding(RoutingFindingKind::DeadRule);
            let sets: Vec<&EventSet> = self.reaches.iter().map(|(set, _)| *set).collect();
            return Some(match part::blame(self.rule.pattern, &sets) {
                Some(blame) => {
                    finding.with_examples(None, blame.example.as_ref().or(missed)).with_reason(&blame.reason)
                }
                None => finding.with_examples(None, missed),
            });
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

    /// Finds parts of a rule without effect, and the types that it matches in old versions only.
    ///
    /// The parts are values, operators and branches of `$or` that match no event, an `exists: false` that always holds, and
    /// values that an `anything-but` excludes and no event has. A rule that matches no event at all has no such findings.
    ///
    /// ```
    /// use event_contract::contract;
    /// use event_contract::pattern::Pattern;
    /// use event_contract::routing::{EnvelopeConstraints, EventSet, RuleReach};
    ///
    /// let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
    /// let pattern = Pattern::parse(r#"{"detail-type": ["Order.Created", "Order.Udpated"]}"#)?;
    /// let reach = RuleReach::new("orders", &pattern, &sets);
    /// assert_eq!(
    ///     reach.part_findings()[0].to_string(),
    ///     "dead-part: rule \"orders\", at detail-type \"Order.Udpated\": no event has this; did you mean \"Order.Updated\"?",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn part_findings(&self) -> Vec<RoutingFinding> {
        part::find_parts(self.rule.name, self.rule.pattern, &self.reaches)
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
            let sets: Vec<&EventSet> = answers.iter().map(|(set, _)| *set).collect();
            let reason =
                format!("no event of {} has it{}", list(&sets), similar_path(&path, &sets).unwrap_or_default());
            return vec![finding(RoutingFindingKind::PathNeverThere).with_examples(None, missed).with_reason(&reason)];
        }
        let is_newest = |set: &EventSet| {
            let versions = self.reaches.iter().filter(|(other, _)| other.event_type() == set.event_type());
            versions.map(|(other, _)| other.version()).max() == Some(set.version())
        };
        let may_be_missing = |set: &EventSet, missed: &Value| {
            finding(RoutingFindingKind::PathMayBeMissing).in_set(set).with_examples(None, Some(missed))
        };
        answers
            .iter()
            .filter_map(|(set, reach)| match reach {
                Reach::Never { missed } if is_newest(set) => {
                    let similar = similar_path(&path, &[set]).unwrap_or_default();
                    let finding = finding(RoutingFindingKind::PathNeverThere).in_set(set);
                    Some(finding.with_examples(None, missed.as_ref()).with_reason(&format!("no event has it{similar}")))
                }
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

/// Maximum number of types and versions in a message.
const MAX_NAMED: usize = 5;

/// Lists types and versions.
fn list(sets: &[&EventSet]) -> String {
    let mut names: Vec<String> = sets.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    if sets.len() > MAX_NAMED {
        names.push(format!("{} more", sets.len() - MAX_NAMED));
    }
    names.join(", ")
}

/// Returns advice about a path of names that no event has.
fn similar_path(path: &TargetPath, sets: &[&EventSet]) -> Option<String> {
    let names = path.to_string().strip_prefix("$.")?.to_owned();
    Some(format!("; did you mean $.{}?", FieldNames::new(sets).nearest(&names)?))
}
