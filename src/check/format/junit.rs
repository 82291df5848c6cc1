//! Test results as XML, in the format that Jenkins
//! [documents](https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::escape;
use super::wording::{counts, header, input_line};
use crate::check::finding::Finding;
use crate::check::policy::Waiver;
use crate::check::report::{Cell, CellVerdict, Matrix, Report};
use crate::check::rule::{self, CheckRule};
use crate::severity::Severity;

/// The name of the suite of findings that belong to no type.
const CONTRACT: &str = "event-contract";

/// Renders a suite for each type, and one for findings about no type with a matrix.
pub(super) fn render(report: &Report) -> String {
    let mut suites: Vec<_> = report.types.iter().map(|matrix| Suite::for_matrix(matrix, report)).collect();
    let is_typed =
        |finding: &&Finding| report.types.iter().any(|matrix| finding.event_type() == Some(&matrix.event_type));
    let others =
        report.findings.iter().filter(|finding| !is_typed(finding)).map(|finding| Case::for_finding(finding, CONTRACT));
    suites.push(Suite { name: CONTRACT.to_owned(), cases: others.collect() });
    // The last suite has the summary.
    suites.retain(|suite| suite.name == CONTRACT || !suite.cases.is_empty());

    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let total = |is: fn(&CaseResult) -> bool| suites.iter().map(|suite| suite.count(is)).sum::<usize>();
    let (tests, failures, errors) = (total(|_| true), total(CaseResult::is_failure), total(CaseResult::is_error));
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
    result: CaseResult,
    /// The standard output of the case.
    output: String,
}

enum CaseResult {
    Passed,
    Failure(Problem),
    Error(Problem),
    Skipped { reason: String },
}

struct Problem {
    kind: String,
    message: String,
    body: String,
}

impl CaseResult {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failure(_))
    }

    fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }

    fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped { .. })
    }
}

impl Suite {
    fn for_matrix(matrix: &Matrix, report: &Report) -> Self {
        let mut cases = Vec::new();
        let mut in_cells: BTreeSet<usize> = BTreeSet::new();
        for (row, cells) in matrix.rows.iter().zip(&matrix.cells) {
            for (column, cell) in matrix.columns.iter().zip(cells) {
                in_cells.extend(&cell.findings);
                let name = format!("{} to {}", row.label, column.label);
                cases.extend(Case::for_cell(cell, name, matrix, report));
            }
        }
        let is_other = |finding: &&Finding| {
            finding.event_type() == Some(&matrix.event_type) && !in_cells.contains(&finding.number)
        };
        let others = report.findings.iter().filter(is_other);
        cases.extend(others.map(|finding| Case::for_finding(finding, &matrix.event_type)));
        Self { name: matrix.event_type.clone(), cases }
    }

    fn count(&self, is: fn(&CaseResult) -> bool) -> usize {
        self.cases.iter().filter(|case| is(&case.result)).count()
    }

    fn write(&self, text: &mut String, report: &Report) {
        let (tests, failures) = (self.cases.len(), self.count(CaseResult::is_failure));
        let (errors, skipped) = (self.count(CaseResult::is_error), self.count(CaseResult::is_skipped));
        let _ = writeln!(
            text,
            r#"  <testsuite name="{}" tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0" timestamp="{}T00:00:00">"#,
            attribute(&self.name),
            report.date,
        );
        for case in &self.cases {
            case.write(text);
        }
        if self.name == CONTRACT {
            let _ = writeln!(text, "    <system-out>{}</system-out>", escape::markup(&summary(report)));
        }
        text.push_str("  </testsuite>\n");
    }
}

fn summary(report: &Report) -> String {
    let mut text = format!("{}: {}; {}", report.outcome.as_str(), counts(report), header(report));
    for input in &report.inputs {
        text.push('\n');
        text.push_str(&input_line(input));
    }
    text
}

impl Case {
    /// Returns the case of a finding that belongs to no cell.
    fn for_finding(finding: &Finding, class: &str) -> Self {
        let name = format!("{}{} [{}]", finding.rule, finding.parties(), finding.fingerprint);
        let problem =
            || Problem { kind: finding.rule.to_owned(), message: finding.message.clone(), body: describe(finding) };
        let (result, output) = match (&finding.waiver, finding.severity) {
            (Some(Waiver { expires, reason, .. }), _) => {
                (CaseResult::Skipped { reason: format!("until {expires}: {reason}") }, describe(finding))
            }
            (None, Severity::Error) if finding.rule == CheckRule::Undecided.id() => {
                (CaseResult::Error(problem()), String::new())
            }
            (None, Severity::Error) => (CaseResult::Failure(problem()), String::new()),
            (None, Severity::Info | Severity::Notice | Severity::Warning) => (CaseResult::Passed, describe(finding)),
        };
        Self { name, class: class.to_owned(), result, output }
    }

