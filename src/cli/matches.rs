//! `match`: matches events against a pattern and explains the result.

mod envelope;
mod jsonl;
mod split;

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, Write};

use clap::Args;
use serde::Serialize;

use envelope::AcceptedEvents;

use super::exit::{Exit, Failure};
use super::input::{self, Contents, InputLine, InputName, Separator, read_line};
use super::style::Plain;
use super::{output, style};
use crate::parallel::catch;
use crate::pattern::{self, Alternative, Condition, EventError, Explanation, LintFinding, Pattern, Settings};

/// Match events against a pattern as EventBridge does, and explain why they match or do not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract match '{\"source\":[\"external\"]}' event.json --why
  event-contract match @rule.json lake/*.jsonl
  echo '{\"id\":1,\"pattern\":\"{\\\"a\\\":[1]}\",\"event\":\"{\\\"a\\\":1}\"}' | event-contract match --jsonl

With --jsonl, each input line is a question {\"id\",\"pattern\",\"event\"} with the pattern and the event as strings of JSON \
text; a null event asks whether the pattern is valid. Each output line is the answer {\"id\",\"match\",\"reason\"}, in the order \
of the questions and written at once, with match true, false or \"invalid-pattern\"; with --test-event-pattern \
\"invalid-event\", too.

A batch of records, a request to PutEvents and its entries are taken apart, unless the pattern has no field of an envelope. \
What carries no event in its envelope, such as a detail alone, is an error.

Exit codes: 0 all events match, 1 some events do not match, 2 the pattern is invalid, a file cannot be read, or it contains \
something that is not an event. With --jsonl: 0 every line is a question, 2 some line is not; it is answered too.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Match {
    /// The pattern, which begins with `{`, or the name of a file with it, optionally after an `@`.
    #[arg(required_unless_present = "jsonl")]
    pattern: Option<OsString>,

    /// Files of events: one or several JSON objects, or arrays of them; `-` or no file is standard input.
    #[arg(value_name = "EVENT", value_parser = input::names())]
    events: Vec<InputName>,

    /// Show the conditions that hold and those that do not, with the values of the event.
    #[arg(long)]
    why: bool,

    /// Print a JSON object on a line for each event.
    #[arg(long)]
    json: bool,

    /// Answer questions, one on each line of the files; there is no PATTERN argument then.
    #[arg(long, conflicts_with_all = ["why", "json"])]
    jsonl: bool,

    /// Refuse each event that the API `TestEventPattern` refuses: one without `id`, `detail-type`, `source`, `account`, `time`
    /// and `region`. Delivered events have them; by default an event may be a part of one.
    #[arg(long)]
    test_event_pattern: bool,

    /// Maximum number of characters in a pattern: the quota of the account.
    #[arg(long, value_name = "CHARACTERS", default_value_t = 2048)]
    length: u16,
}

impl Match {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let settings = Settings::default().with_max_length(self.length.into());
        match &self.pattern {
            Some(pattern) if !self.jsonl => self.match_events(&read_pattern(pattern, &settings)?),
            files => {
                let files: Vec<_> = files.iter().map(InputName::new).chain(self.events.iter().cloned()).collect();
                self.answer_lines(&files, &settings)
            }
        }
    }

    fn match_events(&self, pattern: &Pattern) -> Result<Exit, Failure> {
        let mut out = output::json_or_text(self.json);
        let mut exit = Exit::Success;
        let (mut total, mut matching) = (0_usize, 0_usize);
        for file in input::or_stdin(&self.events)? {
            let bytes = match input::read(&file, Contents::Events) {
                Ok(bytes) => bytes,
                // The other files are matched nevertheless.
                Err(failure) => {
                    failure.print();
                    exit = Exit::Failure;
                    continue;
                }
            };
            let mut index = 0;
            let mut write = |event: Result<Cow<'_, str>, String>| -> io::Result<()> {
                let result = event.and_then(|event| self.match_event(pattern, &event));
                total += 1;
                exit = exit.max(match &result {
                    Ok(result) if result.matches => {
                        matching += 1;
                        Exit::Success
                    }
                    Ok(_) => Exit::Findings,
                    Err(_) => Exit::Failure,
                });
                index += 1;
                if self.json {
                    let line = serde_json::to_string(&Line::new(file.as_str(), index - 1, &result, self.why));
                    writeln!(out, "{}", line.map_err(io::Error::from)?)
                } else {
                    self.write_result(&mut out, &file, index, &result)
                }
            };
            let has_events = split::for_each_event(&bytes, &mut |event| match event {
                Ok(event) => envelope::unpack(pattern, event).into_iter().try_for_each(&mut write),
                Err(error) => write(Err(error)),
            })?;
            if !has_events {
                let subject = if file.is_stdin() { "standard input".to_owned() } else { file.to_string() };
                Failure::new(format!("{subject} contains no event"), "write each event as a JSON object").print();
                exit = Exit::Failure;
            }
        }
        if !self.json && total > 1 {
            writeln!(out, "{matching} of {total} events match")?;
        }
        Ok(exit)
    }

    /// Answers each question as soon as its line is read, until standard output is closed.
    fn answer_lines(&self, files: &[InputName], settings: &Settings) -> Result<Exit, Failure> {
        let mut out = output::stdout(output::Syntax::Json);
        let mut exit = Exit::Success;
        let accepted = self.accepted_events();
        for file in input::or_stdin(files)? {
            let mut lines = match input::open(&file) {
                Ok(input) => BufReader::new(input),
                // The questions of the other files are answered nevertheless.
                Err(failure) => {
                    failure.print();
                    exit = Exit::Failure;
                    continue;
                }
            };
            let mut line = Vec::new();
            let mut is_first = true;
            loop {
                match read_line(&mut lines, &mut line).map_err(|error| input::read_error(&file, &error))? {
                    InputLine::End => break,
                    InputLine::Read => {}
                    InputLine::TooLong => {
                        exit = Exit::Failure;
                        writeln!(out, "{}", jsonl::too_long())?;
                        is_first = false;
                        continue;
                    }
                }
                let question = if is_first { line.strip_prefix(split::BOM).unwrap_or(&line) } else { &line };
                is_first = false;
                if !question.trim_ascii().is_empty() {
                    let answer = jsonl::answer(question, settings, accepted);
                    if !answer.is_to_question {
                        exit = Exit::Failure;
                    }
                    writeln!(out, "{}", answer.text)?;
                    out.flush()?;
                    if out.is_closed() {
                        return Ok(exit);
                    }
                }
                line.clear();
            }
        }
        Ok(exit)
    }

    fn match_event(&self, pattern: &Pattern, event: &str) -> Result<MatchResult, String> {
        self.accepted_events().check(event)?;
        catch(|| MatchResult::new(pattern, event)).unwrap_or_else(|panic| Err(panic.to_string()))
    }

    fn accepted_events(&self) -> AcceptedEvents {
        if self.test_event_pattern { AcceptedEvents::Complete } else { AcceptedEvents::Any }
    }

    fn write_result(
        &self,
        out: &mut impl Write,
        file: &InputName,
        number: usize,
        result: &Result<MatchResult, String>,
    ) -> io::Result<()> {
        let (style, word) = match result {
            Ok(MatchResult { matches: true, .. }) => (style::ADDED, "match"),
            Ok(MatchResult { matches: false, .. }) => (style::REMOVED, "no match"),
            Err(_) => (style::ERROR, "error"),
        };
        let (on, off) = (style, style::RESET);
        write!(out, "{file}, event {number}: {on}{word}{off}")?;
        match result {
            Ok(result) => {
                writeln!(out)?;
                if self.why { write_explanation(out, &result.explanation) } else { Ok(()) }
            }
            Err(error) => writeln!(out, ": {}", Plain(error)),
        }
    }
}

/// Parses the pattern and prints its lint findings.
fn read_pattern(given: &OsStr, settings: &Settings) -> Result<Pattern, Failure> {
    let (name, text) = if let Some(text) = given.to_str().filter(|text| text.trim_start().starts_with('{')) {
        ("the pattern".to_owned(), text.to_owned())
    } else {
        let name = match InputName::split(given, Separator::First(b'@')) {
            Some((before, name)) if before.is_empty() => InputName::new(name),
            Some(_) | None => InputName::new(given),
        };
        let bytes = input::read(&name, Contents::Document).map_err(|failure| {
            let hint = "write a pattern that begins with `{`, or the name of a file with one";
            Failure::new(failure.message, hint)
        })?;
        let not_text =
            |_| Failure::new(format!("{name} is not UTF-8"), "write the pattern as one JSON object in UTF-8");
        (name.to_string(), String::from_utf8(bytes).map_err(not_text)?)
    };
    let pattern = Pattern::parse_with(&text, settings).map_err(|error| {
        let (line, column, pointer) = (error.line(), error.column(), error.pointer());
        let at = if pointer.as_str().is_empty() { String::new() } else { format!(", {pointer}") };
        let reason = error.reason().trim_end_matches('.');
        Failure::new(format!("{name} is invalid: line {line}, column {column}{at}: {reason}"), error.help())
    })?;
    for finding in pattern::lint(&text, settings) {
        print_notice(&name, &finding);
    }
    Ok(pattern)
}

/// Prints a finding to standard error, which leaves standard output to the results. A closed standard error is ignored.
fn print_notice(name: &str, finding: &LintFinding) {
    let (on, off, text) = (style::NOTICE, style::RESET, finding.to_string());
    let _ = writeln!(output::stderr(), "{on}notice:{off} {}: {}", Plain(name), Plain(&text));
}

struct MatchResult {
    matches: bool,
    explanation: Explanation,
}

impl MatchResult {
    fn new(pattern: &Pattern, event: &str) -> Result<Self, String> {
        let to_text = |error: EventError| error.to_string();
        Ok(Self {
            matches: pattern.matches(event).map_err(to_text)?,
            explanation: pattern.explain(event).map_err(to_text)?,
        })
    }
}

/// Writes a line for each condition, like the `Display` of an explanation, with colours.
fn write_explanation(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let count = explanation.alternatives.len();
    for (number, alternative) in (1..).zip(&explanation.alternatives) {
        if count > 1 {
            let verdict = if alternative.holds() { "holds" } else { "does not hold" };
            writeln!(out, "  alternative {number} of {count} {verdict}")?;
        }
        let indent = if count > 1 { "    " } else { "  " };
        for condition in &alternative.conditions {
            let style = if condition.holds { style::INFO } else { style::REMOVED };
            let (on, off, text) = (style, style::RESET, condition.to_string());
            writeln!(out, "{indent}{on}{}{off}", Plain(&text))?;
        }
        if alternative.is_only_inconsistent() {
            let (on, off) = (style::REMOVED, style::RESET);
            let reason = "they match different elements of one array";
            writeln!(out, "{indent}{on}failed  all conditions together: {reason}{off}")?;
        }
    }
    Ok(())
}

/// The JSON object of one event.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    index: usize,
    r#match: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(rename = "ways", skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<AlternativeLine<'a>>>,
}

#[derive(Serialize)]
struct AlternativeLine<'a> {
    holds: bool,
    #[serde(rename = "apart")]
    is_only_inconsistent: bool,
    conditions: Vec<ConditionLine<'a>>,
}

#[derive(Serialize)]
struct ConditionLine<'a> {
    path: &'a str,
    #[serde(rename = "wanted")]
    expected: &'a str,
    holds: bool,
    /// JSON texts, which keep the spelling of numbers.
    #[serde(rename = "seen")]
    values: &'a [String],
}

impl<'a> Line<'a> {
    fn new(file: &'a str, index: usize, result: &'a Result<MatchResult, String>, why: bool) -> Self {
        let (matches, error, alternatives) = match result {
            Ok(MatchResult { matches, explanation }) => {
                let alternatives = || explanation.alternatives.iter().map(AlternativeLine::new).collect();
                (Some(*matches), None, why.then(alternatives))
            }
            Err(error) => (None, Some(error.as_str()), None),
        };
        Self { file, index, r#match: matches, error, alternatives }
    }
}

impl<'a> AlternativeLine<'a> {
    fn new(alternative: &'a Alternative) -> Self {
        Self {
            holds: alternative.holds(),
            is_only_inconsistent: alternative.is_only_inconsistent(),
            conditions: alternative.conditions.iter().map(ConditionLine::new).collect(),
        }
    }
}

impl<'a> ConditionLine<'a> {
    fn new(condition: &'a Condition) -> Self {
        let Condition { path, expected, holds, values, .. } = condition;
        Self { path, expected, holds: *holds, values }
    }
}
