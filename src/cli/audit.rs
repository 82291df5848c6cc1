//! `audit`: statistics of an event lake.

mod chunk;
mod text;
mod worker;

use std::fs;
use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::exit::{Exit, Failure};
use super::input::{self, Expansion, InputName};
use super::output;
use crate::audit::{Place, Summary, UnreadRemainder};
use crate::catalog::Catalog;
use chunk::{Chunk, Chunks};
use worker::{Feed, Lines};

/// Count the events of an event lake by type and version, with observations and read errors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract audit lake/2026/11/22/*.gz
  aws s3 cp s3://lake/2026/11/22/10/events.gz - | event-contract audit
  event-contract audit --json lake/a.gz > a.json     (likewise for b.gz)
  event-contract audit --merge a.json b.json

Memory use does not grow with the lake: the first names, pointers and errors are listed, the others counted.
A summary (`--json`) lists the first 1000 errors regardless of `--errors`, so that it can be merged.

Exit codes: 0 all events were read, 1 some events could not be read, 2 a file could not be read completely, or is not \
a summary, or no event belongs to the contract.")]
pub(super) struct Audit {
    /// Files with one delivery per line, an event or a batch, plain or gzip; `-` is standard input, the default
    #[arg(value_parser = input::names())]
    files: Vec<InputName>,

    /// Print the summary as JSON, on one line
    #[arg(long)]
    json: bool,

    /// Merge summaries: each file contains any number of them
    #[arg(long)]
    merge: bool,

    /// The maximum number of listed errors; all are counted
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1000))]
    errors: u16,
}

impl Audit {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let files = input::or_stdin(&self.files)?;
        let (summary, mut exit) = if self.merge { (merge(&files)?, Exit::Success) } else { audit(&files, catalog) };
        if summary.unread().total() > 0 || summary.incomplete().total() > 0 {
            exit = exit.max(Exit::Findings);
        }
        let mut out = output::json_or_text(self.json);
        if self.json {
            writeln!(out, "{}", summary.to_json())?;
        } else {
            text::write(&mut out, &summary, self.errors.into())?;
        }
        // A lake without an event of the contract is probably the wrong one.
        if summary.events() == summary.foreign().total() && summary.incomplete().total() == 0 {
            let what = match summary.events() {
                0 => "nothing was compared: no events".to_owned(),
                events => format!("nothing was compared: none of {events} events belongs to this contract"),
            };
            Failure::new(what, "check the names of the files, and the hours of the lake").print();
            exit = Exit::Failure;
        }
        Ok(exit)
    }
}

/// Counts the events of the files. A file that cannot be read is reported and does not stop the others.
fn audit(files: &[InputName], catalog: &Catalog) -> (Summary, Exit) {
    let progress = progress(files);
    let mut own = Summary::default();
    let mut exit = Exit::Success;
    let mut summary = worker::count(catalog, |feed| {
        for file in files {
            if let Err(failure) = feed_file(file, catalog, feed, &progress, &mut own) {
                own.add_incomplete(UnreadRemainder {
                    file: file.as_str().to_owned(),
                    message: failure.message.clone(),
                });
                exit = Exit::Failure;
                progress.suspend(|| failure.print());
            }
        }
    });
    progress.finish_and_clear();
    if !summary.incomplete().listed().is_empty() {
        exit = Exit::Failure;
    }
    summary.merge(own);
    (summary, exit)
}

fn feed_file(
    name: &InputName,
    catalog: &Catalog,
    feed: &Feed<'_>,
    progress: &ProgressBar,
    own: &mut Summary,
) -> Result<(), Failure> {
    let file: Arc<str> = name.as_str().into();
    let mut input = open(name, progress)?;
    let mut begin = Vec::new();
    let result = (&mut input).take(Summary::MAX_LINE_BYTES as u64 + 1).read_to_end(&mut begin);
    let is_all = result.is_ok() && begin.len() <= Summary::MAX_LINE_BYTES;
    if is_all && has_documents_of_several_lines(&begin) {
        own.add_line(catalog, Place { file: name.as_str(), line: 1 }, &begin);
        return Ok(());
    }
    let rest: Box<dyn Read> = match result {
        Ok(_) => input,
        Err(error) => Box::new(Broken(Some(error))),
    };
    let mut chunks = Chunks::new(io::Cursor::new(begin).chain(rest));
    loop {
        match chunks.next(feed.buffer()).map_err(|error| incomplete_read(name, &error))? {
            Some(Chunk::Lines { first, bytes }) => feed.push(Lines { file: Arc::clone(&file), first, bytes }),
            Some(Chunk::TooLong { line, bytes }) => own.add_too_long(Place { file: name.as_str(), line }, bytes),
            None => return Ok(()),
        }
    }
}

/// Returns true for a text of documents, one of which has several lines: its lines are not events.
fn has_documents_of_several_lines(text: &[u8]) -> bool {
    let is_json = |text: &[u8]| {
        serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>().all(|document| document.is_ok())
    };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.contains(&b'\n') && is_json(text) && !text.split(|byte| *byte == b'\n').all(is_json)
}

/// An input that fails with a read error.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Bounds of a packed lake, which is read line by line: its memory does not grow, but its time does.
const EXPANSION: Expansion =
    Expansion { free_bytes: 64 << 20, bytes_per_byte: 100, free_values: 4_000_000, values_per_byte: 4 };

/// Opens a file with a progress bar.
fn open(name: &InputName, progress: &ProgressBar) -> Result<Box<dyn Read>, Failure> {
    input::decompress(name, progress.wrap_read(input::open(name)?), EXPANSION)
}

fn incomplete_read(name: &InputName, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot read {name} to its end: {error}"),
        "the events before that are counted; check that the file is complete",
    )
}

/// Returns a progress bar for a terminal, with the total size if all inputs are files.
fn progress(files: &[InputName]) -> ProgressBar {
    let size = |name: &InputName| fs::metadata(name.path()).ok().filter(fs::Metadata::is_file).map(|file| file.len());
    let total: Option<u64> = files.iter().map(size).sum();
    let template = match total {
        Some(_) => "{wide_bar} {bytes} of {total_bytes}, {eta} to go",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    let progress = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => progress.with_style(style),
        Err(_) => progress,
    }
}

/// Merges all summaries of the files, or fails: without one of them the sum would be wrong.
fn merge(files: &[InputName]) -> Result<Summary, Failure> {
    let mut sum = Summary::default();
    for file in files {
        let input = BufReader::new(open(file, &ProgressBar::hidden())?);
        let documents = serde_json::Deserializer::from_reader(input).into_iter::<Box<RawValue>>();
        let mut number = 0;
        for document in documents {
            number += 1;
            let refused = |why: &dyn std::error::Error| {
                Failure::new(format!("summary {number} in {file}: {why}"), "expected the output of `audit --json`")
            };
            let document = document
                .map_err(|error| if error.is_io() { incomplete_read(file, &error.into()) } else { refused(&error) })?;
            sum.merge(Summary::from_json(document.get()).map_err(|error| refused(&error))?);
        }
        if number == 0 {
            return Err(Failure::new(format!("no summary in {file}"), "expected the output of `audit --json`"));
        }
    }
    Ok(sum)
}
