//! The way of a check.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use chrono::NaiveDate;

use super::change;
use super::consumer::Consumer;
use super::finding::Finding;
use super::ignore;
use super::matrix::{self, Made};
use super::policy::Policy;
use super::report::{Answer, Change, Matrix, Outcome, Read, Report, Stated};
use super::routes::Shapes;
use super::rule::{self, Own};
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::compat::{Question, QuestionError};
use crate::lifecycle::Lifecycle;
use crate::name::Version;
use crate::record::{Files, Published, RecordError, published};
use crate::routing::source::DeployedRule;
use crate::routing::{Envelope, ShapeError};
use crate::side::SideKind;

/// Whether every reader of a contract reads every writer that it can meet: the types of a catalog, beside what was
/// published of them.
#[derive(Debug, Clone)]
#[must_use = "a check is made by `run`"]
pub struct Check<'a> {
    pub(super) catalog: &'a Catalog,
    published: &'a Files,
    against: String,
    consumers: Vec<Consumer>,
    rules: Vec<DeployedRule>,
    pub(super) envelope: Envelope,
    pub(super) policy: Policy,
    pub(super) today: NaiveDate,
    pub(super) formats: bool,
    pub(super) budget: u64,
}

/// One type, as it was published and as it is.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) side: SideKind,
    pub(super) owner: &'a str,
    pub(super) present: Option<&'a CatalogType>,
    pub(super) published: Vec<&'a Published>,
}

impl Subject<'_> {
    /// How long a version is in use; what is in the code no more says nothing about that.
    pub(super) fn lifecycle(&self, version: Version) -> Lifecycle {
        let versions = self.present.map_or(&[][..], CatalogType::versions);
        versions.iter().find(|of| of.version() == version).map(CatalogVersion::lifecycle).unwrap_or_default()
    }
}

impl<'a> Check<'a> {
    /// A check of a catalog against the files of a [record](crate::record), on a day: lifecycles and waivers have dates.
    pub fn new(catalog: &'a Catalog, published: &'a Files, today: NaiveDate) -> Self {
        Self {
            catalog,
            published,
            against: "the published record".to_owned(),
            consumers: Vec::new(),
            rules: Vec::new(),
            envelope: Envelope::default(),
            policy: Policy::default(),
            today,
            formats: false,
            budget: Question::DEFAULT_BUDGET,
        }
    }

    /// The same, telling in its report where the files come from.
    pub fn against(self, name: impl Into<String>) -> Self {
        Self { against: name.into(), ..self }
    }

    /// The same with these consumers, and no others.
    pub fn consumers(self, consumers: impl IntoIterator<Item = Consumer>) -> Self {
        Self { consumers: consumers.into_iter().collect(), ..self }
    }

    /// The same with these routing rules, and no others. Each is held against the events of all versions in use, and
    /// against what they were when they were published.
    pub fn rules(self, rules: impl IntoIterator<Item = DeployedRule>) -> Self {
        Self { rules: rules.into_iter().collect(), ..self }
    }

    /// The same, knowing this of the envelopes in which events are put, for the routing rules.
    pub fn envelope(self, envelope: Envelope) -> Self {
        Self { envelope, ..self }
    }

    /// The same with what a team has decided.
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Whether a text that is not of its `format` is rejected; see [`Question::assert_formats`].
    pub fn formats(self, asserted: bool) -> Self {
        Self { formats: asserted, ..self }
    }

    /// How many steps each question may take; see [`Question::budget`].
    pub fn budget(self, steps: u64) -> Self {
        Self { budget: steps, ..self }
    }

    /// The report.
    ///
    /// # Errors
    ///
    /// The question cannot be asked: nothing is published, what was published is not as it was, or a schema is none.
    pub fn run(&self) -> Result<Report, CheckError> {
        let published = published(self.published).map_err(CheckErrorKind::Record)?;
        if published.is_empty() {
            return Err(CheckErrorKind::NothingPublished { against: self.against.clone() }.into());
        }
        self.consumers_are_told_apart()?;
        let subjects = self.subjects(&published);
        let mut types = Vec::new();
        let mut findings = Vec::new();
        for made in on_all_processors(&subjects, |subject| matrix::of(self, subject, &self.consumers)) {
            let Made { mut matrix, findings: found } = made?;
            for cell in matrix.cells.iter_mut().flatten() {
                cell.findings.iter_mut().for_each(|number| *number += findings.len() + 1);
            }
            findings.extend(found);
            types.push(matrix);
        }
        findings.extend(self.unserved(&types));
        if !self.rules.is_empty() {
            let shapes = Shapes::of(self, &published)?;
            findings.extend(on_all_processors(&self.rules, |rule| shapes.look(self, rule)).into_iter().flatten());
        }
        findings.extend(self.ignored_for_nothing(&types));
        self.waive(&mut findings);
        Ok(self.report(types, findings))
    }

