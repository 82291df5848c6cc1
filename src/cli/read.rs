//! `read`: events of deliveries, with observations, and faults with the deliveries that they hold.

mod fault;
mod resubmit;

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use super::exit::{Exit, Failure};
use super::input::{self, Contents, InputName};
use super::style::Plain;
use super::{output, style};
use crate::catalog::{Catalog, CatalogEvent};
use crate::name::{EventType, Version};
use crate::read::{Mismatch, Observation, ReadError, ReadErrorKind, Reading, RecognisedType};
use fault::{FaultFields, FaultReport};
use resubmit::ResubmitForm;

/// Read events in any delivery shape and version, and print their type, version and observations.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract read delivery.json
  aws sqs receive-message … | event-contract read --json -
  aws kinesis get-records … | event-contract read -
  event-contract read --resubmit fault.json > delivery.json
  event-contract read --resubmit=invocation fault.json > payload.json
  aws lambda invoke --function-name shop-listener --payload fileb://payload.json answer.json

Of a fault, the reason is printed, and the delivery that it holds, which is read again.

Exit codes: 0 all events were read, 1 some events could not be read, or a fault holds none that can, 2 a file could not be \
opened. An event of another type than those of the contract counts as read, a document without events does not. \
With --resubmit: 0 written, 1 a fault has nothing to write, 2 a file could not be opened or has no fault.")]
pub(super) struct Read {
    /// JSON, a batch, or one event after the other, plain or gzip; `-` is standard input, the default
    #[arg(value_parser = input::names())]
    files: Vec<InputName>,

    /// Print a line of JSON for each event, with the event in its newest version
    #[arg(long)]
    json: bool,

    /// Write the delivery that a fault holds to standard output, to handle it again: the bytes of one fault, exactly, or for each fault a
    /// line with the payload of an invocation, which has the attributes of the message, too
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "bytes",
        conflicts_with = "json"
    )]
    resubmit: Option<ResubmitForm>,
}

impl Read {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        if let Some(form) = self.resubmit {
            return resubmit::run(&self.files, form, catalog);
        }
        let mut out = output::json_or_text(self.json);
        let mut exit = Exit::Success;
        for file in input::or_stdin(&self.files)? {
            let bytes = match input::read(&file, Contents::Events) {
                Ok(bytes) => bytes,
                // The other files are still read.
                Err(failure) => {
                    failure.print();
                    exit = Exit::Failure;
                    continue;
                }
            };
            if !self.json {
                let (bold, reset) = (style::HEADING, style::RESET);
                writeln!(out, "{bold}{file}{reset}")?;
            }
            // One by one: a file may have more events than fit in memory at once.
            let (mut index, mut written) = (0, Ok(()));
            catalog.for_each(&bytes, |answer| {
                let answer = Answer::new(answer, catalog);
                exit = exit.max(answer.exit());
                written = self.write(&mut out, &file, index, &answer);
                index += 1;
                written.is_ok()
            });
            written?;
        }
        Ok(exit)
    }

    fn write(&self, out: &mut impl Write, file: &InputName, index: usize, answer: &Answer) -> io::Result<()> {
        if !self.json {
            return answer.print(out);
        }
        let line = Line { file: file.as_str(), index, answer: AnswerFields::from_answer(answer)? };
        writeln!(out, "{}", serde_json::to_string(&line)?)
    }
}

type ReadResult = Result<Reading<'static, CatalogEvent>, ReadError>;

/// The result of reading an event.
enum Answer {
    Read(ReadResult),
    Fault(Box<FaultReport>),
}

impl Answer {
    fn new(result: ReadResult, catalog: &Catalog) -> Self {
        match fault::find(&result) {
            Some(fault) => Self::Fault(Box::new(FaultReport::new(fault, catalog))),
            None => Self::Read(result),
        }
    }

    fn exit(&self) -> Exit {
        let is_read = match self {
            Self::Read(result) => result.is_ok(),
            Self::Fault(report) => report.is_readable(),
        };
        if is_read { Exit::Success } else { Exit::Findings }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Read(result) => print(out, "  ", result),
            Self::Fault(report) => report.print(out),
        }
    }
}

/// Prints an event, each line with an indent.
fn print(out: &mut impl Write, indent: &str, result: &ReadResult) -> io::Result<()> {
    let reading = match result {
        Ok(reading) => reading,
        Err(error) => return print_error(out, indent, error),
    };
    match reading.event() {
        CatalogEvent::Event(event) => {
            if let Some(RecognisedType { event_type, side, version_written: written, version: given, .. }) =
                reading.recognised()
            {
                let source = Plain(event.metadata().source.as_ref().map_or("an unnamed subsystem", AsRef::as_ref));
                let (id, shape) = (Plain(event.metadata().id.as_str()), reading.shape());
                writeln!(out, "{indent}{event_type} {written} → {given}, {side}, of {source}, id {id} ({shape})")?;
            }
        }
        CatalogEvent::Other(other) => {
            let event_type = Plain(other.event_type.as_deref().unwrap_or("an event without a type"));
            writeln!(out, "{indent}{event_type}: not of this contract ({})", reading.shape())?;
        }
    }
    reading.observations().iter().try_for_each(|seen| print_observation(out, indent, seen))
}