    /// Returns the case of a cell, unless its verdict is not required.
    fn for_cell(cell: &Cell, name: String, matrix: &Matrix, report: &Report) -> Option<Self> {
        let mut findings: Vec<_> = cell.findings.iter().filter_map(|number| report.findings.get(number - 1)).collect();
        // Errors first.
        findings.sort_by_key(|finding| !finding.is_error());
        let body = findings.iter().map(|finding| describe(finding)).collect::<Vec<_>>().join("\n");
        let problem = |body: String| {
            let (kind, message) = match findings.first() {
                Some(first) => (first.rule, &*first.message),
                None => (cell.verdict.as_str(), cell.verdict.as_str()),
            };
            let message = match findings.iter().filter(|finding| finding.is_error()).count() {
                0 | 1 => message.to_owned(),
                count => format!("{message}; and {} more", count - 1),
            };
            Problem { kind: kind.to_owned(), message, body }
        };
        let (result, output) = match cell.verdict {
            CellVerdict::NotRequired => return None,
            CellVerdict::Reads | CellVerdict::ReadsByUpcast => (CaseResult::Passed, body),
            CellVerdict::Breaks => (CaseResult::Failure(problem(body)), String::new()),
            CellVerdict::Undecided => (CaseResult::Error(problem(body)), String::new()),
            CellVerdict::Accepted => {
                let rejections = findings.iter().filter(|finding| finding.is_rejection());
                let reasons = rejections.map(|finding| match &finding.waiver {
                    Some(Waiver { expires, reason, .. }) => format!("until {expires}: {reason}"),
                    None => format!("{}: {}", finding.severity, finding.message),
                });
                (CaseResult::Skipped { reason: reasons.collect::<Vec<_>>().join("; ") }, body)
            }
        };
        Some(Self { name, class: matrix.event_type.clone(), result, output })
    }

    fn write(&self, text: &mut String) {
        let (name, class) = (attribute(&self.name), attribute(&self.class));
        let _ = write!(text, r#"    <testcase name="{name}" classname="{class}" time="0""#);
        if matches!(self.result, CaseResult::Passed) && self.output.is_empty() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(">\n");
        let mut element = |name: &str, problem: &Problem| {
            let (kind, message) = (attribute(&problem.kind), attribute(&problem.message));
            let body = escape::markup(&problem.body);
            let _ = writeln!(text, r#"      <{name} type="{kind}" message="{message}">{body}</{name}>"#);
        };
        match &self.result {
            CaseResult::Passed => {}
            CaseResult::Failure(problem) => element("failure", problem),
            CaseResult::Error(problem) => element("error", problem),
            CaseResult::Skipped { reason } => {
                let _ = writeln!(text, r#"      <skipped message="{}"/>"#, attribute(reason));
            }
        }
        if !self.output.is_empty() {
            let _ = writeln!(text, "      <system-out>{}</system-out>", escape::markup(&self.output));
        }
        text.push_str("    </testcase>\n");
    }
}

/// Returns the text of a finding, on several lines.
fn describe(finding: &Finding) -> String {
    let fields = finding.fields();
    let word = if finding.is_open() { finding.severity.as_str() } else { "accepted" };
    let mut text = format!("{word}[{}] {}{}\n", finding.number, finding.rule, escape::plain(&finding.parties()));
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(text, "{name}{}", escape::plain(value));
        }
    };
    line("", Some(&finding.message));
    line("fix: ", finding.remedy().as_deref());
    line("file: ", fields.path.or(fields.file));
    line("type: ", fields.source_file);
    line("reader: ", fields.reader_keyword);
    line("writer: ", fields.writer_keyword);
    line("help: ", Some(&rule::by_id(finding.rule).link()));
    line("fingerprint: ", Some(&finding.fingerprint));
    if let Some(waiver) = &finding.waiver {
        line("", Some(&format!("until {}: {}", waiver.expires, waiver.reason)));
    }
    for (name, document) in finding.documents() {
        let _ = writeln!(text, "{name}:\n{}", escape::json(&document));
    }
    text
}

/// Escapes an attribute on one line: a parser would replace line breaks by spaces.
fn attribute(text: &str) -> String {
    escape::markup(&escape::plain(text))
}
