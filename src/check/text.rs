//! The report for a person: in a terminal, or as the message of a test that failed.

use std::fmt;

use super::finding::Finding;
use super::format::meaning;
use super::report::{Answer, Cell, Change, Matrix, Outcome, Report};
use crate::lifecycle::Stage;
use crate::severity::Severity;

/// What is put before and after a piece of text: nothing, or colours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Palette {
    pub(crate) good: String,
    pub(crate) bad: String,
    pub(crate) unsure: String,
    pub(crate) notice: String,
    pub(crate) faint: String,
    pub(crate) heading: String,
    pub(crate) reset: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, f, &Palette::default())
    }
}

#[cfg(feature = "cli")]
impl Report {
    /// The report, in colours.
    pub(crate) fn coloured(&self, palette: &Palette) -> String {
        let mut text = String::new();
        // A `String` cannot fail to be written to.
        let _ = write(self, &mut text, palette);
        text
    }
}

fn write(report: &Report, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { heading, reset, faint, .. } = palette;
    for matrix in &report.types {
        write_matrix(matrix, f, palette)?;
    }
    writeln!(
        f,
        "{faint}rows write, columns read: ✓ proven, ✓↑ proven, by upcast, ✗ broken, ~ broken and accepted, ? not known, · not owed{reset}"
    )?;
    if report.consumers.iter().any(|stated| !stated.reads.is_empty()) {
        writeln!(f, "\n{heading}consumers{reset}")?;
    }
    for stated in &report.consumers {
        for read in &stated.reads {
            let (on, said) = match read.answer {
                Answer::Reads | Answer::ReadsByUpcast => (&palette.good, "reads all that is written"),
                Answer::Accepted => (&palette.unsure, "does not read all that is written, which is accepted"),
                Answer::Breaks => (&palette.bad, "does not read all that is written"),
                Answer::Undecided => (&palette.unsure, "may not read all that is written"),
                Answer::NotOwed => (&palette.faint, "meets no version that is in use"),
            };
            let touched = if read.is_touched { "" } else { "; the change does not touch it" };
            writeln!(f, "  {}: {on}{said}{reset} of {}{touched}", Plain(&stated.name), Plain(&read.event_type))?;
        }
    }
    if !report.findings.is_empty() {
        writeln!(f)?;
    }
    for finding in &report.findings {
        write_finding(finding, f, palette)?;
    }
    if report.findings.iter().any(|finding| finding.severity > Severity::Notice) {
        writeln!(f, "{faint}`explain RULE` has a page about each rule{reset}")?;
    }
    for ignored in &report.ignored {
        let of = ignored.event_type.as_deref().unwrap_or("all types");
        writeln!(
            f,
            "{faint}ignored in {}: {}, for {}{reset}",
            Plain(of),
            Plain(&ignored.path),
            Plain(&ignored.reason)
        )?;
    }
    let changed: Vec<_> = report.types.iter().filter(|matrix| matrix.bump.change != Change::None).collect();
    if !changed.is_empty() {
        writeln!(f, "\n{heading}versions{reset}")?;
    }
    for matrix in changed {
        write_bump(matrix, f)?;
    }
    let count =
        |severity| report.findings.iter().filter(|finding| finding.is_open() && finding.severity == severity).count();
    let (on, said) = match report.outcome {
        Outcome::Compatible => (&palette.good, format!("compatible: {}", meaning(report))),
        Outcome::Broken => (&palette.bad, "broken".to_owned()),
        Outcome::Undecided => (&palette.unsure, format!("undecided: {}", meaning(report))),
    };
    let rules = match report.routing_rules {
        0 => String::new(),
        count => format!(" and {}", counted(count, "routing rule")),
    };
    let formats = if report.formats_asserted { "asserted" } else { "not asserted" };
    writeln!(f, "\n{on}{said}{reset}")?;
    writeln!(
        f,
        "{faint}{}, {}, {}; {}{rules} against {}, on {}; formats {formats}; change: {}{reset}",
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        counted(count(Severity::Notice), "notice"),
        counted(report.types.len(), "type"),
        Plain(&report.against),
        report.date,
        report.bump.as_str(),
    )
}

