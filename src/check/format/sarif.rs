//! SARIF 2.1.0: what code scanning reads.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Places, escape, heading};
use crate::check::finding::Finding;
use crate::check::report::Report;
use crate::check::rule::{Rule, rules};
use crate::severity::Severity;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What files are seen from.
const ROOT: &str = "%SRCROOT%";

/// A log of one run.
pub(super) fn render(report: &Report, places: &Places) -> String {
    let rules: Vec<_> = rules().collect();
    let results: Vec<_> = report.findings.iter().map(|finding| result(finding, &rules, places)).collect();
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
    // The page without its title.
    let page = rule.page().split_once('\n').map_or("", |(_, page)| page).trim();
    let first = page.split("\n\n").next().filter(|first| !first.is_empty() && !first.starts_with(['#', '`', '|', '-']));
    let first = first.map(|first| text(&first.split_whitespace().collect::<Vec<_>>().join(" ")));
    json!({
        "id": rule.id(),
        "name": name(rule.id()),
        "shortDescription": {"text": title},
        "fullDescription": {"text": first.as_ref().unwrap_or(&title)},
        // The markdown is shown where it can be; no placeholder stands in a page.
        "help": {"text": text(rule.page()), "markdown": rule.page()},
        "defaultConfiguration": {"level": level(rule.severity())},
    })
}

/// `required-added` as `RequiredAdded`
fn name(id: &str) -> String {
    let words = id.split('-').filter_map(|word| word.split_at_checked(1));
    words.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect()
}

/// What is undecided has the kind `fail`, and not `open`, which would take its level from it: those who look at levels
/// would let it pass.
fn result(finding: &Finding, rules: &[&Rule], places: &Places) -> Value {
    let mut properties = Map::new();
    let mut add = |name: &str, value: Value| drop(properties.insert(name.to_owned(), value));
    let texts = [
        ("eventType", &finding.event_type),
        ("writer", &finding.writer),
        ("reader", &finding.reader),
        ("at", &finding.at),
        ("missing", &finding.missing),
        ("readerKeyword", &finding.reader_keyword),
        ("writerKeyword", &finding.writer_keyword),
        ("routingRule", &finding.routing_rule),
        ("witness", &finding.witness.as_ref().map(ToString::to_string)),
        ("eventBefore", &finding.event_before.as_ref().map(ToString::to_string)),
        ("event", &finding.event.as_ref().map(ToString::to_string)),
    ];
    add("number", finding.number.into());
    for (name, text) in texts {
        if let Some(text) = text {
            add(name, text.as_str().into());
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
    let uri = uri(&places.of(finding).unwrap_or_else(|| places.index()));
    let mut artifact = json!({"uri": uri});
    if !uri.starts_with("file:") {
        artifact["uriBaseId"] = ROOT.into();
    }
    let mut location =
        json!({"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": finding.line.unwrap_or(1)}}});
    if let Some(of) = &finding.event_type {
        let keyword = finding.reader_keyword.as_deref().unwrap_or_default();
        let name = format!("{of}{}{keyword}", finding.who());
        location["logicalLocations"] = json!([{"name": of, "fullyQualifiedName": name, "kind": "type"}]);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": message(finding),
        "locations": [location],
        // GitHub tells results apart by the first of these alone, and without it by the text of a line.
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{}:1", finding.fingerprint),
            "eventContract/v1": finding.fingerprint,
        },
        "suppressions": suppressions,
        "properties": properties,
    });
    if let Some(index) = rules.iter().position(|rule| rule.id() == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info | Severity::Notice => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn said(finding: &Finding) -> String {
    let heading = heading(finding);
    let about = heading.split_once(": ").map(|(_, about)| format!("{about}: ")).unwrap_or_default();
    format!("{about}{}", escape::plain(&finding.message))
}

/// What is said in Markdown, too. The witness is an argument, so that it needs no escaping.
fn message(finding: &Finding) -> Value {
    let said = said(finding);
    let mut markdown = escape::sentence(&said);
    let mut arguments = Vec::new();
    for (at, (_, document)) in finding.shown().enumerate() {
        let document = escape::json(document);
        markdown.push_str("\n\n");
        markdown.push_str(&escape::fence("json", &document).replacen(&document, &format!("{{{at}}}"), 1));
        arguments.push(document);
    }
    json!({"text": text(&said), "markdown": markdown, "arguments": arguments})
}

/// A text of a message: braces would be taken for the number of an argument (§3.11.5), brackets for a link (§3.11.6).
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

/// A path as a reference (RFC 3986).
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
    fn a_path_is_a_reference() {
        assert_eq!(uri("consumers/a b:c/é%.json"), "consumers/a%20b%3Ac/%C3%A9%25.json");
        assert_eq!(uri("/srv/schemas/index.json"), "file:///srv/schemas/index.json");
    }

    #[test]
    fn a_text_has_no_links_and_no_placeholders() {
        assert_eq!(text(r"{0} [a](b) \"), r"{{0}} \[a\](b) \\");
    }
}
