//! The inputs of the base, and the findings about what a change removes from them.
//!
//! Without them, a change could break a consumer and delete its statement at the same time.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::consumer::Consumer;
use super::finding::{Finding, Subject};
use super::input::{ComparedInput, InputKind, InputOrigin};
use super::policy::Policy;
use super::rule::CheckRule;
use super::settings::Settings;
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::record::{Files, LockChange, RecordError, SunsetChange, compare_locks};
use crate::routing::EnvelopeConstraints;
use crate::routing::source::{DeployedRule, RulePattern};

/// The consumers, routing rules and configuration of the revision that a check compares with.
///
/// Removing one of them is a finding, and the statements that it removes or changes are checked as well.
///
/// ```
/// use event_contract::check::{BaseInputs, Check, Consumer};
/// # let catalog = event_contract::contract::catalog()?;
/// # let published = event_contract::check::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
/// # let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
///
/// let billing = Consumer::new("billing").reads_schema("Order.Created", serde_json::json!({"type": "object"}));
/// let base = BaseInputs::default().consumers([billing]);
/// let report = Check::new(&catalog, &published, today).base(base).run()?;
/// assert!(report.findings.iter().any(|finding| finding.rule == "consumer-removed"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct BaseInputs {
    pub(super) consumers: Vec<Consumer>,
    pub(super) rules: Vec<DeployedRule>,
    pub(super) configuration: Option<(Policy, EnvelopeConstraints)>,
}

impl BaseInputs {
    /// Sets the consumers.
    #[must_use]
    pub fn consumers(self, consumers: impl IntoIterator<Item = Consumer>) -> Self {
        Self { consumers: consumers.into_iter().map(Consumer::at_base).collect(), ..self }
    }

    /// Sets the routing rules.
    #[must_use]
    pub fn rules(self, rules: impl IntoIterator<Item = DeployedRule>) -> Self {
        Self { rules: rules.into_iter().collect(), ..self }
    }

    /// Sets the policy and the possible envelopes.
    ///
    /// The policy of the base decides on the severity of the findings about removed inputs: a change cannot disable the
    /// rules that report it.
    #[must_use]
    pub fn configuration(self, policy: Policy, envelope: EnvelopeConstraints) -> Self {
        Self { configuration: Some((policy, envelope)), ..self }
    }

    /// Returns the consumers with the statements that the head does not have, or has in another form.
    pub(super) fn changed_statements(&self, head: &[Consumer]) -> Vec<Consumer> {
        let changed = self.consumers.iter().map(|base| {
            let now = head.iter().find(|consumer| consumer.name() == base.name());
            base.without_statements_of(now)
        });
        changed.filter(|consumer| consumer.event_types().next().is_some()).collect()
    }
}

/// The base and the head of a check.
pub(super) struct BaseComparison<'a> {
    pub(super) settings: &'a Settings,
    pub(super) base: &'a BaseInputs,
    pub(super) consumers: &'a [Consumer],
    pub(super) rules: &'a [DeployedRule],
    pub(super) inputs: &'a [ComparedInput],
}

impl BaseComparison<'_> {
    /// Returns the findings about inputs that the head does not have, or has in another form.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.consumer_findings();
        findings.extend(self.rule_findings());
        findings.extend(self.configuration_findings());
        findings
    }

    /// Returns a finding with the severity that the base gives to its rule.
    fn finding(&self, rule: CheckRule, subject: Subject, message: String, detail: &str) -> Option<Finding> {
        Some(base_settings(self.settings, self.base).finding(rule.id(), subject, message)?.with_fingerprint(detail))
    }

    fn consumer_findings(&self) -> Vec<Finding> {
        let folder = self.path(InputKind::Consumers, InputOrigin::Head).unwrap_or("consumers");
        let mut findings = Vec::new();
        for base in self.base.changed_statements(self.consumers) {
            let now = self.consumers.iter().find(|consumer| consumer.name() == base.name());
            for event_type in base.event_types() {
                let paths: Vec<_> =
                    base.changed_files(event_type, now).into_iter().map(|path| format!("{folder}/{path}")).collect();
                let (name, paths) = (base.name(), paths.join(", "));
                let is_removed = now.is_none_or(|now| now.event_types().all(|other| other != event_type));
                let (rule, message) = if is_removed {
                    let message = format!("{name} no longer states that it reads {event_type}: {paths} was removed");
                    (CheckRule::ConsumerRemoved, message)
                } else {
                    let message = format!("the statement of {name} about {event_type} was changed: {paths}");
                    (CheckRule::InputChanged, message)
                };
                let subject = Subject::Consumer { event_type: event_type.to_owned(), name: name.to_owned() };
                findings.extend(self.finding(rule, subject, message, &paths));
            }
        }
        findings
    }

    fn rule_findings(&self) -> Vec<Finding> {
        let head: BTreeSet<_> = self.rules.iter().map(definition).collect();
        let names: BTreeSet<_> = self.rules.iter().map(|rule| &*rule.name).collect();
        let mut findings = Vec::new();
        for base in &self.base.rules {
            let definition = definition(base);
            if head.contains(&definition) {
                continue;
            }
            let (name, file, line) = (base.name.clone(), base.location.file.clone(), base.location.line);
            let (rule, what) = if names.contains(&*name) {
                (CheckRule::InputChanged, "was changed")
            } else {
                (CheckRule::RuleRemoved, "was removed")
            };
            let message = format!("the routing rule {name} of {file} {what}");
            let subject = Subject::RoutingRule { name, file, line, events: None };
            findings.extend(self.finding(rule, subject, message, &definition));
        }
        findings
    }

    fn configuration_findings(&self) -> Vec<Finding> {
        let base_path = self.path(InputKind::Configuration, InputOrigin::Base);
        let head_path = self.path(InputKind::Configuration, InputOrigin::Head);
        let path = head_path.or(base_path).unwrap_or("event-contract.toml");
        let mut weakened = Vec::new();
        if base_path.is_some() && head_path.is_none() {
            weakened.push(format!("{path} was removed"));
        }
        let default = Default::default();
        let (policy, envelope) = self.base.configuration.as_ref().unwrap_or(&default);
        weakened.extend(policy.find_weakened(&self.settings.policy).into_iter().map(|what| format!("{path}: {what}")));
        if *envelope != self.settings.envelope {
            weakened.push(format!("{path}: the possible envelopes were changed"));
        }
        let mut rule = CheckRule::ConfigWeakened;
        if weakened.is_empty() && *policy != self.settings.policy {
            rule = CheckRule::InputChanged;
            weakened.push(format!("{path} was changed"));
        }
        let finding = |message: String| self.finding(rule, Subject::Contract, message.clone(), &message);
        weakened.into_iter().filter_map(finding).collect()
    }

    fn path(&self, kind: InputKind, origin: InputOrigin) -> Option<&str> {
        self.inputs.iter().find(|input| input.kind == kind && input.origin == origin)?.path.as_deref()
    }
}