fn print_observation(out: &mut impl Write, indent: &str, seen: &Observation) -> io::Result<()> {
    let style = style::of_severity(seen.severity());
    let (on, off, text) = (style, style::RESET, seen.to_string());
    writeln!(out, "{indent}  {on}{:7}{off} {}", seen.severity(), Plain(&text))
}

fn print_error(out: &mut impl Write, indent: &str, error: &ReadError) -> io::Result<()> {
    let (red, reset) = (style::ERROR, style::RESET);
    let ReadErrorKind::Mismatch { mismatches, and_more } = error.kind() else {
        return writeln!(out, "{indent}{red}could not be read:{reset} {}", Plain(&error.to_string()));
    };
    writeln!(out, "{indent}{red}could not be read:{reset}")?;
    mismatches
        .iter()
        .try_for_each(|mismatch| writeln!(out, "{indent}  {red}error{reset}   {}", Plain(&mismatch.to_string())))?;
    if *and_more {
        writeln!(out, "{indent}  {red}error{reset}   and more")?;
    }
    error.assumptions().try_for_each(|seen| print_observation(out, indent, seen))
}

/// An event as JSON.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    index: usize,
    #[serde(flatten)]
    answer: AnswerFields,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnswerFields {
    Fault {
        fault: Box<FaultFields>,
    },
    Event {
        r#type: Option<EventType>,
        side: Option<String>,
        written: Option<Version>,
        read: Option<Version>,
        given: Option<Version>,
        shape: String,
        observations: Vec<ObservationFields>,
        event: Box<RawValue>,
    },
    Other {
        unrecognised: Option<String>,
        shape: String,
    },
    Unread {
        error: String,
        mismatches: Vec<MismatchFields>,
        observations: Vec<ObservationFields>,
    },
}

#[derive(Serialize)]
struct ObservationFields {
    severity: String,
    kind: &'static str,
    pointer: String,
    what: String,
}

#[derive(Serialize)]
struct MismatchFields {
    pointer: String,
    expected: String,
    found: String,
}

impl MismatchFields {
    fn from_mismatch(mismatch: &Mismatch) -> Self {
        Self {
            pointer: mismatch.pointer.as_str().to_owned(),
            expected: mismatch.expected.clone(),
            found: mismatch.found.clone(),
        }
    }
}

impl AnswerFields {
    fn from_answer(answer: &Answer) -> Result<Self, serde_json::Error> {
        match answer {
            Answer::Read(result) => Self::from_result(result),
            Answer::Fault(report) => Ok(Self::Fault { fault: Box::new(report.fields()?) }),
        }
    }

    fn from_result(result: &ReadResult) -> Result<Self, serde_json::Error> {
        let reading = match result {
            Ok(reading) => reading,
            Err(error) => {
                return Ok(Self::Unread {
                    error: error.to_string(),
                    mismatches: error.mismatches().iter().map(MismatchFields::from_mismatch).collect(),
                    observations: error.observations().iter().map(ObservationFields::from_observation).collect(),
                });
            }
        };
        let shape = reading.shape().to_string();
        let recognised = reading.recognised();
        Ok(match reading.event() {
            CatalogEvent::Event(event) => Self::Event {
                r#type: recognised.map(|recognised| recognised.event_type.clone()),
                side: recognised.map(|recognised| recognised.side.to_string()),
                written: recognised.map(|recognised| recognised.version_written),
                read: recognised.map(|recognised| recognised.version_read),
                given: recognised.map(|recognised| recognised.version),
                shape,
                observations: reading.observations().iter().map(ObservationFields::from_observation).collect(),
                event: RawValue::from_string(join_lines(&event.to_internal_json()?))?,
            },
            CatalogEvent::Other(other) => Self::Other { unrecognised: other.event_type.clone(), shape },
        })
    }
}

/// Replaces line breaks, which are white space in JSON: unknown fields are written as they were read.
fn join_lines(json: &str) -> String {
    json.replace(['\r', '\n'], " ")
}

impl ObservationFields {
    fn from_observation(seen: &Observation) -> Self {
        Self {
            severity: seen.severity().to_string(),
            kind: seen.kind.name(),
            pointer: seen.pointer.as_str().to_owned(),
            what: seen.kind.to_string(),
        }
    }
}
