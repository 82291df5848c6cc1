//! The matrix of one type: every writer and every reader of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::change::{self, is_the_same};
use super::consumer::Consumer;
use super::finding::{Finding, place, said_by};
use super::loss::{Loss, losses};
use super::report::{Answer, Cell, Matrix, Reader, Revision, Writer};
use super::rule::{self, Own};
use super::run::{Check, CheckError, CheckErrorKind, Schemas, Subject};
use crate::catalog::CatalogType;
use crate::compat::{self, Question, Verdict};
use crate::lifecycle::Stage;
use crate::name::Version;
use crate::side::SideKind;

/// A matrix, and its findings; cells name these by their index.
pub(super) struct Made {
    pub(super) matrix: Matrix,
    pub(super) findings: Vec<Finding>,
}

/// What is written and read of a type, as it is published and as the code says.
pub(super) struct Contract {
    pub(super) published: Role,
    pub(super) present: Role,
}

/// Both schemas of each version.
#[derive(Default)]
pub(super) struct Role {
    pub(super) writers: Schemas,
    pub(super) readers: Schemas,
}

impl Contract {
    fn of(subject: &Subject<'_>) -> Self {
        let mut contract = Self { published: Role::default(), present: Role::default() };
        for published in &subject.published {
            contract.published.writers.insert(published.version, published.writer.clone());
            contract.published.readers.insert(published.version, published.reader.clone());
        }
        for version in subject.present.into_iter().flat_map(CatalogType::versions) {
            let (writer, reader) = (version.writer_schema(), version.reader_schema());
            contract.present.writers.insert(version.version(), writer.as_value().clone());
            contract.present.readers.insert(version.version(), reader.as_value().clone());
        }
        contract
    }
}

/// One after the other: what is published, unless the code says the same; what the code says.
fn revisions(published: &Schemas, present: &Schemas) -> Vec<(Version, Revision, Value)> {
    let mut versions: Vec<_> = published.keys().chain(present.keys()).copied().collect();
    versions.sort_unstable();
    versions.dedup();
    let mut revisions = Vec::new();
    for version in versions {
        match (published.get(&version), present.get(&version)) {
            (Some(was), Some(is)) if is_the_same(was, is) => {
                revisions.push((version, Revision::Unchanged, is.clone()));
            }
            (was, is) => {
                revisions.extend(was.map(|was| (version, Revision::Published, was.clone())));
                revisions.extend(is.map(|is| (version, Revision::Present, is.clone())));
            }
        }
    }
    revisions
}

/// `v3`, and `v3 now` for what has become of a published version.
fn label(version: Version, revision: Revision, published: &Schemas) -> String {
    match revision {
        Revision::Present if published.contains_key(&version) => format!("{version} now"),
        Revision::Unchanged | Revision::Published | Revision::Present | Revision::Stated => version.to_string(),
    }
}

/// The matrix of a type.
pub(super) fn of(check: &Check<'_>, subject: &Subject<'_>, consumers: &[Consumer]) -> Result<Made, CheckError> {
    let contract = Contract::of(subject);
    let stage = |version: Version| subject.lifecycle(version).stage(check.today);
    let rows = revisions(&contract.published.writers, &contract.present.writers);
    let writers: Vec<_> = rows
        .into_iter()
        .map(|(version, revision, schema)| Writer {
            label: label(version, revision, &contract.published.writers),
            version: version.get(),
            revision,
            stage: stage(version),
            schema,
        })
        .collect();
    let columns = revisions(&contract.published.readers, &contract.present.readers);
    let mut readers: Vec<_> = columns
        .into_iter()
        .map(|(version, revision, schema)| Reader {
            label: label(version, revision, &contract.published.readers),
            version: Some(version.get()),
            revision,
            stage: stage(version),
            schema,
        })
        .collect();
    let newest = contract.present.writers.keys().chain(contract.published.writers.keys()).max().copied();
    let reading: Vec<_> =
        consumers.iter().filter(|consumer| consumer.event_types().any(|of| of == subject.name)).collect();
    readers.extend(reading.iter().map(|consumer| {
        Reader {
            label: consumer.name().to_owned(),
            version: None,
            revision: Revision::Stated,
            stage: Stage::Live,
            schema: newest
                .and_then(|newest| consumer.schema(subject.name, newest))
                .map_or(Value::Null, |(_, schema)| schema.clone()),
        }
    }));
    let mut making = Making { check, subject, contract, asked: BTreeMap::new(), findings: Vec::new() };
    for writer in &writers {
        making.is_satisfiable(writer)?;
    }
    let mut cells = Vec::new();
    for writer in &writers {
        let row = readers.iter().map(|reader| making.cell(writer, reader, &reading));
        cells.push(row.collect::<Result<Vec<_>, _>>()?);
    }
    let Making { contract, mut findings, .. } = making;
    let bump = change::of(check, subject, &contract, &mut findings);
    let matrix = Matrix {
        event_type: subject.name.to_owned(),
        side: subject.side.to_string(),
        owner: subject.owner.to_owned(),
        writers,
        readers,
        cells,
        bump,
    };
    Ok(Made { matrix, findings })
}

