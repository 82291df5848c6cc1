//! `read`: events of deliveries, with observations, and faults with the deliveries that they hold.

mod event;
mod fault;
mod resubmit;

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::input::{self, Contents, InputName};
use super::{output, style};
use crate::catalog::Catalog;
use event::{EventFields, ReadResult, print};
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
    Fault { fault: Box<FaultFields> },
    Event(EventFields),
}

impl AnswerFields {
    fn from_answer(answer: &Answer) -> Result<Self, serde_json::Error> {
        Ok(match answer {
            Answer::Read(result) => Self::Event(EventFields::from_result(result)?),
            Answer::Fault(report) => Self::Fault { fault: Box::new(report.fields()?) },
        })
    }
}