/// `1 type`, `2 types`
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn write_bump(matrix: &Matrix, f: &mut impl fmt::Write) -> fmt::Result {
    let version = |number: Option<u32>| number.map_or_else(|| "none".to_owned(), |number| format!("v{number}"));
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
    let rows: Vec<_> = matrix.writers.iter().map(|writer| said(&writer.label, writer.stage)).collect();
    let first = rows.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let columns: Vec<_> = matrix.readers.iter().map(|reader| Plain(&reader.label).to_string()).collect();
    write!(f, "  {:first$}", "")?;
    let wide = |column: &str, at: usize| {
        let cells = matrix.cells.iter().map(|row| symbol(&row[at]).chars().count());
        cells.chain([column.chars().count()]).max().unwrap_or_default()
    };
    for (at, column) in columns.iter().enumerate() {
        write!(f, "  {faint}{column:0$}{reset}", wide(column, at))?;
    }
    writeln!(f)?;
    for (label, row) in rows.iter().zip(&matrix.cells) {
        write!(f, "  {faint}{label:first$}{reset}")?;
        for (at, (cell, column)) in row.iter().zip(&columns).enumerate() {
            let on = match cell.answer {
                Answer::Reads | Answer::ReadsByUpcast => &palette.good,
                Answer::Breaks => &palette.bad,
                Answer::Undecided | Answer::Accepted => &palette.unsure,
                Answer::NotOwed => faint,
            };
            // Nothing stands behind the last one.
            let width = if at + 1 < columns.len() { wide(column, at) } else { 0 };
            write!(f, "  {on}{:width$}{reset}", symbol(cell))?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

/// `v1 sunset`
fn said(label: &str, stage: Stage) -> String {
    let label = Plain(label);
    if stage == Stage::Live { label.to_string() } else { format!("{label} {stage}") }
}

/// `✓`, `✓↑`, `✗3`
pub(super) fn symbol(cell: &Cell) -> String {
    let number = cell.findings.first().map(ToString::to_string).unwrap_or_default();
    match cell.answer {
        Answer::Reads => "✓".to_owned(),
        Answer::ReadsByUpcast => "✓↑".to_owned(),
        Answer::Breaks => format!("✗{number}"),
        Answer::Accepted => format!("~{number}"),
        Answer::Undecided => format!("?{number}"),
        Answer::NotOwed => "·".to_owned(),
    }
}

fn write_finding(finding: &Finding, f: &mut impl fmt::Write, palette: &Palette) -> fmt::Result {
    let Palette { reset, faint, .. } = palette;
    let on = match (finding.is_open(), finding.severity) {
        (false, _) => faint,
        (true, Severity::Info | Severity::Notice) => &palette.notice,
        (true, Severity::Warning) => &palette.unsure,
        (true, Severity::Error) => &palette.bad,
    };
    let word = if finding.is_open() { finding.severity.as_str() } else { "waived" };
    write!(f, "{on}{word}[{}] {}{reset}", finding.number, finding.rule)?;
    if let Some(rule) = &finding.routing_rule {
        write!(f, "  rule {}", Plain(rule))?;
    }
    if let Some(of) = &finding.event_type {
        write!(f, "  {}{}", Plain(of), Plain(&finding.who()))?;
    }
    if finding.severity <= Severity::Notice {
        return writeln!(f, ": {}", Plain(&finding.message));
    }
    writeln!(f, "\n  {}", Plain(&finding.message))?;
    if let Some(keyword) = &finding.reader_keyword {
        let file = finding.file.as_deref().unwrap_or("in the code ");
        write!(f, "  {faint}reader{reset} {}{}", Plain(file), Plain(keyword))?;
        match &finding.writer_keyword {
            Some(keyword) => writeln!(f, "  {faint}writer{reset} {}", Plain(keyword))?,
            None => writeln!(f)?,
        }
    }
    if let (Some(_), Some(file)) = (&finding.routing_rule, &finding.file) {
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(f, "  {faint}in{reset} {}{line}", Plain(file))?;
    }
    for (name, document) in finding.shown() {
        writeln!(f, "  {faint}{name}{reset} {}", Plain(&document.to_string()))?;
    }
    match &finding.waiver {
        Some(waiver) => writeln!(f, "  {faint}until {}: {}{reset}", waiver.expires, Plain(&waiver.reason)),
        None => writeln!(f, "  {faint}fingerprint {}{reset}", finding.fingerprint),
    }
}

impl Finding {
    /// ` v3 to v2`, where it is about a writer and a reader.
    pub(super) fn who(&self) -> String {
        match (&self.writer, &self.reader) {
            (Some(writer), Some(reader)) => format!(" {writer} to {reader}"),
            (Some(one), None) | (None, Some(one)) => format!(" {one}"),
            (None, None) => String::new(),
        }
    }
}

/// A text that somebody else has chosen, on one line and without what a terminal would take for a command, or what turns
/// text around.
pub(crate) struct Plain<'a>(pub(crate) &'a str);

impl Plain<'_> {
    /// Whether a character is a command, or changes the order in which others are shown.
    pub(super) fn hides(character: char) -> bool {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(self.0.len());
        for character in self.0.chars() {
            if Self::hides(character) {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        f.pad(&text)
    }
}
