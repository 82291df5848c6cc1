//! Runs a check.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use eventbridge_pattern::spelling::nearest;

use super::base::{BaseComparison, BaseInputs, find_lock_changes};
use super::change::raise_to_major;
use super::consumer::Consumer;
use super::error::{CheckError, CheckErrorKind};
use super::finding::{Finding, Subject};
use super::history::checked_types;
use super::ignore::remove_place;
use super::input::{ComparedInput, InputKind, InputOrigin};
use super::matrix::{self, TypeReport};
use super::policy::{Policy, Waiver};
use super::report::{CellVerdict, Change, ConsumedType, ConsumerStatus, Matrix, Outcome, Report};
use super::routes::RuleChecker;
use super::rule::{self, CheckRule};
use super::settings::Settings;
use crate::catalog::{Catalog, TypeLocation};
use crate::parallel;
use crate::record::{Files, count_versions, published};
use crate::routing::EnvelopeConstraints;
use crate::routing::source::DeployedRule;

/// A check of a catalog against its published versions: can every reader read every event that it may receive?
#[derive(Debug, Clone)]
#[must_use = "a check does nothing until `run`"]
pub struct Check<'a> {
    catalog: &'a Catalog,
    published: &'a Files,
    against: String,
    consumers: Vec<Consumer>,
    rules: Vec<DeployedRule>,
    settings: Settings,
    head_record: Option<&'a Files>,
    base: Option<BaseInputs>,
    inputs: Vec<ComparedInput>,
}

impl<'a> Check<'a> {
    /// Creates a check of a catalog against the files of a [record](crate::record), for the lifecycles and waivers of a
    /// day.
    pub fn new(catalog: &'a Catalog, published: &'a Files, today: NaiveDate) -> Self {
        Self {
            catalog,
            published,
            against: "the published record".to_owned(),
            consumers: Vec::new(),
            rules: Vec::new(),
            settings: Settings::new(today),
            head_record: None,
            base: None,
            inputs: Vec::new(),
        }
    }

    /// Sets the name of the record in reports.
    pub fn against(self, name: impl Into<String>) -> Self {
        Self { against: name.into(), ..self }
    }

    /// Sets the consumers.
    pub fn consumers(self, consumers: impl IntoIterator<Item = Consumer>) -> Self {
        Self { consumers: consumers.into_iter().collect(), ..self }
    }

    /// Sets the routing rules. Each is checked against the events of all versions in use, and against the published ones.
    pub fn rules(self, rules: impl IntoIterator<Item = DeployedRule>) -> Self {
        Self { rules: rules.into_iter().collect(), ..self }
    }

    /// Sets the possible envelopes of events, for the routing rules.
    pub fn envelope(mut self, envelope: EnvelopeConstraints) -> Self {
        self.settings.envelope = envelope;
        self
    }

    /// Sets severities, waivers and ignored places.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Sets the files of the record in the revision that is checked, where the check compares with that of another one.
    /// They must hold every lock of the other record.
    pub fn head_record(self, files: &'a Files) -> Self {
        Self { head_record: Some(files), ..self }
    }

    /// Sets the other inputs of the revision that the check compares with.
    pub fn base(self, base: BaseInputs) -> Self {
        Self { base: Some(base), ..self }
    }

    /// Sets the paths of the inputs, for the report.
    #[cfg(feature = "cli")]
    pub(crate) fn inputs(self, inputs: impl IntoIterator<Item = ComparedInput>) -> Self {
        Self { inputs: inputs.into_iter().collect(), ..self }
    }

    /// Sets that consumers which do not declare it reject strings that do not have the `format` of their schema. By default,
    /// such a consumer must accept what is written whether it does or not. Rust types always do.
    pub fn assert_formats(mut self, assert: bool) -> Self {
        self.settings.assert_formats = assert;
        self
    }

    /// Sets the maximum number of steps of each question; see [`Question::budget`](crate::compat::Question::budget).
    pub fn budget(mut self, steps: u64) -> Self {
        self.settings.budget = steps;
        self
    }

