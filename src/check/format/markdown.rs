//! Markdown as GitHub and GitLab read it, for a comment on a pull request.

use std::fmt::Write as _;

use super::escape::{code, fence, json, prose, sentence};
use super::{circumstances, counts, fate, meaning, sign, told, version};
use crate::check::finding::Finding;
use crate::check::report::{Answer, Cell, Change, Matrix, Outcome, Report};
use crate::lifecycle::Stage;
use crate::severity::Severity;

/// The longest comment that GitHub takes has 65,536 characters; a byte is never more than one.
const LONGEST: usize = 65_000;
/// What is kept free for the words about what is left out.
const RESERVE: usize = 500;

/// A comment, the most important first.
pub(super) fn render(report: &Report) -> String {
    let sign = match report.outcome {
        Outcome::Compatible => "✅",
        Outcome::Broken => "❌",
        Outcome::Undecided => "❔",
    };
    let mut comment = Comment { text: String::new(), left_out: 0 };
    comment.add(&format!("## {sign} Event contract: {}\n", report.outcome.as_str()));
    comment.add(&format!("**{}**: {}.\n", counts(report), meaning(report)));
    comment.add(&format!("{}.\n", prose(&circumstances(report))));
    comment.add(&versions(report));
    comment.add(&consumers(report));

    let (quiet, loud): (Vec<_>, Vec<_>) = report.types.iter().partition(|matrix| is_quiet(report, matrix));
    for matrix in loud {
        comment.add(&table(report, matrix));
    }
    if !report.types.is_empty() {
        comment.add("Rows write, columns read: ✓ proven, ✓↑ proven, by upcast, ✗ broken, ~ broken and accepted, ? not known, · not owed.\n");
    }
    let (open, waived): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.is_open());
    for severity in [Severity::Error, Severity::Warning] {
        for finding in open.iter().filter(|finding| finding.severity == severity) {
            comment.add(&details(finding));
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
        "types without a finding that matters",
        quiet.iter().map(|matrix| table(report, matrix)).collect(),
        "\n",
    ));
    comment.add(&ignored(report));
    comment.finish()
}

/// Blocks, as many as fit.
struct Comment {
    text: String,
    left_out: usize,
}

impl Comment {
    fn add(&mut self, block: &str) {
        if block.is_empty() {
            return;
        }
        if self.text.len() + block.len() + 1 > LONGEST - RESERVE {
            self.left_out += 1;
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block);
    }

    fn finish(mut self) -> String {
        let (parts, are) = if self.left_out == 1 { ("part", "is") } else { ("parts", "are") };
        if self.left_out > 0 {
            // A `String` cannot fail to be written to.
            let _ = writeln!(
                self.text,
                "\n{} {parts} of the report {are} left out, for a comment has no room for more. The other formats have all of it.",
                self.left_out,
            );
        }
        self.text
    }
}

/// Whether nothing about a type needs anybody.
fn is_quiet(report: &Report, matrix: &Matrix) -> bool {
    let is_loud = |finding: &Finding| {
        finding.event_type.as_ref() == Some(&matrix.event_type) && finding.severity >= Severity::Warning
    };
    !report.findings.iter().any(is_loud)
        && matrix.cells.iter().flatten().all(|cell| match cell.answer {
            Answer::Reads | Answer::ReadsByUpcast | Answer::NotOwed => true,
            Answer::Breaks | Answer::Accepted | Answer::Undecided => false,
        })
}

fn versions(report: &Report) -> String {
    let mut text = String::new();
    for matrix in report.types.iter().filter(|matrix| matrix.bump.change != Change::None) {
        let bump = &matrix.bump;
        let [published, declared, needed] = [bump.published, bump.declared, bump.needed].map(version);
        let change = bump.change.as_str();
        let of = code(&matrix.event_type);
        let needed = if bump.needed == bump.declared { needed } else { format!("**{needed}**") };
        let _ = writeln!(text, "| {of} | {published} | {declared} | {needed} | {change} |");
    }
    if text.is_empty() {
        return text;
    }
    format!("| type | published | declared | needed | change |\n|---|---|---|---|---|\n{text}")
}

