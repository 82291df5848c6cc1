//! `diff`: whether all that one schema writes is read by another.

mod answer;
mod lines;

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use super::exit::{Exit, Failure};
use super::style::Plain;
use super::{input, output, style};
use crate::compat::{Draft, Finding, KeywordPlace, Question, QuestionError, Role, Verdict};
use answer::Told;
use json_document::Pointer;

/// Say whether every document that is valid under one JSON Schema is valid under another, and why not.
///
/// WRITER is the schema of the one who writes, the older one as a rule; READER is that of the one who reads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract diff order.v1.json order.v2.json
  git show main:order.json | event-contract diff - order.json --direction full
  event-contract diff order.json theirs.json --document https://a.test/money.json=money.json
  event-contract diff --jsonl < questions.jsonl > answers.jsonl

With --jsonl, a line of standard input is a question, {\"id\", \"draft\", \"writer\", \"reader\"}, of \
which id and draft may be missing, and a line of standard output its answer, {\"id\", \"verdict\", \
\"witness\", \"findings\", \"reason\"}: in the same order, each as soon as it is there. A line that is no \
question, or one that cannot be asked, is answered as undecided. Blank lines are skipped.

Contained is only said where it is proven, and broken only with a document that two validators have \
confirmed. Everything else is undecided, and is to be taken for broken.

Exit codes: 0 contained, 1 broken, 2 a question could not be asked, 3 undecided. Of several answers \
the worst counts: 2 before 1 before 3 before 0.")]
pub(super) struct Diff {
    /// The schema of the writer; `-` is standard input.
    #[arg(required_unless_present = "jsonl")]
    writer: Option<String>,

    /// The schema of the reader; `-` is standard input.
    #[arg(required_unless_present = "jsonl")]
    reader: Option<String>,

    /// Who reads what the other writes.
    #[arg(long, value_enum, value_name = "WAY", default_value_t = Direction::Backward)]
    direction: Direction,

    /// The draft of schemas that name none by `$schema`: 4, 6, 7, 2019-09 or 2020-12.
    #[arg(long, value_name = "DRAFT", default_value_t = Draft::Draft202012)]
    draft: Draft,

    /// A text that is not of its `format` is invalid. Without this, `format` is a remark.
    #[arg(long)]
    formats: bool,

    /// How much work to do before giving up; the same number always gets the same answer.
    #[arg(long, value_name = "STEPS", default_value_t = Question::DEFAULT_BUDGET)]
    budget: u64,

    /// A document that `$ref` may lead to; may be given several times. Nothing is fetched.
    #[arg(long = "document", value_name = "URI=FILE", value_parser = uri_and_file)]
    documents: Vec<(String, String)>,

    /// The answer as JSON, on a line for each way.
    #[arg(long)]
    json: bool,

    /// Answer questions from standard input, a line each.
    #[arg(long, conflicts_with_all = ["writer", "reader", "direction", "documents", "json"])]
    jsonl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Direction {
    /// READER reads all that WRITER writes.
    Backward,
    /// WRITER reads all that READER writes.
    Forward,
    /// Each reads all that the other writes.
    Full,
}

fn uri_and_file(text: &str) -> Result<(String, String), &'static str> {
    let (uri, file) = text.split_once('=').ok_or("it is a URI, an equals sign and the name of a file")?;
    Ok((uri.to_owned(), file.to_owned()))
}

impl Diff {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        match (&self.writer, &self.reader) {
            (Some(writer), Some(reader)) => self.compare(writer, reader),
            (_, None) | (None, _) => lines::run(|question| self.configure(question)),
        }
    }

    fn compare(&self, writer: &str, reader: &str) -> Result<Exit, Failure> {
        let names = [writer, reader].into_iter().chain(self.documents.iter().map(|(_, file)| file.as_str()));
        if names.filter(|name| *name == "-").count() > 1 {
            return Err(Failure::new("standard input can only be one of the files", "name the others"));
        }
        let (first, second) = (Schema::read(writer)?, Schema::read(reader)?);
        let documents: Vec<_> =
            self.documents.iter().map(|(uri, file)| Ok((uri, parse(file)?))).collect::<Result<_, Failure>>()?;
        let ways = match self.direction {
            Direction::Backward => &[("backward", &first, &second)][..],
            Direction::Forward => &[("forward", &second, &first)],
            Direction::Full => &[("backward", &first, &second), ("forward", &second, &first)],
        };
        let mut out = output::stdout();
        let mut exit = Exit::Success;
        for (direction, writer, reader) in ways {
            let question = self.configure(Question::new(&writer.value, &reader.value));
            let question = documents.iter().fold(question, |question, (uri, value)| question.document(uri, value));
            let verdict = question.ask().map_err(|error| not_asked(&error, writer, reader))?;
            exit = exit.max(Exit::from_verdict(&verdict));
            if self.json {
                let (writer, reader) = (writer.name, reader.name);
                let answer = Answer { direction, writer, reader, formats: self.formats, told: Told::new(&verdict) };
                writeln!(out, "{}", serde_json::to_string(&answer).map_err(io::Error::from)?)?;
            } else {
                self.say(&mut out, writer, reader, &verdict)?;
            }
        }
        Ok(exit)
    }

    /// What the flags say of a question.
    fn configure<'q>(&self, question: Question<'q>) -> Question<'q> {
        question.draft(self.draft).assert_formats(self.formats).budget(self.budget)
    }

    fn say(&self, out: &mut impl Write, writer: &Schema<'_>, reader: &Schema<'_>, verdict: &Verdict) -> io::Result<()> {
        let (style, what) = match verdict {
            Verdict::Contained => (style::ADDED, "reads all that"),
            Verdict::Broken { .. } => (style::ERROR, "does not read all that"),
            Verdict::Undecided { .. } => (style::NOTICE, "may or may not read all that"),
        };
        let (on, off) = (style.render(), style.render_reset());
        writeln!(out, "{on}{}:{off} {} {what} {} writes", verdict.as_str(), reader.name, writer.name)?;
        let formats = if self.formats { "asserted" } else { "not asserted" };
        let [written, read] = [writer, reader].map(|schema| self.draft_of(schema));
        writeln!(out, "  the writer's draft is {written}, the reader's {read}; formats are {formats}")?;
        match verdict {
            Verdict::Contained => Ok(()),
            Verdict::Broken { findings, .. } => {
                findings.iter().try_for_each(|finding| say_finding(out, writer, reader, finding))
            }
            Verdict::Undecided { reason } => {
                writeln!(out, "  {}", Plain(&reason.to_string()))?;
                let budget = self.budget;
                writeln!(out, "  {budget} steps led neither to a proof nor to a document that shows the contrary")?;
                writeln!(out, "  take it for broken until it is decided")
            }
        }
    }

    fn draft_of(&self, schema: &Schema<'_>) -> Draft {
        Draft::named_by(&schema.value).ok().flatten().unwrap_or(self.draft)
    }
}

