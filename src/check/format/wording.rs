//! Words that several formats share.

use super::escape;
use crate::check::finding::{Evidence, Finding};
use crate::check::input::{ComparedInput, InputKind, InputOrigin};
use crate::check::report::{Cell, CellVerdict, Outcome, Report};
use crate::severity::Severity;

/// The explanation of the signs of a matrix.
pub(super) const LEGEND: &str = "Rows are writers, columns are readers: ✓ compatible, ✓↑ compatible by upcast, ✗ broken, \
                                 ~ broken but accepted, ? undecided, · not required";

/// Returns the meaning of the outcome in a sentence.
pub(super) fn meaning(report: &Report) -> &'static str {
    let mut cells = report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten());
    match report.outcome {
        Outcome::Compatible if cells.any(|cell| cell.verdict == CellVerdict::Accepted) => {
            "every reader can read every event it may receive, except for accepted findings"
        }
        Outcome::Compatible => "every reader can read every event it may receive",
        Outcome::Broken => "there are errors that no waiver accepts",
        Outcome::Undecided => "some questions could not be decided, which fails the check",
    }
}

pub(super) fn sign(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Reads => "✓",
        CellVerdict::ReadsByUpcast => "✓↑",
        CellVerdict::Breaks => "✗",
        CellVerdict::Accepted => "~",
        CellVerdict::Undecided => "?",
        CellVerdict::NotRequired => "·",
    }
}

/// Returns the summary of a consumer's column.
pub(super) fn consumer_verdict(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Reads | CellVerdict::ReadsByUpcast => "can read every event",
        CellVerdict::Accepted => "cannot read every event, which is accepted",
        CellVerdict::Breaks => "cannot read every event",
        CellVerdict::Undecided => "may be unable to read some events",
        CellVerdict::NotRequired => "receives no version in use",
    }
}

/// Returns `2 errors, 1 warning, 0 notices, 1 accepted`.
pub(super) fn counts(report: &Report) -> String {
    let [errors, warnings, notices] = [Severity::Error, Severity::Warning, Severity::Notice].map(|severity| {
        let is_counted = |finding: &&Finding| finding.is_open() && finding.severity == severity;
        counted(report.findings.iter().filter(is_counted).count(), severity.as_str())
    });
    let accepted = report.findings.iter().filter(|finding| !finding.is_open()).count();
    format!("{errors}, {warnings}, {notices}, {accepted} accepted")
}

/// Returns `1 type`, `2 types`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Returns `3 types against the published record, on 2026-11-22, formats as readers declare; change: none`.
pub(super) fn header(report: &Report) -> String {
    format!(
        "{} against {}, on {}, formats {}; change: {}",
        counted(report.types.len(), "type"),
        escape::plain(&report.against),
        report.date,
        if report.formats_asserted { "asserted" } else { "as readers declare" },
        report.bump.as_str(),
    )
}

/// Returns `head consumers: contract/consumers, 2 statements in 1 file; not read: contract/consumers/README.md`.
pub(super) fn input_line(input: &ComparedInput) -> String {
    let origin = match input.origin {
        InputOrigin::Base => "base",
        InputOrigin::Head => "head",
    };
    let (kind, noun) = match input.kind {
        InputKind::Record => ("record", "version"),
        InputKind::Consumers => ("consumers", "statement"),
        InputKind::RoutingRules => ("routing rules", "rule"),
        InputKind::Configuration => ("configuration", "setting"),
    };
    let path = input.path.as_ref().map(|path| format!("{path}, ")).unwrap_or_default();
    let files = input.files.map(|files| format!(" in {}", counted(files, "file"))).unwrap_or_default();
    let skipped = match &*input.not_read {
        [] => String::new(),
        paths => format!("; not read: {}", paths.join(", ")),
    };
    escape::plain(&format!("{origin} {kind}: {path}{}{files}{skipped}", counted(input.entries, noun)))
}

/// Returns the findings to list with a cell: rejected payloads, warnings and errors.
pub(super) fn shown_findings<'a>(report: &'a Report, cell: &'a Cell) -> impl Iterator<Item = &'a Finding> {
    let findings = cell.findings.iter().filter_map(|number| report.findings.get(number.checked_sub(1)?));
    findings.filter(|finding| match finding.evidence {
        Evidence::Rejection { .. } | Evidence::Payload { .. } => true,
        Evidence::None | Evidence::Events { .. } => finding.severity >= Severity::Warning,
    })
}

/// Returns `required-added: Order.Created v3 to v2`.
pub(super) fn heading(finding: &Finding) -> String {
    let rule = finding.fields().routing_rule.map(|rule| format!("rule {rule}"));
    let event_type = finding.event_type().map(|event_type| format!("{event_type}{}", finding.parties()));
    match [rule, event_type].into_iter().flatten().collect::<Vec<_>>().join(", ") {
        about if about.is_empty() => finding.rule.to_owned(),
        about => escape::plain(&format!("{}: {about}", finding.rule)),
    }
}

/// Returns `v3`, or `none`.
pub(super) fn version(number: Option<u32>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| format!("v{number}"))
}
