//! The compatibility matrix of one type.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::axis::{Reader, Writer, columns, rows};
use super::change::version_bump;
use super::code::{CodeGap, CodeReport, LabelledCode, find_gap};
use super::consumer::Consumer;
use super::effective_reader::{EffectiveReader, ReaderCode, ReaderContext, ReaderKind};
use super::error::{CheckError, CheckErrorKind};
use super::finding::{Evidence, Finding, Subject};
use super::fingerprint::{keyword_digest, normalise_place};
use super::held::{HeldVersion, RefusedPayload};
use super::history::{CheckedType, SchemaHistory, SchemaPair};
use super::ineffective::find_ineffective;
use super::input::InputKind;
use super::loss::{Loss, find_losses};
use super::plausible::WitnessSchemas;
use super::report::{Bump, Cell, CellVerdict, Change, Matrix, MatrixRow, Revision};
use super::rule::{self, CheckRule};
use super::settings::Settings;
use super::stated::{format_schema, restore_digits};
use crate::catalog::{CatalogType, CatalogVersion};
use crate::compat::{Confirmation, Incompatibility, Question, QuestionError, Role, Verdict, exact};
use crate::name::Version;
use crate::parallel::{JobPanic, catch};
use crate::severity::Severity;

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
        held: hold_versions(checked, &history),
        consumers: BTreeMap::new(),
        invalid: BTreeMap::new(),
        decided: BTreeMap::new(),
        findings: Vec::new(),
        unread: BTreeMap::new(),
    };
    for writer in &rows {
        builder.check_satisfiable(writer)?;
        builder.hold_to_schemas(writer);
    }
    let mut cells = Vec::new();
    for writer in &rows {
        cells.push(columns.iter().map(|reader| builder.cell(writer, reader)).collect::<Result<Vec<_>, _>>()?);
    }
    let mut findings = builder.findings;
    let rows: Vec<_> = rows.into_iter().map(|writer| writer.row).collect();
    let columns: Vec<_> = columns.into_iter().map(|reader| reader.column).collect();
    findings.extend(find_ineffective(settings, checked.name, (&rows, &columns), &consumers));
    let bump = version_bump(settings, checked, &history, &mut findings);
    let (event_type, side, owner) = (checked.name.to_owned(), checked.side.to_string(), checked.owner.to_owned());
    Ok(TypeReport { matrix: Matrix { event_type, side, owner, rows, columns, cells, bump }, findings })
}

/// Returns the report of a type whose check has panicked: a matrix without rows, and a finding.
pub(super) fn undecided(settings: &Settings, checked: &CheckedType<'_>, panic: &JobPanic) -> TypeReport {
    let (event_type, side, owner) = (checked.name.to_owned(), checked.side.to_string(), checked.owner.to_owned());
    let subject = Subject::Type { event_type: event_type.clone(), version: None };
    let finding = settings.finding(CheckRule::Undecided.id(), subject, panic.to_string());
    let findings = finding.map(|finding| finding.with_fingerprint("panic")).into_iter().collect();
    let bump = Bump { published: None, declared: None, needed: None, change: Change::Major };
    let matrix = Matrix { event_type, side, owner, rows: Vec::new(), columns: Vec::new(), cells: Vec::new(), bump };
    TypeReport { matrix, findings }
}

/// Runs the code of each version.
fn hold_versions(checked: &CheckedType<'_>, history: &SchemaHistory) -> BTreeMap<Version, HeldVersion> {
    let hold = |version: &CatalogVersion| {
        let SchemaPair { writer, reader } = history.present.pair(version.version())?;
        Some((version.version(), HeldVersion::new(version.program(), writer, reader)?))
    };
    checked.present.into_iter().flat_map(CatalogType::versions).filter_map(hold).collect()
}

struct MatrixBuilder<'a> {
    settings: &'a Settings,
    checked: &'a CheckedType<'a>,
    history: &'a SchemaHistory,
    /// The versions of the code.
    held: BTreeMap<Version, HeldVersion>,
    /// The Rust types of consumers, by the files of their schemas.
    consumers: BTreeMap<String, HeldVersion>,
    /// The versions that write what their schemas reject, with the finding unless its rule is disabled.
    invalid: BTreeMap<Version, Vec<usize>>,
    /// Decided cells, by the labels of writer and effective reader, and the kind of the reader.
    decided: BTreeMap<(String, String, ReaderKind), Cell>,
    findings: Vec<Finding>,
    /// The fields that a consumer does not read, by its label: one finding for all rows.
    unread: BTreeMap<String, UnreadFields>,
}