    /// What one states, another one of the name would hide.
    fn consumers_are_told_apart(&self) -> Result<(), CheckError> {
        let mut names = BTreeSet::new();
        for name in self.consumers.iter().map(Consumer::name) {
            let is_folder = !name.split(['/', '\\']).any(|part| matches!(part, "" | "." | ".."));
            if !is_folder || !names.insert(name) {
                return Err(CheckErrorKind::Consumer { name: name.to_owned() }.into());
            }
        }
        Ok(())
    }

    /// The types of the catalog, and those that are published and gone.
    fn subjects<'s>(&'s self, published: &'s [Published]) -> Vec<Subject<'s>> {
        let of = |name: &str| published.iter().filter(|of| of.name == name).collect::<Vec<_>>();
        let mut subjects: Vec<Subject<'_>> = Vec::new();
        for present in self.catalog.types() {
            let published = of(present.name().as_str());
            // What was promised to others stays promised.
            let side = published.iter().map(|of| of.side).chain([present.side()]).max().unwrap_or(present.side());
            let (name, owner) = (present.name().as_str(), present.owner().as_str());
            subjects.push(Subject { name, side, owner, present: Some(present), published });
        }
        let here: BTreeSet<_> = subjects.iter().map(|subject| subject.name).collect();
        let gone: BTreeSet<_> = published.iter().map(|of| &*of.name).filter(|name| !here.contains(name)).collect();
        for name in gone {
            let published = of(name);
            let Some(newest) = published.last() else { continue };
            subjects.push(Subject { name, side: newest.side, owner: &newest.owner, present: None, published });
        }
        subjects
    }

    /// What consumers read, and nobody writes.
    fn unserved(&self, types: &[Matrix]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for consumer in &self.consumers {
            for event_type in consumer.event_types() {
                let why = match types.iter().find(|matrix| matrix.event_type == event_type) {
                    None => "nobody writes it",
                    Some(matrix) if matrix::worst(matrix, consumer.name()) == Answer::NotOwed => {
                        "no version of it is in use"
                    }
                    Some(_) => continue,
                };
                let message = format!("{} reads {event_type}, and {why}", consumer.name());
                findings.extend(self.finding(Own::ConsumerUnserved.id(), message).map(|mut finding| {
                    finding.event_type = Some(event_type.to_owned());
                    finding.reader = Some(consumer.name().to_owned());
                    finding.seal("")
                }));
            }
        }
        findings
    }

    /// Places that are ignored, and of which no reader says anything.
    fn ignored_for_nothing(&self, types: &[Matrix]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for ignored in &self.policy.ignored {
            let about = types.iter().filter(|matrix| ignored.is_about(&matrix.event_type));
            let mut readers = about.flat_map(|matrix| &matrix.readers);
            if readers.any(|reader| ignore::without(&reader.schema, &ignored.way()).1) {
                continue;
            }
            let of = ignored.event_type.as_deref().unwrap_or("any type");
            let message = format!("{} is ignored in {of}, and no reader says anything of it", ignored.path);
            findings.extend(self.finding(Own::IgnoreUnused.id(), message).map(|mut finding| {
                finding.event_type.clone_from(&ignored.event_type);
                finding.seal(&ignored.path)
            }));
        }
        findings
    }

    /// What becomes of each consumer.
    fn stated(&self, types: &[Matrix]) -> Vec<Stated> {
        let of = |consumer: &Consumer| {
            let matrices = consumer.event_types().filter_map(|of| types.iter().find(|matrix| matrix.event_type == of));
            let reads = matrices.map(|matrix| Read {
                event_type: matrix.event_type.clone(),
                answer: matrix::worst(matrix, consumer.name()),
                is_touched: matrix.bump.change > Change::Patch,
            });
            Stated { name: consumer.name().to_owned(), reads: reads.collect() }
        };
        self.consumers.iter().map(of).collect()
    }

