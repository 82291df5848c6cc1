//! The routing rules of a deployment, as readers of the contract.

use serde_json::Value;

use super::finding::Finding;
use super::run::{Check, CheckError, CheckErrorKind};
use crate::lifecycle::Stage;
use crate::name::EventType;
use crate::pattern::{self, Pattern, Settings};
use crate::record::Published;
use crate::routing::source::{DeployedRule, Place, RulePattern, Setting, Target};
use crate::routing::{Envelope, RoutedBy, RoutingFinding, RoutingFindingKind, Shape, ShapeError, Table, changes};

/// The events that rules are held against: as they were published, and as they are.
pub(super) struct Shapes {
    before: Vec<Shape>,
    now: Vec<Shape>,
}

impl Shapes {
    /// Those of versions that are in use, and all that is published.
    pub(super) fn of(check: &Check<'_>, published: &[Published]) -> Result<Self, CheckError> {
        let none = |error: ShapeError| CheckErrorKind::Shape(error);
        let envelope: &Envelope = &check.envelope;
        let mut now = Vec::new();
        for of in check.catalog.types() {
            for version in of.versions().iter().filter(|of| of.lifecycle().stage(check.today) != Stage::Sunset) {
                now.push(Shape::of(of, version, envelope).map_err(none)?);
            }
        }
        let mut before = Vec::new();
        for of in published {
            if let Ok(name) = EventType::new(&*of.name) {
                before.push(Shape::of_payload(name, of.version, &of.writer, envelope).map_err(none)?);
            }
        }
        Ok(Self { before, now })
    }

    /// What is wrong with a rule.
    pub(super) fn look(&self, check: &Check<'_>, rule: &DeployedRule) -> Vec<Finding> {
        let lints = rule.findings(&Settings::default());
        let mut findings: Vec<_> =
            lints.iter().filter_map(|(place, finding)| lint(check, rule, place, finding)).collect();
        match rule.pattern() {
            RulePattern::Known(pattern) => findings.extend(self.look_at(check, rule, pattern)),
            RulePattern::Unknown(values) => {
                for value in values {
                    let id = RoutingFindingKind::Undecided.id();
                    let message = format!("the pattern is known only when it is deployed: {}", value.why());
                    let finding = about(check, id, rule, value.place(), message);
                    findings.extend(finding.map(|finding| finding.seal(value.why())));
                }
            }
            // What is refused is a finding already, and a schedule matches no event.
            RulePattern::Refused { .. } | RulePattern::Schedule => {}
        }
        findings
    }

    fn look_at(&self, check: &Check<'_>, rule: &DeployedRule, pattern: &Pattern) -> Vec<Finding> {
        let routed = RoutedBy { name: rule.name(), pattern };
        if routed.is_of_aws() {
            return Vec::new();
        }
        let table = Table::new([routed], &self.now);
        let (mut found, mut unknown) = (table.findings(), Vec::new());
        for row in table.rows() {
            for (name, path) in rule.targets().iter().flat_map(Target::paths) {
                match path {
                    Setting::Known(path) => found.extend(row.read(path).into_iter().map(|finding| RoutingFinding {
                        path: finding.path.map(|path| format!("{name} {path}")),
                        ..finding
                    })),
                    Setting::Unknown(why) => {
                        let message = format!("{name} is known only when it is deployed: {why}");
                        let id = RoutingFindingKind::Undecided.id();
                        unknown.extend(about(check, id, rule, rule.place(), message).map(|finding| finding.seal(name)));
                    }
                }
            }
        }
        found.extend(changes([routed], &self.before, &self.now));
        let found = found.into_iter().filter_map(|found| routing(check, rule, pattern, found));
        found.chain(unknown).collect()
    }
}

fn routing(check: &Check<'_>, rule: &DeployedRule, pattern: &Pattern, found: RoutingFinding) -> Option<Finding> {
    let id = found.kind.id();
    let mut message = found.kind.title().trim_end_matches('.').to_owned();
    if let Some(path) = &found.path {
        message = format!("{message}: {path}");
    }
    if let Some(reason) = &found.reason {
        message = format!("{message}: {reason}");
    }
    if let (RoutingFindingKind::DeadRule | RoutingFindingKind::StopsMatching, Some(event)) = (found.kind, &found.now) {
        let failing = failing(pattern, event.event());
        message = format!("{message}; in the event that is shown, it fails at {}", failing.join(", "));
    }
    let mut finding = about(check, id, rule, rule.place(), message)?;
    if let Some((of, version)) = &found.shape {
        finding.event_type = Some(of.to_string());
        finding.writer = Some(version.to_string());
    }
    finding.event_before = found.before.map(crate::routing::Example::into_event);
    finding.event = found.now.map(crate::routing::Example::into_event);
    // Rules of one name in two files are two, and with another pattern it is another rule.
    Some(finding.seal(&format!("{} {pattern}", found.path.unwrap_or_default())))
}

/// Where a pattern does not match an event: the fields of the way that comes nearest.
fn failing(pattern: &Pattern, event: &Value) -> Vec<String> {
    pattern
        .explain(event)
        .map_or_else(|_| Vec::new(), |why| why.failed_conditions().iter().map(|it| it.path.clone()).collect())
}

fn lint(check: &Check<'_>, rule: &DeployedRule, place: &Place, finding: &pattern::LintFinding) -> Option<Finding> {
    let found = about(check, finding.lint.id, rule, place, finding.message.clone())?;
    Some(found.seal(&format!("{} {} {}", place.file(), finding.pointer, finding.message)))
}

fn about(check: &Check<'_>, id: &'static str, rule: &DeployedRule, place: &Place, message: String) -> Option<Finding> {
    check.finding(id, message).map(|mut finding| {
        finding.routing_rule = Some(rule.name().to_owned());
        finding.file = Some(place.file().to_owned());
        finding.line = Some(place.line());
        finding
    })
}
