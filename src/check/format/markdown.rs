//! Markdown of GitHub and GitLab, for a comment on a pull request.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::escape::{code, fence, json, prose, sentence};
use super::wording::{LEGEND, consumer_verdict, counts, header, input_line, meaning, shown_findings, sign, version};
use crate::check::finding::Finding;
use crate::check::report::{Cell, Change, Matrix, Outcome, Report};
use crate::check::rule;
use crate::lifecycle::Stage;
use crate::severity::Severity;

/// Maximum length in bytes. GitHub allows 65,536 characters, each of at least one byte.
const MAX_LENGTH: usize = 65_000;
/// Days until a proposed waiver expires.
const WAIVED_DAYS: u64 = 30;
/// Bytes that stay free for the note about omitted parts.
const RESERVE: usize = 500;

/// Renders a comment, the most important parts first.
pub(super) fn render(report: &Report) -> String {
    let sign = match report.outcome {
        Outcome::Compatible => "✅",
        Outcome::Broken => "❌",
        Outcome::Undecided => "❔",
    };
    let mut comment = Comment { text: String::new(), omitted: 0 };
    comment.add(&format!("## {sign} Event contract: {}\n", report.outcome.as_str()));
    comment.add(&format!("**{}**: {}.\n", counts(report), meaning(report)));
    comment.add(&format!("{}.\n", prose(&header(report))));
    comment.add(&versions(report));
    comment.add(&consumers(report));

    let (clean, other): (Vec<_>, Vec<_>) = report.types.iter().partition(|matrix| is_clean(report, matrix));
    for matrix in other {
        comment.add(&table(report, matrix));
    }
    if !report.types.is_empty() {
        comment.add(&format!("{LEGEND}.\n"));
    }
    let until = report.date.checked_add_days(Days::new(WAIVED_DAYS)).unwrap_or(report.date);
    let (open, waived): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.is_open());
    for severity in [Severity::Error, Severity::Warning] {
        for finding in open.iter().filter(|finding| finding.severity == severity) {
            comment.add(&details(finding, until));
        }
    }
    let notices: Vec<_> = open.iter().filter(|finding| finding.severity < Severity::Warning).collect();
    let folded = |title: &str, blocks: Vec<String>, separator: &str| {
        if blocks.is_empty() {
            String::new()
        } else {
            format!("<details><summary>{title}</summary>\n\n{}\n</details>\n", blocks.join(separator))
        }
    };
    comment.add(&folded("accepted", waived.iter().map(|finding| line(finding)).collect(), ""));
    comment.add(&folded("notices", notices.iter().map(|finding| line(finding)).collect(), ""));
    comment.add(&folded(
        "types without errors and warnings",
        clean.iter().map(|matrix| table(report, matrix)).collect(),
        "\n",
    ));
    comment.add(&ignored(report));
    let inputs = report.inputs.iter().map(|input| format!("- {}\n", prose(&input_line(input)))).collect();
    comment.add(&folded("compared", inputs, ""));
    comment.finish()
}

/// Blocks of Markdown, as many as fit.
struct Comment {
    text: String,
    omitted: usize,
}

impl Comment {
    fn add(&mut self, block: &str) {
        if block.is_empty() {
            return;
        }
        if self.text.len() + block.len() + 1 > MAX_LENGTH - RESERVE {
            self.omitted += 1;
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block);
    }

    fn finish(mut self) -> String {
        let (parts, are) = if self.omitted == 1 { ("part", "is") } else { ("parts", "are") };
        if self.omitted > 0 {
            // A `String` cannot fail to be written to.
            let _ = writeln!(
                self.text,
                "\n{} {parts} of the report {are} left out, because the comment would be too long. Other formats have the whole report.",
                self.omitted,
            );
        }
        self.text
    }
}

/// Returns true if a type has neither errors nor warnings.
fn is_clean(report: &Report, matrix: &Matrix) -> bool {
    let needs_attention =
        |finding: &Finding| finding.event_type() == Some(&matrix.event_type) && finding.severity >= Severity::Warning;
    !report.findings.iter().any(needs_attention)
        && !matrix.cells.iter().flatten().any(|cell| cell.verdict.is_incompatible())
}

fn versions(report: &Report) -> String {
    let mut text = String::new();
    for matrix in report.types.iter().filter(|matrix| matrix.bump.change != Change::None) {
        let bump = &matrix.bump;
        let [published, declared, needed] = [bump.published, bump.declared, bump.needed].map(version);
        let change = bump.change.as_str();
        let event_type = code(&matrix.event_type);
        let needed = if bump.needed == bump.declared { needed } else { format!("**{needed}**") };
        let _ = writeln!(text, "| {event_type} | {published} | {declared} | {needed} | {change} |");
    }
    if text.is_empty() {
        return text;
    }
    format!("| type | published | declared | needed | change |\n|---|---|---|---|---|\n{text}")
}