/// The fields that a consumer does not read.
struct UnreadFields {
    /// The index of the finding.
    finding: usize,
    places: BTreeSet<String>,
}

impl MatrixBuilder<'_> {
    /// Reports a writer whose schema no payload satisfies.
    ///
    /// Every reader is proven compatible with it, vacuously.
    fn check_satisfiable(&mut self, writer: &Writer) -> Result<(), CheckError> {
        let row = &writer.row;
        let nothing = Value::Bool(false);
        let question = Question::new(&row.schema, &nothing).budget(self.settings.budget).random_samples(0);
        let (rule, message) = match catch(|| question.ask()) {
            Ok(Ok(Verdict::Broken { .. })) => return Ok(()),
            Ok(Ok(Verdict::Contained)) => {
                (CheckRule::WriterUnsatisfiable, format!("no payload satisfies the writer's schema of {}", row.label))
            }
            Ok(Ok(Verdict::Undecided { reason })) => (
                CheckRule::Undecided,
                format!("undecided whether any payload satisfies the writer's schema of {}: {reason}", row.label),
            ),
            Ok(Err(error)) => return Err(self.question_error(writer, None, error)),
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

    /// Adds the findings about a version whose code and schemas disagree.
    fn hold_to_schemas(&mut self, writer: &Writer) {
        let Some(version) = writer.code() else { return };
        let Some(held) = self.held.get(&version) else { return };
        let Some(SchemaPair { reader, .. }) = self.history.present.pair(version) else { return };
        let (settings, event_type, label) = (self.settings, self.checked.name, &*writer.row.label);
        let report = CodeReport { settings, event_type, label, held, reader };
        if held.invalid.is_some() {
            let finding = report.invalid();
            self.invalid.insert(version, finding.iter().map(|_| self.findings.len()).collect());
            self.findings.extend(finding);
        }
        self.findings.extend(report.differences());
    }

    /// Returns the findings about the version of a row, if its code writes what its schema rejects.
    fn invalid_version(&self, writer: &Writer) -> Option<&[usize]> {
        self.invalid.get(&writer.code()?).map(Vec::as_slice)
    }

    /// Returns the verdict for schemas that are proven compatible, once the code of both sides has been run.
    fn hold_to_code(&mut self, writer: &Writer, reader: &EffectiveReader) -> CellVerdict {
        let row = &writer.row;
        if let (Some(ReaderCode::Consumer(program)), Some(file)) = (reader.code, &reader.file) {
            self.consumers.entry(file.clone()).or_insert_with(|| HeldVersion::of_consumer(program, &reader.schema));
        }
        let of_reader = match reader.code {
            Some(ReaderCode::Version(version)) => self.held.get(&version),
            Some(ReaderCode::Consumer(_)) => self.consumers.get(reader.file.as_deref().unwrap_or_default()),
            None => None,
        };
        let of_writer = self.held.get(&writer.version);
        let is_code = writer.code().is_some();
        let refused = match (of_reader, of_writer) {
            (Some(of_reader), Some(of_writer)) if is_code => of_reader.find_refused_of(of_writer),
            (Some(of_reader), Some(present)) => of_reader.find_refused_sample(&row.schema, present),
            (Some(_) | None, _) => None,
        };
        if let Some(refused) = refused {
            self.add_refused(self.subject(row, reader), &row.label, refused);
            return CellVerdict::Breaks;
        }
        if self.invalid_version(writer).is_some() {
            return CellVerdict::Breaks;
        }
        let of_writer = of_writer.filter(|_| is_code).map(|held| LabelledCode { label: &row.label, held });
        let of_reader = of_reader.map(|held| LabelledCode { label: &reader.label, held });
        match find_gap(&row.schema, of_writer, of_reader) {
            Some(CodeGap::Unstated(reason) | CodeGap::Unread(reason)) => self.add_undecided(row, reader, &reason),
            None => CellVerdict::Reads,
        }
    }

    fn add_refused(&mut self, subject: Subject, writer: &str, refused: RefusedPayload) {
        let RefusedPayload { payload, refusal } = refused;
        let place = if refusal.at.is_empty() { "the root of the payload" } else { &refusal.at };
        let message = format!(
            "the code of the reader rejects a payload of {writer} that its schema accepts, at {place}: {}",
            refusal.message
        );
        let Some(mut finding) = self.settings.finding(CheckRule::TypeRejects.id(), subject, message) else { return };
        if let Subject::Pair { pointer, .. } = &mut finding.subject {
            *pointer = Some(refusal.at);
        }
        finding.evidence = Evidence::Payload { payload };
        self.findings.push(finding.with_fingerprint(""));
    }

    fn cell(&mut self, writer: &Writer, reader: &Reader<'_>) -> Result<Cell, CheckError> {
        let context = ReaderContext { settings: self.settings, checked: self.checked, history: self.history };
        let Some(reader) = context.effective_reader(writer, reader) else {
            return Ok(Cell { verdict: CellVerdict::NotRequired, findings: Vec::new() });
        };
        let key = (writer.row.label.clone(), reader.label.clone(), reader.kind);
        let mut cell = if let Some(cell) = self.decided.get(&key) {
            cell.clone()
        } else {
            let cell = self.decide_or_catch(writer, &reader)?;
            self.decided.insert(key, cell.clone());
            cell
        };
        if reader.is_upcast && cell.verdict == CellVerdict::Reads {
            cell.verdict = CellVerdict::ReadsByUpcast;
        }
        Ok(cell)
    }

    /// Decides a cell. A panic is no answer: the cell is undecided, and its other findings are incomplete.
    fn decide_or_catch(&mut self, writer: &Writer, reader: &EffectiveReader) -> Result<Cell, CheckError> {
        let first = self.findings.len();
        catch(|| self.decide(writer, reader)).unwrap_or_else(|panic| {
            self.findings.truncate(first);
            self.unread.retain(|_, unread| unread.finding < first);
            let verdict = self.add_undecided(&writer.row, reader, &panic);
            Ok(Cell { verdict, findings: (first..self.findings.len()).collect() })
        })
    }

    /// Asks whether the reader accepts everything that the writer may write, and adds the findings about that.
    fn decide(&mut self, writer: &Writer, reader: &EffectiveReader) -> Result<Cell, CheckError> {
        let row = &writer.row;
        let schema = self.settings.without_ignored(self.checked.name, reader.schema.clone());
        let schema = schema.map_err(|error| {
            let (event_type, reader) = (self.checked.name.to_owned(), reader.label.clone());
            CheckErrorKind::Ignore { event_type, reader, error }
        })?;
        let first = self.findings.len();
        let verdict = match self.ask(row, reader, &schema) {
            Ok(verdict) => verdict,
            // The change that removes or replaces an invalid statement repairs the contract.
            Err(error) if reader.kind == ReaderKind::BaseConsumer && error.role() == Some(Role::Reader) => {
                return Ok(Cell { verdict: CellVerdict::NotRequired, findings: Vec::new() });
            }
            Err(error) => return Err(self.question_error(writer, Some(reader), error)),
        };
        let losses = self.find_losses(row, reader, &schema);
        let verdict = match verdict {
            Verdict::Contained => self.hold_to_code(writer, reader),
            Verdict::Broken { incompatibilities, .. } => {
                let schemas = WitnessSchemas {
                    writer: &row.schema,
                    reader: &schema,
                    formats: reader.formats,
                    budget: self.settings.budget,
                };
                let text: Arc<str> = format_schema(&schema, reader.exact.as_ref()).into();
                for found in incompatibilities {
                    let plausible = schemas.make_plausible(&found);
                    let rejecting = RejectingSchema { schema: &schema, text: &text };
                    self.add_rejection(self.subject(row, reader), rejecting, (found, plausible), &losses);
                }
                CellVerdict::Breaks
            }
            Verdict::Undecided { reason } => self.add_undecided(row, reader, &reason),
        };
        if reader.kind == ReaderKind::BaseConsumer && row.revision != Revision::Present {
            return Ok(self.tolerate_earlier_break(verdict, first));
        }
        let unread = self.fold_unread(reader, &losses);
        for loss in losses {
            if unread.is_some() && loss.rule == CheckRule::FieldDropped
                || self.findings[first..].iter().any(|finding| loss.is_covered_by(finding))
            {
                continue;
            }
            let mut subject = self.subject(row, reader);
            if let Subject::Pair { pointer, .. } = &mut subject {
                *pointer = Some(loss.at);
            }
            let finding = self.settings.finding(loss.rule.id(), subject, loss.message);
            self.findings.extend(finding.map(|finding| finding.with_fingerprint(&loss.detail)));
        }
        // A cell whose writer writes something else refers to the finding about that.
        let of_writer = self.invalid_version(writer).filter(|_| verdict == CellVerdict::Breaks).unwrap_or_default();
        let findings = of_writer.iter().copied().chain(unread.filter(|unread| *unread < first));
        Ok(Cell { verdict, findings: findings.chain(first..self.findings.len()).collect() })
    }

    /// Adds the fields that a consumer does not read to one finding about all rows, and returns its index.
    ///
    /// A consumer that reads a part of an event is normal, and a notice for each other field would hide what is not. If the
    /// policy has made them more than a notice, each is a finding of its own.
    fn fold_unread(&mut self, reader: &EffectiveReader, losses: &[Loss]) -> Option<usize> {
        let is_folded = reader.kind == ReaderKind::Consumer
            && self.settings.policy.level_of(rule::by_id(CheckRule::FieldDropped.id())) == Some(Severity::Notice);
        let dropped = losses.iter().filter(|loss| is_folded && loss.rule == CheckRule::FieldDropped);
        let places: BTreeSet<String> = dropped.map(|loss| loss.at.clone()).collect();
        if places.is_empty() {
            return None;
        }
        let next = self.findings.len();
        let new = UnreadFields { finding: next, places: BTreeSet::new() };
        let unread = self.unread.entry(reader.label.clone()).or_insert(new);
        unread.places.extend(places);
        let names: Vec<_> = unread.places.iter().map(String::as_str).collect();
        let fields = if names.len() == 1 { "field is" } else { "fields are" };
        let message = format!("{} {fields} written but not read: {}", names.len(), names.join(", "));
        let subject = Subject::Consumer { event_type: self.checked.name.to_owned(), name: reader.label.clone() };
        let index = unread.finding;
        let finding = self.settings.finding(CheckRule::FieldDropped.id(), subject, message)?;
        let finding = finding.with_fingerprint(&names.join(" "));
        match self.findings.get_mut(index) {
            Some(folded) => *folded = finding,
            None => self.findings.push(finding),
        }
        Some(index)
    }

    /// Asks whether a reader accepts everything that a row writes. `schema` is the reader's without the ignored places.
    fn ask(&self, row: &MatrixRow, reader: &EffectiveReader, schema: &Value) -> Result<Verdict, QuestionError> {
        // Both with every digit, where the reader's has one that `serde_json` rounds.
        let exact = reader.exact.as_ref();
        let exact = exact.map(|exact| (exact::ExactValue::from(&row.schema), restore_digits(schema, exact)));
        let question = match &exact {
            Some((writer, reader)) => Question::from_exact(writer, reader),
            None => Question::new(&row.schema, schema),
        };
        reader.formats.ask(&question.budget(self.settings.budget), [&row.schema, schema])
    }

    /// Returns the fields that a reader loses. A version loses none that it writes itself, and those of a statement that is
    /// removed or replaced are of no interest any more.
    fn find_losses(&mut self, row: &MatrixRow, reader: &EffectiveReader, schema: &Value) -> Vec<Loss> {
        match reader.kind {
            ReaderKind::BaseConsumer => return Vec::new(),
            ReaderKind::Version if row.label == reader.label => return Vec::new(),
            ReaderKind::Version | ReaderKind::Consumer => {}
        }
        find_losses(&row.schema, schema).unwrap_or_else(|error| {
            let message = format!("undecided what {} loses of {}: {error}", reader.label, row.label);
            let finding = self.settings.finding(CheckRule::Undecided.id(), self.subject(row, reader), message);
            self.findings.extend(finding.map(|finding| finding.with_fingerprint("losses")));
            Vec::new()
        })
    }

    /// Lowers the severity of findings about a statement of the base and a writer that has not changed since: the statement
    /// was broken before, and the change may repair it. What was undecided then is left out.
    fn tolerate_earlier_break(&mut self, verdict: CellVerdict, first: usize) -> Cell {
        if verdict == CellVerdict::Undecided {
            self.findings.truncate(first);
            return Cell { verdict: CellVerdict::NotRequired, findings: Vec::new() };
        }
        for finding in &mut self.findings[first..] {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        Cell { verdict, findings: (first..self.findings.len()).collect() }
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
            is_consumer: reader.kind.is_consumer(),
            pointer: None,
            file: reader.file.clone(),
        }
    }

    fn add_rejection(
        &mut self,
        subject: Subject,
        rejecting: RejectingSchema<'_>,
        (found, plausible): (Incompatibility, Option<Value>),
        losses: &[Loss],
    ) {
        let place = found.pointer.to_string();
        let payload = plausible.unwrap_or_else(|| found.witness.document().clone());
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
        if found.witness.rests_on_spelling() {
            message = format!("{message}; only where `1.0` is not an integer, as in draft 4");
        }
        let exact_payload = match found.witness.confirmation() {
            Confirmation::BothValidators => None,
            Confirmation::OwnValidator => {
                message = format!("{message}; a number is beyond one of the two validators");
                Some(found.witness.exact_document().clone())
            }
        };
        let Some(mut finding) = self.settings.finding(found.kind.id(), subject, message) else { return };
        if let Subject::Pair { pointer, .. } = &mut finding.subject {
            *pointer = Some(place);
        }
        finding.evidence = Evidence::Rejection {
            payload,
            missing: found.missing,
            reader_keyword: found.reader.to_string(),
            writer_keyword: found.writer.map(|keyword| keyword.to_string()),
        };
        finding.reader_schema = Some(Arc::clone(rejecting.text));
        finding.exact_payload = exact_payload;
        self.findings.push(finding.with_fingerprint(&keyword_digest(&found.reader, rejecting.schema)));
    }

    fn question_error(&self, writer: &Writer, reader: Option<&EffectiveReader>, error: QuestionError) -> CheckError {
        let file = match (error.role(), reader) {
            (Some(Role::Writer), _) => {
                let is_published = writer.row.revision != Revision::Present;
                let path = is_published.then(|| self.checked.schema_file(writer.version, Role::Writer));
                path.map(|path| (InputKind::Record, path))
            }
            (Some(Role::Reader), Some(reader)) => reader.file.clone().map(|path| (reader.kind.input(), path)),
            (Some(Role::Reader), None) | (None, _) => None,
        };
        let pair = match reader {
            Some(reader) => format!("{} to {}", writer.row.label, reader.label),
            None => writer.row.label.clone(),
        };
        CheckErrorKind::Question { file, event_type: self.checked.name.to_owned(), pair, error }.into()
    }
}

impl Loss {
    /// Returns true if an incompatibility is about the same field.
    fn is_covered_by(&self, finding: &Finding) -> bool {
        match &finding.evidence {
            Evidence::Rejection { missing, .. } => self.renamed_to.is_some() && self.renamed_to == *missing,
            Evidence::None | Evidence::Payload { .. } | Evidence::Events { .. } => false,
        }
    }
}

/// The schema of a reader that rejects a payload, and its text for reports.
#[derive(Clone, Copy)]
struct RejectingSchema<'a> {
    schema: &'a Value,
    text: &'a Arc<str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::side::SideKind;

    #[test]
    fn a_type_whose_check_panics_is_undecided() {
        let settings = Settings::new("2026-11-22".parse().unwrap());
        let (name, owner) = ("Order.Created", "shop");
        let checked = CheckedType { name, side: SideKind::External, owner, present: None, published: Vec::new() };
        let panic = catch(|| panic!("cut in {name}")).unwrap_err();
        let TypeReport { matrix, findings } = undecided(&settings, &checked, &panic);
        assert_eq!(matrix.worst_verdict("billing"), CellVerdict::Undecided);
        assert_eq!((findings.len(), findings[0].rule), (1, "undecided"));
        assert!(findings[0].message.ends_with("cut in Order.Created"), "{}", findings[0].message);
    }
}
