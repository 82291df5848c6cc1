//! A self-contained page without scripts. Its content security policy allows only its own style.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::escape::{json, markup, plain};
use super::lines::{Excerpt, Line, split_lines};
use super::page::{self, inline};
use super::wording::{LEGEND, consumer_verdict, counts, header, input_line, meaning, shown_findings, sign, version};
use crate::check::finding::{Evidence, Finding, Subject};
use crate::check::report::{CellVerdict, Change, Matrix, Outcome, Report};
use crate::check::rule::rules;
use crate::lifecycle::Stage;
use crate::schema::pretty;
use crate::severity::Severity;
use json_document::Pointer;

const STYLE: &str = include_str!("html.css");

pub(super) fn render(report: &Report) -> String {
    let mut page = Page { text: String::new(), report, schemas: Vec::new() };
    page.head();
    page.types();
    page.consumers();
    page.versions();
    page.findings();
    page.ignored();
    page.inputs();
    page.schemas();
    page.rules();
    page.text.push_str("</body>\n</html>\n");
    page.text
}

struct Page<'a> {
    text: String,
    report: &'a Report,
    /// The schemas that findings refer to, each once.
    schemas: Vec<ShownSchema<'a>>,
}

struct ShownSchema<'a> {
    name: String,
    text: Cow<'a, str>,
    lines: Vec<Line>,
}

/// Adds a line. A `String` cannot fail to be written to.
macro_rules! put {
    ($page:expr, $($text:tt)*) => {{
        let _ = writeln!($page.text, $($text)*);
    }};
}