fn consumers(report: &Report) -> String {
    let mut text = String::new();
    for consumer in &report.consumers {
        for read in &consumer.reads {
            let affected = if read.is_affected { "yes" } else { "no" };
            let (name, event_type) = (code(&consumer.name), code(&read.event_type));
            let (sign, verdict) = (sign(read.verdict), consumer_verdict(read.verdict));
            let _ = writeln!(text, "| {name} | {event_type} | {sign} {verdict} | {affected} |");
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("| consumer | type | | affected by the change |\n|---|---|---|---|\n{text}")
}

fn table(report: &Report, matrix: &Matrix) -> String {
    let mut text = format!("**{}** {}, {}\n\n| |", code(&matrix.event_type), matrix.side, code(&matrix.owner));
    let stage = |stage: Stage| if stage == Stage::Live { String::new() } else { format!(" {stage}") };
    for column in &matrix.columns {
        let _ = write!(text, " {}{} |", code(&column.label), stage(column.stage));
    }
    text.push_str("\n|---|");
    text.push_str(&":-:|".repeat(matrix.columns.len()));
    text.push('\n');
    for (row, cells) in matrix.rows.iter().zip(&matrix.cells) {
        let _ = write!(text, "| **{}**{} |", code(&row.label), stage(row.stage));
        for cell in cells {
            let _ = write!(text, " {} |", symbol(report, cell));
        }
        text.push('\n');
    }
    text
}

/// Returns the sign of a cell and the numbers of its findings: `✗ [1, 2]`.
fn symbol(report: &Report, cell: &Cell) -> String {
    let numbers: Vec<_> = shown_findings(report, cell).map(|finding| finding.number.to_string()).collect();
    let sign = sign(cell.verdict);
    if numbers.is_empty() { sign.to_owned() } else { format!("{sign} [{}]", numbers.join(", ")) }
}

/// Returns `enum-narrowed Order.Created v3 to v2`.
fn title(finding: &Finding) -> String {
    let event_type = finding.event_type().map(|name| format!(" {}{}", code(name), prose(&finding.parties())));
    format!("{}{}", code(finding.rule), event_type.unwrap_or_default())
}

fn line(finding: &Finding) -> String {
    let mut line = format!("- [{}] {}: {}", finding.number, title(finding), sentence(&finding.message));
    if let Some(waiver) = &finding.waiver {
        let _ = write!(line, "; until {}: {}", waiver.expires, prose(&waiver.reason));
    }
    line.push('\n');
    line
}

fn details(finding: &Finding, until: NaiveDate) -> String {
    let mut text = format!(
        "<details><summary>{} [{}] {}: {}</summary>\n\n",
        finding.severity,
        finding.number,
        title(finding),
        sentence(&finding.message),
    );
    let fields = finding.fields();
    if let Some(remedy) = finding.remedy() {
        let _ = writeln!(text, "{}\n", sentence(&remedy));
    }
    let mut item = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(text, "- {name}: {}", code(value));
        }
    };
    item("Rust type", fields.source_file);
    item("file", fields.path.or(fields.file));
    item("keyword of the reader’s schema", fields.reader_keyword);
    item("keyword of the writer’s schema", fields.writer_keyword);
    item("help", Some(&rule::by_id(finding.rule).link()));
    item("fingerprint, for a waiver", Some(&finding.fingerprint));
    for (name, document) in finding.documents() {
        let name =
            if finding.is_rejection() { "A payload that the writer may write and the reader rejects" } else { name };
        let _ = write!(text, "\n{name}:\n\n{}", fence("json", &json(&document)));
    }
    let lines = format!("[[waiver]]\nfingerprint = \"{}\"\nreason = \"…\"\nexpires = {until}", finding.fingerprint);
    let _ = write!(text, "\nTo accept it until a day, in event-contract.toml:\n\n{}", fence("toml", &lines));
    text.push_str("\n</details>\n");
    text
}

fn ignored(report: &Report) -> String {
    let lines = report.ignored.iter().map(|ignored| {
        let event_type = ignored.event_type.as_deref().map_or_else(|| "all types".to_owned(), code);
        format!("- ignored in {event_type}: {} ({})\n", code(&ignored.path), prose(&ignored.reason))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omitted_parts_are_counted() {
        let mut comment = Comment { text: String::new(), omitted: 0 };
        comment.add("one\n");
        comment.add(&"x".repeat(MAX_LENGTH));
        comment.add("");
        comment.add("two\n");
        let expected = "one\n\ntwo\n\n1 part of the report is left out, because the comment would be too long. Other formats have the whole report.\n";
        assert_eq!(comment.finish(), expected);
    }
}
