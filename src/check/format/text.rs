//! The report as text: for a terminal, or the message of a failed test.

use std::fmt;

use json_document::{Pointer, parse_members};
use serde_json::value::RawValue;

use super::escape::Plain;
#[cfg(feature = "cli")]
use super::paths::RepositoryPaths;
use super::safe::{SafeText, Syntax};
use super::wording::{LEGEND, consumer_verdict, counted, input_line, meaning, sign, version};
use crate::check::finding::{Finding, Subject};
use crate::check::report::{Cell, CellVerdict, Change, ConsumerStatus, Matrix, Outcome, Report};
use crate::lifecycle::Stage;
use crate::severity::Severity;

/// Markers of colours, or nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Palette {
    pub(crate) ok: String,
    pub(crate) error: String,
    pub(crate) warning: String,
    pub(crate) notice: String,
    pub(crate) faint: String,
    pub(crate) heading: String,
    pub(crate) reset: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write(self, &mut text, &Palette::default())?;
        f.write_str(&SafeText::escape(Syntax::Text, &text))
    }
}

#[cfg(feature = "cli")]
impl Report {
    /// Renders the report as text with markers of colours, which [`SafeText`] replaces.
    pub(crate) fn render_coloured(&self, palette: &Palette, paths: &RepositoryPaths) -> String {
        let mut text = String::new();
        // A `String` cannot fail to be written to.
        let _ = write(&self.located(paths), &mut text, palette);
        text
    }
}

fn write(report: &Report, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { heading, reset, faint, .. } = palette;
    for matrix in &report.types {
        write_matrix(matrix, f, palette)?;
    }
    writeln!(f, "{faint}{LEGEND}{reset}")?;
    if report.consumers.iter().any(|consumer| !consumer.reads.is_empty()) {
        writeln!(f, "\n{heading}consumers{reset}")?;
    }
    for consumer in &report.consumers {
        write_consumer(consumer, f, palette)?;
    }
    if !report.findings.is_empty() {
        writeln!(f)?;
    }
    for finding in &report.findings {
        write_finding(finding, f, palette)?;
    }
    if report.findings.iter().any(|finding| finding.severity > Severity::Notice) {
        writeln!(f, "{faint}run `explain RULE` for the page of a rule{reset}")?;
    }
    for ignored in &report.ignored {
        let event_type = Plain(ignored.event_type.as_deref().unwrap_or("all types"));
        let (path, reason) = (Plain(&ignored.path), Plain(&ignored.reason));
        writeln!(f, "{faint}ignored in {event_type}: {path} ({reason}){reset}")?;
    }
    let changed: Vec<_> = report.types.iter().filter(|matrix| matrix.bump.change != Change::None).collect();
    if !changed.is_empty() {
        writeln!(f, "\n{heading}versions{reset}")?;
    }
    for matrix in changed {
        write_bump(matrix, f)?;
    }
    if !report.inputs.is_empty() {
        writeln!(f, "\n{heading}compared{reset}")?;
    }
    for input in &report.inputs {
        writeln!(f, "  {}", input_line(input))?;
    }
    write_summary(report, f, palette)
}

fn write_consumer(consumer: &ConsumerStatus, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let reset = &palette.reset;
    for read in &consumer.reads {
        let (on, verdict) = (palette.of_verdict(read.verdict), consumer_verdict(read.verdict));
        let affected = if read.is_affected { "" } else { "; not affected by the change" };
        let (name, event_type) = (Plain(&consumer.name), Plain(&read.event_type));
        writeln!(f, "  {name}: {on}{verdict}{reset} of {event_type}{affected}")?;
    }
    Ok(())
}

