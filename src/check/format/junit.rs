//! Test results as XML, in the form that Jenkins has
//! [written down](https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{circumstances, counts, escape, said};
use crate::check::finding::Finding;
use crate::check::report::{Answer, Cell, Matrix, Report};
use crate::check::rule::Own;
use crate::severity::Severity;

/// The name of what is about no type.
const CONTRACT: &str = "event-contract";

/// A suite for each type, and one for what is about none that has a matrix.
pub(super) fn render(report: &Report) -> String {
    let mut suites: Vec<_> = report.types.iter().map(|matrix| Suite::of(matrix, report)).collect();
    let is_typed =
        |finding: &&Finding| report.types.iter().any(|matrix| finding.event_type.as_ref() == Some(&matrix.event_type));
    let others = report.findings.iter().filter(|finding| !is_typed(finding)).map(|finding| Case::of(finding, CONTRACT));
    suites.push(Suite { name: CONTRACT.to_owned(), cases: others.collect() });
    suites.retain(|suite| !suite.cases.is_empty());

    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let total = |is: fn(&Verdict) -> bool| suites.iter().map(|suite| suite.count(is)).sum::<usize>();
    let (tests, failures, errors) = (total(|_| true), total(Verdict::is_failure), total(Verdict::is_error));
    // A `String` cannot fail to be written to.
    let _ = writeln!(text, r#"<testsuites name="{CONTRACT}" tests="{tests}" failures="{failures}" errors="{errors}">"#);
    for suite in &suites {
        suite.write(&mut text, report);
    }
    text.push_str("</testsuites>\n");
    text
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    class: String,
    verdict: Verdict,
    /// What else there is to say.
    out: String,
}

enum Verdict {
    Passed,
    /// What kind, in a line, and at length.
    Failure(String, String, String),
    Error(String, String, String),
    /// Why.
    Skipped(String),
}

impl Verdict {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failure(..))
    }

    fn is_error(&self) -> bool {
        matches!(self, Self::Error(..))
    }

    fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped(_))
    }
}

impl Suite {
    fn of(matrix: &Matrix, report: &Report) -> Self {
        let mut cases = Vec::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (writer, row) in matrix.writers.iter().zip(&matrix.cells) {
            for (reader, cell) in matrix.readers.iter().zip(row) {
                told.extend(&cell.findings);
                let name = format!("{} to {}", writer.label, reader.label);
                cases.extend(Case::of_cell(cell, name, matrix, report));
            }
        }
        let is_left = |finding: &&Finding| {
            finding.event_type.as_ref() == Some(&matrix.event_type) && !told.contains(&finding.number)
        };
        let left = report.findings.iter().filter(is_left);
        cases.extend(left.map(|finding| Case::of(finding, &matrix.event_type)));
        Self { name: matrix.event_type.clone(), cases }
    }

    fn count(&self, is: fn(&Verdict) -> bool) -> usize {
        self.cases.iter().filter(|case| is(&case.verdict)).count()
    }

    fn write(&self, text: &mut String, report: &Report) {
        let (tests, failures) = (self.cases.len(), self.count(Verdict::is_failure));
        let (errors, skipped) = (self.count(Verdict::is_error), self.count(Verdict::is_skipped));
        let _ = writeln!(
            text,
            r#"  <testsuite name="{}" tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0" timestamp="{}T00:00:00">"#,
            attribute(&self.name),
            report.date,
        );
        for case in &self.cases {
            case.write(text);
        }
        if self.name == CONTRACT || self.count(|_| true) == 0 {
            let _ = writeln!(text, "    <system-out>{}</system-out>", escape::markup(&summary(report)));
        }
        text.push_str("  </testsuite>\n");
    }
}

fn summary(report: &Report) -> String {
    format!("{}: {}; {}", report.outcome.as_str(), counts(report), circumstances(report))
}

impl Case {
    /// A finding that no cell names.
    fn of(finding: &Finding, class: &str) -> Self {
        let name = format!("{}{} [{}]", finding.rule, finding.who(), finding.fingerprint);
        let (kind, message, told) = (finding.rule.clone(), finding.message.clone(), tell(finding));
        let (verdict, out) = match (&finding.waiver, finding.severity) {
            (Some(waiver), _) => (Verdict::Skipped(format!("until {}: {}", waiver.expires, waiver.reason)), told),
            (None, Severity::Error) if finding.rule == Own::Undecided.id() => {
                (Verdict::Error(kind, message, told), String::new())
            }
            (None, Severity::Error) => (Verdict::Failure(kind, message, told), String::new()),
            (None, Severity::Info | Severity::Notice | Severity::Warning) => (Verdict::Passed, told),
        };
        Self { name, class: class.to_owned(), verdict, out }
    }