    /// Compares every writer with every reader, on all processors.
    ///
    /// # Errors
    ///
    /// Nothing is published, published files were modified, a schema is invalid, or consumers have no unique names.
    pub fn run(&self) -> Result<Report, CheckError> {
        let published = published(self.published).map_err(CheckErrorKind::Record)?;
        if published.is_empty() {
            return Err(CheckErrorKind::NothingPublished { against: self.against.clone() }.into());
        }
        self.check_consumer_names()?;
        self.consumers.iter().try_for_each(Consumer::check_schemas)?;
        let checked = checked_types(self.catalog, &published);
        let mut types = Vec::new();
        let mut findings = Vec::new();
        if let Some(head) = self.head_record {
            let found = find_lock_changes(&self.settings, self.base.as_ref(), self.catalog, self.published, head);
            findings.extend(found.map_err(CheckErrorKind::Record)?);
        }
        findings.extend(self.find_removed_inputs());
        let consumers = self.all_consumers();
        let reports = parallel::map(&checked, |checked| matrix::build(&self.settings, checked, &consumers));
        for (report, checked) in reports.into_iter().zip(&checked) {
            let report = report.unwrap_or_else(|panic| Ok(matrix::undecided(&self.settings, checked, &panic)));
            let TypeReport { mut matrix, findings: of_type } =
                report.map_err(|error| error.with_folder(|kind| self.folder(kind)))?;
            for cell in matrix.cells.iter_mut().flatten() {
                // From an index in the findings of the type to a number in the report.
                cell.findings.iter_mut().for_each(|number| *number += findings.len() + 1);
            }
            findings.extend(of_type);
            types.push(matrix);
        }
        findings.extend(self.find_unserved_consumers(&types));
        if !self.rules.is_empty() {
            let rule_checker = RuleChecker::new(&self.settings, self.catalog, &published)?;
            let found = parallel::map(&self.rules, |rule| rule_checker.check(rule));
            for (found, rule) in found.into_iter().zip(&self.rules) {
                findings.extend(found.unwrap_or_else(|panic| Vec::from_iter(rule_checker.undecided(rule, &panic))));
            }
        }
        findings.extend(self.find_unused_ignores(&types));
        let about_waivers = self.apply_waivers(&mut findings);
        findings.extend(about_waivers);
        let inputs = self.count_inputs(published.len())?;
        Ok(Report { inputs, consumers: consumer_statuses(&consumers, &types), ..self.report(types, findings) })
    }

    /// Rejects duplicate consumer names, and those that are not valid as names of folders.
    fn check_consumer_names(&self) -> Result<(), CheckError> {
        let mut names = BTreeSet::new();
        for name in self.consumers.iter().map(Consumer::name) {
            let is_folder = !name.split(['/', '\\']).any(|part| matches!(part, "" | "." | ".."));
            if !is_folder || !names.insert(name) {
                return Err(CheckErrorKind::ConsumerName { name: name.to_owned() }.into());
            }
        }
        Ok(())
    }

    /// Returns the consumers, and the statements of the base that are removed or changed.
    fn all_consumers(&self) -> Vec<Consumer> {
        let base = self.base.iter().flat_map(|base| base.changed_statements(&self.consumers));
        self.consumers.iter().cloned().chain(base).collect()
    }

    /// Finds inputs of the base that were removed or changed.
    fn find_removed_inputs(&self) -> Vec<Finding> {
        let Some(base) = &self.base else { return Vec::new() };
        let (settings, consumers, rules, inputs) = (&self.settings, &self.consumers, &self.rules, &self.inputs);
        BaseComparison { settings, base, consumers, rules, inputs }.findings()
    }

    /// Returns the folder of an input, as the reports name it.
    fn folder(&self, kind: InputKind) -> Option<&str> {
        let origin = match (kind, self.head_record) {
            (InputKind::Record, Some(_)) => InputOrigin::Base,
            (InputKind::Record, None)
            | (InputKind::Consumers | InputKind::RoutingRules | InputKind::Configuration, _) => InputOrigin::Head,
        };
        self.inputs.iter().find(|input| input.kind == kind && input.origin == origin)?.path.as_deref()
    }

