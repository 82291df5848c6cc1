//! Workflow commands of GitHub: each line is an annotation.

use std::fmt::Write as _;

use super::escape;
use super::wording::{counts, header, heading, input_line};
use crate::check::finding::Finding;
use crate::check::report::Report;
use crate::check::rule;
use crate::severity::Severity;

/// Renders an annotation for each open finding, and a summary line.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|finding| finding.is_open()) {
        let command = match finding.severity {
            Severity::Info | Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let title = property(&heading(finding));
        let fields = finding.fields();
        // The Rust type is what a pull request changes, and so where its author looks.
        let of_source = fields.source_file.zip(fields.source_line.and_then(|line| usize::try_from(line).ok()));
        let file = of_source.or_else(|| Some((fields.path?, fields.line.unwrap_or(1))));
        let file = file.map(|(file, line)| format!("file={},line={line},", property(&escape::plain(file))));
        let file = file.unwrap_or_default();
        // A `String` cannot fail to be written to.
        let _ = writeln!(text, "::{command} {file}title={title}::{}", data(&message(finding)));
    }
    let parts: Vec<_> = std::iter::once(header(report)).chain(report.inputs.iter().map(input_line)).collect();
    let _ = writeln!(text, "{}: {}; {}", report.outcome.as_str(), counts(report), parts.join("; "));
    text
}

fn message(finding: &Finding) -> String {
    let fields = finding.fields();
    let mut lines = vec![escape::plain(&finding.message)];
    let mut line = |name: &str, text: Option<&str>| {
        lines.extend(text.map(|text| format!("{name}: {}", escape::plain(text))));
    };
    line("fix", finding.remedy().as_deref());
    line("schema", fields.path.filter(|_| fields.source_file.is_some()));
    line("reader", fields.reader_keyword);
    line("writer", fields.writer_keyword);
    for (name, document) in finding.documents() {
        line(name, Some(&document.to_string()));
    }
    line("help", Some(&rule::by_id(finding.rule).link()));
    line("fingerprint", Some(&finding.fingerprint));
    lines.join("\n")
}

/// Escapes a message, as in <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>.
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
    use crate::check::finding::{Evidence, Subject};
    use crate::check::settings::Settings;

    #[test]
    fn a_command_is_one_line() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }

    #[test]
    fn a_message_has_keywords_document_and_fingerprint() {
        let settings = Settings::new("2026-11-22".parse().unwrap());
        let message = "`a\nb` is not listed".to_owned();
        let mut finding = settings.finding("enum-narrowed", Subject::Contract, message).unwrap();
        finding.evidence = Evidence::Rejection {
            payload: json!({"a\nb": "\u{202e}"}),
            missing: None,
            reader_keyword: "#/enum".to_owned(),
            writer_keyword: None,
        };
        let finding = finding.with_fingerprint("");
        let expected = [
            r"`a\nb` is not listed",
            "fix: Declare the payload as `Open<…>` in the reader, deployed first, or write the new value in a new version only.",
            "reader: #/enum",
            r#"for example: {"a\nb":"\u{202e}"}"#,
            "help: event-contract explain enum-narrowed",
            &format!("fingerprint: {}", finding.fingerprint),
        ];
        assert_eq!(super::message(&finding), expected.join("\n"));
    }
}
