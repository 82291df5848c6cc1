//! `diff`: does a reader's schema accept every document that is valid under a writer's schema?

mod answer;
mod lines;
mod schema;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use super::exit::{Exit, Failure};
use super::input::{InputName, Separator};
use super::style::Plain;
use super::{output, style};
use crate::compat::{Confirmation, Draft, Incompatibility, Question, QuestionError, Reason, Role, Verdict};
use crate::parallel::catch;
use answer::{NoteFields, VerdictFields, is_unsatisfiable};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use json_document::Pointer;
use schema::{Schema, read_document, split_fragment};
use serde::Serialize;

/// Decide whether every document that is valid under one JSON Schema is valid under another.
///
/// WRITER is the schema of the writer, usually the older one; READER is the schema of the reader. Each is a file, JSON or YAML,
/// or a place in one: `openapi.yaml#/components/schemas/Order`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract diff order.v1.json order.v2.json
  git show main:order.json | event-contract diff - order.json --direction full
  event-contract diff order.json theirs.json --document https://a.test/money.json=money.json
  event-contract diff api.v1.yaml#/components/schemas/Order api.v2.yaml#/components/schemas/Order
  event-contract diff --jsonl < questions.jsonl > answers.jsonl

With --jsonl, each line of standard input is a question, {\"id\", \"draft\", \"writer\", \"reader\", \"documents\"}; only the \
schemas are required. \"documents\" is an object with the documents that a $ref refers to, by their URIs. Each line of standard output is an answer, {\"id\", \"verdict\", \"witness\", \
\"confirmedBy\", \"findings\", \"reason\", \"notes\"}, in the order of the questions. An invalid line is answered as undecided. Blank lines are skipped.

`contained` is proven, and `broken` comes with a document that two validators have confirmed, or one where a number has \
more digits than the other can read. Everything else is `undecided`: treat it as broken. A note names each keyword without \
effect, and a writer's schema that no document satisfies: what reads it proves nothing.

Exit codes: 0 contained, 1 broken or no document satisfies the writer's schema, 2 invalid schema or arguments, 3 undecided. Of several answers the worst counts: \
2 before 1 before 3 before 0.")]
pub(super) struct Diff {
    /// The file of the writer's schema, or FILE#POINTER; `-` is standard input
    #[arg(required_unless_present = "jsonl")]
    writer: Option<OsString>,

    /// The file of the reader's schema, or FILE#POINTER; `-` is standard input
    #[arg(required_unless_present = "jsonl")]
    reader: Option<OsString>,

    /// The direction to compare in
    #[arg(long, value_enum, value_name = "DIRECTION", default_value_t = Direction::Backward)]
    direction: Direction,

    /// The draft of schemas without `$schema`: 4, 6, 7, 2019-09 or 2020-12
    #[arg(long, value_name = "DRAFT", default_value_t = Draft::Draft202012)]
    draft: Draft,

    /// Reject strings that do not have the `format` of their schema; by default `format` is an annotation
    #[arg(long)]
    formats: bool,

    /// The maximum number of steps; the same number always gives the same answer
    #[arg(long, value_name = "STEPS", default_value_t = Question::DEFAULT_BUDGET)]
    budget: u64,

    /// A document that a `$ref` refers to; repeatable. Nothing is fetched
    #[arg(long = "document", value_name = "URI=FILE", value_parser = document_parser())]
    documents: Vec<Document>,

    /// Print JSON, one line for each direction
    #[arg(long)]
    json: bool,

    /// Answer questions from standard input, one per line
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

/// A document that a `$ref` refers to.
#[derive(Debug, Clone)]
struct Document {
    uri: String,
    file: InputName,
}

fn document_parser() -> impl TypedValueParser<Value = Document> {
    OsStringValueParser::new().try_map(|argument| {
        let (uri, file) = InputName::split(&argument, Separator::First(b'=')).ok_or("expected URI=FILE")?;
        let uri = uri.into_string().map_err(|_| "expected a URI in UTF-8")?;
        Ok::<_, &str>(Document { uri, file: InputName::new(file) })
    })
}

impl Diff {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        match (&self.writer, &self.reader) {
            (Some(writer), Some(reader)) => self.compare(writer, reader),
            (_, None) | (None, _) => lines::run(|question| self.configure(question)),
        }
    }

    fn compare(&self, writer: &OsStr, reader: &OsStr) -> Result<Exit, Failure> {
        let schemas = [writer, reader].map(|name| split_fragment(name).0);
        let names = schemas.iter().chain(self.documents.iter().map(|document| &document.file));
        if names.filter(|name| name.is_stdin()).count() > 1 {
            return Err(Failure::new("standard input can be only one of the schemas", "name a file for the others"));
        }
        let (first, second) = (Schema::read(writer)?, Schema::read(reader)?);
        let documents: Vec<_> = self
            .documents
            .iter()
            .map(|Document { uri, file }| Ok((uri, read_document(file)?.1)))
            .collect::<Result<_, Failure>>()?;
        let comparisons = match self.direction {
            Direction::Backward => &[("backward", &first, &second)][..],
            Direction::Forward => &[("forward", &second, &first)],
            Direction::Full => &[("backward", &first, &second), ("forward", &second, &first)],
        };
        let mut out = output::json_or_text(self.json);
        let mut exit = Exit::Success;
        for (direction, writer, reader) in comparisons {
            let roots = (writer.root(Role::Writer, self.draft), reader.root(Role::Reader, self.draft));
            let question = self.configure(Question::from_exact(&roots.0, &roots.1));
            let question =
                documents.iter().fold(question, |question, (uri, value)| question.exact_document(uri, value));
            let question = writer.add_document(question, Role::Writer);
            let question = reader.add_document(question, Role::Reader);
            let asked = catch(|| {
                let verdict = question.ask()?;
                let is_unsatisfiable = is_unsatisfiable(&question, &verdict);
                Ok((verdict, is_unsatisfiable))
            });
            let asked = asked.map_err(|panic| Failure::new(panic.to_string(), "nothing was compared"))?;
            let (verdict, is_unsatisfiable) = asked.map_err(|error| question_error(&error, writer, reader))?;
            let answer = TextAnswer { writer, reader, verdict: &verdict, is_unsatisfiable };
            exit = exit.max(answer.exit());
            if self.json {
                let (writer, reader) = (writer.name.as_str(), reader.name.as_str());
                let mut verdict = VerdictFields::new(&verdict);
                verdict.notes = self.note_fields(&answer);
                let answer = Answer { direction, writer, reader, formats: self.formats, verdict };
                writeln!(out, "{}", serde_json::to_string(&answer).map_err(io::Error::from)?)?;
            } else {
                self.print(&mut out, &answer)?;
            }
        }
        Ok(exit)
    }

    /// Sets the options of a question.
    fn configure<'q>(&self, question: Question<'q>) -> Question<'q> {
        question.draft(self.draft).assert_formats(self.formats).budget(self.budget)
    }

    fn note_fields(&self, answer: &TextAnswer<'_>) -> Vec<NoteFields> {
        let unsatisfiable = answer.is_unsatisfiable.then(NoteFields::unsatisfiable);
        let notes = |(schema, role): (&Schema, Role)| {
            let fields = |(_, keyword)| NoteFields::new(role, &keyword);
            schema.notes(self.draft).into_iter().map(fields).collect::<Vec<_>>()
        };
        let schemas = [(answer.writer, Role::Writer), (answer.reader, Role::Reader)];
        unsatisfiable.into_iter().chain(schemas.into_iter().flat_map(notes)).collect()
    }

    fn print(&self, out: &mut impl Write, answer: &TextAnswer<'_>) -> io::Result<()> {
        let TextAnswer { writer, reader, verdict, is_unsatisfiable } = *answer;
        let (style, what) = match verdict {
            Verdict::Contained if is_unsatisfiable => (style::ERROR, "accepts every document of"),
            Verdict::Contained => (style::ADDED, "accepts every document of"),
            Verdict::Broken { .. } => (style::ERROR, "rejects some documents of"),
            Verdict::Undecided { .. } => (style::NOTICE, "may reject some documents of"),
        };
        let (on, off) = (style, style::RESET);
        writeln!(out, "{on}{}:{off} {} {what} {}", verdict.as_str(), reader.name, writer.name)?;
        let formats = if self.formats { "asserted" } else { "not asserted" };
        let [written, read] = [writer, reader].map(|schema| schema.draft(self.draft));
        writeln!(out, "  draft of the writer: {written}, of the reader: {read}; formats {formats}")?;
        if is_unsatisfiable {
            let name = &writer.name;
            writeln!(
                out,
                "  {on}writer-unsatisfiable:{off} no document is valid under {name}, so that this proves nothing"
            )?;
        }
        for (place, keyword) in writer.notes(self.draft).into_iter().chain(reader.notes(self.draft)) {
            let (on, off) = (style::NOTICE, style::RESET);
            writeln!(out, "  {on}note:{off} {}: {}", Plain(&place), Plain(&keyword.to_string()))?;
        }
        match verdict {
            Verdict::Contained => Ok(()),
            Verdict::Broken { incompatibilities, .. } => {
                incompatibilities.iter().try_for_each(|found| print_incompatibility(out, writer, reader, found))
            }
            Verdict::Undecided { reason } => {
                writeln!(out, "  {}", Plain(&reason.to_string()))?;
                let more = if matches!(reason, Reason::Budget { .. }) { ", or raise --budget" } else { "" };
                writeln!(out, "  neither proof nor counterexample: treat it as broken{more}")
            }
        }
    }
}

