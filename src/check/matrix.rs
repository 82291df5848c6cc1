//! The compatibility matrix of one type.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::change::version_bump;
use super::consumer::Consumer;
use super::error::{CheckError, CheckErrorKind};
use super::finding::{Evidence, Finding, Subject};
use super::fingerprint::{keyword_digest, normalise_place};
use super::format_reading::FormatReading;
use super::history::{CheckedType, SchemaHistory, Schemas, is_equivalent};
use super::ineffective::find_ineffective;
use super::input::InputOrigin;
use super::loss::{Loss, find_losses};
use super::report::{Cell, CellVerdict, Matrix, MatrixColumn, MatrixRow, Revision};
use super::rule::{self, CheckRule};
use super::settings::Settings;
use super::stated::restore_digits;
use crate::compat::{self, Confirmation, Question, Verdict, exact};
use crate::lifecycle::Stage;
use crate::name::Version;
use crate::parallel::{JobPanic, catch};
use crate::severity::Severity;
use crate::side::SideKind;

/// A matrix and its findings. Cells refer to findings by their index.
pub(super) struct TypeReport {
    pub(super) matrix: Matrix,
    pub(super) findings: Vec<Finding>,
}

/// Builds the matrix of a type.
pub(super) fn build(
    settings: &Settings,
    checked: &CheckedType<'_>,
    consumers: &[Consumer],
) -> Result<TypeReport, CheckError> {
    let history = SchemaHistory::new(checked);
    let consumers: Vec<_> =
        consumers.iter().filter(|consumer| consumer.event_types().any(|name| name == checked.name)).collect();
    let rows = rows(settings, checked, &history);
    let columns = columns(settings, checked, &history, &consumers);
    let mut builder = MatrixBuilder {
        settings,
        checked,
        history: &history,
        consumers: &consumers,
        decided: BTreeMap::new(),
        findings: Vec::new(),
    };
    for row in &rows {
        builder.check_satisfiable(row)?;
    }
    let mut cells = Vec::new();
    for row in &rows {
        cells.push(columns.iter().map(|column| builder.cell(row, column)).collect::<Result<Vec<_>, _>>()?);
    }
    let mut findings = builder.findings;
    findings.extend(find_ineffective(settings, checked.name, (&rows, &columns), &consumers));
    let bump = version_bump(settings, checked, &history, &mut findings);
    let (event_type, side, owner) = (checked.name.to_owned(), checked.side.to_string(), checked.owner.to_owned());
    Ok(TypeReport { matrix: Matrix { event_type, side, owner, rows, columns, cells, bump }, findings })
}

fn rows(settings: &Settings, checked: &CheckedType<'_>, history: &SchemaHistory) -> Vec<MatrixRow> {
    let row = |(version, revision, schema)| MatrixRow {
        label: label(version, revision, &history.published.writers),
        version: version.get(),
        revision,
        stage: checked.lifecycle(version).stage(settings.today),
        schema,
    };
    revisions(&history.published.writers, &history.present.writers).into_iter().map(row).collect()
}

fn columns(
    settings: &Settings,
    checked: &CheckedType<'_>,
    history: &SchemaHistory,
    consumers: &[&Consumer],
) -> Vec<MatrixColumn> {
    let column = |(version, revision, schema)| MatrixColumn {
        label: label(version, revision, &history.published.readers),
        version: Some(version.get()),
        revision,
        stage: checked.lifecycle(version).stage(settings.today),
        schema,
    };
    let newest = history.newest_declared().max(history.newest_published());
    let of_consumer = |consumer: &&Consumer| {
        let schema = newest.and_then(|newest| consumer.schema(checked.name, newest));
        MatrixColumn {
            label: consumer.label(),
            version: None,
            revision: Revision::Consumer,
            stage: Stage::Live,
            schema: schema.map_or(Value::Null, |(_, schema)| schema.value().clone()),
        }
    };
    let versions = revisions(&history.published.readers, &history.present.readers).into_iter().map(column);
    versions.chain(consumers.iter().map(of_consumer)).collect()
}

/// Returns, version by version, the published schema unless the code has an equivalent one, and the schema of the code.
fn revisions(published: &Schemas, present: &Schemas) -> Vec<(Version, Revision, Value)> {
    let mut versions: Vec<_> = published.keys().chain(present.keys()).copied().collect();
    versions.sort_unstable();
    versions.dedup();
    let mut revisions = Vec::new();
    for version in versions {
        match (published.get(&version), present.get(&version)) {
            (Some(old), Some(new)) if is_equivalent(old, new) => {
                revisions.push((version, Revision::Unchanged, new.clone()));
            }
            (old, new) => {
                revisions.extend(old.map(|old| (version, Revision::Published, old.clone())));
                revisions.extend(new.map(|new| (version, Revision::Present, new.clone())));
            }
        }
    }
    revisions
}