    /// A cell that is owed.
    fn of_cell(cell: &Cell, name: String, matrix: &Matrix, report: &Report) -> Option<Self> {
        let mut findings: Vec<_> = cell.findings.iter().filter_map(|number| report.findings.get(number - 1)).collect();
        // What it fails for is said first.
        findings.sort_by_key(|finding| !finding.is_error());
        let told: Vec<_> = findings.iter().map(|finding| tell(finding)).collect();
        let told = told.join("\n");
        let first = findings.first();
        let kind = || first.map_or_else(|| said(cell.answer).to_owned(), |finding| finding.rule.clone());
        let message = || match findings.iter().filter(|finding| finding.is_error()).count() {
            0 | 1 => first.map_or_else(|| said(cell.answer).to_owned(), |finding| finding.message.clone()),
            count => format!("{}; and {} more", first.map_or("", |finding| &finding.message), count - 1),
        };
        let (verdict, out) = match cell.answer {
            Answer::NotOwed => return None,
            Answer::Reads | Answer::ReadsByUpcast => (Verdict::Passed, told),
            Answer::Breaks => (Verdict::Failure(kind(), message(), told), String::new()),
            Answer::Undecided => (Verdict::Error(kind(), message(), told), String::new()),
            Answer::Accepted => {
                let findings = findings.iter().filter(|finding| finding.witness.is_some());
                let why = findings.map(|finding| match &finding.waiver {
                    Some(waiver) => format!("until {}: {}", waiver.expires, waiver.reason),
                    None => format!("{}: {}", finding.severity, finding.message),
                });
                (Verdict::Skipped(why.collect::<Vec<_>>().join("; ")), told)
            }
        };
        Some(Self { name, class: matrix.event_type.clone(), verdict, out })
    }

    fn write(&self, text: &mut String) {
        let (name, class) = (attribute(&self.name), attribute(&self.class));
        let _ = write!(text, r#"    <testcase name="{name}" classname="{class}" time="0""#);
        if matches!(self.verdict, Verdict::Passed) && self.out.is_empty() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(">\n");
        let mut element = |name: &str, kind: &str, message: &str, body: &str| {
            let (kind, message) = (attribute(kind), attribute(message));
            let body = escape::markup(body);
            let _ = writeln!(text, r#"      <{name} type="{kind}" message="{message}">{body}</{name}>"#);
        };
        match &self.verdict {
            Verdict::Passed => {}
            Verdict::Failure(kind, message, body) => element("failure", kind, message, body),
            Verdict::Error(kind, message, body) => element("error", kind, message, body),
            Verdict::Skipped(why) => {
                let _ = writeln!(text, r#"      <skipped message="{}"/>"#, attribute(why));
            }
        }
        if !self.out.is_empty() {
            let _ = writeln!(text, "      <system-out>{}</system-out>", escape::markup(&self.out));
        }
        text.push_str("    </testcase>\n");
    }
}

/// A finding on some lines.
fn tell(finding: &Finding) -> String {
    let word = if finding.is_open() { finding.severity.as_str() } else { "accepted" };
    let mut text = format!("{word}[{}] {}{}\n", finding.number, finding.rule, escape::plain(&finding.who()));
    let mut line = |name: &str, said: Option<&str>| {
        if let Some(said) = said {
            let _ = writeln!(text, "{name}{}", escape::plain(said));
        }
    };
    line("", Some(&finding.message));
    line("file: ", finding.file.as_deref());
    line("reader: ", finding.reader_keyword.as_deref());
    line("writer: ", finding.writer_keyword.as_deref());
    line("fingerprint: ", Some(&finding.fingerprint));
    if let Some(waiver) = &finding.waiver {
        line("", Some(&format!("until {}: {}", waiver.expires, waiver.reason)));
    }
    for (name, document) in finding.shown() {
        let _ = writeln!(text, "{name}:\n{}", escape::json(document));
    }
    text
}

/// A text in an attribute, on one line: a parser would make spaces of others.
fn attribute(text: &str) -> String {
    escape::markup(&escape::plain(text))
}