fn write_summary(report: &Report, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { reset, faint, .. } = palette;
    let (on, outcome) = match report.outcome {
        Outcome::Compatible => (&palette.ok, format!("compatible: {}", meaning(report))),
        Outcome::Broken => (&palette.error, "broken".to_owned()),
        Outcome::Undecided => (&palette.warning, format!("undecided: {}", meaning(report))),
    };
    writeln!(f, "\n{on}{outcome}{reset}")?;
    let count = |severity: Severity| {
        let is_counted = |finding: &&Finding| finding.is_open() && finding.severity == severity;
        counted(report.findings.iter().filter(is_counted).count(), severity.as_str())
    };
    let [errors, warnings, notices] = [Severity::Error, Severity::Warning, Severity::Notice].map(count);
    let rules = match report.routing_rules {
        0 => String::new(),
        count => format!(" and {}", counted(count, "routing rule")),
    };
    writeln!(
        f,
        "{faint}{errors}, {warnings}, {notices}; {}{rules} against {}, on {}; formats {}; change: {}{reset}",
        counted(report.types.len(), "type"),
        Plain(&report.against),
        report.date,
        if report.formats_asserted { "asserted" } else { "as readers declare" },
        report.bump.as_str(),
    )
}

fn write_bump(matrix: &Matrix, f: &mut impl fmt::Write) -> fmt::Result {
    let bump = &matrix.bump;
    writeln!(
        f,
        "  {}: published {}, declared {}, needed {} ({} change)",
        Plain(&matrix.event_type),
        version(bump.published),
        version(bump.declared),
        version(bump.needed),
        bump.change.as_str(),
    )
}

