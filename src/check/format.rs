//! A report in the forms that others read: people, and the machines of a pipeline.

mod escape;
mod github;
mod html;
mod junit;
mod lines;
mod markdown;
mod page;
mod sarif;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::finding::Finding;
use super::report::{Answer, Cell, Outcome, Report};
use crate::severity::Severity;

/// A form of a [`Report`].
///
/// ```
/// use event_contract::check::ReportFormat;
///
/// let format: ReportFormat = "sarif".parse()?;
/// assert_eq!(format, ReportFormat::Sarif);
///
/// let error = "srif".parse::<ReportFormat>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "there is no format \"srif\"; there are text, json, sarif, github, junit, markdown, html"
/// );
/// # Ok::<(), event_contract::check::ReportFormatError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReportFormat {
    /// What [`Report`] displays: for a terminal. `text`.
    Text,
    /// All of it, as [`Report::json_schema`] describes. `json`.
    Json,
    /// [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html),
    /// for code scanning. `sarif`.
    ///
    /// What is undecided has the level of an error, for it must not pass; what a waiver accepts is suppressed.
    Sarif,
    /// [Workflow commands](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands), which
    /// GitHub shows as annotations, and a summary line. `github`.
    ///
    /// What a waiver accepts is only counted: a step has room for ten annotations of a level.
    Github,
    /// The XML of test results that `JUnit` has made common. `junit`.
    ///
    /// A suite for each type, a case for each cell that is owed; and a case for each finding that is of no cell.
    Junit,
    /// For a comment on a pull request. `markdown`.
    ///
    /// No longer than a comment at GitHub can be: what does not fit is left out, least important first, and counted.
    Markdown,
    /// A page that needs nothing beside it, with the schemas next to each finding. `html`.
    Html,
}

impl ReportFormat {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Text, Self::Json, Self::Sarif, Self::Github, Self::Junit, Self::Markdown, Self::Html];

    /// What it is called on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for ReportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ReportFormat {
    type Err = ReportFormatError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|format| format.name() == name);
        found.copied().ok_or_else(|| ReportFormatError { name: name.to_owned() })
    }
}

/// Nothing is called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {name:?}; there are {}", ReportFormat::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", "))]
pub struct ReportFormatError {
    name: String,
}

/// Where the files of a contract are, as seen from the root of the repository: pipelines name files so.
///
/// By default, the record is in `schemas` and the statements of consumers in `consumers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    record: String,
    consumers: String,
    /// The folder that all files are named from: `contract/`, or nothing for the root of the repository.
    here: String,
}

impl Default for Places {
    fn default() -> Self {
        Self::new("schemas", "consumers")
    }
}

impl Places {
    /// The folder of the record and that of all consumers, each from the root of the repository; that root itself is `.`.
    pub fn new(record: impl AsRef<str>, consumers: impl AsRef<str>) -> Self {
        Self { record: folder(record.as_ref()), consumers: folder(consumers.as_ref()), here: String::new() }
    }

    /// The same, where the folders and the files of rules are named from a folder of the repository, and not from its root.
    #[cfg(feature = "cli")]
    pub(crate) fn seen_from(self, here: &str) -> Self {
        Self { here: folder(here), ..self }
    }

    /// The file that a finding names.
    fn of(&self, finding: &Finding) -> Option<String> {
        let (file, reader) = (finding.file.as_deref()?, finding.reader.as_deref());
        if finding.routing_rule.is_some() {
            return Some(self.in_repository(file.to_owned()));
        }
        // The file of a consumer is in a folder of its name; one of the record in that of a side, which no version is
        // called by.
        let is_stated =
            reader.is_some_and(|reader| file.strip_prefix(reader).is_some_and(|file| file.starts_with('/')));
        Some(self.in_repository(format!("{}{file}", if is_stated { &self.consumers } else { &self.record })))
    }

    /// The file that lists what is published: it is about everything.
    fn index(&self) -> String {
        self.in_repository(format!("{}index.json", self.record))
    }

    fn in_repository(&self, path: String) -> String {
        if self.here.is_empty() || Path::new(&path).has_root() {
            return path;
        }
        let mut names: Vec<_> = self.here.trim_end_matches('/').split('/').collect();
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." && names.last().is_some_and(|last| *last != "..") {
                names.pop();
            } else {
                names.push(name);
            }
        }
        names.join("/")
    }
}

/// `./contract\schemas/` as `contract/schemas/`, and the root as nothing.
fn folder(path: &str) -> String {
    let path = path.replace('\\', "/");
    let names = path.split('/').enumerate().filter(|(at, name)| *name != "." && (!name.is_empty() || *at == 0));
    if path.is_empty() {
        return path;
    }
    names.flat_map(|(_, name)| [name, "/"]).collect()
}

impl Report {
    /// The report in a format. It ends with the end of a line.
    pub fn render(&self, format: ReportFormat, places: &Places) -> String {
        match format {
            ReportFormat::Text => self.to_string(),
            ReportFormat::Json => self.to_json(),
            ReportFormat::Sarif => sarif::render(self, places),
            ReportFormat::Github => github::render(self, places),
            ReportFormat::Junit => junit::render(self),
            ReportFormat::Markdown => markdown::render(self),
            ReportFormat::Html => html::render(self, places),
        }
    }
}

/// What the outcome of a report means.
pub(super) fn meaning(report: &Report) -> &'static str {
    let mut answers = report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten()).map(|cell| cell.answer);
    match report.outcome {
        Outcome::Compatible if answers.any(|answer| answer == Answer::Accepted) => {
            "what somebody does not read is accepted, and everything else is read"
        }
        Outcome::Compatible => "everybody reads all that they can meet",
        Outcome::Broken => "something is wrong that nobody has accepted",
        Outcome::Undecided => "not everything is known, and that passes no gate",
    }
}

