//! Workflow commands of GitHub: a line is an annotation.

use std::fmt::Write as _;

use super::{Places, circumstances, counts, escape, heading};
use crate::check::finding::Finding;
use crate::check::report::Report;
use crate::severity::Severity;

/// An annotation for each finding that is open, and a line that sums up.
pub(super) fn render(report: &Report, places: &Places) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|finding| finding.is_open()) {
        let command = match finding.severity {
            Severity::Info | Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let title = property(&heading(finding));
        let file = places
            .of(finding)
            .map(|file| format!("file={},line={},", property(&escape::plain(&file)), finding.line.unwrap_or(1)))
            .unwrap_or_default();
        // A `String` cannot fail to be written to.
        let _ = writeln!(text, "::{command} {file}title={title}::{}", data(&message(finding)));
    }
    let circumstances = circumstances(report);
    // `##[` begins a command of an older form, wherever it stands in a line.
    let circumstances = circumstances.replace("##[", "## [");
    let _ = writeln!(text, "{}: {}; {circumstances}", report.outcome.as_str(), counts(report));
    text
}

/// What an annotation says, on some lines.
fn message(finding: &Finding) -> String {
    let mut lines = vec![escape::plain(&finding.message)];
    let mut line = |name: &str, text: Option<&str>| {
        lines.extend(text.map(|text| format!("{name}: {}", escape::plain(text))));
    };
    line("reader", finding.reader_keyword.as_deref());
    line("writer", finding.writer_keyword.as_deref());
    for (name, document) in finding.shown() {
        line(name, Some(&document.to_string()));
    }
    line("fingerprint", Some(&finding.fingerprint));
    lines.join("\n")
}

/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::rule;

    #[test]
    fn a_command_is_one_line() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }

    #[test]
    fn a_message_tells_all() {
        let rule = rule::find("enum-narrowed").unwrap();
        let mut finding = Finding::new(rule, Severity::Error, "`a\nb` is not listed".to_owned());
        finding.reader_keyword = Some("#/enum".to_owned());
        finding.witness = Some(json!({"a\nb": "\u{202e}"}));
        let finding = finding.seal("");
        let expected = [
            r"`a\nb` is not listed",
            "reader: #/enum",
            r#"for example: {"a\nb":"\u{202e}"}"#,
            &format!("fingerprint: {}", finding.fingerprint),
        ];
        assert_eq!(message(&finding), expected.join("\n"));
    }
}
