//! Findings about the routing rules of a deployment.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::{CheckError, CheckErrorKind};
use super::finding::{Evidence, Finding, Subject};
use super::settings::Settings;
use crate::catalog::Catalog;
use crate::lifecycle::Stage;
use crate::name::EventType;
use crate::parallel::JobPanic;
use crate::pattern::{self, Pattern};
use crate::record::Published;
use crate::routing::source::{DeployedRule, RulePattern, Setting, SourceLocation, Target};
use crate::routing::{EventSet, RoutingFinding, RoutingFindingKind, RuleReach, RuleRef};

/// Checks routing rules against the events of the contract, as published and as written now.
pub(super) struct RuleChecker<'a> {
    settings: &'a Settings,
    before: Vec<EventSet>,
    now: Vec<EventSet>,
}

impl<'a> RuleChecker<'a> {
    /// Derives the events of all versions in use, and of all published versions.
    pub(super) fn new(settings: &'a Settings, catalog: &Catalog, published: &[Published]) -> Result<Self, CheckError> {
        let mut now = Vec::new();
        for present in catalog.types() {
            for version in present.versions() {
                if version.lifecycle().stage(settings.today) != Stage::Sunset {
                    let set = EventSet::for_version(present, version, &settings.envelope);
                    now.push(set.map_err(CheckErrorKind::EventSet)?);
                }
            }
        }
        let mut before = Vec::new();
        for version in published {
            if let Ok(name) = EventType::new(&*version.name) {
                let set = EventSet::for_payload(name, version.version, &version.writer, &settings.envelope);
                before.push(set.map_err(CheckErrorKind::EventSet)?);
            }
        }
        Ok(Self { settings, before, now })
    }

    pub(super) fn check(&self, rule: &DeployedRule) -> Vec<Finding> {
        let mut findings = self.lint(rule);
        match &rule.pattern {
            RulePattern::Known(pattern) => findings.extend(self.check_pattern(rule, pattern)),
            RulePattern::Unknown(values) => {
                for value in values {
                    let message = format!("the pattern is known only after deployment: {}", value.message);
                    let id = RoutingFindingKind::Undecided.id();
                    let finding = self.settings.finding(id, subject(rule, &value.location, None), message);
                    findings.extend(finding.map(|finding| finding.with_fingerprint(&value.message)));
                }
            }
            // A refused pattern has a lint finding, and a schedule matches no event.
            RulePattern::Refused { .. } | RulePattern::Schedule => {}
        }
        findings
    }

    /// Returns the finding about a rule whose check has panicked.
    pub(super) fn undecided(&self, rule: &DeployedRule, panic: &JobPanic) -> Option<Finding> {
        let id = RoutingFindingKind::Undecided.id();
        let finding = self.settings.finding(id, subject(rule, &rule.location, None), panic.to_string());
        finding.map(|finding| finding.with_fingerprint("panic"))
    }

    fn lint(&self, rule: &DeployedRule) -> Vec<Finding> {
        let text = match &rule.pattern {
            RulePattern::Known(pattern) => pattern.as_str(),
            RulePattern::Refused { text, .. } => text,
            RulePattern::Unknown(_) | RulePattern::Schedule => "",
        };
        let mut findings = Vec::new();
        let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (location, found) in rule.lint(&pattern::Settings::default()) {
            let (id, pointer) = (found.lint.id, &found.pointer);
            let count = counts.entry((id, pointer.to_string())).or_default();
            *count += 1;
            let detail = format!("{} {pointer} {count} {text}", location.file);
            let finding = self.settings.finding(id, subject(rule, &location, None), found.message);
            findings.extend(finding.map(|finding| finding.with_fingerprint(&detail)));
        }
        findings
    }

    fn check_pattern(&self, rule: &DeployedRule, pattern: &Pattern) -> Vec<Finding> {
        let rule_ref = RuleRef { name: &rule.name, pattern };
        if rule_ref.matches_only_aws_sources() {
            return Vec::new();
        }
        let reach = RuleReach::new(&rule.name, pattern, &self.now);
        let (mut found, mut undecided) = (Vec::from_iter(reach.finding()), Vec::new());
        let changes = reach.changes_since(&self.before);
        let stops_matching = |part: &RoutingFinding| {
            let is_same = |change: &RoutingFinding| {
                change.kind == RoutingFindingKind::StopsMatching && change.event_version == part.event_version
            };
            part.kind == RoutingFindingKind::OnlyOldVersions && changes.iter().any(is_same)
        };
        found.extend(reach.part_findings().into_iter().filter(|part| !stops_matching(part)));
        for (name, path) in rule.targets.iter().flat_map(Target::paths) {
            match path {
                Setting::Known(path) => {
                    let with_name = |path| format!("{name} {path}");
                    let findings = reach.check_path(path).into_iter();
                    found.extend(findings.map(|it| RoutingFinding { path: it.path.map(with_name), ..it }));
                }
                Setting::Unknown(why) => {
                    let message = format!("{name} is known only after deployment: {why}");
                    let id = RoutingFindingKind::Undecided.id();
                    let finding = self.settings.finding(id, subject(rule, &rule.location, None), message);
                    undecided.extend(finding.map(|finding| finding.with_fingerprint(name)));
                }
            }
        }
        found.extend(changes);
        let found = found.into_iter().filter_map(|found| self.finding(rule, pattern, found));
        found.chain(undecided).collect()
    }

    fn finding(&self, rule: &DeployedRule, pattern: &Pattern, found: RoutingFinding) -> Option<Finding> {
        let mut message = found.kind.title().trim_end_matches('.').to_owned();
        for more in [&found.path, &found.part, &found.reason].into_iter().flatten() {
            message = format!("{message}: {more}");
        }
        if let (RoutingFindingKind::StopsMatching, Some(event)) = (found.kind, &found.now) {
            let paths = failing_paths(pattern, event).join(", ");
            message = format!("{message}; in the event that is shown, it fails at {paths}");
        }
        let events = found.event_version.map(|(event_type, version)| (event_type.to_string(), version.to_string()));
        let mut finding = self.settings.finding(found.kind.id(), subject(rule, &rule.location, events), message)?;
        finding.evidence = match (found.before, found.now) {
            (None, None) => Evidence::None,
            (before, now) => Evidence::Events { before, now },
        };
        // Rules of one name in two files are two, and with another pattern it is another rule.
        let part = found.part.map(|part| format!(" {part}")).unwrap_or_default();
        Some(finding.with_fingerprint(&format!("{}{part} {pattern}", found.path.unwrap_or_default())))
    }
}

fn subject(rule: &DeployedRule, location: &SourceLocation, events: Option<(String, String)>) -> Subject {
    let (name, file) = (rule.name.clone(), location.file.clone());
    Subject::RoutingRule { name, file, line: location.line, events }
}

/// Returns the fields at which a pattern rejects an event, those of the alternative that fails at the fewest.
fn failing_paths(pattern: &Pattern, event: &Value) -> Vec<String> {
    let Ok(explanation) = pattern.explain(event) else { return Vec::new() };
    explanation.failed_conditions().iter().map(|condition| condition.path.clone()).collect()
}