/// Compares the record of the head with that of the base: the head keeps every lock and every locked file.
///
/// A sunset of the index may differ only if its type declares it. Otherwise, a change to the index alone would decide by which
/// day the next change is judged.
pub(super) fn find_lock_changes(
    settings: &Settings,
    base: Option<&BaseInputs>,
    catalog: &Catalog,
    published: &Files,
    head: &Files,
) -> Result<Vec<Finding>, RecordError> {
    let settings = base.map_or_else(|| settings.clone(), |base| base_settings(settings, base));
    let comparison = compare_locks(published, head)?;
    let undeclared = |change: &SunsetChange| {
        let day = |sunset: Option<NaiveDate>| sunset.map_or_else(|| "none".to_owned(), |day| day.to_string());
        let versions = catalog.types().iter().filter(|of| of.name().as_str() == change.event_type);
        let mut versions = versions.flat_map(CatalogType::versions);
        let declared = versions.find(|one| one.version() == change.version).map(CatalogVersion::lifecycle);
        let declared = declared.and_then(|lifecycle| lifecycle.sunset);
        let (name, found) = (format!("{} {}", change.event_type, change.version), day(change.sunset));
        let message =
            format!("index.json: sunset of {name}: expected {}, found {found}: write the schemas", day(declared));
        let version = Some((change.event_type.clone(), change.version));
        (declared != change.sunset).then_some(LockChange { version, message })
    };
    let undeclared: Vec<_> = comparison.sunsets.iter().filter_map(undeclared).collect();
    let mut findings = Vec::new();
    for LockChange { version, message } in comparison.changes.into_iter().chain(undeclared) {
        let subject = match version {
            None => Subject::Contract,
            Some((event_type, version)) => Subject::Type { event_type, version: Some(version.to_string()) },
        };
        let finding = settings.finding(CheckRule::LockChanged.id(), subject, message.clone());
        findings.extend(finding.map(|finding| finding.with_fingerprint(&message)));
    }
    for modified in comparison.modified {
        let finding = settings.finding(CheckRule::RecordModified.id(), Subject::Contract, modified.to_string());
        findings.extend(finding.map(|finding| finding.with_fingerprint(modified.path())));
    }
    Ok(findings)
}

/// Returns the settings with the policy of the base.
fn base_settings(settings: &Settings, base: &BaseInputs) -> Settings {
    let policy = base.configuration.as_ref().map(|(policy, _)| policy.clone()).unwrap_or_default();
    Settings { policy, ..settings.clone() }
}

/// Returns everything that a rule declares, without its place.
fn definition(rule: &DeployedRule) -> String {
    let DeployedRule { name, bus, state, pattern, targets, .. } = rule;
    let pattern = match pattern {
        RulePattern::Known(pattern) => pattern.as_str(),
        RulePattern::Refused { text, .. } => text,
        RulePattern::Unknown(values) => &values.iter().map(|value| &*value.message).collect::<Vec<_>>().join(" "),
        RulePattern::Schedule => "",
    };
    format!("{name} {bus:?} {state:?} {pattern} {targets:?}")
}