/// The worst answer in the column of a reader.
pub(super) fn worst(matrix: &Matrix, reader: &str) -> Answer {
    let badness = |answer: &Answer| match answer {
        Answer::NotOwed => 0,
        Answer::Reads => 1,
        Answer::ReadsByUpcast => 2,
        Answer::Accepted => 3,
        Answer::Undecided => 4,
        Answer::Breaks => 5,
    };
    let Some(column) = matrix.readers.iter().position(|of| of.version.is_none() && of.label == reader) else {
        return Answer::NotOwed;
    };
    matrix.cells.iter().map(|row| row[column].answer).max_by_key(badness).unwrap_or(Answer::NotOwed)
}

struct Making<'a> {
    check: &'a Check<'a>,
    subject: &'a Subject<'a>,
    contract: Contract,
    /// The answers that are known: by the writer, by what findings call the reader, and by whether that is a consumer.
    asked: BTreeMap<(String, String, bool), Cell>,
    findings: Vec<Finding>,
}

/// The schema by which a reader reads what a writer writes.
struct Through {
    /// As findings call it.
    label: String,
    is_consumer: bool,
    schema: Value,
    /// The file that says so; what has changed in the code is in none.
    file: Option<String>,
    is_upcast: bool,
}

impl Making<'_> {
    /// Of what nobody can write, everything is true.
    fn is_satisfiable(&mut self, writer: &Writer) -> Result<(), CheckError> {
        let nothing = Value::Bool(false);
        let question = Question::new(&writer.schema, &nothing).budget(self.check.budget).random_samples(0);
        let verdict = question.ask().map_err(|error| self.cannot_ask(&writer.label, "nothing", error))?;
        let (own, message) = match verdict {
            Verdict::Broken { .. } => return Ok(()),
            Verdict::Contained => {
                (Own::WriterUnsatisfiable, format!("{}: no payload satisfies its schema", writer.label))
            }
            Verdict::Undecided { reason } => (
                Own::Undecided,
                format!("{}: whether any payload satisfies its schema is not known: {reason}", writer.label),
            ),
        };
        self.add(own, message, |finding| finding.writer = Some(writer.label.clone()), "");
        Ok(())
    }

    fn cell(&mut self, writer: &Writer, reader: &Reader, consumers: &[&Consumer]) -> Result<Cell, CheckError> {
        let Some(through) = self.through(writer, reader, consumers) else {
            return Ok(Cell { answer: Answer::NotOwed, findings: Vec::new() });
        };
        let key = (writer.label.clone(), through.label.clone(), through.is_consumer);
        let mut cell = if let Some(cell) = self.asked.get(&key) {
            cell.clone()
        } else {
            let cell = self.ask(writer, &through)?;
            self.asked.insert(key, cell.clone());
            cell
        };
        if through.is_upcast && cell.answer == Answer::Reads {
            cell.answer = Answer::ReadsByUpcast;
        }
        Ok(cell)
    }

    /// How the reader reads what the writer writes; `None` where that is not owed.
    fn through(&self, writer: &Writer, reader: &Reader, consumers: &[&Consumer]) -> Option<Through> {
        let written = Version::new(writer.version).ok()?;
        let Some(version) = reader.version.and_then(|version| Version::new(version).ok()) else {
            if writer.stage == Stage::Sunset {
                return None;
            }
            let consumer = consumers.iter().find(|consumer| consumer.name() == reader.label)?;
            let (file, schema) = consumer.schema(self.subject.name, written)?;
            let schema = schema.clone();
            let (label, file) = (reader.label.clone(), Some(file));
            return Some(Through { label, is_consumer: true, schema, file, is_upcast: false });
        };
        let is_newer = written > version
            || (written == version && writer.revision == Revision::Present && reader.revision == Revision::Published);
        let forward = self.subject.side == SideKind::External && writer.stage != Stage::Sunset;
        if reader.stage == Stage::Sunset && written != version || is_newer && !forward {
            return None;
        }
        let file = |version: Version, revision: Revision| {
            let side = self.subject.side;
            (revision != Revision::Present).then(|| format!("{side}/{}/{version}.reader.json", self.subject.name))
        };
        if written >= version {
            let (label, schema) = (reader.label.clone(), reader.schema.clone());
            return Some(Through {
                label,
                is_consumer: false,
                schema,
                file: file(version, reader.revision),
                is_upcast: false,
            });
        }
        // What it carries of the older version: as it was published with it, or as the code has it.
        let Contract { published, present } = &self.contract;
        let carried = match reader.revision {
            Revision::Published => published.readers.get(&written).or_else(|| present.readers.get(&written)),
            Revision::Unchanged | Revision::Present | Revision::Stated => present.readers.get(&written),
        };
        let schema = carried?.clone();
        let has_changed = published.readers.get(&written).is_some_and(|published| !is_the_same(published, &schema));
        let revision = if has_changed { Revision::Present } else { Revision::Unchanged };
        let label = label(written, revision, &published.readers);
        Some(Through { label, is_consumer: false, schema, file: file(written, revision), is_upcast: true })
    }

    fn ask(&mut self, writer: &Writer, through: &Through) -> Result<Cell, CheckError> {
        let reader = Arc::new(self.check.relaxed(self.subject.name, through.schema.clone()));
        let question =
            Question::new(&writer.schema, &reader).assert_formats(self.check.formats).budget(self.check.budget);
        let verdict = question.ask().map_err(|error| self.cannot_ask(&writer.label, &through.label, error))?;
        // What is read just as the same version writes it, loses nothing.
        let is_own = writer.label == through.label && !through.is_consumer;
        let losses = if is_own { Vec::new() } else { losses(&writer.schema, &reader) };
        let before = self.findings.len();
        let answer = match verdict {
            Verdict::Contained => Answer::Reads,
            Verdict::Broken { findings, .. } => {
                for finding in findings {
                    self.breaks(writer, through, &reader, finding, &losses);
                }
                Answer::Breaks
            }
            Verdict::Undecided { reason } => {
                let message = format!("whether {} reads {} is not known: {reason}", through.label, writer.label);
                self.add(Own::Undecided, message, |finding| finding.is_about(writer, through), "");
                Answer::Undecided
            }
        };
        for loss in &losses {
            // A break says it louder.
            let is_said = self.findings[before..].iter().any(|finding| loss.is_said_by(finding));
            if !is_said {
                let about = |finding: &mut Finding| {
                    finding.is_about(writer, through);
                    finding.at = Some(loss.at.clone());
                };
                self.add(loss.rule, loss.message.clone(), about, &loss.message);
            }
        }
        Ok(Cell { answer, findings: (before..self.findings.len()).collect() })
    }

    fn breaks(
        &mut self,
        writer: &Writer,
        through: &Through,
        reader: &Arc<Value>,
        found: compat::Finding,
        losses: &[Loss],
    ) {
        let title = rule::of(found.kind.id()).title();
        let at = found.at.to_string();
        let witness = found.witness.document().clone();
        let shown = if at.is_empty() { "the root of the payload" } else { &at };
        let mut message = match &found.missing {
            Some(name) => format!("{title}: `{name}` is missing at {shown}"),
            None => format!("{title}, at {shown}"),
        };
        let renamed = losses.iter().find(|loss| {
            let parent = loss.at.rsplit_once('/').map_or("", |(parent, _)| parent);
            loss.renamed_to.is_some() && loss.renamed_to == found.missing && parent == place(&at, Some(&witness))
        });
        if let Some(from) = renamed.and_then(|loss| loss.at.rsplit('/').next()) {
            message = format!("{message}; it looks like `{from}`, renamed");
        }
        let more = said_by(&found.reader, reader);
        let Some(mut finding) = self.check.finding(found.kind.id(), message) else { return };
        finding.event_type = Some(self.subject.name.to_owned());
        finding.is_about(writer, through);
        finding.at = Some(at);
        finding.missing = found.missing;
        finding.reader_keyword = Some(found.reader.to_string());
        finding.writer_keyword = found.writer.map(|keyword| keyword.to_string());
        finding.witness = Some(witness);
        finding.asked = Some(Arc::clone(reader));
        self.findings.push(finding.seal(&more));
    }

    fn add(&mut self, own: Own, message: String, about: impl FnOnce(&mut Finding), more: &str) {
        if let Some(mut finding) = self.check.finding(own.id(), message) {
            finding.event_type = Some(self.subject.name.to_owned());
            about(&mut finding);
            self.findings.push(finding.seal(more));
        }
    }

    fn cannot_ask(&self, writer: &str, reader: &str, error: compat::QuestionError) -> CheckError {
        let (writer, reader) = (writer.to_owned(), reader.to_owned());
        CheckErrorKind::Question { event_type: self.subject.name.to_owned(), writer, reader, error }.into()
    }
}

impl Finding {
    fn is_about(&mut self, writer: &Writer, through: &Through) {
        self.writer = Some(writer.label.clone());
        self.reader = Some(through.label.clone());
        self.is_stated = through.is_consumer;
        self.file.clone_from(&through.file);
    }
}

impl Loss {
    /// Whether a break is about the same field.
    fn is_said_by(&self, finding: &Finding) -> bool {
        self.renamed_to.is_some() && self.renamed_to == finding.missing
    }
}