    /// Returns all inputs, each with the number of its entries.
    fn count_inputs(&self, published: usize) -> Result<Vec<ComparedInput>, CheckError> {
        let statements = |consumers: &[Consumer]| consumers.iter().map(Consumer::statement_count).sum();
        let settings = |policy: &Policy, envelope: &EnvelopeConstraints| {
            let EnvelopeConstraints { sources, accounts, regions } = envelope;
            policy.entry_count() + [sources, accounts, regions].into_iter().flatten().count()
        };
        let base = self.base.clone().unwrap_or_default();
        let has_base = self.base.is_some() || self.head_record.is_some();
        let base_settings = base.configuration.as_ref().map_or(0, |(policy, envelope)| settings(policy, envelope));
        let record = if has_base { InputOrigin::Base } else { InputOrigin::Head };
        let mut counts = vec![
            (InputKind::Record, record, published),
            (InputKind::Consumers, InputOrigin::Base, statements(&base.consumers)),
            (InputKind::Consumers, InputOrigin::Head, statements(&self.consumers)),
            (InputKind::RoutingRules, InputOrigin::Base, base.rules.len()),
            (InputKind::RoutingRules, InputOrigin::Head, self.rules.len()),
            (InputKind::Configuration, InputOrigin::Base, base_settings),
            (InputKind::Configuration, InputOrigin::Head, settings(&self.settings.policy, &self.settings.envelope)),
        ];
        if let Some(head) = self.head_record {
            let versions = count_versions(head).map_err(CheckErrorKind::Record)?;
            counts.insert(1, (InputKind::Record, InputOrigin::Head, versions));
        }
        let mut inputs = Vec::new();
        for (kind, origin, entries) in counts {
            let is_it = |input: &&ComparedInput| input.kind == kind && input.origin == origin;
            let mut given = self.inputs.iter().filter(is_it).cloned().peekable();
            if given.peek().is_some() {
                inputs.extend(given.map(|input| ComparedInput { entries, ..input }));
            } else if entries > 0 {
                inputs.push(ComparedInput { kind, origin, path: None, files: None, entries, not_read: Vec::new() });
            }
        }
        Ok(inputs)
    }

    /// Finds types that consumers read and no version in use writes.
    fn find_unserved_consumers(&self, types: &[Matrix]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for consumer in &self.consumers {
            for event_type in consumer.event_types() {
                let reason = match types.iter().find(|matrix| matrix.event_type == event_type) {
                    None => {
                        let similar = did_you_mean(event_type, types.iter().map(|matrix| &*matrix.event_type));
                        format!("no type of the catalog writes it{similar}")
                    }
                    Some(matrix) if matrix.worst_verdict(consumer.name()) == CellVerdict::NotRequired => {
                        "no version of it is in use".to_owned()
                    }
                    Some(_) => continue,
                };
                let message = format!("{} reads {event_type}, but {reason}", consumer.name());
                let subject = Subject::Consumer { event_type: event_type.to_owned(), name: consumer.name().to_owned() };
                let finding = self.settings.finding(CheckRule::ConsumerUnserved.id(), subject, message);
                findings.extend(finding.map(|finding| finding.with_fingerprint("")));
            }
        }
        findings
    }

    /// Finds ignored places that no reader's schema restricts.
    fn find_unused_ignores(&self, types: &[Matrix]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for ignored in &self.settings.policy.ignored {
            let matrices = types.iter().filter(|matrix| ignored.applies_to(&matrix.event_type));
            let mut columns = matrices.flat_map(|matrix| &matrix.columns);
            if columns.any(|column| remove_place(&column.schema, &ignored.names()).is_ok_and(|(_, changed)| changed)) {
                continue;
            }
            let event_type = ignored.event_type.as_deref().unwrap_or("any type");
            let is_unknown = !types.iter().any(|matrix| ignored.applies_to(&matrix.event_type));
            let names = types.iter().filter(|_| is_unknown).map(|matrix| &*matrix.event_type);
            let similar = did_you_mean(event_type, names);
            let path = &ignored.path;
            let message = format!("{path} is ignored in {event_type}, but no reader's schema restricts it{similar}");
            let subject = match ignored.event_type.clone() {
                None => Subject::Contract,
                Some(event_type) => Subject::Type { event_type, version: None },
            };
            let finding = self.settings.finding(CheckRule::IgnoreUnused.id(), subject, message);
            findings.extend(finding.map(|finding| finding.with_fingerprint(&ignored.path)));
        }
        findings
    }