struct Schema<'a> {
    name: &'a str,
    value: Value,
}

impl<'a> Schema<'a> {
    fn read(name: &'a str) -> Result<Self, Failure> {
        Ok(Self { name, value: parse(name)? })
    }
}

fn parse(file: &str) -> Result<Value, Failure> {
    serde_json::from_slice(&input::read(file)?).map_err(|error| {
        Failure::new(format!("{file} is not JSON: {error}"), "a schema, and what it refers to, is one JSON document")
    })
}

fn not_asked(error: &QuestionError, writer: &Schema<'_>, reader: &Schema<'_>) -> Failure {
    let file = match error.role() {
        Some(Role::Writer) => writer.name,
        Some(Role::Reader) | None => reader.name,
    };
    Failure::new(format!("{file}: {}", Plain(&error.to_string())), "nothing was compared")
}

/// One answer in the form for programs.
#[derive(Serialize)]
struct Answer<'a> {
    direction: &'a str,
    writer: &'a str,
    reader: &'a str,
    formats: bool,
    #[serde(flatten)]
    told: Told<'a>,
}

fn say_finding(out: &mut impl Write, writer: &Schema<'_>, reader: &Schema<'_>, finding: &Finding) -> io::Result<()> {
    let (on, off) = (style::HEADING.render(), style::HEADING.render_reset());
    let at = if finding.at == Pointer::ROOT { "the root" } else { finding.at.as_str() };
    write!(out, "\n  {on}{}{off} at {}", finding.kind, Plain(at))?;
    if let Some(name) = &finding.missing {
        write!(out, ", where {} is missing", Plain(&format!("{name:?}")))?;
    }
    writeln!(out, "\n    {}", finding.kind.meaning())?;
    match &finding.writer {
        Some(place) => writeln!(out, "    writer: {}", Plain(&named(writer, place)))?,
        None => writeln!(out, "    writer: {} says nothing of it", writer.name)?,
    }
    writeln!(out, "    reader: {}", Plain(&named(reader, &finding.reader)))?;
    writeln!(out, "    for example:")?;
    let document = serde_json::to_string_pretty(finding.witness.document()).map_err(io::Error::from)?;
    document.lines().try_for_each(|line| writeln!(out, "      {}", Plain(line)))
}

/// A place in a schema, with the file that it is in or the URI of its document.
fn named(schema: &Schema<'_>, place: &KeywordPlace) -> String {
    if place.document.is_some() { place.to_string() } else { format!("{}{place}", schema.name) }
}