/// Returns `v3`, or `v3 now` for the code of a published version that has changed.
fn label(version: Version, revision: Revision, published: &Schemas) -> String {
    match revision {
        Revision::Present if published.contains_key(&version) => format!("{version} now"),
        Revision::Unchanged | Revision::Published | Revision::Present | Revision::Consumer => version.to_string(),
    }
}

struct MatrixBuilder<'a> {
    settings: &'a Settings,
    checked: &'a CheckedType<'a>,
    history: &'a SchemaHistory,
    /// The consumers of the type.
    consumers: &'a [&'a Consumer],
    /// Decided cells, by the labels of writer and effective reader, and by whether the reader is a consumer.
    decided: BTreeMap<(String, String, bool), Cell>,
    findings: Vec<Finding>,
}

/// The schema by which a reader reads one version: its own, or that of an older type that it upcasts.
struct EffectiveReader {
    /// The label in findings.
    label: String,
    is_consumer: bool,
    origin: InputOrigin,
    schema: Value,
    /// The schema with every digit, if it has a number that the other one cannot hold.
    exact: Option<exact::ExactValue>,
    /// The file of the schema; none if the schema is not published.
    file: Option<String>,
    formats: FormatReading,
    is_upcast: bool,
}

impl MatrixBuilder<'_> {
    /// Reports a writer whose schema no payload satisfies.
    ///
    /// Every reader is proven compatible with it, vacuously.
    fn check_satisfiable(&mut self, row: &MatrixRow) -> Result<(), CheckError> {
        let nothing = Value::Bool(false);
        let question = Question::new(&row.schema, &nothing).budget(self.settings.budget).random_samples(0);
        let verdict = self.ask(&row.label, "nothing", || question.ask())?;
        let (rule, message) = match verdict {
            Ok(Verdict::Broken { .. }) => return Ok(()),
            Ok(Verdict::Contained) => {
                (CheckRule::WriterUnsatisfiable, format!("no payload satisfies the writer's schema of {}", row.label))
            }
            Ok(Verdict::Undecided { reason }) => (
                CheckRule::Undecided,
                format!("undecided whether any payload satisfies the writer's schema of {}: {reason}", row.label),
            ),
            Err(panic) => (
                CheckRule::Undecided,
                format!("undecided whether any payload satisfies the writer's schema of {}: {panic}", row.label),
            ),
        };
        let event_type = self.checked.name.to_owned();
        let subject = Subject::Type { event_type, version: Some(row.label.clone()) };
        let finding = self.settings.finding(rule.id(), subject, message);
        self.findings.extend(finding.map(|finding| finding.with_fingerprint("")));
        Ok(())
    }

    fn cell(&mut self, row: &MatrixRow, column: &MatrixColumn) -> Result<Cell, CheckError> {
        let Some(reader) = self.effective_reader(row, column) else {
            return Ok(Cell { verdict: CellVerdict::NotRequired, findings: Vec::new() });
        };
        let key = (row.label.clone(), reader.label.clone(), reader.is_consumer);
        let mut cell = if let Some(cell) = self.decided.get(&key) {
            cell.clone()
        } else {
            let cell = self.decide(row, &reader)?;
            self.decided.insert(key, cell.clone());
            cell
        };
        if reader.is_upcast && cell.verdict == CellVerdict::Reads {
            cell.verdict = CellVerdict::ReadsByUpcast;
        }
        Ok(cell)
    }

    /// Returns the schema by which a reader reads the events of a writer; `None` where the contract does not require that it
    /// can.
    fn effective_reader(&self, row: &MatrixRow, column: &MatrixColumn) -> Option<EffectiveReader> {
        let written = Version::new(row.version).ok()?;
        match column.version.and_then(|version| Version::new(version).ok()) {
            Some(version) => self.reader_of_version(row, written, column, version),
            None => self.reader_of_consumer(row, written, column),
        }
    }

    fn reader_of_consumer(&self, row: &MatrixRow, written: Version, column: &MatrixColumn) -> Option<EffectiveReader> {
        if row.stage == Stage::Sunset {
            return None;
        }
        let consumer = self.consumers.iter().find(|consumer| consumer.label() == column.label)?;
        let (file, schema) = consumer.schema(self.checked.name, written)?;
        Some(EffectiveReader {
            label: column.label.clone(),
            is_consumer: true,
            origin: consumer.origin(),
            schema: schema.value().clone(),
            exact: schema.exact().cloned(),
            file: Some(file),
            formats: self.formats_of_consumer(schema.value()),
            is_upcast: false,
        })
    }

    /// Returns the reading of formats by a consumer: as it declares, or else as the settings have it for all.
    fn formats_of_consumer(&self, schema: &Value) -> FormatReading {
        match FormatReading::declared_by(schema) {
            FormatReading::Either if self.settings.assert_formats => FormatReading::Asserted,
            reading => reading,
        }
    }

    fn reader_of_version(
        &self,
        row: &MatrixRow,
        written: Version,
        column: &MatrixColumn,
        version: Version,
    ) -> Option<EffectiveReader> {
        let is_newer = written > version
            || (written == version && row.revision == Revision::Present && column.revision == Revision::Published);
        // Others may read an external event with an older version until that version's sunset.
        let is_forward_required = self.checked.side == SideKind::External && row.stage != Stage::Sunset;
        if column.stage == Stage::Sunset && written != version || is_newer && !is_forward_required {
            return None;
        }
        let reader = |label: String, schema: Value, of_version: Version, revision: Revision| {
            let CheckedType { side, name, .. } = self.checked;
            EffectiveReader {
                label,
                is_consumer: false,
                origin: InputOrigin::Head,
                schema,
                exact: None,
                file: (revision != Revision::Present).then(|| format!("{side}/{name}/{of_version}.reader.json")),
                formats: FormatReading::Asserted,
                is_upcast: of_version != version,
            }
        };
        if written >= version {
            return Some(reader(column.label.clone(), column.schema.clone(), version, column.revision));
        }
        // The older type that the reader upcasts from: as it was published with it, or as the code has it.
        let SchemaHistory { published, present } = self.history;
        let older = match column.revision {
            Revision::Published => published.readers.get(&written).or_else(|| present.readers.get(&written)),
            Revision::Unchanged | Revision::Present | Revision::Consumer => present.readers.get(&written),
        };
        let schema = older?.clone();
        let has_changed = published.readers.get(&written).is_some_and(|published| !is_equivalent(published, &schema));
        let revision = if has_changed { Revision::Present } else { Revision::Unchanged };
        Some(reader(label(written, revision, &published.readers), schema, written, revision))
    }

    /// Asks whether the reader accepts everything that the writer may write, and adds the findings about that.
    fn decide(&mut self, row: &MatrixRow, reader: &EffectiveReader) -> Result<Cell, CheckError> {
        let relaxed = self.settings.without_ignored(self.checked.name, reader.schema.clone());
        let schema = Arc::new(relaxed.map_err(|error| {
            let (event_type, reader) = (self.checked.name.to_owned(), reader.label.clone());
            CheckErrorKind::Ignore { event_type, reader, error }
        })?);
        // Both with every digit, where the reader's has one that `serde_json` rounds.
        let exact = reader.exact.as_ref();
        let exact = exact.map(|exact| (exact::ExactValue::from(&row.schema), restore_digits(&schema, exact)));
        let question = match &exact {
            Some((writer, reader)) => Question::from_exact(writer, reader),
            None => Question::new(&row.schema, &schema),
        };
        let question = question.budget(self.settings.budget);
        let verdict = self.ask(&row.label, &reader.label, || reader.formats.ask(&question, [&row.schema, &schema]))?;
        // A version loses nothing that it writes itself.
        let is_own = row.label == reader.label && !reader.is_consumer;
        let before = self.findings.len();
        // What a statement that is removed or replaced loses is of no interest any more.
        let is_base = reader.origin == InputOrigin::Base;
        let losses = if is_own || is_base { Ok(Vec::new()) } else { find_losses(&row.schema, &schema) };
        let losses = losses.unwrap_or_else(|error| {
            let message = format!("undecided what {} loses of {}: {error}", reader.label, row.label);
            let finding = self.settings.finding(CheckRule::Undecided.id(), self.subject(row, reader), message);
            self.findings.extend(finding.map(|finding| finding.with_fingerprint("losses")));
            Vec::new()
        });
        let has_panicked = verdict.is_err();
        let verdict = match verdict {
            Ok(Verdict::Contained) => CellVerdict::Reads,
            Ok(Verdict::Broken { findings, .. }) => {
                for finding in findings {
                    self.add_rejection(self.subject(row, reader), &schema, finding, &losses);
                }
                CellVerdict::Breaks
            }
            Ok(Verdict::Undecided { reason }) => self.add_undecided(row, reader, &reason),
            Err(panic) => self.add_undecided(row, reader, &panic),
        };
        if is_base && row.revision != Revision::Present && !has_panicked {
            return Ok(self.tolerate_earlier_break(verdict, before));
        }
        for loss in losses {
            if self.findings[before..].iter().any(|finding| loss.is_covered_by(finding)) {
                continue;
            }
            let mut subject = self.subject(row, reader);
            if let Subject::Pair { at, .. } = &mut subject {
                *at = Some(loss.at);
            }
            let finding = self.settings.finding(loss.rule.id(), subject, loss.message);
            self.findings.extend(finding.map(|finding| finding.with_fingerprint(&loss.detail)));
        }
        Ok(Cell { verdict, findings: (before..self.findings.len()).collect() })
    }

    /// Lowers the severity of findings about a statement of the base and a writer that has not changed since: the statement
    /// was broken before, and the change may repair it. What was undecided then is left out.
    fn tolerate_earlier_break(&mut self, verdict: CellVerdict, first: usize) -> Cell {
        let verdict = match verdict {
            CellVerdict::Undecided => {
                self.findings.truncate(first);
                CellVerdict::NotRequired
            }
            CellVerdict::Reads
            | CellVerdict::ReadsByUpcast
            | CellVerdict::Breaks
            | CellVerdict::Accepted
            | CellVerdict::NotRequired => verdict,
        };
        for finding in &mut self.findings[first..] {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        Cell { verdict, findings: (first..self.findings.len()).collect() }
    }

    /// Asks a question. A panic is no answer: the cell is undecided.
    fn ask(
        &self,
        writer: &str,
        reader: &str,
        ask: impl FnOnce() -> Result<Verdict, compat::QuestionError>,
    ) -> Result<Result<Verdict, JobPanic>, CheckError> {
        match catch(ask) {
            Ok(verdict) => Ok(Ok(verdict.map_err(|error| self.question_error(writer, reader, error))?)),
            Err(panic) => Ok(Err(panic)),
        }
    }

    fn add_undecided(&mut self, row: &MatrixRow, reader: &EffectiveReader, reason: &dyn fmt::Display) -> CellVerdict {
        let message = format!("undecided whether {} reads {}: {reason}", reader.label, row.label);
        let finding = self.settings.finding(CheckRule::Undecided.id(), self.subject(row, reader), message);
        self.findings.extend(finding.map(|finding| finding.with_fingerprint("")));
        CellVerdict::Undecided
    }

    /// Returns the pair as the subject of a finding, without a place.
    fn subject(&self, row: &MatrixRow, reader: &EffectiveReader) -> Subject {
        Subject::Pair {
            event_type: self.checked.name.to_owned(),
            writer: row.label.clone(),
            reader: reader.label.clone(),
            is_consumer: reader.is_consumer,
            at: None,
            file: reader.file.clone(),
        }
    }

    fn add_rejection(&mut self, subject: Subject, schema: &Arc<Value>, found: compat::Finding, losses: &[Loss]) {
        let place = found.at.to_string();
        let payload = found.witness.document().clone();
        let title = rule::by_id(found.kind.id()).title();
        let shown_place = if place.is_empty() { "the root of the payload" } else { &place };
        let mut message = match &found.missing {
            Some(name) => format!("{title}: `{name}` is missing at {shown_place}"),
            None => format!("{title}, at {shown_place}"),
        };
        let renamed = losses.iter().find(|loss| {
            let parent = loss.at.rsplit_once('/').map_or("", |(parent, _)| parent);
            loss.renamed_to.is_some()
                && loss.renamed_to == found.missing
                && parent == normalise_place(&place, Some(&payload))
        });
        if let Some(name) = renamed.and_then(|loss| loss.at.rsplit('/').next()) {
            message = format!("{message}; the writer probably calls it `{name}`");
        }
        if found.witness.confirmation() == Confirmation::OwnValidator {
            message = format!("{message}; to the digit, the payload is {}", found.witness);
        }
        let Some(mut finding) = self.settings.finding(found.kind.id(), subject, message) else { return };
        if let Subject::Pair { at, .. } = &mut finding.subject {
            *at = Some(place);
        }
        finding.evidence = Evidence::Rejection {
            payload,
            missing: found.missing,
            reader_keyword: found.reader.to_string(),
            writer_keyword: found.writer.map(|keyword| keyword.to_string()),
        };
        finding.reader_schema = Some(Arc::clone(schema));
        self.findings.push(finding.with_fingerprint(&keyword_digest(&found.reader, schema)));
    }

    fn question_error(&self, writer: &str, reader: &str, error: compat::QuestionError) -> CheckError {
        let (writer, reader) = (writer.to_owned(), reader.to_owned());
        CheckErrorKind::Question { event_type: self.checked.name.to_owned(), writer, reader, error }.into()
    }
}

impl Loss {
    /// Returns true if an incompatibility is about the same field.
    fn is_covered_by(&self, finding: &Finding) -> bool {
        match &finding.evidence {
            Evidence::Rejection { missing, .. } => self.renamed_to.is_some() && self.renamed_to == *missing,
            Evidence::None | Evidence::Events { .. } => false,
        }
    }
}