impl<'a> Page<'a> {
    fn head(&mut self) {
        let outcome = self.report.outcome.as_str();
        let class = match self.report.outcome {
            Outcome::Compatible => "good",
            Outcome::Broken => "bad",
            Outcome::Undecided => "unsure",
        };
        let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        put!(self, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
        put!(self, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        put!(self, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        put!(self, "<title>Event contract: {outcome}</title>\n<style>{STYLE}</style>\n</head>\n<body>");
        put!(self, "<h1>Event contract</h1>\n<p class=\"outcome {class}\">{outcome}: {}</p>", meaning(self.report));
        put!(self, "<p>{}<br>\n{}</p>", counts(self.report), markup(&header(self.report)));
    }

    fn types(&mut self) {
        put!(self, "<h2 id=\"types\">Types</h2>");
        put!(self, "<p class=\"faint\">{LEGEND}.</p>");
        for (matrix, number) in self.report.types.iter().zip(1..) {
            self.matrix(matrix, number);
        }
    }

    fn matrix(&mut self, matrix: &Matrix, number: usize) {
        let name = line(&matrix.event_type);
        put!(self, "<section id=\"type-{number}\">\n<h3>{name}</h3>\n<div class=\"wide\">\n<table>");
        put!(self, "<caption>{}, owned by {}</caption>", line(&matrix.side), line(&matrix.owner));
        put!(self, "<thead>\n<tr><th scope=\"col\">writer \\ reader</th>");
        let stage = |stage: Stage| if stage == Stage::Live { String::new() } else { format!(" {stage}") };
        for column in &matrix.columns {
            put!(self, "<th scope=\"col\">{}{}</th>", line(&column.label), stage(column.stage));
        }
        put!(self, "</tr>\n</thead>\n<tbody>");
        for (row, cells) in matrix.rows.iter().zip(&matrix.cells) {
            put!(self, "<tr><th scope=\"row\">{}{}</th>", line(&row.label), stage(row.stage));
            for (column, cell) in matrix.columns.iter().zip(cells) {
                let class = class(cell.verdict);
                let title = format!("{} to {}: {}", line(&row.label), line(&column.label), cell.verdict.as_str());
                let links = shown_findings(self.report, cell).map(|finding| finding.number);
                let links: Vec<_> = links.map(|number| format!("<a href=\"#finding-{number}\">{number}</a>")).collect();
                let sign = sign(cell.verdict);
                put!(
                    self,
                    "<td class=\"cell {class}\" title=\"{title}\">{}</td>",
                    [vec![sign.to_owned()], links].concat().join(" ")
                );
            }
            put!(self, "</tr>");
        }
        put!(self, "</tbody>\n</table>\n</div>\n</section>");
    }

    fn consumers(&mut self) {
        if self.report.consumers.iter().all(|consumer| consumer.reads.is_empty()) {
            return;
        }
        put!(self, "<h2 id=\"consumers\">Consumers</h2>\n<div class=\"wide\">\n<table>\n<thead>");
        put!(
            self,
            "<tr><th scope=\"col\">consumer</th><th scope=\"col\">type</th><th scope=\"col\">verdict</th><th scope=\"col\">affected by the change</th></tr>"
        );
        put!(self, "</thead>\n<tbody>");
        for consumer in &self.report.consumers {
            for read in &consumer.reads {
                let affected = if read.is_affected { "yes" } else { "no" };
                let (name, event_type) = (line(&consumer.name), line(&read.event_type));
                let (class, sign, verdict) = (class(read.verdict), sign(read.verdict), consumer_verdict(read.verdict));
                put!(
                    self,
                    "<tr><th scope=\"row\">{name}</th><td>{event_type}</td><td class=\"{class}\">{sign} {verdict}</td><td>{affected}</td></tr>"
                );
            }
        }
        put!(self, "</tbody>\n</table>\n</div>");
    }

    fn versions(&mut self) {
        let changed: Vec<_> = self.report.types.iter().filter(|matrix| matrix.bump.change != Change::None).collect();
        if changed.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"versions\">Versions</h2>\n<div class=\"wide\">\n<table>\n<thead>");
        put!(
            self,
            "<tr><th scope=\"col\">type</th><th scope=\"col\">published</th><th scope=\"col\">declared</th><th scope=\"col\">needed</th><th scope=\"col\">change</th></tr>"
        );
        put!(self, "</thead>\n<tbody>");
        for matrix in changed {
            let bump = &matrix.bump;
            let [published, declared, needed] = [bump.published, bump.declared, bump.needed].map(version);
            let class = if bump.needed == bump.declared { "good" } else { "bad" };
            let (event_type, change) = (line(&matrix.event_type), bump.change.as_str());
            put!(
                self,
                "<tr><th scope=\"row\">{event_type}</th><td>{published}</td><td>{declared}</td><td class=\"{class}\">{needed}</td><td>{change}</td></tr>"
            );
        }
        put!(self, "</tbody>\n</table>\n</div>");
    }

    fn findings(&mut self) {
        if self.report.findings.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"findings\">Findings</h2>");
        for finding in &self.report.findings {
            self.finding(finding);
        }
    }

    fn finding(&mut self, finding: &'a Finding) {
        let number = finding.number;
        let (class, word) = match (&finding.waiver, finding.severity) {
            (Some(_), _) => ("unsure", "accepted"),
            (None, Severity::Error) => ("bad", "error"),
            (None, Severity::Warning) => ("unsure", "warning"),
            (None, Severity::Info | Severity::Notice) => ("faint", finding.severity.as_str()),
        };
        let (rule, fields) = (line(finding.rule), finding.fields());
        let about = finding.event_type().map(|name| format!(" {}", line(&format!("{name}{}", finding.parties()))));
        put!(self, "<article id=\"finding-{number}\">");
        put!(
            self,
            "<h3><a href=\"#finding-{number}\">{number}</a> <span class=\"word {class}\">{word}</span> <a href=\"#rule-{rule}\"><code>{rule}</code></a>{}</h3>",
            about.unwrap_or_default()
        );
        put!(self, "<p>{}</p>\n<dl>", inline(&plain(&finding.message)));
        let mut item = |name: &str, text: Option<&str>| {
            if let Some(text) = text {
                put!(self, "<dt>{name}</dt><dd><code>{}</code></dd>", line(text));
            }
        };
        item("fix", finding.remedy().as_deref());
        item("at", fields.at.filter(|at| !at.is_empty()));
        item("missing", fields.missing);
        item("fingerprint", Some(&finding.fingerprint));
        if let Some(waiver) = &finding.waiver {
            put!(self, "<dt>accepted</dt><dd>until {}: {}</dd>", waiver.expires, line(&waiver.reason));
        }
        if let (Some(file), Some(number)) = (fields.source_file, fields.source_line) {
            put!(self, "<dt>Rust type</dt><dd><code>{}:{number}</code></dd>", line(file));
        }
        if let Some(file) = fields.path {
            put!(self, "<dt>file</dt><dd><code>{}</code></dd>", line(file));
        }
        put!(self, "</dl>");
        let excerpts = self.excerpts(finding);
        if finding.documents().next().is_some() || !excerpts.is_empty() {
            put!(self, "<div class=\"beside\">");
            for (name, document) in finding.documents() {
                put!(self, "<div>\n<h4>{name}</h4>\n<pre><code>{}</code></pre>\n</div>", markup(&json(&document)));
            }
            for excerpt in excerpts {
                self.text.push_str(&excerpt);
            }
            put!(self, "</div>");
        }
        put!(self, "</article>");
    }

    /// Renders the keywords of the writer's and the reader's schemas that a rejected payload is about.
    fn excerpts(&mut self, finding: &'a Finding) -> Vec<String> {
        let Evidence::Rejection { reader_keyword, writer_keyword, .. } = &finding.evidence else { return Vec::new() };
        let Subject::Pair { event_type, writer, reader, .. } = &finding.subject else { return Vec::new() };
        let mut excerpts = Vec::new();
        let matrix = self.report.types.iter().find(|matrix| matrix.event_type == *event_type);
        if let Some(row) = matrix.and_then(|matrix| matrix.rows.iter().find(|row| row.label == *writer)) {
            let name = format!("{event_type} as {writer} writes it");
            excerpts.push(self.excerpt("writer", name, pretty(&row.schema).into(), writer_keyword.as_deref()));
        }
        if let Some(text) = finding.reader_schema.as_deref() {
            let name = format!("{event_type} as {reader} reads it");
            excerpts.push(self.excerpt("reader", name, text.into(), Some(reader_keyword)));
        }
        excerpts
    }

    fn excerpt(&mut self, role: &str, name: String, text: Cow<'a, str>, keyword: Option<&str>) -> String {
        let known = self.schemas.iter().position(|shown| shown.text == text && shown.name == name);
        let index = known.unwrap_or_else(|| {
            let lines = split_lines(&text);
            self.schemas.push(ShownSchema { name, text, lines });
            self.schemas.len() - 1
        });
        let number = index + 1;
        let shown = &self.schemas[index];
        let pointer = keyword.and_then(|keyword| keyword.strip_prefix('#')).map(Pointer::parse);
        let excerpt = pointer.as_ref().and_then(|pointer| Excerpt::find(&shown.lines, pointer));
        let mut html = format!("<div>\n<h4>{role}: <a href=\"#schema-{number}\">{}</a></h4>\n", line(&shown.name));
        match (keyword, excerpt) {
            (Some(keyword), Some(excerpt)) => {
                let _ = writeln!(html, "<code>{}</code>", line(keyword));
                let _ = writeln!(html, "<pre><code>{}</code></pre>", mark_lines(&shown.lines, &excerpt));
            }
            (Some(keyword), None) => {
                let _ = writeln!(html, "<code>{}</code>", line(keyword));
            }
            (None, _) => html.push_str("<p class=\"faint\">No keyword applies to this place.</p>\n"),
        }
        html.push_str("</div>\n");
        html
    }

    fn ignored(&mut self) {
        if self.report.ignored.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"ignored\">Ignored</h2>\n<ul>");
        for ignored in &self.report.ignored {
            let event_type = line(ignored.event_type.as_deref().unwrap_or("all types"));
            put!(self, "<li><code>{}</code> in {event_type}: {}</li>", line(&ignored.path), line(&ignored.reason));
        }
        put!(self, "</ul>");
    }