/// What an answer means.
fn said(answer: Answer) -> &'static str {
    match answer {
        Answer::Reads => "proven",
        Answer::ReadsByUpcast => "proven, by upcast",
        Answer::Breaks => "broken",
        Answer::Accepted => "broken, and accepted",
        Answer::Undecided => "not known",
        Answer::NotOwed => "not owed",
    }
}

/// The sign of an answer.
fn sign(answer: Answer) -> &'static str {
    match answer {
        Answer::Reads => "✓",
        Answer::ReadsByUpcast => "✓↑",
        Answer::Breaks => "✗",
        Answer::Accepted => "~",
        Answer::Undecided => "?",
        Answer::NotOwed => "·",
    }
}

/// What becomes of a consumer.
fn fate(answer: Answer) -> &'static str {
    match answer {
        Answer::Reads | Answer::ReadsByUpcast => "reads all that is written",
        Answer::Accepted => "does not read all that is written, which is accepted",
        Answer::Breaks => "does not read all that is written",
        Answer::Undecided => "may not read all that is written",
        Answer::NotOwed => "meets no version that is in use",
    }
}

/// `2 errors, 1 warning, 0 notices, 1 accepted`
fn counts(report: &Report) -> String {
    let count = |is: &dyn Fn(&&Finding) -> bool| report.findings.iter().filter(is).count();
    let of = |severity: Severity| {
        let count = count(&|finding| finding.is_open() && finding.severity == severity);
        format!("{count} {severity}{}", if count == 1 { "" } else { "s" })
    };
    let [errors, warnings, notices] = [Severity::Error, Severity::Warning, Severity::Notice].map(of);
    format!("{errors}, {warnings}, {notices}, {} accepted", count(&|finding| !finding.is_open()))
}

/// `3 types against the published record, on 2026-11-22, formats not asserted; change: none`
fn circumstances(report: &Report) -> String {
    let types = report.types.len();
    format!(
        "{types} type{} against {}, on {}, formats {}; change: {}",
        if types == 1 { "" } else { "s" },
        escape::plain(&report.against),
        report.date,
        if report.formats_asserted { "asserted" } else { "not asserted" },
        report.bump.as_str(),
    )
}

/// The findings of a cell that are told with it: those that make its answer, and what should be looked at.
fn told<'a>(report: &'a Report, cell: &'a Cell) -> impl Iterator<Item = &'a Finding> {
    let findings = cell.findings.iter().filter_map(|number| report.findings.get(number.checked_sub(1)?));
    findings.filter(|finding| finding.witness.is_some() || finding.severity >= Severity::Warning)
}

/// `required-added: Order.Created v3 to v2`
fn heading(finding: &Finding) -> String {
    let rule = finding.routing_rule.as_ref().map(|rule| format!("rule {rule}"));
    let about = finding.event_type.as_ref().map(|of| format!("{of}{}", finding.who()));
    match [rule, about].into_iter().flatten().collect::<Vec<_>>().join(", ") {
        about if about.is_empty() => finding.rule.clone(),
        about => escape::plain(&format!("{}: {about}", finding.rule)),
    }
}

/// A version, where there is one.
fn version(number: Option<u32>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| format!("v{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rule;

    #[test]
    fn every_format_has_its_name_and_its_name_alone() {
        for format in ReportFormat::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
            assert_eq!(ReportFormat::ALL.iter().filter(|other| other.name() == format.name()).count(), 1);
        }
        assert!("Text".parse::<ReportFormat>().is_err());
    }

    #[test]
    fn folders_are_named_from_the_root() {
        for (path, expected) in [
            ("schemas", "schemas/"),
            ("./contract/schemas//", "contract/schemas/"),
            (r"contract\schemas", "contract/schemas/"),
            (".", ""),
            ("", ""),
            ("./", ""),
            ("/srv/schemas", "/srv/schemas/"),
            ("../schemas", "../schemas/"),
        ] {
            assert_eq!(folder(path), expected, "{path}");
        }
    }

    #[test]
    fn a_file_is_below_the_folder_of_its_kind() {
        let places = Places::default();
        let of = |file: &str, reader: &str| {
            let mut finding = Finding::new(rule::find("rejected").unwrap(), Severity::Error, String::new());
            (finding.file, finding.reader) = (Some(file.to_owned()), Some(reader.to_owned()));
            places.of(&finding).unwrap()
        };
        assert_eq!(of("external/A/v1.reader.json", "v1"), "schemas/external/A/v1.reader.json");
        assert_eq!(of("billing/A.reader.json", "billing"), "consumers/billing/A.reader.json");
        // Somebody may be called as a side is.
        assert_eq!(of("external/A/v1.reader.json", "external"), "consumers/external/A/v1.reader.json");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn a_file_is_named_from_the_root_of_the_repository() {
        for (here, record, expected) in [
            ("", "schemas", "schemas/index.json"),
            ("", "../schemas", "../schemas/index.json"),
            ("a/b/", "schemas", "a/b/schemas/index.json"),
            ("a/b/", "../schemas", "a/schemas/index.json"),
            ("a/", "../../schemas", "../schemas/index.json"),
            ("a/", ".", "a/index.json"),
            ("a/", "/srv/schemas", "/srv/schemas/index.json"),
        ] {
            assert_eq!(Places::new(record, "consumers").seen_from(here).index(), expected, "{here} {record}");
        }
    }
}
