//! SARIF 2.1.0, for code scanning.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::escape;
use super::paths::RepositoryPaths;
use super::wording::heading;
use crate::check::finding::Finding;
use crate::check::report::Report;
use crate::check::rule::{self, Rule, rules};
use crate::severity::Severity;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Base of all file names.
const ROOT: &str = "%SRCROOT%";

/// Renders a log of one run.
pub(super) fn render(report: &Report, paths: &RepositoryPaths) -> String {
    let rules: Vec<_> = rules().collect();
    let results: Vec<_> = report.findings.iter().map(|finding| result(finding, &rules, paths)).collect();
    let run = json!({
        "tool": {"driver": driver(&rules)},
        "invocations": [{"executionSuccessful": true, "endTimeUtc": format!("{}T00:00:00Z", report.date)}],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "outcome": report.outcome,
            "against": report.against,
            "date": report.date,
            "formatsAsserted": report.formats_asserted,
            "bump": report.bump,
            "consumers": report.consumers,
            "ignored": report.ignored,
            "inputs": report.inputs,
        },
    });
    let mut text = escape::json(&json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}));
    text.push('\n');
    text
}

fn driver(rules: &[&Rule]) -> Value {
    let descriptors: Vec<_> = rules.iter().map(|rule| descriptor(rule)).collect();
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": descriptors,
    });
    let uri = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")].into_iter().find(|uri| !uri.is_empty());
    if let Some(uri) = uri {
        driver["informationUri"] = uri.into();
    }
    driver
}

fn descriptor(rule: &Rule) -> Value {
    let title = text(rule.title());
    // Without the title.
    let page = rule.page().split_once('\n').map_or("", |(_, page)| page).trim();
    let first = page.split("\n\n").next().filter(|first| !first.is_empty() && !first.starts_with(['#', '`', '|', '-']));
    let first = first.map(|first| text(&first.split_whitespace().collect::<Vec<_>>().join(" ")));
    json!({
        "id": rule.id(),
        "name": name(rule.id()),
        "shortDescription": {"text": title},
        "fullDescription": {"text": first.as_ref().unwrap_or(&title)},
        // Viewers prefer the Markdown, which has no placeholders.
        "help": {"text": text(rule.page()), "markdown": rule.page()},
        "defaultConfiguration": {"level": level(rule.severity())},
    })
}

/// Returns `RequiredAdded` for `required-added`.
fn name(id: &str) -> String {
    let words = id.split('-').filter_map(|word| word.split_at_checked(1));
    words.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect()
}

/// Returns a result of the kind `fail`.
///
/// Undecided findings are not of the kind `open`, which has the level `none`: they would pass tools that look at levels.
fn result(finding: &Finding, rules: &[&Rule], paths: &RepositoryPaths) -> Value {
    let fields = finding.fields();
    let mut properties = Map::new();
    let mut add = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    let texts = [
        ("eventType", fields.event_type.map(str::to_owned)),
        ("writer", fields.writer.map(str::to_owned)),
        ("reader", fields.reader.map(str::to_owned)),
        ("at", fields.at.map(str::to_owned)),
        ("missing", fields.missing.map(str::to_owned)),
        ("readerKeyword", fields.reader_keyword.map(str::to_owned)),
        ("writerKeyword", fields.writer_keyword.map(str::to_owned)),
        ("routingRule", fields.routing_rule.map(str::to_owned)),
        ("remedy", finding.remedy()),
        ("help", Some(rule::by_id(finding.rule).link())),
        ("witness", fields.witness.map(|witness| witness.to_string())),
        ("eventBefore", fields.event_before.map(ToString::to_string)),
        ("event", fields.event.map(ToString::to_string)),
    ];
    add("number", finding.number.into());
    for (name, text) in texts {
        if let Some(text) = text {
            add(name, text.into());
        }
    }
    let suppressions: Vec<_> = finding
        .waiver
        .iter()
        .map(|waiver| {
            let properties = json!({"expires": waiver.expires});
            json!({"kind": "external", "status": "accepted", "justification": waiver.reason, "properties": properties})
        })
        .collect();
    let (file, line) = (fields.path, u32::try_from(fields.line.unwrap_or(1)).unwrap_or(1));
    // The Rust type is what a pull request changes, and so where its author looks.
    let mut location = match fields.source_file.zip(fields.source_line) {
        Some((file, line)) => physical_location(file, line),
        None => physical_location(file.unwrap_or(&paths.index()), line),
    };
    if let Some(event_type) = fields.event_type {
        let name = format!("{event_type}{}{}", finding.parties(), fields.reader_keyword.unwrap_or_default());
        location["logicalLocations"] = json!([{"name": event_type, "fullyQualifiedName": name, "kind": "type"}]);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": message(finding),
        "locations": [location],
        // GitHub identifies results by the first of these, and without it by the text of a line.
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{}:1", finding.fingerprint),
            "eventContract/v1": finding.fingerprint,
        },
        "suppressions": suppressions,
        "properties": properties,
    });
    if let Some(file) = file.filter(|_| fields.source_file.is_some()) {
        result["relatedLocations"] = json!([physical_location(file, line)]);
    }
    if let Some(index) = rules.iter().position(|rule| rule.id() == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    result
}

fn physical_location(file: &str, line: u32) -> Value {
    let uri = uri(file);
    let mut artifact = json!({"uri": uri});
    if !uri.starts_with("file:") {
        artifact["uriBaseId"] = ROOT.into();
    }
    json!({"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}}})
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info | Severity::Notice => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn plain_message(finding: &Finding) -> String {
    let heading = heading(finding);
    let about = heading.split_once(": ").map(|(_, about)| format!("{about}: ")).unwrap_or_default();
    format!("{about}{}", escape::plain(&finding.message))
}

/// Returns the message as text and as Markdown. Documents are arguments, which need no escaping.
fn message(finding: &Finding) -> Value {
    let plain = plain_message(finding);
    let mut markdown = escape::sentence(&plain);
    let mut arguments = Vec::new();
    for (at, (_, document)) in finding.documents().enumerate() {
        let document = escape::json(&document);
        markdown.push_str("\n\n");
        markdown.push_str(&escape::fence("json", &document).replacen(&document, &format!("{{{at}}}"), 1));
        arguments.push(document);
    }
    json!({"text": text(&plain), "markdown": markdown, "arguments": arguments})
}

/// Escapes the text of a message: braces enclose the number of an argument (§3.11.5), brackets a link (§3.11.6).
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '[' | ']' | '\\' => escaped.push('\\'),
            '{' | '}' => escaped.push(character),
            _ => {}
        }
        escaped.push(character);
    }
    escaped
}

/// Returns a path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte.into()),
            // A `String` cannot fail to be written to.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uri_references() {
        assert_eq!(uri("consumers/a b:c/é%.json"), "consumers/a%20b%3Ac/%C3%A9%25.json");
        assert_eq!(uri("/srv/schemas/index.json"), "file:///srv/schemas/index.json");
    }

    #[test]
    fn links_and_placeholders_are_escaped() {
        assert_eq!(text(r"{0} [a](b) \"), r"{{0}} \[a\](b) \\");
    }
}
