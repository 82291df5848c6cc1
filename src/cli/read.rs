//! `read`: events of deliveries, with observations.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use super::exit::{Exit, Failure};
use super::style::Plain;
use super::{input, output, style};
use crate::catalog::{Catalog, CatalogEvent};
use crate::name::{EventType, Version};
use crate::read::{Mismatch, Observation, ReadError, ReadErrorKind, Reading, RecognisedType};

/// Read events in any delivery shape and version, and print their type, version and observations.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract read delivery.json
  aws sqs receive-message … | event-contract read --json -
  aws kinesis get-records … | event-contract read -

Exit codes: 0 all events were read, 1 some events could not be read, 2 a file could not be opened.
An event of another type than those of the contract counts as read, a document without events does not.")]
pub(super) struct Read {
    /// JSON, a batch, or one event after the other, plain or gzip; `-` is standard input, the default
    files: Vec<String>,

    /// Print a line of JSON for each event, with the event in its newest version
    #[arg(long)]
    json: bool,
}

impl Read {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        let mut exit = Exit::Success;
        for file in input::or_stdin(&self.files)? {
            let bytes = match input::read(file) {
                Ok(bytes) => bytes,
                // The other files are still read.
                Err(failure) => {
                    failure.print();
                    exit = Exit::Failure;
                    continue;
                }
            };
            if !self.json {
                let (bold, reset) = (style::HEADING.render(), style::HEADING.render_reset());
                writeln!(out, "{bold}{file}{reset}")?;
            }
            // One by one: a file may have more events than fit in memory at once.
            let (mut index, mut written) = (0, Ok(()));
            catalog.for_each(&bytes, |answer| {
                if answer.is_err() {
                    exit = exit.max(Exit::Findings);
                }
                written = self.write(&mut out, file, index, &answer);
                index += 1;
                written.is_ok()
            });
            written?;
        }
        Ok(exit)
    }

    fn write(&self, out: &mut impl Write, file: &str, index: usize, answer: &Answer) -> io::Result<()> {
        if !self.json {
            return print(out, answer);
        }
        let line = Line { file, index, answer: AnswerFields::from_answer(answer)? };
        writeln!(out, "{}", serde_json::to_string(&line)?)
    }
}

type Answer = Result<Reading<'static, CatalogEvent>, ReadError>;

fn print(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let reading = match answer {
        Ok(reading) => reading,
        Err(error) => return print_error(out, error),
    };
    match reading.event() {
        CatalogEvent::Event(event) => {
            if let Some(RecognisedType { event_type, side, version_read: read, version: given, .. }) =
                reading.recognised()
            {
                let source = Plain(event.metadata().source.as_ref().map_or("an unnamed subsystem", AsRef::as_ref));
                let (id, shape) = (Plain(event.metadata().id.as_str()), reading.shape());
                writeln!(out, "  {event_type} {read} → {given}, {side}, of {source}, id {id} ({shape})")?;
            }
        }
        CatalogEvent::Other(other) => {
            let event_type = Plain(other.event_type.as_deref().unwrap_or("an event without a type"));
            writeln!(out, "  {event_type}: not of this contract ({})", reading.shape())?;
        }
    }
    reading.observations().iter().try_for_each(|seen| {
        let style = style::of_severity(seen.severity());
        let (on, off, text) = (style.render(), style.render_reset(), seen.to_string());
        writeln!(out, "    {on}{:7}{off} {}", seen.severity(), Plain(&text))
    })
}

fn print_error(out: &mut impl Write, error: &ReadError) -> io::Result<()> {
    let (red, reset) = (style::ERROR.render(), style::ERROR.render_reset());
    let ReadErrorKind::Mismatch { mismatches, and_more } = error.kind() else {
        return writeln!(out, "  {red}could not be read:{reset} {}", Plain(&error.to_string()));
    };
    writeln!(out, "  {red}could not be read:{reset}")?;
    mismatches
        .iter()
        .try_for_each(|mismatch| writeln!(out, "    {red}error{reset}   {}", Plain(&mismatch.to_string())))?;
    if *and_more {
        writeln!(out, "    {red}error{reset}   and more")?;
    }
    Ok(())
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
    Event {
        r#type: Option<EventType>,
        side: Option<String>,
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

impl AnswerFields {
    fn from_answer(answer: &Answer) -> Result<Self, serde_json::Error> {
        let reading = match answer {
            Ok(reading) => reading,
            Err(error) => {
                let wrong = |mismatch: &Mismatch| MismatchFields {
                    pointer: mismatch.pointer.as_str().to_owned(),
                    expected: mismatch.expected.clone(),
                    found: mismatch.found.clone(),
                };
                return Ok(Self::Unread {
                    error: error.to_string(),
                    mismatches: error.mismatches().iter().map(wrong).collect(),
                });
            }
        };
        let shape = reading.shape().to_string();
        let recognised = reading.recognised();
        Ok(match reading.event() {
            CatalogEvent::Event(event) => Self::Event {
                r#type: recognised.map(|recognised| recognised.event_type.clone()),
                side: recognised.map(|recognised| recognised.side.to_string()),
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