    fn inputs(&mut self) {
        if self.report.inputs.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"inputs\">Compared</h2>\n<ul>");
        for input in &self.report.inputs {
            put!(self, "<li>{}</li>", markup(&input_line(input)));
        }
        put!(self, "</ul>");
    }

    fn schemas(&mut self) {
        if self.schemas.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"schemas\">Schemas</h2>");
        for (shown, number) in std::mem::take(&mut self.schemas).iter().zip(1..) {
            put!(self, "<details>\n<summary>{}</summary>", line(&shown.name));
            let text: Vec<_> = shown.lines.iter().map(|line| markup(&line.text)).collect();
            put!(self, "<pre id=\"schema-{number}\"><code>{}</code></pre>\n</details>", text.join("\n"));
        }
    }

    fn rules(&mut self) {
        let found: BTreeSet<_> = self.report.findings.iter().map(|finding| finding.rule).collect();
        if found.is_empty() {
            return;
        }
        put!(self, "<h2 id=\"rules\">Rules</h2>");
        for rule in rules().filter(|rule| found.contains(rule.id())) {
            let (id, title) = (rule.id(), inline(rule.title()));
            put!(self, "<details>\n<summary><code>{id}</code>: {title}</summary>\n<div id=\"rule-{id}\">");
            self.text.push_str(&page::render(rule.page(), 3));
            put!(self, "</div>\n</details>");
        }
    }
}

/// Renders lines of a schema with those of the place marked.
fn mark_lines(lines: &[Line], excerpt: &Excerpt) -> String {
    let mut shown = Vec::new();
    let mut next = 0;
    for (number, is_marked) in &excerpt.lines {
        if *number > next {
            shown.push("⋯".to_owned());
        }
        next = number + 1;
        let text = markup(&lines[*number].text);
        let (indent, content) = text.split_at(text.len() - text.trim_start().len());
        shown.push(if *is_marked { format!("{indent}<mark>{content}</mark>") } else { text.clone() });
    }
    if next < lines.len() {
        shown.push("⋯".to_owned());
    }
    shown.join("\n")
}

/// Returns the CSS class of a verdict.
fn class(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Reads | CellVerdict::ReadsByUpcast => "good",
        CellVerdict::Breaks => "bad",
        CellVerdict::Accepted | CellVerdict::Undecided => "unsure",
        CellVerdict::NotRequired => "faint",
    }
}

/// Escapes a text on one line.
fn line(text: &str) -> String {
    markup(&plain(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_place_is_marked_and_markup_is_escaped() {
        let schema = json!({"type": "object", "properties": {"<script>": {"maxLength": 3}}});
        let lines = split_lines(&pretty(&schema));
        let place = ["properties", "<script>", "maxLength"].iter().collect();
        let expected = "{\n⋯\n  &quot;properties&quot;: {\n    &quot;&lt;script&gt;&quot;: {\n      <mark>&quot;maxLength&quot;: 3</mark>\n    }\n  }\n⋯";
        assert_eq!(mark_lines(&lines, &Excerpt::find(&lines, &place).unwrap()), expected);
    }

    #[test]
    fn the_style_does_not_end_its_element() {
        assert!(!STYLE.contains("</") && !STYLE.contains("url("));
    }
}