    /// A finding of a rule, unless nobody wants it.
    pub(super) fn finding(&self, id: &'static str, message: String) -> Option<Finding> {
        let rule = rule::of(id);
        self.policy.level_of(rule).map(|severity| Finding::new(rule, severity, message))
    }

    /// Puts the waivers to the findings that they name.
    fn waive(&self, findings: &mut Vec<Finding>) {
        let mut about = Vec::new();
        for waiver in &self.policy.waivers {
            let named: Vec<_> =
                findings.iter_mut().filter(|finding| finding.fingerprint == waiver.fingerprint).collect();
            if waiver.expires < self.today && !named.is_empty() {
                let message =
                    format!("the waiver of {} ended on {}: {}", waiver.fingerprint, waiver.expires, waiver.reason);
                about.extend(
                    self.finding(Own::WaiverExpired.id(), message).map(|finding| finding.seal(&waiver.fingerprint)),
                );
            } else if named.iter().all(|finding| rule::is_undecided(&finding.rule)) {
                let fingerprint = &waiver.fingerprint;
                let message = if named.is_empty() {
                    format!("the waiver of {fingerprint} is not needed: there is no such finding")
                } else {
                    format!("{fingerprint} is undecided, and that cannot be waived")
                };
                about.extend(
                    self.finding(Own::WaiverUnused.id(), message).map(|finding| finding.seal(&waiver.fingerprint)),
                );
            } else {
                for finding in named {
                    finding.waiver = Some(waiver.clone());
                }
            }
        }
        findings.extend(about);
    }

    fn report(&self, mut types: Vec<Matrix>, mut findings: Vec<Finding>) -> Report {
        for (finding, number) in findings.iter_mut().zip(1..) {
            finding.number = number;
        }
        for matrix in &mut types {
            for cell in matrix.cells.iter_mut().flatten() {
                let is_broken = cell.answer == Answer::Breaks;
                if is_broken && !cell.findings.iter().any(|number| findings[number - 1].is_error()) {
                    cell.answer = Answer::Accepted;
                }
            }
            change::finish(matrix);
        }
        let has = |wanted: &dyn Fn(&Finding) -> bool| findings.iter().any(wanted);
        let outcome = if has(&|finding| finding.is_error() && !rule::is_undecided(&finding.rule)) {
            Outcome::Broken
        } else if has(&|finding| rule::is_undecided(&finding.rule)) {
            Outcome::Undecided
        } else {
            Outcome::Compatible
        };
        Report {
            format: 1,
            outcome,
            date: self.today,
            against: self.against.clone(),
            formats_asserted: self.formats,
            bump: types.iter().map(|matrix| matrix.bump.change).max().unwrap_or(Change::None),
            consumers: self.stated(&types),
            types,
            routing_rules: self.rules.len(),
            findings,
            ignored: self.policy.ignored.clone(),
        }
    }

    /// A reader's schema without the places that nothing is asked about.
    pub(super) fn relaxed(&self, event_type: &str, schema: serde_json::Value) -> serde_json::Value {
        let about = self.policy.ignored.iter().filter(|ignored| ignored.is_about(event_type));
        about.fold(schema, |schema, ignored| ignore::without(&schema, &ignored.way()).0)
    }
}

/// What becomes of each, in their order.
fn on_all_processors<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(all.len()).max(1);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match all.get(at) {
                Some(one) => made.push((at, each(one))),
                None => return made,
            }
        }
    };
    let mut made: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        workers.into_iter().flat_map(join).collect()
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, made)| made).collect()
}

/// Why a check could not be made. Nothing is compatible then.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CheckError {
    kind: Box<CheckErrorKind>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CheckErrorKind {
    #[error("nothing was compared: {against} has no published version; publish one with `schemas publish`")]
    NothingPublished { against: String },
    #[error(transparent)]
    Record(RecordError),
    #[error("{event_type}, {writer} to {reader}: {error}")]
    Question { event_type: String, writer: String, reader: String, error: QuestionError },
    #[error("cannot read {path}: {error}")]
    File { path: String, error: std::io::Error },
    #[error(transparent)]
    Shape(ShapeError),
    #[error("{name:?} is not the name of one consumer: each has a name of its own, which is that of its folder")]
    Consumer { name: String },
}

impl From<CheckErrorKind> for CheckError {
    fn from(kind: CheckErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

/// Versions by their schemas.
pub(super) type Schemas = BTreeMap<Version, serde_json::Value>;