    /// Adds the waivers to the findings that they accept, and returns the findings about waivers.
    fn apply_waivers(&self, findings: &mut [Finding]) -> Vec<Finding> {
        let mut about_waivers = Vec::new();
        for waiver in &self.settings.policy.waivers {
            let fingerprint = &waiver.fingerprint;
            let similar = did_you_mean(fingerprint, findings.iter().map(|finding| &*finding.fingerprint));
            let mut waived: Vec<_> =
                findings.iter_mut().filter(|finding| finding.fingerprint == *fingerprint).collect();
            let (rule, message) = if waived.is_empty() {
                (CheckRule::WaiverUnused, format!("the waiver of {fingerprint} matches no finding{similar}"))
            } else if waiver.expires < self.settings.today {
                let Waiver { expires, reason, .. } = waiver;
                (CheckRule::WaiverExpired, format!("the waiver of {fingerprint} expired on {expires}: {reason}"))
            } else if waived.iter().all(|finding| rule::is_undecided(finding.rule)) {
                (CheckRule::WaiverUnused, format!("{fingerprint} is undecided, which cannot be waived"))
            } else {
                for finding in &mut waived {
                    finding.waiver = Some(waiver.clone());
                }
                continue;
            };
            let finding = self.settings.finding(rule.id(), Subject::Contract, message);
            about_waivers.extend(finding.map(|finding| finding.with_fingerprint(fingerprint)));
        }
        about_waivers
    }

    /// Returns the place of the Rust type that a finding is about: of a pair, the code that has changed since it was
    /// published, or else the newest version.
    fn type_location(&self, subject: &Subject) -> Option<TypeLocation> {
        let (event_type, labels) = match subject {
            Subject::Contract | Subject::Consumer { .. } | Subject::RoutingRule { .. } => return None,
            Subject::Type { event_type, version } => (event_type, vec![version.as_deref()]),
            Subject::Pair { event_type, writer, is_consumer: true, .. } => (event_type, vec![Some(&**writer)]),
            Subject::Pair { event_type, writer, reader, .. } => (event_type, vec![Some(&**writer), Some(&**reader)]),
        };
        let versions = self.catalog.find(event_type)?.versions();
        let located = |label: Option<&str>| {
            let Some(label) = label else { return Some((false, 0, versions.last()?.location()?)) };
            let (number, rest) = label.strip_prefix('v')?.split_once(' ').unwrap_or((label.strip_prefix('v')?, ""));
            let number: u32 = number.parse().ok()?;
            let version = versions.iter().find(|version| version.version().get() == number)?;
            Some((rest == "now", number, version.location()?))
        };
        let newest =
            labels.into_iter().filter_map(located).max_by_key(|(is_changed, number, _)| (*is_changed, *number));
        newest.map(|(.., location)| location)
    }

    fn report(&self, mut types: Vec<Matrix>, mut findings: Vec<Finding>) -> Report {
        for (finding, number) in findings.iter_mut().zip(1..) {
            finding.number = number;
            finding.source = self.type_location(&finding.subject);
        }
        for matrix in &mut types {
            for cell in matrix.cells.iter_mut().flatten() {
                let is_open = cell.findings.iter().any(|number| findings[number - 1].is_error());
                if cell.verdict == CellVerdict::Breaks && !is_open {
                    cell.verdict = CellVerdict::Accepted;
                }
            }
            raise_to_major(matrix);
        }
        let any = |is_wanted: &dyn Fn(&Finding) -> bool| findings.iter().any(is_wanted);
        let outcome = if any(&|finding| finding.is_error() && !rule::is_undecided(finding.rule)) {
            Outcome::Broken
        } else if any(&|finding| rule::is_undecided(finding.rule)) {
            Outcome::Undecided
        } else {
            Outcome::Compatible
        };
        Report {
            format: 1,
            outcome,
            date: self.settings.today,
            against: self.against.clone(),
            formats_asserted: self.settings.assert_formats,
            bump: types.iter().map(|matrix| matrix.bump.change).max().unwrap_or(Change::None),
            consumers: Vec::new(),
            types,
            routing_rules: self.rules.len(),
            findings,
            ignored: self.settings.policy.ignored.clone(),
            inputs: Vec::new(),
        }
    }
}

/// Returns advice about a name that is probably misspelt, or nothing.
fn did_you_mean<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(name, names).map(|similar| format!("; did you mean {similar}?")).unwrap_or_default()
}

fn consumer_statuses(consumers: &[Consumer], types: &[Matrix]) -> Vec<ConsumerStatus> {
    let status = |consumer: &Consumer| {
        let matrices = consumer.event_types().filter_map(|name| types.iter().find(|matrix| matrix.event_type == name));
        let reads = matrices.map(|matrix| ConsumedType {
            event_type: matrix.event_type.clone(),
            verdict: matrix.worst_verdict(&consumer.label()),
            is_affected: matrix.bump.change > Change::Patch,
        });
        ConsumerStatus { name: consumer.label(), reads: reads.collect() }
    };
    consumers.iter().map(status).collect()
}