/// An answer as text.
struct TextAnswer<'s> {
    writer: &'s Schema,
    reader: &'s Schema,
    verdict: &'s Verdict,
    /// No document is valid under the writer's schema.
    is_unsatisfiable: bool,
}

impl TextAnswer<'_> {
    fn exit(&self) -> Exit {
        Exit::from_verdict(self.verdict).max(if self.is_unsatisfiable { Exit::Findings } else { Exit::Success })
    }
}

fn question_error(error: &QuestionError, writer: &Schema, reader: &Schema) -> Failure {
    let file = match error.role() {
        Some(Role::Writer) => &writer.name,
        Some(Role::Reader) | None => &reader.name,
    };
    let message = error.to_string();
    let hint = if message.contains("unresolved reference") {
        "nothing was compared: name the document with --document URI=FILE"
    } else {
        "nothing was compared"
    };
    Failure::new(format!("{file}: {}", Plain(&message)), hint)
}

/// An answer as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    direction: &'a str,
    writer: &'a str,
    reader: &'a str,
    formats: bool,
    #[serde(flatten)]
    verdict: VerdictFields<'a>,
}

fn print_incompatibility(
    out: &mut impl Write,
    writer: &Schema,
    reader: &Schema,
    found: &Incompatibility,
) -> io::Result<()> {
    let (on, off) = (style::HEADING, style::RESET);
    let at = if found.pointer == Pointer::ROOT { "the root" } else { found.pointer.as_str() };
    write!(out, "\n  {on}{}{off} at {}", found.kind, Plain(at))?;
    if let Some(name) = &found.missing {
        write!(out, ", where {} is missing", Plain(&format!("{name:?}")))?;
    }
    writeln!(out, "\n    {}", found.kind.explanation())?;
    match &found.writer {
        Some(place) => writeln!(out, "    writer: {}", Plain(&writer.format_place(place)))?,
        None => writeln!(out, "    writer: {} has no keyword for it", writer.name)?,
    }
    writeln!(out, "    reader: {}", Plain(&reader.format_place(&found.reader)))?;
    match found.witness.confirmation() {
        Confirmation::BothValidators => writeln!(out, "    for example:")?,
        Confirmation::OwnValidator => {
            writeln!(out, "    for example, with a number that only one of the two validators can read:")?;
        }
    }
    if found.witness.rests_on_spelling() {
        writeln!(out, "      (only where a number such as 1.0 is not an integer, as in draft 4)")?;
    }
    let document = serde_json::to_string_pretty(found.witness.exact_document()).map_err(io::Error::from)?;
    document.lines().try_for_each(|line| writeln!(out, "      {}", Plain(line)))
}
