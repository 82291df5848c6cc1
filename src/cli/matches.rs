//! `match`: whether events match a pattern, and why.

mod answer;

use std::io::{self, BufRead as _, BufReader, Write};

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use super::style::Plain;
use super::{Exit, Failure, input, output, style};
use crate::pattern::{self, Condition, EventError, Finding, Pattern, Settings, Way, Why};

/// Match events against a pattern of EventBridge, as EventBridge does, and say why they match or do not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract match '{\"source\":[\"external\"]}' event.json --why
  event-contract match @rule.json lake/*.jsonl
  echo '{\"id\":1,\"pattern\":\"{\\\"a\\\":[1]}\",\"event\":\"{\\\"a\\\":1}\"}' | event-contract match --jsonl

With --jsonl, a line is {\"id\",\"pattern\",\"event\"}, the pattern and the event as texts of JSON; an event of null asks \
whether the pattern is valid. A line of the answer, in the same order and at once, is {\"id\",\"match\",\"reason\"}, with match \
true, false or \"invalid-pattern\".

Exit codes: 0 all events match, 1 some do not, 2 the pattern is not valid, or a file cannot be read, or something in it is \
no event. With --jsonl: 0 every line was a question, 2 one was not; it has an answer all the same.")]
pub(super) struct Match {
    /// The pattern itself, which begins with `{`; else a file that holds it, with or without an `@` before its name.
    #[arg(required_unless_present = "jsonl")]
    pattern: Option<String>,

    /// Events as JSON, one or several in a file, in a list or not; `-` is standard input, as is no file at all.
    #[arg(value_name = "EVENT")]
    events: Vec<String>,

    /// Say which conditions hold and which do not, with the values that were seen.
    #[arg(long)]
    why: bool,

    /// A JSON object a line for each event.
    #[arg(long)]
    json: bool,

    /// Answer questions, one a line; there is no pattern then, and the files hold questions.
    #[arg(long, conflicts_with_all = ["why", "json"])]
    jsonl: bool,

    /// How many characters of a pattern the service takes: the quota of the account.
    #[arg(long, value_name = "CHARACTERS", default_value_t = 2048)]
    length: u16,
}

/// What some editors write before a text in UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

impl Match {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let settings = Settings::default().with_length(self.length.into());
        match &self.pattern {
            Some(pattern) if !self.jsonl => self.events(&read_pattern(pattern, &settings)?),
            files => {
                let files: Vec<_> = files.iter().chain(&self.events).cloned().collect();
                answer_lines(&files, &settings)
            }
        }
    }

    fn events(&self, pattern: &Pattern) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        let mut exit = Exit::Well;
        let (mut asked, mut matching) = (0_usize, 0_usize);
        for file in input::named(&self.events)? {
            let bytes = match input::read(file) {
                Ok(bytes) => bytes,
                // The others can be matched all the same.
                Err(failure) => {
                    failure.say();
                    exit = Exit::NotAsked;
                    continue;
                }
            };
            let events = events(&bytes);
            if events.is_empty() {
                Failure::new(format!("there is no event in {file}"), "an event is a JSON object").say();
                exit = Exit::NotAsked;
            }
            for (index, event) in events.into_iter().enumerate() {
                let answer = event.and_then(|event| Answer::of(pattern, event));
                asked += 1;
                exit = exit.max(match &answer {
                    Ok(answer) if answer.matches => {
                        matching += 1;
                        Exit::Well
                    }
                    Ok(_) => Exit::Findings,
                    Err(_) => Exit::NotAsked,
                });
                if self.json {
                    let line = serde_json::to_string(&Line::of(file, index, &answer, self.why));
                    writeln!(out, "{}", line.map_err(io::Error::from)?)?;
                } else {
                    self.say(&mut out, file, index + 1, &answer)?;
                }
            }
        }
        if !self.json && asked > 1 {
            writeln!(out, "{matching} of {asked} events match")?;
        }
        Ok(exit)
    }

    fn say(&self, out: &mut impl Write, file: &str, number: usize, answer: &Result<Answer, String>) -> io::Result<()> {
        let (style, word) = match answer {
            Ok(Answer { matches: true, .. }) => (style::ADDED, "match"),
            Ok(Answer { matches: false, .. }) => (style::REMOVED, "no match"),
            Err(_) => (style::ERROR, "error"),
        };
        let (on, off) = (style.render(), style.render_reset());
        write!(out, "{file}, event {number}: {on}{word}{off}")?;
        match answer {
            Ok(answer) => {
                writeln!(out)?;
                if self.why { explain(out, &answer.why) } else { Ok(()) }
            }
            Err(error) => writeln!(out, ": {}", Plain(error)),
        }
    }
}

/// Reads the pattern and says what is valid in it and probably not meant.
fn read_pattern(given: &str, settings: &Settings) -> Result<Pattern, Failure> {
    let (name, text) = if given.trim_start().starts_with('{') {
        ("the pattern", given.to_owned())
    } else {
        let name = given.strip_prefix('@').unwrap_or(given);
        let bytes = input::read(name).map_err(|failure| {
            let hint = "a pattern begins with `{`; anything else is the name of a file that holds one";
            Failure::new(failure.what, hint)
        })?;
        let not_text = |_| Failure::new(format!("{name} is not UTF-8"), "a pattern is one JSON object");
        (name, String::from_utf8(bytes).map_err(not_text)?)
    };
    let pattern = Pattern::parse_with(&text, settings).map_err(|error| {
        let (line, column, pointer) = (error.line(), error.column(), error.pointer());
        let at = if pointer.as_str().is_empty() { String::new() } else { format!(", {pointer}") };
        let reason = error.reason().trim_end_matches('.');
        Failure::new(format!("{name} is not valid: line {line}, column {column}{at}: {reason}"), error.help())
    })?;
    for finding in pattern::lint(&text, settings) {
        notice(name, &finding);
    }
    Ok(pattern)
}

/// On standard error, so that the answers stay by themselves. Where that is closed there is nobody left to tell.
fn notice(name: &str, finding: &Finding) {
    let (on, off, text) = (style::NOTICE.render(), style::NOTICE.render_reset(), finding.to_string());
    let _ = writeln!(anstream::stderr(), "{on}notice:{off} {name}: {}", Plain(&text));
}

/// The events in a file, as they are written: documents one after the other, one a line, or in a list. A line that is no
/// JSON does not stand in the way of the others.
fn events<'b>(bytes: &'b [u8]) -> Vec<Result<&'b str, String>> {
    let Ok(text) = std::str::from_utf8(bytes) else { return vec![Err("not UTF-8".to_owned())] };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let documents: Vec<_> =
        documents.map(|event| event.map(RawValue::get).map_err(|error| not_json(&error, error.line()))).collect();
    if documents.iter().all(Result::is_ok) {
        return documents.into_iter().flatten().flat_map(items).map(Ok).collect();
    }
    let lines: Vec<_> = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).collect();
    let read = |(number, line): (usize, &'b str)| {
        serde_json::from_str::<&RawValue>(line).map(RawValue::get).map_err(|error| not_json(&error, number))
    };
    // Lines of one broken document are not all objects.
    let are_events = lines.len() > 1
        && lines.iter().all(|(_, line)| line.trim_start().starts_with('{'))
        && lines.iter().any(|line| read(*line).is_ok());
    if are_events { lines.into_iter().map(read).collect() } else { documents }
}

/// The items of a list, each as it is written; anything else is one by itself.
fn items(document: &str) -> Vec<&str> {
    match serde_json::from_str::<Vec<&RawValue>>(document) {
        Ok(items) => items.into_iter().map(RawValue::get).collect(),
        Err(_) => vec![document],
    }
}

fn not_json(error: &serde_json::Error, line: usize) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {what} at line {line} column {}", error.column())
}

struct Answer {
    matches: bool,
    why: Why,
}

impl Answer {
    fn of(pattern: &Pattern, event: &str) -> Result<Self, String> {
        let said = |error: EventError| error.to_string();
        Ok(Self { matches: pattern.matches(event).map_err(said)?, why: pattern.why(event).map_err(said)? })
    }
}

/// A line a condition, what failed in colour.
fn explain(out: &mut impl Write, why: &Why) -> io::Result<()> {
    let several = why.ways().len() > 1;
    for (number, way) in (1..).zip(why.ways()) {
        if several {
            let holds = if way.holds() { "holds" } else { "does not hold" };
            writeln!(out, "  way {number} of {} {holds}", why.ways().len())?;
        }
        let indent = if several { "    " } else { "  " };
        for condition in way.conditions() {
            let style = if condition.holds() { style::INFO } else { style::REMOVED };
            let (on, off, text) = (style.render(), style.render_reset(), condition.to_string());
            writeln!(out, "{indent}{on}{}{off}", Plain(&text))?;
        }
        if way.holds_apart_only() {
            let (on, off) = (style::REMOVED.render(), style::REMOVED.render_reset());
            let why = "what they find stands in different items of one list";
            writeln!(out, "{indent}{on}failed  all of them together: {why}{off}")?;
        }
    }
    Ok(())
}

/// Answers questions, each as soon as it is there, until nobody listens.
fn answer_lines(files: &[String], settings: &Settings) -> Result<Exit, Failure> {
    let mut out = output::stdout();
    let mut exit = Exit::Well;
    for file in input::named(files)? {
        let mut lines = BufReader::new(input::open(file)?);
        let mut line = Vec::new();
        let mut is_first = true;
        while lines.read_until(b'\n', &mut line).map_err(|error| input::unreadable(file, &error))? > 0 {
            let question = if is_first { line.strip_prefix(BOM).unwrap_or(&line) } else { &line };
            is_first = false;
            if !question.trim_ascii().is_empty() {
                let reply = answer::reply(question, settings);
                if !reply.is_to_question {
                    exit = Exit::NotAsked;
                }
                writeln!(out, "{}", reply.text)?;
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

/// One event in the form for programs.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    index: usize,
    r#match: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ways: Option<Vec<WayLine<'a>>>,
}

#[derive(Serialize)]
struct WayLine<'a> {
    holds: bool,
    /// All conditions hold, and not together.
    apart: bool,
    conditions: Vec<ConditionLine<'a>>,
}

#[derive(Serialize)]
struct ConditionLine<'a> {
    path: &'a str,
    wanted: &'a str,
    holds: bool,
    /// Texts of JSON: a number keeps its spelling.
    seen: &'a [String],
}

impl<'a> Line<'a> {
    fn of(file: &'a str, index: usize, answer: &'a Result<Answer, String>, why: bool) -> Self {
        let (matches, error, ways) = match answer {
            Ok(answer) => {
                (Some(answer.matches), None, why.then(|| answer.why.ways().iter().map(WayLine::of).collect()))
            }
            Err(error) => (None, Some(error.as_str()), None),
        };
        Self { file, index, r#match: matches, error, ways }
    }
}

impl<'a> WayLine<'a> {
    fn of(way: &'a Way) -> Self {
        Self {
            holds: way.holds(),
            apart: way.holds_apart_only(),
            conditions: way.conditions().iter().map(ConditionLine::of).collect(),
        }
    }
}

impl<'a> ConditionLine<'a> {
    fn of(condition: &'a Condition) -> Self {
        Self { path: condition.path(), wanted: condition.wanted(), holds: condition.holds(), seen: condition.seen() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_one_a_line_and_on_many_lines() {
        assert_eq!(events(b"{\"a\": 1}\n\n{\"a\":\n1.0}{}"), [Ok("{\"a\": 1}"), Ok("{\"a\":\n1.0}"), Ok("{}")]);
        assert!(events(b" \n").is_empty() && events(b"[]").is_empty());
        assert_eq!(events(b"[{\"a\": 1}, {\"a\":1.0}]\n{}"), [Ok("{\"a\": 1}"), Ok("{\"a\":1.0}"), Ok("{}")]);
        let lines = events(b"{\"a\": 1}\n{tea}\n{}\n");
        assert!(matches!(lines[..], [Ok("{\"a\": 1}"), Err(_), Ok("{}")]), "{lines:?}");
        // One document that is broken is not many.
        let broken = events(b"{\"a\": 1}\n{\n\"b\": tea,\n\"c\":\n{}\n}");
        assert_eq!(broken.len(), 2);
        assert_eq!(broken[1], Err("not JSON: expected ident at line 3 column 7".to_owned()));
        assert_eq!(events(b"{\"a\":\"\xff\"}"), [Err("not UTF-8".to_owned())]);
    }
}