fn write_matrix(matrix: &Matrix, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { heading, reset, faint, .. } = palette;
    let (name, side, owner) = (Plain(&matrix.event_type), &matrix.side, Plain(&matrix.owner));
    writeln!(f, "{heading}{name}{reset}  {faint}{side}, {owner}{reset}")?;
    let rows: Vec<_> = matrix.rows.iter().map(|row| staged_label(&row.label, row.stage)).collect();
    let first = rows.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let columns: Vec<_> = matrix.columns.iter().map(|column| Plain(&column.label).to_string()).collect();
    write!(f, "  {:first$}", "")?;
    let width = |column: &str, at: usize| {
        let cells = matrix.cells.iter().map(|row| symbol(&row[at]).chars().count());
        cells.chain([column.chars().count()]).max().unwrap_or_default()
    };
    for (at, column) in columns.iter().enumerate() {
        write!(f, "  {faint}{column:0$}{reset}", width(column, at))?;
    }
    writeln!(f)?;
    for (label, row) in rows.iter().zip(&matrix.cells) {
        write!(f, "  {faint}{label:first$}{reset}")?;
        for (at, (cell, column)) in row.iter().zip(&columns).enumerate() {
            let on = palette.of_verdict(cell.verdict);
            // No trailing spaces.
            let width = if at + 1 < columns.len() { width(column, at) } else { 0 };
            write!(f, "  {on}{:width$}{reset}", symbol(cell))?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

/// Returns `v1`, or `v1 sunset`.
fn staged_label(label: &str, stage: Stage) -> String {
    let label = Plain(label);
    if stage == Stage::Live { label.to_string() } else { format!("{label} {stage}") }
}

/// Returns the sign of a cell and the number of its first finding: `✓`, `✓↑`, `✗3`.
fn symbol(cell: &Cell) -> String {
    let number = cell.findings.first().map(ToString::to_string).unwrap_or_default();
    let sign = sign(cell.verdict);
    if cell.verdict.is_incompatible() { format!("{sign}{number}") } else { sign.to_owned() }
}

fn write_finding(finding: &Finding, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { reset, faint, .. } = palette;
    let on = match (finding.is_open(), finding.severity) {
        (false, _) => faint,
        (true, Severity::Info | Severity::Notice) => &palette.notice,
        (true, Severity::Warning) => &palette.warning,
        (true, Severity::Error) => &palette.error,
    };
    let word = if finding.is_open() { finding.severity.as_str() } else { "waived" };
    let fields = finding.fields();
    write!(f, "{on}{word}[{}] {}{reset}", finding.number, finding.rule)?;
    if let Some(rule) = fields.routing_rule {
        write!(f, "  rule {}", Plain(rule))?;
    }
    if let Some(event_type) = fields.event_type {
        write!(f, "  {}{}", Plain(event_type), Plain(&finding.parties()))?;
    }
    if finding.severity <= Severity::Notice {
        return writeln!(f, ": {}", Plain(&finding.message));
    }
    writeln!(f, "\n  {}", Plain(&finding.message))?;
    if let Some(keyword) = fields.reader_keyword {
        let file = fields.path.or(fields.file).unwrap_or("current code, ");
        write!(f, "  {faint}reader{reset} {}{}", Plain(file), Plain(keyword))?;
        match fields.writer_keyword {
            Some(keyword) => writeln!(f, "  {faint}writer{reset} {}", Plain(keyword))?,
            None => writeln!(f)?,
        }
    }
    if let Subject::RoutingRule { file, line, .. } = &finding.subject {
        writeln!(f, "  {faint}in{reset} {}:{line}", Plain(fields.path.unwrap_or(file)))?;
    }
    if let (Some(file), Some(line)) = (fields.source_file, fields.source_line) {
        writeln!(f, "  {faint}type{reset} {}:{line}", Plain(file))?;
    }
    for (name, document) in finding.documents() {
        let text = document.to_string();
        writeln!(f, "  {faint}{name}{reset} {}", Plain(&text))?;
        // The part that matters, unless the line is certainly broken before it.
        if let Some(mark) = fields.at.and_then(|at| mark(&text, at)) {
            writeln!(f, "  {:1$} {faint}{mark}{reset}", "", name.chars().count())?;
        }
    }
    if let Some(remedy) = finding.remedy() {
        writeln!(f, "  {faint}fix{reset} {}", Plain(&remedy))?;
    }
    match &finding.waiver {
        Some(waiver) => writeln!(f, "  {faint}until {}: {}{reset}", waiver.expires, Plain(&waiver.reason)),
        None => writeln!(f, "  {faint}fingerprint {}{reset}", finding.fingerprint),
    }
}

/// Maximum number of characters of a document whose part is marked on the line below it.
const MAX_MARKED: usize = 160;

/// Returns a line that marks the value at a place of a JSON text; `None` for all of the text, and for a long one.
fn mark(text: &str, at: &str) -> Option<String> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    if at.is_empty() {
        return None;
    }
    for name in Pointer::parse(at).segments() {
        let raw = value.get();
        value = if raw.starts_with('{') {
            parse_members(raw).ok()?.into_iter().rfind(|(member, _)| *member == *name)?.1
        } else {
            serde_json::from_str::<Vec<&RawValue>>(raw).ok()?.get(name.parse::<usize>().ok()?).copied()?
        };
    }
    let start = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    // Hidden characters are shown as several.
    let before = Plain(text.get(..start)?).to_string().chars().count();
    let length = Plain(value.get()).to_string().chars().count();
    (before + length <= MAX_MARKED).then(|| format!("{}{}", " ".repeat(before), "^".repeat(length)))
}

impl Palette {
    fn of_verdict(&self, verdict: CellVerdict) -> &str {
        match verdict {
            CellVerdict::Reads | CellVerdict::ReadsByUpcast => &self.ok,
            CellVerdict::Breaks => &self.error,
            CellVerdict::Undecided | CellVerdict::Accepted => &self.warning,
            CellVerdict::NotRequired => &self.faint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_a_pointer_is_marked() {
        let text = r#"{"a/b":[1,{"c":"x\u0007"}],"d":null}"#;
        for (at, marked) in
            [("/d", "null"), ("/a~1b/0", "1"), ("/a~1b/1/c", r#""x\u0007""#), ("/a~1b/1", r#"{"c":"x\u0007"}"#)]
        {
            let line = mark(text, at).unwrap();
            let start = line.find('^').unwrap();
            assert_eq!((text.get(start..line.len()).unwrap(), line.trim_start().len()), (marked, marked.len()), "{at}");
        }
        assert_eq!([mark(text, ""), mark(text, "/x"), mark(text, "/a~1b/7")], [None, None, None]);
        let long = format!(r#"{{"a":"{}","b":1}}"#, "x".repeat(MAX_MARKED));
        assert_eq!(mark(&long, "/b"), None);
    }
}