fn consumers(report: &Report) -> String {
    let mut text = String::new();
    for stated in &report.consumers {
        for read in &stated.reads {
            let touched = if read.is_touched { "yes" } else { "no" };
            let (name, of) = (code(&stated.name), code(&read.event_type));
            let _ = writeln!(text, "| {name} | {of} | {} {} | {touched} |", sign(read.answer), fate(read.answer));
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("| consumer | type | | touched by the change |\n|---|---|---|---|\n{text}")
}

fn table(report: &Report, matrix: &Matrix) -> String {
    let mut text = format!("**{}** {}, {}\n\n| |", code(&matrix.event_type), matrix.side, code(&matrix.owner));
    let stage = |stage: Stage| if stage == Stage::Live { String::new() } else { format!(" {stage}") };
    for reader in &matrix.readers {
        let _ = write!(text, " {}{} |", code(&reader.label), stage(reader.stage));
    }
    text.push_str("\n|---|");
    text.push_str(&":-:|".repeat(matrix.readers.len()));
    text.push('\n');
    for (writer, row) in matrix.writers.iter().zip(&matrix.cells) {
        let _ = write!(text, "| **{}**{} |", code(&writer.label), stage(writer.stage));
        for cell in row {
            let _ = write!(text, " {} |", symbol(report, cell));
        }
        text.push('\n');
    }
    text
}

/// `✗ [1, 2]`
fn symbol(report: &Report, cell: &Cell) -> String {
    let numbers: Vec<_> = told(report, cell).map(|finding| finding.number.to_string()).collect();
    let sign = sign(cell.answer);
    if numbers.is_empty() { sign.to_owned() } else { format!("{sign} [{}]", numbers.join(", ")) }
}

/// `enum-narrowed Order.Created v3 to v2`
fn title(finding: &Finding) -> String {
    let of = finding.event_type.as_deref().map(|of| format!(" {}{}", code(of), prose(&finding.who())));
    format!("{}{}", code(&finding.rule), of.unwrap_or_default())
}

fn line(finding: &Finding) -> String {
    let mut line = format!("- [{}] {}: {}", finding.number, title(finding), sentence(&finding.message));
    if let Some(waiver) = &finding.waiver {
        let _ = write!(line, "; until {}: {}", waiver.expires, prose(&waiver.reason));
    }
    line.push('\n');
    line
}

fn details(finding: &Finding) -> String {
    let mut text = format!(
        "<details><summary>{} [{}] {}: {}</summary>\n\n",
        finding.severity,
        finding.number,
        title(finding),
        sentence(&finding.message),
    );
    let mut item = |name: &str, said: Option<&str>| {
        if let Some(said) = said {
            let _ = writeln!(text, "- {name} {}", code(said));
        }
    };
    item("the file", finding.file.as_deref());
    item("the reader’s schema, at", finding.reader_keyword.as_deref());
    item("the writer’s schema, at", finding.writer_keyword.as_deref());
    item("the fingerprint, for a waiver:", Some(&finding.fingerprint));
    for (name, document) in finding.shown() {
        let name =
            if finding.witness.is_some() { "A payload that the writer may write and the reader rejects" } else { name };
        let _ = write!(text, "\n{name}:\n\n{}", fence("json", &json(document)));
    }
    text.push_str("\n</details>\n");
    text
}

fn ignored(report: &Report) -> String {
    let lines = report.ignored.iter().map(|ignored| {
        let of = ignored.event_type.as_deref().map_or_else(|| "all types".to_owned(), code);
        format!("- ignored in {of}: {}, for {}\n", code(&ignored.path), prose(&ignored.reason))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut comment = Comment { text: String::new(), left_out: 0 };
        comment.add("one\n");
        comment.add(&"x".repeat(LONGEST));
        comment.add("");
        comment.add("two\n");
        let expected = "one\n\ntwo\n\n1 part of the report is left out, for a comment has no room for more. The other formats have all of it.\n";
        assert_eq!(comment.finish(), expected);
    }
}
